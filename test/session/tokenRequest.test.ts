/** How requests to the token endpoint leave, and how their answers are read. */
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Redacted } from "effect"
import * as SpotifyAuth from "effect-spotify/SpotifyAuth"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { gzipSync } from "node:zlib"

const app = { clientId: "my-client-id", clientSecret: Redacted.make("my-client-secret") }
const token = JSON.stringify({ access_token: "access", token_type: "Bearer", expires_in: 3600 })

const answering = (answer: (request: HttpClientRequest.HttpClientRequest) => Response) =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, answer(request))))
  )

const ask = SpotifyAuth.requestToken(app, { type: "client_credentials" })

describe("a request to the token endpoint", () => {
  it.effect("is a form with the app's credentials in its header, and asks for a packed answer", () => {
    const seen: Array<HttpClientRequest.HttpClientRequest> = []
    return Effect.gen(function*() {
      expect(Redacted.value((yield* ask).accessToken)).toBe("access")
      const [request] = seen
      expect(request).toMatchObject({
        method: "POST",
        url: "https://accounts.spotify.com/api/token",
        headers: { accept: "application/json", "accept-encoding": expect.stringContaining("gzip") }
      })
      expect(request?.headers["authorization"]).toBe(`Basic ${btoa("my-client-id:my-client-secret")}`)
      expect(request?.body).toMatchObject({ _tag: "Uint8Array", contentType: "application/x-www-form-urlencoded" })
      const body = request?.body
      expect(body?._tag === "Uint8Array" && new TextDecoder().decode(body.body)).toBe("grant_type=client_credentials")
    }).pipe(Effect.provide(answering((request) => {
      seen.push(request)
      return new Response(token)
    })))
  })

  it.effect("reads an answer that is packed", () =>
    Effect.map(ask, ({ accessToken }) => {
      expect(Redacted.value(accessToken)).toBe("access")
    }).pipe(
      Effect.provide(answering(() => new Response(gzipSync(token), { headers: { "content-encoding": "gzip" } })))
    ))

  it.effect("has its answer over a client that fails on a status", () =>
    Effect.map(Effect.flip(ask), (error) => {
      expect(error).toMatchObject({ _tag: "OAuthError", error: "invalid_client", status: 400 })
    }).pipe(
      Effect.provide(
        Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk)).pipe(
          Layer.provide(answering(() => new Response(JSON.stringify({ error: "invalid_client" }), { status: 400 })))
        )
      )
    ))

  it.effect("says so where a body is more than anybody's token", () =>
    Effect.map(Effect.flip(ask), (error) => {
      expect(error).toMatchObject({ _tag: "OAuthError", error: "invalid_response" })
      expect(error.message).toContain("more than 1048576 bytes")
    }).pipe(Effect.provide(answering(() => new Response("x".repeat(2 * 1024 * 1024))))))

  it.effect("has the RequestInit of the session's layer, without the redirects that it allows", () => {
    const seen: Array<RequestInit | undefined> = []
    const fetch: typeof globalThis.fetch = async (_, init) => {
      seen.push(init)
      return new Response(token)
    }
    const session = SpotifySession.layerClientCredentials(app).pipe(
      Layer.provide(FetchHttpClient.layer),
      Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)),
      Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { keepalive: true, redirect: "follow" }))
    )
    return Effect.gen(function*() {
      yield* (yield* SpotifySession.SpotifySession).accessToken
      expect(seen).toMatchObject([{ keepalive: true, redirect: "manual" }])
    }).pipe(
      Effect.provide(session),
      // Whoever asks first has no say in what all share.
      Effect.provideService(FetchHttpClient.RequestInit, { keepalive: false })
    )
  })

  it.effect("puts the spans of an HTTP client of one's own beneath the caller's, and a session's beneath nobody's", () => {
    const parents: Array<string> = []
    const http = Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request) =>
        Effect.map(Effect.currentSpan, (span) => {
          parents.push(Option.match(span.parent, {
            onNone: () => "none",
            onSome: (parent) => parent._tag === "Span" ? parent.name : parent._tag
          }))
          return HttpClientResponse.fromWeb(request, new Response(token))
        }).pipe(Effect.withSpan("my-client"), Effect.orDie)
      )
    )
    return Effect.gen(function*() {
      yield* (yield* SpotifySession.SpotifySession).accessToken
      yield* ask.pipe(Effect.withSpan("caller"), Effect.provide(http))
      expect(parents).toEqual(["none", "caller"])
    }).pipe(
      Effect.provide(
        SpotifySession.layerClientCredentials(app).pipe(Layer.provide(http), Layer.withSpan("layer"))
      )
    )
  })
})
