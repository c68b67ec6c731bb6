import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Option, Scope, TestClock, Tracer } from "effect"
import * as Player from "effect-spotify/Player"
import * as RequestSharing from "effect-spotify/RequestSharing"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import * as Tracks from "effect-spotify/Tracks"
import * as Users from "effect-spotify/Users"
import { createServer } from "node:http"
import * as client from "../utils/client.js"
import { get, queue, sessionOf, spotify } from "../utils/client.js"
import { keepingSpans } from "../utils/spans.js"

const slow = { fake: { latency: "1 second" } } as const

const layer = (options: Parameters<typeof client.layer>[0] = slow) =>
  RequestSharing.layer.pipe(Layer.provideMerge(client.layer(options)))

const counts = Effect.flatMap(spotify, ({ counts }) => counts)
const outcomes = Effect.map(
  Effect.flatMap(spotify, ({ requests }) => requests),
  (all) => all.map(({ outcome }) => outcome)
)

const track = Tracks.get(FakeSpotify.id("track", 1))

/** What `@effect/sql` keeps in the context: a connection that is the caller's until its transaction ends. */
class Transaction extends Context.Tag("test/Transaction")<Transaction, string>() {}

/** Runs while the fake takes its second to answer. */
const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("1 second")
    return yield* fiber
  })

describe("RequestSharing", () => {
  it.effect("makes one request of a thousand identical reads", () =>
    Effect.gen(function*() {
      const responses = yield* inTime(
        Effect.all(Array.from({ length: 1000 }, () => get("/me")), { concurrency: "unbounded" })
      )
      expect(responses).toHaveLength(1000)
      expect(new Set(responses).size).toBe(1)
      expect(yield* counts).toEqual({ "GET /me": 1 })
    }).pipe(Effect.provide(layer())))

  it.effect("gives all the same error", () =>
    Effect.gen(function*() {
      yield* Effect.flatMap(spotify, ({ failNext }) => failNext(FakeSpotify.apiError(404, "Not found")))
      const results = yield* inTime(Effect.all([Effect.flip(track), Effect.flip(track)], { concurrency: "unbounded" }))
      expect(results.map(({ _tag }) => _tag)).toEqual(["NotFound", "NotFound"])
      expect(yield* counts).toEqual({ "GET /tracks/{id}": 1 })
    }).pipe(Effect.provide(layer({ fake: {} }))))

  it.effect("asks anew after the answer", () =>
    Effect.gen(function*() {
      yield* inTime(track)
      yield* inTime(track)
      expect(yield* counts).toEqual({ "GET /tracks/{id}": 2 })
    }).pipe(Effect.provide(layer())))

  it.effect("doesn't share what differs in URL, headers, operation or session", () =>
    Effect.gen(function*() {
      const other = yield* sessionOf("other-user")
      const [, , , , me, them] = yield* inTime(Effect.all([
        get("/me"),
        get("/me?x=1"),
        get("/me", { headers: { "accept-language": "sv" } }),
        get("/me", { operation: "Test.other" }),
        Users.me(),
        SpotifyClient.withSession(Users.me(), other),
        SpotifyClient.withSession(Users.me(), other),
        // The same headers, however they are written.
        get("/me", { headers: { "Accept-Language": "sv" } })
      ], { concurrency: "unbounded" }))
      expect([me.id, them.id]).toEqual(["fake-user", "other-user"])
      expect(yield* Effect.flatMap(spotify, ({ count }) => count({ path: "/v1/me" }))).toBe(6)
    }).pipe(Effect.scoped, Effect.provide(layer())))

  it.effect("sends each command", () =>
    Effect.gen(function*() {
      yield* inTime(
        Effect.all([queue, queue, Player.pause(), Player.pause()], { concurrency: "unbounded", mode: "either" })
      )
      expect(yield* counts).toEqual({ "POST /me/player/queue": 2, "PUT /me/player/pause": 2 })
    }).pipe(Effect.provide(layer())))

  it.effect("leaves the request to the others when the one who began it is interrupted", () =>
    Effect.gen(function*() {
      const first = yield* Effect.fork(track)
      yield* TestClock.adjust("500 millis")
      const second = yield* Effect.fork(track)
      const third = yield* Effect.fork(track)
      yield* TestClock.adjust("100 millis")
      yield* Fiber.interrupt(first)
      yield* Fiber.interrupt(third)
      yield* TestClock.adjust("400 millis")
      expect((yield* second).id).toBe(FakeSpotify.id("track", 1))
      expect(yield* outcomes).toEqual(["answered"])
    }).pipe(Effect.provide(layer())))

  it.effect("interrupts the request when the last one leaves, and a later caller asks anew", () =>
    Effect.gen(function*() {
      const fibers = yield* Effect.forEach([1, 2, 3], () => Effect.fork(track))
      yield* TestClock.adjust("500 millis")
      yield* Effect.forEach(fibers, Fiber.interrupt)
      expect(yield* outcomes).toEqual(["aborted"])
      yield* inTime(track)
      expect(yield* outcomes).toEqual(["aborted", "answered"])
    }).pipe(Effect.provide(layer())))

  it.effect("an interrupted request that ends late takes nothing from the one after it", () =>
    Effect.gen(function*() {
      const ending = yield* Deferred.make<void>()
      let made = 0
      const lingering = Layer.effect(
        SpotifyClient.SpotifyClient,
        Effect.map(SpotifyClient.SpotifyClient, (client) => ({
          ...client,
          execute: () =>
            Effect.suspend(() =>
              made++ === 0 ? Effect.onInterrupt(Effect.never, () => Deferred.await(ending)) : Effect.never
            )
        }))
      )
      yield* Effect.gen(function*() {
        const first = yield* Effect.fork(track)
        yield* TestClock.adjust(1)
        const leaving = yield* Effect.fork(Fiber.interrupt(first))
        yield* TestClock.adjust(1)
        const second = yield* Effect.fork(track)
        yield* TestClock.adjust(1)
        yield* Deferred.succeed(ending, undefined)
        yield* Fiber.join(leaving)
        const third = yield* Effect.fork(track)
        yield* TestClock.adjust(1)
        expect(made).toBe(2)
        yield* Fiber.interruptAll([second, third])
      }).pipe(Effect.provide(RequestSharing.layer.pipe(Layer.provide(lingering))))
    }).pipe(Effect.provide(client.layer())))

  it.effect("says in the span of a call that it shares another's request", () =>
    Effect.gen(function*() {
      const { all, tracer } = keepingSpans()
      yield* Effect.withTracer(inTime(Effect.all([track, track], { concurrency: "unbounded" })), tracer)
      expect(all.map(({ attributes }) => attributes["spotify.shared"])).toEqual([undefined, true])
    }).pipe(Effect.provide(layer())))

  it.effect("survives any order of coming and going", () =>
    Effect.gen(function*() {
      let seed = 7
      const random = (n: number) => (seed = (seed * 16807) % 2147483647) % n
      for (let round = 0; round < 30; round++) {
        const fibers = yield* Effect.forEach(Array.from({ length: 1 + random(6) }), () =>
          Effect.zipLeft(Effect.fork(track), TestClock.adjust(`${random(50)} millis`)))
        const leaving = fibers.filter(() =>
          random(2) === 0
        )
        yield* Effect.forEach(leaving, Fiber.interrupt)
        yield* TestClock.adjust("1 second")
        const exits = yield* Effect.forEach(fibers, Fiber.await)
        expect(exits.map(Exit.isSuccess)).toEqual(fibers.map((fiber) => !leaving.includes(fiber)))
        const seen = yield* outcomes
        expect(seen.filter((outcome) => outcome === "pending")).toEqual([])
        expect(seen.at(-1)).toBe(leaving.length === fibers.length ? "aborted" : "answered")
      }
      expect((yield* outcomes).length).toBe(30)
    }).pipe(Effect.provide(layer())))

  it.effect("an interactive call doesn't wait for a background one, which may wait for it", () =>
    Effect.gen(function*() {
      const background = SpotifyClient.withPriority(track, "background")
      yield* inTime(Effect.all([background, background, track, track, background], { concurrency: "unbounded" }))
      expect(yield* counts).toEqual({ "GET /tracks/{id}": 2 })
      yield* Effect.flatMap(spotify, ({ clearRequests }) => clearRequests)
      yield* inTime(Effect.all([track, background], { concurrency: "unbounded" }))
      expect(yield* counts).toEqual({ "GET /tracks/{id}": 1 })
    }).pipe(Effect.provide(layer())))

  it.effect("keeps the client's session, market and status, for other sessions too", () =>
    Effect.gen(function*() {
      const session = yield* sessionOf("other-user")
      const client = yield* SpotifyClient.SpotifyClient
      const other = client.withSession(session)
      expect([client.market, other.market, other.session]).toEqual(["SE", "SE", session])
      expect(other.withSession).toBe(client.withSession)
      const fiber = yield* Effect.fork(track)
      yield* TestClock.adjust("500 millis")
      expect((yield* client.status).inFlight).toBe(1)
      expect((yield* other.status).inFlight).toBe(1)
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.scoped, Effect.provide(layer({ ...slow, client: { market: "SE" } }))))

  it.effect("doesn't run in the transaction of the caller who began it, which may be over before the answer", () =>
    Effect.gen(function*() {
      const seen: Array<unknown> = []
      // What is beneath, as a session or an HTTP client of the user's own, looks for a transaction of its caller.
      const watched = Layer.effect(
        SpotifyClient.SpotifyClient,
        Effect.map(SpotifyClient.SpotifyClient, (client) => ({
          ...client,
          execute: (request: SpotifyClient.Request) =>
            Effect.flatMap(Effect.context<never>(), (context) => {
              seen.push([
                Option.isSome(Context.getOption(context, Transaction)),
                Option.isSome(Context.getOption(context, Scope.Scope)),
                Option.map(Context.getOption(context, Tracer.ParentSpan), ({ _tag }) => _tag)
              ])
              return client.execute(request)
            })
        }))
      )
      yield* Effect.gen(function*() {
        const first = yield* Effect.fork(
          track.pipe(Effect.withSpan("caller"), Effect.provideService(Transaction, "the first caller's"), Effect.scoped)
        )
        yield* TestClock.adjust("500 millis")
        const second = yield* Effect.fork(track)
        yield* TestClock.adjust("100 millis")
        yield* Fiber.interrupt(first)
        yield* TestClock.adjust("400 millis")
        expect((yield* second).id).toBe(FakeSpotify.id("track", 1))
      }).pipe(Effect.provide(RequestSharing.layer.pipe(Layer.provide(watched))))
      // Its span says to which call the request belongs; that it has ended by then ends nothing else.
      expect(seen).toEqual([[false, false, Option.some("Span")]])
    }).pipe(Effect.provide(client.layer(slow))))

  it.effect("passes a defect on to all", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const broken = Layer.effect(
        SpotifyClient.SpotifyClient,
        Effect.map(SpotifyClient.SpotifyClient, (client) => ({
          ...client,
          execute: () => Effect.zipRight(Deferred.await(gate), Effect.die("a bug"))
        }))
      )
      const exits = yield* Effect.gen(function*() {
        const fibers = yield* Effect.forEach([1, 2], () => Effect.fork(get("/me")))
        yield* Deferred.succeed(gate, undefined)
        return yield* Effect.forEach(fibers, Fiber.await)
      }).pipe(Effect.provide(RequestSharing.layer.pipe(Layer.provide(broken))))
      expect(exits).toEqual([Exit.die("a bug"), Exit.die("a bug")])
    }).pipe(Effect.provide(client.layer())))

  it.live("over a port, leaves the connection once all have left", () =>
    Effect.gen(function*() {
      const fibers = yield* Effect.forEach([1, 2], () => Effect.fork(track))
      yield* Effect.repeat(Effect.zipLeft(outcomes, Effect.sleep(5)), { until: (seen) => seen.length === 1 })
      yield* Effect.forEach(fibers, Fiber.interrupt)
      yield* Effect.repeat(Effect.zipLeft(outcomes, Effect.sleep(5)), { until: ([seen]) => seen === "aborted" })
      expect(yield* outcomes).toEqual(["aborted"])
    }).pipe(Effect.provide(
      RequestSharing.layer.pipe(
        Layer.provideMerge(client.clientLayer()),
        Layer.provideMerge(FakeSpotify.layerServer({ latency: "1 hour" })),
        Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
        Layer.provide(NodeHttpClient.layerUndici)
      )
    )))
})
