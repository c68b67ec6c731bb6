/**
 * The two steps of the authorization code flow, with PKCE where the app has no secret: the URL to send the user to, and
 * the callback that they come back with.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { aBoolean, aText, checkOptions, someScopes } from "../core/input.js"
import { retryTokenRequest } from "../core/retry.js"
import type * as Scope from "../core/Scope.js"
import { type InvalidInput, type SignInError, StateMismatch, type TokenStoreError } from "../core/SpotifyError.js"
import { pendingLifetime } from "../store/record.js"
import type { Token, TokenStore } from "../store/TokenStore.js"
import type { Apart } from "./apart.js"
import { challengeOf, urlToAuthorize } from "./authorize.js"
import type { Exchange } from "./exchange.js"
import * as SpotifyAuth from "./SpotifyAuth.js"
import type { TokenCache } from "./tokenCache.js"
import { repeatAfter } from "./tokenEndpoint.js"
import { refusedMark, type Vault } from "./vault.js"

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

interface Options extends SpotifyAuth.App {
  readonly redirectUri: string
  readonly scopes: ReadonlyArray<Scope.Scope>
}

const authorizeOptions = { scopes: someScopes, showDialog: aBoolean, redirectUri: aText }

export const signingIn = (
  options: Options,
  store: TokenStore.Service,
  { answered, hasUnsaved, keepTrying, key, locked, refusal, save, stored }: Vault,
  cache: TokenCache,
  exchange: Exchange,
  apart: Apart
) => ({
  authorizeUrl: (authorize?: AuthorizeOptions): Effect.Effect<URL, InvalidInput | TokenStoreError> =>
    Effect.gen(function*() {
      yield* checkOptions("SpotifySession.authorizeUrl", authorizeOptions, authorize)
      const scopes = authorize?.scopes ?? options.scopes
      const state = yield* SpotifyAuth.generateState
      const codeVerifier = options.clientSecret === undefined ? yield* SpotifyAuth.generateCodeVerifier : undefined
      const redirectUri = authorize?.redirectUri
      // The rest was checked where the session was made, and what is made here needs no check.
      if (redirectUri !== undefined) yield* SpotifyAuth.checkRedirectUri(redirectUri)
      const url = urlToAuthorize({
        clientId: options.clientId,
        redirectUri: redirectUri ?? options.redirectUri,
        accountsUrl: options.accountsUrl,
        state,
        scopes,
        showDialog: authorize?.showDialog,
        codeChallenge: codeVerifier === undefined ? undefined : yield* challengeOf(Redacted.value(codeVerifier))
      })
      const pending = {
        state,
        scopes,
        startedAt: yield* DateTime.now,
        ...(codeVerifier === undefined ? {} : { codeVerifier }),
        ...(redirectUri === undefined ? {} : { redirectUri })
      }
      yield* apart.run(answered("setPending", store.setPending(key, pending)))
      return url
    }),
  handleCallback: (callback: string | URL): Effect.Effect<Token, SignInError> =>
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
        cache.set(undefined)
        if (previous === undefined) yield* refusal.forget
        return (yield* save({ token, previous, isSignIn: true })) ?? token
      })
      const token = yield* retryTokenRequest(
        locked(signIn),
        (error) => repeatAfter(grant.type, error)
      ).pipe(
        Effect.catchTag(
          "TokenStoreError",
          (error) =>
            granted === undefined || !hasUnsaved(granted)
              ? Effect.fail(error)
              : Effect.flatMap(locked(stored), (kept) => kept === undefined ? Effect.fail(error) : Effect.succeed(kept))
        ),
        Effect.tapErrorCause(() => keepTrying)
      )
      cache.set(token)
      return token
    }).pipe(apart.run)
})
