/** One of each error, complete. */
import { DateTime, Duration } from "effect"
import * as E from "effect-spotify/SpotifyError"

const context = { operation: "Albums.get", method: "GET", path: "/albums/4aawyAB9vmqN3uQ7FjRGTy" }
const answer = { ...context, status: 418, detail: "short and stout", reason: "TEAPOT", message: "I am a teapot" }

export const errors = [
  E.InvalidInput.of("Albums.get", "id", "an album's id"),
  new E.StateMismatch({ message: "The callback has no state" }),
  new E.AuthorizationDenied({ error: "access_denied", errorDescription: "no", message: "The user declined" }),
  new E.OAuthError({
    grantType: "refresh_token",
    error: "invalid_client",
    errorDescription: "Invalid client",
    status: 400,
    retryAfter: Duration.seconds(3),
    message: "refused"
  }),
  new E.ReauthorizationRequired({ reason: "NotSignedIn", key: "default", message: "Nobody is signed in" }),
  E.TokenStoreError.of("tokens.json", "get", "no such directory"),
  new E.BadRequest(answer),
  new E.Unauthorized(answer),
  new E.Forbidden({ ...answer, missingScopes: ["user-library-read"] }),
  new E.NotFound(answer),
  new E.RateLimited({
    ...answer,
    retryAfter: Duration.seconds(90),
    retryAt: DateTime.unsafeMake("2026-11-21T12:00:00Z")
  }),
  new E.QuotaExceeded(answer),
  E.BudgetUnavailable.of("app", "Redis", "it is away"),
  new E.ServerError(answer),
  new E.UnexpectedStatus(answer),
  new E.DecodeError({
    ...context,
    status: 200,
    issuePath: "tracks.items.3.name",
    expected: "a string",
    detail: "{",
    message: "no album"
  }),
  new E.RepeatedPage({ ...context, repeated: { offset: 50 }, message: "in a circle" }),
  new E.TokenEndpointUnreachable({
    grantType: "refresh_token",
    reason: "Timeout",
    detail: "10s",
    message: "no answer"
  }),
  new E.TransportError({ ...context, reason: "Timeout", detail: "30s", message: "no answer" }),
  new E.ForeignHost({ ...context, host: "example.com", allowed: "api.spotify.com", message: "elsewhere" })
] as const
