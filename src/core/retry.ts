import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"

const httpDate = /^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*|\d{4}-\d\d-\d\dT)\d\d:\d\d:\d\d/i

/** Where there is no zone (the form of C's asctime), the time is UTC. */
const dateOf = (text: string): number =>
  httpDate.test(text) ? Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text) : Number.NaN

/**
 * What `Retry-After` says: seconds, or an HTTP date, which the server's own `Date` is subtracted from, where we see it,
 * since its clock may not be ours. Of several headers, which arrive as one with commas, the longest counts.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export const retryAfter = (
  headers: { readonly [name: string]: string | undefined },
  now: number
): Option.Option<Duration.Duration> => {
  let longest: number | undefined
  // A date has a comma of its own, after its day.
  for (
    const [part] of (headers["retry-after"] ?? "").matchAll(/(?:\s*(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,)?[^,]+/gi)
  ) {
    const text = part.trim()
    const millis = /^[+-]?\d+(?:\.\d+)?$/.test(text)
      ? Number(text) * 1000
      : dateOf(text) - (Date.parse(headers["date"] ?? "") || now)
    if (!Number.isNaN(millis)) longest = Math.max(longest ?? 0, millis)
  }
  return longest === undefined ? Option.none() : Option.some(clamped(longest))
}

/** A wait that a date can still express when it is added to now. */
const clamped = (millis: number): Duration.Duration => Duration.millis(Math.min(millis, maxRetryAfter))

const maxRetryAfter = 366 * 24 * 60 * 60 * 1000

/** Half a second, doubled and jittered, three times. */
export const transient = Schedule.exponential(Duration.millis(500)).pipe(
  Schedule.jittered,
  Schedule.intersect(Schedule.recurs(3))
)

/** The longest wait that a program sits through without having said so. */
export const defaultMaxWait = Duration.seconds(60)

/** Repeats a request to the token endpoint while that may help, and not before `Retry-After` is over. */
export const retryTokenRequest = <A, E extends { readonly _tag: string }, R>(
  self: Effect.Effect<A, E, R>,
  wait: (error: E) => Option.Option<Duration.Duration>
): Effect.Effect<A, E, R> =>
  Effect.retry(self, {
    schedule: Schedule.identity<E>().pipe(
      Schedule.intersect(transient),
      Schedule.modifyDelay(([error], delay) => Duration.max(delay, Option.getOrElse(wait(error), () => Duration.zero)))
    ),
    while: (error) =>
      Option.match(wait(error), {
        onNone: () => false,
        onSome: (duration) => Duration.lessThanOrEqualTo(duration, defaultMaxWait)
      })
  })
