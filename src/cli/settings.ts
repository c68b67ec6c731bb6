import * as Options from "@effect/cli/Options"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { homedir } from "node:os"
import { join } from "node:path"
import * as SpotifyClient from "../client/SpotifyClient.js"
import { InvalidInput } from "../core/SpotifyError.js"
import * as SpotifySession from "../session/SpotifySession.js"
import * as TokenStore from "../store/TokenStore.js"

/** The options of every command. */
export const flags = {
  clientId: Options.text("client-id").pipe(
    Options.withDescription("The app's client id; SPOTIFY_CLIENT_ID unless given"),
    Options.optional
  ),
  redirectUri: Options.text("redirect-uri").pipe(
    Options.withDescription(
      "The app's redirect URI; SPOTIFY_REDIRECT_URI or http://127.0.0.1:8888/callback unless given"
    ),
    Options.optional
  ),
  store: Options.file("store").pipe(
    Options.withDescription(
      "The file that keeps the tokens; SPOTIFY_TOKEN_FILE or one in your config directory unless given"
    ),
    Options.optional
  ),
  key: Options.text("key").pipe(
    Options.withDescription(
      "The key of the token in that file, the one that a program's session names; \"default\" for both unless given"
    ),
    Options.optional
  )
}

/** The option of every command that prints what programs may want to read. */
export const asJson = Options.boolean("json").pipe(Options.withDescription("Print JSON, for programs"))

/** The option of commands that don't need a user. */
export const asApp = Options.boolean("app").pipe(
  Options.withDescription("Act as the app itself, without a user: public data alone, and it needs the client secret")
)

/** What the options of every command said. */
export interface Flags {
  readonly clientId: Option.Option<string>
  readonly redirectUri: Option.Option<string>
  readonly store: Option.Option<string>
  readonly key: Option.Option<string>
  readonly app?: boolean
}

/** What a command works with. */
export interface Settings {
  readonly clientId: string | undefined
  readonly clientSecret: Redacted.Redacted | undefined
  readonly redirectUri: string
  readonly store: string
  readonly key: string | undefined
  readonly app: boolean
  readonly accountsUrl: string | undefined
  readonly apiUrl: string | undefined
}

const text = (name: string) =>
  Config.map(Config.option(Config.string(name)), Option.filter((value) => value.trim() !== ""))

const configDirectory = Effect.map(
  Config.all({ appData: text("APPDATA"), xdg: text("XDG_CONFIG_HOME") }),
  ({ appData, xdg }) => {
    switch (process.platform) {
      case "win32":
        return Option.getOrElse(appData, () => join(homedir(), "AppData", "Roaming"))
      case "darwin":
        return join(homedir(), "Library", "Application Support")
      default:
        return Option.getOrElse(xdg, () => join(homedir(), ".config"))
    }
  }
)

export const settings = (flags: Flags): Effect.Effect<Settings> =>
  Effect.gen(function*() {
    const environment = yield* Config.all({
      clientId: text("SPOTIFY_CLIENT_ID"),
      clientSecret: text("SPOTIFY_CLIENT_SECRET"),
      redirectUri: text("SPOTIFY_REDIRECT_URI"),
      store: text("SPOTIFY_TOKEN_FILE"),
      accountsUrl: text("SPOTIFY_ACCOUNTS_URL"),
      apiUrl: text("SPOTIFY_API_URL")
    })
    const store = Option.orElse(flags.store, () => environment.store)
    return {
      clientId: Option.getOrUndefined(Option.orElse(flags.clientId, () => environment.clientId)),
      clientSecret: Option.getOrUndefined(Option.map(environment.clientSecret, Redacted.make)),
      redirectUri: Option.getOrElse(
        Option.orElse(flags.redirectUri, () => environment.redirectUri),
        () => "http://127.0.0.1:8888/callback"
      ),
      store: Option.isSome(store) ? store.value : join(yield* configDirectory, "effect-spotify", "tokens.json"),
      key: Option.getOrUndefined(flags.key),
      app: flags.app === true,
      accountsUrl: Option.getOrUndefined(environment.accountsUrl),
      apiUrl: Option.getOrUndefined(environment.apiUrl)
    }
    // All of them may be absent, so that nothing can be wrong with them here.
  }).pipe(Effect.orDie)

export const getClientId =
  "Create an app at https://developer.spotify.com/dashboard and give its client id as SPOTIFY_CLIENT_ID or --client-id"

const missing = (field: string, expected: string, message: string) =>
  new InvalidInput({ operation: "effect-spotify", field, expected, message })

const layerSession = (settings: Settings) => {
  const { accountsUrl, app, clientId, clientSecret, key, redirectUri } = settings
  if (clientId === undefined) {
    return Layer.fail(missing("clientId", "the app's client id", `There is no client id. ${getClientId}`))
  }
  if (app) {
    return clientSecret === undefined
      ? Layer.fail(
        missing("clientSecret", "the app's client secret", "--app needs the client secret: set SPOTIFY_CLIENT_SECRET")
      )
      : SpotifySession.layerClientCredentials({ clientId, clientSecret, accountsUrl })
  }
  const options = { clientId, redirectUri, accountsUrl, key }
  return clientSecret === undefined
    ? SpotifySession.layerPkce(options)
    : SpotifySession.layerAuthorizationCode({ ...options, clientSecret })
}

/** The session and the client that the settings describe. */
export const layer = (settings: Settings) =>
  SpotifyClient.layer({ baseUrl: settings.apiUrl }).pipe(
    Layer.provideMerge(layerSession(settings)),
    Layer.provide(TokenStore.layerFile(settings.store)),
    Layer.provide([FetchHttpClient.layer, NodeFileSystem.layer])
  )
