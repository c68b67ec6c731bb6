/**
 * Reads long lists: as a stream, as an array, ahead of time, and from where an earlier run stopped.
 *
 *   npx tsx examples/guides/paging.ts
 */
import { Console, Effect, Stream } from "effect"
import { Library, Paging, Playlists, Scope } from "effect-spotify"
import * as Guide from "../support/guide.js"

export const program = Effect.gen(function*() {
  // A stream asks for a page when it needs one: this reads one page of 50 and no more.
  const first = yield* Paging.stream(Library.tracks).pipe(Stream.take(10), Stream.runCollect)
  yield* Console.log(`The first ${first.length} tracks`)

  // Who goes on has the next pages read ahead, in order all the same.
  const all = yield* Paging.collect(Library.tracks)
  yield* Console.log(`All ${all.length} tracks`)

  // Pages know where they begin, so that a long job can go on another day.
  const positions = yield* Paging.pages(Library.tracks, { limit: 50 }).pipe(
    Stream.map(({ items, next }) => `${items.length} tracks, then ${next === undefined ? "the end" : next.offset}`),
    Stream.runCollect
  )
  yield* Console.log([...positions].map((line) => `  ${line}`).join("\n"))
  const rest = yield* Paging.stream(Library.tracks, { from: { offset: 100 } }).pipe(Stream.runCount)
  yield* Console.log(`${rest} from offset 100 on`)

  // What has an id takes it first. Entries whose content is gone come as null.
  const [playlist] = yield* Paging.collect(Playlists.mine)
  const entries = yield* Paging.stream(Playlists.items, playlist?.id ?? "", { market: "SE" }).pipe(Stream.runCount)
  yield* Console.log(`${entries} entries in ${playlist?.name}`)
}).pipe(Effect.provide(Guide.asUser(Scope.required(Library.tracks, Playlists.mine))))

Guide.run(import.meta.url, program)
