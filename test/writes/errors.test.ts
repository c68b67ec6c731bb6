import { describe, expect, it } from "@effect/vitest"
import { Data, Effect, Schema } from "effect"
import * as BulkWrites from "effect-spotify/BulkWrites"
import * as Playlists from "effect-spotify/Playlists"
import * as PlaylistSync from "effect-spotify/PlaylistSync"
import { Forbidden } from "effect-spotify/SpotifyError"
import { FakeSpotify } from "effect-spotify/testing"
import { spotify } from "../utils/client.js"
import { layer } from "../utils/elapsing.js"

const empty = FakeSpotify.id("playlist", 2)
const tracks = (count: number) => Array.from({ length: count }, (_, n) => FakeSpotify.uri("track", n))

const through = <A, I>(schema: Schema.Schema<A, I>) => (value: A) => {
  const json = Schema.parseJson(schema)
  return Effect.flatMap(Schema.encode(json)(value), Schema.decode(json))
}

const refuse = Effect.flatMap(
  spotify,
  ({ failNext }) => failNext([FakeSpotify.slow(0), FakeSpotify.apiError(403, "Forbidden")], { on: { method: "POST" } })
)

class DiskFull extends Data.TaggedError("DiskFull")<{ readonly message: string }> {}

describe("the errors of long writes and syncs go through JSON", () => {
  it.effect("an incomplete write, whose account goes on from there", () =>
    Effect.gen(function*() {
      yield* refuse
      const stopped = yield* Effect.flip(Playlists.addAll(empty, tracks(150)))
      if (stopped._tag !== "IncompleteWrite") throw stopped
      const read = yield* through(BulkWrites.IncompleteWrite)(stopped)
      expect(read).toBeInstanceOf(BulkWrites.IncompleteWrite)
      expect(read.message).toBe(stopped.message)
      expect(read.account).toEqual(stopped.account)
      expect(read.cause).toBeInstanceOf(Forbidden)
      expect(read.cause).toMatchObject({ status: 403, detail: "Forbidden", missingScopes: [] })
      const account = yield* Playlists.addAll(empty, tracks(150), { resume: read.account })
      expect(account).toMatchObject({ written: 150, startedAt: stopped.account.startedAt })
    }).pipe(Effect.provide(layer())))

  it.effect("one that onProgress stopped, as far as its error can be written", () =>
    Effect.gen(function*() {
      const stopped = yield* Effect.flip(
        Playlists.addAll(empty, tracks(150), { onProgress: () => new DiskFull({ message: "disk full" }) })
      )
      if (stopped._tag !== "IncompleteWrite") throw stopped
      expect((yield* through(BulkWrites.IncompleteWrite)(stopped)).cause).toMatchObject({ message: "disk full" })
    }).pipe(Effect.provide(layer())))

  it.effect("a sync that stopped, and its plan", () =>
    Effect.gen(function*() {
      yield* refuse
      const stopped = yield* Effect.flip(Playlists.sync(empty, [...tracks(150), ...tracks(150)]))
      if (stopped._tag !== "IncompleteSync") throw stopped
      const read = yield* through(PlaylistSync.IncompleteSync)(stopped)
      expect(read).toMatchObject({ _tag: "IncompleteSync", done: stopped.done, plan: stopped.plan })
      expect(read.cause).toBeInstanceOf(Forbidden)
    }).pipe(Effect.provide(layer())))

  it.effect("a plan, which is carried out when it is read again", () =>
    Effect.gen(function*() {
      const { plan } = yield* Playlists.sync(empty, tracks(3), { dryRun: true })
      const read = yield* through(PlaylistSync.PlaylistPlan)(plan)
      expect(read).toEqual(plan)
      expect((yield* Playlists.applySync(read)).plan.result).toEqual(tracks(3))
      const changed = yield* Effect.flip(Playlists.applySync(read))
      if (changed._tag !== "PlaylistChanged") throw changed
      expect(yield* through(PlaylistSync.PlaylistChanged)(changed)).toEqual(changed)
    }).pipe(Effect.provide(layer())))

  it.effect("an impossible sync", () =>
    Effect.gen(function*() {
      const impossible = yield* Effect.flip(Playlists.sync(empty, ["spotify:local:a:b:c:1"]))
      if (impossible._tag !== "ImpossibleSync") throw impossible
      expect(yield* through(PlaylistSync.ImpossibleSync)(impossible)).toEqual(impossible)
    }).pipe(Effect.provide(layer())))

  it.effect("half of a plan is refused before anything is sent", () =>
    Effect.gen(function*() {
      const { plan } = yield* Playlists.sync(empty, tracks(3), { dryRun: true })
      const { leftover: _, ...half } = plan
      // @ts-expect-error: as a program without types may give it
      const refused = yield* Effect.flip(Playlists.applySync(half))
      expect(refused).toMatchObject({ _tag: "InvalidInput", field: "plan" })
    }).pipe(Effect.provide(layer())))
})
