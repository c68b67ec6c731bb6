import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Redacted from "effect/Redacted"
import { retryTokenRequest } from "../core/retry.js"
import type { SessionError } from "../core/SpotifyError.js"
import type { Token } from "../store/TokenStore.js"
import { type Apart, type Running, stopInClosing } from "./apart.js"
import { isFresh, lasts, textOf } from "./lifetime.js"
import { repeatAfter } from "./tokenEndpoint.js"

/** The search for a token, shared by all who wait for one. */
export interface Flight {
  /** Whether a token is good now and isn't the one to be replaced. */
  readonly accepts: (token: Token, now: number) => boolean
  /** Whether it needn't be renewed either. */
  readonly keeps: (token: Token, now: number) => boolean
}

interface Shared extends Flight {
  readonly replaced: string | undefined
  /** Whether the replaced token is known to be bad. */
  readonly refused: boolean
  readonly result: Deferred.Deferred<Token, SessionError>
}

const takeOff = (replaced: string | undefined, refused: boolean): Shared => ({
  accepts: (token, now) => lasts(token, now) && textOf(token) !== replaced,
  keeps: (token, now) => isFresh(token, now) && textOf(token) !== replaced,
  replaced,
  refused,
  result: Deferred.unsafeMake(FiberId.none)
})

/** The token at hand, and one flight at a time for another. */
export interface TokenCache {
  readonly accessToken: Effect.Effect<Redacted.Redacted, SessionError>
  /** A token other than the one that Spotify refused. */
  readonly renew: (refused: Redacted.Redacted) => Effect.Effect<Redacted.Redacted, SessionError>
  /** A token other than the given one, which is good until there is another. */
  readonly replace: (token: Token | undefined) => Effect.Effect<Token, SessionError>
  readonly current: () => Token | undefined
  /** Sets the token from outside; what a flight brings that is under way already comes too late. */
  readonly set: (token: Token | undefined) => void
}

export interface RenewingTokenCache extends TokenCache {
  /** Ends what is under way; who asks afterwards is interrupted. */
  readonly close: Effect.Effect<void>
}

/**
 * `obtain` runs until the session is closed, not in the fiber that happened to ask first: that one may be interrupted without
 * harm to the others, and has no part in what it does for them. It is repeated where that may help.
 */
export const makeTokenCache = (
  apart: Apart,
  obtain: (flight: Flight, cache: TokenCache) => Effect.Effect<Token, SessionError>
): RenewingTokenCache => {
  let current: Token | undefined
  let changes = 0
  let flight: Shared | undefined
  let fiber: Running<Token, SessionError> | undefined
  let closed = false

  const held = (isGood: (token: Token, now: number) => boolean, now: number): Token | undefined =>
    current !== undefined && isGood(current, now) &&
      !(flight?.refused === true && flight.replaced === textOf(current))
      ? current
      : undefined

  const join = (replaced?: string, refused = false): Effect.Effect<Token, SessionError> =>
    Effect.uninterruptibleMask((restore) => {
      if (flight !== undefined) return restore(Deferred.await(flight.result))
      if (closed) return Effect.interrupt
      const mine = flight = takeOff(replaced, refused)
      const changesBefore = changes
      return retryTokenRequest(obtain(mine, cache), (error) => repeatAfter("refresh_token", error)).pipe(
        Effect.interruptible,
        Effect.onExit((exit) => {
          flight = undefined
          fiber = undefined
          if (Exit.isSuccess(exit) && changes === changesBefore) current = exit.value
          return Deferred.done(mine.result, exit)
        }),
        apart.fork,
        Effect.flatMap((forked) => {
          fiber = forked
          return restore(Deferred.await(mine.result))
        })
      )
    })

  const other = (replaced: string | undefined, refused: boolean): Effect.Effect<Token, SessionError> =>
    Effect.suspend(() =>
      flight === undefined || flight.replaced === replaced
        ? join(replaced, refused)
        // What was under way for another reason may end with the very token that is to be replaced.
        : Effect.flatMap(
          join(),
          (token) => textOf(token) === replaced ? other(replaced, refused) : Effect.succeed(token)
        )
    )

  const valid = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const token = held(isFresh, now)
    return token === undefined ? Effect.catchAll(join(), lastMinute) : Effect.succeed(token)
  })

  // A token at its end is worth more than the reason why there is no later one.
  const lastMinute = (error: SessionError): Effect.Effect<Token, SessionError> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const token = held(lasts, now)
      return token === undefined ? Effect.fail(error) : Effect.succeed(token)
    })

  const cache: RenewingTokenCache = {
    accessToken: Effect.map(valid, (token) => token.accessToken),
    renew: (refused) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const text = Redacted.value(refused)
        const token = held(isFresh, now)
        return token !== undefined && textOf(token) !== text
          ? Effect.succeed(token.accessToken)
          : Effect.map(other(text, true), (renewed) => renewed.accessToken)
      }),
    replace: (token) => other(textOf(token), false),
    current: () => current,
    set: (token) => {
      current = token
      changes++
    },
    close: Effect.suspend(() => {
      closed = true
      return fiber === undefined ? Effect.void : Effect.asVoid(stopInClosing(apart, fiber))
    })
  }
  return cache
}
