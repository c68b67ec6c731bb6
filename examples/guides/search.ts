/**
 * Searches the catalogue: several kinds at once, with filters, and page by page.
 *
 *   npx tsx examples/guides/search.ts
 */
import { Chunk, Console, Effect, Option, Stream } from "effect"
import { Search } from "effect-spotify"
import * as Guide from "../support/guide.js"

/** All tracks that a search finds: ten at once, and Spotify gives no more than the first thousand. */
const tracks = (q: string) =>
  Stream.paginateChunkEffect(
    0,
    (offset) =>
      Effect.map(Search.search({ q, type: ["track"], limit: 10, offset }), ({ tracks }) => {
        const items = Chunk.fromIterable(tracks.items)
        const next = offset + 10
        const isOver = tracks.next === null || tracks.items.length === 0 || next > 1000
        return [items, isOver ? Option.none() : Option.some(next)] as const
      })
  )

export const program = Effect.gen(function*() {
  // The answer has a page for each kind that was asked for, and its type says so.
  const { albums, artists } = yield* Search.search({ q: "paper lanterns", type: ["album", "artist"], limit: 3 })
  yield* Console.log(`${artists.total} artists: ${artists.items.map((artist) => artist?.name).join(", ")}`)
  yield* Console.log(`${albums.total} albums: ${albums.items.map((album) => album?.name).join(", ")}`)

  // Filters stand in the text: artist:, album:, track:, year:, isrc:, tag:new.
  const filtered = yield* Search.search({ q: "artist:\"The Paper Lanterns\" lantern", type: ["track"], limit: 1 })
  yield* Console.log(`Best match: ${filtered.tracks.items[0]?.name}`)

  const many = yield* tracks("lanterns").pipe(Stream.take(25), Stream.runCollect)
  yield* Console.log(`${many.length} tracks from ${Math.ceil(many.length / 10)} pages`)
}).pipe(Effect.provide(Guide.asApp()))

Guide.run(import.meta.url, program)
