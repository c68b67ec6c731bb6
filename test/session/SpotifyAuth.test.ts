import { HttpClient, HttpClientError } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Either, Fiber, Layer, Option, Redacted, TestClock } from "effect"
import * as SpotifyAuth from "effect-spotify/SpotifyAuth"
import { FakeSpotify } from "effect-spotify/testing"
import { existsSync, readFileSync } from "node:fs"
import {
  clientId,
  clientSecret,
  inTime,
  redirectUri,
  settle,
  tokenEndpoint,
  tokenRequests,
  untilTokenRequests
} from "../utils/session.js"

const app = { clientId, clientSecret }
const publicApp = { clientId }
const verifier = Redacted.make("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
const code = { type: "authorization_code", code: Redacted.make("a-code"), redirectUri } as const
const refresh = { type: "refresh_token", refreshToken: Redacted.make("a-refresh-token") } as const
const credentials = { type: "client_credentials" } as const

describe("PKCE", () => {
  it.effect("derives the challenge of RFC 7636, appendix B", () =>
    Effect.map(
      SpotifyAuth.codeChallenge(verifier),
      (challenge) => expect(challenge).toBe("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    ))

  it.effect("takes verifiers of 43 to 128 unreserved characters only", () =>
    Effect.gen(function*() {
      const check = (text: string) => Effect.either(SpotifyAuth.codeChallenge(Redacted.make(text)))
      for (const text of ["a".repeat(43), "a".repeat(128), "Az09-._~".repeat(6)]) {
        expect(Either.isRight(yield* check(text))).toBe(true)
      }
      const bad = ["", "a".repeat(42), "a".repeat(129), ..." +/=é\n%".split("").map((odd) => `${"a".repeat(50)}${odd}`)]
      for (const text of bad) {
        expect(yield* check(text)).toMatchObject({
          left: { _tag: "InvalidInput", field: "codeVerifier", expected: expect.stringContaining("43 to 128") }
        })
      }
    }))

  it.effect("generates verifiers and states that are valid and differ", () =>
    Effect.gen(function*() {
      const verifiers = yield* Effect.replicateEffect(SpotifyAuth.generateCodeVerifier, 100)
      const states = yield* Effect.replicateEffect(SpotifyAuth.generateState, 100)
      expect(new Set(verifiers.map(Redacted.value)).size).toBe(100)
      expect(new Set(states).size).toBe(100)
      yield* Effect.forEach(verifiers, SpotifyAuth.codeChallenge)
      for (const state of states) expect(state).toMatch(/^[\w-]{32}$/)
    }))
})

describe("authorizeUrl", () => {
  it("carries everything that Spotify asks for, and nothing that wasn't given", () => {
    const url = (options: Partial<Parameters<typeof SpotifyAuth.authorizeUrl>[0]>) =>
      Either.map(SpotifyAuth.authorizeUrl({ clientId, redirectUri, state: "a state&", ...options }), (url) => ({
        place: `${url.origin}${url.pathname}`,
        query: Object.fromEntries(url.searchParams)
      }))
    const query = { client_id: clientId, response_type: "code", redirect_uri: redirectUri, state: "a state&" }
    expect(url({ scopes: [] })).toEqual(Either.right({ place: "https://accounts.spotify.com/authorize", query }))
    expect(url({ scopes: ["streaming", "user-top-read"], showDialog: true, codeChallenge: "challenge" })).toEqual(
      Either.right({
        place: "https://accounts.spotify.com/authorize",
        query: {
          ...query,
          scope: "streaming user-top-read",
          show_dialog: "true",
          code_challenge_method: "S256",
          code_challenge: "challenge"
        }
      })
    )
    expect(url({ accountsUrl: "http://127.0.0.1:1234/", showDialog: false })).toEqual(
      Either.right({ place: "http://127.0.0.1:1234/authorize", query: { ...query, show_dialog: "false" } })
    )
  })

  it.each([
    ["clientId", { clientId: "" }],
    ["clientId", { clientId: " \n" }],
    ["clientId", { clientId: "an id" }],
    ["clientId", { clientId: "a:b" }],
    ["state", { state: "" }],
    ["redirectUri", { redirectUri: "http://localhost:8888/callback" }],
    ["accountsUrl", { accountsUrl: "" }],
    ["accountsUrl", { accountsUrl: "accounts.spotify.com" }]
  ])("refuses a bad %s: %j", (field, options) => {
    expect(SpotifyAuth.authorizeUrl({ clientId, redirectUri, state: "s", ...options })).toMatchObject({
      left: { _tag: "InvalidInput", field }
    })
  })
})

describe("checkRedirectUri", () => {
  it.each([
    "https://example.com/callback",
    "https://example.com:8443/callback?a=b",
    "http://127.0.0.1:8888/callback",
    "http://127.0.0.1/callback",
    "http://127.0.0.1:8888",
    "http://[::1]:8888/callback",
    "my-app://callback",
    "com.example.app:/callback"
  ])("takes %s", (uri) => {
    expect(Either.isRight(SpotifyAuth.checkRedirectUri(uri))).toBe(true)
  })

  it.each([
    ["http://localhost:8888/callback", "Spotify refuses localhost"],
    ["https://localhost/callback", "Spotify refuses localhost"],
    ["http://LOCALHOST./callback", "Spotify refuses localhost"],
    ["https://app.localhost/callback", "Spotify refuses localhost"],
    ["http://example.com/callback", "https"],
    ["http://192.168.1.2:8888/callback", "https"],
    ["http://127.0.0.2:8888/callback", "https"],
    ["http://127.0.0.1.example.com/callback", "https"],
    ["http://127.0.0.1@example.com/callback", "https"],
    ["http://127.1:8888/callback", "https"],
    ["http://[::2]/callback", "https"],
    ["https://example.com/callback#top", "fragment"],
    ["https://example.com/callback#", "fragment"],
    ["my-app://callback#x", "fragment"],
    ["/callback", "an absolute URI"],
    ["", "an absolute URI"],
    ["localhost:8888/callback", "an absolute URI"],
    ["example.com:8080/callback", "an absolute URI"],
    ["127.0.0.1:8888/callback", "an absolute URI"],
    [" https://example.com/callback", "an absolute URI"],
    ["https://example.com/call\nback", "an absolute URI"]
  ])("refuses %s", (uri, reason) => {
    expect(SpotifyAuth.checkRedirectUri(uri)).toMatchObject({
      left: { _tag: "InvalidInput", field: "redirectUri", expected: expect.stringContaining(reason) }
    })
  })
})

describe("parseCallback", () => {
  const parsed = (callback: string | URL) =>
    Either.map(SpotifyAuth.parseCallback(callback), ({ code, state }) => [Redacted.value(code), state])

  it("reads a whole URL, a path with query, or a query", () => {
    const query = "?code=a%2Bb%20c&state=s%26t"
    const whole = new URL(`${redirectUri}${query}#_=_`)
    for (const callback of [whole, whole.href, `/callback${query}`, `callback${query}`, query, `my-app://cb${query}`]) {
      expect(parsed(callback)).toEqual(Either.right(["a+b c", "s&t"]))
    }
  })

  it.each([
    ["StateMismatch", "?code=c"],
    ["StateMismatch", "?code=c&state="],
    ["StateMismatch", ""],
    ["InvalidInput", "?state=s"],
    ["InvalidInput", "?state=s&code="],
    ["AuthorizationDenied", "?error=access_denied&state=s"],
    ["AuthorizationDenied", "?error=access_denied"],
    ["AuthorizationDenied", "?error=server_error&code=c&state=s"]
  ])("%s: %s", (tag, query) => {
    expect(parsed(`${redirectUri}${query}`)).toMatchObject({ left: { _tag: tag } })
  })

  it("refuses what is no URL", () => {
    expect(parsed("http://[")).toMatchObject({ left: { _tag: "InvalidInput", field: "callback" } })
  })

  it("tells a user who declined from a request that Spotify refused, and doesn't repeat at length what it reads", () => {
    expect(parsed("?error=access_denied&state=s")).toMatchObject({
      left: { error: "access_denied", message: "The user declined the sign-in" }
    })
    expect(parsed("?error=invalid_scope&error_description=Illegal%20scope&state=s")).toMatchObject({
      left: { error: "invalid_scope", message: "Spotify refused the sign-in: invalid_scope (Illegal scope)" }
    })
    const echo = parsed("?error=server_error&error_description=bad%20S3CR3Tcode0123456789&code=S3CR3Tcode0123456789")
    expect(JSON.stringify(echo)).not.toContain("S3CR3T")
    const long = parsed(`?error=${"e".repeat(9999)}&error_description=${"d".repeat(9999)}`)
    expect(Option.map(Either.getLeft(long), (error) => error.message.length < 500)).toEqual(Option.some(true))
  })
})

/** Runs one exchange against a fake Spotify that fails as it is told. */
const exchange = (
  fault: FakeSpotify.Fault | ReadonlyArray<FakeSpotify.Fault>,
  grant: SpotifyAuth.Grant = refresh,
  client: SpotifyAuth.App = app
) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    yield* spotify.failNext(fault)
    const result = yield* inTime(Effect.either(SpotifyAuth.requestToken(client, grant)))
    return { result, count: yield* tokenRequests }
  }).pipe(Effect.provide(FakeSpotify.layer()))

describe("a code of one letter", () => {
  const denied = (query: string) => Option.getOrThrow(Either.getLeft(SpotifyAuth.parseCallback(query)))

  it.each(["a", "e", "i", "_"])("%s leaves the name of an error as it is, which programs read", (letter) => {
    for (const error of ["invalid_grant", "access_denied", "invalid_scope", "quite_a_new_one"]) {
      expect(denied(`?error=${error}&code=${letter}&state=s`)).toMatchObject({ error })
    }
  })

  it("is hidden where it stands by itself", () => {
    expect(denied("?error=quite_new&code=e&error_description=the+code+e+is+used&state=s")).toMatchObject({
      error: "quite_new",
      errorDescription: "the code <redacted> is used"
    })
  })

  it.effect("leaves the name of an exchange's error as it is", () =>
    Effect.gen(function*() {
      const { result } = yield* exchange(
        FakeSpotify.reply(400, { json: { error: "invalid_gear", error_description: "No gear for a" } }),
        { ...code, code: Redacted.make("a") }
      )
      expect(result).toMatchObject({ left: { error: "invalid_gear", errorDescription: "No gear for <redacted>" } })
    }))
})

describe("what a server says", () => {
  const hostile = "\u001b]0;owned\u0007\u001b[2J\u009b31mred\u202egnal\r\n\u0000"
  const obeyed = /[\p{Cc}\u202e]/u

  it.effect("is without what a terminal obeys, in an exchange's error", () =>
    Effect.gen(function*() {
      const bodies = [
        { json: { error: hostile, error_description: hostile } },
        { json: { error: "invalid_request", error_description: hostile } },
        { text: hostile }
      ]
      for (const body of bodies) {
        for (const status of [200, 400]) {
          const { result } = yield* exchange(FakeSpotify.reply(status, body))
          const error = Option.getOrThrow(Either.getLeft(result))
          expect(error._tag).toBe("OAuthError")
          expect(Object.values(error).filter((text) => typeof text === "string" && obeyed.test(text))).toEqual([])
        }
      }
    }))

  it("is without it in a callback too", () => {
    const query = new URLSearchParams({ error: hostile, error_description: hostile, state: "s" })
    const error = Option.getOrThrow(Either.getLeft(SpotifyAuth.parseCallback(`?${query}`)))
    expect(error._tag).toBe("AuthorizationDenied")
    expect(error.message).toContain("owned")
    expect(obeyed.test(error.message)).toBe(false)
  })
})

describe("requestToken", () => {
  it.effect("authenticates confidential clients in the header and public ones in the body, never both", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const seen = (client: SpotifyAuth.App, grant: SpotifyAuth.Grant) =>
        Effect.gen(function*() {
          yield* spotify.clearRequests
          yield* spotify.failNext(FakeSpotify.reply(400))
          yield* Effect.flip(SpotifyAuth.requestToken(client, grant))
          const [request] = yield* spotify.requests
          const authorization = request?.headers["authorization"]
          return {
            method: request?.method,
            type: request?.headers["content-type"],
            basic: Redacted.isRedacted(authorization) ? Redacted.value(authorization) : authorization,
            body: Object.fromEntries(new URLSearchParams(request?.body)),
            query: request?.query
          }
        })
      const basic = `Basic ${btoa("fake-client-id:fake-client-secret")}`
      const form = { method: "POST", type: "application/x-www-form-urlencoded", query: {} }
      expect(yield* seen(app, code)).toEqual({
        ...form,
        basic,
        body: { grant_type: "authorization_code", code: "a-code", redirect_uri: redirectUri }
      })
      expect(yield* seen(publicApp, { ...code, codeVerifier: verifier })).toEqual({
        ...form,
        basic: undefined,
        body: {
          grant_type: "authorization_code",
          code: "a-code",
          redirect_uri: redirectUri,
          client_id: clientId,
          code_verifier: Redacted.value(verifier)
        }
      })
      expect(yield* seen(app, refresh)).toEqual({
        ...form,
        basic,
        body: { grant_type: "refresh_token", refresh_token: "a-refresh-token" }
      })
      expect(yield* seen(publicApp, refresh)).toEqual({
        ...form,
        basic: undefined,
        body: { grant_type: "refresh_token", refresh_token: "a-refresh-token", client_id: clientId }
      })
      expect(yield* seen(app, credentials)).toEqual({ ...form, basic, body: { grant_type: "client_credentials" } })
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect.each([
    ["clientId", { clientId: "" }, refresh],
    ["clientSecret", { clientId, clientSecret: Redacted.make("") }, refresh],
    ["clientSecret", { clientId, clientSecret: Redacted.make("copied\n") }, refresh],
    ["clientSecret", { clientId, clientSecret: Redacted.make("hémligt") }, refresh],
    ["clientSecret", publicApp, credentials],
    ["accountsUrl", { clientId, accountsUrl: "ftp://example.com" }, refresh],
    ["codeVerifier", publicApp, code],
    ["codeVerifier", publicApp, { ...code, codeVerifier: Redacted.make("short") }],
    ["code", app, { ...code, code: Redacted.make("") }],
    ["refreshToken", app, { ...refresh, refreshToken: Redacted.make("") }]
  ] as ReadonlyArray<[string, SpotifyAuth.App, SpotifyAuth.Grant]>)(
    "sends nothing when the %s can't be right",
    ([field, client, grant]) =>
      Effect.gen(function*() {
        const { count, result } = yield* exchange([], grant, client)
        expect(result).toMatchObject({ left: { _tag: "InvalidInput", field } })
        expect(count).toBe(0)
      })
  )

  it.effect.each(
    [
      [{ access_token: "t" }, 3600, undefined, undefined],
      [
        { access_token: "t", token_type: "Bearer", expires_in: 60, scope: "a b", refresh_token: "r" },
        60,
        ["a", "b"],
        "r"
      ],
      [{ access_token: "t", expires_in: null, scope: null, refresh_token: null }, 3600, undefined, undefined],
      [{ access_token: "t", expires_in: "3600", scope: "", refresh_token: "" }, 3600, [], undefined],
      [{ access_token: "t", expires_in: 1e300, more: { a: 1 } }, 3600, undefined, undefined]
    ] as const
  )("reads %j", ([json, expiresIn, scopes, refreshToken]) =>
    Effect.gen(function*() {
      const { result } = yield* exchange(FakeSpotify.reply(200, { json }))
      const token = yield* result
      expect(Redacted.value(token.accessToken)).toBe("t")
      expect(token.expiresIn).toBe(expiresIn)
      expect(Option.getOrUndefined(token.scopes)).toEqual(scopes)
      expect(Option.getOrUndefined(Option.map(token.refreshToken, Redacted.value))).toBe(refreshToken)
    }))

  const samples = new URL("../../../shared/spotify/samples/_accounts-token/", import.meta.url)
  it.effect.skipIf(!existsSync(samples))(
    "reads the recorded answers (skipped without ../shared/spotify)",
    () =>
      Effect.gen(function*() {
        const recorded = (name: string, status = 200) =>
          Effect.map(
            exchange(FakeSpotify.reply(status, { text: readFileSync(new URL(name, samples), "utf8") })),
            ({ result }) => result
          )
        const first = yield* yield* recorded("php-access-token.json")
        expect(Option.getOrUndefined(first.scopes)).toHaveLength(4)
        expect(Option.isSome(first.refreshToken)).toBe(true)
        expect(Option.isSome((yield* yield* recorded("php-refresh-token.json")).refreshToken)).toBe(true)
        expect(Option.isNone((yield* yield* recorded("php-refresh-token-no-refresh-token.json")).refreshToken)).toBe(
          true
        )
        expect(yield* recorded("php-error-description-only-400.json", 400)).toMatchObject({
          left: { _tag: "OAuthError", error: "invalid_client", errorDescription: "Invalid client secret", status: 400 }
        })
      })
  )

  it.effect.each(
    [
      [400, { json: { error: "invalid_grant", error_description: "Refresh token revoked" } }, "invalid_grant"],
      [400, { json: { error: "invalid_client" } }, "invalid_client"],
      [400, { json: { error_description: "Invalid client" } }, "invalid_client"],
      [400, { json: { error: "constructor", error_description: null } }, "constructor"],
      [400, { json: { error_description: "Refresh token revoked" } }, "invalid_grant"],
      [400, { json: { error_description: "Something new" } }, "http_400"],
      [400, { text: "Refresh token revoked" }, "http_400"],
      [400, { json: { error: { status: 400, message: "an object" } } }, "http_400"],
      [400, undefined, "http_400"],
      [401, { json: [] }, "http_401"],
      [403, { html: "<html>\n  <b>Forbidden</b>" }, "http_403"],
      [302, { headers: { location: "https://example.com/" } }, "http_302"],
      [200, { text: "<html>Sign in to the hotel's network" }, "invalid_response"],
      [200, { text: "{\"access_token\":\"BQabc" }, "invalid_response"],
      [200, { json: { access_token: "" } }, "invalid_response"],
      [200, { json: { access_token: "a\nb" } }, "invalid_response"],
      [200, { json: { error: "invalid_grant" } }, "invalid_response"],
      [204, undefined, "invalid_response"]
    ] as const
  )("%i %j is one OAuthError %s, with words", ([status, body, error]) =>
    Effect.gen(function*() {
      const { count, result } = yield* exchange(FakeSpotify.reply(status, body))
      expect(result).toMatchObject({ left: { _tag: "OAuthError", grantType: "refresh_token", status, error } })
      expect(count).toBe(1)
      const failure = Option.getOrThrow(Either.getLeft(result))
      expect(failure.message).not.toMatch(/function|undefined|object Object|BQabc|\n/)
      if (body !== undefined && "text" in body && !body.text.includes("BQ")) {
        expect(failure.message).toContain(body.text)
      }
    }))

  const busy = FakeSpotify.tooManyRequests(7)
  const unavailable = FakeSpotify.reply(503, { html: "<h1>503</h1>" })
  it.effect.each([
    // A code is spent by its first use; nobody looked at it when the answer is 429.
    [unavailable, [1, 4, 4], "OAuthError"],
    [FakeSpotify.reply(500, { json: { error: "server_error" } }), [1, 4, 4], "OAuthError"],
    [FakeSpotify.reply(500, { json: { error: "invalid_grant" } }), [1, 4, 4], "OAuthError"],
    [FakeSpotify.reply(502), [1, 4, 4], "OAuthError"],
    [FakeSpotify.connectionReset, [1, 4, 4], "TokenEndpointUnreachable"],
    [FakeSpotify.brokenOff, [1, 4, 4], "TokenEndpointUnreachable"],
    [busy, [4, 4, 4], "OAuthError"],
    [FakeSpotify.tooManyRequests(), [4, 4, 4], "OAuthError"],
    [FakeSpotify.tooManyRequests(61), [1, 1, 1], "OAuthError"],
    [FakeSpotify.tooManyRequests("soon"), [4, 4, 4], "OAuthError"],
    [FakeSpotify.oauthError("invalid_client"), [1, 1, 1], "OAuthError"],
    [FakeSpotify.cutOff, [1, 1, 1], "OAuthError"]
  ] as ReadonlyArray<[FakeSpotify.Fault, ReadonlyArray<number>, string]>)(
    "repeats only what may be repeated: %j",
    ([fault, counts, tag]) =>
      Effect.gen(function*() {
        const seen = yield* Effect.forEach([code, refresh, credentials], (grant) =>
          exchange(Array.from({ length: 10 }, () => fault), grant))
        expect(seen.map(({ count }) =>
          count
        )).toEqual(counts)
        for (const { result } of seen) expect(result).toMatchObject({ left: { _tag: tag } })
      })
  )

  it.effect("gives the token of a repeat that works", () =>
    Effect.gen(function*() {
      const { count, result } = yield* exchange([unavailable, FakeSpotify.connectionReset, busy], credentials)
      expect(Either.isRight(result)).toBe(true)
      expect(count).toBe(4)
    }))

  it.effect("waits for Retry-After, and tells how long where that is too long", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.tooManyRequests(30))
      const fiber = yield* Effect.fork(SpotifyAuth.requestToken(app, credentials))
      yield* settle
      yield* TestClock.adjust(Duration.millis(29_999))
      expect(yield* tokenRequests).toBe(1)
      yield* TestClock.adjust(Duration.millis(1))
      yield* Fiber.join(fiber)
      expect(yield* tokenRequests).toBe(2)

      yield* spotify.failNext([3600, "Thu, 01 Jan 1970 01:00:30 GMT", "99999999999999999999"].map(
        (wait) => FakeSpotify.tooManyRequests(wait)
      ))
      const limited = () => Effect.flip(SpotifyAuth.requestToken(app, credentials))
      expect(yield* limited()).toMatchObject({
        retryAfter: Duration.hours(1),
        message: expect.stringContaining("asks to wait 1h")
      })
      expect(yield* limited()).toMatchObject({ retryAfter: Duration.hours(1) })
      expect(yield* limited()).toMatchObject({ retryAfter: Duration.days(366) })
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("gives up on an answer that doesn't come, and aborts it", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.slow("10 minutes"))
      const fiber = yield* Effect.fork(Effect.flip(SpotifyAuth.requestToken(app, code)))
      yield* settle
      yield* TestClock.adjust(Duration.millis(9_999))
      expect((yield* spotify.requests).map((request) => request.outcome)).toEqual(["pending"])
      yield* TestClock.adjust(Duration.millis(1))
      expect(yield* Fiber.join(fiber)).toMatchObject({
        _tag: "TokenEndpointUnreachable",
        reason: "Timeout",
        detail: "10s"
      })
      expect((yield* spotify.requests).map((request) => request.outcome)).toEqual(["aborted"])
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("aborts the request of a caller that is interrupted", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.slow("5 seconds"))
      const fiber = yield* Effect.fork(SpotifyAuth.requestToken(app, credentials))
      yield* untilTokenRequests(1)
      yield* Fiber.interrupt(fiber)
      expect((yield* spotify.requests).map((request) => request.outcome)).toEqual(["aborted"])
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("says of a lost connection what the system says, and no more", () =>
    Effect.gen(function*() {
      const failing = (cause: unknown) =>
        Layer.succeed(
          HttpClient.HttpClient,
          HttpClient.make((request) =>
            Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause }))
          )
        )
      const detail = (cause: unknown) =>
        Effect.provide(Effect.flip(SpotifyAuth.requestToken(app, code)), failing(cause))
      const reset = Object.assign(new Error("read ECONNRESET secret"), { code: "ECONNRESET" })
      expect(yield* detail(new TypeError("fetch failed", { cause: reset }))).toMatchObject({
        _tag: "TokenEndpointUnreachable",
        reason: "Connection",
        detail: "ECONNRESET",
        message: "Spotify's token endpoint can't be reached: ECONNRESET"
      })
      for (const cause of [undefined, "secret", new Error("secret"), { code: "not a code" }, { code: 20 }]) {
        expect(yield* detail(cause)).toMatchObject({ detail: "no connection" })
      }
    }))

  it.effect("goes to the host it is given, and nowhere else", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const elsewhere = { ...app, accountsUrl: "https://accounts.example.com/" }
      yield* Effect.fork(SpotifyAuth.requestToken(elsewhere, credentials))
      yield* settle
      expect((yield* spotify.requests).map(({ host, path }) => `${host}${path}`)).toEqual([
        "accounts.example.com/api/token"
      ])
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

it.effect("follows no redirect with a code or a secret", () =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    yield* spotify.failNext(FakeSpotify.redirectTo("https://accounts.spotify.com/api/token", 307), {
      on: tokenEndpoint
    })
    expect(yield* Effect.flip(SpotifyAuth.requestToken(app, credentials))).toMatchObject({ error: "http_307" })
    expect(yield* tokenRequests).toBe(1)
  }).pipe(Effect.provide(FakeSpotify.layer())))
