import { describe, expect, it } from "@effect/vitest"
import { Effect, Encoding, Option, Schedule, Schema } from "effect"
import { Playlist, Playlists } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import { layer, Wire } from "../utils/wire.js"

const { id, uri } = FakeSpotify
const mine = id("playlist", 0)
const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10)

const state = Effect.flatMap(FakeSpotify.FakeSpotify, (spotify) => spotify.state.playlist(mine)).pipe(Effect.flatten)

const atOnce = { retrySchedule: Schedule.recurs(3) }
const busy = FakeSpotify.apiError(503, "Service unavailable")

describe("fields", () => {
  const Title = Schema.Struct({ name: Schema.String, owner: Schema.Struct({ id: Schema.String }) })

  it.effect("gives what the schema says", () =>
    Effect.gen(function*() {
      const title = yield* Playlists.getFields(mine, { fields: "name,owner.id" }, Title)
      expect(title).toEqual({ name: "Evening Drive", owner: { id: "fake-user" } })
      expect((yield* Wire)[0]?.url).toBe(`/playlists/${mine}?fields=name%2Cowner.id`)
    }).pipe(Effect.provide(layer())))

  it.effect("fails where a member is missing that the schema promises", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Playlists.getFields(mine, { fields: "name" }, Title))
      expect(error).toMatchObject({ _tag: "DecodeError", operation: "Playlists.get", issuePath: "owner" })
    }).pipe(Effect.provide(layer())))

  it.effect("works for pages of items by either path", () =>
    Effect.gen(function*() {
      const Entries = Schema.Struct({
        items: Schema.Array(Schema.Struct({ item: Schema.Struct({ id: Schema.String }) }))
      })
      const fields = "items(item(id))"
      const page = yield* Playlists.itemsFields(mine, { fields, limit: 2, offset: 1 }, Entries)
      expect(page.items).toHaveLength(2)
      expect(yield* Playlists.tracksFields(mine, { fields, limit: 2, offset: 1 }, Entries)).toEqual(page)
    }).pipe(Effect.provide(layer())))

  it("has the declaration of the whole", () => {
    expect(Playlists.getFields.spec).toBe(Playlists.get.spec)
    expect(Playlists.itemsFields.spec).toBe(Playlists.items.spec)
    expect(Playlists.tracksFields.spec).toBe(Playlists.tracks.spec)
  })
})

describe("both dialects", () => {
  it.effect.each(["extended", "development"] as const)(
    "%s: items and their contents are read the same way",
    (mode) =>
      Effect.gen(function*() {
        const playlist = yield* Playlists.get(mine)
        const page = Option.getOrThrow(Playlist.items(playlist))
        expect(page.total).toBe(120)
        expect(Playlist.content(page.items[0] ?? null)._tag).toBe("Track")
        const odd = yield* Playlists.items(id("playlist", 1))
        expect(odd.items.map((entry) => Playlist.content(entry)._tag)).toEqual([
          "Track",
          "Local",
          "Unavailable",
          "Episode",
          "Track"
        ])
      }).pipe(Effect.provide(layer({ fake: { mode } })))
  )
})

describe("writes", () => {
  it.effect("chain snapshots", () =>
    Effect.gen(function*() {
      const { snapshot_id } = yield* Playlists.replaceItems(mine, { uris: [0, 1, 2, 3].map((n) => uri("track", n)) })
      expect((yield* state).snapshotId).toBe(snapshot_id)
      const moved = yield* Playlists.moveItems(mine, { range_start: 2, insert_before: 0, range_length: 2, snapshot_id })
      expect((yield* state).uris).toEqual([2, 3, 0, 1].map((n) => uri("track", n)))
      yield* Playlists.removeItems(mine, { items: [{ uri: uri("track", 3) }], snapshot_id: moved.snapshot_id })
      yield* Playlists.addItems(mine, { uris: [uri("episode", 1)], position: 1 })
      expect((yield* state).uris).toEqual([
        uri("track", 2),
        uri("episode", 1),
        uri("track", 0),
        uri("track", 1)
      ])
      yield* Playlists.replaceItems(mine, { uris: [] })
      expect((yield* state).uris).toEqual([])
    }).pipe(Effect.provide(layer())))

  it.effect("do the same by the older path", () =>
    Effect.gen(function*() {
      const { snapshot_id } = yield* Playlists.replaceTracks(mine, { uris: [0, 1].map((n) => uri("track", n)) })
      yield* Playlists.moveTracks(mine, { range_start: 0, insert_before: 2, snapshot_id })
      yield* Playlists.addTracks(mine, { uris: [uri("track", 5)] })
      yield* Playlists.removeTracks(mine, { tracks: [{ uri: uri("track", 1) }] })
      expect((yield* state).uris).toEqual([uri("track", 0), uri("track", 5)])
    }).pipe(Effect.provide(layer())))

  it.effect("are sent again on a doubt only where they come to the same", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const wire = yield* Wire
      const tries = (call: ReturnType<typeof Playlists.addItems>) =>
        Effect.gen(function*() {
          wire.length = 0
          yield* spotify.failNext(busy)
          yield* Effect.exit(call)
          yield* spotify.clearFaults
          return wire.length
        })
      const uris = [uri("track", 1)]
      expect(yield* tries(Playlists.replaceItems(mine, { uris }))).toBe(2)
      expect(yield* tries(Playlists.updateItems(mine, { uris }))).toBe(2)
      expect(yield* tries(Playlists.removeItems(mine, { items: [{ uri: uri("track", 1) }] }))).toBe(2)
      expect(yield* tries(Playlists.moveItems(mine, { range_start: 0, insert_before: 1 }))).toBe(1)
      expect(yield* tries(Playlists.moveTracks(mine, { range_start: 0, insert_before: 1 }))).toBe(1)
      expect(yield* tries(Playlists.addItems(mine, { uris }))).toBe(1)
    }).pipe(Effect.provide(layer({ client: atOnce }))))

  it("are declared once for both halves of an update", () => {
    expect(Playlists.replaceItems.spec).toBe(Playlists.updateItems.spec)
    expect(Playlists.moveItems.spec).toBe(Playlists.updateItems.spec)
    expect(Playlists.moveTracks.spec).toBe(Playlists.replaceTracks.spec)
  })
})

describe("a cover", () => {
  it.effect("is sent as base64 text, given as bytes or as that", () =>
    Effect.gen(function*() {
      yield* Playlists.uploadCover(mine, { image: jpeg })
      yield* Playlists.uploadCover(mine, { image: Encoding.encodeBase64(jpeg) })
      const sent = { method: "PUT", url: `/playlists/${mine}/images`, contentType: "image/jpeg", body: "/9j/4AAQ" }
      expect(yield* Wire).toEqual([sent, sent])
      expect((yield* state).hasCustomCover).toBe(true)
    }).pipe(Effect.provide(layer())))

  it.effect("may have 256 KB as base64, and no more", () =>
    Effect.gen(function*() {
      const largest = new Uint8Array(192 * 1024)
      largest.set(jpeg)
      yield* Playlists.uploadCover(mine, { image: largest })
      const larger = new Uint8Array(192 * 1024 + 1)
      larger.set(jpeg)
      expect((yield* Effect.flip(Playlists.uploadCover(mine, { image: larger })))._tag).toBe("InvalidInput")
    }).pipe(Effect.provide(layer())))
})
