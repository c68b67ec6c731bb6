import * as Encoding from "effect/Encoding"
import * as Catalogue from "./catalogue.js"
import type { Mode } from "./catalogue.js"
import { nothing } from "./own.js"
import type { Own } from "./own.js"
import { Player } from "./player.js"
import type { Library, Planted } from "./seed.js"

export interface Profile {
  readonly id: string
  readonly display_name: string | null
  readonly email: string
  readonly country: string
  readonly product: "premium" | "free"
}

export type SavedKind = "track" | "album" | "show" | "episode" | "audiobook"

export interface SavedItem {
  readonly id: string
  readonly added_at: string
}

export interface PlaylistEntry {
  /** Null where the thing that was added is gone. */
  readonly uri: string | null
  readonly added_at: string
  readonly added_by: string | null
}

export interface Playlist {
  readonly id: string
  readonly owner: string
  name: string
  description: string | null
  public: boolean
  collaborative: boolean
  cover: string | undefined
  entries: ReadonlyArray<PlaylistEntry>
  /** What it was at each version, and since when; the last is what it is. */
  readonly versions: Array<Version>
  readonly followers: Set<string>
}

export interface Version {
  readonly snapshot: string
  readonly entries: ReadonlyArray<PlaylistEntry>
  readonly since: number
}

/** How playlists are read. */
export interface PlaylistReading {
  /** For how many milliseconds after a change the version before it is told. */
  readonly snapshotLag: number
  /** For how many milliseconds after a change the entries before it are told. */
  readonly entriesLag: number
  /** The uris of what is read as null. */
  readonly unreadable: ReadonlySet<string>
  /** By uri, the copy that is shown in its place where a market is asked for. */
  readonly relinked: ReadonlyMap<string, string>
}

export interface User {
  readonly profile: Profile
  /** Newest first. */
  readonly saved: Record<SavedKind, ReadonlyArray<SavedItem>>
  readonly artists: Set<string>
  readonly users: Set<string>
  readonly player: Player
}

export const editor = "spotify"

/** The id of a saved episode that has left the catalogue. */
export const vanishedId = "gone000000000000000000"

export const timestamp = (now: number): string => new Date(now).toISOString().slice(0, 19) + "Z"

/** Marks the content of a playlist as changed: every change has its own snapshot id. */
export const change = (playlist: Playlist, now: number): string => {
  const snapshot = Encoding.encodeBase64(`${playlist.versions.length + 1},${playlist.id}`)
  playlist.versions.push({ snapshot, entries: playlist.entries, since: now })
  return snapshot
}

export const snapshotOf = (playlist: Playlist): string => playlist.versions.at(-1)?.snapshot ?? ""

/** The version that is told to readers, who hear of changes late. */
export const versionSeen = (playlist: Playlist, now: number, lag: number): Version | undefined =>
  lag === 0 ? playlist.versions.at(-1) : playlist.versions.findLast(({ since }) => since + lag <= now)

const localUri = "spotify:local:Home+Tapes:Kitchen+Sessions:Kettle+Song:97"

const entries = (uris: ReadonlyArray<string | null>, by: string | null): ReadonlyArray<PlaylistEntry> =>
  uris.map((uri, i) => ({ uri, added_at: Catalogue.pastDate(uris.length - i), added_by: by }))

const tracks = (start: number, count: number, step = 1): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => Catalogue.uri("track", start + i * step))

const kinds: ReadonlyArray<SavedKind> = ["track", "album", "show", "episode", "audiobook"]

/** What of a list of uris is of a kind, the first one newest. */
const savedOf = (kind: SavedKind, uris: ReadonlyArray<string>): ReadonlyArray<SavedItem> =>
  uris.flatMap((uri, i) => {
    const [, of, id = ""] = uri.split(":")
    // A show's URI may be that of an audiobook.
    const isBook = of === "show" && Catalogue.indexOf(nothing, "audiobook", id) !== undefined
    return (isBook ? "audiobook" : of) === kind ? [{ id, added_at: Catalogue.pastDate(i * 5) }] : []
  })

const seededUser = (profile: Profile, library: Library | undefined, player: Player): User => {
  const { artists = [], saved = [], users = [] } = library ?? {}
  const [track = [], album = [], show = [], episode = [], audiobook = []] = kinds.map((kind) => savedOf(kind, saved))
  return {
    profile,
    saved: { track, album, show, episode, audiobook },
    artists: new Set(artists),
    users: new Set(users),
    player
  }
}

const saved = (kind: SavedKind, count: number, step = 1): ReadonlyArray<SavedItem> =>
  Array.from({ length: count }, (_, i) => ({ id: Catalogue.id(kind, i * step), added_at: Catalogue.pastDate(i * 5) }))

export class World {
  readonly users = new Map<string, User>()
  readonly playlists = new Map<string, Playlist>()
  readonly own: Own

  constructor(
    public mode: Mode,
    readonly profiles: ReadonlyArray<Profile>,
    librarySize: number,
    device: boolean,
    readonly reading: PlaylistReading,
    seed: Planted | undefined
  ) {
    this.own = seed?.own ?? nothing
    if (seed !== undefined) {
      for (const profile of profiles) {
        const player = new Player(device, [], this.own)
        this.users.set(profile.id, seededUser(profile, seed.libraries.get(profile.id), player))
      }
      for (const { followers, owner, uris, ...playlist } of seed.playlists) {
        const added = this.add(owner, { ...playlist, entries: entries(uris, owner) })
        followers.forEach((follower) => added.followers.add(follower))
      }
      return
    }
    profiles.forEach((profile, i) =>
      this.users.set(profile.id, {
        profile,
        saved: {
          track: saved("track", i === 0 ? librarySize : 15),
          album: saved("album", 25),
          show: saved("show", 4),
          episode: [
            ...saved("episode", 5, 30),
            ...(i === 0 ? [{ id: vanishedId, added_at: Catalogue.pastDate(4000) }] : [])
          ],
          audiobook: saved("audiobook", 3)
        },
        artists: new Set(Array.from({ length: 30 }, (_, n) => Catalogue.id("artist", n + i))),
        users: new Set(profiles.filter((other) => other !== profile).map((other) => other.id)),
        player: new Player(device, tracks(40, 30, 37), this.own)
      })
    )
    const [first, second = first] = profiles
    if (first === undefined || second === undefined) return
    this.add(first.id, {
      name: "Evening Drive",
      description: "Long roads",
      entries: entries(tracks(0, 120, 5), first.id)
    })
    this.add(first.id, {
      name: "Odds and Ends",
      public: false,
      entries: [
        ...entries([Catalogue.uri("track", 3), localUri, null, Catalogue.uri("episode", 2)], first.id),
        ...entries([Catalogue.uri("track", 9)], null)
      ]
    })
    this.add(first.id, { name: "Nothing Yet" })
    const shared = this.add(second.id, {
      name: "Kitchen Party",
      public: false,
      collaborative: true,
      entries: entries(tracks(200, 18, 3), second.id)
    })
    shared.followers.add(first.id)
    this.add(second.id, { name: "Evening Walk", entries: entries(tracks(500, 8), second.id) })
    this.add(editor, {
      name: "Evening Hits",
      description: "Picked by editors",
      entries: entries(tracks(7, 50, 12), editor)
    })
  }

  add(owner: string, values: Partial<Omit<Playlist, "owner" | "versions" | "followers">>): Playlist {
    const playlist: Playlist = {
      id: Catalogue.id("playlist", this.playlists.size),
      owner,
      name: "",
      description: null,
      public: true,
      collaborative: false,
      cover: undefined,
      entries: [],
      ...values,
      versions: [],
      followers: new Set([owner])
    }
    change(playlist, -Infinity)
    this.playlists.set(playlist.id, playlist)
    return playlist
  }

  /** The playlists in a user's library, own ones and followed ones. */
  playlistsOf(userId: string): ReadonlyArray<Playlist> {
    return [...this.playlists.values()].filter((playlist) => playlist.followers.has(userId))
  }
}
