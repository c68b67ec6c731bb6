/**
 * What the programs of the guides share: a client, and how a program starts.
 *
 * With SPOTIFY_CLIENT_ID (and SPOTIFY_CLIENT_SECRET) in the environment the client talks to Spotify, without it to a
 * FakeSpotify in this process.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer, Option, Redacted } from "effect"
import { SpotifyClient, SpotifySession } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { fileURLToPath } from "node:url"
import * as Terminal from "./terminal.js"

export { layer as asUser } from "./signedIn.js"

/** A client of the app itself, without a user. */
export const asApp = (fake: FakeSpotify.Options = {}) =>
  Layer.unwrapEffect(
    Effect.map(Config.option(Config.nonEmptyString("SPOTIFY_CLIENT_ID")), (clientId) =>
      SpotifyClient.layer().pipe(
        Layer.provide(
          Option.isSome(clientId)
            ? SpotifySession.layerClientCredentialsConfig({
              clientId: Config.succeed(clientId.value),
              clientSecret: Config.redacted(Config.nonEmptyString("SPOTIFY_CLIENT_SECRET"))
            })
            : SpotifySession.layerClientCredentials({
              clientId: "fake-client-id",
              clientSecret: Redacted.make("fake-client-secret")
            })
        ),
        Layer.provide(Option.isSome(clientId) ? UndiciTransport.layer : FakeSpotify.layer(fake))
      ))
  )

/** Runs the program where its file is the one that was started; a test imports the file and runs it by itself. */
export const run = <A, E>(url: string, program: Effect.Effect<A, E>): void => {
  if (process.argv[1] === fileURLToPath(url)) NodeRuntime.runMain(Effect.provide(program, Terminal.layer))
}
