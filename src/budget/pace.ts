import type * as Clock from "effect/Clock"
import type { BudgetUnavailable } from "../core/SpotifyError.js"

/** `requests` in any `window` milliseconds. */
export interface Told {
  readonly requests: number
  readonly window: number
}

/** How long after its time a slot may still be used, in milliseconds. */
export const lateness = 100

/** What a gate asks and tells, to know when the next request may leave. Times are in milliseconds of a clock that nobody sets. */
export interface Rate {
  /** When the next request may leave, as far as that is known now; in the past if it may at once. */
  readonly due: (now: number) => number
  /** How many requests a second may leave, as far as there is such a number. */
  readonly perSecond: (now: number) => number | undefined
  /** Whether a 429 was so lately that nobody should ask for more than is needed. */
  readonly isWary: (now: number) => boolean
  /** A request leaves. */
  readonly depart: (now: number) => void
  /** There is something to send, after a time in which there was nothing. */
  readonly begin: (now: number) => void
  /** There is nothing to send any more. */
  readonly rest: (now: number) => void
  /** Whether somebody waits: what was answered while nobody did is the least that Spotify allows. */
  readonly crowd: (now: number, isCrowded: boolean, clock: Clock.Clock) => void
  /** An answer of this opening that isn't a 429. */
  readonly answered: (now: number) => void
  /** An answer of the opening before, that was on its way when the 429 came. */
  readonly answeredLate: () => void
  /** A 429 of this opening; the next one begins after `pause`. Spotify has asked for `wait`, where it did. */
  readonly limited: (now: number, pause: number, wait: number | undefined) => void
}

/** How many calls wait, and how many requests are on their way. */
export interface Demand {
  readonly interactive: number
  readonly background: number
  readonly inFlight: number
}

/** What a rate that others have a say in asks and tells its gate. */
export interface Gate {
  readonly demand: () => Demand
  /** Somebody else met a 429: nothing leaves until then; `isNews` where it has ended this opening. */
  readonly closeUntil: (until: number, isNews: boolean, now: number) => void
  /** Looks again who may leave. */
  readonly admit: (clock: Clock.Clock) => void
  /** Turns away who waits: all, for a budget that can't be asked, or what can wait, until the daily quota is there again. */
  readonly refuse: (why: BudgetUnavailable | number) => void
}

/** What is known of those who draw on a budget together. */
export interface Fleet {
  readonly isAvailable: boolean
  readonly members: number
  readonly share: number
}

interface Learned {
  /** What was answered in so much time; where that is nothing, `guess` is how many requests a millisecond it may be. */
  answers: number
  readonly time: number
  readonly guess: number
  readonly from: number
  /** How long it takes to double for the first time. */
  readonly doubling: number
}

/** Spotify counts over 30 seconds; what was before says little. */
const memory = 30_000

const minDoubling = 1000
const maxDoubling = 15_000

/** For how long after a 429 nothing is asked for ahead of its need, in milliseconds: ten times Spotify's window. */
const wary = 300_000

/** A row of 429s teaches nothing more below this many requests a millisecond: whoever waits must see an end. */
const slowest = 1 / 4000

/**
 * When the next request may leave, so that Spotify needn't say no. Times are in milliseconds of a clock that nobody sets.
 *
 * **Told** the budget: no more than its requests leave in its window, which counts for a little longer than it is, since
 * requests arrive closer together than they leave. Half of it may go at once; from there on they are spread, or they
 * would all leave at the window's start for ever, and an interactive call would wait for the next one.
 *
 * **Learned**, whether told or not: from the first 429 on, requests leave one at a time. A 429 ends an opening of the
 * gate. What was answered in it, over its time and a part of the pause that it cost, is the new pace: with all of the
 * pause it would be the least that Spotify allows, with none of it more than that. The pace then doubles, slowly at first
 * and ever faster until the next 429, the sooner the shorter the time was in that opening in which anybody waited, and so
 * it is forgotten where it isn't needed: as when there was little to send, or another process, which had a part of the
 * budget, has ended.
 * Time with nothing to send doesn't count. An opening without an answer halves what was known before, down to a floor,
 * and that is made up for at once.
 */
export class Pace implements Rate {
  private readonly departures: Array<number> = []
  private next = 0
  private readonly requests: number
  private readonly spacing: number
  private readonly window: number
  private last = -Infinity
  private learned: Learned | undefined
  private answers = 0
  private busy = 0
  private busySince = 0
  private crowded = 0
  private crowdedSince: number | undefined

  constructor(told: Told | undefined) {
    this.requests = told === undefined ? 0 : told.requests
    this.window = told === undefined ? 0 : told.window + Math.min(told.window * 0.03, 100)
    this.spacing = this.requests === 0 ? 0 : this.window / this.requests
  }

  due(now: number): number {
    return Math.max(this.toldDue(), this.learnedDue(now))
  }

  perSecond(now: number): number | undefined {
    const interval = Math.max(this.spacing, this.learnedInterval(now))
    return interval === 0 ? undefined : 1000 / interval
  }

  isWary(now: number): boolean {
    return this.learned !== undefined && now < this.learned.from + wary
  }

  depart(now: number): void {
    const interval = Math.max(this.learnedInterval(now), now < this.spreadUntil() ? this.spacing : 0)
    const due = this.last + interval
    // A timer that comes late makes the next departures no later.
    this.last = now - due < interval ? due : now
    if (this.requests > 0) {
      this.departures[this.next] = now
      this.next = (this.next + 1) % this.requests
    }
  }

  begin(now: number): void {
    this.busySince = Math.max(this.busySince, now)
  }

  rest(now: number): void {
    this.busy = this.busyTime(now)
    this.busySince = Math.max(this.busySince, now)
  }

  crowd(now: number, isCrowded: boolean): void {
    if (isCrowded === (this.crowdedSince !== undefined)) return
    this.crowded = this.crowdedTime(now)
    this.crowdedSince = isCrowded ? now : undefined
  }

  answered(now: number): void {
    this.answers++
    if (this.busyTime(now) > memory) {
      this.answers /= 2
      this.busy = this.busyTime(now) / 2
      this.busySince = now
    }
  }

  answeredLate(): void {
    if (this.learned !== undefined) this.learned.answers++
  }

  limited(now: number, pause: number): void {
    const time = this.busyTime(now)
    const interval = this.learnedInterval(now)
    this.learned = {
      answers: this.answers,
      time: time + pause * 0.3,
      guess: interval === 0 ? 1 / 1000 : 1 / interval / 2,
      from: now + pause,
      doubling: this.answers === 0
        ? minDoubling
        : Math.min(Math.max(12 * this.crowdedTime(now), minDoubling), maxDoubling)
    }
    this.last = -Infinity
    this.answers = 0
    this.busy = 0
    this.busySince = now + pause
    this.crowded = 0
    if (this.crowdedSince !== undefined) this.crowdedSince = now + pause
  }

  private crowdedTime(now: number): number {
    return this.crowded + (this.crowdedSince === undefined ? 0 : Math.max(0, now - this.crowdedSince))
  }

  private busyTime(now: number): number {
    return this.busy + Math.max(0, now - this.busySince)
  }

  private learnedInterval(now: number): number {
    if (this.learned === undefined) return 0
    const { answers, doubling, from, guess, time } = this.learned
    const rate = Math.max(slowest, answers === 0 ? guess : answers / time)
    return 1 / (rate * 2 ** (Math.max(0, now - from) / doubling) ** 2)
  }

  /** The interval shrinks while one waits for it: the time at which it is over, not the one that it promises now. */
  private learnedDue(now: number): number {
    const promised = this.last + this.learnedInterval(now)
    if (promised <= now) return promised
    let before = now
    let after = promised
    while (after - before > 0.5) {
      const middle = (before + after) / 2
      if (this.last + this.learnedInterval(middle) > middle) before = middle
      else after = middle
    }
    return after
  }

  private toldDue(): number {
    const whole = (this.departures[this.next] ?? -Infinity) + this.window
    return Math.max(Math.min(this.last + this.spacing, this.spreadUntil()), whole)
  }

  /** Until when half of what was told is used up. */
  private spreadUntil(): number {
    if (this.requests === 0) return -Infinity
    const half = (this.next + Math.floor(this.requests / 2)) % this.requests
    return (this.departures[half] ?? -Infinity) + this.window
  }
}
