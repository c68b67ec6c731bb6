/**
 * Answers by operation: a SpotifyClient without session, HttpClient or network.
 *
 *   npx tsx examples/guides/answers.ts
 */
import { Console, Effect, Ref } from "effect"
import { Library, Paging, Tracks, Users } from "effect-spotify"
import { Sample, TestClient } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

/** The programs under test. They need a SpotifyClient, as every operation does. */
const greeting = Effect.map(Users.me(), (me) => `Hello, ${me.display_name ?? me.id}`)

const nameOf = (id: string) =>
  Tracks.get(id, { market: "SE" }).pipe(
    Effect.map((track) => `${track.name} by ${track.artists.map((artist) => artist.name).join(", ")}`),
    Effect.catchTag("NotFound", () => Effect.succeed("nothing of this id"))
  )

const saveAllOf = (ids: ReadonlyArray<string>) =>
  Effect.flatMap(
    Tracks.getMany(ids),
    (found) => Library.save({ uris: found.flatMap((track) => track._tag === "Some" ? [track.value.uri] : []) })
  )

const feelingGood = "7EjyzZcbLxW7PaaLua9Ksb"
const unknown = "4iV5W9uYEdYUVa79Axb7Rh"

// Typed by the operation: what it is called with, and what it has to answer.
const track = TestClient.on(Tracks.get, (id) =>
  id === feelingGood
    ? Effect.succeed(
      Sample.track({ id, name: "Feeling Good", artists: [Sample.simplifiedArtist({ name: "Nina Simone" })] })
    )
    : TestClient.refuse(404, "Resource not found"))

const reads = Effect.gen(function*() {
  yield* Console.log(yield* greeting)
  yield* Console.log(yield* nameOf(feelingGood))
  yield* Console.log(yield* nameOf(unknown))
}).pipe(
  Effect.provide(TestClient.layer(track, TestClient.on(Users.me, Effect.succeed(Sample.me({ display_name: "Ada" })))))
)

// A Ref keeps what a write was called with.
const writes = Effect.gen(function*() {
  const saved = yield* Ref.make<ReadonlyArray<string>>([])
  yield* saveAllOf([feelingGood, unknown]).pipe(
    Effect.provide(TestClient.layer(track, TestClient.on(Library.save, ({ uris }) => Ref.set(saved, uris))))
  )
  yield* Console.log(`saved ${(yield* Ref.get(saved)).join()}`)
})

// A list of any length: Sample.page gives the page that is asked for.
const library = Array.from({ length: 120 }, (_, n) => ({
  added_at: "2026-01-15T08:00:00Z",
  track: Sample.track({ name: `Track ${n}` })
}))
const pages = Paging.collect(Library.tracks).pipe(
  Effect.flatMap((tracks) => Console.log(`${tracks.length} tracks`)),
  Effect.provide(TestClient.layer(
    TestClient.on(Library.tracks, (options) => Effect.succeed(Sample.page(library, options)))
  ))
)

// An operation without an answer is a defect that names it.
const forgotten = greeting.pipe(
  Effect.provide(TestClient.layer(track)),
  Effect.catchAllDefect((defect) => Console.log(defect instanceof TestClient.UnansweredOperation ? defect.message : ""))
)

export const program = Effect.all([reads, writes, pages, forgotten])

Guide.run(import.meta.url, program)
