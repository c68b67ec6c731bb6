import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"

/** A background call waits while an interactive one does. */
export type Priority = "interactive" | "background"

/** The gate stays shut for longer than the client cares to wait; `until` is in epoch milliseconds. */
export interface Shut {
  readonly _tag: "Shut"
  readonly until: number
}

/** What came of a request: an answer, a 429 (`wait` in milliseconds, where Spotify said so), or nothing. */
export type Outcome =
  | { readonly _tag: "Answered" }
  | { readonly _tag: "Limited"; readonly wait: number | undefined }
  | { readonly _tag: "Unanswered" }

export interface Options {
  /** The longest pause that callers sit through, in milliseconds. */
  readonly maxWait: number
  /** How many requests may be on their way at once. */
  readonly maxInFlight: number
}

export interface State {
  readonly inFlight: number
  readonly waiting: number
  /** How many may be on their way now: less than the maximum while the gate reopens. */
  readonly limit: number
  /** In epoch milliseconds; 0 while the gate is open. */
  readonly pausedUntil: number
}

interface Waiter {
  readonly leave: Deferred.Deferred<number, Shut>
  admitted: boolean
}

/**
 * Decides when a request of the client may leave: one gate for all of its fibers.
 *
 * A 429 shuts the gate for everybody. It reopens with one probe; each answer that isn't a 429 then doubles what may be on
 * its way, so that those who waited don't run into the same limit all at once. A ticket is the number of its opening:
 * what was sent before a pause says nothing about what is allowed after it.
 */
export class Dispatcher {
  private inFlight = 0
  private limit: number
  private pausedUntil = 0
  private opening = 0
  private pausesWithoutHeader = 0
  private readonly interactive: Array<Waiter> = []
  private readonly background: Array<Waiter> = []
  private timer: Fiber.RuntimeFiber<void> | undefined

  constructor(private readonly options: Options) {
    this.limit = options.maxInFlight
  }

  state(): State {
    return {
      inFlight: this.inFlight,
      waiting: this.interactive.length + this.background.length,
      limit: this.limit,
      pausedUntil: this.pausedUntil
    }
  }

  /** Runs a request once it may leave. */
  run<A, E, R>(
    priority: Priority,
    request: Effect.Effect<A, E, R>,
    outcome: (exit: Exit.Exit<A, E>) => Outcome
  ): Effect.Effect<A, E | Shut, R> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(
        this.isFree() ? this.enter() : this.wait(priority, restore),
        (ticket) =>
          Effect.onExit(restore(request), (exit) => {
            this.inFlight--
            const result = outcome(exit)
            return result._tag === "Limited"
              ? this.shut(ticket, result.wait)
              : this.leave(ticket, result._tag === "Answered")
          })
      )
    )
  }

  private isFree(): boolean {
    return this.pausedUntil === 0 && this.inFlight < this.limit && !this.hasWaiters()
  }

  private hasWaiters(): boolean {
    return this.interactive.length > 0 || this.background.length > 0
  }

  private enter(): Effect.Effect<number> {
    this.inFlight++
    return Effect.succeed(this.opening)
  }

  private leave(ticket: number, answered: boolean): Effect.Effect<void> {
    if (answered && ticket === this.opening) {
      this.pausesWithoutHeader = 0
      this.limit = Math.min(this.limit * 2, this.options.maxInFlight)
    }
    return this.hasWaiters() ? this.admit : Effect.void
  }

  private shut(ticket: number, wait: number | undefined): Effect.Effect<void> {
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const isNews = ticket === this.opening
      let pause = wait ?? 0
      if (pause <= 0 && isNews) {
        pause = Math.min(1000 * 2 ** this.pausesWithoutHeader, this.options.maxWait)
        this.pausesWithoutHeader++
      }
      this.pausedUntil = Math.max(this.pausedUntil, now + pause)
      if (isNews) {
        this.opening++
        this.limit = 1
      }
      return this.admit
    })
  }

  private wait(
    priority: Priority,
    restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  ): Effect.Effect<number, Shut> {
    return Effect.suspend(() => {
      const queue = priority === "interactive" ? this.interactive : this.background
      const waiter: Waiter = { leave: Deferred.unsafeMake(FiberId.none), admitted: false }
      queue.push(waiter)
      return Effect.zipRight(
        this.admit,
        Effect.onExit(restore(Deferred.await(waiter.leave)), (exit) => {
          if (Exit.isSuccess(exit)) return Effect.void
          // Interrupted between being let in and hearing of it: the place is free again.
          if (waiter.admitted) this.inFlight--
          else if (queue.includes(waiter)) queue.splice(queue.indexOf(waiter), 1)
          return this.admit
        })
      )
    })
  }

  /** Lets in whom it may, turns away who would wait too long, and keeps a timer only while somebody waits for one. */
  private readonly admit: Effect.Effect<void> = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    if (this.pausedUntil !== 0 && now >= this.pausedUntil) this.pausedUntil = 0
    if (this.pausedUntil - now > this.options.maxWait) {
      const shut = Exit.fail<Shut>({ _tag: "Shut", until: this.pausedUntil })
      for (const waiter of this.interactive.splice(0)) Deferred.unsafeDone(waiter.leave, shut)
      for (const waiter of this.background.splice(0)) Deferred.unsafeDone(waiter.leave, shut)
    }
    while (this.pausedUntil === 0 && this.inFlight < this.limit) {
      const waiter = this.interactive.shift() ?? this.background.shift()
      if (waiter === undefined) break
      this.inFlight++
      waiter.admitted = true
      Deferred.unsafeDone(waiter.leave, Exit.succeed(this.opening))
    }
    const wantsTimer = this.pausedUntil !== 0 && this.hasWaiters()
    if (wantsTimer && this.timer === undefined) {
      return Effect.map(Effect.forkDaemon(Effect.interruptible(this.tick)), (timer) => {
        this.timer = timer
      })
    }
    if (!wantsTimer && this.timer !== undefined) {
      const timer = this.timer
      this.timer = undefined
      return Fiber.interruptFork(timer)
    }
    return Effect.void
  })

  private readonly tick: Effect.Effect<void> = Effect.suspend(() =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.zipRight(
        Effect.sleep(Math.max(0, this.pausedUntil - now)),
        Effect.suspend(() => {
          this.timer = undefined
          return this.admit
        })
      ))
  )
}
