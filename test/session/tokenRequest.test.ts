/** How requests to the token endpoint leave, and how their answers are read. */
import { HttpClient, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import * as SpotifyAuth from "effect-spotify/SpotifyAuth"
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
})
