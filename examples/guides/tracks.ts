/**
 * A track where somebody listens, and what it sounds like in numbers.
 *
 *   npx tsx examples/guides/tracks.ts
 */
import { Console, Effect, Option } from "effect"
import { Albums, Tracks } from "effect-spotify"
import * as Guide from "../support/guide.js"

export const program = Effect.gen(function*() {
  // With a market Spotify tells whether it can be played there, and may give the same song's track of that market.
  const track = yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb", { market: "SE" })
  const relinked = track.linked_from?.uri ?? track.uri
  yield* Console.log(`${track.name}: ${track.is_playable === false ? "not playable" : "playable"} in Sweden`)
  yield* Console.log(`ISRC ${track.external_ids?.isrc ?? "unknown"}, asked for as ${relinked}`)

  // However many ids there are, in as few requests as the app may use.
  const album = yield* Albums.tracks(track.album.id)
  const tracks = yield* Tracks.getMany(album.items.map(({ id }) => id))
  const known = tracks.filter(Option.isSome)
  yield* Console.log(`${known.length} of ${tracks.length} tracks of its album`)

  // Only apps in extended quota mode may still ask for this.
  yield* Tracks.audioFeatures(track.id).pipe(
    Effect.flatMap(({ danceability, energy, tempo }) =>
      Console.log(`${Math.round(tempo)} beats a minute, energy ${energy}, danceability ${danceability}`)
    ),
    Effect.catchTags({
      Forbidden: (error) => Console.log(error.message),
      NotFound: (error) => Console.log(error.message)
    })
  )
}).pipe(Effect.provide(Guide.asApp()))

Guide.run(import.meta.url, program)
