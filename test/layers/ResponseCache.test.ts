import { Error as PlatformError, FetchHttpClient, KeyValueStore } from "@effect/platform"
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Logger, LogLevel, Option, Redacted, TestClock, Tracer } from "effect"
import * as Endpoints from "effect-spotify/Endpoints"
import * as Library from "effect-spotify/Library"
import * as Playlists from "effect-spotify/Playlists"
import * as RequestBatching from "effect-spotify/RequestBatching"
import * as RequestSharing from "effect-spotify/RequestSharing"
import * as ResponseCache from "effect-spotify/ResponseCache"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as Tracks from "effect-spotify/Tracks"
import * as Users from "effect-spotify/Users"
import { createServer } from "node:http"
import * as client from "../utils/client.js"
import { get, send, sessionOf, spotify } from "../utils/client.js"
import { finish, inTime, until, untilAwaited } from "../utils/session.js"

const map = new Map<string, string>()
let looks = 0

/** A store in memory that one can look into. */
const memory = Layer.sync(KeyValueStore.KeyValueStore, () => {
  map.clear()
  looks = 0
  return KeyValueStore.makeStringOnly({
    get: (key) =>
      Effect.sync(() => {
        looks++
        return Option.fromNullable(map.get(key))
      }),
    set: (key, value) => Effect.sync(() => void map.set(key, value)),
    remove: (key) => Effect.sync(() => void map.delete(key)),
    clear: Effect.sync(() => map.clear()),
    size: Effect.sync(() => map.size)
  })
})

type Options = Parameters<typeof client.layer>[0]

/** With a token that outlives the tests, so that they only see the requests that they make. */
const below = (options?: Options) => Layer.merge(client.layer({ issue: { expiresIn: "7 days" }, ...options }), memory)

const layer = (options?: ResponseCache.Options, client?: Options) =>
  ResponseCache.layer(options).pipe(Layer.provideMerge(below(client)))

const counts = Effect.flatMap(spotify, ({ counts }) => counts)
const statuses = Effect.map(
  Effect.flatMap(spotify, ({ requests }) => requests),
  (all) => all.map(({ status }) => status)
)
const conditions = Effect.map(
  Effect.flatMap(spotify, ({ requests }) => requests),
  (all) => all.map(({ headers }) => [headers["if-none-match"], headers["if-modified-since"]])
)

const id = FakeSpotify.id("track", 1)
const path = `/tracks/${id}`
const track = Tracks.get(id)

const answering = (headers: Record<string, string>, body: unknown = { n: 1 }, status = 200) =>
  Effect.flatMap(spotify, ({ failNext }) =>
    failNext(
      FakeSpotify.reply(status, status === 304 ? { headers } : { json: body, headers })
    ))

const http = (time: number) => new Date(time).toUTCString()

/** A Spotify all of whose answers are good for long. */
const longFresh = (client: SpotifyClient.SpotifyClient.Service): SpotifyClient.SpotifyClient.Service => ({
  ...client,
  execute: (request) =>
    Effect.map(client.execute(request), (response) => ({
      ...response,
      headers: { ...response.headers, "cache-control": "max-age=86400" }
    })),
  withSession: (session) => longFresh(client.withSession(session))
})

const signIn = (user: string) =>
  Effect.gen(function*() {
    const { authorize } = yield* spotify
    const scopes = FakeSpotify.scopes as ReadonlyArray<"user-library-read">
    yield* SpotifySession.handleCallback(
      yield* authorize(yield* SpotifySession.authorizeUrl({ scopes }), { user })
    )
  })

describe("while Spotify allows", () => {
  it.effect("answers from the store, and asks by ETag after that", () =>
    Effect.gen(function*() {
      const first = yield* track
      yield* TestClock.adjust("59 minutes")
      expect(yield* track).toEqual(first)
      expect(yield* statuses).toEqual([200])
      yield* TestClock.adjust("1 minute")
      expect(yield* track).toEqual(first)
      yield* TestClock.adjust("59 minutes")
      expect(yield* track).toEqual(first)
      expect(yield* statuses).toEqual([200, 304])
    }).pipe(Effect.provide(layer())))

  it.effect("gives status, URL, headers and the age of the answer", () =>
    Effect.gen(function*() {
      const first = yield* get(path)
      yield* TestClock.adjust("10 seconds")
      const kept = yield* get(path)
      expect(kept).toMatchObject({ status: 200, url: first.url, text: first.text })
      expect(kept.headers).toMatchObject({ etag: first.headers["etag"], age: "10" })
      yield* TestClock.adjust("2 hours")
      const confirmed = yield* get(path)
      expect(confirmed).toMatchObject({ status: 200, url: first.url, text: first.text })
      expect(confirmed.headers["age"]).toBe("0")
      expect(yield* statuses).toEqual([200, 304])
    }).pipe(Effect.provide(layer())))

  it.effect("asks each time for what is fresh for no time, and keeps what is new", () =>
    Effect.gen(function*() {
      const { state } = yield* spotify
      const [playlist] = yield* state.playlists()
      const [first, second] = [yield* Playlists.get(playlist!.id), yield* Playlists.get(playlist!.id)]
      expect(second).toEqual(first)
      expect(yield* statuses).toEqual([200, 304])
    }).pipe(Effect.provide(layer())))

  const cases: ReadonlyArray<readonly [name: string, headers: Record<string, string>, fresh: number]> = [
    ["max-age", { "cache-control": "private, max-age=60" }, 60],
    ["max-age less the age that it came with", { "cache-control": "max-age=60", age: "20" }, 40],
    ["Expires", { expires: http(60_000), date: http(0) }, 60],
    ["max-age before Expires", { "cache-control": "max-age=10", expires: http(60_000), date: http(0) }, 10],
    ["not s-maxage, which is for shared caches", { "cache-control": "s-maxage=60, max-age=5" }, 5],
    ["no-cache", { "cache-control": "no-cache, max-age=60", etag: "\"1\"" }, 0],
    ["no-store", { "cache-control": "no-store, max-age=60", etag: "\"1\"" }, 0],
    ["nothing", {}, 0],
    ["nothing but Last-Modified, from which nothing is guessed", { "last-modified": http(-1e9), date: http(0) }, 0]
  ]
  for (const [name, headers, fresh] of cases) {
    it.effect(name, () =>
      Effect.gen(function*() {
        yield* answering(headers)
        yield* get(path)
        const asked = Effect.map(statuses, (all) => all.length)
        if (fresh > 0) {
          yield* TestClock.adjust(`${fresh - 1} seconds`)
          yield* get(path)
          expect(yield* asked).toBe(1)
          yield* TestClock.adjust("1 second")
        }
        yield* get(path)
        expect(yield* asked).toBe(2)
      }).pipe(Effect.provide(layer())))
  }

  it.effect("keeps nothing of no-store, and forgets what it kept", () =>
    Effect.gen(function*() {
      yield* get(path)
      expect(map.size).toBe(1)
      yield* TestClock.adjust("2 hours")
      yield* answering({ "cache-control": "no-store" })
      yield* get(path)
      expect(map.size).toBe(0)
    }).pipe(Effect.provide(layer())))

  it.effect("doesn't keep what can't be of use, or failed", () =>
    Effect.gen(function*() {
      yield* answering({})
      yield* get(path)
      yield* answering({ "cache-control": "max-age=60" }, {}, 404)
      yield* Effect.flip(get(path))
      expect(map.size).toBe(0)
    }).pipe(Effect.provide(layer())))

  it.effect("honours Vary", () =>
    Effect.gen(function*() {
      yield* answering({ "cache-control": "max-age=60", vary: "Accept-Language, Authorization" }, { n: "sv" })
      const inSwedish = get(path, { headers: { "Accept-Language": "sv" } })
      const { text } = yield* inSwedish
      expect((yield* inSwedish).text).toBe(text)
      expect(yield* statuses).toEqual([200])
      yield* answering({ "cache-control": "max-age=60", vary: "*" }, { n: "fi" })
      const inFinnish = get(path, { headers: { "accept-language": "fi" } })
      expect((yield* inFinnish).text).toBe("{\"n\":\"fi\"}")
      yield* inFinnish
      expect(yield* statuses).toEqual([200, 200, 200])
    }).pipe(Effect.provide(layer())))

  it.effect("a request that wants nothing kept goes straight through, and nothing of it is kept", () =>
    Effect.gen(function*() {
      const noStore = get(path, { headers: { "Cache-Control": "no-store" } })
      yield* noStore
      expect(map.size).toBe(0)
      yield* get(path)
      yield* noStore
      expect(yield* statuses).toEqual([200, 200, 200])
    }).pipe(Effect.provide(layer())))

  it.effect("a request with conditions of its own goes straight through", () =>
    Effect.gen(function*() {
      const { headers } = yield* get(path)
      const own = yield* get(path, { headers: { "if-none-match": headers["etag"] ?? "" } })
      expect(own.status).toBe(304)
      yield* get(path, { headers: { "cache-control": "no-cache" } })
      expect(yield* statuses).toEqual([200, 304, 304])
    }).pipe(Effect.provide(layer())))
})

describe("asking again", () => {
  it.effect("by If-Modified-Since where there is no ETag", () =>
    Effect.gen(function*() {
      const modified = http(-1e9)
      yield* answering({ "last-modified": modified, "cache-control": "max-age=60" })
      yield* get(path)
      yield* TestClock.adjust("61 seconds")
      yield* answering({}, undefined, 304)
      expect(yield* get(path)).toMatchObject({ status: 200, text: "{\"n\":1}" })
      yield* TestClock.adjust("59 seconds")
      yield* get(path)
      expect(yield* conditions).toEqual([[undefined, undefined], [undefined, modified]])
    }).pipe(Effect.provide(layer())))

  it.effect("a 304 brings new headers, and may name nothing", () =>
    Effect.gen(function*() {
      yield* answering({ etag: "\"1\"", "cache-control": "max-age=60", "x-thing": "kept" })
      yield* get(path)
      yield* TestClock.adjust("61 seconds")
      yield* answering({ "cache-control": "max-age=600" }, undefined, 304)
      const { headers } = yield* get(path)
      expect(headers).toMatchObject({ etag: "\"1\"", "cache-control": "max-age=600", "x-thing": "kept" })
      yield* TestClock.adjust("599 seconds")
      yield* get(path)
      expect(yield* statuses).toEqual([200, 304])
    }).pipe(Effect.provide(layer())))

  it.effect("a 304 about something else isn't believed", () =>
    Effect.gen(function*() {
      yield* answering({ etag: "\"1\"", "cache-control": "max-age=60" })
      yield* get(path)
      yield* TestClock.adjust("61 seconds")
      yield* answering({ etag: "\"2\"" }, undefined, 304)
      yield* answering({ etag: "\"2\"" }, { n: 2 })
      expect((yield* get(path)).text).toBe("{\"n\":2}")
      expect(yield* conditions).toEqual([[undefined, undefined], ["\"1\"", undefined], [undefined, undefined]])
    }).pipe(Effect.provide(layer())))

  it.effect("keeps the new answer", () =>
    Effect.gen(function*() {
      yield* answering({ etag: "\"1\"", "cache-control": "max-age=60" })
      yield* get(path)
      yield* TestClock.adjust("61 seconds")
      yield* answering({ etag: "\"2\"", "cache-control": "max-age=60" }, { n: 2 })
      yield* get(path)
      yield* TestClock.adjust("59 seconds")
      expect((yield* get(path)).text).toBe("{\"n\":2}")
      expect(yield* statuses).toEqual([200, 200])
    }).pipe(Effect.provide(layer())))

  const noRetries = { client: { maxRateLimitRetries: 0 } }
  for (
    const [name, control, stale] of [
      ["stale-if-error", "max-age=60, stale-if-error=600", true],
      ["no such word", "max-age=60", false],
      ["must-revalidate", "max-age=60, stale-if-error=600, must-revalidate", false],
      ["no-cache", "max-age=60, stale-if-error=600, no-cache", false]
    ] as const
  ) {
    it.effect(`fails, with ${name}`, () =>
      Effect.gen(function*() {
        const { clearFaults, failNext } = yield* spotify
        const trying = inTime(Effect.either(get(path)))
        yield* answering({ etag: "\"1\"", "cache-control": control })
        yield* get(path)
        yield* TestClock.adjust("61 seconds")
        for (const fault of [FakeSpotify.apiError(503, "Service unavailable"), FakeSpotify.connectionReset]) {
          yield* failNext(fault, { times: 10 })
          expect((yield* trying)._tag).toBe(stale ? "Right" : "Left")
          yield* clearFaults
        }
        yield* failNext(FakeSpotify.apiError(404, "gone"))
        expect((yield* trying)._tag).toBe("Left")
        yield* TestClock.adjust("601 seconds")
        yield* failNext(FakeSpotify.apiError(503, "Service unavailable"), { times: 10 })
        expect((yield* trying)._tag).toBe("Left")
      }).pipe(Effect.provide(layer({}, noRetries))))
  }
})

describe("after a write", () => {
  const playlist = Effect.flatMap(spotify, ({ state }) => Effect.map(state.playlists(), ([first]) => first!.id))
  const fresh = Effect.flatMap(spotify, ({ failNext }) =>
    failNext({
      ...FakeSpotify.reply(200, {
        json: [true],
        headers: { "cache-control": "max-age=3600", etag: "\"1\"" }
      })
    }))

  it.effect("asks again for all that was kept of the user, also where another path was written", () =>
    Effect.gen(function*() {
      yield* fresh
      const contains = get("/me/tracks/contains?ids=a")
      expect((yield* contains).text).toBe("[true]")
      expect((yield* contains).text).toBe("[true]")
      yield* track
      expect(yield* statuses).toEqual([200, 200])
      yield* Library.save({ uris: [FakeSpotify.uri("track", 1)] })
      yield* Effect.ignore(contains)
      expect((yield* conditions).at(-1)).toEqual(["\"1\"", undefined])
      yield* track
      expect(yield* statuses).toHaveLength(4)
    }).pipe(Effect.provide(layer())))

  it.effect("what is confirmed or new is fresh again", () =>
    Effect.gen(function*() {
      const id = yield* playlist
      yield* fresh
      yield* get(`/playlists/${id}`)
      yield* Playlists.changeDetails(id, { name: "another" })
      yield* answering({ etag: "\"1\"", "cache-control": "max-age=3600" }, undefined, 304)
      yield* get(`/playlists/${id}`)
      yield* get(`/playlists/${id}`)
      expect(yield* statuses).toEqual([200, 200, 304])
    }).pipe(Effect.provide(layer())))

  it.effect("a read that was on its way isn't given later", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      yield* failNext({
        ...FakeSpotify.reply(200, { json: { n: "old" }, headers: { "cache-control": "max-age=3600" } }),
        delay: "10 seconds"
      })
      const reading = yield* Effect.fork(get("/me"))
      yield* untilAwaited("10 seconds")
      yield* Library.save({ uris: [FakeSpotify.uri("track", 1)] })
      expect((yield* finish(reading)).text).toBe("{\"n\":\"old\"}")
      expect((yield* get("/me")).text).not.toBe("{\"n\":\"old\"}")
    }).pipe(Effect.provide(layer())))

  it.effect("nor does an error stand for it, and a lost or interrupted write counts", () =>
    Effect.gen(function*() {
      const { failNext, clearFaults } = yield* spotify
      const headers = { "cache-control": "max-age=3600, stale-if-error=3600", etag: "\"1\"" }
      const add = send("POST", "/me/player/queue?uri=x")
      for (const fault of [FakeSpotify.connectionReset, FakeSpotify.apiError(502, "Bad gateway")]) {
        yield* answering(headers)
        yield* get("/me")
        yield* failNext(fault, { on: { method: "POST" } })
        yield* Effect.flip(add)
        yield* failNext(FakeSpotify.apiError(404, "gone"))
        yield* Effect.flip(get("/me"))
      }
      yield* answering(headers)
      yield* get("/me")
      yield* failNext({ applied: true, delay: "1 hour", outcome: "pass" }, { on: { method: "POST" } })
      const writing = yield* Effect.fork(add)
      yield* untilAwaited("1 hour")
      yield* Fiber.interrupt(writing)
      yield* failNext(FakeSpotify.apiError(503, "down"), { times: 10 })
      expect((yield* inTime(Effect.flip(get("/me"))))._tag).toBe("ServerError")
      yield* clearFaults
    }).pipe(Effect.provide(layer())))

  it.effect("of one user, others are not asked again", () =>
    Effect.gen(function*() {
      const other = yield* sessionOf("other-user")
      yield* fresh
      yield* get("/me")
      yield* SpotifyClient.withSession(Library.save({ uris: [FakeSpotify.uri("track", 1)] }), other)
      yield* get("/me")
      expect(yield* counts).toMatchObject({ "GET /me": 1 })
    }).pipe(Effect.scoped, Effect.provide(layer())))

  it("no operation writes to what counts as catalogue", () => {
    const roots = (isRead: boolean) =>
      new Set(Endpoints.all.filter(({ method }) => (method === "GET") === isRead).map(({ path }) => path.split("/")[1]))
    expect([...roots(false)].sort()).toEqual(["me", "playlists", "users"])
    expect([...roots(true)].filter((root) => !roots(false).has(root)).sort()).toEqual([
      "albums",
      "artists",
      "audio-analysis",
      "audio-features",
      "audiobooks",
      "browse",
      "chapters",
      "episodes",
      "markets",
      "recommendations",
      "search",
      "shows",
      "tracks"
    ])
  })
})

describe("whatever happens", () => {
  it.effect("a user gets what there would be without a cache, with the longest freshness", () =>
    Effect.gen(function*() {
      let seed = 3
      const random = (n: number) => (seed = (seed * 16807) % 2147483647) % n
      const { clearRequests, count, state } = yield* spotify
      const plain = yield* SpotifyClient.SpotifyClient
      const session = yield* sessionOf("other-user")
      const cached = yield* Effect.provide(
        SpotifyClient.SpotifyClient,
        ResponseCache.layer().pipe(Layer.provide(Layer.succeed(SpotifyClient.SpotifyClient, longFresh(plain))))
      )
      const clients = [[plain, cached], [plain.withSession(session), cached.withSession(session)]] as const
      const lists = [(yield* state.playlists("fake-user"))[0]!.id, (yield* state.playlists("other-user"))[0]?.id]
      let asked = 0
      for (let step = 0; step < 150; step++) {
        const who = random(2)
        const [without, cached] = clients[who]!
        const uri = FakeSpotify.uri("track", random(4))
        if (random(4) === 0) {
          yield* [
            Library.save({ uris: [uri] }),
            Library.remove({ uris: [uri] }),
            Playlists.changeDetails(lists[0]!, { name: `name ${step}` })
          ][who === 0 ? random(3) : random(2)]!.pipe(Effect.provideService(SpotifyClient.SpotifyClient, cached))
          continue
        }
        if (random(10) === 0) yield* TestClock.adjust(`${random(30)} minutes`)
        const urls = [
          "/me/tracks?limit=2",
          "/me/playlists?limit=50",
          `/me/library/contains?uris=${uri}`,
          "/me",
          `/tracks/${FakeSpotify.id("track", random(4))}`
        ]
        if (who === 0) urls.push(`/playlists/${lists[0]}`)
        const url = urls[random(urls.length)]!
        const read = get(url)
        const expected = yield* Effect.provideService(read, SpotifyClient.SpotifyClient, without)
        yield* clearRequests
        const given = yield* Effect.provideService(read, SpotifyClient.SpotifyClient, cached)
        expect([step, who, url, given.status, given.text]).toEqual([step, who, url, 200, expected.text])
        asked += yield* count({ host: "api" })
      }
      expect(asked).toBeLessThan(100)
    }).pipe(Effect.scoped, Effect.provide(below())))
})

describe("what can't be decoded", () => {
  const good = Effect.map(track, (track) => track.id)
  const long = "max-age=3600, stale-if-error=3600"

  for (const text of ["", "{\"id\":\"", "{\"id\":1}", "null", "<html></html>", "[]"]) {
    it.effect(`isn't kept: ${JSON.stringify(text)}`, () =>
      Effect.gen(function*() {
        const { failNext } = yield* spotify
        yield* failNext(FakeSpotify.reply(200, { text, headers: { "cache-control": long, etag: "\"1\"" } }))
        expect((yield* Effect.flip(track))._tag).toBe("DecodeError")
        expect(map.size).toBe(0)
        expect(yield* good).toBe(id)
        expect((yield* conditions).at(-1)).toEqual([undefined, undefined])
      }).pipe(Effect.provide(layer())))
  }

  it.effect("doesn't replace what was kept for longer than one call", () =>
    Effect.gen(function*() {
      yield* answering({ "cache-control": "no-cache", etag: "\"1\"" }, { ok: true })
      yield* get(path)
      yield* answering({ "cache-control": long, etag: "\"2\"" }, { id: 1 })
      expect((yield* Effect.flip(track))._tag).toBe("DecodeError")
      expect(yield* good).toBe(id)
    }).pipe(Effect.provide(layer())))

  for (
    const [what, headers, later] of [
      ["fresh", { "cache-control": long }, undefined],
      ["confirmed", { "cache-control": "no-cache", etag: "\"1\"" }, FakeSpotify.reply(304)],
      ["standing in", { "cache-control": "max-age=0, stale-if-error=3600" }, FakeSpotify.apiError(400, "x")]
    ] as const
  ) {
    it.effect(`is forgotten where it was kept for somebody who doesn't decode: ${what}`, () =>
      Effect.gen(function*() {
        const { clearFaults, failNext } = yield* spotify
        yield* answering(headers, { id: 1 })
        yield* get(path)
        expect(map.size).toBe(1)
        if (later !== undefined) {
          yield* failNext(what === "confirmed" ? later : { ...FakeSpotify.connectionReset }, { times: 9 })
        }
        const reading = yield* Effect.fork(Effect.flip(track))
        for (let i = 0; i < 100 && reading.unsafePoll() === null; i++) yield* TestClock.adjust("1 second")
        expect((yield* reading)._tag).toBe("DecodeError")
        yield* clearFaults
        expect(map.size).toBe(0)
        expect(yield* good).toBe(id)
      }).pipe(Effect.provide(layer())))
  }
})

it.effect("a batch that can't be read is forgotten, too", () =>
  Effect.gen(function*() {
    const two = [id, FakeSpotify.id("track", 2)]
    const both = Effect.forEach(two, (id) => Effect.exit(Tracks.get(id)), { batching: true, concurrency: "unbounded" })
    yield* answering({ "cache-control": "max-age=3600" }, { tracks: [] })
    expect((yield* both).every(Exit.isFailure)).toBe(true)
    expect(map.size).toBe(0)
    expect((yield* both).every(Exit.isSuccess)).toBe(true)
  }).pipe(Effect.provide(RequestBatching.layer.pipe(Layer.provideMerge(layer())))))

describe("users", () => {
  it.effect("never see each other's answers, nor does who signs in later", () =>
    Effect.gen(function*() {
      const session = yield* SpotifySession.SpotifySession
      yield* answering({ "cache-control": "max-age=3600" }, { n: "before" })
      yield* get("/me")
      yield* SpotifySession.signOut
      expect((yield* Effect.flip(get("/me")))._tag).toBe("ReauthorizationRequired")
      yield* signIn("other-user")
      expect(session.key).toBe("default")
      expect((yield* Users.me()).id).toBe("other-user")
      yield* answering({ "cache-control": "max-age=3600", etag: "\"1\"" }, { n: "other" })
      yield* get("/me?x=1")
      yield* TestClock.adjust("1 second")
      yield* signIn("fake-user")
      expect((yield* get("/me?x=1")).text).toContain("\"id\":\"fake-user\"")
      expect((yield* conditions).at(-1)).toEqual([undefined, undefined])
    }).pipe(Effect.provide(layer())))

  it.effect("at the same time, with the same session key and without a known sign-in", () =>
    Effect.gen(function*() {
      const other = yield* sessionOf("other-user")
      yield* answering({ "cache-control": "max-age=3600" }, { n: "mine" })
      yield* get("/me")
      expect((yield* get("/me")).text).toBe("{\"n\":\"mine\"}")
      expect((yield* SpotifyClient.withSession(get("/me"), other)).text).toContain("\"id\":\"other-user\"")
      expect((yield* get("/me")).text).toBe("{\"n\":\"mine\"}")
    }).pipe(Effect.scoped, Effect.provide(layer())))

  it.effect("keep their answers over a refresh of the token", () =>
    Effect.gen(function*() {
      yield* signIn("fake-user")
      yield* track
      yield* TestClock.adjust("30 minutes")
      yield* SpotifySession.refresh
      yield* track
      expect(yield* counts).toMatchObject({ "GET /tracks/{id}": 1 })
    }).pipe(Effect.provide(layer({}, { fake: { refreshTokens: "rotate" } }))))

  it.effect("plain tokens are told apart, client credentials are one app", () =>
    Effect.gen(function*() {
      const { accountsUrl, issueToken } = yield* spotify
      const plain = Effect.flatMap(issueToken(), ({ accessToken }) =>
        Layer.build(SpotifySession.layerToken({ accessToken })))
      const app = Layer.build(SpotifySession.layerClientCredentials({
        clientId: "fake-client-id",
        clientSecret: Redacted.make("fake-client-secret"),
        accountsUrl
      }))
      const count = Effect.map(counts, (all) =>
        all["GET /tracks/{id}"])
      const as = (session: typeof plain | typeof app) =>
        Effect.flatMap(session, (context) =>
          SpotifyClient.withSession(track, Context.get(context, SpotifySession.SpotifySession)))
      yield* as(plain)
      yield* as(plain)
      expect(yield* count).toBe(2)
      yield* as(app)
      yield* as(app)
      expect(yield* count).toBe(3)
    }).pipe(Effect.scoped, Effect.provide(layer())))
})

describe("the store", () => {
  it.effect("holds no URL, token or cookie", () =>
    Effect.gen(function*() {
      const { failNext, issueToken } = yield* spotify
      const { accessToken } = yield* issueToken()
      const session = Context.get(
        yield* Layer.build(SpotifySession.layerToken({ accessToken })),
        SpotifySession.SpotifySession
      )
      const headers = { "cache-control": "max-age=60", "set-cookie": "sp=S3CR3T", vary: "Cookie" }
      yield* Effect.gen(function*() {
        yield* answering(headers)
        yield* get("/search?q=private", { headers: { Cookie: "S3CR3T", Authorization: "S3CR3T" } })
        expect(map.size).toBe(1)
        yield* answering(headers, { echo: Redacted.value(accessToken) })
        yield* get("/search?q=echo")
        yield* answering({ ...headers, "x-echo": `Bearer ${Redacted.value(accessToken)}` })
        yield* get("/search?q=echo")
        expect(map.size).toBe(1)
        yield* failNext([
          FakeSpotify.redirectTo(`/v1/search?q=${Redacted.value(accessToken)}`),
          FakeSpotify.reply(200, { json: {}, headers })
        ])
        yield* get("/search?q=redirected")
        expect(map.size).toBe(1)
        yield* Library.save({ uris: [FakeSpotify.uri("track", 1)] })
      }).pipe((program) => SpotifyClient.withSession(program, session))
      expect([...map.keys()]).toHaveLength(2)
      for (const key of map.keys()) expect(key).toMatch(/^effect-spotify-[0-9a-f]{64}$/)
      const all = [...map].flat().join("\n")
      expect(all).not.toContain("S3CR3T")
      expect(all).not.toContain(Redacted.value(accessToken))
    }).pipe(Effect.scoped, Effect.provide(layer())))

  it.effect("with entries that can't be read: the call goes on", () =>
    Effect.gen(function*() {
      yield* track
      const [[key = "", entry = ""] = []] = map
      for (
        const broken of ["", "{", "{}", "null", entry.slice(0, 100), entry.replace("\"status\":200", "\"status\":{}")]
      ) {
        map.set(key, broken)
        yield* track
        expect(map.get(key)).toBe(entry)
      }
      expect(yield* counts).toEqual({ "GET /tracks/{id}": 7 })
    }).pipe(Effect.provide(layer())))

  const broken = (what: "get" | "set" | "remove", how: "fails" | "dies") =>
    Layer.map(memory, (context) => {
      const store = Context.get(context, KeyValueStore.KeyValueStore)
      const failure = how === "dies"
        ? Effect.die(new Error("a bug"))
        : Effect.fail(
          new PlatformError.SystemError({
            reason: "Unknown",
            module: "KeyValueStore",
            method: what,
            pathOrDescriptor: "x"
          })
        )
      return Context.make(KeyValueStore.KeyValueStore, { ...store, [what]: () => failure })
    })

  for (const what of ["get", "set", "remove"] as const) {
    for (const how of ["fails", "dies"] as const) {
      it.effect(`that ${how} in ${what}: the call goes on, and the debug log says so`, () => {
        const logs: Array<string> = []
        const logger = Logger.replace(
          Logger.defaultLogger,
          Logger.make(({ logLevel, message }) => void logs.push(`${logLevel.label} ${String(message)}`))
        )
        return Effect.gen(function*() {
          const [first, second] = [yield* track, yield* track]
          expect(second).toEqual(first)
          yield* TestClock.adjust("2 hours")
          yield* answering({ "cache-control": "no-store" })
          yield* get(path)
          yield* Library.save({ uris: [FakeSpotify.uri("track", 1)] })
          yield* get("/me")
          expect(logs.filter((log) => log.startsWith("DEBUG The response cache couldn't"))).not.toEqual([])
        }).pipe(
          Effect.provide(
            ResponseCache.layer().pipe(Layer.provideMerge(Layer.mergeAll(below(), broken(what, how), logger)))
          ),
          Logger.withMinimumLogLevel(LogLevel.Debug)
        )
      })
    }
  }

  it.effect("that is full still doesn't give what was written over", () =>
    Effect.gen(function*() {
      const store = yield* KeyValueStore.KeyValueStore
      yield* answering({ "cache-control": "max-age=3600" }, { n: "old" })
      yield* Effect.provide(get("/me"), ResponseCache.layer())
      const full = ResponseCache.layer().pipe(
        Layer.provide(Layer.succeed(KeyValueStore.KeyValueStore, { ...store, set: () => Effect.die("full") }))
      )
      yield* Effect.gen(function*() {
        expect((yield* get("/me")).text).toBe("{\"n\":\"old\"}")
        yield* Library.save({ uris: [FakeSpotify.uri("track", 1)] })
        expect((yield* get("/me")).text).not.toBe("{\"n\":\"old\"}")
      }).pipe(Effect.provide(full))
    }).pipe(Effect.provide(below())))

  it.effect("is shared with other processes, their writes too", () =>
    Effect.gen(function*() {
      const [one, other] = yield* Effect.all([
        Layer.build(ResponseCache.layer()),
        Layer.build(ResponseCache.layer())
      ])
      yield* answering({ "cache-control": "max-age=3600" }, { n: "old" })
      yield* Effect.provide(get("/me"), one)
      expect((yield* Effect.provide(get("/me"), other)).text).toBe("{\"n\":\"old\"}")
      yield* Effect.provide(Library.save({ uris: [FakeSpotify.uri("track", 1)] }), other)
      expect((yield* Effect.provide(get("/me"), one)).text).not.toBe("{\"n\":\"old\"}")
    }).pipe(Effect.scoped, Effect.provide(below())))
})

describe("options and the rest", () => {
  it.effect("timeToLive and when", () =>
    Effect.gen(function*() {
      yield* track
      yield* TestClock.adjust("9 minutes")
      yield* track
      expect(yield* statuses).toEqual([200])
      yield* TestClock.adjust("1 minute")
      yield* track
      expect(yield* statuses).toEqual([200, 200])
      map.clear()
      yield* Users.me()
      expect(map.size).toBe(0)
    }).pipe(Effect.provide(
      layer({ timeToLive: "10 minutes", when: ({ operation }) => operation.startsWith("Tracks.") })
    )))

  it.effect("an answer is used for seven days at most, whatever Spotify allows", () =>
    Effect.gen(function*() {
      yield* answering({ "cache-control": "max-age=10000000" })
      yield* get(path)
      yield* TestClock.adjust("167 hours")
      yield* get(path)
      expect(yield* statuses).toEqual([200])
      yield* TestClock.adjust("1 hour")
      yield* inTime(get(path))
      expect((yield* statuses).filter((status) => status === 200)).toEqual([200, 200])
    }).pipe(Effect.provide(layer({}, { issue: { expiresIn: "30 days" } }))))

  it.effect("says in the span what became of a call", () =>
    Effect.gen(function*() {
      const said: Array<unknown> = []
      const tracer = Tracer.make({
        span: (name, parent, context, links, startTime, kind) => {
          const attributes = new Map<string, unknown>()
          return {
            _tag: "Span",
            spanId: "1",
            traceId: "1",
            sampled: true,
            name,
            parent,
            context,
            links,
            kind,
            attributes,
            status: { _tag: "Started", startTime },
            attribute: (key, value) => void (key === "spotify.cache" && said.push(value)),
            event: () => {},
            addLinks: () => {},
            end: () => {}
          }
        },
        context: (f) => f()
      })
      yield* Effect.gen(function*() {
        yield* track
        yield* track
        yield* TestClock.adjust("2 hours")
        yield* track
        yield* TestClock.adjust("2 hours")
        yield* answering({ etag: "\"2\"" }, yield* track)
        yield* track
      }).pipe(Effect.withTracer(tracer))
      expect(said.slice(0, 3)).toEqual(["miss", "hit", "confirmed"])
    }).pipe(Effect.provide(layer())))

  it.effect("keeps session, market and withSession", () =>
    Effect.gen(function*() {
      const session = yield* sessionOf("other-user")
      const client = yield* SpotifyClient.SpotifyClient
      expect(client.withSession(session)).toMatchObject({ session, market: "SE", withSession: client.withSession })
    }).pipe(Effect.scoped, Effect.provide(layer({}, { client: { market: "SE" } }))))
})

describe("over a port", () => {
  for (const [name, http] of [["fetch", FetchHttpClient.layer], ["undici", NodeHttpClient.layerUndici]] as const) {
    it.live(`a 304, with ${name}`, () =>
      Effect.gen(function*() {
        const first = yield* Users.me()
        expect(yield* Users.me()).toEqual(first)
        yield* track
        yield* track
        expect(yield* statuses).toEqual([200, 304, 200])
      }).pipe(Effect.provide(
        ResponseCache.layer().pipe(
          Layer.provideMerge(client.clientLayer()),
          Layer.provideMerge(FakeSpotify.layerServer()),
          Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
          Layer.provide([http, KeyValueStore.layerMemory])
        )
      )))
  }
})

describe("over batching over sharing", () => {
  const all = (client?: Options) =>
    ResponseCache.layer().pipe(
      Layer.provide(RequestBatching.layer),
      Layer.provide(RequestSharing.layer),
      Layer.provideMerge(below(client))
    )
  const ids = Array.from({ length: 60 }, (_, n) => FakeSpotify.id("track", n))
  const tracks = (ids: ReadonlyArray<string>) => Effect.forEach(ids, (id) => Tracks.get(id), { batching: true })

  it.effect("only what isn't kept is asked for, in few requests", () =>
    Effect.gen(function*() {
      expect((yield* tracks(ids.slice(0, 30))).map(({ id }) => id)).toEqual(ids.slice(0, 30))
      expect(yield* counts).toEqual({ "GET /tracks": 1 })
      expect((yield* tracks(ids)).map(({ id }) => id)).toEqual(ids)
      expect(yield* counts).toEqual({ "GET /tracks": 2 })
      yield* tracks(ids)
      yield* Effect.forEach(ids, (id) => Tracks.get(id), { concurrency: "unbounded" })
      expect(yield* counts).toEqual({ "GET /tracks": 2 })
      yield* TestClock.adjust("2 hours")
      yield* tracks(ids)
      expect(yield* counts).toEqual({ "GET /tracks": 4 })
      const queries = (yield* Effect.flatMap(spotify, ({ requests }) => requests)).map(({ query }) => query["ids"])
      expect(queries.slice(0, 2)).toEqual([ids.slice(0, 30).join(","), ids.slice(30).join(",")])
      // What came by a batch has no ETag of its own.
      expect((yield* conditions).flat()).toEqual(Array.from({ length: 8 }))
    }).pipe(Effect.provide(all())))

  it.effect("what was kept singly can be asked for again at once", () =>
    Effect.gen(function*() {
      const some = ids.slice(0, 3)
      const singly = yield* Effect.forEach(some, (id) => Tracks.get(id))
      yield* TestClock.adjust("2 hours")
      expect(yield* tracks(some)).toEqual(singly)
      expect((yield* conditions).at(-1)).toEqual([undefined, undefined])
      expect(yield* counts).toEqual({ "GET /tracks/{id}": 3, "GET /tracks": 1 })
    }).pipe(Effect.provide(all())))

  it.effect("identical reads and identical batches at the same time are one request", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(Effect.all([
        Users.me(),
        Users.me(),
        tracks(ids.slice(0, 5)),
        tracks(ids.slice(0, 5))
      ], { concurrency: "unbounded" }))
      // Hashing takes its own time, which is none of the test clock's.
      yield* until(Effect.sync(() => looks), (looks) => looks === 14)
      yield* finish(fiber)
      expect(yield* counts).toEqual({ "GET /me": 1, "GET /tracks": 1 })
    }).pipe(Effect.provide(all({ fake: { latency: "1 second" } }))))

  it.effect("for each user", () =>
    Effect.gen(function*() {
      const other = yield* sessionOf("other-user")
      const [mine, theirs] = yield* Effect.all([Users.me(), SpotifyClient.withSession(Users.me(), other)])
      expect([mine.id, theirs.id]).toEqual(["fake-user", "other-user"])
      yield* tracks(ids.slice(0, 2))
      yield* SpotifyClient.withSession(tracks(ids.slice(0, 2)), other)
      expect(yield* counts).toMatchObject({ "GET /tracks": 2 })
    }).pipe(Effect.scoped, Effect.provide(all())))
})
