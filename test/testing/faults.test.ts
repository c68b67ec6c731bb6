import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Redacted, TestClock } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { basic, send, signedIn, token } from "./utils.js"

const layer = FakeSpotify.layer()

describe("faults", () => {
  it.effect("come in order, for as many requests as asked, then Spotify is itself again", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      yield* spotify.failNext([FakeSpotify.reply(503), FakeSpotify.apiError(500, "Oops")], { times: 2 })
      const statuses = yield* Effect.replicateEffect(Effect.map(get("/me"), ({ status }) => status), 5)
      expect(statuses).toEqual([503, 503, 500, 500, 200])
    }).pipe(Effect.provide(layer)))

  it.effect("strike only what they are meant for", () =>
    Effect.gen(function*() {
      const { get, put, spotify } = yield* signedIn()
      yield* spotify.failNext(FakeSpotify.reply(500), { on: { method: "PUT" } })
      yield* spotify.failNext(FakeSpotify.reply(502), { on: { path: "/v1/markets" } })
      yield* spotify.failNext(FakeSpotify.reply(504), { on: { path: /\/tracks\// } })
      yield* spotify.failNext(FakeSpotify.reply(503, { html: "<h1>Busy</h1>" }), { on: { host: "accounts" } })
      expect((yield* get("/me")).status).toBe(200)
      expect((yield* get(`/tracks/${FakeSpotify.trackId}`)).status).toBe(504)
      expect((yield* get("/markets")).status).toBe(502)
      expect((yield* put("/me/library?uris=spotify:track:" + FakeSpotify.trackId)).status).toBe(500)
      const answer = yield* token({ grant_type: "client_credentials" }, basic("fake-client-id", "fake-client-secret"))
      expect(answer).toMatchObject({ status: 503, text: "<h1>Busy</h1>" })
      yield* spotify.failNext(FakeSpotify.reply(500), { times: 9 })
      yield* spotify.clearFaults
      expect((yield* get("/me")).status).toBe(200)
    }).pipe(Effect.provide(layer)))

  it.effect("have every kind of body", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      const next = (fault: FakeSpotify.Fault) => Effect.zipRight(spotify.failNext(fault), get("/me"))
      expect(yield* next(FakeSpotify.tooManyRequests(7))).toMatchObject({
        status: 429,
        headers: { "retry-after": "7" },
        json: { error: { status: 429, message: "API rate limit exceeded" } }
      })
      expect((yield* next(FakeSpotify.tooManyRequests())).headers).not.toHaveProperty("retry-after")
      expect((yield* next(FakeSpotify.tooManyRequests("soon"))).headers["retry-after"]).toBe("soon")
      expect((yield* next(FakeSpotify.quotaExceeded)).at("error", "reason")).toBe("QUOTA_EXCEEDED")
      expect(yield* next(FakeSpotify.reply(403, { text: "User not registered" }))).toMatchObject({
        status: 403,
        text: "User not registered"
      })
      expect(yield* next(FakeSpotify.reply(502))).toMatchObject({ status: 502, text: "" })
      expect(yield* next(FakeSpotify.redirectTo("https://evil.example/"))).toMatchObject({
        status: 302,
        headers: { location: "https://evil.example/" }
      })
      expect((yield* next(FakeSpotify.oauthError("invalid_grant"))).json).toEqual({ error: "invalid_grant" })
      const cut = yield* Effect.exit(next(FakeSpotify.cutOff))
      expect(Exit.isFailure(cut)).toBe(true)
    }).pipe(Effect.provide(layer)))

  it.effect("break the connection before or after the request was applied", () =>
    Effect.gen(function*() {
      const { put, spotify } = yield* signedIn()
      const uri = FakeSpotify.uri("track", 9_000)
      const save = put(`/me/library?uris=${uri}`)
      yield* spotify.failNext(FakeSpotify.connectionReset)
      expect(yield* Effect.flip(save)).toMatchObject({ _tag: "RequestError", reason: "Transport" })
      expect(yield* spotify.state.saved()).not.toContain(uri)
      yield* spotify.failNext(FakeSpotify.afterApplying(FakeSpotify.connectionReset))
      expect(yield* Effect.flip(save)).toMatchObject({ _tag: "RequestError", reason: "Transport" })
      expect((yield* spotify.state.saved())[0]).toBe(uri)
      yield* spotify.failNext(FakeSpotify.brokenOff)
      expect(yield* Effect.flip(send("GET", "https://api.spotify.com/v1/tracks/x"))).toMatchObject({
        _tag: "ResponseError",
        reason: "Decode"
      })
      expect((yield* spotify.requests).map(({ outcome }) => outcome)).toEqual(["lost", "lost", "answered"])
    }).pipe(Effect.provide(layer)))

  it.effect("let an answer be slow, and see the client give up", () =>
    Effect.gen(function*() {
      const { get, post, spotify } = yield* signedIn()
      yield* spotify.failNext(FakeSpotify.slow("10 seconds"))
      const slow = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("9 seconds")
      expect((yield* spotify.requests)[0]?.outcome).toBe("pending")
      expect(slow.unsafePoll()).toBeNull()
      yield* TestClock.adjust("1 second")
      expect((yield* Fiber.join(slow)).status).toBe(200)

      yield* spotify.failNext(FakeSpotify.slow("10 seconds"))
      const before = yield* spotify.state.playlists()
      const abandoned = yield* Effect.fork(Effect.timeout(post("/me/playlists", { name: "New" }), "5 seconds"))
      yield* TestClock.adjust("5 seconds")
      yield* Effect.flip(Fiber.join(abandoned))
      expect((yield* spotify.requests)[1]).toMatchObject({ outcome: "aborted", status: undefined })
      // The request had arrived: that it was given up says nothing about what it did.
      expect(yield* spotify.state.playlists()).toHaveLength(before.length + 1)

      yield* spotify.failNext(FakeSpotify.delayed(FakeSpotify.reply(503), "3 seconds"))
      const late = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("3 seconds")
      expect((yield* Fiber.join(late)).status).toBe(503)
    }).pipe(Effect.provide(layer)))
})

describe("rate limits", () => {
  it.effect("a rolling window answers 429 with the seconds until there is room", () =>
    Effect.gen(function*() {
      const { get } = yield* signedIn()
      const status = Effect.map(get("/me"), ({ status }) => status)
      expect(yield* status).toBe(200)
      yield* TestClock.adjust("10 seconds")
      expect(yield* status).toBe(200)
      expect(yield* get("/me")).toMatchObject({ status: 429, headers: { "retry-after": "20" } })
      yield* TestClock.adjust(Duration.millis(19_500))
      expect(yield* get("/me")).toMatchObject({ status: 429, headers: { "retry-after": "1" } })
      yield* TestClock.adjust(Duration.millis(500))
      expect(yield* status).toBe(200)
      expect(yield* get("/me")).toMatchObject({ status: 429, headers: { "retry-after": "10" } })
    }).pipe(Effect.provide(FakeSpotify.layer({ budget: { requests: 2, window: "30 seconds" } }))))

  it.effect("a bucket refills at its rate up to its burst", () =>
    Effect.gen(function*() {
      const { get } = yield* signedIn()
      const passed = (n: number) =>
        Effect.map(Effect.replicateEffect(get("/me"), n), (answers) => answers.filter((a) => a.status === 200).length)
      expect(yield* passed(8)).toBe(5)
      yield* TestClock.adjust("300 millis")
      expect(yield* passed(5)).toBe(3)
      yield* TestClock.adjust("1 hour")
      const last = yield* Effect.zipRight(passed(5), get("/me"))
      expect(last.status).toBe(429)
      expect(last.headers).not.toHaveProperty("retry-after")
    }).pipe(Effect.provide(FakeSpotify.layer({ bucket: { rate: 10, burst: 5, retryAfter: false } }))))

  it.effect("the token host has none, and latency delays every answer", () =>
    Effect.gen(function*() {
      const { spotify } = yield* signedIn()
      const grant = token({ grant_type: "client_credentials" }, basic("fake-client-id", "fake-client-secret"))
      const fiber = yield* Effect.fork(Effect.all([grant, grant], { concurrency: 2 }))
      yield* TestClock.adjust("49 millis")
      expect((yield* spotify.requests).map(({ outcome }) => outcome)).toEqual(["pending", "pending"])
      yield* TestClock.adjust("1 millis")
      expect((yield* Fiber.join(fiber)).map(({ status }) => status)).toEqual([200, 200])
    }).pipe(Effect.provide(
      FakeSpotify.layer({ budget: { requests: 1, window: "30 seconds" }, latency: "50 millis" })
    )))
})

describe("requests", () => {
  it.effect("are kept with their secrets redacted, and counted", () =>
    Effect.gen(function*() {
      const { get, put, spotify, token } = yield* signedIn()
      yield* TestClock.setTime(5_000)
      yield* get("/me/tracks?limit=2&market=SE")
      yield* put("/me/player/play", { uris: [FakeSpotify.uri("track", 1)] })
      yield* get("/me/tracks?limit=0")
      const [first, second, third] = yield* spotify.requests
      expect(first).toMatchObject({
        method: "GET",
        host: "api",
        path: "/v1/me/tracks",
        query: { limit: "2", market: "SE" },
        operation: "GET /me/tracks",
        time: 5_000,
        status: 200,
        outcome: "answered"
      })
      const authorization = first?.headers["authorization"]
      expect(Redacted.isRedacted(authorization) && Redacted.value(authorization)).toBe(
        `Bearer ${Redacted.value(token)}`
      )
      expect(JSON.stringify([first, second, third])).not.toContain(Redacted.value(token))
      expect(JSON.parse(second?.body ?? "")).toEqual({ uris: [FakeSpotify.uri("track", 1)] })
      expect(third?.status).toBe(400)
      expect(yield* spotify.counts).toEqual({ "GET /me/tracks": 2, "PUT /me/player/play": 1 })
      expect(yield* spotify.count({ method: "PUT" })).toBe(1)
      expect(yield* spotify.count()).toBe(3)
      yield* spotify.clearRequests
      expect(yield* spotify.requests).toEqual([])
    }).pipe(Effect.provide(layer)))

  it.effect("to other hosts are lost, and kept", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const error = yield* Effect.flip(send("GET", "https://evil.example/v1/me"))
      expect(error).toMatchObject({ _tag: "RequestError", reason: "Transport" })
      expect(yield* spotify.requests).toMatchObject([{ host: "evil.example", path: "/v1/me", outcome: "lost" }])
    }).pipe(Effect.provide(layer)))
})
