import { HttpClient, HttpServer } from "@effect/platform"
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, Schedule } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { createServer } from "node:http"
import { basic, send, signedIn, token } from "./utils.js"

const onAPort = (options?: FakeSpotify.Options) =>
  FakeSpotify.layerServer(options).pipe(
    Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.provideMerge(NodeHttpClient.layerUndici)
  )

describe("FakeSpotify on a port", () => {
  it.live("signs in, answers, and links to itself", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const address = yield* HttpServer.addressFormattedWith(Effect.succeed)
      expect(spotify.accountsUrl).toBe(address)
      expect(spotify.apiUrl).toBe(`${address}/v1`)

      const redirect_uri = "http://127.0.0.1:1/callback"
      const query = new URLSearchParams({
        client_id: "fake-client-id",
        response_type: "code",
        redirect_uri,
        scope: "user-library-read"
      })
      const authorize = `${spotify.accountsUrl}/authorize?${query}`
      expect((yield* send("GET", authorize)).text).toContain("Agree")
      const agreed = yield* send("POST", authorize, {
        body: "decision=agree&user=other-user",
        contentType: "application/x-www-form-urlencoded"
      })
      expect(agreed.status).toBe(302)
      const code = new URL(agreed.headers["location"] ?? "").searchParams.get("code") ?? ""
      const granted = yield* token(
        { grant_type: "authorization_code", code, redirect_uri },
        basic("fake-client-id", "fake-client-secret")
      )
      const bearer = Redacted.make(granted.string("access_token"))
      const page = yield* send("GET", `${spotify.apiUrl}/me/tracks?limit=5`, { token: bearer })
      expect(page.headers["access-control-allow-origin"]).toBe("*")
      expect(page.text).not.toContain("https://api.spotify.com")
      const next = yield* send("GET", page.string("next"), { token: bearer })
      expect(next.at("offset")).toBe(5)

      const picture = yield* send("GET", String(page.at("items", 0, "track", "album", "images", 0, "url")))
      expect(picture).toMatchObject({ status: 200, headers: { "content-type": "image/svg+xml" } })
      expect(picture.text).toMatch(/^<svg /)
      expect((yield* spotify.requests).map(({ host }) => host)).toEqual([
        "accounts",
        "accounts",
        "accounts",
        "api",
        "api",
        "images"
      ])
    }).pipe(Effect.provide(onAPort({ consent: "page" }))))

  it.live("refuses a wrong PKCE verifier and a used code", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const redirect_uri = "http://127.0.0.1:1/callback"
      const query = new URLSearchParams({
        client_id: "fake-client-id",
        response_type: "code",
        redirect_uri,
        code_challenge: "x".repeat(43),
        code_challenge_method: "S256"
      })
      const url = new URL(yield* spotify.authorize(`${spotify.accountsUrl}/authorize?${query}`))
      const form = {
        grant_type: "authorization_code",
        code: url.searchParams.get("code") ?? "",
        redirect_uri,
        client_id: "fake-client-id",
        code_verifier: "v".repeat(43)
      }
      expect((yield* token(form)).at("error_description")).toBe("code_verifier was incorrect")
      expect((yield* token(form)).at("error_description")).toBe("Invalid authorization code")
    }).pipe(Effect.provide(onAPort())))

  it.live("changes state, and 429 has no CORS headers", () =>
    Effect.gen(function*() {
      const { get, put, spotify } = yield* signedIn()
      expect((yield* put(`/me/library?uris=${FakeSpotify.uri("track", 9_999)}`)).status).toBe(200)
      expect((yield* spotify.state.saved())[0]).toBe(FakeSpotify.uri("track", 9_999))
      yield* spotify.failNext(FakeSpotify.tooManyRequests(3))
      const busy = yield* get("/me")
      expect(busy).toMatchObject({ status: 429, headers: { "retry-after": "3" } })
      expect(busy.headers).not.toHaveProperty("access-control-allow-origin")
      const client = yield* HttpClient.HttpClient
      const preflight = yield* client.options(`${spotify.apiUrl}/me`)
      expect(preflight.headers["access-control-allow-headers"]).toContain("Authorization")
    }).pipe(Effect.provide(onAPort())))

  it.live("destroys the connection before or in the middle of an answer", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      yield* spotify.failNext(FakeSpotify.connectionReset)
      expect(yield* Effect.flip(get("/me"))).toMatchObject({ _tag: "RequestError", reason: "Transport" })
      yield* spotify.failNext(FakeSpotify.brokenOff)
      expect(yield* Effect.flip(get("/me/tracks"))).toMatchObject({ _tag: "ResponseError", reason: "Decode" })
      expect((yield* get("/me")).status).toBe(200)
      expect((yield* spotify.requests).map(({ outcome }) => outcome)).toEqual(["lost", "answered", "answered"])
    }).pipe(Effect.provide(onAPort())))

  it.live("sees that a client gives up", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      yield* spotify.failNext(FakeSpotify.slow("1 hour"))
      const outcome = Effect.map(spotify.requests, (requests) => requests[0]?.outcome)
      const becomes = (expected: string) =>
        Effect.repeat(outcome, { until: (now) => now === expected, schedule: Schedule.spaced("5 millis") })
      const slow = yield* Effect.fork(get("/me"))
      yield* becomes("pending")
      yield* Fiber.interrupt(slow)
      yield* becomes("aborted")
      expect(yield* outcome).toBe("aborted")
    }).pipe(Effect.provide(onAPort())))
})
