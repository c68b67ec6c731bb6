/** Why a job stopped, as a schema, so that its error can be kept or sent like every other. */
import * as Schema from "effect/Schema"
import * as Errors from "../core/SpotifyError.js"

/** An operation's error as it is; any other (of a stream, of `onProgress`) as `Schema.Defect` writes it. */
export const Cause: Schema.Schema<unknown> = Schema.Union(
  Errors.ReauthorizationRequired,
  Errors.OAuthError,
  Errors.TokenStoreError,
  Errors.TransportError,
  Errors.InvalidInput,
  Errors.BadRequest,
  Errors.Unauthorized,
  Errors.Forbidden,
  Errors.NotFound,
  Errors.RateLimited,
  Errors.QuotaExceeded,
  Errors.ServerError,
  Errors.UnexpectedStatus,
  Errors.DecodeError,
  Errors.RepeatedPage,
  Errors.ForeignHost,
  Schema.Defect
)
