/** How a session comes to a valid access token: from the store, or by a refresh under the store's lock. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { ReauthorizationRequired, type SessionError } from "../core/SpotifyError.js"
import type { Token } from "../store/TokenStore.js"
import type { Exchange } from "./exchange.js"
import type { Flight, TokenCache } from "./tokenCache.js"
import { isInvalidGrant } from "./tokenEndpoint.js"
import { clearText, type Vault } from "./vault.js"

const signInAgain = "send the user through the authorize URL"

export const refreshing = (vault: Vault, exchange: Exchange) => {
  const { key } = vault

  const reauthorize = (reason: ReauthorizationRequired["reason"], message: string) =>
    new ReauthorizationRequired({ key, reason, message: `${message}; ${signInAgain}` })

  const notSignedIn = (cache: TokenCache): Effect.Effect<never, ReauthorizationRequired> =>
    Effect.suspend(() => {
      cache.set(undefined)
      return reauthorize("NotSignedIn", `Nobody is signed in as "${key}"`)
    })

  const refused = (
    flight: Flight,
    cache: TokenCache,
    refreshToken: Redacted.Redacted
  ): Effect.Effect<Token, SessionError> =>
    Effect.flatMap(vault.refusal.remove(refreshToken), (isRemoved) => {
      if (!isRemoved) return settle(flight, cache)
      vault.forget()
      cache.set(undefined)
      return reauthorize(
        "RefreshTokenInvalid",
        "Spotify no longer takes the refresh token: the user revoked the app or six months have passed"
      )
    })

  const refresh = (
    flight: Flight,
    cache: TokenCache,
    previous: Token,
    refreshToken: Redacted.Redacted
  ): Effect.Effect<Token, SessionError> =>
    Effect.matchEffect(exchange({ type: "refresh_token", refreshToken }, previous), {
      onFailure: (error) =>
        error._tag === "OAuthError" && isInvalidGrant(error)
          ? refused(flight, cache, refreshToken)
          : Effect.fail(error),
      onSuccess: (token) =>
        Effect.flatMap(
          vault.save({ token, previous, isSignIn: false }),
          (kept): Effect.Effect<Token, SessionError> => {
            if (kept === undefined) return notSignedIn(cache)
            return kept === token ? Effect.succeed(kept) : settle(flight, cache)
          }
        )
    })

  /** Under the lock: what is in the store, if it will do, or a refresh of it. */
  const settle = (flight: Flight, cache: TokenCache): Effect.Effect<Token, SessionError> =>
    Effect.gen(function*() {
      const token = yield* vault.stored
      if (token === undefined) return yield* notSignedIn(cache)
      const now = yield* Clock.currentTimeMillis
      if (flight.keeps(token, now)) return token
      if (token.refreshToken !== undefined && clearText(token.refreshToken) !== "") {
        return yield* refresh(flight, cache, token, token.refreshToken)
      }
      return flight.accepts(token, now)
        ? token
        : yield* reauthorize("NoRefreshToken", "The access token can't be renewed: there is no refresh token")
    })

  return (flight: Flight, cache: TokenCache): Effect.Effect<Token, SessionError> =>
    Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      const found = vault.hasUnsaved() ? Option.none() : yield* vault.find
      if (Option.isSome(found) && flight.keeps(found.value, now)) return found.value
      const search = vault.locked(settle(flight, cache))
      return yield* Effect.catchTag(
        search,
        "TokenStoreError",
        // What wasn't kept under a lock that was lost is kept under another.
        (error) => vault.hasUnsaved() ? Effect.onError(search, () => vault.keepTrying) : Effect.fail(error)
      )
    })
}
