import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import { monotonic, type Restore, sleepOn } from "./time.js"

/** What can be given up; `soFar` is what there is by then, where that will do. */
interface Started<A, E> {
  readonly abort: () => void
  readonly aborted: Effect.Effect<void>
  readonly soFar: () => Effect.Effect<A, E> | undefined
}

export interface Running {
  end: number
  expire: () => void
}

/**
 * Ends what takes longer than `millis`. `Effect.timeout` forks two fibers and a timer for each call; here the calls share
 * one timer, since all have the same time and so end in the order in which they began.
 */
export class Deadline {
  protected readonly running = new Set<Running>()
  private timer: Fiber.RuntimeFiber<void> | undefined
  private isResting = false

  constructor(protected readonly millis: number) {}

  /** Within an uninterruptible region, which `restore` leaves for the time of waiting. */
  run<A, E, E2>(
    clock: Clock.Clock,
    restore: Restore,
    start: (done: (result: Effect.Effect<A, E>) => void) => Started<A, E>,
    onExpiry: () => E2
  ): Effect.Effect<A, E | E2> {
    return Effect.suspend(() => {
      let resume: ((result: Effect.Effect<A, E | E2>) => void) | undefined
      // What came before anybody waited. What comes later isn't kept: the garbage collector would move it to the old
      // generation along with what has waited for it.
      let early: Effect.Effect<A, E | E2> | undefined
      const end = (result: Effect.Effect<A, E | E2>) => {
        this.finish(running)
        if (resume === undefined) early ??= result
        else resume(result)
      }
      let sending: Started<A, E> | undefined
      const running: Running = {
        end: Math.ceil(monotonic(clock) + this.millis),
        expire: () => {
          end(sending?.soFar() ?? Effect.failSync(onExpiry))
          sending?.abort()
        }
      }
      this.begin(running, clock)
      return Effect.onExit(
        // What starts it may be somebody else's, and throw.
        Effect.suspend(() => {
          sending = start(end)
          return restore(Effect.async<A, E | E2>((callback) => {
            if (early === undefined) resume = callback
            else callback(early)
          }))
        }),
        (exit) => {
          if (Exit.isSuccess(exit)) return Effect.void
          this.finish(running)
          if (sending === undefined || !Exit.isInterrupted(exit)) return Effect.void
          sending.abort()
          return sending.aborted
        }
      )
    })
  }

  protected begin(running: Running, clock: Clock.Clock): void {
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
      const now = monotonic(clock)
      for (const running of this.running) {
        if (running.end > now) {
          return Effect.flatMap(sleepOn(clock, running.end - now), () => this.watch(clock))
        }
        this.running.delete(running)
        running.expire()
      }
      this.timer = undefined
      return Effect.void
    })
  }
}
