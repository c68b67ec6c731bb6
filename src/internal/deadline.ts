import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Runtime from "effect/Runtime"

interface Running {
  readonly end: number
  readonly expire: () => void
}

/**
 * Ends what takes longer than `millis`. `Effect.timeout` forks two fibers and a timer for each call; here the calls share
 * one timer, since all have the same time and so end in the order in which they began.
 */
export class Deadline {
  private readonly running = new Set<Running>()
  private timer: Fiber.RuntimeFiber<void> | undefined
  private isResting = false

  constructor(private readonly millis: number) {}

  run<A, E, E2>(clock: Clock.Clock, effect: Effect.Effect<A, E>, onExpiry: () => E2): Effect.Effect<A, E | E2> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.withFiberRuntime<A, E | E2>((parent, { runtimeFlags }) => {
        const runtime = Runtime.make({
          context: parent.currentContext,
          fiberRefs: parent.getFiberRefs(),
          runtimeFlags
        })
        // Its own fiber, since only a fiber can be interrupted, and always interruptible: a caller that isn't must still
        // be told when its time is over.
        const fiber = Runtime.runFork(runtime, Effect.interruptible(effect))
        return Effect.onExit(
          restore(Effect.async<A, E | E2>((resume) => {
            const running = {
              end: clock.unsafeCurrentTimeMillis() + this.millis,
              expire: () => {
                resume(Effect.failSync(onExpiry))
                fiber.unsafeInterruptAsFork(FiberId.none)
              }
            }
            this.begin(running, clock)
            fiber.addObserver((exit) => {
              this.finish(running)
              resume(exit)
            })
          })),
          (exit) => Exit.isInterrupted(exit) ? Fiber.interrupt(fiber) : Effect.void
        )
      })
    )
  }

  private begin(running: Running, clock: Clock.Clock): void {
    this.running.add(running)
    this.timer ??= Effect.runFork(this.watch(clock), { immediate: false })
  }

  private finish(running: Running): void {
    this.running.delete(running)
    if (this.running.size > 0 || this.isResting) return
    // Not at once, since the next call of a sequence begins right away; but a timer that nobody needs would keep the
    // process alive.
    this.isResting = true
    setTimeout(() => {
      this.isResting = false
      if (this.running.size > 0) return
      this.timer?.unsafeInterruptAsFork(FiberId.none)
      this.timer = undefined
    })
  }

  private watch(clock: Clock.Clock): Effect.Effect<void> {
    return Effect.suspend(() => {
      const now = clock.unsafeCurrentTimeMillis()
      for (const running of this.running) {
        if (running.end > now) {
          return Effect.flatMap(clock.sleep(Duration.millis(running.end - now)), () => this.watch(clock))
        }
        this.running.delete(running)
        running.expire()
      }
      this.timer = undefined
      return Effect.void
    })
  }
}
