/**
 * An artist, and everything they made, newest first.
 *
 *   npx tsx examples/guides/artists.ts
 */
import { Console, Effect, Order } from "effect"
import { Artists, Paging, Tracks } from "effect-spotify"
import * as Guide from "../support/guide.js"

const newestFirst = Order.mapInput(
  Order.reverse(Order.string),
  (album: { readonly release_date?: string | null | undefined }) => album.release_date ?? ""
)

export const program = Effect.gen(function*() {
  const track = yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb")
  const artist = yield* Artists.get(track.artists[0]?.id ?? "")
  yield* Console.log(`${artist.name}: ${artist.followers?.total ?? "?"} followers`)

  const albums = yield* Paging.collect(Artists.albums, artist.id, { include_groups: ["album", "single"] })
  for (const album of albums.toSorted(newestFirst).slice(0, 4)) {
    yield* Console.log(`  ${album.release_date?.slice(0, 4)}  ${album.name} (${album.album_type})`)
  }

  // Apps in Development Mode have lost this one.
  const top = yield* Artists.topTracks(artist.id, { market: "SE" }).pipe(
    Effect.map(({ tracks }) => tracks.flatMap((track) => track === null ? [] : [track.name])),
    Effect.catchTag("Forbidden", () => Effect.succeed([]))
  )
  yield* Console.log(`Top tracks: ${top.slice(0, 3).join(", ") || "not for this app"}`)
}).pipe(Effect.provide(Guide.asApp()))

Guide.run(import.meta.url, program)
