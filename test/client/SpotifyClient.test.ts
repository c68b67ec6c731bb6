import { HttpClient, HttpClientError } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import {
  Cause,
  type Clock,
  Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Metric,
  Option,
  Redacted,
  Ref,
  Schedule,
  TestClock,
  Tracer
} from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import type { SpotifyError } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as Tracks from "effect-spotify/Tracks"
import * as Users from "effect-spotify/Users"
import { clientLayer, get, layer, queue, send, sessionOf, spotify } from "../utils/client.js"

const tokenRequests = { host: "accounts", path: "/api/token" } as const

/** The error of a call, which waits as long as it likes. */
const errorOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(Effect.flip(effect))
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

const valueOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

describe("a token that Spotify refuses", () => {
  it.effect("is refreshed once, and the call sent once more", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.expireAccessTokens
      yield* get("/me")
      expect(yield* fake.count(tokenRequests)).toBe(1)
      expect((yield* fake.requests).map(({ status }) => status)).toEqual([401, 200, 200])
    }).pipe(Effect.provide(layer())))

  it.effect("is Unauthorized after exactly one refresh when the next one is refused too", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.apiError(401, "Invalid access token"), { times: 9, on: { host: "api" } })
      const error = yield* Effect.flip(get("/me"))
      expect(error).toMatchObject({ _tag: "Unauthorized", status: 401, detail: "Invalid access token", path: "/me" })
      expect(error.message).toContain("; sign in again, or check the token")
      expect(yield* fake.count(tokenRequests)).toBe(1)
      expect(yield* fake.count({ path: "/v1/me" })).toBe(2)
    }).pipe(Effect.provide(layer())))

  it.effect("is refreshed once for fifty fibers, and a POST is sent again too", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.expireAccessTokens
      yield* Effect.all([...Array.from({ length: 49 }, () => get("/me")), queue], { concurrency: "unbounded" })
      expect(yield* fake.count(tokenRequests)).toBe(1)
      expect((yield* fake.state.player()).queue).toEqual([FakeSpotify.uri("track", 1)])
    }).pipe(Effect.provide(layer())))

  it.effect("that can't be renewed is Unauthorized in Spotify's words", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const session = SpotifySession.layerToken({ accessToken: Redacted.make("made-up") })
      const error = yield* Effect.flip(get("/me")).pipe(
        Effect.provide(SpotifyClient.layer().pipe(Layer.provide(session)))
      )
      expect(error).toMatchObject({ _tag: "Unauthorized", detail: "Invalid access token" })
      expect(yield* fake.count(tokenRequests)).toBe(0)
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("fails with the session's error when the refresh is refused", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.expireAccessTokens
      yield* fake.revokeRefreshTokens()
      const error = yield* Effect.flip(get("/me"))
      expect(error).toMatchObject({ _tag: "ReauthorizationRequired", reason: "RefreshTokenInvalid" })
    }).pipe(Effect.provide(layer())))
})

describe("what may be sent again", () => {
  const twice = { times: 2, on: { host: "api" } } as const

  for (
    const [name, fault, tag] of [
      ["503", FakeSpotify.reply(503), "ServerError"],
      ["500 with HTML", FakeSpotify.reply(500, { html: "<h1>Oops</h1>" }), "ServerError"],
      ["a lost connection", FakeSpotify.connectionReset, "TransportError"],
      ["a body that breaks off", FakeSpotify.brokenOff, "TransportError"],
      ["a late answer", FakeSpotify.slow("1 minute"), "TransportError"]
    ] as const
  ) {
    it.effect(`${name}: a GET is sent again, a POST is not`, () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(fault, twice)
        yield* valueOf(get("/me"))
        expect(yield* fake.count({ path: "/v1/me" })).toBe(3)
        yield* fake.failNext(fault, twice)
        // Its answer has come by then: it is done.
        if (fault === FakeSpotify.brokenOff) yield* valueOf(queue)
        else expect((yield* errorOf(queue))._tag).toBe(tag)
        expect(yield* fake.count({ method: "POST" })).toBe(1)
      }).pipe(Effect.provide(layer())))

    it.effect(`${name}: stays after four attempts`, () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(fault, { times: 99, on: { host: "api" } })
        expect((yield* errorOf(get("/me")))._tag).toBe(tag)
        expect(yield* fake.count({ path: "/v1/me" })).toBe(4)
      }).pipe(Effect.provide(layer())))
  }

  it.effect("waits half a second, doubled and jittered by a fifth at most", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.reply(502), { times: 99, on: { host: "api" } })
      yield* errorOf(get("/me"))
      const times = (yield* fake.requests).map(({ time }) => time)
      times.slice(1).forEach((time, i) => {
        const wait = time - times[i]!
        expect(wait).toBeGreaterThanOrEqual(500 * 2 ** i * 0.8)
        expect(wait).toBeLessThanOrEqual(500 * 2 ** i * 1.2)
      })
      expect(times).toHaveLength(4)
    }).pipe(Effect.provide(layer())))

  it.effect("by another schedule, which sees the error", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([FakeSpotify.reply(503), FakeSpotify.reply(502)], { on: { host: "api" } })
      expect(yield* errorOf(get("/me"))).toMatchObject({ _tag: "ServerError", status: 502 })
      expect((yield* fake.requests).map(({ time }) => time)).toEqual([0, 7000])
    }).pipe(Effect.provide(layer({
      client: {
        retrySchedule: Schedule.spaced("7 seconds").pipe(
          Schedule.whileInput((error: SpotifyError) => error._tag === "ServerError" && error.status === 503)
        )
      }
    }))))

  it.effect("not a 4xx", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      for (const status of [400, 403, 404, 418]) {
        yield* fake.failNext(FakeSpotify.reply(status), { times: 9, on: { host: "api" } })
        yield* errorOf(get(`/me`))
        yield* fake.clearFaults
      }
      expect(yield* fake.count()).toBe(4)
    }).pipe(Effect.provide(layer())))

  it.effect("not the token endpoint's failure, which the session has repeated already", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.connectionReset, { times: 99, on: { host: "accounts" } })
      const error = yield* errorOf(get("/me"))
      expect(error).toMatchObject({ _tag: "TokenEndpointUnreachable", grantType: "refresh_token" })
      expect(yield* fake.count(tokenRequests)).toBe(4)
      expect(yield* fake.count({ path: "/v1/me" })).toBe(0)
    }).pipe(Effect.provide(layer({ issue: { expiresIn: 0 } }))))
})

describe("time and interruption", () => {
  it.effect("an attempt that takes too long is aborted at its time, not the call", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.slow("1 hour"), { times: 2, on: { host: "api" } })
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust(29_999)
      expect((yield* fake.requests).map(({ outcome }) => outcome)).toEqual(["pending"])
      yield* TestClock.adjust(1)
      expect((yield* fake.requests).map(({ outcome }) => outcome)).toEqual(["aborted"])
      yield* TestClock.adjust("2 minutes")
      expect((yield* Fiber.join(fiber)).status).toBe(200)
      expect((yield* fake.requests).map(({ outcome }) => outcome)).toEqual(["aborted", "aborted", "answered"])
    }).pipe(Effect.provide(layer())))

  it.effect("each attempt has its own time, however they overlap", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.slow("1 hour"), { times: 9 })
      const ended = yield* Ref.make<ReadonlyArray<number>>([])
      const start = Effect.fork(Effect.ensuring(
        Effect.exit(get("/me")),
        Effect.flatMap(Effect.clock, (clock) => Ref.update(ended, (all) => [...all, clock.unsafeCurrentTimeMillis()]))
      ))
      for (const pause of [0, 1000, 1500, 3500, 0, 20_000]) {
        yield* TestClock.adjust(pause)
        yield* start
      }
      yield* TestClock.adjust("1 hour")
      expect(yield* Ref.get(ended)).toEqual([5000, 6000, 7500, 11_000, 11_000, 31_000])
    }).pipe(Effect.provide(layer({ client: { timeout: "5 seconds", retrySchedule: Schedule.stop } }))))

  it.effect("the error says how long it waited", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.slow("1 hour"))
      expect(yield* errorOf(queue)).toMatchObject({
        _tag: "TransportError",
        reason: "Timeout",
        detail: "1s 500ms",
        path: "/me/player/queue",
        message: "Test.send: no answer from Spotify within 1s 500ms"
      })
    }).pipe(Effect.provide(layer({ client: { timeout: 1500 } }))))

  it.effect("ends an attempt of a caller that can't be interrupted", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.slow("1 hour"))
      expect(yield* errorOf(Effect.uninterruptible(queue))).toMatchObject({ reason: "Timeout" })
      expect((yield* fake.requests).map(({ outcome }) => outcome)).toEqual(["aborted"])
    }).pipe(Effect.provide(layer())))

  it.effect("may be without end", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.slow("9 minutes"))
      expect((yield* valueOf(get("/me"))).status).toBe(200)
    }).pipe(Effect.provide(layer({ client: { timeout: Duration.infinity } }))))

  it.effect("interrupting the fiber aborts the request and frees its place", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.slow("10 seconds"))
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 second")
      expect((yield* SpotifyClient.status).inFlight).toBe(1)
      yield* Fiber.interrupt(fiber)
      expect((yield* fake.requests).map(({ outcome }) => outcome)).toEqual(["aborted"])
      expect((yield* SpotifyClient.status).inFlight).toBe(0)
    }).pipe(Effect.provide(layer())))

  it.effect("leaves no timer behind that would keep a process alive", () =>
    Effect.gen(function*() {
      let timers = 0
      const clock: Clock.Clock = {
        ...(yield* Effect.clock),
        unsafeCurrentTimeMillis: () => 0,
        unsafeCurrentTimeNanos: () => 0n,
        sleep: () =>
          Effect.ensuring(
            Effect.suspend(() => {
              timers++
              return Effect.never
            }),
            Effect.sync(() => timers--)
          )
      }
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.connectionReset)
      for (let i = 0; i < 2; i++) {
        yield* Effect.exit(queue).pipe(Effect.zipRight(get("/me")), Effect.withClock(clock))
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20)))
      }
      expect(timers).toBe(0)
    }).pipe(Effect.provide(layer())))
})

describe("where the access token goes", () => {
  const foreign = { _tag: "ForeignHost", allowed: "api.spotify.com" }

  it.effect("not to another host that a link names", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      for (
        const url of [
          "https://evil.example/v1/me",
          "http://api.spotify.com/v1/me",
          "https://api.spotify.com:444/v1/me",
          "https://api.spotify.com@evil.example/v1/me",
          "https://api.spotify.com.evil.example/v1/me",
          "//evil.example/v1/me",
          "\\\\evil.example/v1/me",
          "/\\evil.example/v1/me",
          " https://evil.example/v1/me",
          "@evil.example/v1/me",
          "javascript:alert(1)",
          "http://"
        ]
      ) {
        yield* Effect.exit(get(url))
      }
      expect(yield* Effect.flip(get("https://evil.example/v1/me?secret=1"))).toMatchObject({
        ...foreign,
        host: "evil.example"
      })
      expect((yield* fake.requests).filter(({ host }) => host !== "api")).toEqual([])
    }).pipe(Effect.provide(layer())))

  it.effect("not to another host that continues the base URL", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      for (const url of ["@evil.example/v1/me", ".evil.example/v1/me", ":80@evil.example/v1/me"]) {
        yield* Effect.exit(get(url))
      }
      expect((yield* fake.requests).filter(({ host }) => host !== "api")).toEqual([])
    }).pipe(Effect.provide(layer({ client: { baseUrl: "https://api.spotify.com" } }))))

  it.effect("not to another host that a redirect names", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      for (const location of ["https://evil.example/v1/me", "//evil.example/", "http://api.spotify.com/v1/me"]) {
        yield* fake.failNext(FakeSpotify.redirectTo(location))
        expect((yield* Effect.flip(get("/me")))._tag).toBe("ForeignHost")
      }
      expect((yield* fake.requests).map(({ path }) => path)).toEqual(["/v1/me", "/v1/me", "/v1/me"])
    }).pipe(Effect.provide(layer())))

  it.effect("to the API's own links and redirects", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([
        FakeSpotify.redirectTo("https://api.spotify.com/v1/me"),
        FakeSpotify.redirectTo("/v1/me", 308)
      ])
      const response = yield* get("https://api.spotify.com/v1/me/tracks?limit=1")
      expect(response).toMatchObject({ status: 200, url: "https://api.spotify.com/v1/me" })
      expect((yield* fake.requests).map(({ path, query }) => [path, query])).toEqual([
        ["/v1/me/tracks", { limit: "1" }],
        ["/v1/me", {}],
        ["/v1/me", {}]
      ])
    }).pipe(Effect.provide(layer())))

  it.effect("not in circles, and no write is redirected", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.redirectTo("/v1/me"), { times: 99 })
      expect(yield* Effect.flip(get("/me"))).toMatchObject({ _tag: "UnexpectedStatus", status: 302 })
      expect(yield* fake.count({ method: "GET" })).toBe(4)
      expect(yield* Effect.flip(queue)).toMatchObject({ _tag: "UnexpectedStatus", status: 302 })
      expect(yield* fake.count({ method: "POST" })).toBe(1)
      yield* fake.clearFaults
      yield* fake.failNext(FakeSpotify.reply(304))
      expect(yield* Effect.flip(get("/me"))).toMatchObject({ _tag: "UnexpectedStatus", status: 304 })
    }).pipe(Effect.provide(layer())))

  it.effect("a link's error names the path without host and query", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.reply(404), { times: 2 })
      expect(yield* Effect.flip(get("https://api.spotify.com/v1/me/tracks?limit=1"))).toMatchObject({
        path: "/me/tracks"
      })
      expect(yield* Effect.flip(get("/me/tracks?limit=1"))).toMatchObject({ path: "/me/tracks" })
    }).pipe(Effect.provide(layer())))
})

describe("what a request carries", () => {
  const sent = Effect.map(Effect.flatMap(spotify, (fake) => fake.requests), (all) => all.at(-1)!)

  it.effect("the bearer token, JSON, the default headers, and no trace headers", () =>
    Effect.gen(function*() {
      yield* Effect.withSpan(get("/me"), "outer")
      const { headers } = yield* sent
      expect(Object.keys(headers).sort()).toEqual(["accept", "accept-encoding", "accept-language", "authorization"])
      expect(headers).toMatchObject({ accept: "application/json", "accept-language": "sv" })
      yield* send("PUT", "/me/player/play", { body: { contentType: "application/json", text: "{}" } })
      expect((yield* sent).headers).toMatchObject({ "content-type": "application/json" })
    }).pipe(
      Effect.provide(layer({ client: { headers: { "Accept-Language": "sv", Authorization: "Bearer other" } } }))
    ))

  it.effect("the client's headers over the default ones, and the call's own over both", () =>
    Effect.gen(function*() {
      yield* get("/me")
      expect((yield* sent).headers).toMatchObject({ accept: "application/json;q=1", "accept-language": "sv" })
      yield* get("/me", { headers: { "accept-language": "fi", "x-own": "1" } })
      expect((yield* sent).headers).toMatchObject({ "accept-language": "fi", "x-own": "1" })
    }).pipe(
      Effect.provide(layer({ client: { headers: { accept: "application/json;q=1", "accept-language": "sv" } } }))
    ))

  it.effect("not the same token after the session has renewed it", () =>
    Effect.gen(function*() {
      const tokens: Array<string> = []
      const spy = HttpClient.HttpClient.pipe(
        Effect.map(HttpClient.tapRequest((request) =>
          Effect.sync(() => {
            if (request.url.includes("api.spotify.com")) tokens.push(request.headers["authorization"]!)
          })
        ))
      )
      const fake = yield* spotify
      yield* Effect.gen(function*() {
        yield* get("/me")
        yield* fake.expireAccessTokens
        yield* get("/me")
      }).pipe(
        Effect.provide(clientLayer().pipe(Layer.provide(Layer.effect(HttpClient.HttpClient, spy))))
      )
      expect(tokens).toHaveLength(3)
      expect(tokens[0]).toBe(tokens[1])
      expect(tokens[2]).not.toBe(tokens[0])
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.scoped("the token of the session that it runs as", () =>
    Effect.gen(function*() {
      const other = yield* sessionOf("other-user")
      const id = Effect.map(get("/me"), ({ text }): unknown => JSON.parse(text).id)
      expect(yield* id).toBe("fake-user")
      expect(yield* SpotifyClient.withSession(id, other)).toBe("other-user")
      expect(yield* Effect.zip(id, id.pipe(SpotifyClient.withSession(other)), { concurrent: true })).toEqual([
        "fake-user",
        "other-user"
      ])
    }).pipe(Effect.provide(layer())))
})

describe("an answer that is no success", () => {
  const missing = "a".repeat(300)

  for (
    const [name, fault, expected] of [
      ["400", FakeSpotify.apiError(400, "invalid id"), {
        _tag: "BadRequest",
        status: 400,
        detail: "invalid id",
        message: "Test.send: Spotify answered 400 invalid id"
      }],
      ["a 400 without the wrapping", FakeSpotify.reply(400, { json: { status: 400, message: "too many ids" } }), {
        _tag: "BadRequest",
        detail: "too many ids"
      }],
      ["403 with a reason", FakeSpotify.apiError(403, "Player command failed", "PREMIUM_REQUIRED"), {
        _tag: "Forbidden",
        detail: "Player command failed",
        reason: "PREMIUM_REQUIRED",
        missingScopes: [],
        message: "Test.send: Spotify answered 403 Player command failed (PREMIUM_REQUIRED)"
      }],
      ["403 as text", FakeSpotify.reply(403, { text: "User not registered in the Developer Dashboard" }), {
        _tag: "Forbidden",
        detail: "User not registered in the Developer Dashboard",
        reason: undefined
      }],
      ["404 with HTML", FakeSpotify.reply(404, { html: "<html>\n  <h1>Not found</h1>" }), {
        _tag: "NotFound",
        detail: "<html> <h1>Not found</h1>"
      }],
      ["404 with nothing", FakeSpotify.reply(404), {
        _tag: "NotFound",
        detail: "",
        message: "Test.send: Spotify answered 404"
      }],
      ["404 without a device", FakeSpotify.apiError(404, "No active device found", "NO_ACTIVE_DEVICE"), {
        _tag: "NotFound",
        reason: "NO_ACTIVE_DEVICE",
        message: expect.stringContaining("open Spotify on a device")
      }],
      ["418", FakeSpotify.reply(418, { text: missing }), {
        _tag: "UnexpectedStatus",
        status: 418,
        detail: `${missing.slice(0, 200)}…`
      }],
      ["JSON that breaks off", FakeSpotify.reply(400, { text: "{\"error\":{\"status\":400,\"mess" }), {
        _tag: "BadRequest",
        detail: "{\"error\":{\"status\":400,\"mess"
      }],
      ["JSON of another kind", FakeSpotify.reply(400, { json: [null] }), { _tag: "BadRequest", detail: "[null]" }],
      ["null", FakeSpotify.reply(400, { json: null }), { _tag: "BadRequest", detail: "null" }],
      ["OAuth's JSON", FakeSpotify.oauthError("invalid_request", "Only valid bearer authentication supported"), {
        _tag: "BadRequest",
        detail: "Only valid bearer authentication supported"
      }],
      ["OAuth's JSON without a description", FakeSpotify.oauthError("invalid_request"), {
        _tag: "BadRequest",
        detail: "invalid_request"
      }],
      ["a message that is no text", FakeSpotify.reply(400, { json: { error: { message: { a: 1 } } } }), {
        _tag: "BadRequest",
        detail: "{\"error\":{\"message\":{\"a\":1}}}"
      }],
      ["500 with text", FakeSpotify.reply(500, { text: "Server error." }), {
        _tag: "ServerError",
        status: 500,
        detail: "Server error."
      }],
      ["the quota", FakeSpotify.quotaExceeded, {
        _tag: "QuotaExceeded",
        status: 429,
        reason: "QUOTA_EXCEEDED",
        detail: "Too many requests"
      }]
    ] as const
  ) {
    it.effect(`${name} is the error of its status with Spotify's words`, () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(fault)
        const error = yield* Effect.flip(queue)
        expect(error).toMatchObject({
          operation: "Test.send",
          method: "POST",
          path: "/me/player/queue",
          ...expected
        })
        expect(yield* fake.count()).toBe(1)
      }).pipe(Effect.provide(layer())))
  }

  it.effect("names the scopes that the session lacks", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(get("/me/tracks", { scopes: ["user-library-read", "user-read-email"] }))
      expect(error).toMatchObject({ _tag: "Forbidden", missingScopes: ["user-library-read"] })
      expect(error.message).toContain("user-library-read")
      expect(error.message).not.toContain("user-read-email")
    }).pipe(Effect.provide(layer({ issue: { scopes: ["user-read-email"] } }))))

  it.effect("names all scopes when the session thinks that it has them", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.apiError(403, "Insufficient client scope"))
      const error = yield* Effect.flip(get("/me/tracks", { scopes: ["user-library-read"] }))
      expect(error).toMatchObject({ missingScopes: ["user-library-read"] })
    }).pipe(Effect.provide(layer())))

  it.effect("says what Development Mode has lost, unless Spotify gives a reason", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const forbiddenHint = "apps in Development Mode have lost this operation; use another"
      yield* fake.failNext([
        FakeSpotify.apiError(403, "Forbidden"),
        FakeSpotify.apiError(403, "No", "PREMIUM_REQUIRED")
      ])
      expect((yield* Effect.flip(get("/browse/categories", { forbiddenHint }))).message).toContain(forbiddenHint)
      expect((yield* Effect.flip(get("/browse/categories", { forbiddenHint }))).message).not.toContain(forbiddenHint)
    }).pipe(Effect.provide(layer())))

  it.effect("never shows the access token, though Spotify repeats it", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const session = yield* SpotifySession.SpotifySession
      const token = Redacted.value(yield* session.accessToken)
      yield* fake.failNext(FakeSpotify.reply(400, { text: `bad token ${token}` }))
      const error = yield* Effect.flip(get("/me"))
      expect(error).toMatchObject({ detail: "bad token <redacted>" })
      expect(Cause.pretty(Cause.fail(error))).not.toContain(token)
    }).pipe(Effect.provide(layer())))

  it.effect("nor another one that Spotify shows", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.apiError(400, "got Authorization: Bearer S3CR3Tof-another_0123456789"))
      const error = yield* Effect.flip(get("/me"))
      expect(error).toMatchObject({ detail: "got Authorization: Bearer <redacted>" })
    }).pipe(Effect.provide(layer())))

  it.effect("of a lost connection names a code, and nothing that only stands where a code should", () =>
    Effect.gen(function*() {
      const codes = ["ECONNRESET", "Bearer S3CR3T", "S3CR3Tcode", { S3CR3T: 1 }]
      const failing = HttpClient.make((request) =>
        Effect.fail(
          new HttpClientError.RequestError({ request, reason: "Transport", cause: { code: codes.shift() } })
        )
      )
      const lost = Effect.map(
        Effect.flip(send("POST", "/me/player/next")),
        (error) => error._tag === "TransportError" ? error.detail : error._tag
      )
      const details = yield* Effect.replicateEffect(lost, 4).pipe(
        Effect.provide(clientLayer().pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, failing))))
      )
      expect(details).toEqual(["ECONNRESET", "no connection", "no connection", "no connection"])
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("comes through an HTTP client that fails on it", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const picky = Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk)
      yield* fake.failNext([FakeSpotify.tooManyRequests(1), FakeSpotify.apiError(404, "Not here")])
      const error = yield* errorOf(get("/me")).pipe(
        Effect.provide(clientLayer().pipe(Layer.provide(Layer.effect(HttpClient.HttpClient, picky))))
      )
      expect(error).toMatchObject({ _tag: "NotFound", detail: "Not here" })
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

describe("what is known besides the answer", () => {
  it.effect("the response of the last success", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.reply(503))
      const [, response] = yield* valueOf(
        SpotifyClient.withResponse(Effect.zipRight(Users.me(), Tracks.get(FakeSpotify.trackId, { market: "SE" })))
      )
      expect(Option.getOrThrow(response)).toMatchObject({
        operation: "Tracks.get",
        method: "GET",
        status: 200,
        url: `https://api.spotify.com/v1/tracks/${FakeSpotify.trackId}?market=SE`,
        headers: { "cache-control": expect.any(String) }
      })
      const [value, none] = yield* SpotifyClient.withResponse(Effect.succeed(1))
      expect([value, none]).toEqual([1, Option.none()])
    }).pipe(Effect.provide(layer())))

  it.effect("the headers of an answer, and of a copy of it", () =>
    Effect.gen(function*() {
      const answer = yield* get("/me")
      expect(answer.headers["content-type"]).toContain("application/json")
      expect({ ...answer, status: 201 }).toMatchObject({ status: 201, headers: answer.headers })
    }).pipe(Effect.provide(layer())))

  it.effect("a 304 that was asked for is an answer, and none otherwise", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.reply(304), { times: 2 })
      const answer = yield* get("/me", { headers: { "if-none-match": "\"1\"" } })
      expect(answer).toMatchObject({ status: 304, text: "" })
      expect((yield* fake.requests)[0]?.headers["if-none-match"]).toBe("\"1\"")
      expect(yield* errorOf(get("/me"))).toMatchObject({ _tag: "UnexpectedStatus", status: 304 })
    }).pipe(Effect.provide(layer())))

  /** A tracer that keeps its spans. */
  const spans = () => {
    const all: Array<Tracer.Span & { readonly events: Array<[string, unknown]> }> = []
    const exits: Array<Exit.Exit<unknown, unknown>> = []
    const tracer = Tracer.make({
      span: (name, parent, context, links, startTime, kind) => {
        const attributes = new Map<string, unknown>()
        const events: Array<[string, unknown]> = []
        const span = {
          _tag: "Span" as const,
          name,
          parent,
          context,
          links,
          kind,
          sampled: true,
          spanId: String(all.length),
          traceId: "trace",
          status: { _tag: "Started" as const, startTime },
          attributes,
          events,
          attribute: (key: string, value: unknown) => {
            attributes.set(key, value)
          },
          event: (name: string, _: bigint, attributes?: Record<string, unknown>) => {
            events.push([name, attributes])
          },
          addLinks: () => {},
          end: (_: bigint, exit: Exit.Exit<unknown, unknown>) => {
            exits.push(exit)
          }
        }
        all.push(span)
        return span
      },
      context: (f) => f()
    })
    return { all, exits, tracer }
  }

  it.effect("the span knows how a call ended, but doesn't hold its answer", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const { exits, tracer } = spans()
      const { id } = yield* Effect.withTracer(Tracks.get(FakeSpotify.trackId), tracer)
      expect(id).toBe(FakeSpotify.trackId)
      yield* fake.failNext(FakeSpotify.apiError(404, "Not here"))
      yield* Effect.flip(Effect.withTracer(Tracks.get(FakeSpotify.trackId), tracer))
      expect(exits).toEqual([Exit.void, Exit.fail(expect.objectContaining({ _tag: "NotFound" }))])
    }).pipe(Effect.provide(layer())))

  it.effect("the span is told of the status, the attempts and why there were several", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const { all, tracer } = spans()
      yield* fake.failNext([
        FakeSpotify.tooManyRequests(2),
        FakeSpotify.apiError(503, "Busy"),
        FakeSpotify.connectionReset
      ])
      yield* valueOf(Effect.useSpan("Users.me", (span) => get("/me", { span })).pipe(Effect.withTracer(tracer)))
      expect(all.map(({ name }) => name)).toEqual(["Users.me"])
      expect(Object.fromEntries(all[0]!.attributes)).toMatchObject({
        "http.response.status_code": 200,
        "http.request.resend_count": 3
      })
      // The pace that the 429 taught makes the others wait for a moment, too.
      const told = all[0]!.events.filter(([name], index) => name === "sent again" || index === 1)
      expect(told).toEqual([
        ["sent again", { why: "429, when Spotify allows it" }],
        ["waited for its turn", { seconds: 2 }],
        ["sent again", { why: "Test.send: Spotify answered 503 Busy" }],
        ["sent again", { why: "Test.send: no answer from Spotify: no connection" }]
      ])
      yield* fake.failNext(FakeSpotify.reply(404))
      yield* Effect.exit(Effect.useSpan("Users.me", (span) => get("/me", { span })).pipe(Effect.withTracer(tracer)))
      expect(Object.fromEntries(all[1]!.attributes)).toMatchObject({
        "http.response.status_code": 404,
        "http.request.resend_count": 0
      })
    }).pipe(Effect.provide(layer())))

  it.effect("metrics count answers by status, 429s and repeats, under the caller's tags", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext([FakeSpotify.tooManyRequests(2), FakeSpotify.reply(503), FakeSpotify.connectionReset])
      yield* valueOf(get("/me")).pipe(Effect.tagMetrics("test", "metrics"))
      const snapshot = Metric.unsafeSnapshot().filter(({ metricKey }) =>
        metricKey.name.startsWith("spotify.") && metricKey.tags.some(({ value }) => value === "metrics")
      )
      expect(Object.fromEntries(snapshot.map(({ metricKey, metricState }) => [
        [metricKey.name, ...metricKey.tags.filter(({ key }) => key !== "test").map(({ value }) => value)].join(" "),
        metricState
      ]))).toMatchObject({
        "spotify.requests Test.send 200": { count: 1 },
        "spotify.requests Test.send 429": { count: 1 },
        "spotify.requests Test.send 503": { count: 1 },
        "spotify.requests Test.send none": { count: 1 },
        "spotify.request.duration Test.send": { count: 4 },
        "spotify.wait": { count: expect.closeTo(2.2, 0) },
        "spotify.rate_limited": { count: 1 },
        "spotify.retries": { count: 3 }
      })
    }).pipe(Effect.provide(layer())))
})
