/** A token that nobody can renew, in the place of a token cache: no flight, no repeats and no token endpoint. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { ReauthorizationRequired } from "../core/SpotifyError.js"
import type { Token } from "../store/TokenStore.js"
import { lasts, textOf } from "./lifetime.js"
import type { TokenCache } from "./tokenCache.js"

export const tokenGiven = (given: Token): TokenCache => {
  let current: Token | undefined = given

  const other = (replaced: string | undefined): Effect.Effect<Token, ReauthorizationRequired> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (current !== undefined && lasts(current, now) && textOf(current) !== replaced) return Effect.succeed(current)
      return current === undefined
        ? new ReauthorizationRequired({
          key: "token",
          reason: "NotSignedIn",
          message: "The session was signed out"
        })
        : new ReauthorizationRequired({
          key: "token",
          reason: "NoRefreshToken",
          message: "The access token ended or is to be replaced; there is no other"
        })
    })

  return {
    accessToken: Effect.map(other(undefined), (token) => token.accessToken),
    renew: (refused) => Effect.map(other(Redacted.value(refused)), (token) => token.accessToken),
    replace: (token) => other(textOf(token)),
    current: () => current,
    set: (token) => {
      current = token
    }
  }
}
