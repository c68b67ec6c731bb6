import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Fiber, Layer, Option, Stream, TestClock } from "effect"
import * as Library from "effect-spotify/Library"
import * as Paging from "effect-spotify/Paging"
import * as RequestSharing from "effect-spotify/RequestSharing"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import * as Client from "../utils/client.js"
import * as Lists from "../utils/lists.js"

const { get, spotify } = Client
const { numbers } = Lists

const latency = 50

interface Sent {
  readonly offset: number
  readonly time: number
}

/** A list, each page of which takes `latency`; `failing` are the pages that are answered otherwise the first time. */
const listed = (
  total: number,
  options: SpotifyClient.Options = {},
  failing: { readonly [offset: number]: { readonly status: number; readonly headers?: Record<string, string> } } = {}
) => {
  const sent: Array<Sent> = []
  const times = (offset: number) => sent.filter((other) => other.offset === offset).length
  return {
    sent,
    times,
    /** How many pages were on their way at the same time at most. */
    most: () =>
      Math.max(
        ...sent.map(({ time }) => sent.filter((other) => other.time <= time && time < other.time + latency).length)
      ),
    layer: Lists.layer((url) =>
      Effect.gen(function*() {
        const clock = yield* Effect.clock
        const offset = Lists.numberOf(url, "offset", 0)
        sent.push({ offset, time: clock.unsafeCurrentTimeMillis() })
        yield* Effect.sleep(latency)
        const failure = times(offset) === 1 ? failing[offset] : undefined
        return failure === undefined ? { body: Lists.pageOf(total, url) } : { ...failure, body: "" }
      }), options)
  }
}

const limited = (seconds: number) => ({ status: 429, headers: { "retry-after": String(seconds) } })

/** Runs it to its end on the clock of the test, and gives what came of it and how many milliseconds it took. */
const timed = <A, E, R>(effect: Effect.Effect<A, E, R>, millis = 900_000) =>
  Effect.gen(function*() {
    const clock = yield* Effect.clock
    const from = clock.unsafeCurrentTimeMillis()
    const fiber = yield* Effect.fork(Effect.zip(effect, Effect.sync(() => clock.unsafeCurrentTimeMillis() - from)))
    yield* TestClock.adjust(millis)
    return yield* Fiber.join(fiber)
  })

const settle = Effect.repeatN(Effect.promise(() => new Promise((resolve) => setImmediate(resolve))), 50)

/** A reader of pages who does something at one of them. */
const readerAt = <A, E, R>(offset: number, does: Effect.Effect<A, E, R>) =>
  Stream.tap(Paging.pages(numbers), ({ position }) => position.offset === offset ? does : Effect.void)

describe("without options", () => {
  it.effect("a list is read in less than a third of the time that page after page takes, in order", () => {
    const list = listed(10_000)
    return Effect.gen(function*() {
      const [items, ahead] = yield* timed(Stream.runCollect(Paging.stream(numbers)))
      expect([...items]).toEqual(Array.from({ length: 10_000 }, (_, i) => i))
      expect(list.sent).toHaveLength(200)
      expect(list.most()).toBe(8)
      const [, oneByOne] = yield* timed(Stream.runDrain(Paging.stream(numbers, { concurrency: 1 })))
      expect(oneByOne).toBe(200 * latency)
      expect(ahead).toBeLessThanOrEqual(0.3 * oneByOne)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("an array is read with all pages ahead that may be, once the first has come", () => {
    const list = listed(450)
    return Effect.gen(function*() {
      const [all, millis] = yield* timed(Paging.collect(numbers))
      expect(all).toHaveLength(450)
      expect(millis).toBe(2 * latency)
      expect(list.most()).toBe(8)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("who takes a few items pays for the pages that hold them", () => {
    const list = listed(4000)
    return Effect.gen(function*() {
      for (const [items, requests] of [[10, 1], [50, 1], [51, 2], [100, 2], [150, 3]] as const) {
        const before = list.sent.length
        yield* timed(Stream.runDrain(Stream.take(Paging.stream(numbers), items)))
        expect(list.sent.length - before).toBe(requests)
      }
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("who stops later has cost less than half as many pages as were taken", () => {
    const list = listed(4000)
    return Effect.gen(function*() {
      for (let taken = 1; taken <= 30; taken++) {
        const before = list.sent.length
        yield* timed(Stream.runDrain(Stream.take(Paging.pages(numbers), taken)))
        expect(list.sent.length - before - taken).toBeLessThanOrEqual(Math.min(7, (taken - 1) / 2))
      }
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("a reader who is slower than Spotify has one page waiting", () => {
    const list = listed(2000)
    return Effect.gen(function*() {
      let taken = 0
      const slow = Effect.gen(function*() {
        taken++
        yield* Effect.sleep(1000)
        expect(list.sent.length).toBeLessThanOrEqual(taken + 1)
      })
      const [, millis] = yield* timed(Stream.runForEach(Paging.pages(numbers), () => slow))
      expect(taken).toBe(40)
      // It waits for the first ones alone.
      expect(millis).toBeLessThanOrEqual(40_000 + 4 * latency)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("no more than seven pages wait for a reader who stands still", () => {
    const list = listed(4000)
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(Stream.runDrain(readerAt(2000, Effect.never)))
      yield* TestClock.adjust("1 hour")
      expect(list.sent).toHaveLength(41 + 7)
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("`concurrency: 1` is one after the other", () => {
    const list = listed(1000)
    return Effect.gen(function*() {
      yield* timed(Stream.runDrain(Paging.stream(numbers, { concurrency: 1 })))
      yield* timed(Paging.collect(numbers, { concurrency: 1 }))
      expect(list.most()).toBe(1)
      expect(list.sent).toHaveLength(40)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("a page that fails ahead fails after all before it, with its position, from where reading goes on", () => {
    const list = listed(2000, {}, { 1000: { status: 404 } })
    return Effect.gen(function*() {
      const given: Array<number> = []
      const keep = (item: number) => Effect.sync(() => given.push(item))
      const [result] = yield* timed(Effect.either(Stream.runForEach(Paging.stream(numbers), keep)))
      if (Either.isRight(result)) return expect.unreachable("it failed")
      expect(result.left).toMatchObject({ _tag: "NotFound", position: { offset: 1000 } })
      expect(given).toHaveLength(1000)
      expect(list.times(1000)).toBe(1)
      yield* timed(Stream.runForEach(Paging.stream(numbers, { from: result.left.position }), keep))
      expect(given).toEqual(Array.from({ length: 2000 }, (_, i) => i))
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("nothing more is asked for once a page has failed, while those before it are taken", () => {
    const list = listed(4000, {}, { 1000: { status: 404 } })
    return Effect.gen(function*() {
      const slowly = Stream.runForEach(
        Paging.pages(numbers),
        ({ position }) => (position.offset ?? 0) >= 700 ? Effect.sleep("1 second") : Effect.void
      )
      yield* timed(Effect.flip(slowly))
      expect(list.sent.length).toBeLessThanOrEqual(15 + 7)
    }).pipe(Effect.provide(list.layer))
  })
})

describe("other calls", () => {
  it.effect("find half of the places free, at any time", () => {
    const list = listed(4000, { maxInFlight: 8 })
    return Effect.gen(function*() {
      const reading = yield* Effect.fork(Stream.runCount(Paging.stream(numbers)))
      let found = 0
      for (let i = 0; i < 40; i++) {
        yield* TestClock.adjust(17)
        const calls = yield* Effect.replicateEffect(Effect.fork(numbers()), 4)
        yield* settle
        found = Math.max(found, (yield* SpotifyClient.status).inFlight)
        expect((yield* SpotifyClient.status).waiting).toBe(0)
        yield* Effect.forEach(calls, Fiber.interrupt)
      }
      expect(found).toBe(8)
      yield* TestClock.adjust("1 minute")
      expect(yield* Fiber.join(reading)).toBe(4000)
    }).pipe(Effect.provide(list.layer))
  })

  for (const priority of ["interactive", "background"] as const) {
    it.effect(`that wait go before pages that nobody waits for yet, those of ${priority} priority as well`, () => {
      const list = listed(10_000, { requestsPer: [10, "1 second"] })
      return Effect.gen(function*() {
        const read = Stream.runDrain(Paging.stream(numbers))
        const reading = yield* Effect.fork(SpotifyClient.withPriority(read, "background"))
        // What may go at once has gone by then.
        yield* TestClock.adjust("3 seconds")
        const before = list.sent.length
        const calls = yield* Effect.replicateEffect(Effect.fork(numbers({ offset: 9999 })), 5).pipe(
          SpotifyClient.withPriority(priority)
        )
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.joinAll(calls)
        // The reader's own page may have come before them, and one that it came to wait for.
        expect(list.sent.slice(before, before + 7).filter(({ offset }) => offset === 9999)).toHaveLength(5)
        yield* Fiber.interrupt(reading)
      }).pipe(Effect.provide(list.layer))
    })
  }

  it.effect("have the only place of a client that sends one at a time: it reads one by one", () => {
    const list = listed(1000, { maxInFlight: 1 })
    return Effect.gen(function*() {
      const reading = yield* Effect.fork(Stream.runDrain(Paging.stream(numbers)))
      yield* TestClock.adjust(10 * latency)
      const call = yield* Effect.fork(numbers({ offset: 999 }))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(call)
      yield* Fiber.join(reading)
      expect(list.most()).toBe(1)
      expect(list.sent.findIndex(({ offset }) => offset === 999)).toBeLessThanOrEqual(11)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("for a page that waits ahead don't wait for its reader, where requests are shared", () => {
    const list = listed(1000, {}, { 500: limited(1) })
    return Effect.gen(function*() {
      const reading = yield* Effect.fork(Stream.runDrain(readerAt(400, Effect.never)))
      yield* TestClock.adjust("20 seconds")
      expect(list.times(500)).toBe(1)
      const [page] = yield* timed(numbers({ limit: 50, offset: 500 }), 1000)
      expect(page.items).toHaveLength(50)
      expect(list.times(500)).toBe(2)
      yield* Fiber.interrupt(reading)
    }).pipe(Effect.provide(RequestSharing.layer.pipe(Layer.provide(list.layer))))
  })

  it.effect("for a page that another reader waits for ahead: whoever needs it first gets it for both", () => {
    const list = listed(1000, {}, { 500: limited(1) })
    return Effect.gen(function*() {
      const still = yield* Effect.fork(Stream.runDrain(readerAt(400, Effect.never)))
      const [count] = yield* timed(Stream.runCount(Paging.stream(numbers)))
      expect(count).toBe(1000)
      expect(list.times(500)).toBe(2)
      yield* Fiber.interrupt(still)
    }).pipe(Effect.provide(RequestSharing.layer.pipe(Layer.provide(list.layer))))
  })

  it.effect("two readers share their pages, those ahead as well, where requests are shared", () => {
    const list = listed(2000)
    return Effect.gen(function*() {
      const read = Stream.runCount(Paging.stream(numbers))
      expect((yield* timed(Effect.all([read, read], { concurrency: 2 })))[0]).toEqual([2000, 2000])
      expect(list.sent).toHaveLength(40)
    }).pipe(Effect.provide(RequestSharing.layer.pipe(Layer.provide(list.layer))))
  })
})

describe("after a 429", () => {
  it.effect("pages are read one by one", () => {
    const list = listed(4000, {}, { 0: limited(1) })
    return Effect.gen(function*() {
      expect((yield* timed(Stream.runCount(Paging.stream(numbers))))[0]).toBe(4000)
      expect(list.most()).toBe(1)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("what met it ahead isn't sent again before its reader needs it, and then isn't late", () => {
    const list = listed(1000, { maxWait: "10 seconds" }, { 500: limited(1), 999: limited(5) })
    return Effect.gen(function*() {
      const reading = yield* Effect.fork(Stream.runCount(readerAt(400, Effect.sleep("4 minutes"))))
      yield* TestClock.adjust("3 minutes")
      expect(list.times(500)).toBe(1)
      // Nobody waits, and so the client doesn't say so.
      expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 0, waiting: 0, waitingFor: Option.none() })
      // It is needed within a pause that others have met.
      yield* TestClock.adjust("59 seconds")
      const call = yield* Effect.fork(numbers({ offset: 999 }))
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.join(call)
      expect(yield* Fiber.join(reading)).toBe(20)
      expect(list.times(500)).toBe(2)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("where nothing is sent again after one, the page that met it ahead is asked for anew", () => {
    const list = listed(1000, { maxRateLimitRetries: 0 }, { 500: limited(1) })
    return Effect.gen(function*() {
      const [count] = yield* timed(Stream.runCount(readerAt(400, Effect.sleep("1 minute"))))
      expect(count).toBe(20)
      expect(list.times(500)).toBe(2)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("a pause that nobody sits through ends the reader where it needs the page, and not before", () => {
    const list = listed(1000, {}, { 500: limited(3600) })
    return Effect.gen(function*() {
      const [error] = yield* timed(Effect.flip(Stream.runDrain(readerAt(400, Effect.sleep("1 minute")))))
      expect(error).toMatchObject({ _tag: "RateLimited", position: { offset: 500 } })
      expect(list.times(500)).toBe(1)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("a pause that is over by then is no matter of its reader", () => {
    const list = listed(1000, {}, { 500: limited(3600) })
    return Effect.gen(function*() {
      const [count] = yield* timed(Stream.runCount(readerAt(400, Effect.sleep("2 hours"))), 3 * 3_600_000)
      expect(count).toBe(20)
      expect(list.times(500)).toBe(2)
    }).pipe(Effect.provide(list.layer))
  })

  it.effect("after five minutes without another one pages are read ahead again", () => {
    const list = listed(4000, {}, { 0: limited(1) })
    return Effect.gen(function*() {
      const read = Stream.runDrain(Paging.stream(numbers))
      yield* timed(read, 60_000)
      yield* TestClock.adjust(230_000)
      yield* timed(read, 9000)
      expect(list.most()).toBe(1)
      yield* TestClock.adjust(2000)
      expect((yield* timed(read))[1]).toBeLessThan(0.3 * 80 * latency)
    }).pipe(Effect.provide(list.layer))
  })
})

describe("a budget", () => {
  const library = (client: SpotifyClient.Options, fake: FakeSpotify.Options) =>
    Client.layer({ client, fake: { librarySize: 2000, latency: 150, ...fake } })

  const read = (options: Paging.Options = {}) =>
    Stream.runCount(Paging.stream(Library.tracks, { limit: 20, ...options }))

  const answers = Effect.map(
    Effect.flatMap(spotify, ({ requests }) => requests),
    (all) => all.filter(({ path }) => path === "/v1/me/tracks")
  )

  const refused = Effect.map(answers, (all) => all.filter(({ status }) => status === 429).length)

  for (
    const [name, requestsPer, fake] of [
      ["20 a second, 10 at once", [20, "1 second"], { bucket: { rate: 20, burst: 10 } }],
      ["20 in any second", [20, "1 second"], { budget: { requests: 20, window: "1 second" } }],
      ["50 in any 30 seconds", [50, "30 seconds"], { budget: { requests: 50, window: "30 seconds" } }]
    ] as const
  ) {
    it.effect(`that was told is used, and not exceeded: ${name}`, () =>
      Effect.gen(function*() {
        const [count, millis] = yield* timed(read())
        expect(count).toBe(2000)
        expect(yield* refused).toBe(0)
        // The first pages are read one by one.
        const [requests] = requestsPer
        const ideal = (100 / requests) * (requests === 50 ? 30_000 : 1000)
        expect(millis).toBeLessThanOrEqual(1.05 * ideal + 4 * 150)
        yield* TestClock.adjust("1 minute")
        const [, oneByOne] = yield* timed(read({ concurrency: 1 }))
        expect(millis).toBeLessThanOrEqual(oneByOne)
      }).pipe(Effect.provide(library({ requestsPer }, fake))))
  }

  it.effect("that reading one by one never exceeds isn't exceeded once a 429 was met", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.tooManyRequests(1), { on: { path: "/v1/me" } })
      yield* timed(get("/me"), 10_000)
      expect((yield* timed(read(), 200_000))[0]).toBe(2000)
      expect(yield* refused).toBe(0)
    }).pipe(Effect.provide(library({}, { budget: { requests: 8, window: "1 second" } }))))

  it.effect("that reading ahead exceeds is exceeded once", () =>
    Effect.gen(function*() {
      expect((yield* timed(read(), 60_000))[0]).toBe(2000)
      const first = yield* refused
      expect(first).toBeGreaterThan(0)
      expect(first).toBeLessThanOrEqual(8)
      yield* timed(read(), 60_000)
      expect(yield* refused).toBe(first)
      const all = yield* answers
      const after = all.slice(all.findIndex(({ status }) => status === 429)).filter(({ status }) => status === 200)
      after.slice(1).forEach(({ time }, i) => expect(time - after[i]!.time).toBeGreaterThanOrEqual(150))
    }).pipe(Effect.provide(library({}, { budget: { requests: 8, window: "1 second" } }))))
})
