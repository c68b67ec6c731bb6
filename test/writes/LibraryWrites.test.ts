import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as Library from "effect-spotify/Library"
import { FakeSpotify } from "effect-spotify/testing"
import { spotify } from "../utils/client.js"
import { elapsing, layer } from "../utils/elapsing.js"

const tracks = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => FakeSpotify.uri("track", from + i))

const saved = Effect.flatMap(spotify, ({ state }) => state.saved())
const sent = (method: string) =>
  Effect.map(
    Effect.flatMap(spotify, ({ requests }) => requests),
    (all) =>
      all.filter((request) => request.host === "api" && request.method === method).map(({ query }) =>
        query["uris"]?.split(",") ?? []
      )
  )

const busy = FakeSpotify.apiError(502, "Bad gateway")

describe("saveAll", () => {
  it.effect("saves by forties, in order", () =>
    Effect.gen(function*() {
      const uris = tracks(3000, 3100)
      expect(yield* Library.saveAll(uris)).toMatchObject({ written: 100, failed: [], inDoubt: [] })
      const requests = yield* sent("PUT")
      expect(requests.map((batch) => batch.length)).toEqual([40, 40, 20])
      expect(requests.flat()).toEqual(uris)
      expect(new Set((yield* saved).slice(0, 100))).toEqual(new Set(uris))
    }).pipe(Effect.provide(layer())))

  it.effect("takes links and things of several kinds, and refuses what can't be saved", () =>
    Effect.gen(function*() {
      const link = `https://open.spotify.com/album/${FakeSpotify.id("album", 3)}`
      expect(yield* Library.saveAll(Stream.make(link, FakeSpotify.uri("artist", 900)))).toMatchObject({ written: 2 })
      expect(yield* sent("PUT")).toEqual([[FakeSpotify.uri("album", 3), FakeSpotify.uri("artist", 900)]])
      expect(yield* Effect.flip(Library.saveAll([link, "spotify:chapter:x"]))).toMatchObject({
        _tag: "InvalidInput",
        operation: "Library.saveAll",
        field: "uris"
      })
      expect(yield* sent("PUT")).toHaveLength(1)
    }).pipe(Effect.provide(layer())))

  it.effect("leaves in doubt what got no answer, and sends it again when it goes on", () =>
    Effect.gen(function*() {
      const { clearFaults, failNext } = yield* spotify
      const uris = tracks(3000, 3100)
      yield* failNext([FakeSpotify.slow(0), ...Array.from({ length: 10 }, () => FakeSpotify.afterApplying(busy))], {
        on: { method: "PUT" }
      })
      const stopped = yield* elapsing(Effect.flip(Library.saveAll(uris)))
      expect(stopped).toMatchObject({
        _tag: "IncompleteWrite",
        account: { written: 40, failed: [], inDoubt: uris.slice(40, 80) },
        cause: { _tag: "ServerError" }
      })
      yield* clearFaults
      if (stopped._tag !== "IncompleteWrite") return
      expect(yield* Library.saveAll(uris, { resume: stopped.account })).toMatchObject({ written: 100, inDoubt: [] })
      expect((yield* saved).filter((uri) => uris.includes(uri))).toHaveLength(100)
    }).pipe(Effect.provide(layer())))
})

describe("removeAll", () => {
  it.effect("removes by forties", () =>
    Effect.gen(function*() {
      const before = yield* saved
      expect(yield* Library.removeAll(before.slice(0, 100))).toMatchObject({ written: 100 })
      expect(yield* saved).toEqual(before.slice(100))
      expect(yield* sent("DELETE")).toHaveLength(3)
    }).pipe(Effect.provide(layer())))
})

describe("containsAll", () => {
  it.effect("tells in the order asked for, whatever answer comes first", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      yield* failNext(FakeSpotify.slow("3 seconds"), { on: { method: "GET" } })
      const [first = "", second = ""] = yield* saved
      const uris = [first, ...tracks(3000, 3100), second]
      const expected = uris.map((uri) => uri === first || uri === second)
      expect(yield* elapsing(Library.containsAll(uris, { concurrency: 3 }))).toEqual(expected)
      expect(yield* Library.containsAll(Stream.fromIterable(uris))).toEqual(expected)
      expect(yield* Library.containsAll([])).toEqual([])
      expect(yield* sent("GET")).toHaveLength(6)
    }).pipe(Effect.provide(layer())))

  it.effect("fails where the answer has not one entry for each uri", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      yield* failNext(FakeSpotify.reply(200, { json: [true] }))
      expect(yield* Effect.flip(Library.containsAll(tracks(0, 2)))).toMatchObject({
        _tag: "DecodeError",
        operation: "Library.containsAll"
      })
    }).pipe(Effect.provide(layer())))

  it.effect.each([0, -1, 1.5, Number.NaN])(
    "refuses %s requests at once, which would wait for ever",
    (concurrency) =>
      Effect.gen(function*() {
        expect(yield* Effect.flip(Library.containsAll(tracks(0, 2), { concurrency }))).toMatchObject({
          _tag: "InvalidInput",
          field: "concurrency"
        })
        expect(yield* sent("GET")).toEqual([])
      }).pipe(Effect.provide(layer()))
  )

  it.effect("refuses a wrong entry before anything is sent", () =>
    Effect.gen(function*() {
      expect(yield* Effect.flip(Library.containsAll([...tracks(0, 50), "nonsense"]))).toMatchObject({
        _tag: "InvalidInput",
        operation: "Library.containsAll"
      })
      expect(yield* sent("GET")).toEqual([])
    }).pipe(Effect.provide(layer())))
})
