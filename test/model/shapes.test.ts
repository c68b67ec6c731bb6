import { Option } from "effect"
import type { Schema } from "effect"
import { Album, DiscographyPage, SavedAlbumsPage, SeveralAlbums, SimplifiedAlbum } from "effect-spotify/model/Album"
import { Artist, ArtistsPage, FollowedArtists, SeveralArtists } from "effect-spotify/model/Artist"
import { AudioAnalysis } from "effect-spotify/model/AudioAnalysis"
import {
  Audiobook,
  AudiobookChaptersPage,
  SavedAudiobooksPage,
  SeveralAudiobooks,
  SimplifiedAudiobook
} from "effect-spotify/model/Audiobook"
import { AudioFeatures, SeveralAudioFeatures } from "effect-spotify/model/AudioFeatures"
import { Categories } from "effect-spotify/model/Category"
import { Chapter, SeveralChapters } from "effect-spotify/model/Chapter"
import { Booleans, Image, Restrictions, ResumePoint } from "effect-spotify/model/Common"
import {
  Episode,
  isVanishedEpisode,
  SavedEpisodesPage,
  SeveralEpisodes,
  SimplifiedEpisode
} from "effect-spotify/model/Episode"
import { Item } from "effect-spotify/model/Item"
import {
  Context,
  CurrentlyPlaying,
  Device,
  PlaybackState,
  Queue,
  RecentlyPlayedPage
} from "effect-spotify/model/Player"
import {
  items,
  Playlist,
  PlaylistCover,
  PlaylistItem,
  PlaylistItemsPage,
  PlaylistsPage,
  SimplifiedPlaylist
} from "effect-spotify/model/Playlist"
import { Recommendations } from "effect-spotify/model/Recommendations"
import { SearchResult } from "effect-spotify/model/Search"
import { SeveralShows, Show, ShowEpisodesPage, SimplifiedShow } from "effect-spotify/model/Show"
import { SavedTracksPage, SeveralTracks, SimplifiedTrack, Track } from "effect-spotify/model/Track"
import { PrivateUser, PublicUser } from "effect-spotify/model/User"
import { describe, expect, it } from "vitest"
import * as Bodies from "./bodies.js"
import { decode, failsAt, roundTrip } from "./decode.js"

const omit = (body: object, ...members: ReadonlyArray<string>) =>
  Object.fromEntries(Object.entries(body).filter(([member]) => !members.includes(member)))

const nulls = (body: object) => Object.fromEntries(Object.keys(body).map((member) => [member, null]))

/** The schema, the body, and what must be in the decoded value. */
type Case = readonly [what: string, schema: Schema.Schema.AnyNoContext, body: unknown, expected: object]

const recorded: ReadonlyArray<Case> = [
  ["added_by null", PlaylistItem, { ...Bodies.entry, added_by: null, track: Bodies.track }, { added_by: null }],
  [
    "added_by.id empty",
    PlaylistItem,
    { ...Bodies.entry, added_by: { ...Bodies.addedBy, id: "", uri: "spotify:user:" }, track: Bodies.track },
    { added_by: { id: "" } }
  ],
  ...["ALBUM", "COMPILATION", "EP", "SINGLE", "ep"].map((album_type): Case => [
    `album_type ${album_type}`,
    SimplifiedAlbum,
    { ...Bodies.album, album_type },
    { album_type }
  ]),
  [
    "album_type null",
    CurrentlyPlaying,
    { ...Bodies.currentlyPlaying, item: Bodies.localTrack },
    { item: { album: { album_type: null } } }
  ],
  ["audio_features null entry", SeveralAudioFeatures, { audio_features: [null, Bodies.audioFeatures] }, {
    audio_features: [null, { id: "t1" }]
  }],
  ["context null", CurrentlyPlaying, { ...Bodies.currentlyPlaying, context: null }, { context: null }],
  ...["album", "artist", "collection", "playlist", "show"].map((type): Case => [
    `context.type ${type}`,
    Context,
    { ...Bodies.context, type },
    { type }
  ]),
  [
    "currently_playing_type episode",
    CurrentlyPlaying,
    { ...Bodies.currentlyPlaying, currently_playing_type: "episode", item: Bodies.episode },
    { currently_playing_type: "episode", item: { show: { name: "Six Legs" } } }
  ],
  [
    "currently_playing_type unknown",
    CurrentlyPlaying,
    { ...Bodies.currentlyPlaying, currently_playing_type: "unknown", item: null },
    { currently_playing_type: "unknown", item: null }
  ],
  [
    "cursors.after null",
    FollowedArtists,
    { artists: { cursors: { after: null }, href: "h", items: [Bodies.fullArtist], limit: 20, next: null, total: 1 } },
    { artists: { cursors: { after: null }, items: [{ id: "a1" }] } }
  ],
  ["device.id null", PlaybackState, { ...Bodies.playbackState, device: { ...Bodies.device, id: null } }, {
    device: { id: null }
  }],
  ["device.volume_percent null", Device, { ...Bodies.device, volume_percent: null }, { volume_percent: null }],
  [
    "display_name null",
    SimplifiedPlaylist,
    { ...Bodies.simplifiedPlaylist, owner: { ...Bodies.addedBy, display_name: null } },
    { owner: { display_name: null } }
  ],
  ["episode in track shape", PlaylistItem, { ...Bodies.entry, track: Bodies.trackShapedEpisode }, {
    track: { episode: true, name: "Bees", album: { name: "Six Legs" } }
  }],
  [
    "episode with null members",
    SavedEpisodesPage,
    Bodies.page([{ added_at: "2024-01-01T00:00:00Z", episode: nulls(Bodies.episode) }]),
    { items: [{ episode: { id: null } }] }
  ],
  ["episode without resume_point", SimplifiedEpisode, omit(Bodies.simplifiedEpisode, "resume_point"), { id: "e1" }],
  [
    "followers null",
    SimplifiedPlaylist,
    { ...Bodies.simplifiedPlaylist, owner: { ...Bodies.addedBy, followers: null, images: null } },
    { owner: { followers: null, images: null } }
  ],
  ["full artist without followers", ArtistsPage, Bodies.page([omit(Bodies.fullArtist, "followers")]), {
    items: [{ genres: ["jazz"] }]
  }],
  ["images []", SimplifiedPlaylist, { ...Bodies.simplifiedPlaylist, images: [] }, { images: [] }],
  ["images null", PlaylistsPage, Bodies.page([{ ...Bodies.simplifiedPlaylist, images: null }]), {
    items: [{ images: null }]
  }],
  ["inner track: boolean (track)", PlaylistItem, { ...Bodies.entry, track: { ...Bodies.track, track: true } }, {
    track: { name: "Sinnerman" }
  }],
  ["inner track: boolean (item)", PlaylistItem, { ...Bodies.entry, item: { ...Bodies.track, track: true } }, {
    item: { name: "Sinnerman" }
  }],
  ["item next to track", PlaylistItem, { ...Bodies.entry, item: Bodies.track, track: Bodies.track }, {
    item: { id: "t1" },
    track: { id: "t1" }
  }],
  ["item null", PlaybackState, { ...Bodies.playbackState, item: null }, { item: null }],
  [
    "linked_from",
    Album,
    {
      ...Bodies.fullAlbum,
      tracks: Bodies.page([{ ...Bodies.simplifiedTrack, linked_from: { id: "t0", type: "track", uri: "u" } }])
    },
    { tracks: { items: [{ linked_from: { id: "t0" } }] } }
  ],
  ["local track id null", CurrentlyPlaying, { ...Bodies.currentlyPlaying, item: Bodies.localTrack }, {
    item: { id: null, is_local: true, name: "Demo" }
  }],
  ["null entry in audiobooks[]", SeveralAudiobooks, { audiobooks: [null] }, { audiobooks: [null] }],
  ["null entry in episodes[]", SeveralEpisodes, { episodes: [null] }, { episodes: [null] }],
  ["null entry in tracks[]", SeveralTracks, { tracks: [null, Bodies.track] }, { tracks: [null, { id: "t1" }] }],
  ["null entry in items[] (albums)", SavedAlbumsPage, Bodies.page([null]), { items: [null] }],
  ["null entry in items[] (audiobooks)", SavedAudiobooksPage, Bodies.page([null]), { items: [null] }],
  ["null entry in items[] (chapters)", AudiobookChaptersPage, Bodies.page([null]), { items: [null] }],
  ["null entry in items[] (episodes)", ShowEpisodesPage, Bodies.page([null]), { items: [null] }],
  ["null entry in items[] (playlists)", PlaylistsPage, Bodies.page([null]), { items: [null] }],
  ["null entry in items[] (playlist items)", PlaylistItemsPage, Bodies.page([null]), { items: [null] }],
  ["null entry in items[] (search)", SearchResult, { playlists: Bodies.page([null, Bodies.simplifiedPlaylist]) }, {
    playlists: { items: [null, { id: "p1" }] }
  }],
  [
    "null entry in languages[]",
    SavedEpisodesPage,
    Bodies.page([{ added_at: "2024", episode: { ...Bodies.episode, languages: ["en", null] } }]),
    { items: [{ episode: { languages: ["en", null] } }] }
  ],
  ["playlist description null", SimplifiedPlaylist, { ...Bodies.simplifiedPlaylist, description: null }, {
    description: null
  }],
  ["playlist item track null", PlaylistItemsPage, Bodies.page([{ ...Bodies.entry, track: null }]), {
    items: [{ track: null }]
  }],
  ["playlist public null", SearchResult, {
    playlists: Bodies.page([{ ...Bodies.simplifiedPlaylist, public: null }])
  }, { playlists: { items: [{ public: null }] } }],
  [
    "playlist with both tracks and items",
    PlaylistsPage,
    Bodies.page([{ ...Bodies.simplifiedPlaylist, items: { total: 3 }, tracks: { href: "h", total: 3 } }]),
    { items: [{ items: { total: 3 }, tracks: { total: 3 } }] }
  ],
  ["preview_url null", Track, { ...Bodies.track, preview_url: null }, { preview_url: null }],
  ["release_date '0000'", Audiobook, Bodies.audiobook, { chapters: { items: [{ release_date: "0000" }] } }],
  ["release_date '0000-01-01'", Episode, { ...Bodies.episode, release_date: "0000-01-01" }, {
    release_date: "0000-01-01"
  }],
  ["release_date null", CurrentlyPlaying, { ...Bodies.currentlyPlaying, item: Bodies.localTrack }, {
    item: { album: { release_date: null } }
  }],
  ["release_date null in an album", Track, { ...Bodies.track, album: { ...Bodies.album, release_date: null } }, {
    album: { release_date: null }
  }],
  ["release_date_precision month", SeveralAlbums, { albums: [Bodies.fullAlbum, null] }, {
    albums: [{ release_date_precision: "month" }, null]
  }],
  ["release_date_precision year", AudiobookChaptersPage, Bodies.page([Bodies.simplifiedChapter]), {
    items: [{ release_date_precision: "year" }]
  }],
  ["restrictions null", PlaylistItem, { ...Bodies.entry, track: { ...Bodies.track, restrictions: null } }, {
    track: { restrictions: null }
  }],
  ...["market", "payment_required", "string"].map((reason): Case => [
    `restrictions ${reason}`,
    SimplifiedTrack,
    { ...Bodies.simplifiedTrack, restrictions: { reason } },
    { restrictions: { reason } }
  ]),
  ["show without total_episodes", Show, { ...omit(Bodies.show, "total_episodes"), episodes: Bodies.page([]) }, {
    name: "Six Legs"
  }],
  ["smart_shuffle", PlaybackState, { ...Bodies.playbackState, smart_shuffle: true }, { smart_shuffle: true }],
  ["track available_markets []", Track, { ...Bodies.track, available_markets: [] }, { available_markets: [] }],
  ["track without available_markets", Track, omit(Bodies.track, "available_markets"), { name: "Sinnerman" }],
  ["type 'chapter'", Chapter, Bodies.chapter, { type: "chapter" }],
  [
    "type REALPODCASTNOTMUSIC123",
    Track,
    { ...Bodies.track, album: { ...Bodies.album, artists: [{ ...Bodies.artist, type: "REALPODCASTNOTMUSIC123" }] } },
    { album: { artists: [{ type: "REALPODCASTNOTMUSIC123" }] } }
  ],
  ["type Track", PlaylistItem, { ...Bodies.entry, track: { ...Bodies.track, type: "Track" } }, {
    track: { type: "Track", album: { id: "b1" } }
  }],
  ["type audio_features", AudioFeatures, Bodies.audioFeatures, { type: "audio_features" }],
  ["type collection", PlaybackState, { ...Bodies.playbackState, context: { ...Bodies.context, type: "collection" } }, {
    context: { type: "collection" }
  }]
]

const contradictions: ReadonlyArray<Case> = [
  ["saved audiobooks are bare", SavedAudiobooksPage, Bodies.page([Bodies.simplifiedAudiobook]), {
    items: [{ name: "Frankenstein" }]
  }],
  ["the flags are inside actions.disallows", PlaybackState, Bodies.playbackState, {
    actions: { disallows: { resuming: true } }
  }],
  ["a chapter without is_playable", Chapter, omit(Bodies.chapter, "is_playable"), { chapter_number: 0 }],
  ["null cursors", RecentlyPlayedPage, { cursors: null, href: "h", items: [], limit: 20, next: null }, {
    cursors: null
  }],
  [
    "cursors.after of recently played",
    RecentlyPlayedPage,
    {
      cursors: { after: "2", before: "1" },
      href: "h",
      items: [{ context: null, played_at: "2026-01-01T00:00:00Z", track: Bodies.track }],
      limit: 20,
      next: "n"
    },
    { cursors: { after: "2", before: "1" }, items: [{ context: null, track: { album: { id: "b1" } } }] }
  ],
  [
    "a local track of which every member is null",
    PlaylistItem,
    { ...Bodies.entry, is_local: true, track: { ...nulls(Bodies.localTrack), is_local: true } },
    { track: { id: null, is_local: true, name: null, album: null } }
  ],
  ["release_date '0000' of an album", SimplifiedAlbum, { ...Bodies.album, release_date: "0000" }, {
    release_date: "0000"
  }],
  ["restrictions.reason payment_required", Restrictions, { reason: "payment_required" }, {
    reason: "payment_required"
  }],
  ["a chapter's `restriction`", Chapter, { ...Bodies.chapter, restriction: { reason: "payment_required" } }, {
    restriction: { reason: "payment_required" }
  }],
  ["resume_position_ms -1000", ResumePoint, { fully_played: false, resume_position_ms: -1000 }, {
    resume_position_ms: -1000
  }],
  ["an image without a size", Image, { height: null, url: "u", width: null }, { height: null, width: null }],
  ["a lone image as playlist cover", PlaylistCover, Bodies.image, [{ url: Bodies.image.url }]],
  ["playlist covers", PlaylistCover, [Bodies.image], [{ url: Bodies.image.url }]],
  ["null entries of shows, artists, albums, chapters", SeveralShows, { shows: [null, Bodies.show] }, {
    shows: [null, { id: "s1" }]
  }],
  ["null entry in artists[]", SeveralArtists, { artists: [null] }, { artists: [null] }],
  ["null entry in chapters[]", SeveralChapters, { chapters: [null, Bodies.chapter] }, {
    chapters: [null, { id: "c1" }]
  }],
  [
    "recommendations without albums, seeds in snake case",
    Recommendations,
    {
      seeds: [{ after_filtering_size: 3, href: null, id: "jazz", initial_pool_size: 9, type: "GENRE" }],
      tracks: [Bodies.simplifiedTrack]
    },
    { seeds: [{ after_filtering_size: 3, initial_pool_size: 9 }], tracks: [{ name: "Sinnerman" }] }
  ]
]

const removedInDevelopmentMode: ReadonlyArray<Case> = [
  ["Track", Track, omit(Bodies.track, "available_markets", "linked_from", "popularity"), {
    external_ids: { isrc: "US1" }
  }],
  ["Album", Album, omit(Bodies.fullAlbum, "album_group", "available_markets", "label", "popularity"), {
    external_ids: { upc: "0" }
  }],
  ["DiscographyAlbum", DiscographyPage, Bodies.page([omit(Bodies.album, "album_group", "available_markets")]), {
    items: [{ id: "b1" }]
  }],
  ["Artist", Artist, omit(Bodies.fullArtist, "followers", "popularity"), { genres: ["jazz"] }],
  [
    "User",
    PrivateUser,
    { ...omit(Bodies.user, "followers"), account_id: "x1" },
    { account_id: "x1", display_name: "Ann" }
  ],
  ["Show", SimplifiedShow, omit(Bodies.show, "available_markets", "publisher"), { name: "Six Legs" }],
  ["Audiobook", SimplifiedAudiobook, omit(Bodies.simplifiedAudiobook, "available_markets", "publisher"), {
    name: "Frankenstein"
  }],
  ["Chapter", Chapter, omit(Bodies.chapter, "available_markets"), { name: "Opening" }],
  ["Playlist of another user", Playlist, Bodies.simplifiedPlaylist, { name: "Rain" }],
  [
    "Playlist of one's own",
    Playlist,
    { ...Bodies.simplifiedPlaylist, items: Bodies.page([{ ...Bodies.entry, item: { ...Bodies.track, track: true } }]) },
    { items: { items: [{ item: { id: "t1" } }] } }
  ]
]

describe("shapes seen in recorded bodies", () => {
  it.each(recorded)("%s", (_, schema, body, expected) => {
    expect(roundTrip(schema, body)).toMatchObject(expected)
  })
})

describe("where recorded bodies contradict the contract", () => {
  it.each(contradictions)("%s", (_, schema, body, expected) => {
    expect(roundTrip(schema, body)).toMatchObject(expected)
  })
})

describe("without the members that Development Mode lost", () => {
  it.each(removedInDevelopmentMode)("%s", (_, schema, body, expected) => {
    expect(roundTrip(schema, body)).toMatchObject(expected)
  })
})

describe("an open world", () => {
  it("drops members that the model does not know", () => {
    expect(decode(Track, { ...Bodies.track, mood: { blue: true } })).not.toHaveProperty("mood")
  })

  it.each<Case>([
    ["product", PrivateUser, { ...Bodies.user, product: "gold" }, { product: "gold" }],
    ["repeat_state", PlaybackState, { ...Bodies.playbackState, repeat_state: "spiral" }, { repeat_state: "spiral" }],
    ["album_type", SimplifiedAlbum, { ...Bodies.album, album_type: "mixtape" }, { album_type: "mixtape" }],
    ["context.type", Context, { ...Bodies.context, type: "radio" }, { type: "radio" }],
    ["device.type", Device, { ...Bodies.device, type: "Fridge" }, { type: "Fridge" }],
    ["currently_playing_type", CurrentlyPlaying, { ...Bodies.currentlyPlaying, currently_playing_type: "video" }, {
      currently_playing_type: "video"
    }]
  ])("takes a new %s", (_, schema, body, expected) => {
    expect(roundTrip(schema, body)).toMatchObject(expected)
  })

  it("keeps an item of a new type whole", () => {
    const video = { type: "video", id: "v1", frames: [1, 2] }
    expect(decode(Queue, { currently_playing: null, queue: [video, Bodies.track] }).queue[0]).toEqual(video)
  })

  it("keeps an item without a type whole", () => {
    expect(decode(Item, {})).toEqual({})
  })
})

describe("a wrong type fails with its path", () => {
  it.each<readonly [path: string, schema: Schema.Schema.AnyNoContext, body: unknown]>([
    ["items.0.track.name", SavedTracksPage, Bodies.page([{ added_at: "", track: { ...Bodies.track, name: 1 } }])],
    [
      "items.0.track.duration_ms",
      SavedTracksPage,
      Bodies.page([{
        added_at: "",
        track: { ...Bodies.track, duration_ms: "613" }
      }])
    ],
    [
      "items.0.track.album.id",
      SavedTracksPage,
      Bodies.page([{
        added_at: "",
        track: { ...Bodies.track, album: { ...Bodies.album, id: null } }
      }])
    ],
    ["available_markets.1", Track, { ...Bodies.track, available_markets: ["SE", 7] }],
    ["available_markets", Track, { ...Bodies.track, available_markets: "SE" }],
    ["popularity", Track, { ...Bodies.track, popularity: "70" }],
    ["album", Track, omit(Bodies.track, "album")],
    ["id", Track, omit(Bodies.track, "id")],
    ["item.name", PlaylistItem, { ...Bodies.entry, item: { ...Bodies.track, name: null } }],
    ["track.name", PlaylistItem, { ...Bodies.entry, track: { ...Bodies.track, type: "TRACK", name: null } }],
    ["track.show.name", PlaylistItem, {
      ...Bodies.entry,
      track: { ...Bodies.episode, show: { ...Bodies.show, name: 5 } }
    }],
    ["track.duration_ms", PlaylistItem, {
      ...Bodies.entry,
      track: { ...Bodies.trackShapedEpisode, duration_ms: null }
    }],
    ["track.name", PlaylistItem, { ...Bodies.entry, track: { ...Bodies.localTrack, name: 5 } }],
    ["track.type", PlaylistItem, { ...Bodies.entry, track: { ...Bodies.track, type: 5 } }],
    ["track", PlaylistItem, { ...Bodies.entry, track: "spotify:track:t1" }],
    ["queue.1.name", Queue, { currently_playing: null, queue: [Bodies.track, omit(Bodies.track, "name")] }],
    ["queue.0", Queue, { currently_playing: null, queue: [["a"]] }],
    ["items.0.episode.id", SavedEpisodesPage, Bodies.page([{ added_at: "", episode: { ...Bodies.episode, id: 1 } }])],
    ["items.0.episode", SavedEpisodesPage, Bodies.page([{ added_at: "", episode: "e1" }])],
    ["progress_ms", PlaybackState, { ...Bodies.playbackState, progress_ms: "44272" }],
    ["is_playing", CurrentlyPlaying, { ...Bodies.currentlyPlaying, is_playing: null }],
    ["chapter_number", Chapter, Bodies.audiobook],
    ["total", PlaylistsPage, { ...Bodies.page([]), total: "5" }],
    ["items", PlaylistsPage, omit(Bodies.page([]), "items")],
    ["categories.items.0.name", Categories, { categories: Bodies.page([{ href: "h", icons: [], id: "c" }]) }],
    ["1", Booleans, [true, "false"]],
    ["uri", PublicUser, { ...Bodies.user, uri: null }]
  ])("%s", (path, schema, body) => {
    expect(failsAt(schema, body)).toBe(path)
  })
})

describe("saved episodes", () => {
  it("tells the vanished ones", () => {
    const saved = decode(
      SavedEpisodesPage,
      Bodies.page([
        { added_at: "2024-01-01T00:00:00Z", episode: Bodies.episode },
        { added_at: "2024-01-02T00:00:00Z", episode: nulls(Bodies.episode) }
      ])
    )
    const names = saved.items.map((entry) =>
      entry === null ? "null" : isVanishedEpisode(entry.episode) ? "vanished" : entry.episode.name
    )
    expect(names).toEqual(["Bees", "vanished"])
  })
})

describe("audio analysis", () => {
  const interval = { start: 0, duration: 1, confidence: 0.5 }
  const analysis = {
    bars: [interval],
    beats: [interval],
    meta: { analyzer_version: "4.0.0", status_code: 0 },
    sections: [{ ...interval, key: 9, mode: -1 }],
    segments: [{ ...interval, loudness_max: -14, pitches: [0.2], timbre: [42] }],
    tatums: [interval],
    track: { duration: 207.9, tempo: 118.2 }
  }

  it.each([["bare", analysis], ["inside audio_analysis", { audio_analysis: analysis }]])("%s", (_, body) => {
    expect(decode(AudioAnalysis, body)).toEqual(analysis)
  })

  it("names the place of a wrong number", () => {
    const body = { ...analysis, segments: [{ ...analysis.segments[0], timbre: [42, "x"] }] }
    expect(failsAt(AudioAnalysis, body)).toBe("segments.0.timbre.1")
  })
})

describe("the items of a playlist", () => {
  const entries = Bodies.page([{ ...Bodies.entry, track: Bodies.track }])

  it("are in tracks, or in items", () => {
    for (const dialect of [{ tracks: entries }, { items: entries }, { items: entries, tracks: null }]) {
      const playlist = decode(Playlist, { ...Bodies.simplifiedPlaylist, ...dialect })
      expect(Option.map(items(playlist), ({ total }) => total)).toEqual(Option.some(1))
    }
  })

  it("are read from items where both are there", () => {
    const playlist = decode(SimplifiedPlaylist, {
      ...Bodies.simplifiedPlaylist,
      items: { total: 2 },
      tracks: { total: 3 }
    })
    expect(items(playlist)).toEqual(Option.some({ total: 2 }))
  })

  it("are none where they may not be read", () => {
    expect(items(decode(Playlist, Bodies.simplifiedPlaylist))).toEqual(Option.none())
  })
})
