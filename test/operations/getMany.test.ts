import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import {
  Albums,
  Artists,
  Audiobooks,
  Chapters,
  type Endpoint,
  Episodes,
  Scope,
  Shows,
  SpotifyClient,
  Tracks
} from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import { sessionOf } from "../utils/client.js"
import { layer, Wire } from "../utils/wire.js"

const { id, uri } = FakeSpotify
const unknown = "0000000000000000000000"

interface Thing {
  readonly id: string
}

interface Many {
  readonly kind: "track" | "album" | "artist" | "show" | "episode" | "audiobook" | "chapter"
  readonly cap: number
  readonly getMany: Endpoint.Endpoint<[ids: ReadonlyArray<string>], ReadonlyArray<Option.Option<Thing>>>
  readonly several: { readonly spec: Endpoint.Spec }
}

const groups: ReadonlyArray<Many> = [
  { kind: "track", cap: 50, getMany: Tracks.getMany, several: Tracks.several },
  { kind: "album", cap: 20, getMany: Albums.getMany, several: Albums.several },
  { kind: "artist", cap: 50, getMany: Artists.getMany, several: Artists.several },
  { kind: "show", cap: 50, getMany: Shows.getMany, several: Shows.several },
  { kind: "episode", cap: 50, getMany: Episodes.getMany, several: Episodes.several },
  { kind: "audiobook", cap: 50, getMany: Audiobooks.getMany, several: Audiobooks.several },
  { kind: "chapter", cap: 50, getMany: Chapters.getMany, several: Chapters.several }
]

const paths = Effect.map(Wire, (wire) => wire.map(({ url }) => url.replace(/\?.*/, "")))
const sizes = Effect.map(
  Wire,
  (wire) => wire.map(({ url }) => new URL(url, "https://x").searchParams.get("ids")?.split(",").length)
)

const idsOf = (found: ReadonlyArray<Option.Option<Thing>>) =>
  found.map(Option.match({ onNone: () => undefined, onSome: (thing) => thing.id }))

describe.each(groups)("getMany of $kind", ({ cap, getMany, kind, several }) => {
  it("is the batch operation for those who read the declaration", () => {
    expect(getMany.spec).toBe(several.spec)
  })

  it.effect("keeps order and duplicates, and gives none for an unknown one, by batch", () =>
    Effect.gen(function*() {
      const found = yield* getMany([id(kind, 3), unknown, uri(kind, 1), id(kind, 3)])
      expect(idsOf(found)).toEqual([id(kind, 3), undefined, id(kind, 1), id(kind, 3)])
      expect(yield* paths).toEqual([`/${kind}s`])
      expect(yield* sizes).toEqual([3])
    }).pipe(Effect.provide(layer())))

  it.effect("asks in batches of the cap", () =>
    Effect.gen(function*() {
      // Most catalogues of the fake are larger than what they are asked for; a kind's rest is unknown.
      const ids = Array.from({ length: 2 * cap + 3 }, (_, i) => id(kind, i))
      const found = yield* getMany(ids)
      expect(found).toHaveLength(ids.length)
      expect(found.every((one, i) => Option.isNone(one) || one.value.id === ids[i])).toBe(true)
      expect((yield* sizes).toSorted((a = 0, b = 0) => a - b)).toEqual([3, cap, cap])
    }).pipe(Effect.provide(layer())))

  it.effect("does the same one by one in Development Mode, and asks for a batch once only", () =>
    Effect.gen(function*() {
      const wire = yield* Wire
      const found = yield* getMany([id(kind, 3), unknown, uri(kind, 1), id(kind, 3)])
      expect(idsOf(found)).toEqual([id(kind, 3), undefined, id(kind, 1), id(kind, 3)])
      const singles = [id(kind, 3), unknown, id(kind, 1)].map((id) => `/${kind}s/${id}`).toSorted()
      expect((yield* paths).toSorted()).toEqual([`/${kind}s`, ...singles])
      wire.length = 0
      yield* getMany([id(kind, 3), unknown, id(kind, 1)])
      expect((yield* paths).toSorted()).toEqual(singles)
    }).pipe(Effect.provide(layer({ fake: { mode: "development" } }))))
})

describe("getMany", () => {
  it.effect("asks for nothing when the list is empty", () =>
    Effect.gen(function*() {
      expect(yield* Tracks.getMany([])).toEqual([])
      expect(yield* Wire).toEqual([])
    }).pipe(Effect.provide(layer())))

  it.effect("reads a single one as such, in either mode", () =>
    Effect.gen(function*() {
      yield* Tracks.getMany([id("track", 1), uri("track", 1)], { market: "SE" })
      expect((yield* Wire).map(({ url }) => url)).toEqual([`/tracks/${id("track", 1)}?market=SE`])
    }).pipe(Effect.provide(layer())))

  it.effect("hands the market on, in either mode", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* Tracks.getMany([id("track", 1), id("track", 2)], { market: "SE" })
      yield* spotify.setMode("development")
      yield* Tracks.getMany([id("track", 1), id("track", 2)], { market: "SE" })
      const wire = yield* Wire
      expect(wire).toHaveLength(4)
      expect(wire.every(({ url }) => url.endsWith("market=SE"))).toBe(true)
    }).pipe(Effect.provide(layer())))

  it.effect("remembers for all sessions of the client, and each batch operation by itself", () =>
    Effect.gen(function*() {
      const wire = yield* Wire
      yield* Tracks.getMany([id("track", 1), id("track", 2)])
      wire.length = 0
      const other = yield* sessionOf("other-user")
      yield* SpotifyClient.withSession(Tracks.getMany([id("track", 1), id("track", 2)]), other)
      expect((yield* paths).toSorted()).toEqual([`/tracks/${id("track", 1)}`, `/tracks/${id("track", 2)}`])
      wire.length = 0
      yield* Albums.getMany([id("album", 1), id("album", 2)])
      expect(yield* paths).toContain("/albums")
    }).pipe(Effect.scoped, Effect.provide(layer({ fake: { mode: "development" } }))))

  it.effect("takes no 403 for the loss of the operation when single reads are refused as well", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const refused = FakeSpotify.reply(403, { text: "User not registered in the Developer Dashboard" })
      yield* spotify.failNext(refused, { times: 20 })
      const error = yield* Effect.flip(Tracks.getMany([id("track", 1), id("track", 2)]))
      expect(error).toMatchObject({ _tag: "Forbidden", status: 403 })
      yield* spotify.clearFaults
      const wire = yield* Wire
      wire.length = 0
      yield* Tracks.getMany([id("track", 1), id("track", 2)])
      expect(yield* paths).toEqual(["/tracks"])
    }).pipe(Effect.provide(layer())))

  it.effect("reads nothing one by one where a scope is missing", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.apiError(403, "Insufficient client scope"))
      const error = yield* Effect.flip(Effect.asVoid(Episodes.getMany([id("episode", 1), id("episode", 2)])))
      expect(error).toMatchObject({ _tag: "Forbidden", missingScopes: ["user-read-playback-position"] })
      expect(yield* Wire).toHaveLength(1)
    }).pipe(Effect.provide(layer())))

  it.effect("fails with what a batch failed with", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.apiError(400, "invalid request"))
      const error = yield* Effect.flip(Tracks.getMany([id("track", 1), id("track", 2)]))
      expect(error).toMatchObject({ _tag: "BadRequest", operation: "Tracks.several" })
    }).pipe(Effect.provide(layer())))

  it.effect("fails where a batch doesn't have an entry for each id", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.reply(200, { json: { tracks: [null] } }))
      const error = yield* Effect.flip(Tracks.getMany([id("track", 1), id("track", 2)]))
      expect(error).toMatchObject({ _tag: "DecodeError", expected: "2 entries, one for each id" })
    }).pipe(Effect.provide(layer())))

  it("needs the scopes of the batch operation", () => {
    expect(Scope.required(Episodes.getMany)).toEqual(["user-read-playback-position"])
  })
})
