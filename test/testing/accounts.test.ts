import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, TestClock } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { createHash } from "node:crypto"
import { basic, send, signedIn, token } from "./utils.js"

const redirectUri = "http://127.0.0.1:8888/callback"
const secret = basic("fake-client-id", "fake-client-secret")
const verifier = "v".repeat(43)
const challenge = createHash("sha256").update(verifier).digest("base64url")

const authorizeUrl = (params: Readonly<Record<string, string>> = {}) =>
  `https://accounts.spotify.com/authorize?${new URLSearchParams({
    client_id: "fake-client-id",
    response_type: "code",
    redirect_uri: redirectUri,
    ...params
  })}`

const codeOf = (params?: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const url = new URL(yield* spotify.authorize(authorizeUrl(params)))
    return url.searchParams.get("code") ?? ""
  })

const exchange = (code: string, authorization?: string, more: Readonly<Record<string, string>> = {}) =>
  token({ grant_type: "authorization_code", code, redirect_uri: redirectUri, ...more }, authorization)

const invalidGrant = (description: string) => ({ error: "invalid_grant", error_description: description })

describe("authorize", () => {
  it.effect("redirects with the code and the state", () =>
    Effect.gen(function*() {
      const answer = yield* send("GET", authorizeUrl({ state: "abc d", scope: "user-read-email" }))
      expect(answer.status).toBe(302)
      const location = new URL(answer.headers["location"] ?? "")
      expect(location.origin + location.pathname).toBe(redirectUri)
      expect(location.searchParams.get("state")).toBe("abc d")
      expect(location.searchParams.get("code")).toBeTruthy()
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("shows a page for what is not to be redirected", () =>
    Effect.gen(function*() {
      const page = (params: Readonly<Record<string, string>>) =>
        Effect.map(send("GET", authorizeUrl(params)), ({ status, text }) => [status, text])
      const invalid = [400, "INVALID_CLIENT: Invalid redirect URI"]
      const insecure = [400, "INVALID_CLIENT: Insecure redirect URI"]
      expect(yield* page({ client_id: "nobody" })).toEqual([400, "INVALID_CLIENT: Invalid client"])
      expect(yield* page({ redirect_uri: "no uri" })).toEqual(invalid)
      expect(yield* page({ redirect_uri: "http://localhost:8888/callback" })).toEqual(insecure)
      expect(yield* page({ redirect_uri: "https://localhost:8888/callback" })).toEqual(insecure)
      expect(yield* page({ redirect_uri: "http://example.com/callback" })).toEqual(insecure)
      expect(yield* page({ response_type: "token" })).toEqual([400, "response_type must be code"])
      expect(yield* page({ scope: "playlist-read" })).toEqual([400, "Illegal scope"])
      expect(yield* page({ code_challenge: challenge, code_challenge_method: "plain" })).toEqual([
        400,
        "code_challenge_method must be S256"
      ])
      for (const redirect_uri of ["https://example.com/cb", "http://[::1]:1/cb", "my-app://callback"]) {
        expect((yield* send("GET", authorizeUrl({ redirect_uri }))).status).toBe(302)
      }
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("knows registered redirect URIs, and any port of a loopback one without a port", () =>
    Effect.gen(function*() {
      const status = (redirect_uri: string) =>
        Effect.map(send("GET", authorizeUrl({ redirect_uri })), ({ status }) => status)
      expect(yield* status("https://example.com/cb")).toBe(302)
      expect(yield* status("https://example.com/cb/")).toBe(400)
      expect(yield* status("http://127.0.0.1:4711/cb")).toBe(302)
      expect(yield* status("http://127.0.0.1:4711/other")).toBe(400)
    }).pipe(Effect.provide(FakeSpotify.layer({ redirectUris: ["https://example.com/cb", "http://127.0.0.1/cb"] }))))

  it.effect("asks on a page, where the user may choose the account or cancel", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const page = yield* send("GET", authorizeUrl({ scope: "user-top-read" }))
      expect(page.status).toBe(200)
      expect(page.headers["content-type"]).toContain("text/html")
      expect(page.text).toContain("user-top-read")
      expect(page.text).toContain("other-user")

      const cancelled = new URL(yield* spotify.authorize(authorizeUrl({ state: "s" }), { approve: false }))
      expect([...cancelled.searchParams]).toEqual([["error", "access_denied"], ["state", "s"]])

      const agreed = new URL(
        yield* spotify.authorize(authorizeUrl({ scope: "user-read-email" }), { user: "other-user" })
      )
      const granted = yield* exchange(agreed.searchParams.get("code") ?? "", secret)
      const me = yield* send("GET", "https://api.spotify.com/v1/me", {
        token: Redacted.make(granted.string("access_token"))
      })
      expect(me.json).toMatchObject({ id: "other-user", email: "other-user@example.com" })
      expect(me.json).not.toHaveProperty("country")
    }).pipe(Effect.provide(FakeSpotify.layer({ consent: "page" }))))

  it.effect("tells the browser helper what the page says", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const error = yield* Effect.flip(spotify.authorize(authorizeUrl({ redirect_uri: "http://localhost/cb" })))
      expect(error).toMatchObject({
        _tag: "AuthorizePageError",
        status: 400,
        page: "INVALID_CLIENT: Insecure redirect URI"
      })
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

describe("token", () => {
  it.effect("exchanges a code once, for the client and redirect URI it was made for", () =>
    Effect.gen(function*() {
      const code = yield* codeOf({ scope: "user-read-email user-top-read" })
      const first = yield* exchange(code, secret)
      expect(first.status).toBe(200)
      expect(first.headers["cache-control"]).toBe("no-store")
      expect(first.json).toMatchObject({
        token_type: "Bearer",
        expires_in: 3600,
        scope: "user-read-email user-top-read"
      })
      expect(first.at("refresh_token")).not.toBe(first.at("access_token"))
      expect((yield* exchange(code, secret)).json).toEqual(invalidGrant("Invalid authorization code"))

      const foreign = yield* exchange(yield* codeOf(), basic("second", "s2"))
      expect(foreign).toMatchObject({ status: 400, json: invalidGrant("Invalid authorization code") })
      const elsewhere = yield* exchange(yield* codeOf(), secret, { redirect_uri: "https://example.com/" })
      expect(elsewhere.json).toEqual(invalidGrant("Invalid redirect URI"))
      const old = yield* codeOf()
      yield* TestClock.adjust("10 minutes")
      expect((yield* exchange(old, secret)).json).toEqual(invalidGrant("Authorization code expired"))
    }).pipe(Effect.provide(FakeSpotify.layer({ clients: [{ clientId: "second", clientSecret: "s2" }] }))))

  it.effect("refuses bad clients and grants", () =>
    Effect.gen(function*() {
      const code = yield* codeOf()
      expect((yield* exchange(code, basic("fake-client-id", "wrong"))).json).toEqual({
        error: "invalid_client",
        error_description: "Invalid client secret"
      })
      const invalidClient = { error: "invalid_client", error_description: "Invalid client" }
      expect((yield* exchange(code, basic("nobody", "x"))).json).toEqual(invalidClient)
      expect((yield* exchange(code, undefined, { client_id: "fake-client-id" })).json).toEqual(invalidClient)
      expect((yield* token({}, secret)).at("error")).toBe("unsupported_grant_type")
      expect((yield* token({ grant_type: "password" }, secret)).at("error")).toBe("unsupported_grant_type")
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("verifies the PKCE verifier against the challenge", () =>
    Effect.gen(function*() {
      const pkce = { code_challenge: challenge, code_challenge_method: "S256" }
      const id = { client_id: "fake-client-id" }
      const good = yield* exchange(yield* codeOf(pkce), undefined, { ...id, code_verifier: verifier })
      expect(good.status).toBe(200)
      const wrong = yield* exchange(yield* codeOf(pkce), undefined, { ...id, code_verifier: "w".repeat(43) })
      expect(wrong).toMatchObject({ status: 400, json: invalidGrant("code_verifier was incorrect") })
      const short = yield* exchange(yield* codeOf(pkce), undefined, { ...id, code_verifier: "short" })
      expect(short.at("error")).toBe("invalid_request")
      expect((yield* exchange(yield* codeOf(pkce), undefined, id)).at("error")).toBe("invalid_request")

      const refresh = { grant_type: "refresh_token", refresh_token: good.string("refresh_token") }
      expect((yield* token({ ...refresh, ...id })).status).toBe(200)
      expect((yield* token(refresh, secret)).at("error")).toBe("invalid_client")
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("keeps the refresh token, until six months after the user's consent", () =>
    Effect.gen(function*() {
      const first = yield* exchange(yield* codeOf({ scope: "user-top-read" }), secret)
      const refresh = token({ grant_type: "refresh_token", refresh_token: first.string("refresh_token") }, secret)
      yield* TestClock.adjust("179 days")
      const second = yield* refresh
      expect(second.json).toMatchObject({ scope: "user-top-read", expires_in: 3600 })
      expect(second.json).not.toHaveProperty("refresh_token")
      expect(second.at("access_token")).not.toBe(first.at("access_token"))
      yield* TestClock.adjust("1 day")
      expect(yield* refresh).toMatchObject({ status: 400, json: { error: "invalid_grant" } })
      const unknown = yield* token({ grant_type: "refresh_token", refresh_token: "x" }, secret)
      expect(unknown.json).toEqual(invalidGrant("Invalid refresh token"))
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("rotates refresh tokens where asked to, from the same date of consent", () =>
    Effect.gen(function*() {
      const refresh = (refresh_token: string) => token({ grant_type: "refresh_token", refresh_token }, secret)
      const first = (yield* exchange(yield* codeOf(), secret)).string("refresh_token")
      yield* TestClock.adjust("3 days")
      const second = (yield* refresh(first)).string("refresh_token")
      expect(second).toContain("refresh-token")
      expect((yield* refresh(first)).json).toEqual(invalidGrant("Refresh token revoked"))
      yield* TestClock.adjust("2 days")
      expect((yield* refresh(second)).at("error_description")).toBe("Refresh token expired")
    }).pipe(Effect.provide(FakeSpotify.layer({ refreshTokens: "rotate", refreshTokenLifetime: "5 days" }))))

  it.effect("gives client credentials a token without a user", () =>
    Effect.gen(function*() {
      const granted = yield* token({ grant_type: "client_credentials" }, secret)
      expect(Object.keys(Object(granted.json)).sort()).toEqual(["access_token", "expires_in", "token_type"])
      const api = (path: string) =>
        send("GET", `https://api.spotify.com/v1${path}`, { token: Redacted.make(granted.string("access_token")) })
      expect((yield* api(`/tracks/${FakeSpotify.trackId}`)).status).toBe(200)
      expect(yield* api("/me")).toMatchObject({ status: 401 })
      expect((yield* token({ grant_type: "client_credentials", client_id: "fake-client-id" })).at("error")).toBe(
        "invalid_client"
      )
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("takes the app's credentials in the form too, as some clients send them", () =>
    Effect.gen(function*() {
      const form = { grant_type: "client_credentials", client_id: "fake-client-id" }
      expect((yield* token({ ...form, client_secret: "fake-client-secret" })).status).toBe(200)
      expect((yield* token({ ...form, client_secret: "another" })).at("error_description")).toBe(
        "Invalid client secret"
      )
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

describe("access tokens", () => {
  const me = "https://api.spotify.com/v1/me"

  it.effect("expire by the Clock, and are told apart as Spotify does", () =>
    Effect.gen(function*() {
      const { get, token } = yield* signedIn()
      yield* TestClock.adjust("59 minutes")
      expect((yield* get("/me")).status).toBe(200)
      yield* TestClock.adjust("1 minute")
      expect(yield* get("/me")).toMatchObject({
        status: 401,
        json: { error: { status: 401, message: "The access token expired" } }
      })
      expect((yield* send("GET", me)).at("error")).toEqual({ status: 401, message: "No token provided" })
      expect((yield* send("GET", me, { headers: { authorization: Redacted.value(token) } })).at("error")).toEqual({
        status: 400,
        message: "Only valid bearer authentication supported"
      })
      expect((yield* send("GET", me, { token: Redacted.make("nonsense") })).at("error")).toEqual({
        status: 401,
        message: "Invalid access token"
      })
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("expire and are revoked on demand", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      yield* spotify.expireAccessTokens
      expect((yield* get("/me")).at("error", "message")).toBe("The access token expired")
      yield* spotify.revokeAccessTokens
      expect((yield* get("/me")).at("error", "message")).toBe("Invalid access token")
      const { refreshToken } = yield* spotify.issueToken()
      yield* spotify.revokeRefreshTokens()
      const value = refreshToken === undefined ? "" : Redacted.value(refreshToken)
      expect((yield* token({ grant_type: "refresh_token", refresh_token: value }, secret)).json).toEqual(
        invalidGrant("Refresh token revoked")
      )
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("of one fake mean nothing to another", () =>
    Effect.gen(function*() {
      const { token } = yield* signedIn()
      const other = yield* FakeSpotify.make()
      yield* other.issueToken()
      const response = yield* other.client.get(me, { headers: { authorization: `Bearer ${Redacted.value(token)}` } })
      expect(response.status).toBe(401)
    }).pipe(Effect.provide(FakeSpotify.layer())))
})
