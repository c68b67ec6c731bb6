/** `requests` in any `window` milliseconds. */
export interface Told {
  readonly requests: number
  readonly window: number
}

interface Learned {
  /** What was answered in so much time; where that is nothing, `guess` is how many requests a millisecond it may be. */
  answers: number
  readonly time: number
  readonly guess: number
  readonly from: number
  /** How long it takes to double. */
  readonly doubling: number
}

/** Spotify counts over 30 seconds; what was before says little. */
const memory = 30_000

const minDoubling = 1000
const maxDoubling = 120_000

/**
 * When the next request may leave, so that Spotify needn't say no. Times are in epoch milliseconds.
 *
 * **Told** the budget: no more than its requests leave in its window, which counts for a little longer than it is, since
 * requests arrive closer together than they leave. Half of it may go at once; from there on they are spread, or they
 * would all leave at the window's start for ever, and an interactive call would wait for the next one.
 *
 * **Learned**, whether told or not: from the first 429 on, requests leave one at a time. A 429 ends an opening of the
 * gate. What was answered in it, over its time and a part of the pause that it cost, is the new pace: with all of the
 * pause it would be the least that Spotify allows, with none of it more than that. The pace then doubles until the next
 * 429, the sooner the shorter the opening was that it was learned in, and so it is forgotten where it isn't needed.
 * Time with nothing to send doesn't count.
 */
export class Pace {
  private readonly departures: Array<number>
  private next = 0
  private readonly spacing: number
  private readonly window: number
  private last = -Infinity
  private learned: Learned | undefined
  private answers = 0
  private busy = 0
  private busySince = 0

  constructor(told: Told | undefined) {
    const requests = told === undefined ? 0 : Math.max(1, Math.floor(told.requests))
    this.departures = Array.from({ length: requests }, () => -Infinity)
    this.window = told === undefined ? 0 : told.window + Math.min(told.window * 0.03, 100)
    this.spacing = this.window / requests
  }

  /** When the next request may leave; in the past if it may at once. */
  due(now: number): number {
    return Math.max(this.last + this.interval(now), (this.departures[this.next] ?? -Infinity) + this.window)
  }

  /** How many requests a second may leave, as far as there is such a number. */
  perSecond(now: number): number | undefined {
    const interval = this.departures.length === 0
      ? this.learnedInterval(now)
      : Math.max(this.spacing, this.learnedInterval(now))
    return interval === 0 ? undefined : 1000 / interval
  }

  /** A request leaves. */
  depart(now: number): void {
    const interval = this.interval(now)
    const due = this.last + interval
    // A timer that comes late makes the next departures no later.
    this.last = now - due < interval ? due : now
    if (this.departures.length > 0) {
      this.departures[this.next] = now
      this.next = (this.next + 1) % this.departures.length
    }
  }

  /** There is something to send, after a time in which there was nothing. */
  begin(now: number): void {
    this.busySince = Math.max(this.busySince, now)
  }

  /** There is nothing to send any more. */
  rest(now: number): void {
    this.busy = this.busyTime(now)
    this.busySince = Math.max(this.busySince, now)
  }

  /** An answer of this opening that isn't a 429. */
  answered(now: number): void {
    this.answers++
    if (this.busyTime(now) > memory) {
      this.answers /= 2
      this.busy = this.busyTime(now) / 2
      this.busySince = now
    }
  }

  /** An answer of the opening before, that was on its way when the 429 came. */
  answeredLate(): void {
    if (this.learned !== undefined) this.learned.answers++
  }

  /** A 429 of this opening; the next one begins after `pause`. */
  limited(now: number, pause: number): void {
    const time = this.busyTime(now)
    const interval = this.learnedInterval(now)
    this.learned = {
      answers: this.answers,
      time: time + pause * 0.3,
      guess: interval === 0 ? 1 / 1000 : 1 / interval / 2,
      from: now + pause,
      doubling: Math.min(Math.max(16 * time, minDoubling), maxDoubling)
    }
    this.last = -Infinity
    this.answers = 0
    this.busy = 0
    this.busySince = now + pause
  }

  private busyTime(now: number): number {
    return this.busy + Math.max(0, now - this.busySince)
  }

  private learnedInterval(now: number): number {
    if (this.learned === undefined) return 0
    const { answers, doubling, from, guess, time } = this.learned
    return 1 / ((answers === 0 ? guess : answers / time) * 2 ** (Math.max(0, now - from) / doubling))
  }

  private interval(now: number): number {
    const { length } = this.departures
    const halfAgo = this.departures[(this.next + Math.floor(length / 2)) % length] ?? -Infinity
    return Math.max(this.learnedInterval(now), now - halfAgo < this.window ? this.spacing : 0)
  }
}
