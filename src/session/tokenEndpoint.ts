import type * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Tracer from "effect/Tracer"
import { perClock } from "../core/deadline.js"
import { isCredential } from "../core/input.js"
import { retryAfter } from "../core/retry.js"
import * as Scope from "../core/Scope.js"
import { useSpan } from "../core/span.js"
import { OAuthError, TokenEndpointUnreachable } from "../core/SpotifyError.js"
import { excerpt, oauthCode, type Redact, redactorOf } from "../core/text.js"
import { type Message, type Received, type Send, through } from "../transport/httpClient.js"
import { countToken, countTokenFailure } from "./metrics.js"

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

const TokenBody = Schema.parseJson(Schema.Struct({
  access_token: Schema.String.pipe(Schema.filter(isCredential)),
  expires_in: Schema.optional(Schema.Unknown),
  scope: Schema.optional(Schema.NullOr(Schema.String)),
  refresh_token: Schema.optional(Schema.NullOr(Schema.String))
}))
const decodeToken = Schema.decodeUnknownOption(TokenBody)

const ErrorBody = Schema.parseJson(Schema.Struct({
  error: Schema.optional(Schema.String),
  error_description: Schema.optional(Schema.NullOr(Schema.String))
}))
const decodeError = Schema.decodeUnknownOption(ErrorBody)

const formOf = (app: App, grant: Grant): Record<string, string> => {
  const client: Record<string, string> = app.clientSecret === undefined ? { client_id: app.clientId } : {}
  switch (grant.type) {
    case "authorization_code":
      return {
        ...client,
        grant_type: grant.type,
        code: Redacted.value(grant.code),
        redirect_uri: grant.redirectUri,
        ...(grant.codeVerifier === undefined ? {} : { code_verifier: Redacted.value(grant.codeVerifier) })
      }
    case "refresh_token":
      return { ...client, grant_type: grant.type, refresh_token: Redacted.value(grant.refreshToken) }
    case "client_credentials":
      return { ...client, grant_type: grant.type }
  }
}

/**
 * A token is good for an hour where the answer doesn't say, or says nonsense: one that is over before it came would be
 * renewed at every use, for another of its kind.
 */
const lifetimeOf = (expiresIn: unknown): number =>
  typeof expiresIn === "number" && expiresIn > 0 && expiresIn < 1e9 ? expiresIn : 3600

const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 429

/** Some answers have a description only. */
const inferError = (status: number, description: string | null | undefined): string | undefined => {
  if (description == null || !isRefusal(status)) return undefined
  if (/^invalid client/i.test(description)) return "invalid_client"
  return /^(invalid refresh token|refresh token (revoked|expired))/i.test(description) ? "invalid_grant" : undefined
}

/** Whether the refresh token is dead: a broken server that says so is not believed. */
export const isInvalidGrant = (error: OAuthError): boolean => error.error === "invalid_grant" && isRefusal(error.status)

const hintOf = (error: string, wait: Duration.Duration | undefined): string => {
  if (wait !== undefined) return ` (it asks to wait ${Duration.format(wait)})`
  if (error === "invalid_client") return " (check the client id and the client secret)"
  return error === "invalid_grant" ? " (the code or refresh token is used, revoked or over; sign in again)" : ""
}

const errorOf = (
  grantType: string,
  status: number,
  text: string,
  wait: Duration.Duration | undefined,
  redact: Redact
): OAuthError => {
  const body = Option.getOrElse(decodeError(text), (): typeof ErrorBody.Type => ({}))
  const said = body.error_description ?? (body.error === undefined ? text : "")
  const error = body.error === undefined
    ? inferError(status, body.error_description) ?? `http_${status}`
    : oauthCode(body.error, redact)
  const description = excerpt(said, redact)
  return new OAuthError({
    grantType,
    error,
    errorDescription: description === "" ? undefined : description,
    status,
    retryAfter: wait,
    message: `Spotify's token endpoint answered ${status} ${error}${description === "" ? "" : `: ${description}`}${
      hintOf(error, wait)
    }`
  })
}

const noToken = (grantType: string, status: number, text: string, redact: Redact): OAuthError => {
  // A login page of some hotel's network is worth showing; what may be half of a token is not.
  const start = /token/i.test(text) ? "" : excerpt(text, redact)
  return new OAuthError({
    grantType,
    error: "invalid_response",
    errorDescription: start === "" ? undefined : start,
    status,
    message: `Spotify's token endpoint answered ${status}, but its body is no token${start === "" ? "" : `: ${start}`}`
  })
}

/** What an answer must not repeat to us: the request's secrets, and the header that holds one. */
const redactorFor = (app: App, form: Record<string, string>): Redact => (text) => {
  const secret = app.clientSecret === undefined ? "" : Redacted.value(app.clientSecret)
  return redactorOf([
    ...(secret === "" ? [] : [Encoding.encodeBase64(`${app.clientId}:${secret}`), secret]),
    ...["code", "code_verifier", "refresh_token"].map((name) => form[name] ?? "")
  ])(text)
}

const maxBodySize = 1024 * 1024

const tokenOf = (text: string): Option.Option<TokenResponse> =>
  Option.map(decodeToken(text), (body) => ({
    accessToken: Redacted.make(body.access_token),
    expiresIn: lifetimeOf(body.expires_in),
    scopes: Option.map(Option.fromNullable(body.scope), Scope.parse),
    refreshToken: Option.map(
      Option.filter(Option.fromNullable(body.refresh_token), (token) => token !== ""),
      Redacted.make
    )
  }))

const messageOf = (app: App, form: Record<string, string>): Message => ({
  method: "POST",
  url: urlOf(app, "/api/token"),
  headers: {
    accept: "application/json",
    ...(app.clientSecret === undefined
      ? {}
      : { authorization: `Basic ${Encoding.encodeBase64(`${app.clientId}:${Redacted.value(app.clientSecret)}`)}` })
  },
  body: { contentType: "application/x-www-form-urlencoded", text: new URLSearchParams(form).toString() },
  maxBodySize
})

const attemptTimeout = Duration.seconds(10)

/** Patient, since an answer may hold a rotated token, which comes only once. */
const deadlineOf = perClock(attemptTimeout, true)

/** How token requests leave: by the HTTP client, and with the whole body of every answer, which breaks off or is there. */
export const sendingBy = (http: HttpClient.HttpClient, context?: Context.Context<never>): Send =>
  through(http, { isWhole: true, ...(context === undefined ? {} : { context }) })

/** One attempt. */
export const request = (
  send: Send,
  app: App,
  grant: Grant
): Effect.Effect<TokenResponse, OAuthError | TokenEndpointUnreachable> =>
  Effect.suspend(() => {
    const form = formOf(app, grant)
    const redact = redactorFor(app, form)
    const message = messageOf(app, form)
    const answerOf = ({ headers, isCut, status, text: whole }: Received, now: number) => {
      const text = isCut ? `more than ${maxBodySize} bytes` : whole
      return status >= 200 && status < 300
        ? Option.match(tokenOf(text), {
          onNone: () => Effect.fail(noToken(grant.type, status, text, redact)),
          onSome: Effect.succeed
        })
        : errorOf(grant.type, status, text, Option.getOrUndefined(retryAfter(headers, now)), redact)
    }
    const attempt = (span: Tracer.Span) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.withFiberRuntime<TokenResponse, OAuthError | TokenEndpointUnreachable>((caller) => {
          const clock = Context.get(caller.getFiberRef(DefaultServices.currentServices), Clock.Clock)
          return Effect.matchEffect(
            deadlineOf(clock).run<Received, string, TokenEndpointUnreachable>(
              clock,
              restore,
              (done) => send(message, done, caller),
              () => timedOut(grant.type)
            ),
            {
              onFailure: (error) => Effect.fail(Predicate.isString(error) ? connectionError(grant.type, error) : error),
              onSuccess: (received) => {
                span.attribute("http.response.status_code", received.status)
                return answerOf(received, clock.unsafeCurrentTimeMillis())
              }
            }
          )
        })
      ).pipe(
        Effect.tapBoth({
          onFailure: (error) => countTokenFailure(grant.type, error._tag === "OAuthError" ? error.error : "none"),
          onSuccess: () => countToken(grant.type)
        })
      )
    return useSpan("SpotifyAuth.requestToken", { ...spanAttributes, "oauth.grant_type": grant.type }, attempt)
  })

const spanAttributes = { "http.request.method": "POST", "url.template": "/api/token" }

const timedOut = (grantType: string): TokenEndpointUnreachable =>
  new TokenEndpointUnreachable({
    grantType,
    reason: "Timeout",
    detail: Duration.format(attemptTimeout),
    message: `Spotify's token endpoint gave no answer within ${Duration.format(attemptTimeout)}`
  })

const connectionError = (grantType: string, detail: string): TokenEndpointUnreachable =>
  new TokenEndpointUnreachable({
    grantType,
    reason: "Connection",
    detail,
    message: `Spotify's token endpoint can't be reached: ${detail}`
  })

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
