import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"

/**
 * What `Retry-After` says: seconds, or an HTTP date.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export const retryAfter = (
  headers: { readonly [name: string]: string | undefined },
  now: number
): Option.Option<Duration.Duration> => {
  const value = headers["retry-after"]?.trim()
  if (value === undefined || value === "") return Option.none()
  if (/^[+-]?\d+(\.\d+)?$/.test(value)) return Option.some(clamped(Number(value) * 1000))
  const date = Date.parse(value)
  return Number.isNaN(date) ? Option.none() : Option.some(clamped(date - now))
}

/** A wait that a date can still express when it is added to now. */
const clamped = (millis: number): Duration.Duration => Duration.millis(Math.min(Math.max(0, millis), maxRetryAfter))

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
