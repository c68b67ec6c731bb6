/** A request to the token endpoint, and what its answer says. */
import * as HttpClient from "@effect/platform/HttpClient"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import { Deadline, type Running } from "../core/deadline.js"
import { isCredential } from "../core/input.js"
import { retryAfter } from "../core/retry.js"
import * as Scope from "../core/Scope.js"
import { useSpan } from "../core/span.js"
import { OAuthError, TokenEndpointUnreachable } from "../core/SpotifyError.js"
import { excerpt, oauthCode, type Redact, redactorOf } from "../core/text.js"
import { monotonic } from "../core/time.js"
import { type Message, type Received, type Send, through } from "../transport/httpClient.js"
import { countTokenRequest } from "./metrics.js"
import { type App, type Grant, isRefusal, type TokenResponse, urlOf } from "./tokenEndpoint.js"

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

/** Some answers have a description only. */
const inferError = (status: number, description: string | null | undefined): string | undefined => {
  if (description == null || !isRefusal(status)) return undefined
  if (/^invalid client/i.test(description)) return "invalid_client"
  return /^(invalid refresh token|refresh token (revoked|expired))/i.test(description) ? "invalid_grant" : undefined
}

const hintOf = (error: string, wait: Duration.Duration | undefined): string => {
  if (wait !== undefined) return ` (it asks to wait ${Duration.format(wait)})`
  if (error === "invalid_client") return " (check the client id and the client secret)"
  return error === "invalid_grant" ? " (the code or refresh token is used, revoked or over; sign in again)" : ""
}

const errorWith = (
  grantType: string,
  status: number,
  error: string,
  description: string,
  what: string,
  wait?: Duration.Duration
): OAuthError =>
  new OAuthError({
    grantType,
    error,
    errorDescription: description === "" ? undefined : description,
    status,
    retryAfter: wait,
    message: `Spotify's token endpoint answered ${status}${what}${description === "" ? "" : `: ${description}`}${
      hintOf(error, wait)
    }`
  })

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
  return errorWith(grantType, status, error, excerpt(said, redact), ` ${error}`, wait)
}

/** A login page of some hotel's network is worth showing; what may be half of a token is not. */
const noToken = (grantType: string, status: number, text: string, redact: Redact): OAuthError =>
  errorWith(
    grantType,
    status,
    "invalid_response",
    /token/i.test(text) ? "" : excerpt(text, redact),
    ", but its body is no token"
  )

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

/**
 * After this process stood still, timers come before the answers that have arrived meanwhile, one of which may hold a
 * rotated token, which comes only once. So what would end much too late has its time once more, ten times at most.
 */
class PatientDeadline extends Deadline {
  protected override begin(running: Running, clock: Clock.Clock): void {
    const { expire } = running
    let chances = 10
    running.expire = () => {
      const now = monotonic(clock)
      if (now - running.end < 250 || chances-- === 0) return expire()
      running.end = now + this.millis
      this.running.add(running)
    }
    super.begin(running, clock)
  }
}

/** How token requests leave. */
export interface Sender {
  readonly send: Send
  readonly deadline: Deadline
}

/** With what stands around its making (a `RequestInit`, say) in the place of a caller's context. */
export const makeSender: Effect.Effect<Sender, never, HttpClient.HttpClient> = Effect.map(
  Effect.context<HttpClient.HttpClient>(),
  (context) => ({
    send: through(Context.get(context, HttpClient.HttpClient), Context.omit(Tracer.ParentSpan)(context)),
    deadline: new PatientDeadline(Duration.toMillis(attemptTimeout))
  })
)

/** One attempt. */
export const request = (
  { deadline, send }: Sender,
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
        Effect.flatMap(Effect.clock, (clock) =>
          Effect.withFiberRuntime<TokenResponse, OAuthError | TokenEndpointUnreachable>((caller) =>
            Effect.matchEffect(
              deadline.run<Received, string, TokenEndpointUnreachable>(
                clock,
                restore,
                (done) =>
                  send(message, done, caller),
                () => unreachable(grant.type, "Timeout", Duration.format(attemptTimeout))
              ),
              {
                onFailure: (error) =>
                  Effect.fail(Predicate.isString(error) ? unreachable(grant.type, "Connection", error) : error),
                onSuccess: (received) => {
                  span.attribute("http.response.status_code", received.status)
                  return answerOf(received, clock.unsafeCurrentTimeMillis())
                }
              }
            )
          ))
      ).pipe(
        Effect.tapBoth({
          onFailure: (error) =>
            countTokenRequest(grant.type, error._tag === "OAuthError" ? error.error : "none"),
          onSuccess: () => countTokenRequest(grant.type, "ok")
        })
      )
    return useSpan("SpotifyAuth.requestToken", { ...spanAttributes, "oauth.grant_type": grant.type }, attempt)
  })

const spanAttributes = { "http.request.method": "POST", "url.template": "/api/token" }

const unreachable = (
  grantType: string,
  reason: TokenEndpointUnreachable["reason"],
  detail: string
): TokenEndpointUnreachable =>
  new TokenEndpointUnreachable({
    grantType,
    reason,
    detail,
    message: `Spotify's token endpoint ${
      reason === "Timeout" ? "gave no answer within" : "can't be reached:"
    } ${detail}`
  })
