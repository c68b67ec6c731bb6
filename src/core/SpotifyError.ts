/**
 * Everything that can go wrong, as values: one tagged class per kind of failure and the unions that name them.
 *
 * No error holds an access token, a refresh token, a client secret, a code or a verifier, and none keeps the HTTP
 * client's own error as its cause, since printing that one shows the `Authorization` header.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const context = {
  /** The operation's name, for example `Albums.get`. */
  operation: Schema.String,
  method: Schema.String,
  /** The path as sent, without host and query. */
  path: Schema.String
}

const answer = {
  ...context,
  status: Schema.Number,
  /** Spotify's own words, or the start of the body where it was no JSON; empty when there was no body. */
  detail: Schema.String,
  /** Spotify's machine-readable reason, for example `NO_ACTIVE_DEVICE`. An open list. */
  reason: Schema.optional(Schema.String),
  message: Schema.String
}

/**
 * An argument that can't be right; nothing was sent.
 *
 * `field` is the argument's name, `expected` what is allowed.
 *
 * @since 0.1.0
 * @category input
 */
export class InvalidInput extends Schema.TaggedError<InvalidInput>()("InvalidInput", {
  /** The operation or function that was called. */
  operation: Schema.String,
  field: Schema.String,
  expected: Schema.String,
  message: Schema.String
}) {
  /**
   * @since 0.1.0
   */
  static of(operation: string, field: string, expected: string): InvalidInput {
    return new InvalidInput({ operation, field, expected, message: `${operation}: ${field} must be ${expected}` })
  }
}

/**
 * The callback's `state` is missing or isn't one that this session gave out and still waits for; no code was exchanged.
 *
 * Start the sign-in again. A state serves once and for a limited time.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-10.12
 * @since 0.1.0
 * @category sign-in
 */
export class StateMismatch extends Schema.TaggedError<StateMismatch>()("StateMismatch", {
  message: Schema.String
}) {}

/**
 * The callback says `error=…`: the user declined (`access_denied`), or Spotify refused the request.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2.1
 * @since 0.1.0
 * @category sign-in
 */
export class AuthorizationDenied extends Schema.TaggedError<AuthorizationDenied>()("AuthorizationDenied", {
  error: Schema.String,
  errorDescription: Schema.optional(Schema.String),
  message: Schema.String
}) {}

/**
 * The token endpoint refused, or its answer wasn't one.
 *
 * `error` is the OAuth code (`invalid_client`, `invalid_grant`, …) or, when the answer had none, `http_<status>`.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-5.2
 * @since 0.1.0
 * @category sign-in
 */
export class OAuthError extends Schema.TaggedError<OAuthError>()("OAuthError", {
  grantType: Schema.String,
  error: Schema.String,
  errorDescription: Schema.optional(Schema.String),
  status: Schema.Number,
  retryAfter: Schema.optional(Schema.DurationFromMillis),
  message: Schema.String
}) {}

/**
 * Nobody is signed in any more: the user has to go through the authorize URL (again).
 *
 * `NotSignedIn`: the store has no token. `RefreshTokenInvalid`: Spotify answered `invalid_grant`, because the user
 * revoked the app or six months have passed; the dead token is removed from the store. `NoRefreshToken`: the token ended
 * and can't be renewed.
 *
 * @see https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration
 * @since 0.1.0
 * @category sign-in
 */
export class ReauthorizationRequired extends Schema.TaggedError<ReauthorizationRequired>()("ReauthorizationRequired", {
  reason: Schema.Literal("NotSignedIn", "RefreshTokenInvalid", "NoRefreshToken"),
  key: Schema.String,
  message: Schema.String
}) {}

/**
 * The token store can't be read or written.
 *
 * `store` names it (a file's path, a table), `operation` is what was tried.
 *
 * @since 0.1.0
 * @category sign-in
 */
export class TokenStoreError extends Schema.TaggedError<TokenStoreError>()("TokenStoreError", {
  store: Schema.String,
  operation: Schema.String,
  detail: Schema.String,
  message: Schema.String
}) {
  /**
   * @since 0.1.0
   */
  static of(store: string, operation: string, detail: string): TokenStoreError {
    return new TokenStoreError({ store, operation, detail, message: `Token store ${store}: ${operation}: ${detail}` })
  }
}

/**
 * 400: Spotify refuses the request as it was written.
 *
 * @since 0.1.0
 * @category answers
 */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", answer) {}

/**
 * 401 that stayed after one refresh.
 *
 * @since 0.1.0
 * @category answers
 */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", answer) {}

/**
 * 403: a scope is missing, the app may not use the operation, or the player refuses the command.
 *
 * @since 0.1.0
 * @category answers
 */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", {
  ...answer,
  /** The scopes that the operation needs and the session lacks, as far as they are known. */
  missingScopes: Schema.Array(Schema.String)
}) {}

/**
 * 404: there is no such thing, or (reason `NO_ACTIVE_DEVICE`) nothing to play on.
 *
 * @since 0.1.0
 * @category answers
 */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", answer) {}

/**
 * 429: too many requests, and the wait is longer than the client's cap or the attempts are used up.
 *
 * `retryAfter` counts from the failure, `retryAt` is the same as a date; when Spotify gave no `Retry-After`, they are the
 * client's own estimate.
 *
 * @see https://developer.spotify.com/documentation/web-api/concepts/rate-limits
 * @since 0.1.0
 * @category answers
 */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  ...answer,
  retryAfter: Schema.DurationFromMillis,
  retryAt: Schema.DateTimeUtc
}) {}

/**
 * 429 with reason `QUOTA_EXCEEDED`: the developer account's Development Mode quota is used up. Waiting doesn't help.
 *
 * @see https://developer.spotify.com/blog/2026-07-23-web-api-quota-updates
 * @since 0.1.0
 * @category answers
 */
export class QuotaExceeded extends Schema.TaggedError<QuotaExceeded>()("QuotaExceeded", answer) {}

/**
 * The budget that several processes share can't be asked: its engine is away, or what is kept there isn't this library's.
 *
 * `budget` is its key, `engine` says where it is kept. Calls fail with it only where the budget's layer says so.
 *
 * @since 0.2.0
 * @category answers
 */
export class BudgetUnavailable extends Schema.TaggedError<BudgetUnavailable>()("BudgetUnavailable", {
  budget: Schema.String,
  engine: Schema.String,
  detail: Schema.String,
  message: Schema.String
}) {
  /**
   * @since 0.2.0
   */
  static of(budget: string, engine: string, detail: string): BudgetUnavailable {
    return new BudgetUnavailable({
      budget,
      engine,
      detail,
      message: `The rate budget ${JSON.stringify(budget)} (${engine}): ${detail}`
    })
  }
}

/**
 * 5xx that stayed through the retries, or came where a repeat could do harm, or with a longer wait than the client's cap.
 *
 * `retryAfter` is what Spotify asked to wait, where it did.
 *
 * @since 0.1.0
 * @category answers
 */
export class ServerError extends Schema.TaggedError<ServerError>()("ServerError", {
  ...answer,
  retryAfter: Schema.optional(Schema.DurationFromMillis)
}) {}

/**
 * A status that has no class of its own.
 *
 * @since 0.1.0
 * @category answers
 */
export class UnexpectedStatus extends Schema.TaggedError<UnexpectedStatus>()("UnexpectedStatus", answer) {}

/**
 * A success whose body isn't what the operation promises.
 *
 * `issuePath` is the place inside the body (`items.3.track.name`), `expected` what should be there. A write that fails so
 * has happened.
 *
 * @since 0.1.0
 * @category answers
 */
export class DecodeError extends Schema.TaggedError<DecodeError>()("DecodeError", {
  ...context,
  status: Schema.Number,
  issuePath: Schema.String,
  expected: Schema.String,
  /** The start of the body. */
  detail: Schema.String,
  message: Schema.String
}) {}

/**
 * A list that leads back to where it was: a page is one that was given before, or the link to the next one is.
 *
 * `repeated` is where that page was read the first time. A page by offset may have failed so in passing.
 *
 * @since 0.2.0
 * @category answers
 */
export class RepeatedPage extends Schema.TaggedError<RepeatedPage>()("RepeatedPage", {
  // Not `...context`: no bundler drops a spread, and few programs page.
  operation: Schema.String,
  method: Schema.String,
  path: Schema.String,
  repeated: Schema.Struct({
    offset: Schema.optionalWith(Schema.Number, { exact: true }),
    after: Schema.optionalWith(Schema.Union(Schema.String, Schema.Number), { exact: true }),
    before: Schema.optionalWith(Schema.Union(Schema.String, Schema.Number), { exact: true })
  }),
  message: Schema.String
}) {}

/**
 * No answer: the connection failed or the attempt took longer than the timeout.
 *
 * For a write this leaves open whether it happened. One that was answered with a success doesn't fail so, even where the
 * connection breaks within the answer's body.
 *
 * @since 0.1.0
 * @category transport
 */
export class TransportError extends Schema.TaggedError<TransportError>()("TransportError", {
  ...context,
  reason: Schema.Literal("Connection", "Timeout"),
  detail: Schema.String,
  message: Schema.String
}) {}

/**
 * The token endpoint gave no answer: the connection failed or an attempt took longer than ten seconds. No request was
 * sent to the Web API.
 *
 * A refresh was repeated before it fails so; a code never is, since its first use may have counted.
 *
 * @since 0.2.0
 * @category sign-in
 */
export class TokenEndpointUnreachable
  extends Schema.TaggedError<TokenEndpointUnreachable>()("TokenEndpointUnreachable", {
    grantType: Schema.String,
    reason: Schema.Literal("Connection", "Timeout"),
    detail: Schema.String,
    message: Schema.String
  })
{}

/**
 * A link or redirect points away from the API host; the bearer token isn't sent there.
 *
 * @since 0.1.0
 * @category transport
 */
export class ForeignHost extends Schema.TaggedError<ForeignHost>()("ForeignHost", {
  ...context,
  host: Schema.String,
  allowed: Schema.String,
  message: Schema.String
}) {}

/**
 * What a session fails with when it is asked for an access token.
 *
 * @since 0.1.0
 * @category unions
 */
export type SessionError = ReauthorizationRequired | OAuthError | TokenStoreError | TokenEndpointUnreachable

/**
 * What signing in fails with.
 *
 * @since 0.1.0
 * @category unions
 */
export type SignInError =
  | InvalidInput
  | StateMismatch
  | AuthorizationDenied
  | OAuthError
  | TokenStoreError
  | TokenEndpointUnreachable

/**
 * What an operation fails with.
 *
 * @since 0.1.0
 * @category unions
 */
export type SpotifyError =
  | SessionError
  | InvalidInput
  | BadRequest
  | Unauthorized
  | Forbidden
  | NotFound
  | RateLimited
  | QuotaExceeded
  | BudgetUnavailable
  | ServerError
  | UnexpectedStatus
  | DecodeError
  | RepeatedPage
  | TransportError
  | ForeignHost

/**
 * Whether the same request may succeed when it is sent again: no answer came, or a 5xx. The client has repeated it
 * already where that can't do harm.
 *
 * @since 0.2.0
 * @category guards
 */
export const isTransient = (error: SpotifyError): error is ServerError | TransportError =>
  error._tag === "ServerError" || error._tag === "TransportError"

/**
 * Whether a failed write may have happened all the same: it was sent, and no answer says what came of it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInDoubt = (error: SpotifyError): boolean => isTransient(error) || error._tag === "DecodeError"
