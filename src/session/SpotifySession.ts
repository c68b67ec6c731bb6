/**
 * A user (or the app itself) signed in at Spotify: the sign-in's steps and a valid access token whenever one is needed,
 * refreshed once for everybody.
 *
 * A new token is kept in the store before anybody gets it. Where the store doesn't take it, the calls that need it fail
 * with `TokenStoreError`, and the session holds it in memory and offers it again: soon, then less and less often, at
 * least every 30 seconds. The first refusal of an offer is logged as a warning, and that the store works again as an
 * info. Closing the session's scope makes a last offer. It waits for the store, and for a token that is on its way, for
 * 20 seconds in all; what is lost then is logged as an error.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope_ from "effect/Scope"
import { type Allowed, aSecret, aText, checkOptions, guarded, isCredential, someScopes } from "../core/input.js"
import type * as Scope from "../core/Scope.js"
import type { SessionError, SignInError, TokenStoreError } from "../core/SpotifyError.js"
import { InvalidInput } from "../core/SpotifyError.js"
import type { Token, TokenStore } from "../store/TokenStore.js"
import { make as makeApart, ofSession } from "./apart.js"
import { exchangeOf } from "./exchange.js"
import { never } from "./lifetime.js"
import type { AuthorizeOptions } from "./signIn.js"
import * as SpotifyAuth from "./SpotifyAuth.js"
import { makeTokenCache, type TokenCache } from "./tokenCache.js"
import { tokenGiven } from "./tokenGiven.js"
import { make as makeSessions } from "./userSessions.js"

export { type AuthorizeOptions } from "./signIn.js"

/**
 * The session that a client calls Spotify as.
 *
 * @since 0.1.0
 * @category tags
 */
export class SpotifySession extends Context.Tag("effect-spotify/SpotifySession")<
  SpotifySession,
  SpotifySession.Service
>() {}

/**
 * @since 0.1.0
 */
export declare namespace SpotifySession {
  /**
   * What a session can do.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Service {
    /** A user who signed in, the app itself (client credentials), or an access token that came from elsewhere. */
    readonly kind: "user" | "app" | "token"
    /** The key of its token in the store; a session without a store has a name here. */
    readonly key: string
    /** Where its sign-ins come back to; none for a session that has no sign-in. */
    readonly redirectUri: string | undefined
    /**
     * A valid access token; refreshes 60 seconds before the end, in the last tenth of a shorter life, once for all who
     * wait.
     */
    readonly accessToken: Effect.Effect<Redacted.Redacted, SessionError>
    /** Another access token than the given one, which Spotify refused. */
    readonly renew: (rejected: Redacted.Redacted) => Effect.Effect<Redacted.Redacted, SessionError>
    /** Refreshes now, whatever time the token has left; where that fails, the token at hand stays good. */
    readonly refresh: Effect.Effect<Token, SessionError>
    /** The token as it is kept, valid or not. */
    readonly token: Effect.Effect<Option.Option<Token>, TokenStoreError>
    /** Begins a sign-in and gives the URL to send the user's browser to. */
    readonly authorizeUrl: (options?: AuthorizeOptions) => Effect.Effect<URL, InvalidInput | TokenStoreError>
    /** Ends a sign-in: checks the callback's state, exchanges its code and keeps the token. */
    readonly handleCallback: (callback: string | URL) => Effect.Effect<Token, SignInError>
    /** Forgets the token. */
    readonly signOut: Effect.Effect<void, TokenStoreError>
  }
}

/**
 * What a session can do, by its short name.
 *
 * @since 0.2.0
 * @category models
 */
export type Service = SpotifySession.Service

interface UserOptions {
  readonly clientId: string
  readonly redirectUri: string
  /** The scopes that a sign-in asks for unless it names its own. */
  readonly scopes?: ReadonlyArray<Scope.Scope> | undefined
  /** The user's key in the token store; `default` unless said. */
  readonly key?: string | undefined
  /** Another accounts host, for tests. */
  readonly accountsUrl?: string | undefined
}

/**
 * The authorization code flow with a client secret, for servers and scripts.
 *
 * @since 0.1.0
 * @category options
 */
export interface AuthorizationCodeOptions extends UserOptions {
  readonly clientSecret: Redacted.Redacted
}

/**
 * The authorization code flow with PKCE, for programs that can't keep a secret: browsers, desktop, command line.
 *
 * @since 0.1.0
 * @category options
 */
export interface PkceOptions extends UserOptions {}

/**
 * The client credentials flow: the app itself, no user.
 *
 * @since 0.1.0
 * @category options
 */
export interface ClientCredentialsOptions {
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted
  /** Another accounts host, for tests. */
  readonly accountsUrl?: string | undefined
}

/**
 * An access token that came from elsewhere; it isn't renewed.
 *
 * @since 0.1.0
 * @category options
 */
export interface TokenOptions {
  readonly accessToken: Redacted.Redacted
  readonly expiresAt?: DateTime.Utc | undefined
  readonly scopes?: ReadonlyArray<string> | undefined
}

const userOptions = {
  clientId: aText,
  redirectUri: aText,
  scopes: someScopes,
  key: aText,
  accountsUrl: aText
}

const appOptions: { readonly [name: string]: Allowed } = {
  clientId: aText,
  clientSecret: aSecret,
  accountsUrl: aText,
  redirectUri: [() => false, "left out: the app itself has no sign-in that comes back"]
}

const tokenOptions: { readonly [name: string]: Allowed } = {
  accessToken: aSecret,
  expiresAt: [DateTime.isDateTime, "a DateTime"],
  scopes: someScopes
}

const defaultKey = "default"

const makeUser = (
  options: UserOptions & { readonly clientSecret?: Redacted.Redacted | undefined }
): Effect.Effect<SpotifySession.Service, InvalidInput, TokenStore | HttpClient.HttpClient | Scope_.Scope> =>
  Effect.flatMap(makeSessions(options), (sessionOf) => {
    const { close, session } = sessionOf(options.key ?? defaultKey)
    return Effect.as(Effect.addFinalizer(() => close), session)
  })

const withoutUser = (
  kind: "app" | "token",
  key: string,
  what: string,
  cache: TokenCache
): SpotifySession.Service => {
  const noSignIn = Effect.fail(
    InvalidInput.of("SpotifySession", "session", `one with a sign-in (authorization code or PKCE): ${what} has none`)
  )
  return {
    kind,
    key,
    redirectUri: undefined,
    accessToken: cache.accessToken,
    renew: cache.renew,
    refresh: Effect.suspend(() => cache.replace(cache.current())),
    token: Effect.sync(() => Option.fromNullable(cache.current())),
    authorizeUrl: () => noSignIn,
    handleCallback: () => noSignIn,
    signOut: Effect.sync(() => cache.set(undefined))
  }
}

/**
 * A session of the authorization code flow.
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/code-flow
 * @since 0.1.0
 * @category constructors
 */
export const makeAuthorizationCode: (
  options: AuthorizationCodeOptions
) => Effect.Effect<SpotifySession.Service, InvalidInput, TokenStore | HttpClient.HttpClient | Scope_.Scope> = guarded(
  "SpotifySession",
  makeUser,
  (options) => checkOptions("SpotifySession", { ...userOptions, clientSecret: aSecret }, options ?? null)
)

/**
 * A session of the authorization code flow with PKCE.
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow
 * @since 0.1.0
 * @category constructors
 */
export const makePkce: (
  options: PkceOptions
) => Effect.Effect<SpotifySession.Service, InvalidInput, TokenStore | HttpClient.HttpClient | Scope_.Scope> = guarded(
  "SpotifySession",
  makeUser,
  (options) => checkOptions("SpotifySession", userOptions, options ?? null)
)

/**
 * A session of the client credentials flow.
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/client-credentials-flow
 * @since 0.1.0
 * @category constructors
 */
export const makeClientCredentials = (
  options: ClientCredentialsOptions
): Effect.Effect<SpotifySession.Service, InvalidInput, HttpClient.HttpClient | Scope_.Scope> =>
  Effect.gen(function*() {
    yield* checkOptions("SpotifySession", appOptions, options ?? null)
    yield* SpotifyAuth.checkApp(options)
    const exchange = yield* exchangeOf(options)
    const cache = makeTokenCache(
      ofSession(yield* makeApart),
      () => exchange({ type: "client_credentials" }, { scopes: [] })
    )
    yield* Effect.addFinalizer(() => cache.close)
    return withoutUser("app", "client-credentials", "a client credentials session", cache)
  })

/**
 * A session of an access token that came from elsewhere.
 *
 * Once Spotify refuses it, there is no other: calls fail with `Unauthorized`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeToken = (
  options: TokenOptions
): Effect.Effect<SpotifySession.Service, InvalidInput, Scope_.Scope> =>
  Effect.gen(function*() {
    yield* checkOptions("SpotifySession", tokenOptions, options ?? null)
    if (!Redacted.isRedacted(options.accessToken) || !isCredential(Redacted.value(options.accessToken))) {
      return yield* InvalidInput.of("SpotifySession", "accessToken", "a token: visible characters without white space")
    }
    const cache = tokenGiven({
      accessToken: options.accessToken,
      expiresAt: options.expiresAt ?? DateTime.unsafeMake(never),
      scopes: options.scopes ?? []
    })
    return withoutUser("token", "token", "a session of a plain access token", cache)
  })

/**
 * Signs users in with the authorization code flow, the client secret on your side.
 *
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer, Redacted } from "effect"
 * import { SpotifySession, TokenStore } from "effect-spotify"
 *
 * const SessionLive = SpotifySession.layerAuthorizationCode({
 *   clientId: "…",
 *   clientSecret: Redacted.make("…"),
 *   redirectUri: "http://127.0.0.1:8888/callback",
 *   scopes: ["user-library-read"]
 * }).pipe(Layer.provide([TokenStore.layerMemory, FetchHttpClient.layer]))
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/code-flow
 * @since 0.1.0
 * @category layers
 */
export const layerAuthorizationCode = (
  options: AuthorizationCodeOptions
): Layer.Layer<SpotifySession, InvalidInput, TokenStore | HttpClient.HttpClient> =>
  Layer.scoped(SpotifySession, makeAuthorizationCode(options))

/**
 * As `layerAuthorizationCode`, its options read from `Config`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerAuthorizationCodeConfig = (
  options: Config.Config.Wrap<AuthorizationCodeOptions>
): Layer.Layer<SpotifySession, InvalidInput | ConfigError.ConfigError, TokenStore | HttpClient.HttpClient> =>
  Layer.scoped(SpotifySession, Effect.flatMap(Config.unwrap(options), makeAuthorizationCode))

/**
 * Signs users in with PKCE, without a client secret.
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow
 * @since 0.1.0
 * @category layers
 */
export const layerPkce = (
  options: PkceOptions
): Layer.Layer<SpotifySession, InvalidInput, TokenStore | HttpClient.HttpClient> =>
  Layer.scoped(SpotifySession, makePkce(options))

/**
 * As `layerPkce`, its options read from `Config`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerPkceConfig = (
  options: Config.Config.Wrap<PkceOptions>
): Layer.Layer<SpotifySession, InvalidInput | ConfigError.ConfigError, TokenStore | HttpClient.HttpClient> =>
  Layer.scoped(SpotifySession, Effect.flatMap(Config.unwrap(options), makePkce))

/**
 * Calls Spotify as the app itself; needs no token store and nobody to sign in.
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/client-credentials-flow
 * @since 0.1.0
 * @category layers
 */
export const layerClientCredentials = (
  options: ClientCredentialsOptions
): Layer.Layer<SpotifySession, InvalidInput, HttpClient.HttpClient> =>
  Layer.scoped(SpotifySession, makeClientCredentials(options))

/**
 * As `layerClientCredentials`, its options read from `Config`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerClientCredentialsConfig = (
  options: Config.Config.Wrap<ClientCredentialsOptions>
): Layer.Layer<SpotifySession, InvalidInput | ConfigError.ConfigError, HttpClient.HttpClient> =>
  Layer.scoped(SpotifySession, Effect.flatMap(Config.unwrap(options), makeClientCredentials))

/**
 * Calls Spotify with an access token that you already have.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerToken = (options: TokenOptions): Layer.Layer<SpotifySession, InvalidInput> =>
  Layer.scoped(SpotifySession, makeToken(options))

/**
 * As `layerToken`, its options read from `Config`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTokenConfig = (
  options: Config.Config.Wrap<TokenOptions>
): Layer.Layer<SpotifySession, InvalidInput | ConfigError.ConfigError> =>
  Layer.scoped(SpotifySession, Effect.flatMap(Config.unwrap(options), makeToken))

/**
 * A valid access token.
 *
 * @since 0.1.0
 * @category accessors
 */
export const accessToken: Effect.Effect<Redacted.Redacted, SessionError, SpotifySession> = Effect.flatMap(
  SpotifySession,
  (session) => session.accessToken
)

/**
 * Refreshes now, whatever time the token has left, once for all who ask at the same time. Where that fails, the token at
 * hand stays good. An access token that came from elsewhere can't be refreshed: `ReauthorizationRequired`.
 *
 * @since 0.1.0
 * @category accessors
 */
export const refresh: Effect.Effect<Token, SessionError, SpotifySession> = Effect.flatMap(
  SpotifySession,
  (session) => session.refresh
)

/**
 * The token as it is kept, valid or not; none when nobody is signed in.
 *
 * @since 0.1.0
 * @category accessors
 */
export const token: Effect.Effect<Option.Option<Token>, TokenStoreError, SpotifySession> = Effect.flatMap(
  SpotifySession,
  (session) => session.token
)

/**
 * When the access token ends; none when nobody is signed in or nobody knows.
 *
 * @since 0.1.0
 * @category accessors
 */
export const expiresAt: Effect.Effect<Option.Option<DateTime.Utc>, TokenStoreError, SpotifySession> = Effect.map(
  token,
  Option.filterMap(({ expiresAt }) => expiresAt.epochMillis === never ? Option.none() : Option.some(expiresAt))
)

/**
 * The scopes that the user granted; empty when nobody is signed in.
 *
 * @since 0.1.0
 * @category accessors
 */
export const scopes: Effect.Effect<ReadonlyArray<string>, TokenStoreError, SpotifySession> = Effect.map(
  token,
  Option.match({ onNone: () => [], onSome: (token) => token.scopes })
)

/**
 * When the user agreed; none when nobody is signed in or the token came without that date.
 *
 * @since 0.1.0
 * @category accessors
 */
export const authorizedAt: Effect.Effect<Option.Option<DateTime.Utc>, TokenStoreError, SpotifySession> = Effect.map(
  token,
  Option.flatMap((token) => Option.fromNullable(token.authorizedAt))
)

/**
 * When the refresh token ends, six months after the user agreed; by then the user has to sign in again.
 *
 * @see https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration
 * @since 0.1.0
 * @category accessors
 */
export const reauthorizeBy: Effect.Effect<Option.Option<DateTime.Utc>, TokenStoreError, SpotifySession> = Effect.map(
  authorizedAt,
  Option.map(DateTime.add({ months: 6 }))
)

/**
 * Begins a sign-in and gives the URL to send the user's browser to.
 *
 * @example
 * ```ts
 * import { Console, Effect } from "effect"
 * import { SpotifySession } from "effect-spotify"
 *
 * const login = Effect.gen(function*() {
 *   const url = yield* SpotifySession.authorizeUrl({ scopes: ["user-library-read"] })
 *   yield* Console.log(`Open ${url}`)
 * })
 * ```
 *
 * @since 0.1.0
 * @category accessors
 */
export const authorizeUrl = (
  options?: AuthorizeOptions
): Effect.Effect<URL, InvalidInput | TokenStoreError, SpotifySession> =>
  Effect.flatMap(SpotifySession, (session) => session.authorizeUrl(options))

/**
 * Ends a sign-in: checks the callback's state, exchanges its code and keeps the token.
 *
 * @since 0.1.0
 * @category accessors
 */
export const handleCallback = (callback: string | URL): Effect.Effect<Token, SignInError, SpotifySession> =>
  Effect.flatMap(SpotifySession, (session) => session.handleCallback(callback))

/**
 * Forgets the token, here and in the store. The user's consent stays, until they withdraw it on Spotify's account page.
 *
 * @since 0.1.0
 * @category accessors
 */
export const signOut: Effect.Effect<void, TokenStoreError, SpotifySession> = Effect.flatMap(
  SpotifySession,
  (session) => session.signOut
)
