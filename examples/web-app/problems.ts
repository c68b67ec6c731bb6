/** What each failure means to the person in front of the page, and what they can do about it. */
import type { HttpServerError } from "@effect/platform"
import { DateTime, Option } from "effect"
import type { SpotifyError } from "effect-spotify"

export interface Problem {
  readonly status: number
  readonly title: string
  readonly text: string
  readonly action: { readonly label: string; readonly href: string }
  /** When it is worth trying again. */
  readonly retryAt: Option.Option<DateTime.Utc>
}

export type Failure = SpotifyError.SpotifyError | SpotifyError.SignInError | HttpServerError.RouteNotFound

const signIn = { label: "Sign in with Spotify", href: "/sign-in" }
const again = { label: "Try again", href: "/" }
const home = { label: "Go to the start page", href: "/" }

const problem = (status: number, title: string, text: string, action: Problem["action"]): Problem => ({
  status,
  title,
  text,
  action,
  retryAt: Option.none()
})

/** For what went wrong on our side and is in the log. */
export const unexpected = problem(
  500,
  "Something went wrong here",
  "It isn't your fault, and we have a note of it.",
  home
)

/** For a request that a page of somebody else's made. */
export const foreign = problem(
  403,
  "That didn't come from here",
  "Another site asked for this, so nothing was done.",
  home
)

export const problemOf = (error: Failure): Problem => {
  switch (error._tag) {
    case "RouteNotFound":
      return problem(404, "There is no such page", "The link may be old, or was cut short.", home)
    case "AuthorizationDenied":
      return error.error === "access_denied"
        ? problem(
          403,
          "You said no, and that is fine",
          "Without your consent we can't read your top tracks and playlists. You can change your mind at any time.",
          signIn
        )
        : problem(502, "Spotify refused the sign-in", `${error.message}.`, signIn)
    case "StateMismatch":
    case "InvalidInput":
      return problem(
        400,
        "This sign-in can't be finished",
        "It was used before, is older than an hour, or was begun in another browser. Start it again from here.",
        signIn
      )
    case "ReauthorizationRequired":
    case "Unauthorized":
      return problem(401, "Spotify has ended your sign-in", "Sign in again and everything is as it was.", signIn)
    case "Forbidden":
      return error.missingScopes.length > 0
        ? problem(403, "We may not read this", "Sign in again and agree to everything that is asked for.", signIn)
        : problem(403, "Spotify doesn't let us read this", `${error.message}.`, home)
    case "RateLimited":
      return {
        ...problem(
          503,
          "Too many people at once",
          `Spotify has asked us to wait until ${
            DateTime.formatUtc(error.retryAt, {
              locale: "en",
              timeStyle: "short"
            })
          } UTC.`,
          again
        ),
        retryAt: Option.some(error.retryAt)
      }
    case "QuotaExceeded":
      return problem(
        503,
        "We are out of requests",
        "This app has used up what Spotify grants it. Come back later.",
        home
      )
    case "BudgetUnavailable":
    case "TokenStoreError":
      return problem(
        503,
        "We can't reach our own records",
        "You are still signed in. Give us a minute, then try again.",
        again
      )
    case "OAuthError":
      return problem(502, "Spotify didn't let us in", `${error.message}.`, signIn)
    case "TokenEndpointUnreachable":
    case "TransportError":
    case "ServerError":
      return problem(502, "Spotify doesn't answer", "That is mostly over soon. Try again in a minute.", again)
    case "BadRequest":
    case "NotFound":
    case "UnexpectedStatus":
    case "DecodeError":
    case "RepeatedPage":
    case "ForeignHost":
      return problem(502, "Spotify answered something unexpected", `${error.message}.`, again)
  }
}
