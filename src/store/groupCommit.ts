/** Group commit: what is asked for while work of its kind is under way is done together in the next run. */
import type * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"

/** Something that was asked for; a run ends it, or this does where the run fails. */
export interface Asked<E> {
  readonly fail: (cause: Cause.Cause<E>) => Effect.Effect<unknown>
}

export interface Group<I> {
  /** Asks for something; it is done in a fiber that no caller interrupts. */
  readonly add: (item: I) => Effect.Effect<void>
  /** As `add`, but gives the runs, which the caller forks, where none is under way. */
  readonly enqueue: (item: I) => Effect.Effect<void> | undefined
  /** Takes back what no run has begun yet; false where one has. */
  readonly takeBack: (item: I) => boolean
}

export interface GroupOptions<I> {
  /** What comes before each run, for others to join it. */
  readonly before?: Effect.Effect<void>
  /** Splits those who wait into those of the next run and the rest; all of them go, unless said. */
  readonly take?: (queue: ReadonlyArray<I>) => readonly [taken: ReadonlyArray<I>, rest: ReadonlyArray<I>]
}

/** One run at a time; `run` ends all that it is given. */
export const group = <E, I extends Asked<E>>(
  run: (items: ReadonlyArray<I>) => Effect.Effect<void, E>,
  { before = Effect.void, take = (queue) => [queue, []] }: GroupOptions<I> = {}
): Group<I> => {
  let queue: Array<I> = []
  let isRunning = false

  const next = Effect.suspend(() => {
    const [items, rest] = take(queue)
    queue = [...rest]
    // Nobody may be left who asks.
    return items.length === 0 ? Effect.void : Effect.catchAllCause(
      run(items),
      (cause) => Effect.forEach(items, ({ fail }) => fail(cause), { discard: true })
    )
  })

  const drain: Effect.Effect<void> = Effect.suspend(() => {
    if (queue.length === 0) {
      isRunning = false
      return Effect.void
    }
    return before.pipe(Effect.zipRight(next), Effect.zipRight(drain))
  })

  const enqueue = (item: I) => {
    queue.push(item)
    if (isRunning) return undefined
    isRunning = true
    return drain
  }

  return {
    enqueue,
    add: (item) =>
      Effect.suspend(() => {
        const runs = enqueue(item)
        return runs === undefined ? Effect.void : Effect.asVoid(Effect.forkDaemon(runs))
      }),
    takeBack: (item) => {
      const isQueued = queue.includes(item)
      if (isQueued) queue = queue.filter((other) => other !== item)
      return isQueued
    }
  }
}

/** An effect that runs once for all who ask while another run of it is under way, and begins after they asked. */
export const shared = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> => {
  const waiting = group<E, Asked<E> & { readonly succeed: (value: A) => Effect.Effect<unknown> }>((items) =>
    Effect.flatMap(effect, (value) => Effect.forEach(items, ({ succeed }) => succeed(value), { discard: true }))
  )
  return Effect.suspend(() => {
    const result = Deferred.unsafeMake<A, E>(FiberId.none)
    const asked = {
      fail: (cause: Cause.Cause<E>) => Deferred.failCause(result, cause),
      succeed: (value: A) => Deferred.succeed(result, value)
    }
    return Effect.zipRight(waiting.add(asked), Deferred.await(result))
  })
}
