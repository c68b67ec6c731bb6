/**
 * The client credentials flow: the app itself, no user.
 *
 *   npx tsx examples/client-credentials.ts
 */
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { Albums, Search, SpotifyClient, SpotifySession, Tracks } from "effect-spotify"
import * as Sandbox from "./support/sandbox.js"

const program = Effect.gen(function*() {
  const track = yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb", { market: "SE" })
  yield* Console.log(`Track   ${track.name} by ${track.artists.map((artist) => artist.name).join(", ")}`)

  const album = yield* Albums.get(track.album.uri)
  yield* Console.log(`Album   ${album.name}, ${album.release_date}, ${album.total_tracks} tracks`)

  const found = yield* Search.search({ q: track.name, type: ["track", "artist"], limit: 3 })
  yield* Console.log(`Search  ${found.tracks.total} tracks and ${found.artists.total} artists for "${track.name}":`)
  yield* Effect.forEach(found.tracks.items, (track) => Console.log(`        ${track.name}`))
})

const SpotifyLive = Layer.unwrapEffect(
  Effect.map(Sandbox.apiUrl, (baseUrl) => SpotifyClient.layer({ baseUrl }))
).pipe(
  Layer.provide(
    SpotifySession.layerClientCredentialsConfig({
      clientId: Sandbox.clientId,
      clientSecret: Sandbox.clientSecret,
      accountsUrl: Sandbox.accountsUrl
    })
  ),
  Layer.provideMerge(Sandbox.layer())
)

program.pipe(Effect.provide(SpotifyLive), NodeRuntime.runMain)
