import type { RepeatedPage, SpotifyError } from "../core/SpotifyError.js"
import type { LoopbackError } from "../signIn/SignIn.js"
import type { CantDo, WrongCall } from "./problems.js"

/** Which operation it was, the person knows; which module of the library, they don't want to know. */
const moduleName = /^(?:[A-Z]\w*(?:\.\w+)*|api|doctor|effect-spotify): (?=\S)/

/** What a failure means for the person at the terminal. */
export const explain = (error: SpotifyError | LoopbackError | RepeatedPage | WrongCall | CantDo): string => {
  switch (error._tag) {
    case "ReauthorizationRequired":
      return error.reason === "NotSignedIn"
        ? "Nobody is signed in. Run effect-spotify login"
        : "The sign-in has ended: six months are over, or you removed the app from your account. Run effect-spotify login"
    case "OAuthError":
      return error.error === "invalid_client"
        ? `${error.message}. Compare SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET with the dashboard`
        : error.message
    case "WrongCall":
    case "CantDo":
      return error.message
    default:
      return error.message.replace(moduleName, "")
  }
}
