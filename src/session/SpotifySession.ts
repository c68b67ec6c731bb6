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
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Hash from "effect/Hash"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope_ from "effect/Scope"
import { aBoolean, type Allowed, aSecret, aText, checkOptions, guarded, someScopes } from "../core/input.js"
import { retryTokenRequest } from "../core/retry.js"
import type * as Scope from "../core/Scope.js"
import type { SessionError, SignInError } from "../core/SpotifyError.js"
import { InvalidInput, ReauthorizationRequired, StateMismatch, TokenStoreError } from "../core/SpotifyError.js"
import { explained, pendingLifetime } from "../store/record.js"
import { type Token, TokenStore } from "../store/TokenStore.js"
import { ofSession as tokenClient } from "../transport/guarded.js"
import { make as makeApart, patience, type Running, stopInClosing } from "./apart.js"
import { type Flight, issuedAt, type Keeper, makeKeeper, never } from "./keeper.js"
import { tellSignInAge } from "./metrics.js"
import * as SpotifyAuth from "./SpotifyAuth.js"
import * as tokenEndpoint from "./tokenEndpoint.js"

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

const userOptions = {
  clientId: aText,
  redirectUri: aText,
  scopes: someScopes,
  // Any text: a store takes whatever a user is called.
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

const authorizeOptions = { scopes: someScopes, showDialog: aBoolean, redirectUri: aText }

const defaultKey = "default"

const textOf = (secret: Redacted.Redacted | undefined): string | undefined => secret && Redacted.value(secret)

const isSame = (a: Token | undefined, b: Token | undefined): boolean =>
  a === undefined || b === undefined
    ? a === b
    : textOf(a.accessToken) === textOf(b.accessToken) && textOf(a.refreshToken) === textOf(b.refreshToken)

const hasOtherRefreshToken = (token: Token | undefined, refreshToken: Redacted.Redacted): boolean =>
  token?.refreshToken !== undefined && textOf(token.refreshToken) !== textOf(refreshToken)

/** Whether two tokens are of one sign-in. */
const isOfSameSignIn = (a: Token, b: Token): boolean => a.authorizedAt?.epochMillis === b.authorizedAt?.epochMillis

/** What Spotify gave out, with what was in the store when it was asked. */
interface Granted {
  readonly token: Token
  readonly previous: Token | undefined
  readonly isSignIn: boolean
}

/**
 * Whether what was granted is later than what somebody else put into the store meanwhile, where a lock was lost: a
 * sign-in is later than all refreshes of the one before, and so is what a program put there by hand.
 */
const isLater = ({ isSignIn, previous, token }: Granted, other: Token): boolean => {
  if (isSignIn) {
    return (previous !== undefined && isOfSameSignIn(previous, other)) ||
      (other.authorizedAt !== undefined && other.authorizedAt.epochMillis <= (token.authorizedAt?.epochMillis ?? 0))
  }
  return textOf(other.accessToken) !== "" && isOfSameSignIn(token, other) &&
    other.expiresAt.epochMillis < token.expiresAt.epochMillis
}

const toToken = (
  response: SpotifyAuth.TokenResponse,
  askedAt: number,
  previous: Pick<Token, "scopes" | "refreshToken" | "authorizedAt">
): Token => {
  const refreshToken = Option.getOrElse(response.refreshToken, () => previous.refreshToken)
  return {
    accessToken: response.accessToken,
    // From when it was asked for, since an answer may lie about while this process stands still.
    expiresAt: DateTime.unsafeMake(askedAt + response.expiresIn * 1000),
    ...issuedAt(askedAt, response.expiresIn * 1000),
    scopes: Option.getOrElse(response.scopes, () => previous.scopes),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(previous.authorizedAt === undefined ? {} : { authorizedAt: previous.authorizedAt })
  }
}

const signInAgain = "send the user through the authorize URL"

const reauthorize = (key: string, reason: ReauthorizationRequired["reason"], message: string) =>
  new ReauthorizationRequired({ key, reason, message })

/**
 * Kept as a pending sign-in where a token was removed because Spotify refused it: a process that stood still may wake
 * with its successor, which then belongs into the store. Without it, nobody is signed in because they signed out.
 */
const refusedMark = "effect-spotify: the refresh token was refused"

/** For longer than any process stands still. */
const markLifetime = Duration.days(7)

/** Tells refresh tokens apart without showing them. */
const markOf = (refreshToken: Redacted.Redacted | undefined): string => String(Hash.string(textOf(refreshToken) ?? ""))

/** The longest pause between two offers of a token that the store doesn't take. */
const longestPause = Duration.seconds(30)

/** 200 milliseconds, doubled; jittered, since a store that fails does so for many users at once. */
const offers = Schedule.exponential("200 millis").pipe(
  Schedule.modifyDelay((_, delay) => Duration.min(delay, Duration.times(longestPause, 5 / 6))),
  // By a fifth at most.
  Schedule.jittered
)

/** A store of somebody's own says no more than its driver. */
const withReason = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | TokenStoreError> =>
  Effect.mapError(effect, (error) =>
    error instanceof TokenStoreError && error.detail !== explained(error.detail)
      ? TokenStoreError.of(error.store, error.operation, explained(error.detail))
      : error)

/** How long a store may be silent: longer than the stores of this library are by themselves. */
const storePatience = Duration.seconds(65)

const makeUser = (
  options: UserOptions & { readonly clientSecret?: Redacted.Redacted | undefined }
): Effect.Effect<SpotifySession.Service, InvalidInput, TokenStore | HttpClient.HttpClient | Scope_.Scope> =>
  Effect.gen(function*() {
    const { accountsUrl, clientId, clientSecret } = options
    const app: SpotifyAuth.App = { accountsUrl, clientId, clientSecret }
    const key = options.key ?? defaultKey
    yield* SpotifyAuth.checkApp(app)
    yield* SpotifyAuth.checkRedirectUri(options.redirectUri)
    const client = yield* tokenClient
    const store = yield* TokenStore
    const apart = yield* makeApart
    // What the store may not have taken: nobody uses it before it is kept.
    let unsaved: Granted | undefined
    let isStoring = false
    /** Whether it was told that the store doesn't take what it is offered. */
    let isTold = false

    /** Outside of the caller's transaction, which may be undone, and so may wait for that one to end. */
    const answered = <A, E>(operation: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E | TokenStoreError> =>
      Effect.timeoutFail(Effect.interruptible(Effect.disconnect(withReason(effect))), {
        duration: storePatience,
        onTimeout: () =>
          TokenStoreError.of(
            "of the session",
            operation,
            `no answer for ${
              Duration.format(storePatience)
            }: somebody holds what it needs, for example a transaction ` +
              "of this program that waits for this call"
          )
      })

    const read = Effect.map(store.get(key), Option.getOrUndefined)
    const find = answered("get", store.get(key))

    const takeMark = Effect.map(
      store.takePending(key, refusedMark),
      (mark) => Option.getOrUndefined(mark)?.scopes[0]
    )

    /** Keeps what was granted, unless what is in the store came later; gives what is in the store then. */
    const save = (granted: Granted, found: Token | undefined): Effect.Effect<Token | undefined, TokenStoreError> =>
      Effect.gen(function*() {
        let { previous } = granted
        unsaved = granted
        if (!isSame(found, previous)) {
          const belongs = found !== undefined
            ? isLater(granted, found)
            : granted.isSignIn || (yield* takeMark) === markOf(previous?.refreshToken)
          if (!belongs) {
            unsaved = undefined
            return found
          }
          previous = found
          unsaved = { ...granted, previous }
        }
        isStoring = true
        yield* Effect.ensuring(
          store.set(key, granted.token),
          Effect.sync(() => {
            isStoring = false
          })
        )
        return granted.token
      })

    /** As `save`, of what was granted just now. A lock that isn't lost leaves what was there before. */
    const saveNew = (granted: Granted): Effect.Effect<Token | undefined, TokenStoreError> => {
      unsaved = granted
      return Effect.flatMap(Effect.orElseSucceed(read, () => granted.previous), (found) => save(granted, found))
    }

    const stored = Effect.flatMap(
      read,
      (found) => unsaved === undefined ? Effect.succeed(found) : save(unsaved, found)
    )

    // Some stores commit when the lock is given back, so that a token is kept only then.
    const locked = <A extends Token | undefined, E>(
      effect: Effect.Effect<A, E>
    ): Effect.Effect<A, E | TokenStoreError> =>
      Effect.tap(withReason(store.withLock(key, Effect.uninterruptible(effect))), (token) => {
        if (unsaved?.token === token) unsaved = undefined
        if (unsaved !== undefined || !isTold) return Effect.void
        isTold = false
        return Effect.logInfo(`The token store works again: it has the last token of "${key}"`)
      })

    const forget = (keeper: Keeper): void => {
      unsaved = undefined
      isTold = false
      keeper.keep(undefined)
    }

    const exchange = (grant: SpotifyAuth.Grant, previous: Parameters<typeof toToken>[2]) =>
      Effect.zipWith(
        Clock.currentTimeMillis,
        tokenEndpoint.request(client, app, grant),
        (askedAt, response) => ({ askedAt, token: toToken(response, askedAt, previous) })
      ).pipe(
        Effect.tap(({ askedAt, token }) =>
          grant.type === "refresh_token" ? tellSignInAge(token, askedAt) : Effect.void
        ),
        Effect.map(({ token }) => token)
      )

    const notSignedIn = (keeper: Keeper): Effect.Effect<never, ReauthorizationRequired> =>
      Effect.suspend(() => {
        keeper.keep(undefined)
        return reauthorize(key, "NotSignedIn", `Nobody is signed in as "${key}"; ${signInAgain}`)
      })

    const refuse = (
      flight: Flight,
      keeper: Keeper,
      refreshToken: Redacted.Redacted
    ): Effect.Effect<Token, SessionError> =>
      Effect.gen(function*() {
        // Where a lock was lost, as when the machine slept, somebody else may have rotated the refresh token meanwhile.
        const found = yield* Effect.either(read)
        if (Either.isRight(found) && found.right !== undefined) {
          if (hasOtherRefreshToken(found.right, refreshToken)) return yield* settle(flight, keeper)
          const now = yield* DateTime.now
          yield* Effect.ignore(store.setPending(key, {
            state: refusedMark,
            scopes: [markOf(refreshToken)],
            startedAt: DateTime.addDuration(now, markLifetime)
          }))
          const isRemoved = yield* Effect.isSuccess(store.remove(key))
          if (!isRemoved && hasOtherRefreshToken(yield* Effect.orElseSucceed(read, () => undefined), refreshToken)) {
            return yield* settle(flight, keeper)
          }
        }
        forget(keeper)
        return yield* reauthorize(
          key,
          "RefreshTokenInvalid",
          `Spotify no longer takes the refresh token: the user revoked the app or six months have passed; ${signInAgain}`
        )
      })

    const refresh = (
      flight: Flight,
      keeper: Keeper,
      previous: Token,
      refreshToken: Redacted.Redacted
    ): Effect.Effect<Token, SessionError> =>
      Effect.matchEffect(exchange({ type: "refresh_token", refreshToken }, previous), {
        onFailure: (error) =>
          error._tag === "OAuthError" && tokenEndpoint.isInvalidGrant(error)
            ? refuse(flight, keeper, refreshToken)
            : Effect.fail(error),
        onSuccess: (token) =>
          Effect.flatMap(
            saveNew({ token, previous, isSignIn: false }),
            (kept): Effect.Effect<Token, SessionError> => {
              if (kept === undefined) return notSignedIn(keeper)
              return kept === token ? Effect.succeed(kept) : settle(flight, keeper)
            }
          )
      })

    const settle = (flight: Flight, keeper: Keeper): Effect.Effect<Token, SessionError> =>
      Effect.gen(function*() {
        const token = yield* stored
        if (token === undefined) return yield* notSignedIn(keeper)
        const now = yield* Clock.currentTimeMillis
        if (flight.keeps(token, now)) return token
        if (token.refreshToken !== undefined && textOf(token.refreshToken) !== "") {
          return yield* refresh(flight, keeper, token, token.refreshToken)
        }
        return flight.accepts(token, now)
          ? token
          : yield* reauthorize(
            key,
            "NoRefreshToken",
            `The access token can't be renewed: there is no refresh token; ${signInAgain}`
          )
      })

    let trying: Running<unknown, unknown> | undefined

    const tellRefused = ({ message }: TokenStoreError) =>
      Effect.suspend(() => {
        if (isTold || unsaved === undefined) return Effect.void
        isTold = true
        return Effect.logWarning(
          `The token store doesn't take a new token of "${key}". It is kept in memory and offered again, at least every ${
            Duration.format(longestPause)
          }. ${message}`
        )
      })

    /** What a store doesn't take at once it may take soon, and whoever asked may not come again. */
    const keepTrying = Effect.suspend(() =>
      unsaved === undefined || trying !== undefined ? Effect.void : Effect.map(
        Effect.suspend(() => unsaved === undefined ? Effect.void : Effect.asVoid(locked(stored))).pipe(
          Effect.tapError(tellRefused),
          Effect.retry(offers),
          Effect.delay("100 millis"),
          Effect.ensuring(Effect.sync(() => {
            trying = undefined
          })),
          apart.fork
        ),
        (fiber) => {
          trying = fiber
        }
      )
    )

    /** What is lost with a token that was never kept; nothing where the one before it still serves. */
    const lossOf = ({ isSignIn, previous, token }: Granted): string | undefined => {
      if (isSignIn) return "the sign-in isn't kept"
      return token.refreshToken === undefined || !hasOtherRefreshToken(previous, token.refreshToken)
        ? undefined
        : "the refresh token that the store has is the one before, which Spotify may not take any more"
    }

    const tellLost = (reason: string) => {
      const loss = unsaved && lossOf(unsaved)
      return loss === undefined
        ? Effect.void
        : Effect.logError(
          `The session of "${key}" ended before the token store took its last token: ${loss}, and the user may have to ` +
            `sign in again. ${reason}`
        )
    }

    const noAnswer = `The store gave no answer for ${Duration.format(patience)}.`

    yield* Effect.addFinalizer(() =>
      Effect.gen(function*() {
        if (trying !== undefined) yield* stopInClosing(apart, trying)
        if (unsaved === undefined) return
        // What a silent store was given already, it doesn't take a second time.
        if (isStoring) return yield* tellLost(noAnswer)
        let reason = noAnswer
        const last = yield* apart.fork(Effect.tapError(locked(stored), ({ message }) =>
          Effect.sync(() => {
            reason = message
          })))
        yield* apart.inClosing(Fiber.await(last))
        yield* tellLost(reason)
      })
    )

    const keeper = yield* makeKeeper(apart, (flight, keeper) =>
      Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        const found = unsaved === undefined ? yield* find : Option.none()
        if (Option.isSome(found) && flight.keeps(found.value, now)) return found.value
        const search = locked(settle(flight, keeper))
        return yield* Effect.catchTag(
          search,
          "TokenStoreError",
          // What wasn't kept under a lock that was lost is kept under another.
          (error) => unsaved === undefined ? Effect.fail(error) : Effect.onError(search, () => keepTrying)
        )
      }))

    return {
      kind: "user",
      key,
      redirectUri: options.redirectUri,
      accessToken: keeper.accessToken,
      renew: keeper.renew,
      refresh: Effect.flatMap(apart.run(find), (found) => keeper.replace(Option.getOrUndefined(found))),
      token: apart.run(find),
      authorizeUrl: (authorize) =>
        Effect.gen(function*() {
          yield* checkOptions("SpotifySession.authorizeUrl", authorizeOptions, authorize)
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
          const pending = {
            state,
            scopes,
            startedAt: yield* DateTime.now,
            ...(codeVerifier === undefined ? {} : { codeVerifier }),
            ...(authorize?.redirectUri === undefined ? {} : { redirectUri: authorize.redirectUri })
          }
          yield* apart.run(answered("setPending", store.setPending(key, pending)))
          return url
        }),
      handleCallback: (callback) =>
        Effect.gen(function*() {
          const outcome = SpotifyAuth.parseCallback(callback)
          if (Either.isLeft(outcome) && outcome.left._tag !== "AuthorizationDenied") return yield* outcome.left
          // Anybody can write a callback, also one that says why Spotify refused the sign-in.
          const state = new URL(callback, options.redirectUri).searchParams.get("state") ?? ""
          const pending = state === "" || state === refusedMark
            ? Option.none()
            : yield* answered("takePending", store.takePending(key, state))
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
          const { code } = yield* outcome
          const { codeVerifier, redirectUri = options.redirectUri, scopes } = pending.value
          const grant: SpotifyAuth.Grant = {
            type: "authorization_code",
            code,
            redirectUri,
            codeVerifier
          }
          let granted: Token | undefined
          const signIn = Effect.gen(function*() {
            const previous = yield* stored
            const token = granted = yield* exchange(grant, { scopes, authorizedAt: DateTime.unsafeMake(now) })
            // Whoever was signed in before isn't any more, even if the store doesn't take the new token.
            keeper.keep(undefined)
            if (previous === undefined) yield* Effect.ignore(takeMark)
            return (yield* saveNew({ token, previous, isSignIn: true })) ?? token
          })
          const token = yield* retryTokenRequest(
            locked(signIn),
            (error) => tokenEndpoint.repeatAfter(grant.type, error)
          ).pipe(
            Effect.catchTag(
              "TokenStoreError",
              (error) =>
                granted === undefined || unsaved?.token !== granted
                  ? Effect.fail(error)
                  : Effect.flatMap(locked(stored), (kept) =>
                    kept === undefined ? Effect.fail(error) : Effect.succeed(kept))
            ),
            Effect.tapErrorCause(() =>
              keepTrying
            )
          )
          keeper.keep(token)
          return token
        }).pipe(apart.run),
      signOut: store.withLock(
        key,
        Effect.uninterruptible(
          Effect.map(Effect.zipRight(store.remove(key), Effect.ignore(takeMark)), () => forget(keeper))
        )
      ).pipe((signOut) => answered("remove", signOut), apart.run)
    }
  })

const withoutUser = (
  kind: "app" | "token",
  key: string,
  what: string,
  keeper: Keeper
): SpotifySession.Service => {
  const noSignIn = Effect.fail(
    InvalidInput.of("SpotifySession", "session", `one with a sign-in (authorization code or PKCE): ${what} has none`)
  )
  return {
    kind,
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
    const client = yield* tokenClient
    const grant: SpotifyAuth.Grant = { type: "client_credentials" }
    const keeper = yield* makeKeeper(yield* makeApart, () =>
      Effect.zipWith(
        Clock.currentTimeMillis,
        tokenEndpoint.request(client, options, grant),
        (askedAt, response) => toToken(response, askedAt, { scopes: [] })
      ))
    return withoutUser("app", "client-credentials", "a client credentials session", keeper)
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
    if (!Redacted.isRedacted(options.accessToken) || !tokenEndpoint.isCredential(Redacted.value(options.accessToken))) {
      return yield* InvalidInput.of("SpotifySession", "accessToken", "a token: visible characters without white space")
    }
    const keeper = yield* makeKeeper(yield* makeApart, (flight, keeper) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const token = keeper.current()
        if (token === undefined) {
          return reauthorize("token", "NotSignedIn", "The session was signed out")
        }
        return flight.accepts(token, now)
          ? Effect.succeed(token)
          : reauthorize("token", "NoRefreshToken", "The access token ended or is to be replaced; there is no other")
      }))
    keeper.keep({
      accessToken: options.accessToken,
      expiresAt: options.expiresAt ?? DateTime.unsafeMake(never),
      scopes: options.scopes ?? []
    })
    return withoutUser("token", "token", "a session of a plain access token", keeper)
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
