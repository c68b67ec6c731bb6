import * as Clock from "effect/Clock"
import type * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import type { SessionError } from "../SpotifyError.js"
import type { Token } from "../TokenStore.js"

/** A token is renewed this long before it ends, so that none ends on its way to Spotify. */
const leeway = 60_000

/** Far enough for a token whose end isn't known. */
export const never = 8_640_000_000_000_000

/** The token at hand, and one renewal for everybody who waits for another. */
export interface Keeper {
  readonly accessToken: Effect.Effect<Redacted.Redacted, SessionError>
  readonly valid: Effect.Effect<Token, SessionError>
  /** A token other than the one that Spotify refused. */
  readonly renew: (refused: Redacted.Redacted) => Effect.Effect<Token, SessionError>
  /** A token other than the given one, which stays good if there is no other. */
  readonly replace: (token: Token) => Effect.Effect<Token, SessionError>
  readonly isUsable: (token: Token, now: number) => boolean
  readonly current: () => Token | undefined
  readonly keep: (token: Token | undefined) => void
}

/**
 * `obtain` runs in the session's scope, not in the fiber that happened to ask first: that one may be interrupted without
 * harm to the others, and closing the scope waits until a token that is on its way is kept.
 */
export const makeKeeper = (
  obtain: (keeper: Keeper) => Effect.Effect<Token, SessionError>
): Effect.Effect<Keeper, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    let current: Token | undefined
    let refused: string | undefined
    let flight: Deferred.Deferred<Token, SessionError> | undefined

    const isUsable = (token: Token, now: number): boolean =>
      token.expiresAt.epochMillis - leeway > now && Redacted.value(token.accessToken) !== refused

    const join: Effect.Effect<Token, SessionError> = Effect.uninterruptibleMask((restore) => {
      if (flight !== undefined) return restore(Deferred.await(flight))
      const mine = flight = Deferred.unsafeMake<Token, SessionError>(FiberId.none)
      return Effect.interruptible(obtain(keeper)).pipe(
        Effect.onExit((exit) => {
          flight = undefined
          if (Exit.isSuccess(exit)) current = exit.value
          return Deferred.done(mine, exit)
        }),
        Effect.forkIn(scope),
        Effect.zipRight(restore(Deferred.await(mine)))
      )
    })

    const held = (now: number): Token | undefined =>
      current !== undefined && isUsable(current, now) ? current : undefined

    const valid = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const token = held(now)
      return token === undefined ? join : Effect.succeed(token)
    })

    const renew = (token: Redacted.Redacted): Effect.Effect<Token, SessionError> =>
      Effect.suspend(() => {
        const text = Redacted.value(token)
        refused = text
        // A renewal that was under way already may have ended with the very token that is refused now.
        return Effect.flatMap(
          valid,
          (renewed) => Redacted.value(renewed.accessToken) === text ? valid : Effect.succeed(renewed)
        )
      })

    const keeper: Keeper = {
      accessToken: Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const token = held(now)
        return token === undefined
          ? Effect.map(join, (renewed) => renewed.accessToken)
          : Effect.succeed(token.accessToken)
      }),
      valid,
      renew,
      replace: (token) =>
        Effect.tapError(renew(token.accessToken), () =>
          Effect.sync(() => {
            refused = undefined
          })),
      isUsable,
      current: () => current,
      keep: (token) => {
        current = token
      }
    }
    return keeper
  })

/** Whether a later token supersedes an earlier one that couldn't be saved. */
export const isNewer = (a: { readonly expiresAt: DateTime.Utc }, b: { readonly expiresAt: DateTime.Utc }): boolean =>
  a.expiresAt.epochMillis > b.expiresAt.epochMillis
