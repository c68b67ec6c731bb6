import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Exit, Fiber, Layer, Schema, TestClock } from "effect"
import * as Albums from "effect-spotify/Albums"
import * as Endpoints from "effect-spotify/Endpoints"
import * as RequestBatching from "effect-spotify/RequestBatching"
import * as RequestSharing from "effect-spotify/RequestSharing"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { TokenStoreError } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as Tracks from "effect-spotify/Tracks"
import * as Users from "effect-spotify/Users"
import { createServer } from "node:http"
import * as client from "../utils/client.js"
import { get, sessionOf, spotify } from "../utils/client.js"
import { keepingSpans } from "../utils/spans.js"
import { parametersOf } from "../utils/specs.js"

const layer = (options?: Parameters<typeof client.layer>[0]) =>
  RequestBatching.layer.pipe(Layer.provideMerge(client.layer(options)))

const idIn = Schema.decodeUnknownSync(Schema.parseJson(Schema.Struct({ id: Schema.String })))

const ids = (count: number) => Array.from({ length: count }, (_, n) => FakeSpotify.id("track", n))
const unknown = "0000000000000000000000"
const counts = Effect.flatMap(spotify, ({ counts }) => counts)
const queries = Effect.map(
  Effect.flatMap(spotify, ({ requests }) => requests),
  (all) => all.map(({ query }) => query)
)

describe("RequestBatching", () => {
  it.effect("makes few requests of many reads, and gives each its own thing", () =>
    Effect.gen(function*() {
      const tracks = yield* Effect.forEach(ids(120), (id) => Tracks.get(id), { batching: true })
      expect(tracks.map(({ id }) => id)).toEqual(ids(120))
      expect(yield* counts).toEqual({ "GET /tracks": 3 })
    }).pipe(Effect.provide(layer())))

  it.effect("gives what the single operation gives", () =>
    Effect.gen(function*() {
      const singly = yield* Effect.forEach(ids(7), (id) => Tracks.get(id, { market: "SE" }))
      const together = yield* Effect.forEach(ids(7), (id) => Tracks.get(id, { market: "SE" }), { batching: true })
      expect(together).toEqual(singly)
    }).pipe(Effect.provide(layer())))

  for (const concurrency of [undefined, 4, "unbounded"] as const) {
    it.effect(`with Effect.all and concurrency ${concurrency}`, () =>
      Effect.gen(function*() {
        const { first, others } = yield* Effect.all({
          first: Tracks.get(FakeSpotify.id("track", 100)),
          others: Effect.all(ids(49).map((id) => Tracks.get(id)), { batching: true, concurrency })
        }, { batching: true, concurrency })
        expect([first, ...others].map(({ id }) => id)).toEqual([FakeSpotify.id("track", 100), ...ids(49)])
        expect(yield* counts).toEqual({ "GET /tracks": 1 })
      }).pipe(Effect.provide(layer())))
  }

  it.effect("asks once for what is asked for twice, and a single thing singly", () =>
    Effect.gen(function*() {
      const [a = "", b = ""] = ids(2)
      const tracks = yield* Effect.forEach([a, b, a, `spotify:track:${a}`], (id) => Tracks.get(id), { batching: true })
      expect(tracks.map(({ id }) => id)).toEqual([a, b, a, a])
      expect(yield* queries).toEqual([{ ids: `${a},${b}` }])
      yield* Effect.flatMap(spotify, ({ clearRequests }) => clearRequests)
      yield* Effect.forEach([a, a], (id) => Tracks.get(id), { batching: true })
      yield* Effect.forEach(ids(51), (id) => Tracks.get(id), { batching: true })
      expect(yield* counts).toEqual({ "GET /tracks/{id}": 2, "GET /tracks": 1 })
    }).pipe(Effect.provide(layer())))

  it.effect("without batching a call goes straight through", () =>
    Effect.gen(function*() {
      yield* Effect.forEach(ids(3), (id) => Tracks.get(id))
      yield* Effect.forEach(ids(3), (id) => Tracks.get(id), { concurrency: "unbounded" })
      yield* Effect.forEach(ids(3), (id) => Effect.withRequestBatching(Tracks.get(id), false), { batching: true })
      expect(yield* counts).toEqual({ "GET /tracks/{id}": 9 })
    }).pipe(Effect.provide(layer())))

  it.effect("straight through means: in the caller's own fiber", () =>
    Effect.gen(function*() {
      const fiberId = yield* Effect.fiberId
      const seen = yield* get(`/tracks/${ids(1)[0]}`).pipe(Effect.provide(RequestBatching.layer.pipe(
        Layer.provide(Layer.effect(
          SpotifyClient.SpotifyClient,
          Effect.map(SpotifyClient.SpotifyClient, (client) => ({
            ...client,
            execute: () => Effect.map(Effect.fiberId, (id) => ({ status: 200, headers: {}, url: "", text: String(id) }))
          }))
        ))
      )))
      expect(seen.text).toBe(String(fiberId))
    }).pipe(Effect.provide(client.layer())))

  it.effect("leaves everything else alone", () =>
    Effect.gen(function*() {
      yield* Effect.all([
        Users.me(),
        Albums.tracks(FakeSpotify.id("album", 1)),
        Tracks.audioAnalysis(FakeSpotify.id("track", 1)),
        Tracks.getMany(ids(2)),
        get(`https://api.spotify.com/v1/tracks/${ids(1)[0]}`)
      ], { batching: true })
      expect(yield* counts).toEqual({
        "GET /me": 1,
        "GET /albums/{id}/tracks": 1,
        "GET /audio-analysis/{id}": 1,
        "GET /tracks": 1,
        "GET /tracks/{id}": 1
      })
    }).pipe(Effect.provide(layer())))

  it.effect("fails only the one that Spotify doesn't know, or that can't be an id", () =>
    Effect.gen(function*() {
      const [first = "", second = ""] = ids(2)
      const results = yield* Effect.forEach(
        [first, unknown, "nonsense", `spotify:track:${second}`, FakeSpotify.uri("album", 1)],
        (id) => Effect.either(Tracks.get(id)),
        { batching: true }
      )
      expect(results.map(Either.match({ onLeft: ({ _tag }) => _tag, onRight: ({ id }) => id }))).toEqual([
        first,
        "NotFound",
        "InvalidInput",
        second,
        "InvalidInput"
      ])
      expect(Either.getLeft(results[1]!)).toMatchObject({
        value: { operation: "Tracks.get", method: "GET", path: `/tracks/${unknown}`, status: 404 }
      })
      expect(yield* counts).toEqual({ "GET /tracks": 1 })
    }).pipe(Effect.provide(layer())))

  it.effect("fails all that a failed request was for, and no others", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      yield* failNext(FakeSpotify.apiError(400, "Bad request"), { on: { path: "/v1/tracks" } })
      const results = yield* Effect.forEach(ids(120), (id) => Effect.either(Tracks.get(id)), { batching: true })
      expect(results.map(Either.isLeft)).toEqual(ids(120).map((_, n) => n < 50))
      expect(Either.getLeft(results[0]!)).toMatchObject({ value: { _tag: "BadRequest", operation: "Tracks.get" } })
    }).pipe(Effect.provide(layer())))

  for (
    const [what, body] of [
      ["isn't JSON", { text: "{" }],
      ["has no list", { json: { track: [] } }],
      ["has another number of entries", { json: { tracks: [null] } }]
    ] as const
  ) {
    it.effect(`an answer that ${what} is a DecodeError`, () =>
      Effect.gen(function*() {
        yield* Effect.flatMap(spotify, ({ failNext }) => failNext(FakeSpotify.reply(200, body)))
        const errors = yield* Effect.forEach(ids(2), (id) => Effect.flip(Tracks.get(id)), { batching: true })
        expect(errors).toMatchObject([1, 2].map(() => ({
          _tag: "DecodeError",
          operation: "Tracks.get",
          path: "/tracks",
          issuePath: "tracks"
        })))
      }).pipe(Effect.provide(layer())))
  }

  it.effect("puts together what has the same options, session and priority", () =>
    Effect.gen(function*() {
      const other = yield* sessionOf("other-user")
      const [a = "", b = "", c = "", d = ""] = ids(4)
      yield* Effect.all([
        Tracks.get(a, { market: "SE" }),
        Tracks.get(b, { market: "FI" }),
        Tracks.get(c, { market: "SE" }),
        SpotifyClient.withPriority(Tracks.get(d, { market: "FI" }), "background"),
        SpotifyClient.withPriority(Tracks.get(a, { market: "FI" }), "background"),
        Tracks.get(d, { market: "FI" }),
        SpotifyClient.withSession(
          Effect.all([Tracks.get(a, { market: "SE" }), Tracks.get(b, { market: "SE" })], { batching: true }),
          other
        )
      ], { batching: true })
      const requests = yield* queries
      expect(requests).toHaveLength(4)
      expect(requests).toEqual(expect.arrayContaining([
        { ids: `${a},${c}`, market: "SE" },
        { ids: `${b},${d}`, market: "FI" },
        { ids: `${d},${a}`, market: "FI" },
        { ids: `${a},${b}`, market: "SE" }
      ]))
    }).pipe(Effect.scoped, Effect.provide(layer())))

  it.effect("a batch of background reads waits for interactive calls", () =>
    Effect.gen(function*() {
      const client = yield* SpotifyClient.SpotifyClient
      const first = yield* Effect.fork(get("/me"))
      const reads = yield* Effect.fork(
        Effect.forEach(ids(3), (id) => SpotifyClient.withPriority(Tracks.get(id), "background"), { batching: true })
      )
      yield* TestClock.adjust("500 millis")
      expect(yield* client.status).toMatchObject({ inFlight: 1, waiting: 1, background: 1 })
      yield* TestClock.adjust("500 millis")
      yield* first
      yield* TestClock.adjust("1 second")
      yield* reads
    }).pipe(Effect.provide(layer({ client: { maxInFlight: 1 }, fake: { latency: "1 second" } }))))

  describe("in Development Mode", () => {
    it.effect("reads one by one, a few at a time, and remembers", () =>
      Effect.gen(function*() {
        const tracks = yield* Effect.fork(
          Effect.forEach([...ids(20), unknown], (id) => Effect.option(Tracks.get(id)), { batching: true })
        )
        const client = yield* SpotifyClient.SpotifyClient
        let most = 0
        for (let i = 0; i < 6; i++) {
          yield* TestClock.adjust("500 millis")
          most = Math.max(most, (yield* client.status).inFlight)
          yield* TestClock.adjust("500 millis")
        }
        expect((yield* tracks).flatMap((found) => found._tag === "Some" ? [found.value.id] : [])).toEqual(ids(20))
        expect(most).toBe(8)
        expect(yield* counts).toEqual({ "GET /tracks": 1, "GET /tracks/{id}": 21 })
        const again = yield* Effect.fork(Effect.forEach(ids(3), (id) => Tracks.get(id), { batching: true }))
        yield* TestClock.adjust("1 second")
        yield* again
        expect(yield* counts).toEqual({ "GET /tracks": 1, "GET /tracks/{id}": 24 })
      }).pipe(Effect.provide(layer({ fake: { mode: "development", latency: "1 second" } }))))

    it.effect("for all sessions of the client", () =>
      Effect.gen(function*() {
        yield* Effect.forEach(ids(2), (id) => Tracks.get(id), { batching: true })
        const other = yield* sessionOf("other-user")
        yield* SpotifyClient.withSession(Effect.forEach(ids(2), (id) => Tracks.get(id), { batching: true }), other)
        expect(yield* counts).toEqual({ "GET /tracks": 1, "GET /tracks/{id}": 4 })
      }).pipe(Effect.scoped, Effect.provide(layer({ fake: { mode: "development" } }))))

    const asBatch = Effect.forEach(ids(2), (id) => Tracks.get(id), { batching: true })
    const asMany = Tracks.getMany(ids(2))

    it.effect("and getMany knows of it, with other layers beneath", () =>
      Effect.gen(function*() {
        yield* asBatch
        yield* asMany
        expect(yield* counts).toEqual({ "GET /tracks": 1, "GET /tracks/{id}": 4 })
      }).pipe(
        Effect.provide(RequestBatching.layer.pipe(
          Layer.provideMerge(RequestSharing.layer),
          Layer.provideMerge(client.layer({ fake: { mode: "development" } }))
        ))
      ))

    it.effect("as it knows of what getMany met", () =>
      Effect.gen(function*() {
        yield* asMany
        yield* asBatch
        expect(yield* counts).toEqual({ "GET /tracks": 1, "GET /tracks/{id}": 4 })
      }).pipe(Effect.provide(layer({ fake: { mode: "development" } }))))

    it.effect("doesn't take a user who is refused everything for that", () =>
      Effect.gen(function*() {
        const { counts, failNext, setMode } = yield* spotify
        const refused = FakeSpotify.reply(403, { text: "the user may not be registered" })
        yield* failNext(refused, { times: 2 })
        const errors = yield* Effect.forEach(ids(20), (id) => Effect.flip(Tracks.get(id)), { batching: true })
        expect(new Set(errors.map(({ _tag }) => _tag))).toEqual(new Set(["Forbidden"]))
        expect(yield* counts).toEqual({ "GET /tracks": 1, "GET /tracks/{id}": 1 })
        yield* Effect.forEach(ids(20), (id) => Tracks.get(id), { batching: true })
        expect(yield* counts).toEqual({ "GET /tracks": 2, "GET /tracks/{id}": 1 })
        yield* setMode("development")
        yield* Effect.forEach(ids(2), (id) => Tracks.get(id), { batching: true })
        expect(yield* counts).toEqual({ "GET /tracks": 3, "GET /tracks/{id}": 3 })
      }).pipe(Effect.provide(layer())))

    it.effect("nor one that can't read the first thing singly either", () =>
      Effect.gen(function*() {
        const { counts, failNext } = yield* spotify
        yield* failNext([FakeSpotify.reply(403, { text: "no" }), FakeSpotify.apiError(404, "Not here")])
        const found = yield* Effect.forEach(ids(3), (id) => Effect.either(Tracks.get(id)), { batching: true })
        expect(found.map(({ _tag }) => _tag)).toEqual(["Left", "Right", "Right"])
        yield* Effect.forEach(ids(3), (id) => Tracks.get(id), { batching: true })
        expect(yield* counts).toEqual({ "GET /tracks": 2, "GET /tracks/{id}": 3 })
      }).pipe(Effect.provide(layer())))

    it.effect("nor a missing scope", () =>
      Effect.gen(function*() {
        yield* Effect.flatMap(
          spotify,
          ({ failNext }) => failNext(FakeSpotify.apiError(403, "Insufficient client scope"))
        )
        const errors = yield* Effect.forEach(
          [1, 2],
          (n) => Effect.flip(get(`/shows/${FakeSpotify.id("show", n)}`, { scopes: ["user-read-playback-position"] })),
          { batching: true }
        )
        expect(errors.map(({ _tag }) => _tag)).toEqual(["Forbidden", "Forbidden"])
        expect(yield* counts).toEqual({ "GET /shows": 1 })
      }).pipe(Effect.provide(layer())))
  })

  // Effect doesn't pass an interruption on to what it batches (3.22): it takes effect after the answers.
  it.effect("an interruption comes through after the answers", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(Effect.forEach(ids(60), (id) => Tracks.get(id), { batching: true }))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interruptFork(fiber)
      yield* TestClock.adjust("500 millis")
      yield* TestClock.adjust("1 second")
      expect(Exit.isInterrupted(yield* Fiber.await(fiber))).toBe(true)
      expect(yield* counts).toEqual({ "GET /tracks": 2 })
    }).pipe(Effect.provide(layer({ fake: { latency: "1 second" } }))))

  describe("with request caching", () => {
    it.effect("asks once for what is kept, however it is named, but for each session and market", () =>
      Effect.gen(function*() {
        const other = yield* sessionOf("other-user")
        const [id = ""] = ids(1)
        yield* Effect.gen(function*() {
          yield* Tracks.get(id, { market: "SE" })
          yield* Tracks.get(`https://open.spotify.com/track/${id}`, { market: "SE" })
          expect(yield* counts).toEqual({ "GET /tracks/{id}": 1 })
          yield* SpotifyClient.withSession(Tracks.get(id, { market: "SE" }), other)
          yield* Tracks.get(id, { market: "FI" })
          yield* Effect.forEach(ids(2), (id) => Tracks.get(id, { market: "FI" }), { batching: true })
        }).pipe(Effect.withRequestCaching(true))
        expect(yield* counts).toEqual({ "GET /tracks/{id}": 4 })
      }).pipe(Effect.scoped, Effect.provide(layer())))

    it.effect("gives nothing to who signs in later, and nothing after signing out", () =>
      Effect.gen(function*() {
        const { authorize } = yield* spotify
        const signIn = (user: string) =>
          Effect.gen(function*() {
            const callback = yield* authorize(yield* SpotifySession.authorizeUrl(), { user })
            yield* SpotifySession.handleCallback(callback)
          })
        const track = Effect.withRequestCaching(Tracks.get(ids(1)[0]!), true)
        yield* signIn("fake-user")
        yield* track
        yield* track
        expect((yield* counts)["GET /tracks/{id}"]).toBe(1)
        yield* SpotifySession.signOut
        expect((yield* Effect.flip(track))._tag).toBe("ReauthorizationRequired")
        yield* TestClock.adjust("1 second")
        yield* signIn("other-user")
        yield* track
        expect((yield* counts)["GET /tracks/{id}"]).toBe(2)
      }).pipe(Effect.provide(layer())))

    it.effect("keeps nothing of sessions that can't say whose they are", () =>
      Effect.gen(function*() {
        const client = yield* SpotifyClient.SpotifyClient
        const unknownOwner = client.withSession({
          ...client.session,
          token: Effect.fail(TokenStoreError.of("a store", "get", "it is gone"))
        })
        const track = Tracks.get(ids(1)[0]!).pipe(Effect.provideService(SpotifyClient.SpotifyClient, unknownOwner))
        yield* Effect.withRequestCaching(Effect.all([track, track]), true)
        expect(yield* counts).toEqual({ "GET /tracks/{id}": 2 })
      }).pipe(Effect.provide(layer())))

    it.effect("asks for each of several clients, for what one of them is told isn't the other's", () =>
      Effect.gen(function*() {
        const client = yield* SpotifyClient.SpotifyClient
        const saying = (text: string) =>
          Layer.provide(
            RequestBatching.layer,
            Layer.succeed(SpotifyClient.SpotifyClient, {
              ...client,
              execute: () => Effect.succeed({ status: 200, headers: {}, url: "", text })
            })
          )
        const track = Effect.map(get(`/tracks/${ids(1)[0]}`), ({ text }) => text)
        const both = Effect.all([Effect.provide(track, saying("one")), Effect.provide(track, saying("other"))])
        expect(yield* Effect.withRequestCaching(both, true)).toEqual(["one", "other"])
      }).pipe(Effect.provide(client.layer())))

    it.effect("keeps nothing that can't be decoded", () =>
      Effect.gen(function*() {
        const { failNext } = yield* spotify
        const track = Effect.withRequestCaching(Tracks.get(ids(1)[0]!), true)
        yield* failNext(FakeSpotify.reply(200, { json: { id: 1 } }))
        expect((yield* Effect.flip(track))._tag).toBe("DecodeError")
        expect((yield* track).id).toBe(ids(1)[0])
        yield* track
        expect(yield* counts).toEqual({ "GET /tracks/{id}": 2 })
      }).pipe(Effect.provide(layer())))

    it.effect("keeps NotFound, and no other failure", () =>
      Effect.gen(function*() {
        const { failNext } = yield* spotify
        yield* failNext(FakeSpotify.apiError(400, "Bad request"), { times: 1 })
        yield* Effect.gen(function*() {
          expect((yield* Effect.flip(Tracks.get(ids(1)[0]!)))._tag).toBe("BadRequest")
          yield* Tracks.get(ids(1)[0]!)
          yield* Effect.flip(Tracks.get(unknown))
          yield* Effect.flip(Tracks.get(unknown))
        }).pipe(Effect.withRequestCaching(true))
        expect(yield* counts).toEqual({ "GET /tracks/{id}": 3 })
      }).pipe(Effect.provide(layer())))
  })

  it.effect("what is true of the whole batch is said of none of its things, and no batch is conditional", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const things = ids(2)
      yield* fake.failNext(FakeSpotify.reply(200, {
        json: { tracks: things.map((id) => ({ id })) },
        headers: { etag: "\"all\"", "last-modified": "Wed, 25 Nov 2026 21:00:00 GMT", "x-thing": "kept" }
      }))
      const responses = yield* Effect.forEach(
        things,
        (id) => get(`/tracks/${id}`, { headers: { "If-None-Match": "\"one\"", "accept-language": "sv" } }),
        { batching: true }
      )
      for (const { headers } of responses) {
        expect(headers).toMatchObject({ "x-thing": "kept" })
        expect(Object.keys(headers).filter((name) => /etag|modified|content-length|encoding/.test(name))).toEqual([])
      }
      const [sent] = yield* fake.requests
      expect(sent?.headers).toMatchObject({ "accept-language": "sv" })
      expect(sent?.headers["if-none-match"]).toBeUndefined()
    }).pipe(Effect.provide(layer())))

  it.effect("a batch has a span, which says how many it is for", () =>
    Effect.gen(function*() {
      const { all, tracer } = keepingSpans()
      yield* Effect.withTracer(Effect.forEach(ids(3), (id) => Tracks.get(id), { batching: true }), tracer)
      expect(all.filter(({ name }) => name.endsWith("(batch)"))).toMatchObject([
        { name: "Tracks.get (batch)", attributes: { "url.template": "/tracks", "spotify.batch_size": 3 } }
      ])
    }).pipe(Effect.provide(layer())))

  it.effect("works beside reads of other kinds", () =>
    Effect.gen(function*() {
      const both = Effect.forEach(ids(10), (id) =>
        Effect.zip(Tracks.get(id), Albums.get(FakeSpotify.id("album", 3)), {
          batching: true,
          concurrent: true
        }), { batching: true, concurrency: "unbounded" })
      expect(yield* both).toHaveLength(10)
      expect(yield* counts).toMatchObject({ "GET /tracks": 1 })
    }).pipe(Effect.provide(layer())))

  describe("of every operation that has a batch", () => {
    const twins = Endpoints.all.flatMap((several) => {
      const get = Endpoints.all.find(({ id, path }) => id !== undefined && path === `${several.path}/{id}`)
      return several.method === "GET" && get?.method === "GET" && "ids" in several.query ? [{ several, get }] : []
    })

    it("there are eight", () =>
      expect(twins.map(({ get }) => get.path)).toEqual([
        "/albums/{id}",
        "/artists/{id}",
        "/audiobooks/{id}",
        "/chapters/{id}",
        "/episodes/{id}",
        "/shows/{id}",
        "/tracks/{id}",
        "/audio-features/{id}"
      ]))

    for (const { get: spec, several } of twins) {
      const cap = parametersOf(several.query)["ids"]?.maxItems ?? 0
      it.effect(`${spec.operation}: ${cap} at once`, () =>
        Effect.gen(function*() {
          if (spec.id === undefined || spec.id === "category" || spec.id === "user") throw new Error("no such kind")
          const kind = spec.id
          const path = spec.path.replace("{id}", "")
          const things = Array.from({ length: 2 * cap }, (_, n) => FakeSpotify.id(kind, n))
          const responses = yield* Effect.forEach(
            things,
            (id) => Effect.either(get(`${path}${id}?market=SE`, { operation: spec.operation })),
            { batching: true }
          )
          // The fake has fewer shows and audiobooks than Spotify gives at once.
          const known = responses.filter(Either.isRight)
          expect(known.length).toBeGreaterThan(10)
          expect(known.map(({ right }) => idIn(right.text).id)).toEqual(things.slice(0, known.length))
          expect(responses.filter(Either.isLeft).every(({ left }) => left._tag === "NotFound")).toBe(true)
          expect(yield* counts).toEqual({ [`GET ${several.path}`]: 2 })
        }).pipe(Effect.provide(layer())))
    }
  })

  it.live("over a port", () =>
    Effect.gen(function*() {
      const tracks = yield* Effect.forEach(ids(60), (id) => Tracks.get(id), { batching: true })
      expect(tracks.map(({ id }) => id)).toEqual(ids(60))
      expect(yield* counts).toEqual({ "GET /tracks": 2 })
    }).pipe(Effect.provide(
      RequestBatching.layer.pipe(
        Layer.provideMerge(client.clientLayer()),
        Layer.provideMerge(FakeSpotify.layerServer()),
        Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
        Layer.provide(NodeHttpClient.layerUndici)
      )
    )))
})
