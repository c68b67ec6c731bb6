/**
 * What is new, by whichever way the app may ask for it, and where Spotify is.
 *
 *   npx tsx examples/guides/browse.ts
 */
import { Console, Effect } from "effect"
import { Browse, Markets, Search } from "effect-spotify"
import * as Guide from "../support/guide.js"

/** The list of new releases, or a search for what came out in the last two weeks, which every app may do. */
const newAlbums = Browse.newReleases({ limit: 5 }).pipe(
  Effect.map(({ albums }) => albums.items),
  Effect.catchTag("Forbidden", (error) =>
    Console.log(error.message).pipe(
      Effect.zipRight(Search.search({ q: "tag:new", type: ["album"], limit: 5 })),
      Effect.map(({ albums }) => albums.items)
    ))
)

const show = Effect.gen(function*() {
  const albums = yield* newAlbums
  const names = albums.flatMap((album) => album === null ? [] : [album.name])
  yield* Console.log(`${names.length} new albums${names.map((name) => `, ${name}`).slice(0, 3).join("")}`)
})

export const program = Effect.gen(function*() {
  yield* Console.log("An app in extended quota mode:")
  yield* Effect.gen(function*() {
    yield* show
    const { categories } = yield* Browse.categories({ limit: 3 })
    yield* Console.log(`Categories: ${categories.items.map((category) => category?.name).join(", ")}`)
    const { markets } = yield* Markets.get()
    yield* Console.log(`Spotify is in ${markets.length} markets`)
  }).pipe(Effect.provide(Guide.asApp()))

  yield* Console.log("\nAn app in Development Mode:")
  yield* show.pipe(Effect.provide(Guide.asApp({ mode: "development" })))
})

Guide.run(import.meta.url, program)
