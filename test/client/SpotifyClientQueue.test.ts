import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, TestClock } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import { get, layer, spotify } from "../utils/client.js"

const names = Effect.map(
  Effect.flatMap(spotify, ({ requests }) => requests),
  (all) => all.map(({ query }) => query["n"])
)

describe("maxInFlight", () => {
  it.scoped("holds when the gate reopens while requests from before are still on their way", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const { onStatus } = yield* SpotifyClient.SpotifyClient
      const seen: Array<number> = []
      yield* onStatus(({ inFlight }) => seen.push(inFlight))
      yield* fake.failNext([
        FakeSpotify.tooManyRequests(1),
        FakeSpotify.slow("20 seconds"),
        FakeSpotify.slow("20 seconds")
      ])
      const fibers = yield* Effect.replicateEffect(Effect.fork(get("/me")), 12)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.joinAll(fibers)
      expect(Math.max(...seen)).toBe(3)
    }).pipe(Effect.provide(layer({ client: { maxInFlight: 3 }, fake: { latency: "3 seconds" } }))))

  it.effect("is what the limit grows to, and no more", () =>
    Effect.gen(function*() {
      yield* Effect.replicateEffect(get("/me"), 10)
      expect(yield* SpotifyClient.status).toMatchObject({ limit: 4 })
    }).pipe(Effect.provide(layer({ client: { maxInFlight: 4 } }))))

  it.effect("is 64 unless said", () =>
    Effect.gen(function*() {
      yield* Effect.replicateEffect(get("/me"), 60)
      expect(yield* SpotifyClient.status).toMatchObject({ limit: 64 })
    }).pipe(Effect.provide(layer())))
})

describe("a new call", () => {
  it.effect("of a priority that there isn't waits as an interactive one", () =>
    Effect.gen(function*() {
      const priority = JSON.parse("\"urgent\"")
      yield* Effect.replicateEffect(get("/me"), 3, { concurrency: 3 }).pipe(SpotifyClient.withPriority(priority))
    }).pipe(Effect.provide(layer({ client: { maxInFlight: 1 } }))))

  it.effect("at the end of a pause goes after those who wait", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests(2))
      const waiting = yield* Effect.forEach(["again", "waiting 1", "waiting 2"], (n) => Effect.fork(get(`/me?n=${n}`)))
      yield* TestClock.adjust(100)
      // Made at the very moment at which the gate opens, which is 2,050 ms after the start.
      const fresh = yield* Effect.fork(Effect.delay(get("/me?n=new"), 1950))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.joinAll([...waiting, fresh])
      expect(yield* names).toEqual(["again", "again", "waiting 1", "waiting 2", "new"])
    }).pipe(Effect.provide(layer({ client: { maxInFlight: 1 }, fake: { latency: 50 } }))))

  it.effect("at the moment at which the pace lets the next one go does so too", () =>
    Effect.gen(function*() {
      const atOnce = Array.from({ length: 20 }, (_, n) => String(n))
      const late = Array.from({ length: 12 }, (_, n) => `late ${n}`)
      // A window of a second counts for 1,030 ms, a seventh of which is no whole number of them.
      const fibers = yield* Effect.forEach(
        [...atOnce, ...late],
        (n, i) => Effect.fork(Effect.delay(get(`/me?n=${n}`), i < 20 ? 0 : (i - 19) * 1030 / 7 + 0.3))
      )
      yield* TestClock.adjust("1 minute")
      yield* Fiber.joinAll(fibers)
      expect(yield* names).toEqual([...atOnce, ...late])
    }).pipe(Effect.provide(layer({ client: { requestsPer: [7, "1 second"] } }))))
})

describe("repeats", () => {
  it.effect("of calls that failed at the same time are sent at different times", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.apiError(503, "Service unavailable"), { times: 20 })
      const fibers = yield* Effect.replicateEffect(Effect.fork(get("/me")), 20)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.joinAll(fibers)
      const times = (yield* fake.requests).slice(20).map(({ time }) => time)
      expect(times).toHaveLength(20)
      for (const time of times) expect(Math.abs(time - 500)).toBeLessThanOrEqual(100)
      expect(new Set(times).size).toBeGreaterThan(10)
    }).pipe(Effect.provide(layer({ client: { maxInFlight: 64 } }))))
})

describe("Retry-After", () => {
  it.effect("may be a part of a second", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests("1.5"))
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(fiber)
      expect((yield* fake.requests).map(({ time }) => time)).toEqual([0, 1500])
    }).pipe(Effect.provide(layer())))

  it.effect("is told as whole seconds, and none too few", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests("61.2"))
      const error = yield* Effect.flip(get("/me"))
      expect(error.message).toBe(
        "Test.send: Spotify asks to wait 1m 2s, until 1970-01-01T00:01:01.200Z"
      )
    }).pipe(Effect.provide(layer())))
})
