import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Scope from "../Scope.js"
import type { App, Grant, TokenResponse } from "../SpotifyAuth.js"
import { OAuthError, tokenOperation, TransportError } from "../SpotifyError.js"
import { retryAfter } from "./retry.js"
import { excerpt, transportDetail } from "./text.js"

/** The host that users sign in at and tokens come from. */
export const accountsUrl = "https://accounts.spotify.com"

const TokenBody = Schema.parseJson(Schema.Struct({
  access_token: Schema.NonEmptyString,
  expires_in: Schema.optional(Schema.NullOr(Schema.Number)),
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

const tokenRequest = { operation: tokenOperation, method: "POST", path: "/api/token" }

const hints: Record<string, string> = {
  invalid_client: "check the client id and the client secret",
  invalid_grant: "the code or refresh token is used, revoked or over; sign in again"
}

const errorOf = (
  grantType: string,
  status: number,
  text: string,
  retryAfter: Option.Option<Duration.Duration>,
  secrets: ReadonlyArray<string>
): OAuthError => {
  const body = Option.getOrElse(decodeError(text), (): typeof ErrorBody.Type => ({}))
  const error = body.error ?? (body.error_description?.toLowerCase().includes("refresh token") === true
    ? "invalid_grant"
    : `http_${status}`)
  const start = excerpt(text, secrets)
  const errorDescription = body.error_description ?? (body.error === undefined && start !== "" ? start : undefined)
  const hint = hints[error]
  return new OAuthError({
    grantType,
    error,
    errorDescription: errorDescription === undefined ? undefined : excerpt(errorDescription, secrets),
    status,
    retryAfter: Option.getOrUndefined(retryAfter),
    message: `Spotify's token endpoint answered ${status} ${error}${
      errorDescription === undefined ? "" : `: ${excerpt(errorDescription, secrets)}`
    }${hint === undefined ? "" : ` (${hint})`}`
  })
}

/** One attempt. */
export const request = (
  client: HttpClient.HttpClient,
  app: App,
  grant: Grant
): Effect.Effect<TokenResponse, OAuthError | TransportError> =>
  Effect.suspend(() => {
    const form = formOf(app, grant)
    const secrets = [
      form["code"] ?? "",
      form["code_verifier"] ?? "",
      form["refresh_token"] ?? "",
      app.clientSecret === undefined ? "" : Redacted.value(app.clientSecret)
    ]
    const post = HttpClientRequest.post(`${app.accountsUrl ?? accountsUrl}/api/token`).pipe(
      HttpClientRequest.bodyUrlParams(form),
      HttpClientRequest.acceptJson,
      app.clientSecret === undefined
        ? (post) => post
        : HttpClientRequest.basicAuth(app.clientId, app.clientSecret)
    )
    return client.execute(post).pipe(
      Effect.flatMap((response) =>
        Effect.flatMap(response.text, (text) => {
          if (response.status >= 200 && response.status < 300) {
            return Option.match(decodeToken(text), {
              // The body of a success is never quoted: what is cut off may hold a token.
              onNone: () =>
                Effect.fail(
                  new OAuthError({
                    grantType: grant.type,
                    error: "invalid_response",
                    errorDescription: undefined,
                    status: response.status,
                    message: `Spotify's token endpoint answered ${response.status}, but its body is no token`
                  })
                ),
              onSome: (body) =>
                Effect.succeed({
                  accessToken: Redacted.make(body.access_token),
                  expiresIn: body.expires_in ?? 3600,
                  scopes: Option.map(Option.fromNullable(body.scope), Scope.parse),
                  refreshToken: Option.map(
                    Option.filter(Option.fromNullable(body.refresh_token), (token) => token !== ""),
                    Redacted.make
                  )
                })
            })
          }
          return Effect.flatMap(
            Clock.currentTimeMillis,
            (now) => errorOf(grant.type, response.status, text, retryAfter(response.headers, now), secrets)
          )
        })
      ),
      Effect.catchTags({
        RequestError: (error) => connectionError(transportDetail(error)),
        ResponseError: (error) => connectionError(transportDetail(error))
      }),
      // The caller may be uninterruptible, so that a rotated token isn't lost; the timeout must still end an attempt.
      Effect.interruptible,
      Effect.timeoutFail({
        duration: attemptTimeout,
        onTimeout: () =>
          new TransportError({
            ...tokenRequest,
            reason: "Timeout",
            detail: Duration.format(attemptTimeout),
            message: `Spotify's token endpoint gave no answer within ${Duration.format(attemptTimeout)}`
          })
      })
    )
  })

const attemptTimeout = Duration.seconds(10)

const connectionError = (detail: string): Effect.Effect<never, TransportError> =>
  Effect.fail(
    new TransportError({
      ...tokenRequest,
      reason: "Connection",
      detail,
      message: `Spotify's token endpoint can't be reached: ${detail}`
    })
  )

/** How long to wait at least before the same request is sent again; none where that can't help or may do harm. */
export const repeatAfter = (
  grant: Grant,
  error: { readonly _tag: string }
): Option.Option<Duration.Duration> => {
  if (error instanceof OAuthError) {
    return error.status === 429 || (error.status >= 500 && grant.type !== "authorization_code")
      ? Option.some(error.retryAfter ?? Duration.zero)
      : Option.none()
  }
  return error instanceof TransportError && grant.type !== "authorization_code"
    ? Option.some(Duration.zero)
    : Option.none()
}
