/** Why a job stopped, as a schema, so that its error can be kept or sent like every other. */
import * as Schema from "effect/Schema"
import * as Errors from "../core/SpotifyError.js"

// Refused by the type checker where a member of `SpotifyError` is missing.
const complete = <I>(schema: Schema.Schema<Errors.SpotifyError, I>): Schema.Schema<Errors.SpotifyError, I> => schema

/** An operation's error as it is; any other (of a stream, of `onProgress`) as `Schema.Defect` writes it. */
export const Cause: Schema.Schema<unknown, unknown> = Schema.Union(
  complete(Schema.Union(
    Errors.ReauthorizationRequired,
    Errors.OAuthError,
    Errors.TokenStoreError,
    Errors.TransportError,
    Errors.TokenEndpointUnreachable,
    Errors.InvalidInput,
    Errors.BadRequest,
    Errors.Unauthorized,
    Errors.Forbidden,
    Errors.NotFound,
    Errors.RateLimited,
    Errors.QuotaExceeded,
    Errors.BudgetUnavailable,
    Errors.ServerError,
    Errors.UnexpectedStatus,
    Errors.DecodeError,
    Errors.RepeatedPage,
    Errors.ForeignHost
  )),
  Schema.Defect
)
