import { describe, expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Artists, Paging, Search, SpotifyClient } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import { sessionOf } from "../utils/client.js"
import { layer, Wire } from "../utils/wire.js"

const { id } = FakeSpotify
const artist = id("artist", 0)

/** What the requests so far asked for. */
const pagesOf = (wire: ReadonlyArray<{ readonly url: string }>) =>
  wire.map(({ url }) => {
    const query = new URL(url, "https://x").searchParams
    return `${query.get("offset")}+${query.get("limit")}`
  })

const sent = Effect.map(Wire, pagesOf)

const development = layer({ fake: { mode: "development" } })

describe("a limit above that of Development Mode", () => {
  it.effect("is taken for an app in extended quota mode", () =>
    Effect.gen(function*() {
      const found = yield* Search.search({ q: "a", type: ["track", "album"], limit: 50 })
      expect([found.tracks.items.length, found.albums.items.length]).toEqual([50, 50])
      expect((yield* Artists.albums(artist, { limit: 50 })).limit).toBe(50)
    }).pipe(Effect.provide(layer())))

  it.effect("is a 400 for one in Development Mode, which says why", () =>
    Effect.gen(function*() {
      const calls = [
        Search.search({ q: "a", type: ["track"], limit: 11 }),
        Search.tracks({ q: "a", limit: 50 }),
        Artists.albums(artist, { limit: 20 })
      ]
      for (const call of calls) {
        const error = yield* Effect.flip<unknown, { readonly message: string }, SpotifyClient.SpotifyClient>(call)
        expect(error).toMatchObject({
          _tag: "BadRequest",
          message: expect.stringMatching(/400 Invalid limit; Development Mode allows a limit of at most 10$/)
        })
      }
      expect((yield* Artists.albums(artist, { limit: 10 })).items).toHaveLength(10)
    }).pipe(Effect.provide(development)))

  it.effect("isn't blamed for another 400", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.reply(400, { json: { error: { status: 400, message: "Invalid market" } } }))
      const wrong = yield* Effect.flip(Search.tracks({ q: "a", limit: 50 }))
      expect(wrong.message).not.toContain("Development Mode")
      yield* spotify.failNext(FakeSpotify.reply(400, { json: { error: { status: 400, message: "Invalid limit" } } }))
      const small = yield* Effect.flip(Search.tracks({ q: "a", limit: 10 }))
      expect(small.message).not.toContain("Development Mode")
    }).pipe(Effect.provide(layer())))
})

describe("paging of what has smaller pages in Development Mode", () => {
  it.effect("takes the largest pages where the app has them", () =>
    Effect.gen(function*() {
      const albums = yield* Paging.collect(Artists.albums, artist)
      expect(albums).toHaveLength(12)
      expect(yield* sent).toEqual(["0+50"])
    }).pipe(Effect.provide(layer())))

  it.effect("finds out once for an app what it has, and every user's session knows it", () =>
    Effect.gen(function*() {
      const wire = yield* Wire
      const albums = yield* Paging.collect(Artists.albums, artist)
      expect(albums).toHaveLength(12)
      expect(yield* sent).toEqual(["0+50", "0+10", "10+10"])
      wire.length = 0
      expect(yield* Paging.collect(Artists.albums, id("artist", 1), { concurrency: 4 })).not.toEqual([])
      expect((yield* sent)[0]).toBe("0+10")
      wire.length = 0
      const other = yield* sessionOf("other-user")
      yield* SpotifyClient.withSession(Paging.collect(Artists.albums, artist), other)
      expect(pagesOf(wire.filter(({ url }) => url.includes("albums")))).toEqual(["0+10", "10+10"])
    }).pipe(Effect.scoped, Effect.provide(development)))

  it.effect("learns nothing from a 400 that isn't about the limit, nor where the smaller page fails too", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const wire = yield* Wire
      const refused = (message: string) => FakeSpotify.reply(400, { json: { error: { status: 400, message } } })
      yield* spotify.failNext(refused("Invalid market"))
      expect(yield* Effect.flip(Paging.collect(Artists.albums, artist))).toMatchObject({ _tag: "BadRequest" })
      yield* spotify.failNext(refused("Invalid limit"), { times: 2 })
      expect(yield* Effect.flip(Paging.collect(Artists.albums, artist))).toMatchObject({ _tag: "BadRequest" })
      expect(yield* sent).toEqual(["0+50", "0+50", "0+10"])
      wire.length = 0
      yield* Paging.collect(Artists.albums, artist)
      expect(yield* sent).toEqual(["0+50"])
    }).pipe(Effect.provide(layer())))

  it.effect("keeps a limit that is given", () =>
    Effect.gen(function*() {
      expect(yield* Paging.collect(Artists.albums, artist, { limit: 5 })).toHaveLength(12)
      expect(yield* sent).toEqual(["0+5", "5+5", "10+5"])
      const error = yield* Effect.flip(Paging.collect(Artists.albums, artist, { limit: 20 }))
      expect(error.message).toContain("Development Mode allows a limit of at most 10")
    }).pipe(Effect.provide(development)))
})

describe("a search of one kind", () => {
  it.effect("is read by pages, up to the 1000 that Spotify shows", () =>
    Effect.gen(function*() {
      const pages = yield* Stream.runCollect(Paging.pages(Search.tracks, { q: "a", concurrency: 4 }))
      const all = Array.from(pages)
      expect(all.flatMap(({ items }) => items)).toHaveLength(1000)
      expect(new Set(all.flatMap(({ items }) => items.map((track) => track.id))).size).toBe(1000)
      expect(all[0]?.total).toBeGreaterThan(1000)
      expect(all.at(-1)?.next).toBeUndefined()
      const inOrder = (yield* sent).toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b))
      expect(inOrder).toEqual(Array.from({ length: 20 }, (_, i) => `${i * 50}+50`))
    }).pipe(Effect.provide(layer())))

  it.effect("asks for nothing beyond them, wherever it begins and however large its pages are", () =>
    Effect.gen(function*() {
      const wire = yield* Wire
      expect(yield* Paging.collect(Search.tracks, { q: "a", limit: 30, offset: 950 })).toHaveLength(50)
      expect(yield* sent).toEqual(["950+30", "980+20"])
      wire.length = 0
      expect(yield* Paging.collect(Search.tracks, { q: "a", from: { offset: 990 } })).toHaveLength(10)
      expect(yield* Paging.collect(Search.tracks, { q: "a", from: { offset: 1000 } })).toEqual([])
      expect(yield* sent).toEqual(["990+10"])
      expect(yield* Effect.flip(Paging.collect(Search.tracks, { q: "a", offset: 1001 }))).toMatchObject({
        _tag: "InvalidInput",
        field: "offset"
      })
    }).pipe(Effect.provide(layer())))

  it.effect("is read by ten in Development Mode", () =>
    Effect.gen(function*() {
      const tracks = yield* Stream.runCollect(Stream.take(Paging.stream(Search.tracks, { q: "a" }), 25))
      expect(tracks.length).toBe(25)
      expect(yield* sent).toEqual(["0+50", "0+10", "10+10", "20+10"])
    }).pipe(Effect.provide(development)))

  it.effect("gives its page alone", () =>
    Effect.gen(function*() {
      const wire = yield* Wire
      const [albums, artists, audiobooks, episodes, playlists, shows, tracks] = yield* Effect.all([
        Search.albums({ q: "a", market: "SE" }),
        Search.artists({ q: "a" }),
        Search.audiobooks({ q: "a" }),
        Search.episodes({ q: "a" }),
        Search.playlists({ q: "a" }),
        Search.shows({ q: "a" }),
        Search.tracks({ q: "a", limit: 1 })
      ])
      expect(wire.map(({ url }) => new URL(url, "https://x").searchParams.get("type"))).toEqual([
        "album",
        "artist",
        "audiobook",
        "episode",
        "playlist",
        "show",
        "track"
      ])
      const types = [albums, artists, audiobooks, episodes, shows, tracks].map(({ items }) => items[0]?.type)
      expect(types).toEqual(["album", "artist", "audiobook", "episode", "show", "track"])
      expect(playlists.total).toBeGreaterThan(0)
      expect(tracks.items).toHaveLength(1)
    }).pipe(Effect.provide(layer())))
})
