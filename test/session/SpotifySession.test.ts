import { Command, FetchHttpClient, FileSystem } from "@effect/platform"
import { NodeContext, NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import {
  Config,
  ConfigProvider,
  Context,
  DateTime,
  Deferred,
  Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Option,
  Redacted,
  Scope,
  TestClock
} from "effect"
import { TokenStoreError } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import { createServer } from "node:http"
import { bundled } from "../utils/bundle.js"
import {
  clientId,
  clientSecret,
  confidential,
  finish,
  inTime,
  layers,
  publicClient,
  redirectUri,
  settle,
  signedIn,
  signIn,
  storedToken,
  storeWith,
  tokenEndpoint,
  tokenRequests,
  until,
  untilAwaited,
  untilTokenRequests
} from "../utils/session.js"

const clear = Effect.map(Redacted.value<string>)
const rotating = { refreshTokens: "rotate" } as const
const storeDown = Effect.fail(TokenStoreError.of("a store", "set", "disk full"))
const hourLater = TestClock.adjust("1 hour")

/** Runs many at once. */
const crowd = <A, E, R>(n: number, effect: Effect.Effect<A, E, R>) =>
  Effect.all(Array.from({ length: n }, () => effect), { concurrency: "unbounded" })

describe("sign-in", () => {
  for (
    const [name, make, scopes] of [
      ["authorization code", SpotifySession.makeAuthorizationCode(confidential), ["streaming"]],
      ["PKCE", SpotifySession.makePkce(publicClient), ["streaming", "user-top-read"]]
    ] as const
  ) {
    it.scoped(`${name}: leads from the authorize URL to a token that is kept`, () =>
      Effect.gen(function*() {
        const spotify = yield* FakeSpotify.FakeSpotify
        const session = yield* make
        yield* TestClock.setTime(Date.UTC(2026, 7, 31, 12))
        const url = yield* session.authorizeUrl({ scopes, showDialog: true })
        expect(`${url.origin}${url.pathname}`).toBe("https://accounts.spotify.com/authorize")
        expect(Object.fromEntries(url.searchParams)).toMatchObject({
          client_id: clientId,
          response_type: "code",
          redirect_uri: redirectUri,
          scope: scopes.join(" "),
          show_dialog: "true"
        })
        expect(url.searchParams.has("code_challenge")).toBe(name === "PKCE")
        const callback = yield* spotify.authorize(url)
        yield* TestClock.adjust("9 minutes")

        const token = yield* session.handleCallback(callback)
        expect(token.scopes).toEqual(scopes)
        expect(yield* clear(session.accessToken)).toBe(Redacted.value(token.accessToken))
        expect(yield* storedToken()).toMatchObject({ accessToken: Redacted.value(token.accessToken) })
        expect(yield* tokenRequests).toBe(1)

        // The state serves once, and the code isn't sent again.
        expect(yield* Effect.flip(session.handleCallback(callback))).toMatchObject({ _tag: "StateMismatch" })
        expect(yield* tokenRequests).toBe(1)

        const accessors = Effect.all({
          token: SpotifySession.token,
          accessToken: clear(SpotifySession.accessToken),
          expiresAt: SpotifySession.expiresAt,
          scopes: SpotifySession.scopes,
          authorizedAt: SpotifySession.authorizedAt,
          reauthorizeBy: SpotifySession.reauthorizeBy
        }).pipe(Effect.provideService(SpotifySession.SpotifySession, session))
        const at = (time: string) => Option.some(DateTime.unsafeMake(time))
        expect(yield* accessors).toEqual({
          token: Option.some(token),
          accessToken: Redacted.value(token.accessToken),
          expiresAt: at("2026-08-31T13:09:00Z"),
          scopes,
          authorizedAt: at("2026-08-31T12:09:00Z"),
          reauthorizeBy: at("2027-02-28T12:09:00Z")
        })
        yield* hourLater
        yield* session.accessToken
        expect(yield* accessors).toMatchObject({
          expiresAt: at("2026-08-31T14:09:00Z"),
          scopes,
          authorizedAt: at("2026-08-31T12:09:00Z")
        })
      }).pipe(Effect.provide(layers())))
  }

  it.scoped("exchanges no code of a callback without state, with another's, or of another session", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const alice = yield* SpotifySession.makePkce({ ...publicClient, key: "alice" })
      const bob = yield* SpotifySession.makePkce({ ...publicClient, key: "bob" })
      const callback = yield* spotify.authorize(yield* alice.authorizeUrl())
      const code = new URL(callback).searchParams.get("code")
      for (
        const [session, foreign] of [
          [bob, callback],
          [alice, `${redirectUri}?code=${code}`],
          [alice, `${redirectUri}?code=${code}&state=`],
          [alice, `${redirectUri}?code=${code}&state=guessed`]
        ] as const
      ) {
        expect(yield* Effect.flip(session.handleCallback(foreign))).toMatchObject({ _tag: "StateMismatch" })
      }
      expect(yield* tokenRequests).toBe(0)
      yield* alice.handleCallback(callback)
      expect(yield* tokenRequests).toBe(1)
    }).pipe(Effect.provide(layers())))

  it.scoped("takes a state for an hour, whatever the store does", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* SpotifySession.makePkce(publicClient)
      const callback = yield* spotify.authorize(yield* session.authorizeUrl())
      yield* TestClock.adjust(Duration.millis(3_600_001))
      expect(yield* Effect.flip(session.handleCallback(callback))).toMatchObject({ _tag: "StateMismatch" })
      expect(yield* tokenRequests).toBe(0)
    }).pipe(Effect.provide(layers(
      undefined,
      storeWith((store) => {
        const kept = new Map<string, TokenStore.PendingSignIn>()
        return {
          ...store,
          setPending: (_, pending) => Effect.sync(() => void kept.set(pending.state, pending)),
          takePending: (_, state) => Effect.sync(() => Option.fromNullable(kept.get(state)))
        }
      })
    ))))

  it.scoped("lets several sign-ins wait side by side", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* SpotifySession.makePkce(publicClient)
      const first = yield* spotify.authorize(yield* session.authorizeUrl({ scopes: ["streaming"] }))
      const second = yield* spotify.authorize(yield* session.authorizeUrl({ scopes: ["user-top-read"] }))
      expect((yield* session.handleCallback(first)).scopes).toEqual(["streaming"])
      expect((yield* session.handleCallback(second)).scopes).toEqual(["user-top-read"])
    }).pipe(Effect.provide(layers())))

  it.scoped("tells that the user declined, and leaves who is signed in", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      const before = yield* clear(session.accessToken)
      const callback = yield* spotify.authorize(yield* session.authorizeUrl(), { approve: false })
      expect(yield* Effect.flip(session.handleCallback(callback))).toMatchObject({
        _tag: "AuthorizationDenied",
        error: "access_denied"
      })
      expect(yield* tokenRequests).toBe(1)
      expect(yield* clear(session.accessToken)).toBe(before)
    }).pipe(Effect.provide(layers())))

  it.scoped("asks for the session's scopes unless the sign-in names its own", () =>
    Effect.gen(function*() {
      const session = yield* SpotifySession.makePkce({ ...publicClient, scopes: ["streaming"] })
      const scope = (options?: SpotifySession.AuthorizeOptions) =>
        Effect.map(session.authorizeUrl(options), (url) => url.searchParams.get("scope"))
      expect(yield* scope()).toBe("streaming")
      expect(yield* scope({ showDialog: true })).toBe("streaming")
      expect(yield* scope({ scopes: ["user-top-read"] })).toBe("user-top-read")
      expect(yield* scope({ scopes: [] })).toBeNull()
    }).pipe(Effect.provide(layers())))

  it.scoped("comes back to the redirect URI that the sign-in named", () =>
    Effect.gen(function*() {
      const session = yield* SpotifySession.makePkce({ ...publicClient, redirectUri: "http://127.0.0.1/callback" })
      // The fake refuses a code whose exchange names another redirect URI than its authorize URL did.
      yield* signIn(session, { redirectUri: "http://127.0.0.1:4321/callback" })
      yield* signIn(session)
      expect(yield* Effect.flip(session.authorizeUrl({ redirectUri: "http://localhost:1/" }))).toMatchObject({
        _tag: "InvalidInput",
        field: "redirectUri"
      })
    }).pipe(Effect.provide(layers())))

  it.effect.each(
    [
      ["clientId", { clientId: "" }],
      ["clientSecret", { clientSecret: Redacted.make("") }],
      ["redirectUri", { redirectUri: "http://localhost:8888/callback" }],
      ["redirectUri", { redirectUri: "http://example.com/callback" }],
      ["accountsUrl", { accountsUrl: "nowhere" }]
    ] as const
  )("is refused before anything when the %s can't be right", ([field, options]) =>
    Effect.gen(function*() {
      const built = SpotifySession.layerAuthorizationCode({ ...confidential, ...options })
      expect(yield* Effect.flip(Effect.scoped(Layer.build(built)))).toMatchObject({ _tag: "InvalidInput", field })
    }).pipe(Effect.provide(layers())))

  it.scoped("shows nothing of a callback whose state isn't one that it waits for", () =>
    Effect.gen(function*() {
      const session = yield* SpotifySession.makePkce(publicClient)
      const url = yield* session.authorizeUrl()
      const state = url.searchParams.get("state") ?? ""
      const words = { error: "call_0800", error_description: "Your account is locked: call 0800" }
      const callback = (state: string) => `${redirectUri}?${new URLSearchParams({ ...words, state })}`
      for (const other of ["", "another", `${state}x`]) {
        const error = yield* Effect.flip(session.handleCallback(callback(other)))
        expect(error._tag).toBe("StateMismatch")
        expect(JSON.stringify(error)).not.toContain("0800")
      }
      // They harm the sign-in that is waited for in no way.
      expect(yield* Effect.flip(session.handleCallback(callback(state)))).toMatchObject({
        _tag: "AuthorizationDenied",
        errorDescription: words.error_description
      })
      expect(yield* Effect.flip(session.handleCallback(callback(state)))).toMatchObject({ _tag: "StateMismatch" })
    }).pipe(Effect.provide(layers())))

  it.scoped("sends a code once, and leaves who is signed in when Spotify refuses it", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      const before = yield* clear(session.accessToken)
      for (const [index, fault] of [FakeSpotify.reply(503), FakeSpotify.connectionReset].entries()) {
        yield* spotify.failNext(fault, { on: tokenEndpoint })
        yield* inTime(Effect.flip(signIn(session)))
        expect(yield* tokenRequests).toBe(index + 2)
        expect(yield* clear(session.accessToken)).toBe(before)
      }
    }).pipe(Effect.provide(layers())))

  it.scoped("keeps the token of a code that was sent, though whoever sent it is interrupted", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      const before = yield* storedToken()
      const callback = yield* spotify.authorize(yield* session.authorizeUrl(), { user: "other-user" })
      yield* spotify.failNext(FakeSpotify.slow("5 seconds"), { on: tokenEndpoint })
      const fiber = yield* Effect.fork(session.handleCallback(callback))
      yield* untilAwaited("5 seconds")
      const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
      yield* settle
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(interrupting)
      const after = yield* storedToken()
      expect(after?.refreshToken).not.toBe(before?.refreshToken)
      expect(yield* clear(session.accessToken)).toBe(after?.accessToken)
      expect(yield* tokenRequests).toBe(2)
    }).pipe(Effect.provide(layers())))

  it.scoped("waits with a code that Spotify was too busy to look at", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* SpotifySession.makeAuthorizationCode(confidential)
      yield* spotify.failNext(FakeSpotify.tooManyRequests(5), { on: tokenEndpoint })
      const fiber = yield* Effect.fork(signIn(session))
      yield* untilTokenRequests(1)
      yield* finish(fiber)
      expect(yield* tokenRequests).toBe(2)
    }).pipe(Effect.provide(layers())))

  it.scoped("replaces the user before, also while a refresh of theirs is under way", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* SpotifySession.makeAuthorizationCode(confidential)
      yield* signIn(session)
      yield* hourLater
      const url = yield* session.authorizeUrl()
      const callback = yield* spotify.authorize(url, { user: "other-user" })
      yield* spotify.failNext(FakeSpotify.slow("5 seconds"), { on: tokenEndpoint })
      const refreshing = yield* Effect.fork(session.accessToken)
      yield* untilTokenRequests(2)
      const signingIn = yield* Effect.fork(session.handleCallback(callback))
      yield* settle
      yield* finish(refreshing)
      const token = yield* finish(signingIn)
      expect(yield* clear(session.accessToken)).toBe(Redacted.value(token.accessToken))
      expect(yield* storedToken()).toMatchObject({ accessToken: Redacted.value(token.accessToken) })
      expect(yield* tokenRequests).toBe(3)
    }).pipe(Effect.provide(layers())))
})

describe("access token", () => {
  it.scoped("is the same until a minute before its end", () =>
    Effect.gen(function*() {
      const session = yield* signedIn()
      const first = yield* clear(session.accessToken)
      yield* TestClock.adjust(Duration.millis(3_539_999))
      expect(yield* clear(session.accessToken)).toBe(first)
      expect(yield* tokenRequests).toBe(1)
      yield* TestClock.adjust(Duration.millis(1))
      expect(yield* clear(session.accessToken)).not.toBe(first)
      expect(yield* tokenRequests).toBe(2)
    }).pipe(Effect.provide(layers())))

  it.scoped("is refreshed once for 1,000 fibers", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      yield* hourLater
      yield* spotify.failNext(FakeSpotify.slow("3 seconds"), { on: tokenEndpoint })
      const fiber = yield* Effect.fork(crowd(1000, clear(session.accessToken)))
      yield* untilTokenRequests(2)
      const tokens = yield* finish(fiber)
      expect(tokens).toHaveLength(1000)
      expect(new Set(tokens)).toEqual(new Set([(yield* storedToken())?.accessToken]))
      expect(yield* tokenRequests).toBe(2)
    }).pipe(Effect.provide(layers(rotating))))

  it.scoped("fails once for 1,000 fibers", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      yield* hourLater
      const failing = (fault: FakeSpotify.Fault) =>
        Effect.zipRight(
          spotify.failNext(fault, { times: 4, on: tokenEndpoint }),
          inTime(crowd(1000, Effect.flip(session.accessToken)))
        )
      const errors = yield* failing(FakeSpotify.reply(503, { text: "upstream" }))
      expect(new Set(errors).size).toBe(1)
      expect(errors[0]).toMatchObject({ _tag: "OAuthError", error: "http_503" })
      expect(yield* tokenRequests).toBe(5)
      yield* spotify.clearFaults
      yield* failing(FakeSpotify.oauthError("invalid_client"))
      expect(yield* tokenRequests).toBe(6)
      // What failed for a while isn't given up.
      yield* spotify.clearFaults
      yield* session.accessToken
      expect(yield* tokenRequests).toBe(7)
    }).pipe(Effect.provide(layers())))

  it.scoped("goes on being refreshed when whoever asked is interrupted", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      // First the one who asked first, of many; then all of them.
      for (const [round, remaining] of [1, 0].entries()) {
        yield* hourLater
        const before = yield* storedToken()
        yield* spotify.failNext(FakeSpotify.slow("5 seconds"), { on: tokenEndpoint })
        const asking = yield* Effect.replicateEffect(Effect.fork(clear(session.accessToken)), 3)
        yield* untilTokenRequests(round + 2)
        const gone = asking.slice(remaining)
        // Ends at once: nobody has to wait for the answer in order to leave.
        yield* Fiber.interruptAll(gone)
        yield* TestClock.adjust("5 seconds")
        const after = yield* until(storedToken(), (token) => token?.refreshToken !== before?.refreshToken)
        for (const fiber of asking.slice(0, remaining)) expect(yield* Fiber.join(fiber)).toBe(after?.accessToken)
        expect(yield* clear(session.accessToken)).toBe(after?.accessToken)
        expect(yield* tokenRequests).toBe(round + 2)
      }
      yield* hourLater
      yield* session.accessToken
    }).pipe(Effect.provide(layers(rotating))))

  it.effect("is kept when the session ends in the middle of a refresh", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const scope = yield* Scope.make()
      const session = yield* Scope.extend(signedIn(), scope)
      yield* hourLater
      const before = yield* storedToken()
      yield* spotify.failNext(FakeSpotify.slow("5 seconds"), { on: tokenEndpoint })
      yield* Effect.fork(session.accessToken)
      yield* untilTokenRequests(2)
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* settle
      expect(yield* Fiber.poll(closing)).toEqual(Option.none())
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(closing)
      expect((yield* storedToken())?.refreshToken).not.toBe(before?.refreshToken)
      // The rotated token works.
      yield* hourLater
      yield* Effect.scoped(Effect.flatMap(SpotifySession.makePkce(publicClient), (next) => next.accessToken))
      expect(yield* tokenRequests).toBe(3)
    }).pipe(Effect.provide(layers(rotating))))

  it.effect("doesn't keep a session from ending while it waits to try again", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const scope = yield* Scope.make()
      const session = yield* Scope.extend(signedIn(), scope)
      yield* hourLater
      yield* spotify.failNext(FakeSpotify.tooManyRequests(30), { on: tokenEndpoint })
      yield* Effect.fork(session.accessToken)
      yield* untilTokenRequests(2)
      yield* settle
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 minute")
      expect(yield* tokenRequests).toBe(2)
    }).pipe(Effect.provide(layers())))

  it.scoped("is stored before anybody gets it, also by a store that commits when the lock is given back", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const committing = yield* Deferred.make<void>()
      const commit = yield* Deferred.make<void>()
      const store = yield* TokenStore.TokenStore
      const slow: TokenStore.TokenStore.Service = {
        ...store,
        withLock: (key, effect) =>
          store.withLock(key, effect).pipe(
            Effect.tap(Deferred.succeed(committing, undefined)),
            Effect.tap(Deferred.await(commit))
          )
      }
      yield* signedIn()
      yield* hourLater
      const session = yield* SpotifySession.makePkce(publicClient).pipe(
        Effect.provideService(TokenStore.TokenStore, slow)
      )
      const asking = yield* Effect.fork(session.accessToken)
      yield* Deferred.await(committing)
      yield* settle
      expect(yield* Fiber.poll(asking)).toEqual(Option.none())
      expect(yield* spotify.count(tokenEndpoint)).toBe(2)
      yield* Deferred.succeed(commit, undefined)
      expect(Redacted.value(yield* Fiber.join(asking))).toBe((yield* storedToken())?.accessToken)
    }).pipe(Effect.provide(layers(rotating))))

  it.scoped("keeps refresh token, scopes and date where the answer has none", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* SpotifySession.makePkce(publicClient)
      yield* signIn(session, { scopes: ["streaming"] })
      const before = Option.getOrThrow(yield* session.token)
      yield* hourLater
      yield* spotify.failNext(FakeSpotify.reply(200, { json: { access_token: "bare" } }), { on: tokenEndpoint })
      expect(yield* clear(session.accessToken)).toBe("bare")
      const after = Option.getOrThrow(yield* session.token)
      expect(after).toMatchObject({ scopes: ["streaming"], authorizedAt: before.authorizedAt })
      expect(Option.map(Option.fromNullable(after.refreshToken), Redacted.value)).toEqual(
        Option.map(Option.fromNullable(before.refreshToken), Redacted.value)
      )
      yield* hourLater
      yield* session.accessToken
      // A code's answer without scope means that what was asked for is granted.
      yield* spotify.failNext(FakeSpotify.reply(200, { json: { access_token: "bare" } }), { on: tokenEndpoint })
      expect((yield* signIn(session, { scopes: ["user-top-read"] })).scopes).toEqual(["user-top-read"])
    }).pipe(Effect.provide(layers())))

  it.scoped("ends for good with invalid_grant", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      yield* spotify.revokeRefreshTokens()
      // The access token that there is goes on.
      yield* session.accessToken
      yield* hourLater
      const errors = yield* crowd(10, Effect.flip(session.accessToken))
      expect(new Set(errors).size).toBe(1)
      expect(errors[0]).toMatchObject({
        _tag: "ReauthorizationRequired",
        reason: "RefreshTokenInvalid",
        key: "default"
      })
      expect(yield* tokenRequests).toBe(2)
      expect(yield* storedToken()).toBeUndefined()
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({ reason: "NotSignedIn" })
      expect(yield* Effect.flip(session.refresh)).toMatchObject({ reason: "NotSignedIn" })
      expect(yield* tokenRequests).toBe(2)
      yield* signIn(session)
      yield* session.accessToken
    }).pipe(Effect.provide(layers())))

  it.scoped("doesn't end because a server that is too busy says invalid_grant", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      const before = yield* storedToken()
      yield* hourLater
      yield* spotify.failNext(FakeSpotify.oauthError("invalid_grant", "Refresh token revoked", 429), {
        on: tokenEndpoint
      })
      const token = yield* inTime(clear(session.accessToken))
      expect(token).not.toBe(before?.accessToken)
      expect((yield* storedToken())?.accessToken).toBe(token)
    }).pipe(Effect.provide(layers())))

  it.scoped("doesn't end because a broken server says invalid_grant", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      yield* hourLater
      yield* spotify.failNext(FakeSpotify.oauthError("invalid_grant", "Refresh token revoked", 500), {
        times: 4,
        on: tokenEndpoint
      })
      expect(yield* inTime(Effect.flip(session.accessToken))).toMatchObject({ _tag: "OAuthError", status: 500 })
      yield* session.accessToken
      expect(yield* tokenRequests).toBe(6)
    }).pipe(Effect.provide(layers())))

  it.scoped("ends with invalid_grant also where the store can't remove the token", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      yield* spotify.revokeRefreshTokens()
      yield* hourLater
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({ reason: "RefreshTokenInvalid" })
    }).pipe(Effect.provide(layers(undefined, storeWith(() => ({ remove: () => storeDown }))))))

  it.scoped("isn't given up when somebody else rotated the refresh token meanwhile", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const store = yield* TokenStore.TokenStore
      const session = yield* signedIn()
      yield* hourLater
      const theirs = yield* spotify.issueToken({ pkce: true })
      yield* spotify.failNext(
        FakeSpotify.delayed(FakeSpotify.oauthError("invalid_grant", "Refresh token revoked"), "5 seconds"),
        { on: tokenEndpoint }
      )
      const asking = yield* Effect.fork(clear(session.accessToken))
      yield* untilTokenRequests(2)
      yield* store.set("default", {
        accessToken: theirs.accessToken,
        refreshToken: theirs.refreshToken ?? Redacted.make(""),
        expiresAt: DateTime.unsafeMake(theirs.expiresAt),
        scopes: theirs.scopes
      })
      expect(yield* finish(asking)).toBe(Redacted.value(theirs.accessToken))
      expect(yield* storedToken()).toMatchObject({ accessToken: Redacted.value(theirs.accessToken) })
    }).pipe(Effect.provide(layers())))

  it.scoped("isn't lost when the store doesn't take it: the next call stores and uses it", () => {
    let isDown = false
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const before = yield* storedToken()
      yield* hourLater
      isDown = true
      for (let call = 0; call < 3; call++) {
        expect(yield* Effect.flip(session.accessToken)).toMatchObject({ _tag: "TokenStoreError", detail: "disk full" })
      }
      expect(yield* storedToken()).toEqual(before)
      isDown = false
      const token = yield* clear(session.accessToken)
      expect(yield* storedToken()).toMatchObject({ accessToken: token })
      expect(yield* tokenRequests).toBe(2)
      yield* hourLater
      yield* session.accessToken
      expect(yield* tokenRequests).toBe(3)
    }).pipe(
      Effect.provide(layers(
        rotating,
        storeWith((store) => ({ set: (key, token) => isDown ? storeDown : store.set(key, token) }))
      ))
    )
  })

  it.effect("isn't lost when the session ends before the store has taken it", () => {
    let isDown = false
    return Effect.gen(function*() {
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* signedIn()
        yield* hourLater
        isDown = true
        yield* Effect.flip(session.accessToken)
        isDown = false
      }))
      const session = yield* SpotifySession.makePkce(publicClient)
      yield* session.accessToken
      expect(yield* tokenRequests).toBe(2)
      yield* hourLater
      yield* session.accessToken
    }).pipe(
      Effect.scoped,
      Effect.provide(layers(
        rotating,
        storeWith((store) => ({ set: (key, token) => isDown ? storeDown : store.set(key, token) }))
      ))
    )
  })

  it.scoped("of a sign-in isn't lost when the store doesn't take it, and the user before is gone", () => {
    let isDown = false
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const before = yield* clear(session.accessToken)
      isDown = true
      expect(yield* Effect.flip(signIn(session))).toMatchObject({ _tag: "TokenStoreError" })
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({ _tag: "TokenStoreError" })
      isDown = false
      const token = yield* clear(session.accessToken)
      expect(token).not.toBe(before)
      expect(yield* storedToken()).toMatchObject({ accessToken: token })
      expect(yield* tokenRequests).toBe(2)
    }).pipe(
      Effect.provide(layers(
        undefined,
        storeWith((store) => ({ set: (key, token) => isDown ? storeDown : store.set(key, token) }))
      ))
    )
  })

  it.scoped("that wasn't stored gives way to what somebody else stored later", () => {
    let isDown = false
    return Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      yield* hourLater
      isDown = true
      yield* Effect.flip(session.accessToken)
      isDown = false
      const other = yield* SpotifySession.makePkce(publicClient)
      const url = yield* other.authorizeUrl()
      const token = yield* other.handleCallback(yield* spotify.authorize(url, { user: "other-user" }))
      expect(yield* clear(session.accessToken)).toBe(Redacted.value(token.accessToken))
    }).pipe(
      Effect.provide(layers(
        undefined,
        storeWith((store) => ({ set: (key, token) => isDown ? storeDown : store.set(key, token) }))
      ))
    )
  })

  it.scoped("goes on from memory while the store is down", () => {
    let isDown = false
    const guard = <A>(effect: Effect.Effect<A, TokenStoreError>) => Effect.suspend(() => isDown ? storeDown : effect)
    return Effect.gen(function*() {
      const session = yield* SpotifySession.makePkce(publicClient)
      const token = Redacted.value((yield* signIn(session)).accessToken)
      isDown = true
      expect(yield* clear(session.accessToken)).toBe(token)
      // In the last minute too, although a refresh would be due.
      yield* TestClock.adjust("59 minutes")
      expect(yield* clear(session.accessToken)).toBe(token)
      yield* TestClock.adjust("1 minute")
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({ _tag: "TokenStoreError" })
      isDown = false
      expect(yield* clear(session.accessToken)).not.toBe(token)
    }).pipe(
      Effect.provide(layers(
        undefined,
        storeWith((store) => ({
          get: (key) => guard(store.get(key)),
          set: (key, token) => guard(store.set(key, token))
        }))
      ))
    )
  })

  it.scoped("is refreshed once for two sessions on one store", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const one = yield* signedIn()
      const two = yield* SpotifySession.makePkce(publicClient)
      yield* two.accessToken
      expect(yield* tokenRequests).toBe(1)
      yield* hourLater
      yield* spotify.failNext(FakeSpotify.slow("5 seconds"), { on: tokenEndpoint })
      const fiber = yield* Effect.fork(
        Effect.all([clear(one.accessToken), clear(two.accessToken)], { concurrency: "unbounded" })
      )
      yield* untilTokenRequests(2)
      const [first, second] = yield* finish(fiber)
      expect(first).toBe(second)
      expect(yield* tokenRequests).toBe(2)
      // Refused by Spotify, for both.
      const renewed = yield* crowd(
        5,
        clear(Effect.zipRight(one.renew(Redacted.make(first)), two.renew(Redacted.make(first))))
      )
      expect(new Set(renewed).size).toBe(1)
      expect(yield* tokenRequests).toBe(3)
    }).pipe(Effect.provide(layers(rotating))))

  it.scoped("can't be renewed without a refresh token, and serves until its end", () =>
    Effect.gen(function*() {
      const store = yield* TokenStore.TokenStore
      const session = yield* SpotifySession.makePkce(publicClient)
      yield* store.set("default", {
        accessToken: Redacted.make("alone"),
        expiresAt: DateTime.unsafeMake(100_000),
        scopes: []
      })
      yield* TestClock.setTime(99_999)
      expect(yield* clear(session.accessToken)).toBe("alone")
      expect(yield* Effect.flip(session.renew(Redacted.make("alone")))).toMatchObject({ reason: "NoRefreshToken" })
      expect(yield* clear(session.accessToken)).toBe("alone")
      yield* TestClock.setTime(100_000)
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({
        _tag: "ReauthorizationRequired",
        reason: "NoRefreshToken"
      })
      yield* store.set("default", TokenStore.fromRefreshToken(Redacted.make("")))
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({ reason: "NoRefreshToken" })
      expect(yield* tokenRequests).toBe(0)
    }).pipe(Effect.provide(layers())))
})

describe("an access token with a short life", () => {
  for (
    const [life, lastUse, due] of [
      [1, 0.89, 0.91],
      [30, 26.9, 27.1],
      [60, 53.9, 54.1],
      [120, 107.9, 108.1],
      [599, 539, 539.2],
      [600, 539.9, 540.1],
      [3600, 3539.9, 3540.1]
    ] as const
  ) {
    it.scoped(`of ${life} seconds is renewed in its last tenth, or its last minute`, () =>
      Effect.gen(function*() {
        const session = yield* signedIn()
        const first = yield* clear(session.accessToken)
        expect(yield* clear(session.accessToken)).toBe(first)
        yield* TestClock.adjust(lastUse * 1000)
        expect(yield* clear(session.accessToken)).toBe(first)
        expect(yield* tokenRequests).toBe(1)
        yield* TestClock.adjust((due - lastUse) * 1000)
        expect(yield* clear(session.accessToken)).not.toBe(first)
        expect(yield* clear(session.accessToken)).not.toBe(first)
        expect(yield* tokenRequests).toBe(2)
      }).pipe(Effect.provide(layers({ tokenLifetime: life * 1000 }))))
  }

  it.scoped("is refreshed once for two sessions on one store, and known by one that comes later", () =>
    Effect.gen(function*() {
      const one = yield* signedIn()
      const two = yield* SpotifySession.makePkce(publicClient)
      yield* two.accessToken
      expect(yield* tokenRequests).toBe(1)
      yield* TestClock.adjust("29 seconds")
      const renewed = yield* clear(one.accessToken)
      expect(yield* clear(two.accessToken)).toBe(renewed)
      const three = yield* SpotifySession.makePkce(publicClient)
      expect(yield* clear(three.accessToken)).toBe(renewed)
      expect(yield* tokenRequests).toBe(2)
    }).pipe(Effect.provide(layers({ tokenLifetime: "30 seconds" }))))

  for (const expires_in of [0, -1, -3600, 1e300]) {
    it.scoped(`that Spotify says ends in ${expires_in} seconds is used until it is refused`, () =>
      Effect.gen(function*() {
        const spotify = yield* FakeSpotify.FakeSpotify
        const { clientId, clientSecret } = confidential
        const session = yield* SpotifySession.makeClientCredentials({ clientId, clientSecret })
        const answer = (access_token: string) => FakeSpotify.reply(200, { json: { access_token, expires_in } })
        yield* spotify.failNext([answer("one"), answer("two")], { on: tokenEndpoint })
        for (let i = 0; i < 5; i++) expect(yield* clear(session.accessToken)).toBe("one")
        expect(yield* tokenRequests).toBe(1)
        expect(yield* clear(session.renew(Redacted.make("one")))).toBe("two")
        for (let i = 0; i < 5; i++) expect(yield* clear(session.accessToken)).toBe("two")
        expect(yield* tokenRequests).toBe(2)
      }).pipe(Effect.provide(layers())))
  }
})

describe("renew", () => {
  it.scoped("gives another token than the refused one, refreshed once for all", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      const first = yield* session.accessToken
      yield* spotify.failNext(FakeSpotify.slow("5 seconds"), { on: tokenEndpoint })
      const renewing = yield* Effect.fork(crowd(100, clear(session.renew(first))))
      yield* untilTokenRequests(2)
      // Nobody is given the refused one meanwhile.
      const asking = yield* Effect.fork(clear(session.accessToken))
      const renewed = yield* finish(renewing)
      expect(new Set([...renewed, yield* finish(asking)]).size).toBe(1)
      expect(renewed[0]).not.toBe(Redacted.value(first))
      // A late answer 401 to the old token costs nothing.
      expect(yield* clear(session.renew(first))).toBe(renewed[0])
      expect(yield* tokenRequests).toBe(2)
      expect(yield* clear(session.renew(Redacted.make(renewed[0] ?? "")))).not.toBe(renewed[0])
      expect(yield* tokenRequests).toBe(3)
    }).pipe(Effect.provide(layers(rotating))))

  it.scoped("that fails leaves the token as good as it was", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      const token = yield* session.accessToken
      yield* spotify.failNext(FakeSpotify.connectionReset, { times: 4, on: tokenEndpoint })
      expect(yield* inTime(Effect.flip(session.renew(token)))).toMatchObject({ _tag: "TokenEndpointUnreachable" })
      expect(yield* clear(session.accessToken)).toBe(Redacted.value(token))
    }).pipe(Effect.provide(layers())))

  it.scoped("isn't content with a search that ends with the refused token", () => {
    let reading: Deferred.Deferred<void> | undefined
    return Effect.gen(function*() {
      yield* signedIn()
      const refused = (yield* storedToken())?.accessToken ?? ""
      const session = yield* SpotifySession.makePkce(publicClient)
      reading = yield* Deferred.make<void>()
      const asking = yield* Effect.fork(clear(session.accessToken))
      yield* settle
      const renewing = yield* Effect.fork(clear(session.renew(Redacted.make(refused))))
      yield* settle
      yield* Deferred.succeed(reading, undefined)
      expect(yield* Fiber.join(asking)).toBe(refused)
      expect(yield* Fiber.join(renewing)).not.toBe(refused)
      expect(yield* tokenRequests).toBe(2)
    }).pipe(
      Effect.provide(layers(
        undefined,
        storeWith((store) => ({
          get: (key) => Effect.tap(store.get(key), () => reading === undefined ? Effect.void : Deferred.await(reading))
        }))
      ))
    )
  })
})

describe("refresh", () => {
  it.scoped("gives a new token whatever time is left, once for all who ask at the same time", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      const first = yield* clear(session.accessToken)
      yield* spotify.failNext(FakeSpotify.slow("5 seconds"), { on: tokenEndpoint })
      const refreshing = yield* Effect.fork(crowd(100, Effect.map(session.refresh, (token) => token.accessToken)))
      yield* untilTokenRequests(2)
      // The token at hand is good meanwhile.
      expect(yield* clear(session.accessToken)).toBe(first)
      const tokens = (yield* finish(refreshing)).map(Redacted.value)
      expect(new Set(tokens)).toEqual(new Set([yield* clear(session.accessToken)]))
      expect(tokens).not.toContain(first)
      expect(yield* tokenRequests).toBe(2)
    }).pipe(Effect.provide(layers(rotating))))

  it.scoped("asks Spotify even if another session refreshed some time ago, or gets the same token again", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const one = yield* signedIn()
      const two = yield* SpotifySession.makePkce(publicClient)
      yield* two.accessToken
      yield* one.refresh
      yield* TestClock.adjust("50 minutes")
      const token = yield* two.refresh
      expect(DateTime.toEpochMillis(token.expiresAt)).toBe(Duration.toMillis("110 minutes"))
      expect(yield* tokenRequests).toBe(3)
      const same = FakeSpotify.reply(200, { json: { access_token: "same", expires_in: 3600 } })
      yield* spotify.failNext(same, { times: 9, on: tokenEndpoint })
      yield* two.refresh
      yield* two.refresh
      expect(yield* tokenRequests).toBe(5)
    }).pipe(Effect.provide(layers())))

  it.scoped("that fails or is interrupted leaves the token at hand", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      const token = yield* clear(session.accessToken)
      yield* spotify.failNext(FakeSpotify.oauthError("invalid_client"), { on: tokenEndpoint })
      expect(yield* Effect.flip(session.refresh)).toMatchObject({ _tag: "OAuthError" })
      expect(yield* clear(session.accessToken)).toBe(token)
      yield* spotify.failNext(FakeSpotify.delayed(FakeSpotify.oauthError("invalid_client"), "5 seconds"), {
        on: tokenEndpoint
      })
      const refreshing = yield* Effect.fork(session.refresh)
      yield* untilTokenRequests(3)
      yield* Fiber.interrupt(refreshing)
      yield* TestClock.adjust("5 seconds")
      yield* settle
      expect(yield* clear(session.accessToken)).toBe(token)
      expect(yield* tokenRequests).toBe(3)
    }).pipe(Effect.provide(layers())))

  it.scoped("uses a refresh token from elsewhere", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const store = yield* TokenStore.TokenStore
      const { refreshToken } = yield* spotify.issueToken({ pkce: true, scopes: ["streaming"] })
      yield* store.set("me", TokenStore.fromRefreshToken(refreshToken ?? Redacted.make("")))
      const session = yield* SpotifySession.makePkce({ ...publicClient, key: "me" })
      yield* session.accessToken
      expect(Option.getOrThrow(yield* session.token).scopes).toEqual(["streaming"])
      const accessors = Effect.all([SpotifySession.authorizedAt, SpotifySession.reauthorizeBy])
      expect(yield* Effect.provideService(accessors, SpotifySession.SpotifySession, session)).toEqual([
        Option.none(),
        Option.none()
      ])
    }).pipe(Effect.provide(layers())))
})

describe("sign-out", () => {
  it.scoped("forgets the token, also one that a refresh is about to bring", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* signedIn()
      yield* hourLater
      yield* spotify.failNext(FakeSpotify.slow("5 seconds"), { on: tokenEndpoint })
      yield* Effect.fork(session.accessToken)
      yield* untilTokenRequests(2)
      yield* inTime(session.signOut)
      yield* settle
      expect(yield* storedToken()).toBeUndefined()
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({ reason: "NotSignedIn" })
      expect(yield* session.token).toEqual(Option.none())
      expect(yield* tokenRequests).toBe(2)
    }).pipe(Effect.provide(layers())))

  it.scoped("isn't undone by a search that read the token before", () => {
    let reading: Deferred.Deferred<void> | undefined
    return Effect.gen(function*() {
      yield* signedIn()
      const session = yield* SpotifySession.makePkce(publicClient)
      reading = yield* Deferred.make<void>()
      const asking = yield* Effect.fork(session.accessToken)
      yield* settle
      yield* session.signOut
      yield* Deferred.succeed(reading, undefined)
      yield* Fiber.join(asking)
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({ reason: "NotSignedIn" })
    }).pipe(
      Effect.provide(layers(
        undefined,
        storeWith((store) => ({
          get: (key) => Effect.tap(store.get(key), () => reading === undefined ? Effect.void : Deferred.await(reading))
        }))
      ))
    )
  })

  it.scoped("that the store doesn't carry out says so and changes nothing", () =>
    Effect.gen(function*() {
      const session = yield* signedIn()
      const token = yield* clear(session.accessToken)
      expect(yield* Effect.flip(session.signOut)).toMatchObject({ _tag: "TokenStoreError" })
      expect(yield* clear(session.accessToken)).toBe(token)
    }).pipe(Effect.provide(layers(undefined, storeWith(() => ({ remove: () => storeDown }))))))
})

describe("client credentials", () => {
  it.scoped("need no store and renew themselves", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* SpotifySession.makeClientCredentials({ clientId, clientSecret })
      expect(yield* session.token).toEqual(Option.none())
      expect(yield* tokenRequests).toBe(0)
      const first = new Set(yield* crowd(1000, clear(session.accessToken)))
      expect(first.size).toBe(1)
      expect(yield* tokenRequests).toBe(1)
      yield* hourLater
      const second = new Set(yield* crowd(1000, clear(session.accessToken)))
      expect(second.size).toBe(1)
      expect(second).not.toEqual(first)
      expect(yield* tokenRequests).toBe(2)
      const refused = yield* session.accessToken
      yield* session.renew(refused)
      // A late answer 401 to the old token costs nothing.
      yield* session.renew(refused)
      yield* session.refresh
      expect(yield* tokenRequests).toBe(4)
      yield* spotify.failNext(FakeSpotify.reply(503), { times: 2, on: tokenEndpoint })
      yield* inTime(session.refresh)
      expect(yield* tokenRequests).toBe(7)
      // Signing out forgets the token; the app can always have another.
      yield* session.signOut
      expect(yield* session.token).toEqual(Option.none())
      yield* session.accessToken
      expect(yield* tokenRequests).toBe(8)
      expect(yield* Effect.flip(session.authorizeUrl())).toMatchObject({ _tag: "InvalidInput", field: "session" })
      expect(yield* Effect.flip(session.handleCallback("?code=c&state=s"))).toMatchObject({ _tag: "InvalidInput" })
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.scoped("tell a wrong secret once for all", () =>
    Effect.gen(function*() {
      const session = yield* SpotifySession.makeClientCredentials({ clientId, clientSecret: Redacted.make("wrong") })
      const errors = yield* crowd(1000, Effect.flip(session.accessToken))
      expect(new Set(errors).size).toBe(1)
      expect(errors[0]).toMatchObject({ _tag: "OAuthError", error: "invalid_client" })
      expect(yield* tokenRequests).toBe(1)
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

describe("a token from elsewhere", () => {
  const accessToken = Redacted.make("from-elsewhere")
  const make = SpotifySession.makeToken

  it.scoped("serves until its end, and isn't renewed", () =>
    Effect.gen(function*() {
      const session = yield* make({ accessToken, expiresAt: DateTime.unsafeMake(100_000), scopes: ["streaming"] })
      yield* TestClock.setTime(99_999)
      expect(yield* clear(session.accessToken)).toBe("from-elsewhere")
      for (const other of [Effect.asVoid(session.refresh), Effect.asVoid(session.renew(accessToken))]) {
        expect(yield* Effect.flip(other)).toMatchObject({ _tag: "ReauthorizationRequired", reason: "NoRefreshToken" })
        expect(yield* clear(session.accessToken)).toBe("from-elsewhere")
      }
      yield* TestClock.setTime(100_000)
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({ reason: "NoRefreshToken" })
      expect(Option.getOrThrow(yield* session.token).scopes).toEqual(["streaming"])
      yield* session.signOut
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({ reason: "NotSignedIn" })
      expect(yield* Effect.flip(session.authorizeUrl())).toMatchObject({ _tag: "InvalidInput" })
    }))

  it.scoped("has no end where nobody knows it", () =>
    Effect.gen(function*() {
      const session = yield* make({ accessToken })
      yield* TestClock.setTime(Date.UTC(2126, 0))
      expect(yield* clear(session.accessToken)).toBe("from-elsewhere")
      const accessors = Effect.all([SpotifySession.expiresAt, SpotifySession.scopes])
      expect(yield* Effect.provideService(accessors, SpotifySession.SpotifySession, session)).toEqual([
        Option.none(),
        []
      ])
    }))

  it.scoped("has to be one", () =>
    Effect.gen(function*() {
      for (const text of ["", "copied\n", "two words", "ö"]) {
        expect(yield* Effect.flip(make({ accessToken: Redacted.make(text) }))).toMatchObject({
          _tag: "InvalidInput",
          field: "accessToken"
        })
      }
    }))
})

describe("layers", () => {
  const env = (entries: Record<string, string>) =>
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries))))
  const complete = {
    ID: clientId,
    SECRET: "fake-client-secret",
    REDIRECT: redirectUri,
    TOKEN: "from-elsewhere",
    SCOPES: "streaming"
  }
  const user = { clientId: Config.string("ID"), redirectUri: Config.string("REDIRECT") }
  const secret = { clientSecret: Config.redacted("SECRET") }
  const twins = {
    authorizationCode: SpotifySession.layerAuthorizationCodeConfig({ ...user, ...secret }),
    pkce: SpotifySession.layerPkceConfig({ ...user, scopes: Config.succeed(["streaming"] as const) }),
    clientCredentials: SpotifySession.layerClientCredentialsConfig({ clientId: user.clientId, ...secret }),
    token: SpotifySession.layerTokenConfig({ accessToken: Config.redacted("TOKEN") })
  }
  type Twin = Layer.Layer<SpotifySession.SpotifySession, unknown, Layer.Layer.Context<typeof twins.pkce>>
  const session = (layer: Twin) =>
    Effect.map(Layer.build(layer), (context) => Context.get(context, SpotifySession.SpotifySession))

  it.scoped("read their options from Config", () =>
    Effect.gen(function*() {
      yield* signIn(yield* session(twins.authorizationCode))
      expect((yield* signIn(yield* session(twins.pkce))).scopes).toEqual(["streaming"])
      yield* (yield* session(twins.clientCredentials)).accessToken
      expect(yield* clear((yield* session(twins.token)).accessToken)).toBe("from-elsewhere")
    }).pipe(env(complete), Effect.provide(layers())))

  it.scoped("fail with ConfigError where something is missing, and with InvalidInput where it can't be right", () =>
    Effect.gen(function*() {
      const failure = (layer: Twin, change: Record<string, string | undefined>) =>
        Effect.flip(session(layer)).pipe(
          env(Object.fromEntries(
            Object.entries({ ...complete, ...change }).flatMap(([name, value]) =>
              value === undefined ? [] : [[name, value]]
            )
          )),
          Effect.map((error) => JSON.parse(JSON.stringify(error)))
        )
      const missing = (name: string) => ({ _op: "MissingData", path: [name] })
      expect(yield* failure(twins.authorizationCode, { ID: undefined })).toMatchObject(missing("ID"))
      expect(yield* failure(twins.authorizationCode, { SECRET: undefined })).toMatchObject(missing("SECRET"))
      expect(yield* failure(twins.pkce, { REDIRECT: undefined })).toMatchObject(missing("REDIRECT"))
      expect(yield* failure(twins.clientCredentials, { SECRET: undefined })).toMatchObject(missing("SECRET"))
      expect(yield* failure(twins.token, { TOKEN: undefined })).toMatchObject(missing("TOKEN"))
      expect(yield* failure(twins.pkce, { REDIRECT: "http://localhost/" })).toMatchObject({ field: "redirectUri" })
      expect(yield* failure(twins.clientCredentials, { SECRET: " " })).toMatchObject({ field: "clientSecret" })
    }).pipe(Effect.provide(layers())))

  it.scoped("make one session for all who share a layer, and another for each further use", () =>
    Effect.gen(function*() {
      const layer = SpotifySession.layerClientCredentials({ clientId, clientSecret })
      class One extends Context.Tag("One")<One, SpotifySession.SpotifySession.Service>() {}
      class Two extends Context.Tag("Two")<Two, SpotifySession.SpotifySession.Service>() {}
      const as = <I>(tag: Context.Tag<I, SpotifySession.SpotifySession.Service>) =>
        Layer.effect(tag, SpotifySession.SpotifySession).pipe(Layer.provide(layer))
      const shared = yield* Layer.build(Layer.merge(as(One), as(Two)))
      expect(Context.get(shared, One)).toBe(Context.get(shared, Two))
      const again = yield* Layer.build(as(One))
      yield* Context.get(shared, One).accessToken
      expect(yield* Context.get(again, One).token).toEqual(Option.none())
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

const onAPort = FakeSpotify.layerServer({ refreshTokens: "rotate" }).pipe(
  Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
)

it.scopedLive("signs in and refreshes once for 1,000 fibers over a real port", () =>
  Effect.gen(function*() {
    const { accountsUrl } = yield* FakeSpotify.FakeSpotify
    for (
      const make of [
        SpotifySession.makePkce({ ...publicClient, accountsUrl, key: "pkce" }),
        SpotifySession.makeAuthorizationCode({ ...confidential, accountsUrl, key: "code" })
      ]
    ) {
      const session = yield* make
      const before = yield* tokenRequests
      const { accessToken } = yield* signIn(session)
      const tokens = yield* crowd(1000, clear(session.renew(accessToken)))
      expect(new Set(tokens)).toEqual(new Set([(yield* storedToken(session.key))?.accessToken]))
      expect((yield* tokenRequests) - before).toBe(2)
    }
  }).pipe(Effect.provide([onAPort, FetchHttpClient.layer, TokenStore.layerMemory])))

describe("two processes on one token file", () => {
  const child = new URL("../utils/sessionChild.ts", import.meta.url)
  const place = Layer.merge(NodeContext.layer, onAPort)

  it.scopedLive("refresh once, and both have the token", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const file = TokenStore.layerFile(`${directory}/tokens.json`)
      const issued = yield* spotify.issueToken({ pkce: true })
      const expired = TokenStore.fromRefreshToken(issued.refreshToken ?? Redacted.make(""))
      yield* Effect.provide(Effect.flatMap(TokenStore.TokenStore, (store) => store.set("default", expired)), file)
      yield* spotify.failNext(FakeSpotify.slow("1 second"), { on: tokenEndpoint })

      const program = yield* Effect.promise(() => bundled(child))
      const names = ["one", "two"]
      const run = (name: string) =>
        Command.string(Command.make(
          process.execPath,
          program,
          JSON.stringify({ ...publicClient, accountsUrl: spotify.accountsUrl, directory, name })
        ))
      const running = yield* Effect.fork(Effect.forEach(names, run, { concurrency: "unbounded" }))
      const areReady = Effect.forEach(names, (name) => fs.exists(`${directory}/${name}.ready`))
      yield* until(Effect.delay(areReady, "20 millis"), (ready) => ready.every((is) => is))
      yield* fs.writeFileString(`${directory}/start`, "")
      const tokens = (yield* Fiber.join(running)).map((output) => output.trim())

      const stored = yield* Effect.provide(storedToken(), file)
      expect(tokens).toEqual([stored?.accessToken, stored?.accessToken])
      expect(stored?.refreshToken).not.toBe(Redacted.value(issued.refreshToken ?? Redacted.make("")))
      expect(yield* tokenRequests).toBe(1)
    }).pipe(Effect.provide(place)), 180_000)
})
