/**
 * An app without users reads the catalogue.
 *
 *   npx tsx examples/guides/client-credentials.ts
 */
import { Console, Effect, Layer, Redacted } from "effect"
import { SpotifyClient, SpotifySession, Tracks, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const SpotifyLive = SpotifyClient.layer({ market: "SE" }).pipe(
  Layer.provide(SpotifySession.layerClientCredentials({
    clientId: "fake-client-id",
    clientSecret: Redacted.make("fake-client-secret")
  })),
  Layer.provideMerge(FakeSpotify.layer()) // UndiciTransport.layer, for the true one
)

export const program = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify

  const track = yield* Tracks.get("https://open.spotify.com/track/7EjyzZcbLxW7PaaLua9Ksb")
  yield* Console.log(`${track.name} by ${track.artists.map(({ name }) => name).join(", ")}`)

  // An hour later the token is over, and another takes its place.
  yield* spotify.expireAccessTokens
  yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb")
  yield* Console.log(`${yield* spotify.count({ path: "/api/token" })} tokens so far`)

  // There is no user whom this token belongs to.
  yield* Users.me().pipe(
    Effect.catchAll((error) => Console.log(`${error._tag}: ${error.message}`))
  )
}).pipe(Effect.provide(SpotifyLive))

Guide.run(import.meta.url, program)
