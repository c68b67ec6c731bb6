/**
 * Finds a show, lists its newest episodes with how far the user has heard them, and saves it.
 *
 *   npx tsx examples/guides/podcasts.ts
 */
import { Console, Effect, Stream } from "effect"
import { Episodes, Library, Paging, Scope, Search, Shows } from "effect-spotify"
import * as Guide from "../support/guide.js"

export const program = Effect.gen(function*() {
  // Shows and episodes exist in a market only: name one, or use a user's token, which has a country.
  const { shows } = yield* Search.search({ q: "radio", type: ["show"], market: "SE", limit: 1 })
  const show = yield* Shows.get(shows.items[0]?.uri ?? "", { market: "SE" })
  yield* Console.log(`${show.name}, ${show.total_episodes ?? "?"} episodes`)

  yield* Paging.stream(Shows.episodes, show.id, { market: "SE" }).pipe(
    Stream.filter((episode) => episode !== null),
    Stream.take(4),
    Stream.runForEach(({ duration_ms, name, resume_point }) =>
      Console.log(
        `  ${name}, ${Math.round(duration_ms / 60_000)} minutes, ${
          resume_point?.fully_played === true
            ? "heard"
            : `heard to ${Math.round((resume_point?.resume_position_ms ?? 0) / 60_000)}`
        }`
      )
    )
  )

  const first = yield* Shows.episodes(show.id, { market: "SE", limit: 1 })
  const episode = yield* Episodes.get(first.items[0]?.uri ?? "", { market: "SE" })
  yield* Library.save({ uris: [show.uri, episode.uri] })
  yield* Console.log(`Saved: ${(yield* Library.contains({ uris: [show.uri, episode.uri] })).join(", ")}`)
}).pipe(
  Effect.provide(Guide.asUser(Scope.required(Shows.episodes, Library.save, Library.contains)))
)

Guide.run(import.meta.url, program)
