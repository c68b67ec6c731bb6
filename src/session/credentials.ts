/** What an app's credentials must be, of values that were read already. */
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { isCredential } from "../core/input.js"
import { of as checks } from "../core/options.js"
import type { InvalidInput } from "../core/SpotifyError.js"
import type { App } from "./tokenEndpoint.js"

const { address, refused } = checks("SpotifyAuth")

const isBlank = (text: unknown): boolean => typeof text === "string" && text.trim() === ""

export const checkCredentials = (app: App): Either.Either<App, InvalidInput> => {
  const { accountsUrl, clientId, clientSecret } = app
  if (!isCredential(clientId) || clientId.includes(":")) {
    return refused(
      "clientId",
      `the client id from Spotify's dashboard, ${isBlank(clientId) ? "not an empty text" : "letters and digits"}`
    )
  }
  // None where it isn't a secret, as in a program without types.
  const secret = Redacted.isRedacted(clientSecret) ? Redacted.value(clientSecret) : undefined
  if (clientSecret !== undefined && !isCredential(secret)) {
    return refused(
      "clientSecret",
      `the client secret from Spotify's dashboard, ${
        isBlank(secret) ? "not an empty text" : "letters and digits without white space, as Redacted"
      }`
    )
  }
  return accountsUrl === undefined ? Either.right(app) : Either.map(address("accountsUrl", accountsUrl), () => app)
}
