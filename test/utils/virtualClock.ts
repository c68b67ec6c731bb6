/**
 * A clock that goes on as fast as the program allows: as soon as nothing is left to do, it is the time of the next
 * sleeper. Hours pass in a moment, which TestClock, who waits for real between any two steps, can't do.
 *
 * Only for programs in this process: it takes what waits for a socket for one who has nothing to do.
 */
import { Clock, Duration, Effect, Fiber, Option } from "effect"

export interface VirtualClock extends Clock.Clock {
  /** What somebody has set the wall clock forward, in milliseconds. */
  wallOffset: number
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

const make = (start: number) => {
  let now = start
  const sleepers = new Set<Sleeper>()
  const clock: VirtualClock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    wallOffset: 0,
    unsafeCurrentTimeMillis: () => now + clock.wallOffset,
    unsafeCurrentTimeNanos: () => BigInt(Math.round(now * 1_000_000)),
    currentTimeMillis: Effect.sync(() => clock.unsafeCurrentTimeMillis()),
    currentTimeNanos: Effect.sync(() => clock.unsafeCurrentTimeNanos()),
    sleep: (duration) =>
      Effect.async((resume) => {
        const millis = Duration.toMillis(duration)
        // As effect's own clock: a longer sleep never ends.
        if (millis > 2 ** 31 - 1) return
        const sleeper: Sleeper = { at: now + millis, wake: () => resume(Effect.void) }
        sleepers.add(sleeper)
        return Effect.sync(() => sleepers.delete(sleeper))
      })
  }
  return {
    clock,
    step: (): void => {
      let first: Sleeper | undefined
      for (const sleeper of sleepers) if (first === undefined || sleeper.at < first.at) first = sleeper
      if (first === undefined) throw new Error("Everybody waits, and nobody sleeps: this would never end")
      sleepers.delete(first)
      now = Math.max(now, first.at)
      first.wake()
    }
  }
}

const settled = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** Runs a program on a clock of its own. */
export const onVirtualClock = <A, E>(
  program: (clock: VirtualClock) => Effect.Effect<A, E>,
  start = 0
): Effect.Effect<A, E> =>
  Effect.gen(function*() {
    const { clock, step } = make(start)
    const fiber = yield* Effect.fork(Effect.withClock(program(clock), clock))
    while (true) {
      yield* settled
      const exit = yield* Fiber.poll(fiber)
      if (Option.isSome(exit)) return yield* exit.value
      step()
    }
  })
