import { Clock, Duration, Effect } from "effect"

/**
 * A clock that is so many times as fast as the real one (one decimal counts), for what has to wait and talks over real
 * sockets, where the test's clock would race them.
 */
export const quickClock = (factor: number): Clock.Clock => {
  const real = Clock.make()
  const millis = real.unsafeCurrentTimeMillis()
  const nanos = real.unsafeCurrentTimeNanos()
  const quick = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => millis + (real.unsafeCurrentTimeMillis() - millis) * factor,
    unsafeCurrentTimeNanos: () => nanos + (real.unsafeCurrentTimeNanos() - nanos) * BigInt(factor * 10) / 10n
  } as const
  return {
    ...quick,
    currentTimeMillis: Effect.sync(quick.unsafeCurrentTimeMillis),
    currentTimeNanos: Effect.sync(quick.unsafeCurrentTimeNanos),
    sleep: (duration) => real.sleep(Duration.times(duration, 1 / factor))
  }
}
