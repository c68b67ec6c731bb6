/**
 * Searches the catalogue: several kinds at once, with filters, and page by page.
 *
 *   npx tsx examples/guides/search.ts
 */
import { Console, Effect, Stream } from "effect"
import { Paging, Search } from "effect-spotify"
import * as Guide from "../support/guide.js"

export const program = Effect.gen(function*() {
  // The answer has a page for each kind that was asked for, and its type says so.
  const { albums, artists } = yield* Search.search({ q: "paper lanterns", type: ["album", "artist"], limit: 3 })
  yield* Console.log(`${artists.total} artists: ${artists.items.map((artist) => artist?.name).join(", ")}`)
  yield* Console.log(`${albums.total} albums: ${albums.items.map((album) => album?.name).join(", ")}`)

  // Filters stand in the text: artist:, album:, track:, year:, isrc:, tag:new.
  const filtered = yield* Search.search({ q: "artist:\"The Paper Lanterns\" lantern", type: ["track"], limit: 1 })
  yield* Console.log(`Best match: ${filtered.tracks.items[0]?.name}`)

  // A search of one kind is a list as any other, up to the thousand that Spotify shows of it.
  const many = yield* Paging.stream(Search.tracks, { q: "lanterns" }).pipe(Stream.take(25), Stream.runCollect)
  yield* Console.log(`${many.length} tracks`)
}).pipe(Effect.provide(Guide.asApp()))

Guide.run(import.meta.url, program)
