/**
 * Saves things of any kind, asks whether they are saved, reads the library and takes them out again.
 *
 *   npx tsx examples/guides/library.ts
 */
import { Console, Effect, Stream } from "effect"
import { Library, Paging, Scope, Search } from "effect-spotify"
import * as Guide from "../support/guide.js"

export const program = Effect.gen(function*() {
  const found = yield* Search.search({ q: "ensemble", type: ["track", "album"], limit: 1 })
  const uris = [...found.tracks.items, ...found.albums.items].flatMap((item) => item === null ? [] : [item.uri])

  const before = yield* Library.contains({ uris })
  yield* Library.save({ uris })
  const after = yield* Library.contains({ uris })
  yield* Console.log(`A track and an album: ${before.join(", ")} before, ${after.join(", ")} after`)

  // As a stream: pages are asked for as they are needed.
  yield* Paging.stream(Library.tracks).pipe(
    Stream.take(3),
    Stream.runForEach(({ track }) => Console.log(`  ${track.name} by ${track.artists[0]?.name}`))
  )
  const { total } = yield* Library.tracks({ limit: 1 })
  yield* Console.log(`  … ${total} tracks in all`)

  // Any number, in requests of 40, with an account of what was written.
  const more = yield* Paging.collect(Library.tracks, { limit: 50 })
  const account = yield* Library.saveAll(more.map(({ track }) => track.uri))
  yield* Console.log(`${account.written} written, ${account.failed.length} refused`)

  const { written } = yield* Library.removeAll(uris.filter((_, i) => before[i] === false))
  yield* Console.log(`${written} taken out again`)
}).pipe(Effect.provide(Guide.asUser(Scope.required(Library.tracks, Library.contains, Library.save))))

Guide.run(import.meta.url, program)
