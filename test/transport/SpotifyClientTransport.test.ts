import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Redacted, Schedule } from "effect"
import * as FetchTransport from "effect-spotify/FetchTransport"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Agent } from "undici"
import { clientLayer, get, queue, send, spotify } from "../utils/client.js"
import { serve } from "../utils/serve.js"

const onAPort = (http: Layer.Layer<HttpClient.HttpClient>, options?: SpotifyClient.Options) =>
  clientLayer({ retrySchedule: Schedule.recurs(2), ...options }).pipe(
    Layer.provideMerge(FakeSpotify.layerServer()),
    Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.provideMerge(http)
  )

/** Another server, and the headers that it was sent. */
const otherServer = Effect.acquireRelease(
  Effect.async<{ readonly url: string; readonly seen: Array<unknown>; readonly close: () => void }>((resume) => {
    const seen: Array<unknown> = []
    const server = createServer((request, response) => {
      seen.push(request.headers)
      response.end("{}")
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resume(Effect.succeed({
        url: `http://127.0.0.1:${port}/v1/me`,
        seen,
        close: () => {
          server.closeAllConnections()
          server.close()
        }
      }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

const ours = SpotifySession.layerToken({ accessToken: Redacted.make("ours") })

const outcomes = Effect.map(
  Effect.flatMap(spotify, (fake) => fake.requests),
  (all) => all.map(({ outcome }) => outcome)
)

const eventually = <A, E, R>(effect: Effect.Effect<A, E, R>, isSo: (a: A) => boolean) =>
  Effect.repeat(effect, { until: isSo, schedule: Schedule.spaced(10) })

for (
  const [name, http] of [
    ["fetch", FetchHttpClient.layer],
    ["undici", NodeHttpClient.layerUndici],
    ["FetchTransport", FetchTransport.layer],
    ["UndiciTransport", UndiciTransport.layer]
  ] as const
) {
  describe(`over a port, with ${name}`, () => {
    const layer = onAPort(http)

    it.live("an answer", () =>
      Effect.gen(function*() {
        const response = yield* get("/me")
        expect(response).toMatchObject({ status: 200, headers: { "content-type": expect.stringContaining("json") } })
        expect(JSON.parse(response.text)).toMatchObject({ id: "fake-user" })
        yield* send("PUT", "/me/player/volume?volume_percent=10")
        yield* send("PUT", "/me/player/play", {
          body: { contentType: "application/json", text: JSON.stringify({ uris: [FakeSpotify.uri("track", 7)] }) }
        })
        expect((yield* (yield* spotify).state.player()).uri).toBe(FakeSpotify.uri("track", 7))
      }).pipe(Effect.provide(layer)))

    it.live("each header once, whatever the capitals of the caller's, and the token is ours", () =>
      Effect.gen(function*() {
        const seen: Array<string> = []
        const url = yield* serve((request, response) => {
          const { rawHeaders } = request
          seen.push(
            ...rawHeaders.flatMap((name, i) => i % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[i + 1]}`] : [])
          )
          response.end("{}")
        })
        yield* get("/me", { headers: { "X-ONE": "call", AUTHORIZATION: "Bearer other" } }).pipe(
          Effect.provide(
            SpotifyClient.layer({
              baseUrl: url,
              headers: {
                "x-One": "client",
                "Accept-LANGUAGE": "sv",
                ACCEPT: "application/json",
                Authorization: "Bearer o"
              }
            }).pipe(Layer.provide(ours))
          )
        )
        const of = (...names: ReadonlyArray<string>) => seen.filter((line) => names.includes(line.split(":")[0] ?? ""))
        expect(of("authorization", "x-one", "accept", "accept-language").toSorted()).toEqual([
          "accept-language: sv",
          "accept: application/json",
          "authorization: Bearer ours",
          "x-one: call"
        ])
      }).pipe(Effect.provide(http), Effect.scoped))

    it.live("the longest of several Retry-After", () =>
      Effect.gen(function*() {
        const url = yield* serve((_, response) => {
          response.writeHead(503, [["retry-after", "1"], ["Retry-After", "100"], ["retry-after", "5"]].flat()).end()
        })
        const error = yield* Effect.flip(get("/me")).pipe(
          Effect.provide(SpotifyClient.layer({ baseUrl: url }).pipe(Layer.provide(ours)))
        )
        expect(error).toMatchObject({ _tag: "ServerError", retryAfter: Duration.seconds(100) })
      }).pipe(Effect.provide(http), Effect.scoped))

    it.live("what others make of the HTTP client is what the client sends through", () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* get("/me")
        yield* HttpClient.get(`${fake.apiUrl}/me`)
        expect((yield* fake.requests).map(({ headers, status }) => [status, headers["x-wrapped"]])).toEqual([
          [200, "yes"],
          [401, undefined]
        ])
      }).pipe(Effect.provide(
        clientLayer().pipe(
          Layer.provide(Layer.effect(
            HttpClient.HttpClient,
            Effect.map(HttpClient.HttpClient, HttpClient.mapRequest(HttpClientRequest.setHeader("x-wrapped", "yes")))
          )),
          Layer.provideMerge(FakeSpotify.layerServer()),
          Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
          Layer.provideMerge(http)
        )
      )))

    it.live("no trace headers, and one span for a call", () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* Effect.withSpan(get("/me"), "outer")
        const [{ headers } = { headers: {} }] = yield* fake.requests
        expect(Object.keys(headers).filter((name) => /trace|b3|span/.test(name))).toEqual([])
        expect(headers).toHaveProperty("authorization")
      }).pipe(Effect.provide(layer)))

    it.live("a connection that is reset: a GET is sent again, a POST is not", () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.connectionReset)
        expect((yield* get("/me")).status).toBe(200)
        expect(yield* fake.count({ path: "/v1/me" })).toBe(2)
        yield* fake.failNext(FakeSpotify.afterApplying(FakeSpotify.connectionReset))
        expect(yield* Effect.flip(queue)).toMatchObject({
          _tag: "TransportError",
          reason: "Connection",
          path: "/me/player/queue",
          detail: expect.stringMatching(/^(ECONNRESET|UND_ERR_SOCKET)$/)
        })
        expect((yield* fake.state.player()).queue).toHaveLength(1)
      }).pipe(Effect.provide(layer)))

    it.live("a body that breaks off: a GET is sent again, a POST is done", () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.brokenOff)
        expect((yield* get("/me")).status).toBe(200)
        expect(yield* fake.count({ path: "/v1/me" })).toBe(2)
        yield* fake.failNext(FakeSpotify.brokenOff)
        expect(yield* Effect.flip(get("/me", { idempotent: false }))).toMatchObject({
          _tag: "TransportError",
          reason: "Connection",
          detail: expect.stringMatching(/^(ECONNRESET|UND_ERR_\w+|the connection broke off)$/)
        })
        yield* fake.failNext(FakeSpotify.brokenOff)
        yield* queue
        expect((yield* fake.state.player()).queue).toHaveLength(1)
      }).pipe(Effect.provide(layer)))

    it.live("an answer that doesn't come in time: the request is aborted", () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.slow("1 hour"))
        expect(yield* Effect.flip(queue)).toMatchObject({ _tag: "TransportError", reason: "Timeout" })
        yield* eventually(outcomes, (all) => all.every((outcome) => outcome === "aborted"))
      }).pipe(Effect.provide(onAPort(http, { timeout: 200 }))))

    it.live("an interrupted call: the request is aborted", () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.slow("1 hour"))
        const fiber = yield* Effect.fork(get("/me"))
        yield* eventually(outcomes, ([outcome]) => outcome === "pending")
        yield* Fiber.interrupt(fiber)
        yield* eventually(outcomes, ([outcome]) => outcome === "aborted")
        expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 0 })
      }).pipe(Effect.provide(layer)))

    it.scopedLive("another host gets no request, let alone the token", () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        const other = yield* otherServer
        yield* fake.failNext(FakeSpotify.redirectTo(other.url), { times: 2 })
        expect(yield* Effect.flip(get("/me"))).toMatchObject({ _tag: "ForeignHost", host: new URL(other.url).host })
        expect(yield* Effect.flip(queue)).toMatchObject({ _tag: "UnexpectedStatus" })
        expect(yield* Effect.flip(get(other.url))).toMatchObject({ _tag: "ForeignHost" })
        expect(other.seen).toEqual([])
      }).pipe(Effect.provide(layer)))

    it.live("the API's own redirects are followed", () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.redirectTo("/v1/me"))
        const response = yield* get("/me/tracks")
        expect(response).toMatchObject({ status: 200, url: `${fake.apiUrl}/me` })
        yield* fake.failNext(FakeSpotify.redirectTo(`${fake.apiUrl}/me`, 307))
        expect((yield* get("/me/tracks")).status).toBe(200)
      }).pipe(Effect.provide(layer)))

    it.live("a refused token is renewed, a 429 waited for", () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.expireAccessTokens
        yield* fake.failNext(FakeSpotify.tooManyRequests("0.05"), { on: { path: "/v1/me/tracks" } })
        expect((yield* get("/me")).status).toBe(200)
        expect((yield* get("/me/tracks")).status).toBe(200)
        expect(yield* fake.count({ host: "accounts" })).toBe(1)
      }).pipe(Effect.provide(layer)))
  })
}

it.effect("FetchTransport takes fetch and its options from the context", () =>
  Effect.gen(function*() {
    const seen: Array<RequestInit | undefined> = []
    const fetch = (_: unknown, init?: RequestInit) => {
      seen.push(init)
      return Promise.resolve(new Response("{}", { headers: { "x-answer": "yes" } }))
    }
    const response = yield* get("/me").pipe(Effect.provide(
      clientLayer().pipe(
        Layer.provide(FetchTransport.layer),
        Layer.provide(FakeSpotify.layer()),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)),
        Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { headers: { "X-Preset": "1" }, redirect: "follow" }))
      )
    ))
    expect(response).toMatchObject({ status: 200, headers: { "x-answer": "yes" }, text: "{}" })
    expect(seen).toMatchObject([
      {
        method: "GET",
        redirect: "manual",
        headers: { "x-preset": "1", authorization: expect.stringMatching(/^Bearer /) }
      }
    ])
  }))

for (
  const [name, http] of [
    ["FetchTransport", FetchTransport.layer],
    ["FetchHttpClient.layer", FetchHttpClient.layer]
  ] as const
) {
  it.effect(`${name}: what the RequestInit says holds, but for what a call says itself`, () =>
    Effect.gen(function*() {
      const seen: Array<RequestInit> = []
      const fetch = (_: unknown, init: RequestInit = {}) => {
        seen.push(init)
        return Promise.resolve(new Response("{}"))
      }
      const init: RequestInit = {
        method: "PATCH",
        body: "theirs",
        redirect: "follow",
        cache: "no-store",
        credentials: "omit",
        keepalive: true,
        mode: "cors",
        referrerPolicy: "no-referrer",
        headers: { AUTHORIZATION: "Basic theirs", Accept: "text/html", "Content-Type": "text/plain", "X-Mine": "1" }
      }
      const settings = Layer.mergeAll(
        Layer.succeed(FetchHttpClient.Fetch, fetch),
        Layer.succeed(FetchHttpClient.RequestInit, init)
      )
      yield* send("PUT", "/me/player/play", { body: { contentType: "application/json", text: "{\"uris\":[]}" } }).pipe(
        Effect.provide(
          clientLayer().pipe(Layer.provide(http), Layer.provide(FakeSpotify.layer()), Layer.provideMerge(settings))
        )
      )
      const [{ body, headers, ...others } = {}] = seen
      expect(others).toMatchObject({
        method: "PUT",
        redirect: "manual",
        cache: "no-store",
        credentials: "omit",
        keepalive: true,
        mode: "cors",
        referrerPolicy: "no-referrer"
      })
      expect(typeof body === "string" ? body : new TextDecoder().decode(body as Uint8Array)).toBe("{\"uris\":[]}")
      const names = Object.keys(headers ?? {}).map((name) => name.toLowerCase())
      expect(names).toEqual([...new Set(names)])
      const sent = new Headers(headers)
      expect(sent.get("authorization")).toMatch(/^Bearer [^,]+$/)
      expect(sent.get("accept")).toBe("application/json")
      expect(sent.get("content-type")).toBe("application/json")
      expect(sent.get("x-mine")).toBe("1")
    }))
}

it.effect("FetchTransport: what the client's options say comes before the RequestInit, in whatever capitals", () =>
  Effect.gen(function*() {
    const seen: Array<Headers> = []
    const fetch = (_: unknown, init?: RequestInit) => {
      seen.push(new Headers(init?.headers))
      return Promise.resolve(new Response("{}"))
    }
    yield* get("/me").pipe(Effect.provide(
      clientLayer({ headers: { "Accept-Language": "sv" } }).pipe(
        Layer.provide(FetchTransport.layer),
        Layer.provide(FakeSpotify.layer()),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)),
        Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { headers: { "accept-language": "en" } }))
      )
    ))
    expect(seen.map((headers) => headers.get("accept-language"))).toEqual(["sv"])
  }))

it.live("UndiciTransport sends nothing of a call that was interrupted while it waited for a connection", () => {
  const oneConnection = Layer.scoped(
    NodeHttpClient.Dispatcher,
    Effect.acquireRelease(
      Effect.sync(() => new Agent({ connections: 1 })),
      (agent) => Effect.promise(() => agent.destroy())
    )
  )
  return Effect.gen(function*() {
    const fake = yield* spotify
    yield* fake.failNext(FakeSpotify.slow(300))
    const first = yield* Effect.fork(get("/me"))
    yield* eventually(outcomes, ([outcome]) => outcome === "pending")
    const waiting = yield* Effect.fork(queue)
    yield* eventually(SpotifyClient.status, ({ inFlight }) => inFlight === 2)
    yield* Fiber.interrupt(waiting)
    yield* Fiber.join(first)
    yield* get("/me")
    expect((yield* fake.requests).map(({ operation }) => operation)).toEqual(["GET /me", "GET /me"])
    expect((yield* fake.state.player()).queue).toEqual([])
  }).pipe(Effect.provide(onAPort(Layer.provide(UndiciTransport.layerWithoutDispatcher, oneConnection))))
})

it.scopedLive("a port where nobody listens", () =>
  Effect.gen(function*() {
    const { url } = yield* Effect.scoped(otherServer)
    const layer = clientLayer({ baseUrl: url, retrySchedule: Schedule.recurs(1) }).pipe(
      Layer.provide(FetchHttpClient.layer),
      Layer.provide(Layer.effect(FakeSpotify.FakeSpotify, FakeSpotify.make()))
    )
    expect(yield* Effect.flip(Effect.provide(get("/me"), layer))).toMatchObject({
      _tag: "TransportError",
      reason: "Connection",
      detail: "ECONNREFUSED"
    })
  }))
