import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import {
  Albums,
  Artists,
  Audiobooks,
  Browse,
  Chapters,
  type Endpoint,
  Endpoints,
  Episodes,
  Library,
  Markets,
  Player,
  Playlists,
  Recommendations,
  Search,
  Shows,
  type SpotifyClient,
  type SpotifyError,
  Tracks,
  Users
} from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import { layer, Wire } from "../utils/wire.js"

const { id, uri } = FakeSpotify
const track = FakeSpotify.trackId
const mine = id("playlist", 0)
const ids = (kind: FakeSpotify.Kind) => [id(kind, 1), id(kind, 2)]
const joined = (kind: FakeSpotify.Kind) => `ids=${id(kind, 1)}%2C${id(kind, 2)}`
const unknown = "0000000000000000000000"
const snapshot = { snapshot_id: expect.stringMatching(/./) }
const jpeg = "/9j/4AAQSkZJRg=="

interface Case {
  readonly operation: string
  readonly operationId: string
  readonly call: Effect.Effect<unknown, SpotifyError.SpotifyError, SpotifyClient.SpotifyClient>
  readonly before: Case["call"]
  readonly sends: string
  readonly body: unknown
  readonly contentType: string | undefined
  readonly answer: unknown
}

const on = (
  endpoint: { readonly spec: Endpoint.Spec },
  call: Case["call"],
  sends: string,
  answer: unknown,
  { before = Effect.void, body, contentType = body === undefined ? undefined : "application/json" }: {
    readonly before?: Case["call"]
    readonly body?: unknown
    readonly contentType?: string
  } = {}
): Case => ({
  operation: endpoint.spec.operation,
  operationId: endpoint.spec.operationId,
  call,
  before,
  sends,
  body,
  contentType,
  answer
})

const named = (kind: FakeSpotify.Kind, n: number) => ({ id: id(kind, n), name: expect.any(String) })

const pageOf = (limit: number, offset: number, first: unknown) => ({
  limit,
  offset,
  total: expect.any(Number),
  items: expect.arrayContaining([first])
})

const some = (value: object) => Option.some(expect.objectContaining(value))

/** The library's older operations, a set for each kind; tracks are saved in another way. */
const kept = [
  { kind: "track", contains: Library.containsTracks, remove: Library.removeTracks, save: undefined },
  { kind: "album", contains: Library.containsAlbums, remove: Library.removeAlbums, save: Library.saveAlbums },
  { kind: "show", contains: Library.containsShows, remove: Library.removeShows, save: Library.saveShows },
  { kind: "episode", contains: Library.containsEpisodes, remove: Library.removeEpisodes, save: Library.saveEpisodes },
  {
    kind: "audiobook",
    contains: Library.containsAudiobooks,
    remove: Library.removeAudiobooks,
    save: Library.saveAudiobooks
  }
] as const

const cases: ReadonlyArray<Case> = [
  on(
    Albums.get,
    Albums.get(`https://open.spotify.com/intl-de/album/${id("album", 3)}?si=1`, { market: "SE" }),
    `GET /albums/${id("album", 3)}?market=SE`,
    { ...named("album", 3), tracks: { limit: 50, total: 12 } }
  ),
  on(
    Albums.several,
    Albums.several({ ids: [id("album", 1), uri("album", 2), unknown], market: "from_token" }),
    `GET /albums?${joined("album")}%2C${unknown}&market=from_token`,
    { albums: [named("album", 1), named("album", 2), null] }
  ),
  on(
    Albums.tracks,
    Albums.tracks(uri("album", 0), { limit: 2, offset: 1 }),
    `GET /albums/${id("album", 0)}/tracks?limit=2&offset=1`,
    { limit: 2, offset: 1, total: 12, items: [named("track", 1), named("track", 2)] }
  ),
  on(Artists.get, Artists.get(id("artist", 0)), `GET /artists/${id("artist", 0)}`, named("artist", 0)),
  on(Artists.several, Artists.several({ ids: ids("artist") }), `GET /artists?${joined("artist")}`, {
    artists: [named("artist", 1), named("artist", 2)]
  }),
  on(
    Artists.albums,
    Artists.albums(id("artist", 0), { include_groups: ["album", "appears_on"], market: "SE", limit: 10, offset: 0 }),
    `GET /artists/${id("artist", 0)}/albums?include_groups=album%2Cappears_on&market=SE&limit=10&offset=0`,
    pageOf(10, 0, expect.objectContaining(named("album", 0)))
  ),
  on(
    Artists.topTracks,
    Artists.topTracks(id("artist", 0), { market: "SE" }),
    `GET /artists/${id("artist", 0)}/top-tracks?market=SE`,
    { tracks: expect.arrayContaining([expect.objectContaining({ album: expect.any(Object) })]) }
  ),
  on(
    Artists.relatedArtists,
    Artists.relatedArtists(id("artist", 0)),
    `GET /artists/${id("artist", 0)}/related-artists`,
    { artists: expect.arrayContaining([expect.objectContaining({ id: expect.stringContaining("artist") })]) }
  ),
  on(Shows.get, Shows.get(uri("show", 0), { market: "SE" }), `GET /shows/${id("show", 0)}?market=SE`, {
    ...named("show", 0),
    episodes: { total: 25 }
  }),
  on(Shows.several, Shows.several({ ids: ids("show") }), `GET /shows?${joined("show")}`, {
    shows: [named("show", 1), named("show", 2)]
  }),
  on(
    Shows.episodes,
    Shows.episodes(id("show", 1), { limit: 5, offset: 20, market: "SE" }),
    `GET /shows/${id("show", 1)}/episodes?market=SE&limit=5&offset=20`,
    { limit: 5, offset: 20, total: 25, items: { length: 5 } }
  ),
  on(Episodes.get, Episodes.get(id("episode", 0)), `GET /episodes/${id("episode", 0)}`, {
    ...named("episode", 0),
    show: { id: id("show", 0) }
  }),
  on(
    Episodes.several,
    Episodes.several({ ids: [...ids("episode"), unknown], market: "SE" }),
    `GET /episodes?${joined("episode")}%2C${unknown}&market=SE`,
    { episodes: [named("episode", 1), named("episode", 2), null] }
  ),
  on(
    Audiobooks.get,
    Audiobooks.get(id("audiobook", 0), { market: "US" }),
    `GET /audiobooks/${id("audiobook", 0)}?market=US`,
    {
      ...named("audiobook", 0),
      chapters: { total: 14 }
    }
  ),
  on(
    Audiobooks.several,
    Audiobooks.several({ ids: ids("audiobook"), market: "US" }),
    `GET /audiobooks?${joined("audiobook")}&market=US`,
    { audiobooks: [named("audiobook", 1), named("audiobook", 2)] }
  ),
  on(
    Audiobooks.chapters,
    Audiobooks.chapters(id("audiobook", 0), { limit: 3 }),
    `GET /audiobooks/${id("audiobook", 0)}/chapters?limit=3`,
    { total: 14, items: [named("chapter", 0), named("chapter", 1), named("chapter", 2)] }
  ),
  on(Chapters.get, Chapters.get(id("chapter", 0)), `GET /chapters/${id("chapter", 0)}`, {
    ...named("chapter", 0),
    audiobook: { id: id("audiobook", 0) }
  }),
  on(Chapters.several, Chapters.several({ ids: ids("chapter") }), `GET /chapters?${joined("chapter")}`, {
    chapters: [named("chapter", 1), named("chapter", 2)]
  }),
  on(Tracks.get, Tracks.get(`spotify:track:${track}`), `GET /tracks/${track}`, {
    id: track,
    name: "Lantern Weather",
    album: { id: id("album", 0) }
  }),
  on(
    Tracks.several,
    Tracks.several({ ids: [track, unknown], market: "SE" }),
    `GET /tracks?ids=${track}%2C${unknown}&market=SE`,
    { tracks: [{ id: track }, null] }
  ),
  on(Tracks.audioFeatures, Tracks.audioFeatures(track), `GET /audio-features/${track}`, {
    id: track,
    tempo: expect.any(Number)
  }),
  on(
    Tracks.severalAudioFeatures,
    Tracks.severalAudioFeatures({ ids: [track, unknown] }),
    `GET /audio-features?ids=${track}%2C${unknown}`,
    { audio_features: [{ id: track }, null] }
  ),
  on(Tracks.audioAnalysis, Tracks.audioAnalysis(track), `GET /audio-analysis/${track}`, {
    track: { duration: expect.any(Number) },
    bars: expect.any(Array)
  }),
  on(
    Search.search,
    Search.search({
      q: "a & b: year:1999-2003",
      type: ["track", "audiobook"],
      market: "SE",
      limit: 10,
      offset: 1000,
      include_external: "audio"
    }),
    "GET /search?q=a%20%26%20b%3A%20year%3A1999-2003&type=track%2Caudiobook&market=SE&limit=10&offset=1000" +
      "&include_external=audio",
    { tracks: { limit: 10, offset: 1000 }, audiobooks: { limit: 10, offset: 1000 } }
  ),
  on(Markets.get, Markets.get(), "GET /markets", { markets: expect.arrayContaining(["SE", "US"]) }),
  on(
    Recommendations.get,
    Recommendations.get({
      seed_artists: [uri("artist", 1)],
      seed_genres: ["hip hop", "r&b"],
      seed_tracks: [track, id("track", 1)],
      limit: 3,
      market: "SE",
      min_tempo: 90.5,
      target_energy: 0.25,
      max_popularity: 60
    }),
    `GET /recommendations?limit=3&market=SE&seed_artists=${id("artist", 1)}&seed_genres=hip%20hop%2Cr%26b` +
      `&seed_tracks=${track}%2C${id("track", 1)}&target_energy=0.25&max_popularity=60&min_tempo=90.5`,
    { seeds: { length: 5 }, tracks: { length: 3 } }
  ),
  on(
    Recommendations.genreSeeds,
    Recommendations.genreSeeds(),
    "GET /recommendations/available-genre-seeds",
    { genres: expect.arrayContaining([expect.any(String)]) }
  ),
  on(
    Browse.categories,
    Browse.categories({ locale: "sv_SE", limit: 2, offset: 1 }),
    "GET /browse/categories?locale=sv_SE&limit=2&offset=1",
    { categories: { limit: 2, offset: 1, items: { length: 2 } } }
  ),
  on(
    Browse.category,
    Browse.category("rainy-days", { locale: "sv_SE" }),
    "GET /browse/categories/rainy-days?locale=sv_SE",
    { id: "rainy-days", name: expect.any(String) }
  ),
  on(
    Browse.categoryPlaylists,
    Browse.categoryPlaylists("rainy-days", { limit: 2 }),
    "GET /browse/categories/rainy-days/playlists?limit=2",
    { playlists: { limit: 2 } }
  ),
  on(
    Browse.featuredPlaylists,
    Browse.featuredPlaylists({ limit: 2, offset: 0, locale: "sv_SE" }),
    "GET /browse/featured-playlists?locale=sv_SE&limit=2&offset=0",
    { message: expect.any(String), playlists: { limit: 2 } }
  ),
  on(Browse.newReleases, Browse.newReleases({ limit: 3 }), "GET /browse/new-releases?limit=3", {
    albums: { limit: 3, items: { length: 3 } }
  }),

  on(Users.me, Users.me(), "GET /me", { id: "fake-user", account_id: "account-fake-user" }),
  on(Users.get, Users.get("spotify:user:other-user"), "GET /users/other-user", { id: "other-user" }),
  on(
    Users.topArtists,
    Users.topArtists({ time_range: "short_term", limit: 1, offset: 2 }),
    "GET /me/top/artists?time_range=short_term&limit=1&offset=2",
    { items: [named("artist", 2)], total: 60 }
  ),
  on(
    Users.topTracks,
    Users.topTracks({ time_range: "long_term", limit: 1 }),
    "GET /me/top/tracks?time_range=long_term&limit=1",
    { items: [{ id: id("track", 120 * 13) }], total: 60 }
  ),
  on(
    Users.followedArtists,
    Users.followedArtists({ after: id("artist", 0), limit: 1 }),
    `GET /me/following?type=artist&after=${id("artist", 0)}&limit=1`,
    { artists: { limit: 1, cursors: {} } }
  ),
  on(
    Users.follow,
    Users.follow({ type: "artist", ids: ids("artist") }),
    `PUT /me/following?type=artist&${joined("artist")}`,
    undefined
  ),
  on(
    Users.unfollow,
    Users.unfollow({ type: "user", ids: ["spotify:user:other-user", "some.one"] }),
    "DELETE /me/following?type=user&ids=other-user%2Csome.one",
    undefined
  ),
  on(
    Users.follows,
    Users.follows({ type: "artist", ids: [uri("artist", 900), id("artist", 1)] }),
    `GET /me/following/contains?type=artist&ids=${id("artist", 900)}%2C${id("artist", 1)}`,
    [false, true],
    { before: Users.follow({ type: "artist", ids: [id("artist", 1)] }) }
  ),

  on(
    Library.save,
    Library.save({
      uris: [
        uri("track", 9),
        `https://open.spotify.com/album/${id("album", 9)}`,
        uri("audiobook", 1),
        uri("artist", 900),
        "spotify:user:andr%C3%A9",
        uri("playlist", 4)
      ]
    }),
    "PUT /me/library?uris=" + encodeURIComponent([
      uri("track", 9),
      uri("album", 9),
      uri("audiobook", 1),
      uri("artist", 900),
      "spotify:user:andr%C3%A9",
      uri("playlist", 4)
    ].join(",")),
    undefined
  ),
  on(
    Library.remove,
    Library.remove({ uris: [uri("show", 1), uri("episode", 1)] }),
    `DELETE /me/library?uris=${encodeURIComponent(`${uri("show", 1)},${uri("episode", 1)}`)}`,
    undefined
  ),
  on(
    Library.contains,
    Library.contains({ uris: [uri("track", 140_000), uri("artist", 900), uri("track", 140_001)] }),
    "GET /me/library/contains?uris=" +
      encodeURIComponent([uri("track", 140_000), uri("artist", 900), uri("track", 140_001)].join(",")),
    [true, true, false],
    { before: Library.save({ uris: [uri("artist", 900), uri("track", 140_000)] }) }
  ),
  on(
    Library.tracks,
    Library.tracks({ market: "SE", limit: 2, offset: 1 }),
    "GET /me/tracks?market=SE&limit=2&offset=1",
    { limit: 2, offset: 1, total: 120, items: [{ track: { name: expect.any(String) } }, {}] }
  ),
  on(Library.albums, Library.albums({ limit: 1, market: "SE" }), "GET /me/albums?market=SE&limit=1", {
    items: [{ added_at: expect.any(String), album: { tracks: { total: 12 } } }]
  }),
  on(Library.shows, Library.shows({ limit: 1, offset: 0 }), "GET /me/shows?limit=1&offset=0", {
    items: [{ show: { id: expect.any(String) } }]
  }),
  on(Library.episodes, Library.episodes({ limit: 50 }), "GET /me/episodes?limit=50", {
    items: expect.arrayContaining([expect.objectContaining({ episode: expect.objectContaining({ id: null }) })])
  }),
  on(Library.audiobooks, Library.audiobooks({ limit: 1 }), "GET /me/audiobooks?limit=1", {
    items: [{ id: expect.stringContaining("audiobook") }]
  }),
  on(
    Library.saveTracks,
    Library.saveTracks({ timestamped_ids: [{ id: uri("track", 7), added_at: "2023-01-15T14:30:00Z" }] }),
    "PUT /me/tracks",
    undefined,
    {
      body: {
        ids: [id("track", 7)],
        timestamped_ids: [{ id: id("track", 7), added_at: "2023-01-15T14:30:00Z" }]
      }
    }
  ),
  ...kept.flatMap(({ contains, kind, remove, save }) => [
    on(
      contains,
      contains({ ids: [id(kind, 7), id(kind, 6)] }),
      `GET /me/${kind}s/contains?ids=${id(kind, 7)}%2C${id(kind, 6)}`,
      [true, false],
      { before: Effect.zipRight(Library.remove({ uris: [uri(kind, 6)] }), Library.save({ uris: [uri(kind, 7)] })) }
    ),
    on(remove, remove({ ids: ids(kind) }), `DELETE /me/${kind}s?${joined(kind)}`, undefined),
    ...(save === undefined ? [] : [on(save, save({ ids: ids(kind) }), `PUT /me/${kind}s?${joined(kind)}`, undefined)])
  ]),

  on(
    Playlists.get,
    Playlists.get(mine, { market: "SE", additional_types: ["track", "episode"] }),
    `GET /playlists/${mine}?market=SE&additional_types=track%2Cepisode`,
    { id: mine, name: "Evening Drive", items: { total: 120 } }
  ),
  on(
    Playlists.changeDetails,
    Playlists.changeDetails(mine, { name: "Ébène", public: false, collaborative: true, description: "" }),
    `PUT /playlists/${mine}`,
    undefined,
    { body: { name: "Ébène", public: false, collaborative: true, description: "" } }
  ),
  on(
    Playlists.items,
    Playlists.items(mine, { limit: 2, offset: 3, additional_types: ["episode"] }),
    `GET /playlists/${mine}/items?additional_types=episode&limit=2&offset=3`,
    { limit: 2, offset: 3, total: 120, items: [{ item: {} }, { item: {} }] }
  ),
  on(
    Playlists.updateItems,
    Playlists.updateItems(mine, { range_start: 2, insert_before: 0, range_length: 2 }),
    `PUT /playlists/${mine}/items`,
    snapshot,
    { body: { range_start: 2, insert_before: 0, range_length: 2 } }
  ),
  on(
    Playlists.addItems,
    Playlists.addItems(mine, {
      uris: [uri("track", 4), `https://open.spotify.com/episode/${id("episode", 4)}`],
      position: 0
    }),
    `POST /playlists/${mine}/items`,
    snapshot,
    { body: { uris: [uri("track", 4), uri("episode", 4)], position: 0 } }
  ),
  on(
    Playlists.removeItems,
    Playlists.removeItems(mine, { items: [{ uri: `https://open.spotify.com/track/${id("track", 4)}` }] }),
    `DELETE /playlists/${mine}/items`,
    snapshot,
    { body: { items: [{ uri: uri("track", 4) }] } }
  ),
  on(Playlists.mine, Playlists.mine({ limit: 1, offset: 1 }), "GET /me/playlists?limit=1&offset=1", {
    limit: 1,
    items: [{ name: expect.any(String) }]
  }),
  on(
    Playlists.create,
    Playlists.create({ name: "New", public: false, collaborative: true, description: "d" }),
    "POST /me/playlists",
    { name: "New", collaborative: true },
    { body: { name: "New", public: false, collaborative: true, description: "d" } }
  ),
  on(Playlists.cover, Playlists.cover(mine), `GET /playlists/${mine}/images`, [{ url: expect.any(String) }]),
  on(
    Playlists.uploadCover,
    Playlists.uploadCover(mine, { image: jpeg }),
    `PUT /playlists/${mine}/images`,
    undefined,
    { body: jpeg, contentType: "image/jpeg" }
  ),
  on(
    Playlists.ofUser,
    Playlists.ofUser("other-user", { limit: 1 }),
    "GET /users/other-user/playlists?limit=1",
    { limit: 1, items: [{ owner: { id: "other-user" } }] }
  ),
  on(
    Playlists.createForUser,
    Playlists.createForUser("fake-user", { name: "New" }),
    "POST /users/fake-user/playlists",
    { name: "New", public: true },
    { body: { name: "New" } }
  ),
  on(
    Playlists.follow,
    Playlists.follow(id("playlist", 4), { public: false }),
    `PUT /playlists/${id("playlist", 4)}/followers`,
    undefined,
    { body: { public: false } }
  ),
  on(
    Playlists.unfollow,
    Playlists.unfollow(id("playlist", 3)),
    `DELETE /playlists/${id("playlist", 3)}/followers`,
    undefined
  ),
  on(
    Playlists.followersContain,
    Playlists.followersContain(id("playlist", 3), { ids: ["fake-user"] }),
    `GET /playlists/${id("playlist", 3)}/followers/contains?ids=fake-user`,
    [true]
  ),
  on(
    Playlists.tracks,
    Playlists.tracks(mine, { limit: 100, market: "from_token" }),
    `GET /playlists/${mine}/tracks?market=from_token&limit=100`,
    { limit: 100, items: { length: 100 } }
  ),
  on(
    Playlists.updateTracks,
    Playlists.updateTracks(mine, { uris: [uri("track", 5)] }),
    `PUT /playlists/${mine}/tracks`,
    snapshot,
    { body: { uris: [uri("track", 5)] } }
  ),
  on(
    Playlists.addTracks,
    Playlists.addTracks(mine, { uris: [uri("track", 4)] }),
    `POST /playlists/${mine}/tracks`,
    snapshot,
    { body: { uris: [uri("track", 4)] } }
  ),
  on(
    Playlists.removeTracks,
    Playlists.removeTracks(mine, { tracks: [{ uri: uri("track", 4) }] }),
    `DELETE /playlists/${mine}/tracks`,
    snapshot,
    { body: { tracks: [{ uri: uri("track", 4) }] } }
  ),

  on(
    Player.state,
    Player.state({ market: "SE", additional_types: ["track", "episode"] }),
    "GET /me/player?market=SE&additional_types=track%2Cepisode",
    some({ is_playing: true, item: expect.objectContaining(named("track", 3)) }),
    { before: Player.play({ uris: [uri("track", 3)] }) }
  ),
  on(
    Player.currentlyPlaying,
    Player.currentlyPlaying({ additional_types: ["episode"] }),
    "GET /me/player/currently-playing?additional_types=episode",
    some({ item: expect.objectContaining(named("episode", 3)) }),
    { before: Player.play({ uris: [uri("episode", 3)] }) }
  ),
  on(Player.devices, Player.devices(), "GET /me/player/devices", {
    devices: [{ name: "Kitchen Speaker" }, { name: "Old Phone" }]
  }),
  on(
    Player.transfer,
    Player.transfer({ device_ids: ["aaaa567890123456789012345678901234567890"], play: true }),
    "PUT /me/player",
    undefined,
    { body: { device_ids: ["aaaa567890123456789012345678901234567890"], play: true } }
  ),
  on(
    Player.play,
    Player.play({
      device_id: "aaaa567890123456789012345678901234567890",
      context_uri: `https://open.spotify.com/album/${id("album", 1)}`,
      offset: { uri: uri("track", 13) },
      position_ms: 0
    }),
    "PUT /me/player/play?device_id=aaaa567890123456789012345678901234567890",
    undefined,
    { body: { context_uri: uri("album", 1), offset: { uri: uri("track", 13) }, position_ms: 0 } }
  ),
  ...([
    [Player.pause, "PUT /me/player/pause"],
    [Player.next, "POST /me/player/next"],
    [Player.previous, "POST /me/player/previous"]
  ] as const).map(([command, request]) =>
    on(
      command,
      command({ device_id: "aaaa567890123456789012345678901234567890" }),
      `${request}?device_id=aaaa567890123456789012345678901234567890`,
      undefined,
      { before: Player.play() }
    )
  ),
  on(Player.seek, Player.seek({ position_ms: 25_000 }), "PUT /me/player/seek?position_ms=25000", undefined, {
    before: Player.play()
  }),
  on(Player.repeat, Player.repeat({ state: "off" }), "PUT /me/player/repeat?state=off", undefined, {
    before: Player.play()
  }),
  on(
    Player.volume,
    Player.volume({ volume_percent: 0, device_id: "aaaa567890123456789012345678901234567890" }),
    "PUT /me/player/volume?volume_percent=0&device_id=aaaa567890123456789012345678901234567890",
    undefined,
    { before: Player.play() }
  ),
  on(Player.shuffle, Player.shuffle({ state: false }), "PUT /me/player/shuffle?state=false", undefined, {
    before: Player.play()
  }),
  on(
    Player.recentlyPlayed,
    Player.recentlyPlayed({ limit: 2, before: 1_900_000_000_000 }),
    "GET /me/player/recently-played?limit=2&before=1900000000000",
    { limit: 2, items: [{ track: { id: expect.any(String) } }, { played_at: expect.any(String) }] }
  ),
  on(
    Player.queue,
    Player.queue(),
    "GET /me/player/queue",
    {
      currently_playing: named("track", 3),
      queue: expect.arrayContaining([expect.objectContaining(named("track", 8))])
    },
    { before: Effect.zipRight(Player.play({ uris: [uri("track", 3)] }), Player.addToQueue({ uri: uri("track", 8) })) }
  ),
  on(
    Player.addToQueue,
    Player.addToQueue({ uri: `https://open.spotify.com/episode/${id("episode", 4)}` }),
    `POST /me/player/queue?uri=${encodeURIComponent(uri("episode", 4))}`,
    undefined,
    { before: Player.play() }
  )
]

describe("a path", () => {
  it.effect("has its id encoded", () =>
    Effect.gen(function*() {
      yield* Effect.flip(Users.get("spotify:user:andr%C3%A9"))
      yield* Effect.flip(Playlists.ofUser("a%b"))
      yield* Effect.flip(Browse.category("r&b"))
      expect((yield* Wire).map(({ url }) => url)).toEqual([
        "/users/andr%C3%A9",
        "/users/a%25b/playlists",
        "/browse/categories/r%26b"
      ])
    }).pipe(Effect.provide(layer())))
})

describe("each operation on the wire", () => {
  it("is tried", () => {
    expect(cases.map(({ operationId }) => operationId).toSorted()).toEqual(
      Endpoints.all.map((spec) => spec.operationId).toSorted()
    )
  })

  describe.each(cases)("$operation", ({ answer, before, body, call, contentType, sends }) => {
    it.effect(sends, () =>
      Effect.gen(function*() {
        yield* before
        const wire = yield* Wire
        wire.length = 0
        const value = yield* call
        expect(wire.map(({ method, url, ...sent }) => ({ sends: `${method} ${url}`, ...sent }))).toEqual([
          { sends, body, contentType }
        ])
        if (answer === undefined) expect(value).toBeUndefined()
        else if (Option.isOption(answer)) expect(value).toEqual(answer)
        else expect(value).toMatchObject(answer as object)
      }).pipe(Effect.provide(layer())))
  })
})
