import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import {
  Albums,
  Artists,
  Browse,
  Library,
  Player,
  Playlists,
  Recommendations,
  Search,
  type SpotifyClient,
  type SpotifyError,
  Tracks,
  Users
} from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import { layer, Wire } from "../utils/wire.js"

type Call = Effect.Effect<unknown, SpotifyError.SpotifyError, SpotifyClient.SpotifyClient>

const { id, uri } = FakeSpotify
const mine = id("playlist", 0)
const many = (kind: FakeSpotify.Kind, n: number) => Array.from({ length: n }, (_, i) => id(kind, i))
const manyUris = (n: number) => Array.from({ length: n }, (_, i) => uri("track", i))
// What a program without types might pass.
const anything = (value: unknown): never => value as never

const largeJpeg = new Uint8Array(200_000)
largeJpeg.set([0xff, 0xd8, 0xff])

const base64 = (...bytes: ReadonlyArray<number>) => btoa(String.fromCharCode(...bytes))

const cases: ReadonlyArray<readonly [wrong: string, call: Call, field: string, allowed: RegExp]> = [
  [
    "an id of another length",
    Albums.get("4aawyAB9vmqN3uQ7"),
    "id",
    /an album's id \(22 letters and digits\).*4aawyAB9/
  ],
  ["an id that is no text", Albums.get(anything(undefined)), "id", /an album's id/],
  ["the URI of another kind", Tracks.get(uri("album", 1)), "id", /a track's id.*spotify:track:/],
  ["a link of another kind", Artists.get("https://open.spotify.com/track/7EjyzZcbLxW7PaaLua9Ksb"), "id", /an artist's/],
  [
    "a link to another host",
    Tracks.get("https://example.com/track/7EjyzZcbLxW7PaaLua9Ksb"),
    "id",
    /open\.spotify\.com/
  ],
  ["an empty user name", Users.get(""), "id", /a user's id/],
  ["a category with a slash", Browse.category("a/b"), "id", /a category's id/],
  ["a market in words", Albums.get(id("album", 0), { market: "Sweden" }), "market", /alpha-2 country code.*from_token/],
  ["a limit of 0", Albums.tracks(id("album", 0), { limit: 0 }), "limit", /a whole number from 1 to 50/],
  ["a limit above the most", Search.search({ q: "a", type: ["track"], limit: 11 }), "limit", /from 1 to 10/],
  ["a limit above the most", Artists.albums(id("artist", 0), { limit: 11 }), "limit", /from 1 to 10/],
  ["a limit that isn't whole", Library.tracks({ limit: 1.5 }), "limit", /a whole number from 1 to 50/],
  ["a limit that is a text", Library.tracks({ limit: anything("5") }), "limit", /a whole number from 1 to 50/],
  ["an offset below 0", Library.tracks({ offset: -1 }), "offset", /a whole number from 0/],
  ["an offset above the most", Search.search({ q: "a", type: ["track"], offset: 1001 }), "offset", /from 0 to 1000/],
  ["an empty query", Search.search({ q: "", type: ["track"] }), "q", /a text that isn't empty/],
  ["no kind", Search.search({ q: "a", type: [] }), "type", /1 to 7 of them, not 0/],
  ["a kind that there isn't", Search.search({ q: "a", type: anything(["song"]) }), "type.0", /one of album, artist/],
  [
    "a word that isn't known",
    Users.topTracks({ time_range: anything("ever") }),
    "time_range",
    /long_term, medium_term/
  ],
  [
    "a group that isn't known",
    Artists.albums(id("artist", 0), { include_groups: anything(["ep"]) }),
    "include_groups.0",
    /appears_on/
  ],
  ["a locale of another form", Browse.categories({ locale: "sv-SE" }), "locale", /sv_SE/],
  ["an empty list", Tracks.several({ ids: [] }), "ids", /1 to 50 of them, not 0/],
  ["a list that isn't one", Tracks.several({ ids: anything(uri("track", 0)) }), "ids", /ReadonlyArray/],
  ["too many tracks", Tracks.several({ ids: many("track", 51) }), "ids", /1 to 50 of them, not 51/],
  ["too many albums", Albums.several({ ids: many("album", 21) }), "ids", /1 to 20 of them, not 21/],
  ["too many features", Tracks.severalAudioFeatures({ ids: many("track", 101) }), "ids", /1 to 100 of them, not 101/],
  [
    "another kind in a list",
    Albums.several({ ids: [id("album", 1), uri("track", 1)] }),
    "ids",
    /album.*unlike "spotify:track:/
  ],
  ["a bad id in getMany", Tracks.getMany([id("track", 1), "no"]), "ids", /a track's id.*unlike "no"/],
  ["nothing to save", Library.save({ uris: [] }), "uris", /1 to 40 of them, not 0/],
  ["too much to save", Library.save({ uris: manyUris(41) }), "uris", /1 to 40 of them, not 41/],
  ["too much to ask for", Library.contains({ uris: manyUris(41) }), "uris", /1 to 40 of them, not 41/],
  [
    "a bare id in the library",
    Library.remove({ uris: [id("track", 1)] }),
    "uris",
    /spotify: URIs or open\.spotify\.com links/
  ],
  [
    "a chapter in the library",
    Library.save({ uris: [uri("chapter", 1)] }),
    "uris",
    /track, album, episode, show, audiobook/
  ],
  ["no list at all", Library.save(anything({})), "uris", /^given$/],
  ["no options", Library.save(anything(undefined)), "uris", /^given$/],
  [
    "a time that isn't UTC",
    Library.saveTracks({ timestamped_ids: [{ id: id("track", 1), added_at: "2023-01-15" }] }),
    "timestamped_ids",
    /ISO 8601 in UTC/
  ],
  [
    "users where artists are meant",
    Users.follow({ type: "artist", ids: ["some.one"] }),
    "ids",
    /an artist's id.*type is artist/
  ],
  [
    "artists where users are meant",
    Users.follows({ type: "user", ids: [uri("artist", 1)] }),
    "ids",
    /a user's id.*type is user/
  ],
  [
    "a context and items",
    Player.play(anything({ context_uri: uri("album", 1), uris: [uri("track", 1)] })),
    "uris",
    /absent where context_uri is given/
  ],
  [
    "a context that can't play",
    Player.play({ context_uri: uri("track", 1) }),
    "context_uri",
    /album, artist, playlist, show/
  ],
  ["items that can't play", Player.play({ uris: [uri("album", 1)] }), "uris", /track, episode/],
  ["nothing to play", Player.play({ uris: [] }), "uris", /1 or more, not 0/],
  [
    "a place below 0",
    Player.play({ context_uri: uri("album", 1), offset: { position: -1 } }),
    "offset",
    /\{ position \} from 0 or \{ uri \}/
  ],
  ["a position below 0", Player.seek({ position_ms: -1 }), "position_ms", /a whole number from 0/],
  ["too loud", Player.volume({ volume_percent: 101 }), "volume_percent", /from 0 to 100/],
  ["a repeat state that isn't known", Player.repeat({ state: anything("all") }), "state", /track, context, off/],
  ["a shuffle state that isn't one", Player.shuffle({ state: anything("on") }), "state", /true or false/],
  ["two devices", Player.transfer({ device_ids: ["a", "b"] }), "device_ids", /1 of them, not 2/],
  ["an empty device", Player.pause({ device_id: "" }), "device_id", /isn't empty/],
  ["an album in the queue", Player.addToQueue({ uri: uri("album", 1) }), "uri", /track, episode/],
  ["both cursors", Player.recentlyPlayed({ after: 1, before: 2 }), "before", /absent where after is given/],
  ["too many items", Playlists.addItems(mine, { uris: manyUris(101) }), "uris", /1 to 100 of them, not 101/],
  ["no items", Playlists.addItems(mine, { uris: [] }), "uris", /1 to 100 of them, not 0/],
  ["a place below 0", Playlists.addItems(mine, { uris: manyUris(1), position: -1 }), "position", /from 0/],
  [
    "too many to remove",
    Playlists.removeItems(mine, { items: manyUris(101).map((uri) => ({ uri })) }),
    "items",
    /1 to 100 of them/
  ],
  [
    "an album to remove",
    Playlists.removeItems(mine, { items: [{ uri: uri("album", 1) }] }),
    "items.0.uri",
    /track, episode/
  ],
  ["neither to replace nor to move", Playlists.updateItems(mine), "range_start", /given, unless uris is/],
  ["half of a move", Playlists.updateItems(mine, { range_start: 1 }), "insert_before", /given, unless uris is/],
  [
    "both to replace and to move",
    Playlists.updateItems(mine, { uris: [], range_start: 1, insert_before: 0 }),
    "range_start",
    /absent where uris is given/
  ],
  [
    "a move of nothing",
    Playlists.moveItems(mine, { range_start: 1, insert_before: 0, range_length: 0 }),
    "range_length",
    /from 1/
  ],
  [
    "a public collaborative one",
    Playlists.create({ name: "a", collaborative: true }),
    "public",
    /false where collaborative is true/
  ],
  ["no name", Playlists.create({ name: "" }), "name", /isn't empty/],
  [
    "a cover of another kind",
    Playlists.uploadCover(mine, { image: Uint8Array.of(0x89, 0x50, 0x4e, 0x47) }),
    "image",
    /a JPEG.*not another kind of file/
  ],
  [
    "a text that is no picture",
    Playlists.uploadCover(mine, { image: "cover.jpg" }),
    "image",
    /a JPEG.*not another kind of file/
  ],
  [
    "broken base64",
    Playlists.uploadCover(mine, { image: `${base64(0xff, 0xd8, 0xff)}!` }),
    "image",
    /not broken base64/
  ],
  ...["\n", "\r\n", " ", "\t"].map((space): typeof cases[number] => [
    `base64 with ${JSON.stringify(space)} in it`,
    Playlists.uploadCover(mine, { image: `/9j/${space}4AAQ` }),
    "image",
    /base64 in lines/
  ]),
  ["base64 without its end", Playlists.uploadCover(mine, { image: "/9j/4A" }), "image", /not broken base64/],
  ["base64 for URLs", Playlists.uploadCover(mine, { image: "/9j/4A-_" }), "image", /not broken base64/],
  [
    "a data: URL",
    Playlists.uploadCover(mine, { image: "data:image/jpeg;base64,/9j/4AAQ" }),
    "image",
    /not a data: URL/
  ],
  ["no picture", Playlists.uploadCover(mine, { image: new Uint8Array() }), "image", /not another kind of file/],
  ["nothing to change", Playlists.changeDetails(mine), "name", /given, unless public, collaborative/],
  ["nothing to change", Playlists.changeDetails(mine, {}), "name", /given, unless/],
  ["nothing to change", Playlists.changeDetails(mine, { name: undefined }), "name", /given, unless/],
  [
    "a public collaborative one",
    Playlists.changeDetails(mine, { collaborative: true, public: true }),
    "public",
    /false or absent/
  ],
  [
    "a public collaborative one",
    Playlists.createForUser("fake-user", { name: "a", collaborative: true, public: true }),
    "public",
    /false where collaborative is true/
  ],
  [
    "a place in an artist, who has no order",
    Player.play({ context_uri: uri("artist", 1), offset: { position: 1 } }),
    "offset",
    /absent where context_uri is an artist/
  ],
  ...[
    "2023-02-29T00:00:00Z",
    "2023-04-31T10:00:00Z",
    "2023-13-01T00:00:00Z",
    "2023-00-10T00:00:00Z",
    "2023-01-00T00:00:00Z",
    "2023-01-01T24:00:00Z",
    "2023-01-01T25:00:00Z",
    "2023-01-01T10:60:00Z",
    "2023-01-01T10:00:61Z"
  ].map((added_at): typeof cases[number] => [
    `the time ${added_at}, which there isn't`,
    Library.saveTracks({ timestamped_ids: [{ id: id("track", 1), added_at }] }),
    "timestamped_ids",
    /ISO 8601 in UTC/
  ]),
  [
    "a cover that is too large",
    Playlists.uploadCover(mine, { image: largeJpeg }),
    "image",
    /256 KB at most, not 261 KB/
  ],
  ["no fields", Playlists.getFields(mine, { fields: "" }, Schema.Unknown), "fields", /isn't empty/],
  ["no seed", Recommendations.get({ limit: 1 }), "seed_artists", /1 to 5 seeds.*not 0/],
  [
    "six seeds",
    Recommendations.get({ seed_tracks: many("track", 3), seed_genres: ["a", "b", "c"] }),
    "seed_artists",
    /1 to 5 seeds.*not 6/
  ],
  ["a genre with a comma", Recommendations.get({ seed_genres: ["a,b"] }), "seed_genres", /unlike "a,b"/],
  [
    "an attribute out of range",
    Recommendations.get({ seed_genres: ["a"], min_energy: 1.1 }),
    "min_energy",
    /a number from 0 to 1/
  ],
  ["a key out of range", Recommendations.get({ seed_genres: ["a"], target_key: 12 }), "target_key", /from 0 to 11/]
]

describe("bad input", () => {
  it.layer(layer())((it) => {
    it.effect.each(cases)("%s", ([, call, field, allowed]) =>
      Effect.gen(function*() {
        const wire = yield* Wire
        const error = yield* Effect.flip(call)
        expect(error).toMatchObject({ _tag: "InvalidInput", field, expected: expect.stringMatching(allowed) })
        expect(error.message).toContain(`: ${field} must be `)
        expect(wire).toEqual([])
      }))
  })
})

describe("good input", () => {
  it.effect("is sent as it is", () =>
    Effect.gen(function*() {
      const wire = yield* Wire
      const times = ["2024-02-29T23:59:59Z", "2023-01-15T14:30Z", "2023-12-31T00:00:00.123456Z"]
      for (const added_at of times) {
        yield* Library.saveTracks({ timestamped_ids: [{ id: id("track", 1), added_at }] })
      }
      yield* Playlists.changeDetails(mine, { description: "" })
      yield* Playlists.changeDetails(mine, { public: false })
      yield* Playlists.changeDetails(mine, { collaborative: true })
      yield* Playlists.uploadCover(mine, { image: "/9j/4AAQ\n" })
      yield* Player.play({ context_uri: uri("album", 1), offset: { position: 1 } })
      expect(wire.slice(0, 3).map(({ body }) => body)).toEqual(times.map((added_at) => ({
        ids: [id("track", 1)],
        timestamped_ids: [{ id: id("track", 1), added_at }]
      })))
      expect(wire[6]?.body).toBe("/9j/4AAQ")
    }).pipe(Effect.provide(layer())))
})

describe("a client's market", () => {
  it.effect("is asked for where an operation takes one and isn't given one", () =>
    Effect.gen(function*() {
      const wire = yield* Wire
      yield* Albums.get(id("album", 0))
      yield* Albums.get(id("album", 0), { market: "NO" })
      yield* Artists.get(id("artist", 0))
      yield* Tracks.getMany([id("track", 1), id("track", 2)])
      expect(wire.map(({ url }) => url.split("?")[1])).toEqual([
        "market=SE",
        "market=NO",
        undefined,
        `ids=${id("track", 1)}%2C${id("track", 2)}&market=SE`
      ])
    }).pipe(Effect.provide(layer({ client: { market: "SE" } }))))
})
