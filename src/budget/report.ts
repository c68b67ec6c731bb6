/** What gates tell the engine of a budget, and what they hear of it. */

/**
 * What a client's gate tells of itself. Times are in milliseconds.
 *
 * @since 0.2.0
 * @category models
 */
export interface Report {
  /** Which gate reports; no two have the same. */
  readonly member: string
  /** What its client was told of the budget: so many requests in any `window`. */
  readonly told: { readonly requests: number; readonly window: number } | undefined
  /** How many calls wait for a slot that somebody waits for (`Priority`). */
  readonly interactive: number
  readonly background: number
  /** How many requests are on their way. */
  readonly inFlight: number
  /** The number of the opening that it knows, 0 at first: each 429 ends one. */
  readonly opening: number
  /** Answers since the last report that aren't a 429: of requests of that opening, and of the one before. */
  readonly answered: number
  readonly answeredLate: number
  /** A request of that opening met a 429; `wait` is how long Spotify asks to wait, where it says so. */
  readonly limited: { readonly wait: number | undefined } | undefined
  /** For how long the daily quota is used up, as an answer said. */
  readonly quota: number | undefined
  /** Slots that it was granted and won't use. */
  readonly returned: number
  /** It has closed, and wants nothing any more. */
  readonly isLeaving: boolean
}

/**
 * What a gate may do. Times are in milliseconds from the answer on, so that no two clocks are compared.
 *
 * @since 0.2.0
 * @category models
 */
export interface Grant {
  readonly opening: number
  /** How long nothing may leave; 0 where the gate is open. */
  readonly pause: number
  /** How long background work may not leave since the daily quota is used up; 0 where it isn't. */
  readonly quota: number
  /** When requests may leave, one each, in ascending order; a slot that is 100 ms old is lost. */
  readonly slots: ReadonlyArray<number>
  /** Where there is no pace yet: how many of this gate may be on their way, in the place of slots. */
  readonly inFlight: number | undefined
  /** When the next report is due, where calls wait or are on their way. */
  readonly reportAfter: number
  /** The pace of all of them together, where there is one. */
  readonly requestsPerSecond: number | undefined
  /** How many gates draw on the budget, and which part of it this one was granted lately, from 0 to 1. */
  readonly members: number
  readonly share: number
  /** The smallest budget that any of them was told. */
  readonly told: Report["told"]
}
