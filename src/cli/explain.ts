import type { SpotifyError } from "../core/SpotifyError.js"
import type { LoopbackError } from "../signIn/SignIn.js"

/** What a failure means for the person at the terminal. */
export const explain = (error: SpotifyError | LoopbackError): string => {
  switch (error._tag) {
    case "ReauthorizationRequired":
      return error.reason === "NotSignedIn"
        ? "Nobody is signed in. Run effect-spotify login"
        : "The sign-in has ended: six months are over, or you removed the app from your account. Run effect-spotify login"
    case "OAuthError":
      return error.error === "invalid_client"
        ? `${error.message}. Compare SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET with the dashboard`
        : error.message
    default:
      return error.message
  }
}
