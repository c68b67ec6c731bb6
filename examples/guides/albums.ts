/**
 * An album, its tracks, and many albums at once.
 *
 *   npx tsx examples/guides/albums.ts
 */
import { Console, Effect, Option } from "effect"
import { Albums, Artists, Paging, Tracks } from "effect-spotify"
import * as Guide from "../support/guide.js"

const length = (ms: number) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`

export const program = Effect.gen(function*() {
  const track = yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb")

  // An id, a spotify: URI and an open.spotify.com link are all the same to it.
  const album = yield* Albums.get(track.album.uri, { market: "SE" })
  yield* Console.log(`${album.name} by ${album.artists.map(({ name }) => name).join(", ")}, ${album.release_date}`)

  // The album comes with its first tracks; this gives all of them, however many there are.
  const tracks = yield* Paging.collect(Albums.tracks, album.id)
  for (const { duration_ms, name, track_number } of tracks.slice(0, 3)) {
    yield* Console.log(`  ${track_number}. ${name} (${length(duration_ms)})`)
  }
  yield* Console.log(`  … ${tracks.length} in all`)

  // Any number of ids, in order; none where Spotify doesn't know one.
  const others = yield* Artists.albums(album.artists[0]?.uri ?? "", { limit: 3 })
  const ids = [...others.items.map(({ id }) => id), "0000000000000000000000"]
  const albums = yield* Albums.getMany(ids)
  yield* Console.log(albums.map(Option.match({ onNone: () => "(unknown)", onSome: ({ name }) => name })).join(" · "))
}).pipe(Effect.provide(Guide.asApp()))

Guide.run(import.meta.url, program)
