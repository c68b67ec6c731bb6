import { describe, expect, it } from "@effect/vitest"
import { Chunk, DateTime, Effect, Fiber, Option, Ref, Stream, TestClock } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import { get, layer, spotify } from "../utils/client.js"

/** Makes calls, 50 at once, and tells how long they took and how often Spotify said no. */
const run = (calls: number, atOnce = 50) =>
  Effect.gen(function*() {
    const fake = yield* spotify
    const fiber = yield* Effect.fork(Effect.zipRight(
      Effect.replicateEffect(get("/me"), calls, { concurrency: atOnce }),
      Effect.map(Effect.clock, (clock) => clock.unsafeCurrentTimeMillis() / 1000)
    ))
    yield* TestClock.adjust("15 minutes")
    const seconds = yield* Fiber.join(fiber)
    const statuses = (yield* fake.requests).map(({ status }) => status)
    return { seconds, refused: statuses.filter((status) => status === 429).length }
  })

const budgets = {
  "10 a second, 10 at once": { bucket: { rate: 10, burst: 10 } },
  "10 a second, 5 at once": { bucket: { rate: 10, burst: 5 } },
  "20 a second, 5 at once": { bucket: { rate: 20, burst: 5 } },
  "5 a second, 50 at once": { bucket: { rate: 5, burst: 50 } },
  "10 in any second": { budget: { requests: 10, window: "1 second" } },
  "50 in any 30 seconds": { budget: { requests: 50, window: "30 seconds" } },
  "10 a second, 10 at once, without Retry-After": { bucket: { rate: 10, burst: 10, retryAfter: false } }
} as const

describe("a budget that the client is told", () => {
  for (
    const [name, calls, requestsPer, seconds] of [
      ["10 a second, 10 at once", 200, [10, "1 second"], 20],
      ["10 a second, 5 at once", 200, [10, "1 second"], 20],
      ["10 in any second", 200, [10, "1 second"], 20],
      ["50 in any 30 seconds", 150, [50, "30 seconds"], 90]
    ] as const
  ) {
    it.effect(`${name}: is used to the full and not exceeded`, () =>
      Effect.gen(function*() {
        const result = yield* run(calls)
        expect(result.seconds).toBeLessThanOrEqual(1.05 * seconds)
        expect(result.refused).toBeLessThanOrEqual(2)
      }).pipe(Effect.provide(layer({ client: { requestsPer }, fake: { latency: 20, ...budgets[name] } }))))
  }

  it.effect("half of it goes at once, the rest is spread", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const fiber = yield* Effect.fork(run(25))
      yield* TestClock.adjust("15 minutes")
      yield* Fiber.join(fiber)
      const times = (yield* fake.requests).map(({ time }) => time)
      expect(times.slice(0, 5)).toEqual([0, 0, 0, 0, 0])
      times.slice(5, 10).forEach((time, i) => expect(time - times[i + 4]!).toBeGreaterThanOrEqual(1000))
      times.slice(10).forEach((time, i) => expect(time - times[i]!).toBeGreaterThanOrEqual(10_000))
      times.slice(11).forEach((time, i) => expect(time - times[i + 10]!).toBeLessThanOrEqual(1100))
    }).pipe(Effect.provide(layer({ client: { requestsPer: [10, "10 seconds"] } }))))

  it.effect("is whole again after a rest", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* run(10)
      const start = (yield* Effect.clock).unsafeCurrentTimeMillis()
      yield* fake.clearRequests
      yield* run(5)
      expect((yield* fake.requests).map(({ time }) => time - start)).toEqual([0, 0, 0, 0, 0])
    }).pipe(Effect.provide(layer({ client: { requestsPer: [10, "10 seconds"] } }))))

  it.effect("an interactive call doesn't wait behind the background", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const background = yield* Effect.fork(
        Effect.replicateEffect(get("/me?background"), 40, { concurrency: 20 }).pipe(
          SpotifyClient.withPriority("background")
        )
      )
      yield* TestClock.adjust("4 seconds")
      const fiber = yield* Effect.fork(get("/me?interactive"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(background)
      yield* Fiber.join(fiber)
      const times = (yield* fake.requests).filter(({ query }) => "interactive" in query).map(({ time }) => time)
      expect(times).toHaveLength(1)
      expect(times[0]).toBeLessThanOrEqual(4200)
    }).pipe(Effect.provide(layer({ client: { requestsPer: [5, "1 second"] } }))))
})

describe("a budget that nobody tells", () => {
  for (
    const [name, calls, seconds, refused] of [
      ["10 a second, 10 at once", 200, 1.15 * 20, 60],
      ["10 a second, 10 at once, without Retry-After", 200, 1.15 * 20, 60],
      ["10 a second, 5 at once", 200, 1.25 * 20, 60],
      ["20 a second, 5 at once", 200, 1.6 * 10, 60],
      ["5 a second, 50 at once", 200, 1.1 * 30, 60],
      ["10 in any second", 200, 1.4 * 20, 60],
      ["50 in any 30 seconds", 200, 1.25 * 90, 80]
    ] as const
  ) {
    it.effect(`${name}: is learned from the first 429s`, () =>
      Effect.gen(function*() {
        const result = yield* run(calls)
        expect(result.seconds).toBeLessThanOrEqual(seconds)
        expect(result.refused).toBeLessThanOrEqual(refused)
      }).pipe(Effect.provide(layer({ fake: { latency: 20, ...budgets[name] } }))))
  }

  it.effect("is nobody's business while there is no 429", () =>
    Effect.gen(function*() {
      expect((yield* run(200)).seconds).toBeLessThanOrEqual(0.14)
      expect((yield* SpotifyClient.status).requestsPerSecond).toEqual(Option.none())
    }).pipe(Effect.provide(layer({ fake: { latency: 20 } }))))

  it.effect("isn't learned from time with nothing to send", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      for (let i = 0; i < 10; i++) {
        yield* Effect.fork(get("/me"))
        yield* TestClock.adjust("10 seconds")
      }
      yield* fake.failNext(FakeSpotify.tooManyRequests(1))
      yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 second")
      // Ten answers in one second, and a part of the pause.
      const pace = Option.getOrThrow((yield* SpotifyClient.status).requestsPerSecond)
      expect(pace).toBeGreaterThan(6)
      expect(pace).toBeLessThan(9)
    }).pipe(Effect.provide(layer({ fake: { latency: 100 } }))))

  it.effect("is halved while there are only 429s", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests(1), { times: 3 })
      yield* Effect.fork(get("/me"))
      const pace = Effect.map(SpotifyClient.status, ({ requestsPerSecond }) => Option.getOrThrow(requestsPerSecond))
      const paces = []
      for (let i = 0; i < 3; i++) {
        yield* TestClock.adjust(i === 0 ? 0 : "1 second")
        paces.push(yield* pace)
      }
      expect(paces).toEqual([1, 0.5, 0.25])
    }).pipe(Effect.provide(layer())))

  it.effect("isn't learned from what was long ago", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* run(120, 1)
      yield* run(400, 20)
      yield* fake.failNext(FakeSpotify.tooManyRequests(1))
      yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("2 seconds")
      expect(Option.getOrThrow((yield* SpotifyClient.status).requestsPerSecond)).toBeGreaterThan(8)
    }).pipe(Effect.provide(layer({ fake: { latency: "1 second" } }))))

  it.effect("is tried again, ever faster, until it is forgotten", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* get("/me")
      yield* fake.failNext(FakeSpotify.tooManyRequests(1))
      yield* Effect.fork(get("/me"))
      const pace = Effect.map(SpotifyClient.status, ({ requestsPerSecond }) => Option.getOrThrow(requestsPerSecond))
      yield* TestClock.adjust("1 second")
      const first = yield* pace
      yield* TestClock.adjust("1 second")
      expect((yield* pace) / first).toBeCloseTo(2)
      yield* TestClock.adjust("1 hour")
      yield* fake.clearRequests
      expect((yield* run(16)).seconds).toBe(3602)
    }).pipe(Effect.provide(layer())))
})

describe("the client's status", () => {
  it.effect("says what is waiting and why", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests(2), { on: { path: "/v1/me/tracks" } })
      expect(yield* SpotifyClient.status).toEqual({
        inFlight: 0,
        limit: 2,
        waiting: 0,
        background: 0,
        waitingFor: Option.none(),
        pausedUntil: Option.none(),
        nextAt: Option.none(),
        requestsPerSecond: expect.objectContaining({ _tag: "Some" }),
        fleet: Option.none()
      })
      const fibers = [
        yield* Effect.fork(get("/me")),
        yield* Effect.fork(get("/me")),
        yield* Effect.fork(get("/me")),
        yield* Effect.fork(SpotifyClient.withPriority(get("/me"), "background"))
      ]
      yield* TestClock.adjust(50)
      expect(yield* SpotifyClient.status).toMatchObject({
        inFlight: 2,
        waiting: 2,
        background: 1,
        waitingFor: Option.some("limit")
      })
      yield* TestClock.adjust(60)
      expect(yield* SpotifyClient.status).toMatchObject({
        inFlight: 0,
        waiting: 2,
        waitingFor: Option.some("pace"),
        nextAt: Option.some(DateTime.unsafeMake(258))
      })
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.joinAll(fibers)
      const limited = yield* Effect.fork(get("/me/tracks"))
      yield* TestClock.adjust(100)
      expect(yield* SpotifyClient.status).toMatchObject({
        inFlight: 0,
        waiting: 1,
        waitingFor: Option.some("pause"),
        pausedUntil: Option.some(DateTime.unsafeMake(12_210)),
        nextAt: Option.none()
      })
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(limited)
    }).pipe(
      Effect.provide(layer({ client: { maxInFlight: 2, requestsPer: [4, "1 second"] }, fake: { latency: 100 } }))
    ))

  it.effect("can be watched: now, and after each change", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const seen = yield* Ref.make(Chunk.empty<SpotifyClient.Status>())
      const watcher = yield* Effect.fork(
        Stream.runForEach(SpotifyClient.statusChanges, (status) => Ref.update(seen, Chunk.append(status)))
      )
      yield* TestClock.adjust(0)
      yield* fake.failNext(FakeSpotify.delayed(FakeSpotify.tooManyRequests(3), 100))
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      yield* Fiber.interrupt(watcher)
      const pauses = Chunk.map(yield* Ref.get(seen), ({ inFlight, pausedUntil, waiting }) =>
        [
          inFlight,
          waiting,
          Option.match(pausedUntil, { onNone: () => "open", onSome: ({ epochMillis }) => epochMillis })
        ].join(" "))
      expect(Chunk.toArray(Chunk.dedupeAdjacent(pauses))).toEqual([
        "0 0 open",
        "1 0 open",
        "0 1 3100",
        "1 0 open",
        "0 0 open"
      ])
      const all = Chunk.size(yield* Ref.get(seen))
      yield* get("/me").pipe(Effect.fork)
      yield* TestClock.adjust("1 minute")
      expect(Chunk.size(yield* Ref.get(seen))).toBe(all)
    }).pipe(Effect.provide(layer({ fake: { latency: 100 } }))))
})
