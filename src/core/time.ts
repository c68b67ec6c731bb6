import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/**
 * What the time is on the clock that nobody sets, in milliseconds: for measuring, since a wall clock may be set back or
 * forward meanwhile. To the microsecond, below which a number is too coarse at this size.
 */
export const monotonic = (clock: Clock.Clock): number =>
  Math.round(Number(clock.unsafeCurrentTimeNanos()) / 1000) / 1000

/** Effect's clock never ends a longer sleep, and keeps no process alive for it. */
const longest = 2 ** 31 - 1

/** What is less than a clock's step: who sleeps for it may find no time gone, and would sleep again for ever. */
const shortest = 0.001

/** Sleeps for so many milliseconds, however many they are. Whole ones are met to the point, parts of one nearly. */
export const sleepOn = (clock: Clock.Clock, millis: number): Effect.Effect<void> =>
  millis <= longest
    ? clock.sleep(Duration.millis(millis > 0 ? Math.max(millis, shortest) : 0))
    : Effect.flatMap(clock.sleep(Duration.millis(longest)), () => sleepOn(clock, millis - longest))

/** As `sleepOn`, on the clock of the caller. */
export const sleep = (millis: number): Effect.Effect<void> =>
  Effect.flatMap(Effect.clock, (clock) => sleepOn(clock, millis))

/** Leaves an uninterruptible region, as `Effect.uninterruptibleMask` gives it. */
export type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
