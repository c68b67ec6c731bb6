/** The token endpoint, as the rest of the session knows it: what is asked of it, and what may be asked again. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { OAuthError, TokenEndpointUnreachable } from "../core/SpotifyError.js"

/**
 * The app, as Spotify knows it.
 *
 * `clientSecret` is left out by public clients (PKCE). `accountsUrl` is replaced by tests.
 *
 * @since 0.1.0
 * @category models
 */
export interface App {
  readonly clientId: string
  readonly clientSecret?: Redacted.Redacted | undefined
  readonly accountsUrl?: string | undefined
}

/**
 * What the token endpoint gave: `expiresIn` is in seconds, `scopes` and `refreshToken` are there only when it said so.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-5.1
 * @since 0.1.0
 * @category models
 */
export interface TokenResponse {
  readonly accessToken: Redacted.Redacted
  readonly expiresIn: number
  readonly scopes: Option.Option<ReadonlyArray<string>>
  readonly refreshToken: Option.Option<Redacted.Redacted>
}

/**
 * The four ways to ask for a token.
 *
 * @since 0.1.0
 * @category models
 */
export type Grant =
  | {
    readonly type: "authorization_code"
    readonly code: Redacted.Redacted
    readonly redirectUri: string
    /** Given by PKCE clients. */
    readonly codeVerifier?: Redacted.Redacted | undefined
  }
  | { readonly type: "refresh_token"; readonly refreshToken: Redacted.Redacted }
  | { readonly type: "client_credentials" }

/** The host that users sign in at and tokens come from. */
export const accountsUrl = "https://accounts.spotify.com"

/** A URL of the accounts host. */
export const urlOf = (app: { readonly accountsUrl?: string | undefined }, path: string): string =>
  `${(app.accountsUrl ?? accountsUrl).replace(/\/+$/, "")}${path}`

export const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 429

/** Whether the refresh token is dead: a broken server that says so is not believed. */
export const isInvalidGrant = (error: OAuthError): boolean => error.error === "invalid_grant" && isRefusal(error.status)

/**
 * How long to wait at least before the same request is sent again; none where that can't help or may do harm.
 *
 * A code is spent by its first use, whatever came of it; only 429 says that it wasn't looked at.
 */
export const repeatAfter = (
  grantType: Grant["type"],
  error: { readonly _tag: string }
): Option.Option<Duration.Duration> => {
  const isRepeatable = grantType !== "authorization_code"
  if (error instanceof OAuthError) {
    return error.status === 429 || (error.status >= 500 && isRepeatable)
      ? Option.some(error.retryAfter ?? Duration.zero)
      : Option.none()
  }
  return error instanceof TokenEndpointUnreachable && isRepeatable ? Option.some(Duration.zero) : Option.none()
}
