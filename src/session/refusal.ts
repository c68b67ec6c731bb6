/** That Spotify refused a refresh token, which is kept in the token's place for a process that comes late with another. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { TokenStoreError } from "../core/SpotifyError.js"
import type { Token, TokenStore } from "../store/TokenStore.js"

export const clearText = (secret: Redacted.Redacted | undefined): string | undefined => secret && Redacted.value(secret)

export const hasOtherRefreshToken = (token: Token | undefined, refreshToken: Redacted.Redacted): boolean =>
  token?.refreshToken !== undefined && clearText(token.refreshToken) !== clearText(refreshToken)

/**
 * Kept as a pending sign-in where a token was removed because Spotify refused it: a process that stood still may wake
 * with its successor, which then belongs into the store. Without it, nobody is signed in because they signed out.
 */
export const refusedMark = "effect-spotify: the refresh token was refused"

/** For longer than any process stands still. */
const markLifetime = Duration.days(7)

/** Tells refresh tokens apart without showing them. */
const markOf = (refreshToken: Redacted.Redacted | undefined): string =>
  String(Hash.string(clearText(refreshToken) ?? ""))

export interface Refusal {
  /** Whether the store is empty because this refresh token was refused. A sign-out takes the mark away. */
  readonly isOf: (refreshToken: Redacted.Redacted | undefined) => Effect.Effect<boolean, TokenStoreError>
  /** Removes the token of a refresh token that Spotify refused; false where the store has another one meanwhile. */
  readonly remove: (refreshToken: Redacted.Redacted) => Effect.Effect<boolean>
  readonly forget: Effect.Effect<void>
}

/** For work under the key's lock. */
export const makeRefusal = (store: TokenStore.Service, key: string): Refusal => {
  const read = Effect.map(store.get(key), Option.getOrUndefined)
  const takeMark = store.takePending(key, refusedMark)
  return {
    isOf: (refreshToken) =>
      Effect.flatMap(takeMark, (mark) =>
        Option.isNone(mark) ? Effect.succeed(false) : Effect.as(
          // It stays until a token is there: one that isn't kept yet may come after a sign-out.
          store.setPending(key, mark.value),
          mark.value.scopes[0] === markOf(refreshToken)
        )),
    remove: (refreshToken) =>
      Effect.gen(function*() {
        // Where a lock was lost, as when the machine slept, somebody else may have rotated the refresh token meanwhile.
        const found = yield* Effect.option(read)
        if (Option.isNone(found) || found.value === undefined) return true
        if (hasOtherRefreshToken(found.value, refreshToken)) return false
        const now = yield* DateTime.now
        yield* Effect.ignore(store.setPending(key, {
          state: refusedMark,
          scopes: [markOf(refreshToken)],
          startedAt: DateTime.addDuration(now, markLifetime)
        }))
        const isRemoved = yield* Effect.isSuccess(store.remove(key))
        return isRemoved || !hasOtherRefreshToken(yield* Effect.orElseSucceed(read, () => undefined), refreshToken)
      }),
    forget: Effect.ignore(takeMark)
  }
}
