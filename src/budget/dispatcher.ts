import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import type { BudgetUnavailable } from "../core/SpotifyError.js"
import { monotonic, type Restore, sleepOn } from "../core/time.js"
import type { Ahead } from "./ahead.js"
import { type Demand, type Fleet, Pace, type Rate, type Told } from "./pace.js"
import type { Priority } from "./priority.js"

/** The gate stays shut, or has been shut, for longer than the client cares to wait: it is worth a try at `until`. */
export interface Shut {
  readonly _tag: "Shut"
  readonly until: number
  /** Where it isn't a 429 that shuts it. */
  readonly error?: BudgetUnavailable
}

/**
 * What came of a request: an answer, a 429 (`wait` in milliseconds, where Spotify said so) since there were too many or
 * since the quota is spent, or nothing.
 */
export type Outcome =
  | { readonly _tag: "Limited" | "Spent"; readonly wait: number | undefined }
  | { readonly _tag: "Answered" | "Unanswered" }

export interface Options {
  /** The longest pause that callers sit through, in milliseconds. */
  readonly maxWait: number
  /** How many requests may be on their way at once. */
  readonly maxInFlight: number
  readonly told: Told | undefined
}

export interface State extends Demand {
  /** How many may be on their way now: less than the maximum at first and while the gate reopens. */
  readonly limit: number
  /** 0 while the gate is open. */
  readonly pausedUntil: number
  readonly perSecond: number | undefined
  /** When the pace lets the next one leave; 0 where it isn't the pace that is waited for. */
  readonly paced: number
  /** Of a shared budget. */
  readonly fleet?: Fleet | undefined
}

/** A call's place in the queue: what is sent again goes before what is new. */
export interface Place {
  readonly clock: Clock.Clock
  readonly priority: Priority
  readonly isRepeat: boolean
  /** Of what is asked for before it is needed. */
  readonly ahead: Ahead | undefined
  /** When the call itself got its last 429. */
  readonly limitedAt: number | undefined
}

interface Waiter {
  readonly admission: Deferred.Deferred<number, Shut>
  limitedAt: number | undefined
  /** When somebody began to wait for it. */
  since: number
  /** The last opening of the gate in which nothing but a pause has come in between. */
  pausedIn: number
  queue: Set<Waiter>
  ticket: number | undefined
}

interface Queue {
  readonly repeated: Set<Waiter>
  readonly fresh: Set<Waiter>
}

/** Whether it is asked for and nobody needs it yet. */
const isEarly = ({ ahead }: Place): boolean => ahead !== undefined && !ahead.isNeeded

const sizeOf = (queue: Queue): number => queue.repeated.size + queue.fresh.size

/** How many requests of a new client may be on their way; each answer lets one more. */
const firstLimit = 16

/** How long those who sat through a pause, and go one after the other then, are waited for at least, in milliseconds. */
const turnAfterPause = 15_000

/** The longest pause after a 429 that doesn't say how long it is, in milliseconds. */
const maxBackOff = 8000

/**
 * Decides when a request of the client may leave: one gate for all of its fibers.
 *
 * A 429 shuts the gate for everybody. It reopens with one probe; each answer that isn't a 429 then lets one more be on
 * its way, so that those who waited don't run into the same limit all at once. How soon they follow each other is the
 * pace's business. A ticket is the number of its opening: what was sent before a pause says nothing about what is
 * allowed after it.
 *
 * Nobody waits for longer than `maxWait` after its last 429; who didn't get one itself, after the first of a row that no
 * answer has ended. Who has sat through a single pause gets its turn in `turnAfterPause` after it, also where the pause
 * has taken nearly all of that time.
 *
 * What is asked for ahead of its need leaves only where it is in nobody's way: while nobody waits and half of the places
 * are free, and not for a while after a 429, since one that is asked for later may never meet the limit that it would
 * meet. Until it is needed it isn't in the queue, and no wait is too long for it; then it goes to the queue's end.
 *
 * All times are those of a clock that nobody sets. All of it is synchronous, so that no fiber sees or leaves it half done;
 * `run` alone waits.
 */
export class Dispatcher {
  private inFlight = 0
  /** Those of them that left in this opening: a straggler from before a pause doesn't hold up the probe. */
  private inOpening = 0
  private limit: number
  protected pausedUntil = 0
  private opening = 0
  private unexplained = 0
  /** When the 429s began that no answer has followed yet. */
  protected limitedSince: number | undefined
  /** When the first of those who wait may have waited for too long; that one may have gone by then. */
  protected lookAt = Infinity
  protected readonly queues: { readonly [P in Priority]: Queue } = {
    interactive: { repeated: new Set(), fresh: new Set() },
    background: { repeated: new Set(), fresh: new Set() }
  }
  private readonly inOrder: ReadonlyArray<Set<Waiter>> = [
    this.queues.interactive.repeated,
    this.queues.interactive.fresh,
    this.queues.background.repeated,
    this.queues.background.fresh
  ]
  private readonly ahead = new Set<Waiter>()
  private timer: { readonly at: number; readonly fiber: Fiber.RuntimeFiber<void> } | undefined
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly options: Options,
    private readonly pace: Rate = new Pace(options.told)
  ) {
    this.limit = Math.min(firstLimit, options.maxInFlight)
  }

  demand(): Demand {
    return {
      inFlight: this.inFlight,
      interactive: sizeOf(this.queues.interactive),
      background: sizeOf(this.queues.background)
    }
  }

  state(now: number): State {
    const isPaused = this.pausedUntil > now
    return {
      ...this.demand(),
      limit: this.limit,
      pausedUntil: isPaused ? this.pausedUntil : 0,
      perSecond: this.pace.perSecond(now),
      paced: this.waiting() > 0 && !isPaused && this.hasPlace() ? this.pace.due(now) : 0
    }
  }

  /** Calls the listener after each change, until what it gives back is called. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** When the gate opens, if that is later than callers care to wait for. */
  shut(now: number, _priority?: Priority): Shut | undefined {
    return this.shutUntil(this.pausedUntil, now)
  }

  protected shutUntil(until: number, now: number): Shut | undefined {
    // A rounded difference of large numbers: less than a millisecond is nothing.
    return until - now >= this.options.maxWait + 1 ? { _tag: "Shut", until } : undefined
  }

  /** When a request is worth a try, as far as that is known now. */
  opensAt(now: number): number {
    return Math.max(this.pausedUntil, this.pace.due(now))
  }

  /**
   * Runs a request once it may leave; it is told since when it was waited for, where it had to wait. It begins where it
   * can't be interrupted, and restores that for the time in which it may.
   */
  run<A, E, R>(
    place: Place,
    request: (since: number | undefined, restore: Restore) => Effect.Effect<A, E, R>,
    outcome: (exit: Exit.Exit<A, E>) => Outcome
  ): Effect.Effect<A, E | Shut, R> {
    return Effect.uninterruptibleMask((restore) => {
      const send = (ticket: number, since?: number) =>
        Effect.onExit(Effect.suspend(() => request(since, restore)), (exit) => {
          this.leave(ticket, outcome(exit), place.clock)
          return Effect.void
        })
      const now = monotonic(place.clock)
      if (this.inFlight === 0 && this.waiting() === 0) this.pace.begin(now)
      if (this.isFree(now) && (!isEarly(place) || this.mayGoAhead(now))) {
        const ticket = this.enter(now)
        this.tell()
        return send(ticket)
      }
      return this.wait(place, restore, send)
    })
  }

  private isFree(now: number): boolean {
    return this.pausedUntil <= now && this.hasPlace() && this.waiting() === 0 && this.pace.due(now) <= now
  }

  private mayGoAhead(now: number): boolean {
    return this.inFlight < Math.floor(this.limit / 2) && !this.pace.isWary(now)
  }

  private hasPlace(): boolean {
    return this.inOpening < this.limit && this.inFlight < this.options.maxInFlight
  }

  private enter(now: number): number {
    this.inFlight++
    this.inOpening++
    this.pace.depart(now)
    return this.opening
  }

  private exit(ticket: number): void {
    this.inFlight--
    if (ticket === this.opening) this.inOpening--
  }

  private waiting(): number {
    return sizeOf(this.queues.interactive) + sizeOf(this.queues.background)
  }

  private wait<A, E, R>(
    place: Place,
    restore: Restore,
    send: (ticket: number, since: number) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | Shut, R> {
    const { ahead, clock, isRepeat, limitedAt, priority } = place
    const queue = this.queues[priority][isRepeat ? "repeated" : "fresh"]
    const waiter: Waiter = {
      admission: Deferred.unsafeMake(FiberId.none),
      limitedAt,
      since: monotonic(clock),
      // Who hasn't had a 429 of its own sits through the first of others.
      pausedIn: limitedAt === undefined ? this.opening + 1 : this.opening,
      queue: isEarly(place) ? this.ahead : queue,
      ticket: undefined
    }
    waiter.queue.add(waiter)
    if (waiter.queue === queue) this.lookAt = Math.min(this.lookAt, this.endOf(waiter))
    else ahead?.onNeed(() => this.need(waiter, queue, clock))
    this.admit(clock)
    const admitted = Effect.onExit(restore(Deferred.await(waiter.admission)), (exit) => {
      if (Exit.isFailure(exit)) {
        // Interrupted between being let in and hearing of it: the place is free again.
        if (waiter.ticket === undefined) waiter.queue.delete(waiter)
        else this.exit(waiter.ticket)
        this.admit(clock)
      }
      return Effect.void
    })
    return Effect.flatMap(admitted, (ticket) => send(ticket, waiter.since))
  }

  /** Somebody waits now for what was asked for ahead. */
  private need(waiter: Waiter, queue: Set<Waiter>, clock: Clock.Clock): void {
    if (!this.ahead.delete(waiter)) return
    const now = monotonic(clock)
    if (this.inFlight === 0 && this.waiting() === 0) this.pace.begin(now)
    waiter.queue = queue
    waiter.since = now
    waiter.limitedAt = undefined
    waiter.pausedIn = this.opening + 1
    queue.add(waiter)
    this.lookAt = Math.min(this.lookAt, this.endOf(waiter))
    this.admit(clock)
  }

  protected leave(ticket: number, outcome: Outcome, clock: Clock.Clock): void {
    const now = monotonic(clock)
    const isNews = ticket === this.opening
    this.exit(ticket)
    if (outcome._tag === "Limited") {
      this.pause(isNews, outcome.wait, now)
    } else if (outcome._tag !== "Unanswered") {
      this.answered(ticket, now)
    }
    this.admit(clock)
  }

  private answered(ticket: number, now: number): void {
    if (ticket === this.opening) {
      this.unexplained = 0
      this.limitedSince = undefined
      this.limit = Math.min(this.limit + 1, this.options.maxInFlight)
      this.pace.answered(now)
    } else if (ticket === this.opening - 1) {
      this.pace.answeredLate()
    }
  }

  private pause(isNews: boolean, wait: number | undefined, now: number): void {
    const asked = wait ?? 0
    const millis = asked > 0 || !isNews
      ? asked
      // Who cares to wait for less than the first of them isn't helped by a shorter one.
      : Math.min(1000 * 2 ** this.unexplained++, Math.max(this.options.maxWait, 1000), maxBackOff)
    this.pausedUntil = Math.max(this.pausedUntil, now + millis)
    if (isNews) {
      this.limitedSince ??= now
      // For some it may be over now.
      this.lookAt = now
      this.pace.limited(now, this.pausedUntil - now, wait)
      this.reopen()
    }
  }

  protected reopen(): void {
    this.opening++
    this.inOpening = 0
    this.limit = 1
  }

  /** Lets in whom it may, turns away who would wait too long, and keeps a timer only while somebody waits for one. */
  admit(clock: Clock.Clock): void {
    const now = monotonic(clock)
    const later = (time: number) => time > now ? time : Infinity
    const shut = this.shut(now)
    if (shut !== undefined) this.turnAway(shut)
    let at = Infinity
    while (this.waiting() > 0 && this.hasPlace()) {
      at = Math.ceil(this.opensAt(now))
      if (at > now) break
      const waiter = this.next()
      if (waiter === undefined) break
      this.letIn(waiter, now)
    }
    // Where others still wait, there is no place for these either, or it isn't time yet.
    let aheadAt = Infinity
    for (const waiter of this.ahead) {
      if (!this.mayGoAhead(now)) break
      aheadAt = Math.ceil(this.opensAt(now))
      if (aheadAt > now) break
      this.ahead.delete(waiter)
      waiter.since = now
      this.letIn(waiter, now)
    }
    if (this.lookAt <= now) this.turnAwayLate(now)
    this.wakeAt(this.waiting() === 0 ? later(aheadAt) : Math.min(later(at), this.lookAt), now, clock)
    const isCrowded = this.waiting() > 0
    this.pace.crowd(now, isCrowded, clock)
    if (this.inFlight === 0 && !isCrowded) this.pace.rest(now)
    this.tell()
  }

  private letIn(waiter: Waiter, now: number): void {
    waiter.ticket = this.enter(now)
    Deferred.unsafeDone(waiter.admission, Exit.succeed(waiter.ticket))
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }

  private next(): Waiter | undefined {
    for (const queue of this.inOrder) {
      for (const waiter of queue) {
        queue.delete(waiter)
        return waiter
      }
    }
    return undefined
  }

  protected turnAway(shut: Shut, queues: Iterable<Set<Waiter>> = this.inOrder): void {
    for (const queue of queues) {
      for (const waiter of queue) Deferred.unsafeDone(waiter.admission, Exit.fail(shut))
      queue.clear()
    }
  }

  /** Turns away who has waited for too long, and sees to it that the next one isn't forgotten. */
  private turnAwayLate(now: number): void {
    this.lookAt = Infinity
    for (const queue of this.inOrder) {
      for (const waiter of queue) {
        const end = this.endOf(waiter)
        if (end > now) {
          this.lookAt = Math.min(this.lookAt, end)
        } else {
          queue.delete(waiter)
          Deferred.unsafeDone(waiter.admission, Exit.fail({ _tag: "Shut", until: Math.max(now, this.opensAt(now)) }))
        }
      }
    }
  }

  /** When a waiter has waited for too long; never where there was no 429, or an answer has followed it. */
  private endOf({ limitedAt, pausedIn, since }: Waiter): number {
    const from = limitedAt ?? (this.limitedSince === undefined ? Infinity : Math.max(since, this.limitedSince))
    const { maxWait } = this.options
    const afterPause = this.opening <= pausedIn ? this.pausedUntil + Math.min(maxWait, turnAfterPause) : 0
    return Math.ceil(Math.max(from + maxWait, afterPause))
  }

  private wakeAt(at: number, now: number, clock: Clock.Clock): void {
    if (this.timer?.at === at) return
    this.timer?.fiber.unsafeInterruptAsFork(FiberId.none)
    this.timer = at === Infinity ? undefined : {
      at,
      fiber: Effect.runFork(
        Effect.map(sleepOn(clock, at - now), () => {
          this.timer = undefined
          this.admit(clock)
        })
      )
    }
  }
}
