/** A token from a grant of OAuth's, with what the one before it leaves to it. */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { OAuthError, TokenEndpointUnreachable } from "../core/SpotifyError.js"
import type { Token } from "../store/TokenStore.js"
import { issuedAt } from "./lifetime.js"
import { tellSignInAge } from "./metrics.js"
import type * as tokenEndpoint from "./tokenEndpoint.js"
import { makeSender, request } from "./tokenRequest.js"

/** What a token keeps of the one before, where the answer doesn't say. */
export type Previous = Pick<Token, "scopes" | "refreshToken" | "authorizedAt">

const toToken = (
  response: tokenEndpoint.TokenResponse,
  askedAt: number,
  previous: Previous
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

export type Exchange = (
  grant: tokenEndpoint.Grant,
  previous: Previous
) => Effect.Effect<Token, OAuthError | TokenEndpointUnreachable>

export const exchangeOf = (app: tokenEndpoint.App): Effect.Effect<Exchange, never, HttpClient.HttpClient> =>
  Effect.map(makeSender, (sender): Exchange => (grant, previous) =>
    Effect.gen(function*() {
      const askedAt = yield* Clock.currentTimeMillis
      const token = toToken(yield* request(sender, app, grant), askedAt, previous)
      if (grant.type === "refresh_token") yield* tellSignInAge(token, askedAt)
      return token
    }))
