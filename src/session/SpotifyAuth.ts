/**
 * The OAuth exchanges with accounts.spotify.com: the authorize URL, the callback and the token endpoint's four grants.
 *
 * A `SpotifySession` does all of this; use the module directly where you keep tokens in your own way.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { aBoolean, aText, attempt, checkOptions, readOptions, shown, someScopes } from "../core/input.js"
import { retryTokenRequest } from "../core/retry.js"
import type * as Scope from "../core/Scope.js"
import { AuthorizationDenied, InvalidInput, StateMismatch } from "../core/SpotifyError.js"
import type { OAuthError, TokenEndpointUnreachable } from "../core/SpotifyError.js"
import { excerpt, oauthCode, redactorOf } from "../core/text.js"
import { challengeOf, urlToAuthorize } from "./authorize.js"
import { checkCredentials } from "./credentials.js"
import * as tokenEndpoint from "./tokenEndpoint.js"
import type { App, Grant, TokenResponse } from "./tokenEndpoint.js"
import { makeSender, request } from "./tokenRequest.js"

export type { App, Grant, TokenResponse } from "./tokenEndpoint.js"

/**
 * The host that users sign in at and tokens come from.
 *
 * @since 0.1.0
 * @category constants
 */
export const accountsUrl: string = tokenEndpoint.accountsUrl

const randomText = (bytes: number): Effect.Effect<string> =>
  Effect.sync(() => Encoding.encodeBase64Url(globalThis.crypto.getRandomValues(new Uint8Array(bytes))))

/**
 * A fresh `state`: 192 random bits, base64url.
 *
 * @since 0.1.0
 * @category constructors
 */
export const generateState: Effect.Effect<string> = randomText(24)

/**
 * A fresh PKCE verifier: 512 random bits, base64url (86 characters).
 *
 * @see https://datatracker.ietf.org/doc/html/rfc7636#section-4.1
 * @since 0.1.0
 * @category constructors
 */
export const generateCodeVerifier: Effect.Effect<Redacted.Redacted> = Effect.map(randomText(64), Redacted.make)

/** Empty where it is none: not every caller has types. */
const textOf = (secret: unknown): string => {
  const text = Redacted.isRedacted(secret) ? Redacted.value(secret) : ""
  return typeof text === "string" ? text : ""
}

const isText = aText[0]

const checkCodeVerifier = (codeVerifier: Redacted.Redacted): Either.Either<string, InvalidInput> => {
  const text = textOf(codeVerifier)
  return /^[A-Za-z0-9_.~-]{43,128}$/.test(text)
    ? Either.right(text)
    : Either.left(InvalidInput.of(
      "SpotifyAuth",
      "codeVerifier",
      `43 to 128 characters of A-Z a-z 0-9 _ . - ~ (this one has ${text.length} characters)`
    ))
}

/**
 * The S256 challenge of a PKCE verifier.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc7636#section-4.2
 * @since 0.1.0
 * @category constructors
 */
export const codeChallenge = (codeVerifier: Redacted.Redacted): Effect.Effect<string, InvalidInput> =>
  Effect.flatMap(checkCodeVerifier(codeVerifier), challengeOf)

/**
 * Checks a redirect URI by Spotify's rules: https, a custom scheme, or http on a loopback IP literal; `localhost` is
 * refused.
 *
 * @see https://developer.spotify.com/documentation/web-api/concepts/redirect_uri
 * @since 0.1.0
 * @category validation
 */
export const checkRedirectUri = (redirectUri: string): Either.Either<URL, InvalidInput> => {
  const invalid = (expected: string) => Either.left(InvalidInput.of("SpotifyAuth", "redirectUri", expected))
  const parsed = Either.try(() => new URL(isText(redirectUri) ? redirectUri : ""))
  // The parser takes `example.com:8080/callback` for a scheme and a path, and mends what Spotify compares as it stands.
  if (Either.isLeft(parsed) || /\s|^[^/:]*:\d/.test(redirectUri)) {
    return invalid(`an absolute URI such as http://127.0.0.1:8888/callback, not ${shown(redirectUri)}`)
  }
  const url = parsed.right
  const isHttp = url.protocol === "http:"
  if (redirectUri.includes("#")) return invalid("a URI without a fragment (#)")
  if ((isHttp || url.protocol === "https:") && /(^|\.)localhost\.?$/.test(url.hostname)) {
    return invalid("a loopback IP (http://127.0.0.1:PORT or http://[::1]:PORT): Spotify refuses localhost")
  }
  if (isHttp && !/^http:\/\/(127\.0\.0\.1|\[::1\])(:\d+)?([/?]|$)/i.test(redirectUri)) {
    return invalid("https: Spotify allows plain http on http://127.0.0.1:PORT and http://[::1]:PORT only")
  }
  return Either.right(url)
}

/**
 * Checks an app: its client id, its secret where it has one, and the accounts host where it is replaced.
 *
 * @since 0.1.0
 * @category validation
 */
export const checkApp = (app: App): Either.Either<App, InvalidInput> =>
  attempt("SpotifyAuth", () =>
    Either.flatMap(
      readOptions("SpotifyAuth", ["clientId", "clientSecret", "accountsUrl"], app),
      () => checkCredentials(app)
    ))

const authorizeOptions = {
  clientId: aText,
  redirectUri: aText,
  state: aText,
  scopes: someScopes,
  showDialog: aBoolean,
  codeChallenge: aText,
  accountsUrl: aText
}

/**
 * The URL that the user's browser is sent to.
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/code-flow
 * @since 0.1.0
 * @category sign-in
 */
export const authorizeUrl = (options: {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string
  readonly scopes?: ReadonlyArray<Scope.Scope> | undefined
  readonly showDialog?: boolean | undefined
  readonly codeChallenge?: string | undefined
  readonly accountsUrl?: string | undefined
}): Either.Either<URL, InvalidInput> =>
  Either.gen(function*() {
    yield* checkOptions("SpotifyAuth.authorizeUrl", authorizeOptions, options ?? null)
    yield* attempt("SpotifyAuth", () => checkCredentials(options))
    yield* checkRedirectUri(options.redirectUri)
    if (!isText(options.state) || options.state === "") {
      yield* Either.left(InvalidInput.of("SpotifyAuth.authorizeUrl", "state", "a text that can't be guessed"))
    }
    return urlToAuthorize(options)
  })

/**
 * What a callback URL carries.
 *
 * @since 0.1.0
 * @category models
 */
export interface Callback {
  readonly code: Redacted.Redacted
  readonly state: string
}

/**
 * Reads a callback: the whole URL, or its path and query.
 *
 * The caller compares `state`; a missing one is `StateMismatch` already. Compare it before showing anything of
 * `AuthorizationDenied` too, whose words are of whoever wrote the URL; a session does.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2
 * @since 0.1.0
 * @category sign-in
 */
export const parseCallback = (
  callback: string | URL
): Either.Either<Callback, InvalidInput | StateMismatch | AuthorizationDenied> => {
  const parsed = Either.try(() => new URL(callback, "http://127.0.0.1"))
  const invalid = InvalidInput.of(
    "SpotifyAuth.parseCallback",
    "callback",
    "the URL that Spotify redirected to, with code and state or with error in its query"
  )
  if (Either.isLeft(parsed)) return Either.left(invalid)
  const query = parsed.right.searchParams
  const error = query.get("error")
  if (error !== null) {
    // Anybody can write such a link, so it isn't shown at any length, and may have a code beside it.
    const redact = redactorOf(query.getAll("code"))
    const errorDescription = Option.getOrUndefined(
      Option.map(Option.fromNullable(query.get("error_description")), (text) => excerpt(text, redact))
    )
    return Either.left(
      new AuthorizationDenied({
        error: oauthCode(error, redact),
        errorDescription,
        message: error === "access_denied"
          ? "The user declined the sign-in"
          : `Spotify refused the sign-in: ${oauthCode(error, redact)}${
            errorDescription === undefined ? "" : ` (${errorDescription})`
          }`
      })
    )
  }
  const state = query.get("state")
  if (state === null || state === "") {
    return Either.left(new StateMismatch({ message: "The callback has no state; start the sign-in again" }))
  }
  const code = query.get("code")
  if (code === null || code === "") return Either.left(invalid)
  return Either.right({ code: Redacted.make(code), state })
}

/**
 * Asks the token endpoint.
 *
 * A refresh and client credentials are repeated a few times on 5xx and lost connections; a code is sent once, since a
 * code that is sent again may cost the tokens of its first use. On 429 each of them waits for `Retry-After`, up to a
 * minute, and is sent again.
 *
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Effect, Redacted } from "effect"
 * import { SpotifyAuth } from "effect-spotify"
 *
 * const token = SpotifyAuth.requestToken(
 *   { clientId: "…", clientSecret: Redacted.make("…") },
 *   { type: "client_credentials" }
 * ).pipe(Effect.provide(FetchHttpClient.layer))
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens
 * @since 0.1.0
 * @category tokens
 */
export const requestToken = (
  app: App,
  grant: Grant
): Effect.Effect<TokenResponse, InvalidInput | OAuthError | TokenEndpointUnreachable, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    yield* checkApp(app)
    yield* attempt("SpotifyAuth.requestToken", () => checkGrant(app, grant))
    const sender = yield* makeSender
    return yield* retryTokenRequest(
      request(sender, app, grant),
      (error) => tokenEndpoint.repeatAfter(grant.type, error)
    )
  })

const isSent = (secret: Redacted.Redacted): boolean => textOf(secret) !== "" && isText(textOf(secret))

const grantOptions: { readonly [type in Grant["type"]]: ReadonlyArray<string> } = {
  authorization_code: ["type", "code", "redirectUri", "codeVerifier"],
  refresh_token: ["type", "refreshToken"],
  client_credentials: ["type"]
}

const checkGrant = (app: App, grant: Grant): Either.Either<unknown, InvalidInput> =>
  Either.flatMap(
    checkValues(app, grant),
    () => readOptions("SpotifyAuth.requestToken", grantOptions[grant.type], grant)
  )

const checkValues = (app: App, grant: Grant): Either.Either<unknown, InvalidInput> => {
  const missing = (field: string, expected: string) =>
    Either.left(InvalidInput.of("SpotifyAuth.requestToken", field, expected))
  switch (grant?.type) {
    case "authorization_code":
      if (!isSent(grant.code)) return missing("code", "the callback's code, not an empty text")
      if (!isText(grant.redirectUri)) return missing("redirectUri", "the one of the authorize URL")
      return grant.codeVerifier !== undefined
        ? checkCodeVerifier(grant.codeVerifier)
        : app.clientSecret === undefined
        ? missing("codeVerifier", "given by a client without a secret")
        : Either.void
    case "refresh_token":
      return isSent(grant.refreshToken)
        ? Either.void
        : missing("refreshToken", "a refresh token, not an empty text")
    case "client_credentials":
      return app.clientSecret === undefined
        ? missing("clientSecret", "given: the client credentials flow needs one")
        : Either.void
    default:
      return missing("type", "authorization_code, refresh_token or client_credentials")
  }
}
