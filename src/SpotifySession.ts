/**
 * A user (or the app itself) signed in at Spotify: the sign-in's steps and a valid access token whenever one is needed,
 * refreshed once for everybody.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope_ from "effect/Scope"
import { guarded } from "./internal/http.js"
import { retryTokenRequest } from "./internal/retry.js"
import { type Flight, issuedAt, type Keeper, makeKeeper, never } from "./internal/session.js"
import * as tokenEndpoint from "./internal/tokenEndpoint.js"
import { pendingLifetime } from "./internal/tokenStoreRecord.js"
import type * as Scope from "./Scope.js"
import * as SpotifyAuth from "./SpotifyAuth.js"
import type { SessionError, SignInError, TokenStoreError } from "./SpotifyError.js"
import { InvalidInput, ReauthorizationRequired, StateMismatch } from "./SpotifyError.js"
import { type Token, TokenStore } from "./TokenStore.js"

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
 * What a sign-in asks the user for.
 *
 * `showDialog` makes Spotify ask again a user who agreed before. `redirectUri` takes the place of the session's for this
 * sign-in, for example with the port that a loopback URI is registered without.
 *
 * @since 0.1.0
 * @category options
 */
export interface AuthorizeOptions {
  readonly scopes?: ReadonlyArray<Scope.Scope> | undefined
  readonly showDialog?: boolean | undefined
  readonly redirectUri?: string | undefined
}

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

const defaultKey = "default"

const textOf = (secret: Redacted.Redacted | undefined): string | undefined => secret && Redacted.value(secret)

const isSame = (a: Token, b: Token | undefined): boolean =>
  textOf(a.accessToken) === textOf(b?.accessToken) && textOf(a.refreshToken) === textOf(b?.refreshToken)

const toToken = (
  response: SpotifyAuth.TokenResponse,
  now: number,
  previous: Pick<Token, "scopes" | "refreshToken" | "authorizedAt">
): Token => {
  const refreshToken = Option.getOrElse(response.refreshToken, () => previous.refreshToken)
  return {
    accessToken: response.accessToken,
    expiresAt: DateTime.unsafeMake(now + response.expiresIn * 1000),
    ...issuedAt(now, response.expiresIn * 1000),
    scopes: Option.getOrElse(response.scopes, () => previous.scopes),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(previous.authorizedAt === undefined ? {} : { authorizedAt: previous.authorizedAt })
  }
}

const signInAgain = "send the user through the authorize URL"

const reauthorize = (key: string, reason: ReauthorizationRequired["reason"], message: string) =>
  new ReauthorizationRequired({ key, reason, message })

const makeUser = (
  options: UserOptions & { readonly clientSecret?: Redacted.Redacted | undefined }
): Effect.Effect<SpotifySession.Service, InvalidInput, TokenStore | HttpClient.HttpClient | Scope_.Scope> =>
  Effect.gen(function*() {
    const app: SpotifyAuth.App = options
    const key = options.key ?? defaultKey
    yield* SpotifyAuth.checkApp(app)
    yield* SpotifyAuth.checkRedirectUri(options.redirectUri)
    const client = guarded(yield* HttpClient.HttpClient)
    const store = yield* TokenStore
    // What Spotify gave out and the store may not have taken: nobody uses it before it is kept.
    let unsaved: { readonly token: Token; readonly previous: Token | undefined } | undefined

    const save = (token: Token, previous: Token | undefined): Effect.Effect<Token, TokenStoreError> => {
      unsaved = { token, previous }
      return Effect.as(store.set(key, token), token)
    }

    // Some stores commit when the lock is given back, so that a token is kept only then.
    const locked = <A extends Token | undefined, E>(
      effect: Effect.Effect<A, E>
    ): Effect.Effect<A, E | TokenStoreError> =>
      Effect.map(store.withLock(key, Effect.uninterruptible(effect)), (token) => {
        if (unsaved?.token === token) unsaved = undefined
        return token
      })

    const stored = Effect.flatMap(store.get(key), (found): Effect.Effect<Token | undefined, TokenStoreError> => {
      const token = Option.getOrUndefined(found)
      // Whatever else is there now came later, from another sign-in or another process.
      if (unsaved !== undefined && (token === undefined || isSame(token, unsaved.previous))) {
        return save(unsaved.token, unsaved.previous)
      }
      unsaved = undefined
      return Effect.succeed(token)
    })

    const forget = (keeper: Keeper): void => {
      unsaved = undefined
      keeper.keep(undefined)
    }

    const exchange = (grant: SpotifyAuth.Grant, previous: Parameters<typeof toToken>[2]) =>
      Effect.zipWith(
        tokenEndpoint.request(client, app, grant),
        Clock.currentTimeMillis,
        (response, now) => toToken(response, now, previous)
      )

    const refuse = (keeper: Keeper, refreshToken: Redacted.Redacted): Effect.Effect<Token, SessionError> =>
      Effect.gen(function*() {
        // Where a lock was lost, as when the machine slept, somebody else may have rotated the refresh token meanwhile.
        const token = Option.getOrUndefined(yield* Effect.orElseSucceed(store.get(key), Option.none))
        if (token?.refreshToken !== undefined && textOf(token.refreshToken) !== textOf(refreshToken)) return token
        yield* Effect.ignore(store.remove(key))
        forget(keeper)
        return yield* reauthorize(
          key,
          "RefreshTokenInvalid",
          `Spotify no longer takes the refresh token: the user revoked the app or six months have passed; ${signInAgain}`
        )
      })

    const refresh = (keeper: Keeper, token: Token, refreshToken: Redacted.Redacted) =>
      Effect.flatMap(exchange({ type: "refresh_token", refreshToken }, token), (renewed) => save(renewed, token)).pipe(
        Effect.catchTag(
          "OAuthError",
          (error) => tokenEndpoint.isInvalidGrant(error) ? refuse(keeper, refreshToken) : Effect.fail(error)
        )
      )

    const settle = (flight: Flight, keeper: Keeper): Effect.Effect<Token, SessionError> =>
      Effect.gen(function*() {
        const token = yield* stored
        if (token === undefined) {
          keeper.keep(undefined)
          return yield* reauthorize(key, "NotSignedIn", `Nobody is signed in as "${key}"; ${signInAgain}`)
        }
        const now = yield* Clock.currentTimeMillis
        if (flight.keeps(token, now)) return token
        if (token.refreshToken !== undefined && textOf(token.refreshToken) !== "") {
          return yield* refresh(keeper, token, token.refreshToken)
        }
        return flight.accepts(token, now)
          ? token
          : yield* reauthorize(
            key,
            "NoRefreshToken",
            `The access token can't be renewed: there is no refresh token; ${signInAgain}`
          )
      })

    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => unsaved === undefined ? Effect.void : Effect.ignore(locked(stored)))
    )

    const keeper = yield* makeKeeper((flight, keeper) =>
      Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        const found = unsaved === undefined ? yield* store.get(key) : Option.none()
        return Option.isSome(found) && flight.keeps(found.value, now)
          ? found.value
          : yield* locked(settle(flight, keeper))
      })
    )

    return {
      key,
      redirectUri: options.redirectUri,
      accessToken: keeper.accessToken,
      renew: keeper.renew,
      refresh: Effect.flatMap(store.get(key), (found) => keeper.replace(Option.getOrUndefined(found))),
      token: store.get(key),
      authorizeUrl: (authorize) =>
        Effect.gen(function*() {
          const scopes = authorize?.scopes ?? options.scopes ?? []
          const state = yield* SpotifyAuth.generateState
          const codeVerifier = options.clientSecret === undefined ? yield* SpotifyAuth.generateCodeVerifier : undefined
          const url = yield* SpotifyAuth.authorizeUrl({
            clientId: options.clientId,
            redirectUri: authorize?.redirectUri ?? options.redirectUri,
            accountsUrl: options.accountsUrl,
            state,
            scopes,
            showDialog: authorize?.showDialog,
            codeChallenge: codeVerifier === undefined ? undefined : yield* SpotifyAuth.codeChallenge(codeVerifier)
          })
          yield* store.setPending(key, {
            state,
            scopes,
            startedAt: yield* DateTime.now,
            ...(codeVerifier === undefined ? {} : { codeVerifier }),
            ...(authorize?.redirectUri === undefined ? {} : { redirectUri: authorize.redirectUri })
          })
          return url
        }),
      handleCallback: (callback) =>
        Effect.gen(function*() {
          const { code, state } = yield* SpotifyAuth.parseCallback(callback)
          const pending = yield* store.takePending(key, state)
          const now = yield* Clock.currentTimeMillis
          if (Option.isNone(pending)) {
            return yield* Effect.fail(
              new StateMismatch({
                message:
                  "The callback's state isn't one that this session waits for, or it was used; start the sign-in again"
              })
            )
          }
          if (now - pending.value.startedAt.epochMillis > Duration.toMillis(pendingLifetime)) {
            return yield* Effect.fail(
              new StateMismatch({ message: "The sign-in took longer than an hour; start it again" })
            )
          }
          const { codeVerifier, redirectUri = options.redirectUri, scopes } = pending.value
          const grant: SpotifyAuth.Grant = {
            type: "authorization_code",
            code,
            redirectUri,
            codeVerifier
          }
          const token = yield* retryTokenRequest(
            locked(Effect.gen(function*() {
              const previous = yield* stored
              const token = yield* exchange(grant, { scopes, authorizedAt: DateTime.unsafeMake(now) })
              // Whoever was signed in before isn't any more, even if the store doesn't take the new token.
              keeper.keep(undefined)
              return yield* save(token, previous)
            })),
            (error) => tokenEndpoint.repeatAfter(grant.type, error)
          )
          keeper.keep(token)
          return token
        }),
      signOut: store.withLock(key, Effect.uninterruptible(Effect.map(store.remove(key), () => forget(keeper))))
    }
  })

const withoutUser = (key: string, what: string, keeper: Keeper): SpotifySession.Service => {
  const noSignIn = Effect.fail(
    InvalidInput.of("SpotifySession", "session", `one with a sign-in (authorization code or PKCE): ${what} has none`)
  )
  return {
    key,
    redirectUri: undefined,
    accessToken: keeper.accessToken,
    renew: keeper.renew,
    refresh: Effect.suspend(() => keeper.replace(keeper.current())),
    token: Effect.sync(() => Option.fromNullable(keeper.current())),
    authorizeUrl: () => noSignIn,
    handleCallback: () => noSignIn,
    signOut: Effect.sync(() => keeper.keep(undefined))
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
) => Effect.Effect<SpotifySession.Service, InvalidInput, TokenStore | HttpClient.HttpClient | Scope_.Scope> = makeUser

/**
 * A session of the authorization code flow with PKCE.
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/code-pkce-flow
 * @since 0.1.0
 * @category constructors
 */
export const makePkce = (
  options: PkceOptions
): Effect.Effect<SpotifySession.Service, InvalidInput, TokenStore | HttpClient.HttpClient | Scope_.Scope> =>
  makeUser({
    clientId: options.clientId,
    redirectUri: options.redirectUri,
    scopes: options.scopes,
    key: options.key,
    accountsUrl: options.accountsUrl
  })

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
    yield* SpotifyAuth.checkApp(options)
    const client = guarded(yield* HttpClient.HttpClient)
    const grant: SpotifyAuth.Grant = { type: "client_credentials" }
    const keeper = yield* makeKeeper(() =>
      Effect.zipWith(
        tokenEndpoint.request(client, options, grant),
        Clock.currentTimeMillis,
        (response, now) => toToken(response, now, { scopes: [] })
      )
    )
    return withoutUser("client-credentials", "a client credentials session", keeper)
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
    if (!Redacted.isRedacted(options.accessToken) || !tokenEndpoint.isCredential(Redacted.value(options.accessToken))) {
      return yield* InvalidInput.of("SpotifySession", "accessToken", "a token: visible characters without white space")
    }
    const keeper = yield* makeKeeper((flight, keeper) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const token = keeper.current()
        if (token === undefined) return reauthorize("token", "NotSignedIn", "The session was signed out")
        return flight.accepts(token, now)
          ? Effect.succeed(token)
          : reauthorize("token", "NoRefreshToken", "The access token ended or is to be replaced; there is no other")
      })
    )
    keeper.keep({
      accessToken: options.accessToken,
      expiresAt: options.expiresAt ?? DateTime.unsafeMake(never),
      scopes: options.scopes ?? []
    })
    return withoutUser("token", "a session of a plain access token", keeper)
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
