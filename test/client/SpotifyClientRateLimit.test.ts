import { describe, expect, it } from "@effect/vitest"
import {
  DateTime,
  Duration,
  Effect,
  Exit,
  Fiber,
  FiberId,
  Option,
  Random,
  Schedule,
  Scheduler,
  TestClock
} from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import { get, layer, queue, sessionOf, spotify } from "../utils/client.js"

/** How many requests left at which millisecond. */
const departures = Effect.gen(function*() {
  const counts: Record<number, number> = {}
  for (const { time } of yield* (yield* spotify).requests) counts[time] = (counts[time] ?? 0) + 1
  return counts
})

const forkMany = <A, E, R>(n: number, effect: Effect.Effect<A, E, R>) => Effect.replicateEffect(Effect.fork(effect), n)

describe("a 429 with Retry-After", () => {
  it.effect("pauses all fibers, then lets one probe go", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.delayed(FakeSpotify.tooManyRequests(2), 90))
      const fibers = yield* forkMany(50, Effect.replicateEffect(get("/me"), 2))
      yield* TestClock.adjust(2089)
      expect(yield* departures).toEqual({ 0: 16 })
      expect(yield* SpotifyClient.status).toMatchObject({
        inFlight: 0,
        waiting: 50,
        pausedUntil: Option.some(DateTime.unsafeMake(2090))
      })
      yield* TestClock.adjust(99)
      expect(yield* departures).toEqual({ 0: 16, 2090: 1 })
      yield* TestClock.adjust("1 minute")
      yield* Fiber.joinAll(fibers)
      expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 0, waiting: 0, pausedUntil: Option.none() })
    }).pipe(Effect.provide(layer({ fake: { latency: 100 } }))))

  it.effect("after the probe each answer lets one more be on its way", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const fibers = yield* forkMany(100, Effect.replicateEffect(get("/me"), 5))
      yield* TestClock.adjust(450)
      // Many answers and a short pause: the pace is no limit here.
      yield* fake.failNext(FakeSpotify.delayed(FakeSpotify.tooManyRequests("0.05"), 90))
      yield* TestClock.adjust(150)
      const before = yield* fake.count()
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.joinAll(fibers)
      const times = (yield* fake.requests).slice(before).map(({ time }) => time)
      const onTheirWay = times.map((time) => times.filter((other) => other <= time && other > time - 100).length)
      const answers = times.map((time) => times.filter((other) => other <= time - 100).length)
      onTheirWay.forEach((n, i) => expect(n).toBeLessThanOrEqual(1 + answers[i]!))
      expect(Math.max(...onTheirWay)).toBeGreaterThan(16)
    }).pipe(Effect.provide(layer({ fake: { latency: 100 } }))))

  it.effect("as an HTTP date", () =>
    Effect.gen(function*() {
      const start = Date.UTC(2026, 10, 25, 21, 0, 0)
      yield* TestClock.setTime(start)
      yield* Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.tooManyRequests("Wed, 25 Nov 2026 21:00:07 GMT"))
        const fiber = yield* Effect.fork(get("/me"))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        expect((yield* fake.requests).map(({ time }) => time - start)).toEqual([0, 7000])
      }).pipe(Effect.provide(layer()))
    }))

  it.effect("pauses other sessions too, whatever the operation; a POST is sent again", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const other = yield* sessionOf("other-user")
      yield* fake.failNext(FakeSpotify.tooManyRequests(5))
      const first = yield* Effect.fork(queue)
      yield* TestClock.adjust(0)
      const second = yield* Effect.fork(SpotifyClient.withSession(get("/me"), other))
      yield* TestClock.adjust(4999)
      expect(yield* fake.count()).toBe(1)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.joinAll([first, second])
      expect((yield* fake.state.player()).queue).toHaveLength(1)
    }).pipe(Effect.provide(layer()), Effect.scoped))

  it.effect("that comes late, from before the pause, makes it longer", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([
        FakeSpotify.tooManyRequests(1),
        FakeSpotify.delayed(FakeSpotify.tooManyRequests(1), 500)
      ])
      yield* forkMany(2, get("/me"))
      yield* TestClock.adjust(1499)
      expect(yield* departures).toEqual({ 0: 2 })
      yield* TestClock.adjust(1)
      expect(yield* departures).toEqual({ 0: 2, 1500: 1 })
    }).pipe(Effect.provide(layer())))

  it.effect("that comes late doesn't make it shorter", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([
        FakeSpotify.tooManyRequests(5),
        FakeSpotify.delayed(FakeSpotify.tooManyRequests(1), 500)
      ])
      yield* forkMany(2, get("/me"))
      yield* TestClock.adjust(4999)
      expect(yield* departures).toEqual({ 0: 2 })
      yield* TestClock.adjust(1)
      expect(yield* departures).toEqual({ 0: 2, 5000: 1 })
    }).pipe(Effect.provide(layer())))

  it.effect("that comes late doesn't hold up the probe, nor close the gate again after it", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([
        FakeSpotify.tooManyRequests(1),
        FakeSpotify.delayed(FakeSpotify.tooManyRequests(), "20 seconds")
      ])
      const fibers = yield* forkMany(2, get("/me"))
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.joinAll(fibers)
      expect(yield* departures).toEqual({ 0: 2, 1000: 1, 20_000: 1 })
    }).pipe(Effect.provide(layer())))

  it.effect("outlives the token: a call that waited asks for another", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests(50))
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust(0)
      const other = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.joinAll([fiber, other])
      expect(yield* fake.count({ host: "accounts" })).toBe(1)
    }).pipe(Effect.provide(layer({ issue: { expiresIn: "100 seconds" } }))))

  it.effect("in vain is sent again ten times, then it is RateLimited", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests(3), { times: 99 })
      const fiber = yield* Effect.fork(Effect.flip(get("/me")))
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(fiber)).toMatchObject({
        _tag: "RateLimited",
        retryAfter: Duration.seconds(3),
        detail: "API rate limit exceeded"
      })
      expect(yield* fake.count()).toBe(11)
    }).pipe(Effect.provide(layer())))
})

describe("a 429 without Retry-After, or with one that says nothing", () => {
  for (const header of [undefined, "", "soon", "0", "-1"]) {
    it.effect(`(${header}) backs off ever longer, and from the start after an answer`, () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.tooManyRequests(header), { times: 3 })
        const fiber = yield* Effect.fork(get("/me"))
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.join(fiber)
        yield* fake.failNext(FakeSpotify.tooManyRequests(header))
        yield* Effect.fork(get("/me"))
        yield* TestClock.adjust("10 seconds")
        expect((yield* fake.requests).map(({ time }) => time)).toEqual([0, 1000, 3000, 7000, 10_000, 11_000])
      }).pipe(Effect.provide(layer())))
  }

  it.effect("never longer than callers would wait", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests(), { times: 10 })
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 minute")
      expect((yield* Fiber.join(fiber)).status).toBe(200)
      expect((yield* fake.requests).map(({ time }) => time / 1000)).toEqual([0, 1, 3, 7, 12, 17, 22, 27, 32, 37, 42])
    }).pipe(Effect.provide(layer({ client: { maxWait: "5 seconds" } }))))
})

describe("several Retry-After", () => {
  for (
    const [header, wait] of [
      ["1, 5", 5],
      ["5,1", 5],
      ["0, 3", 3],
      ["soon, 3", 3],
      ["2, Wed, 25 Nov 2026 21:00:07 GMT", 7],
      ["Wed, 25 Nov 2026 21:00:07 GMT, 9", 9],
      ["Wed, 25 Nov 2026 21:00:02 GMT, Wednesday, 25-Nov-26 21:00:07 GMT", 7],
      ["Wed Nov 25 21:00:07 2026", 7]
    ] as const
  ) {
    it.effect(`(${header}): the longest counts`, () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.UTC(2026, 10, 25, 21, 0, 0))
        yield* Effect.gen(function*() {
          const fake = yield* spotify
          yield* fake.failNext(FakeSpotify.tooManyRequests(header))
          const fiber = yield* Effect.fork(get("/me"))
          yield* TestClock.adjust("1 minute")
          yield* Fiber.join(fiber)
          const [first, second] = (yield* fake.requests).map(({ time }) => time)
          expect(second! - first!).toBe(wait * 1000)
        }).pipe(Effect.provide(layer()))
      }))
  }

  it.effect("as a date is counted from the server's own clock", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.reply(429, {
        headers: { date: "Wed, 25 Nov 2026 21:00:00 GMT", "retry-after": "Wed, 25 Nov 2026 21:00:07 GMT" }
      }))
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect((yield* fake.requests).map(({ time }) => time)).toEqual([0, 7000])
    }).pipe(Effect.provide(layer())))
})

describe("a Retry-After of another answer", () => {
  for (const status of [500, 502, 503, 504]) {
    it.effect(`${status} is obeyed, and never shortens the time between repeats`, () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext([
          FakeSpotify.reply(status, { headers: { "retry-after": "5" } }),
          FakeSpotify.reply(status, { headers: { "retry-after": "0.1" } }),
          FakeSpotify.reply(status, { headers: { "retry-after": "2, 7" } })
        ])
        const fiber = yield* Effect.fork(get("/me"))
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        expect((yield* fake.requests).map(({ time }) => time)).toEqual([0, 5000, 6000, 13_000])
      }).pipe(Effect.provide(layer({ client: { retrySchedule: Schedule.spaced("1 second") } }))))
  }

  it.effect("that is longer than the cap is not waited for: the error says how long it is", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.reply(503, { headers: { "retry-after": "61" } }))
      expect(yield* Effect.flip(get("/me"))).toMatchObject({
        _tag: "ServerError",
        status: 503,
        retryAfter: Duration.seconds(61),
        message: "Test.send: Spotify answered 503; it asks to wait 1m 1s"
      })
      expect(yield* fake.count()).toBe(1)
    }).pipe(Effect.provide(layer())))

  it.effect("of a write that may not be repeated is told too", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.reply(503, { headers: { "retry-after": "1" } }))
      expect(yield* Effect.flip(queue)).toMatchObject({ _tag: "ServerError", retryAfter: Duration.seconds(1) })
      expect(yield* fake.count()).toBe(1)
    }).pipe(Effect.provide(layer())))

  it.effect("401 and a redirect are obeyed", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([
        FakeSpotify.reply(401, { headers: { "retry-after": "3" } }),
        FakeSpotify.reply(307, { headers: { "retry-after": "4", location: "/v1/me?elsewhere" } })
      ], { on: { host: "api" } })
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      const times = (yield* fake.requests).flatMap(({ path, time }) => path === "/v1/me" ? [time] : [])
      expect(times).toEqual([0, 3000, 7000])
    }).pipe(Effect.provide(layer())))

  it.effect("of the token endpoint is obeyed", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.reply(503, { headers: { "retry-after": "1, 6" } }), { on: { host: "accounts" } })
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      const times = (yield* fake.requests).flatMap(({ path, time }) => path === "/api/token" ? [time] : [])
      expect(times).toEqual([0, 6000])
    }).pipe(Effect.provide(layer({ issue: { expiresIn: "1 second" } }))))
})

describe("a pause that is longer than the cap", () => {
  const rateLimited = (seconds: number, until: number) => ({
    _tag: "RateLimited",
    operation: "Test.send",
    status: 429,
    retryAfter: Duration.seconds(seconds),
    retryAt: expect.objectContaining({ epochMillis: until })
  })

  it.effect("fails at once, for callers to come too while it lasts, and nothing is sent", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests(100))
      expect(yield* Effect.flip(get("/me"))).toMatchObject({
        ...rateLimited(100, 100_000),
        detail: "API rate limit exceeded",
        message: "Test.send: Spotify asks to wait 1m 40s, until 1970-01-01T00:01:40.000Z"
      })
      yield* TestClock.adjust("39 seconds")
      expect(yield* Effect.flip(queue)).toMatchObject(rateLimited(61, 100_000))
      expect(yield* fake.count()).toBe(1)
      yield* TestClock.adjust("1 second")
      const patient = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust(59_999)
      expect(yield* fake.count()).toBe(1)
      yield* TestClock.adjust(1)
      expect((yield* Fiber.join(patient)).status).toBe(200)
    }).pipe(Effect.provide(layer())))

  it.effect("doesn't refresh a token that nobody may use", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests(86_400))
      yield* Effect.exit(get("/me"))
      yield* TestClock.adjust("2 hours")
      expect(yield* Effect.flip(get("/me"))).toMatchObject(rateLimited(79_200, 86_400_000))
      expect(yield* fake.count()).toBe(1)
    }).pipe(Effect.provide(layer())))

  it.effect("may be as long as it likes", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests("9".repeat(400)))
      expect(yield* Effect.flip(get("/me"))).toMatchObject({ _tag: "RateLimited" })
      expect(yield* Effect.flip(get("/me"))).toMatchObject({ _tag: "RateLimited" })
    }).pipe(Effect.provide(layer())))

  it.effect("fails those too who wait already", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([
        FakeSpotify.tooManyRequests(10),
        FakeSpotify.delayed(FakeSpotify.tooManyRequests(3600), "1 second")
      ])
      const fibers = yield* forkMany(2, Effect.flip(get("/me")))
      yield* TestClock.adjust(0)
      fibers.push(...(yield* forkMany(20, Effect.flip(get("/me")))))
      yield* TestClock.adjust(999)
      expect(yield* SpotifyClient.status).toMatchObject({ waiting: 21, inFlight: 1 })
      yield* TestClock.adjust(1)
      for (const error of yield* Fiber.joinAll(fibers)) expect(error).toMatchObject(rateLimited(3600, 3_601_000))
      expect(yield* fake.count()).toBe(2)
    }).pipe(Effect.provide(layer())))

  it.effect("the cap can be replaced", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([FakeSpotify.tooManyRequests(2), FakeSpotify.tooManyRequests(3)])
      const fiber = yield* Effect.fork(Effect.flip(get("/me")))
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(fiber)).toMatchObject(rateLimited(3, 5000))
    }).pipe(Effect.provide(layer({ client: { maxWait: "2 seconds" } }))))
})

describe("the quota", () => {
  it.effect("is no rate: it is never waited for, and nobody else is held up", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.quotaExceeded)
      expect(yield* Effect.flip(get("/me"))).toMatchObject({ _tag: "QuotaExceeded", reason: "QUOTA_EXCEEDED" })
      expect((yield* get("/me")).status).toBe(200)
      expect(yield* fake.count()).toBe(2)
    }).pipe(Effect.provide(layer())))
})

describe("who goes first", () => {
  it.effect("interactive calls before background ones, what is sent again before what is new", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([
        FakeSpotify.delayed(FakeSpotify.tooManyRequests(1), 100),
        FakeSpotify.delayed(FakeSpotify.tooManyRequests(1), 200)
      ])
      const background = SpotifyClient.withPriority("background")
      const fibers = [
        yield* Effect.fork(background(get("/me?n=background-again"))),
        yield* Effect.fork(get("/me?n=interactive-again"))
      ]
      yield* TestClock.adjust(150)
      fibers.push(yield* Effect.fork(background(get("/me?n=background-1"))))
      fibers.push(yield* Effect.fork(get("/me?n=interactive-1")))
      fibers.push(yield* Effect.fork(background(get("/me?n=background-2"))))
      fibers.push(yield* Effect.fork(get("/me?n=interactive-2")))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.joinAll(fibers)
      expect((yield* fake.requests).slice(2).map(({ query }) => query["n"])).toEqual([
        "interactive-again",
        "interactive-1",
        "interactive-2",
        "background-again",
        "background-1",
        "background-2"
      ])
    }).pipe(Effect.provide(layer({ client: { maxInFlight: 2 }, fake: { latency: 50 } }))))

  it.effect("no more than the cap are on their way", () =>
    Effect.gen(function*() {
      const fibers = yield* forkMany(10, get("/me"))
      yield* TestClock.adjust(1)
      expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 3, waiting: 7, limit: 3 })
      yield* TestClock.adjust("1 minute")
      yield* Fiber.joinAll(fibers)
      expect(yield* departures).toEqual({ 0: 3, 50: 3, 100: 3, 150: 1 })
    }).pipe(Effect.provide(layer({ client: { maxInFlight: 3 }, fake: { latency: 50 } }))))
})

describe("interruption", () => {
  it.effect("of a caller who waits leaves the queue", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests(10))
      const fibers = yield* forkMany(5, get("/me"))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interruptAll(fibers.slice(1, 4))
      expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 0, waiting: 1 })
      yield* TestClock.adjust("1 minute")
      expect((yield* Fiber.joinAll([fibers[0]!, fibers[4]!])).map(({ status }) => status)).toEqual([200, 200])
    }).pipe(Effect.provide(layer())))

  it.effect("of a caller who has just been let in passes the place on", () =>
    Effect.gen(function*() {
      const second: { fiber?: Fiber.RuntimeFiber<unknown, unknown> } = {}
      const first = yield* Effect.fork(Effect.map(get("/me"), () => {
        second.fiber?.unsafeInterruptAsFork(FiberId.none)
      }))
      yield* TestClock.adjust(1)
      second.fiber = yield* Effect.fork(get("/me"))
      const third = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(first)
      expect(Exit.isInterrupted(yield* Fiber.await(second.fiber))).toBe(true)
      expect((yield* Fiber.join(third)).status).toBe(200)
      expect(yield* departures).toEqual({ 0: 1, 50: 1 })
      expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 0, waiting: 0 })
    }).pipe(Effect.provide(layer({ client: { maxInFlight: 1 }, fake: { latency: 50 } }))))

  it.effect("of the probe lets the next one be the probe", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([FakeSpotify.tooManyRequests(1), FakeSpotify.slow("20 seconds")])
      const first = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust(500)
      const others = yield* forkMany(3, get("/me"))
      yield* TestClock.adjust(1000)
      expect(yield* fake.count()).toBe(2)
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust(1)
      expect(yield* departures).toMatchObject({ 0: 1, 1000: 1 })
      yield* TestClock.adjust("10 seconds")
      expect((yield* Fiber.joinAll(others)).map(({ status }) => status)).toEqual([200, 200, 200])
    }).pipe(Effect.provide(layer())))

  /** Lets another fiber in between any two steps. */
  const jumpy = (seed: number): Scheduler.Scheduler => {
    let state = seed
    return {
      shouldYield: (fiber) => {
        // A yield takes some steps itself, which must not yield in their turn.
        if (fiber.currentOpCount < 12) return false
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        return state < 0.1 * 2 ** 32 ? 0 : false
      },
      scheduleTask: (task, priority, fiber) => Scheduler.defaultScheduler.scheduleTask(task, priority, fiber)
    }
  }

  const below = (n: number) => Random.nextIntBetween(0, n)

  /** Many callers, faults and interruptions at moments of chance. */
  const storm = Effect.gen(function*() {
    const fake = yield* spotify
    const scheduler = jumpy(yield* below(2 ** 32))
    const faults = [
      FakeSpotify.tooManyRequests(1),
      FakeSpotify.tooManyRequests(),
      FakeSpotify.tooManyRequests(100),
      FakeSpotify.reply(503),
      FakeSpotify.connectionReset,
      FakeSpotify.slow("2 minutes"),
      FakeSpotify.reply(401)
    ]
    const fibers: Array<Fiber.RuntimeFiber<unknown, unknown>> = []
    for (let round = 0; round < 12; round++) {
      for (let i = yield* below(4); i > 0; i--) yield* fake.failNext(faults[yield* below(faults.length)]!)
      for (let i = yield* below(6); i > 0; i--) {
        const call = (yield* Random.nextBoolean) ? get("/me") : SpotifyClient.withPriority(queue, "background")
        fibers.push(yield* Effect.fork(Effect.withScheduler(Effect.exit(call), scheduler)))
      }
      for (let i = yield* below(40); i > 0; i--) yield* Effect.yieldNow()
      for (let i = yield* below(4); i > 0; i--) {
        const victim = fibers[yield* below(fibers.length + 1)]
        if (victim !== undefined) yield* Fiber.interruptFork(victim)
      }
      if (yield* Random.nextBoolean) yield* TestClock.adjust(yield* below(3000))
    }
    yield* fake.clearFaults
    yield* TestClock.adjust("1 hour")
    yield* Effect.forEach(fibers, Fiber.await)
  })

  for (let seed = 0; seed < 20; seed++) {
    it.effect(`a storm of them leaks no place (seed ${seed})`, () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* Effect.withRandom(storm, Random.make(seed))
        expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 0, waiting: 0, pausedUntil: Option.none() })
        expect((yield* fake.requests).filter(({ outcome }) => outcome === "pending")).toEqual([])
        const after = yield* Effect.fork(Effect.all([get("/me"), get("/me"), queue, get("/me")], { concurrency: 4 }))
        yield* TestClock.adjust("1 second")
        expect((yield* Fiber.join(after)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
      }).pipe(Effect.provide(layer({ client: { maxInFlight: 3 }, fake: { latency: 50 } }))))
  }
})
