/**
 * An audiobook and its chapters.
 *
 *   npx tsx examples/guides/audiobooks.ts
 */
import { Console, Effect } from "effect"
import { Audiobooks, Chapters, Paging, Search } from "effect-spotify"
import * as Guide from "../support/guide.js"

export const program = Effect.gen(function*() {
  // There are audiobooks in some markets only; elsewhere Spotify says 404, or null in a list.
  const { audiobooks } = yield* Search.search({ q: "the", type: ["audiobook"], market: "US", limit: 5 })
  const found = audiobooks.items.find((book) => book !== null)
  const book = yield* Audiobooks.get(found?.uri ?? "", { market: "US" })
  yield* Console.log(`${book.name} by ${book.authors.map(({ name }) => name).join(", ")}`)
  yield* Console.log(`Read by ${(book.narrators ?? []).map(({ name }) => name).join(", ")}`)

  const chapters = yield* Paging.collect(Audiobooks.chapters, book.id, { market: "US" })
  const hours = chapters.reduce((sum, chapter) => sum + (chapter?.duration_ms ?? 0), 0) / 3_600_000
  yield* Console.log(`${chapters.length} chapters, ${hours.toFixed(1)} hours`)

  const first = yield* Chapters.get(chapters[0]?.uri ?? "", { market: "US" })
  yield* Console.log(`It begins with "${first.name}"`)
}).pipe(Effect.provide(Guide.asApp()))

Guide.run(import.meta.url, program)
