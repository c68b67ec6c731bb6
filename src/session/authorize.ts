/** The URL that a sign-in begins with, from values that have been checked. */
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import type * as Scope from "../core/Scope.js"
import { urlOf } from "./tokenEndpoint.js"

/** The S256 challenge of a verifier's text. */
export const challengeOf = (codeVerifier: string): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => globalThis.crypto.subtle.digest("SHA-256", new TextEncoder().encode(codeVerifier))),
    (hash) => Encoding.encodeBase64Url(new Uint8Array(hash))
  )

export interface Authorize {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string
  readonly scopes?: ReadonlyArray<Scope.Scope> | undefined
  readonly showDialog?: boolean | undefined
  readonly codeChallenge?: string | undefined
  readonly accountsUrl?: string | undefined
}

export const urlToAuthorize = (options: Authorize): URL => {
  const url = new URL(urlOf(options, "/authorize"))
  const query = url.searchParams
  query.set("client_id", options.clientId)
  query.set("response_type", "code")
  query.set("redirect_uri", options.redirectUri)
  query.set("state", options.state)
  if (options.scopes !== undefined && options.scopes.length > 0) query.set("scope", options.scopes.join(" "))
  if (options.showDialog !== undefined) query.set("show_dialog", String(options.showDialog))
  if (options.codeChallenge !== undefined) {
    query.set("code_challenge_method", "S256")
    query.set("code_challenge", options.codeChallenge)
  }
  return url
}
