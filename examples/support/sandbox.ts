/**
 * What the examples share. With SPOTIFY_CLIENT_ID in the environment they talk to Spotify; without it they start a
 * FakeSpotify on a free port of 127.0.0.1 and read its address and credentials from the configuration instead.
 */
import { HttpClient } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { Config, ConfigProvider, Console, Context, Effect, Layer, Option } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { createServer } from "node:http"
import * as Terminal from "./terminal.js"

/** The environment that an example runs in. */
export class Sandbox extends Context.Tag("examples/Sandbox")<Sandbox, {
  /** There when no credentials were given. */
  readonly fake: Option.Option<FakeSpotify.Service>
  /** Sends the user to the authorize URL: prints it, or, with the fake, goes there and agrees. */
  readonly openBrowser: (url: URL) => Effect.Effect<unknown, unknown, HttpClient.HttpClient>
}>() {}

const real = Layer.succeed(Sandbox, {
  fake: Option.none(),
  openBrowser: (url) => Console.log(`Open this address in a browser:\n\n  ${url}\n`)
})

const fake = (options: FakeSpotify.Options) =>
  Layer.unwrapEffect(
    Effect.map(FakeSpotify.FakeSpotify, (spotify) =>
      Layer.mergeAll(
        Layer.succeed(Sandbox, {
          fake: Option.some(spotify),
          openBrowser: (url) => Effect.flatMap(spotify.authorize(url), (callback) => HttpClient.get(callback))
        }),
        Layer.setConfigProvider(
          ConfigProvider.fromMap(
            new Map([
              ["SPOTIFY_CLIENT_ID", "fake-client-id"],
              ["SPOTIFY_CLIENT_SECRET", "fake-client-secret"],
              ["SPOTIFY_ACCOUNTS_URL", spotify.accountsUrl],
              ["SPOTIFY_API_URL", spotify.apiUrl]
            ])
          ).pipe(ConfigProvider.orElse(() => ConfigProvider.fromEnv()))
        )
      ))
  ).pipe(
    Layer.provide(FakeSpotify.layerServer(options)),
    Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
  )

/** Spotify where there are credentials, the fake one elsewhere. */
export const layer = (options: FakeSpotify.Options = {}) =>
  Layer.unwrapEffect(
    Effect.map(
      Config.option(Config.nonEmptyString("SPOTIFY_CLIENT_ID")),
      Option.match({ onNone: () => fake(options), onSome: () => real })
    )
  ).pipe(Layer.provideMerge(Layer.merge(UndiciTransport.layer, Terminal.layer)))

/** Where Spotify is. */
export const accountsUrl = Config.nonEmptyString("SPOTIFY_ACCOUNTS_URL").pipe(
  Config.withDefault("https://accounts.spotify.com")
)

/** Where its Web API is. */
export const apiUrl = Config.nonEmptyString("SPOTIFY_API_URL").pipe(Config.withDefault("https://api.spotify.com/v1"))

/** The app's credentials. */
export const clientId = Config.nonEmptyString("SPOTIFY_CLIENT_ID")
export const clientSecret = Config.redacted(Config.nonEmptyString("SPOTIFY_CLIENT_SECRET"))

/** Must be registered in Spotify's dashboard for the app, to the letter. */
export const redirectUri = Config.nonEmptyString("SPOTIFY_REDIRECT_URI").pipe(
  Config.withDefault("http://127.0.0.1:8888/callback")
)
