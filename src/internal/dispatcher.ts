import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
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

/** A call's place in the queue: what is sent again goes before what is new. */
export interface Place {
  readonly clock: Clock.Clock
  readonly priority: Priority
  readonly isRepeat: boolean
}

interface Waiter {
  readonly admission: Deferred.Deferred<number, Shut>
  ticket: number | undefined
}

/**
 * Decides when a request of the client may leave: one gate for all of its fibers.
 *
 * A 429 shuts the gate for everybody. It reopens with one probe; each answer that isn't a 429 then lets one more be on
 * its way, so that those who waited don't run into the same limit all at once. A ticket is the number of its opening:
 * what was sent before a pause says nothing about what is allowed after it.
 *
 * All of it is synchronous, so that no fiber sees or leaves it half done; `run` alone waits.
 */
export class Dispatcher {
  private inFlight = 0
  /** Those of them that left in this opening: a straggler from before a pause doesn't hold up the probe. */
  private inOpening = 0
  private limit: number
  private pausedUntil = 0
  private opening = 0
  private unexplained = 0
  /** In the order in which they are let in. */
  private readonly queues: readonly [Set<Waiter>, Set<Waiter>, Set<Waiter>, Set<Waiter>] = [
    new Set(),
    new Set(),
    new Set(),
    new Set()
  ]
  private timer: { readonly at: number; readonly fiber: Fiber.RuntimeFiber<void> } | undefined

  constructor(private readonly options: Options) {
    this.limit = options.maxInFlight
  }

  state(now: number): State {
    return {
      inFlight: this.inFlight,
      waiting: this.waiting(),
      limit: this.limit,
      pausedUntil: this.pausedUntil > now ? this.pausedUntil : 0
    }
  }

  /** When the gate opens, if that is later than callers care to wait for. */
  shut(now: number): Shut | undefined {
    return this.pausedUntil - now > this.options.maxWait ? { _tag: "Shut", until: this.pausedUntil } : undefined
  }

  /** Runs a request once it may leave; it is told whether it had to wait. */
  run<A, E, R>(
    place: Place,
    request: (waited: boolean) => Effect.Effect<A, E, R>,
    outcome: (exit: Exit.Exit<A, E>) => Outcome
  ): Effect.Effect<A, E | Shut, R> {
    return Effect.uninterruptibleMask((restore) => {
      const send = (ticket: number, waited: boolean) =>
        Effect.onExit(restore(request(waited)), (exit) => {
          this.leave(ticket, outcome(exit), place.clock)
          return Effect.void
        })
      if (this.isFree()) return send(this.enter(), false)
      return Effect.flatMap(this.wait(place, restore), (ticket) => send(ticket, true))
    })
  }

  private isFree(): boolean {
    return this.hasRoom() && this.waiting() === 0
  }

  private hasRoom(): boolean {
    return this.pausedUntil === 0 && this.inOpening < this.limit && this.inFlight < this.options.maxInFlight
  }

  private enter(): number {
    this.inFlight++
    this.inOpening++
    return this.opening
  }

  private exit(ticket: number): void {
    this.inFlight--
    if (ticket === this.opening) this.inOpening--
  }

  private waiting(): number {
    return this.queues.reduce((sum, queue) => sum + queue.size, 0)
  }

  private wait(
    { clock, isRepeat, priority }: Place,
    restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  ): Effect.Effect<number, Shut> {
    const [repeated, interactive, repeatedBackground, background] = this.queues
    const queue = priority === "interactive"
      ? isRepeat ? repeated : interactive
      : isRepeat
      ? repeatedBackground
      : background
    const waiter: Waiter = { admission: Deferred.unsafeMake(FiberId.none), ticket: undefined }
    queue.add(waiter)
    this.admit(clock)
    return Effect.onExit(restore(Deferred.await(waiter.admission)), (exit) => {
      if (Exit.isFailure(exit)) {
        // Interrupted between being let in and hearing of it: the place is free again.
        if (waiter.ticket === undefined) queue.delete(waiter)
        else this.exit(waiter.ticket)
        this.admit(clock)
      }
      return Effect.void
    })
  }

  private leave(ticket: number, outcome: Outcome, clock: Clock.Clock): void {
    this.exit(ticket)
    const isNews = ticket === this.opening
    if (outcome._tag === "Limited") {
      this.pause(isNews, outcome.wait ?? 0, clock.unsafeCurrentTimeMillis())
    } else if (outcome._tag === "Answered" && isNews) {
      this.unexplained = 0
      this.limit = Math.min(this.limit + 1, this.options.maxInFlight)
    }
    this.admit(clock)
  }

  private pause(isNews: boolean, wait: number, now: number): void {
    const millis = wait > 0 || !isNews
      ? wait
      : Math.min(1000 * 2 ** this.unexplained++, this.options.maxWait)
    this.pausedUntil = Math.max(this.pausedUntil, now + millis)
    if (isNews) {
      this.opening++
      this.inOpening = 0
      this.limit = 1
    }
  }

  /** Lets in whom it may, turns away who would wait too long, and keeps a timer only while somebody waits for one. */
  private admit(clock: Clock.Clock): void {
    const now = clock.unsafeCurrentTimeMillis()
    if (now >= this.pausedUntil) this.pausedUntil = 0
    const shut = this.shut(now)
    if (shut !== undefined) this.turnAway(Exit.fail(shut))
    while (this.hasRoom()) {
      const waiter = this.next()
      if (waiter === undefined) break
      waiter.ticket = this.enter()
      Deferred.unsafeDone(waiter.admission, Exit.succeed(waiter.ticket))
    }
    this.wakeAt(this.waiting() === 0 ? 0 : this.pausedUntil, now, clock)
  }

  private next(): Waiter | undefined {
    for (const queue of this.queues) {
      for (const waiter of queue) {
        queue.delete(waiter)
        return waiter
      }
    }
    return undefined
  }

  private turnAway(shut: Exit.Exit<never, Shut>): void {
    for (const queue of this.queues) {
      for (const waiter of queue) Deferred.unsafeDone(waiter.admission, shut)
      queue.clear()
    }
  }

  private wakeAt(at: number, now: number, clock: Clock.Clock): void {
    if (this.timer?.at === at) return
    this.timer?.fiber.unsafeInterruptAsFork(FiberId.none)
    this.timer = at === 0 ? undefined : {
      at,
      fiber: Effect.runFork(
        Effect.map(clock.sleep(Duration.millis(at - now)), () => {
          this.timer = undefined
          this.admit(clock)
        })
      )
    }
  }
}
