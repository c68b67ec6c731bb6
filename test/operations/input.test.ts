import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import {
  Albums,
  Artists,
  Browse,
  Library,
  Paging,
  Player,
  Playlists,
  Recommendations,
  Search,
  type SpotifyClient,
  SpotifyError,
  Tracks,
  Users
} from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import { sharedLayer } from "../utils/sharedLayer.js"
import { layer, Wire } from "../utils/wire.js"

type Call = Effect.Effect<unknown, SpotifyError.SpotifyError, SpotifyClient.SpotifyClient>

const { id, uri } = FakeSpotify
const mine = id("playlist", 0)
const many = (kind: FakeSpotify.Kind, n: number) => Array.from({ length: n }, (_, i) => id(kind, i))
const manyUris = (n: number) => Array.from({ length: n }, (_, i) => uri("track", i))
// What a program without types might pass.
const anything = <A = never>(value: unknown): A => value as A
type Untyped = (...args: ReadonlyArray<unknown>) => Call

/** What fails with an error of its own where the input is right. */
const job = <E extends { readonly _tag: string }>(
  call: Effect.Effect<unknown, E, SpotifyClient.SpotifyClient>
): Call =>
  Effect.catchAll(call, (error) => error instanceof SpotifyError.InvalidInput ? Effect.fail(error) : Effect.die(error))

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
  ["a limit above the most", Search.search({ q: "a", type: ["track"], limit: 51 }), "limit", /from 1 to 50/],
  ["a limit above the most", Artists.albums(id("artist", 0), { limit: 51 }), "limit", /from 1 to 50/],
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
  [
    "a list that isn't one",
    Tracks.several({ ids: anything(uri("track", 0)) }),
    "ids",
    /^a list, each a track's id.*1 to 50 of them, not "spotify:track:/
  ],
  ["an entry that is no text", Tracks.several({ ids: anything([5]) }), "ids.0", /^a text$/],
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
  ["half of a surrogate pair in a query", Search.search({ q: "a\ud800", type: ["track"] }), "q", /surrogate/],
  ["half of a surrogate pair in a name", Playlists.create({ name: "\udc00" }), "name", /surrogate/],
  [
    "half of a surrogate pair in a description",
    Playlists.changeDetails(mine, { description: "a\ud83d" }),
    "description",
    /surrogate/
  ],
  ["half of a surrogate pair in a device", Player.transfer({ device_ids: ["\ud800a"] }), "device_ids.0", /surrogate/],
  [
    "half of a surrogate pair in fields",
    Playlists.getFields(mine, { fields: "\ud800" }, Schema.Unknown),
    "fields",
    /surrogate/
  ],
  ["half of a surrogate pair in a genre", Recommendations.get({ seed_genres: ["\ud800"] }), "seed_genres", /surrogate/],
  ["half of a surrogate pair in an id", Users.get("\ud800"), "id", /a user's id/],
  ["half of a surrogate pair in a category", Browse.category("\ud800"), "id", /a category's id/],
  [
    "half of a surrogate pair in a user's collection",
    Player.play({ context_uri: "spotify:user:\ud800:collection" }),
    "context_uri",
    /surrogate/
  ],
  ["a step up for a category", Browse.category(".."), "id", /a category's id.*not "\.\."/],
  ["no step for a category", Browse.categoryPlaylists("."), "id", /a category's id/],
  ["a category with a backslash", Browse.category("a\\b"), "id", /a category's id/],
  ["a step up for a user", Playlists.ofUser("https://open.spotify.com/user/%2e%2e"), "id", /a user's id/],
  ["a short link", Tracks.get("https://spotify.link/AbCdEf"), "id", /a short link: open it/],
  [
    "a misspelt option",
    Playlists.addItems(mine, anything({ uris: manyUris(1), postion: 0 })),
    "postion",
    /^spelt position,/
  ],
  [
    "an option in another case",
    Playlists.get(mine, anything({ additionalTypes: ["track"] })),
    "additionalTypes",
    /^spelt additional_types,/
  ],
  [
    "an option that there isn't",
    Tracks.get(id("track", 1), anything({ country: "SE" })),
    "country",
    /^left out: the options are market$/
  ],
  [
    "a misspelt member of an entry",
    Playlists.removeItems(mine, { items: anything([{ uri: uri("track", 1), ury: 1 }]) }),
    "items.0.ury",
    /^spelt uri,/
  ],
  [
    "a member of an entry that there isn't",
    Playlists.removeTracks(mine, { tracks: anything([{ uri: uri("track", 1), positions: [1] }]) }),
    "tracks.0.positions",
    /^left out: the options are uri$/
  ],
  [
    "a misspelt time",
    Library.saveTracks({
      timestamped_ids: anything([{ id: id("track", 1), added_at: "2023-01-15T00:00:00Z", addedAt: 1 }])
    }),
    "timestamped_ids.0.addedAt",
    /^spelt added_at,/
  ],
  [
    "a misspelt list",
    Library.saveTracks(anything({ ids: many("track", 1), timestampedIds: [] })),
    "timestampedIds",
    /^spelt timestamped_ids,/
  ],
  ["a misspelt place in a context", Player.play(anything({ offset: { positon: 1 } })), "offset", /\{ position \}/],
  [
    "two places in a context",
    Player.play(anything({ offset: { position: 1, uri: uri("track", 1) } })),
    "offset",
    /\{ position \}/
  ],
  [
    "a misspelt option of what takes none by mapping",
    Users.followedArtists(anything({ limt: 1 })),
    "limt",
    /^spelt limit,/
  ],
  ["another type of followed things", Users.followedArtists(anything({ type: "user" })), "type", /^left out/],
  ["another kind in a search of one", Search.tracks(anything({ q: "a", type: ["album"] })), "type", /^left out/],
  ["a misspelt option of getMany", Tracks.getMany([], anything({ markt: "SE" })), "markt", /^spelt market,/],
  ["ids among the options of getMany", Tracks.getMany([id("track", 1)], anything({ ids: [] })), "ids", /^left out/],
  [
    "a text for options",
    Tracks.get(id("track", 1), anything("SE")),
    "options",
    /^an object such as \{ market: "SE" \}, not "SE"$/
  ],
  [
    "a number for options",
    Library.tracks(anything(5)),
    "options",
    /^an object such as \{ market: …, limit: …, offset: … \}, not 5$/
  ],
  [
    "a list for options",
    Playlists.addItems(mine, anything(manyUris(1))),
    "options",
    /^an object such as \{ uris: … \}, not a list$/
  ],
  ["a map for options", Library.tracks(anything(new Map([["limit", 1]]))), "options", /not an object$/],
  [
    "a text for a search",
    Search.search(anything("abba")),
    "options",
    /^an object such as \{ q: "abba", type: … \}, not "abba"$/
  ],
  [
    "options in two objects",
    (Playlists.addItems as Untyped)(mine, { uris: manyUris(1) }, { position: 0 }),
    "options",
    /^one object$/
  ],
  ["options of what takes none", (Artists.get as Untyped)(id("artist", 1), { market: "SE" }), "options", /^left out/],
  ["a text for a list in getMany", Tracks.getMany(anything(id("track", 1))), "ids", /^a list, each a track's id/],
  ["nothing in getMany", Tracks.getMany(anything(undefined)), "ids", /^a list.*not undefined$/],
  [
    "no schema",
    Playlists.getFields(mine, { fields: "name" }, anything(undefined)),
    "schema",
    /schema of what fields names/
  ],
  [
    "a misspelt option of a long write",
    job(Playlists.addAll(mine, manyUris(1), anything({ postion: 0 }))),
    "postion",
    /^spelt position,/
  ],
  [
    "a position where none is",
    job(Playlists.replaceAll(mine, manyUris(1), anything({ position: 0 }))),
    "position",
    /^left out/
  ],
  [
    "a text for a list of URIs",
    job(Playlists.addAll(mine, uri("track", 1))),
    "uris",
    /a list or a stream.*not "spotify:track:/
  ],
  ["nothing to write", job(Library.saveAll(anything(undefined))), "uris", /a list or a stream/],
  ["a misspelt dry run", job(Playlists.sync(mine, [], anything({ dryrun: true }))), "dryrun", /^spelt dryRun,/],
  [
    "a dry run in words",
    job(Playlists.sync(mine, [], anything({ dryRun: "yes" }))),
    "dryRun",
    /^true or false, not "yes"$/
  ],
  [
    "a sync in another way",
    job(Playlists.sync(mine, [], anything({ addedAt: "drop" }))),
    "addedAt",
    /^one of keep, forget/
  ],
  ["no playlist", job(Playlists.sync("no", [])), "id", /a playlist's id/],
  ["no plan", job(Playlists.applySync(anything({}))), "plan", /the plan of a sync/],
  [
    "a misspelt option of a question",
    job(Library.containsAll([], anything({ concurency: 1 }))),
    "concurency",
    /^spelt concurrency,/
  ],
  [
    "a misspelt option of paging",
    Paging.collect(Library.tracks, anything({ concurency: 4 })),
    "concurency",
    /^spelt concurrency,/
  ],
  [
    "a misspelt position",
    Paging.collect(Library.tracks, { from: anything({ ofset: 1 }) }),
    "from",
    /ofset must be spelt offset,/
  ],
  [
    "a text for a position",
    Paging.collect(Library.tracks, { from: anything("a") }),
    "from",
    /^an object such as \{ offset: "a" \}/
  ],
  [
    "a cursor of another list",
    Paging.collect(Library.tracks, { from: { after: "a" } }),
    "from",
    /after must be left out: the options are offset$/
  ],
  [
    "a text for the options of paging",
    Paging.collect(Library.tracks, anything("SE")),
    "options",
    /^an object such as \{ market: "SE"/
  ],
  [
    "options of paging in two objects",
    (Paging.collect as unknown as Untyped)(Library.tracks, {}, { concurrency: 4 }),
    "options",
    /^one object$/
  ],
  [
    "a misspelt option of changes",
    Stream.runDrain(Player.changes(anything({ intervall: "1 second" }))),
    "intervall",
    /^spelt interval,/
  ],
  [
    "an interval in words",
    Stream.runDrain(Player.changes({ interval: anything("often") })),
    "interval",
    /^a duration.*not "often"$/
  ],
  ["a key out of range", Recommendations.get({ seed_genres: ["a"], target_key: 12 }), "target_key", /from 0 to 11/]
]

describe("bad input", () => {
  sharedLayer(layer())((it) => {
    it.effect.each(cases)("%s", ([, call, field, allowed]) =>
      Effect.gen(function*() {
        const wire = yield* Wire
        wire.length = 0
        const error = yield* Effect.flip(call)
        expect(error).toMatchObject({ _tag: "InvalidInput", field, expected: expect.stringMatching(allowed) })
        expect(error.message).toContain(`: ${field} must be `)
        expect(error.message).not.toMatch(/ReadonlyArray|readonly |Expected |actual /)
        expect(wire).toEqual([])
      }))
  })
})

describe("good input", () => {
  it.effect("may have options that are undefined, even ones that there aren't", () =>
    Effect.gen(function*() {
      yield* Tracks.get(id("track", 1), { market: undefined })
      yield* Tracks.get(id("track", 1), anything({ limit: undefined }))
      yield* Paging.collect(Library.tracks, { from: undefined, concurrency: undefined, limit: undefined })
      yield* Playlists.addAll(mine, [], { onProgress: undefined, resume: undefined, position: undefined })
    }).pipe(Effect.provide(layer())))

  it.effect("may have a callback's index beside it", () =>
    Effect.gen(function*() {
      const wire = yield* Wire
      yield* Effect.forEach([id("artist", 1), id("artist", 2)], Artists.get)
      yield* Effect.forEach([{ uris: [uri("track", 1)] }], Library.save)
      yield* Effect.flatMap(Tracks.get(id("track", 1)), Users.me)
      yield* Effect.forEach([[id("artist", 1)]], Artists.getMany)
      expect(wire.length).toBe(6)
    }).pipe(Effect.provide(layer())))

  it.effect("keeps whole surrogate pairs", () =>
    Effect.gen(function*() {
      const wire = yield* Wire
      yield* Search.search({ q: "a😀", type: ["track"] })
      expect(wire[0]?.url).toBe("/search?q=a%F0%9F%98%80&type=track")
    }).pipe(Effect.provide(layer())))

  it.effect("of odd users and categories doesn't change the path", () =>
    Effect.gen(function*() {
      const wire = yield* Wire
      for (const odd of ["%2e%2e", "a%2Fb", "..a", "a&b=c", "ü😀"]) {
        wire.length = 0
        yield* Effect.ignore(Browse.category(odd))
        yield* Effect.ignore(Users.get(odd))
        const paths = wire.map(({ url }) => new URL(`https://a${url}`).pathname)
        expect(paths).toEqual([`/browse/categories/${encodeURIComponent(odd)}`, `/users/${encodeURIComponent(odd)}`])
      }
    }).pipe(Effect.provide(layer())))

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
