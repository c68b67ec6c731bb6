/** Every list that Spotify gives, each with an entry that is right. */
import type { Effect } from "effect"
import * as Albums from "effect-spotify/Albums"
import * as Artists from "effect-spotify/Artists"
import * as Audiobooks from "effect-spotify/Audiobooks"
import * as Browse from "effect-spotify/Browse"
import * as Chapters from "effect-spotify/Chapters"
import * as Episodes from "effect-spotify/Episodes"
import * as Library from "effect-spotify/Library"
import * as Player from "effect-spotify/Player"
import * as Playlists from "effect-spotify/Playlists"
import * as Recommendations from "effect-spotify/Recommendations"
import * as Search from "effect-spotify/Search"
import * as Shows from "effect-spotify/Shows"
import type { SpotifyClient } from "effect-spotify/SpotifyClient"
import type { SpotifyError } from "effect-spotify/SpotifyError"
import * as Tracks from "effect-spotify/Tracks"
import * as Users from "effect-spotify/Users"
import * as Bodies from "../model/bodies.js"

type Read = Effect.Effect<unknown, SpotifyError, SpotifyClient>

export interface List {
  readonly name: string
  readonly call: Read
  /** Where it stands in the body. */
  readonly path: string
  /** The body around its entries. */
  readonly body: (entries: ReadonlyArray<unknown>) => unknown
  readonly entry: object
  /** Whether null is at the place of an entry that is missing. */
  readonly keepsPlaces: boolean
  /** Whether members that no schema knows are left out. */
  readonly strips: boolean
}

const id = "4aawyAB9vmqN3uQ7FjRGTy"
const ids = { ids: [id] }
const added_at = "2026-03-01T00:00:00Z"

const fullPlaylist = { ...Bodies.simplifiedPlaylist, followers: { href: null, total: 1 } }
const category = { href: "https://h/c", icons: [Bodies.image], id: "c", name: "Jazz" }
const beat = { confidence: 0.5, duration: 1, start: 0 }
const segment = { ...beat, loudness_max: -3, pitches: [0, 1], timbre: [1.5, 2] }
const seed = { afterFilteringSize: 1, href: null, id: "a1", initialPoolSize: 2, type: "artist" }
const recent = { context: Bodies.context, played_at: added_at, track: Bodies.track }
const playlistEntry = { ...Bodies.entry, item: Bodies.track, track: true }
const olderEntry = { ...Bodies.entry, track: Bodies.trackShapedEpisode }

const put = (path: string, value: unknown): unknown =>
  path === "" ? value : path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)

/** An object whose member is a list. */
const member = (
  name: string,
  call: Read,
  path: string,
  entry: object,
  keepsPlaces = false,
  around: object = {}
): List => ({
  name: `${name} ${path}`,
  call,
  path,
  body: (entries) => Object.assign({}, around, put(path, entries)),
  entry,
  keepsPlaces,
  strips: false
})

/** A page, below `path`. */
const page = (
  name: string,
  call: Read,
  path: string,
  entry: object,
  keepsPlaces = false,
  around: object = {}
): List => ({
  name: `${name} ${path}`,
  call,
  path: path === "" ? "items" : `${path}.items`,
  body: (entries) => Object.assign({}, around, put(path, Bodies.page(entries))),
  entry,
  keepsPlaces,
  strips: false
})

const search = (kind: Search.Kind, entry: object, keepsPlaces = false): List => ({
  ...page("Search.search", Search.search({ q: "a", type: [kind] }), `${kind}s`, entry, keepsPlaces),
  strips: true
})

export const lists: ReadonlyArray<List> = [
  page("Albums.tracks", Albums.tracks(id), "", Bodies.simplifiedTrack),
  page("Albums.get", Albums.get(id), "tracks", Bodies.simplifiedTrack, false, Bodies.fullAlbum),
  member("Albums.get", Albums.get(id), "artists", Bodies.artist, false, Bodies.fullAlbum),
  member("Albums.get", Albums.get(id), "images", Bodies.image, false, Bodies.fullAlbum),
  member("Albums.several", Albums.several(ids), "albums", Bodies.fullAlbum, true),
  page("Artists.albums", Artists.albums(id), "", { ...Bodies.album, album_group: "single" }),
  member("Artists.several", Artists.several(ids), "artists", Bodies.fullArtist, true),
  member("Artists.topTracks", Artists.topTracks(id), "tracks", Bodies.track, true),
  member("Artists.relatedArtists", Artists.relatedArtists(id), "artists", Bodies.fullArtist, true),
  page("Audiobooks.chapters", Audiobooks.chapters(id), "", Bodies.simplifiedChapter, true),
  page("Audiobooks.get", Audiobooks.get(id), "chapters", Bodies.simplifiedChapter, true, Bodies.audiobook),
  member("Audiobooks.several", Audiobooks.several(ids), "audiobooks", Bodies.audiobook, true),
  page("Browse.categories", Browse.categories(), "categories", category),
  page("Browse.categoryPlaylists", Browse.categoryPlaylists("jazz"), "playlists", Bodies.simplifiedPlaylist, true),
  page("Browse.featuredPlaylists", Browse.featuredPlaylists(), "playlists", Bodies.simplifiedPlaylist, true),
  page("Browse.newReleases", Browse.newReleases(), "albums", Bodies.album),
  member("Chapters.several", Chapters.several(ids), "chapters", Bodies.chapter, true),
  member("Episodes.several", Episodes.several(ids), "episodes", Bodies.episode, true),
  page("Library.tracks", Library.tracks(), "", { added_at, track: Bodies.track }),
  page("Library.albums", Library.albums(), "", { added_at, album: Bodies.fullAlbum }, true),
  page("Library.shows", Library.shows(), "", { added_at, show: Bodies.show }, true),
  page("Library.episodes", Library.episodes(), "", { added_at, episode: Bodies.episode }, true),
  page("Library.audiobooks", Library.audiobooks(), "", Bodies.simplifiedAudiobook, true),
  member("Player.devices", Player.devices(), "devices", Bodies.device),
  member("Player.queue", Player.queue(), "queue", Bodies.track, false, { currently_playing: Bodies.episode }),
  member("Player.queue", Player.queue(), "queue", Bodies.localTrack, false, { currently_playing: null }),
  page("Player.recentlyPlayed", Player.recentlyPlayed(), "", recent),
  page("Playlists.items", Playlists.items(id), "", playlistEntry, true),
  page("Playlists.tracks", Playlists.tracks(id), "", olderEntry, true),
  page("Playlists.get", Playlists.get(id), "items", playlistEntry, true, fullPlaylist),
  page("Playlists.get", Playlists.get(id), "tracks", olderEntry, true, fullPlaylist),
  page("Playlists.create", Playlists.create({ name: "a" }), "items", playlistEntry, true, fullPlaylist),
  page("Playlists.mine", Playlists.mine(), "", { ...Bodies.simplifiedPlaylist, tracks: { href: "h", total: 3 } }, true),
  page("Playlists.ofUser", Playlists.ofUser("ann"), "", Bodies.simplifiedPlaylist, true),
  { ...member("Playlists.cover", Playlists.cover(id), "", Bodies.image), body: (entries) => entries, strips: true },
  member("Recommendations.get", Recommendations.get({ seed_artists: [id] }), "tracks", Bodies.track, false, {
    seeds: [seed]
  }),
  member("Recommendations.get", Recommendations.get({ seed_artists: [id] }), "seeds", seed, false, { tracks: [] }),
  search("album", Bodies.album),
  search("artist", Bodies.fullArtist),
  search("audiobook", Bodies.simplifiedAudiobook, true),
  search("episode", Bodies.simplifiedEpisode, true),
  search("playlist", Bodies.simplifiedPlaylist, true),
  search("show", Bodies.show, true),
  search("track", Bodies.track),
  page("Shows.episodes", Shows.episodes(id), "", Bodies.simplifiedEpisode, true),
  page("Shows.get", Shows.get(id), "episodes", Bodies.simplifiedEpisode, true, Bodies.show),
  member("Shows.several", Shows.several(ids), "shows", Bodies.show, true),
  member("Tracks.several", Tracks.several(ids), "tracks", Bodies.track, true),
  member("Tracks.get", Tracks.get(id), "artists", Bodies.artist, false, Bodies.track),
  member("Tracks.severalAudioFeatures", Tracks.severalAudioFeatures(ids), "audio_features", Bodies.audioFeatures, true),
  ...["bars", "beats", "sections", "segments", "tatums"].map((name): List => ({
    ...member("Tracks.audioAnalysis", Tracks.audioAnalysis(id), name, name === "segments" ? segment : beat, false, {
      bars: [],
      beats: [],
      meta: { timestamp: 1_700_000_000 },
      sections: [],
      segments: [],
      tatums: [],
      track: { duration: 1 }
    }),
    strips: true
  })),
  page("Users.topArtists", Users.topArtists(), "", Bodies.fullArtist),
  page("Users.topTracks", Users.topTracks(), "", Bodies.track),
  page("Users.followedArtists", Users.followedArtists(), "artists", Bodies.fullArtist),
  member("Users.me", Users.me(), "images", Bodies.image, false, Bodies.user)
]

const values: ReadonlyArray<unknown> = [null, 0, -1.5, "", "text", true, {}, [], [null], ["a"], [1], { a: 1 }]

export interface Mutation {
  readonly place: number
  readonly how: "whole" | "delete" | "set"
  readonly value: number
}

export const valueCount = values.length

const isContainer = (input: unknown): input is object => typeof input === "object" && input !== null

const places = (body: unknown): ReadonlyArray<readonly [object, string]> =>
  isContainer(body) ? Object.entries(body).flatMap(([key, value]) => [[body, key] as const, ...places(value)]) : []

/** The entry with one thing in it that is another than it was, or as a whole something else. */
export const mutate = (entry: object, { how, place, value }: Mutation): unknown => {
  const other = structuredClone(values[value % values.length])
  if (how === "whole") return other
  const copy = structuredClone(entry)
  const all = places(copy)
  const [container, key] = all[place % all.length] ?? [copy, "id"]
  if (how === "set") Reflect.set(container, key, other)
  else if (Array.isArray(container)) container.splice(Number(key), 1)
  else Reflect.deleteProperty(container, key)
  return copy
}

/** Whether one value is the other without what is said to be missing. */
export const isWithout = (
  got: unknown,
  sent: unknown,
  path: string,
  missing: ReadonlyArray<string>,
  strips: boolean
): boolean => {
  const within = (name: string | number) => path === "" ? String(name) : `${path}.${name}`
  if (Array.isArray(sent)) {
    if (!Array.isArray(got)) return false
    const keepsPlaces = got.length === sent.length
    let at = 0
    const isRight = sent.every((one: unknown, i) => {
      const isMissing = missing.includes(within(i))
      if (isMissing && !keepsPlaces) return true
      const value: unknown = got[at++]
      return isMissing ? value === null : isWithout(value, one, within(i), missing, strips)
    })
    return isRight && at === got.length
  }
  if (!isContainer(sent)) return Object.is(got, sent)
  if (!isContainer(got)) return false
  const members = new Map<string, unknown>(Object.entries(got))
  return Object.keys(got).every((name) => Object.hasOwn(sent, name) || missing.includes(within(name))) &&
    Object.entries(sent).every(([name, value]) =>
      missing.includes(within(name))
        ? members.get(name) === undefined || members.get(name) === null
        : members.has(name)
        ? isWithout(members.get(name), value, within(name), missing, strips)
        : strips
    )
}
