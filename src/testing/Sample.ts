/**
 * Whole tracks, albums, artists, playlists, users and pages for the answers of a test: what isn't given is made up.
 *
 * @since 0.2.0
 */
import type { CursorPage, Page } from "../endpoint/Page.js"
import type { Album, SimplifiedAlbum } from "../model/Album.js"
import type { Artist, SimplifiedArtist } from "../model/Artist.js"
import type { Playlist, PlaylistItem } from "../model/Playlist.js"
import type { SimplifiedTrack, Track } from "../model/Track.js"
import type { PrivateUser } from "../model/User.js"
import * as Catalogue from "./internal/catalogue.js"
import type { Kind } from "./internal/catalogue.js"

const reference = <K extends Kind>(kind: K, id: string) => ({
  external_urls: { spotify: `https://open.spotify.com/${kind}/${id}` },
  href: `https://api.spotify.com/v1/${kind}s/${id}`,
  id,
  type: kind,
  uri: `spotify:${kind}:${id}`
})

/** By their ids, so that the links go along with an id that is given. */
const made = <K extends Kind>(kind: K, given: { readonly id?: string | undefined }) =>
  reference(kind, given.id ?? Catalogue.id(kind, 1))

/**
 * An artist as it stands in tracks and albums.
 *
 * @since 0.2.0
 * @category constructors
 */
export const simplifiedArtist = (given: Partial<SimplifiedArtist> = {}): SimplifiedArtist => ({
  ...made("artist", given),
  name: "The Paper Lanterns",
  ...given
})

/**
 * An artist.
 *
 * @since 0.2.0
 * @category constructors
 */
export const artist = (given: Partial<Artist> = {}): Artist => ({
  ...made("artist", given),
  followers: { href: null, total: 1000 },
  genres: [],
  images: [],
  name: "The Paper Lanterns",
  popularity: 50,
  ...given
})

/**
 * An album as it stands in tracks and lists.
 *
 * @since 0.2.0
 * @category constructors
 */
export const simplifiedAlbum = (given: Partial<SimplifiedAlbum> = {}): SimplifiedAlbum => ({
  ...made("album", given),
  album_type: "album",
  artists: [simplifiedArtist()],
  images: [],
  name: "Lantern Weather",
  release_date: "2026-01-15",
  release_date_precision: "day",
  total_tracks: 12,
  ...given
})

/**
 * An album with its tracks, of which there are none unless they are given.
 *
 * @since 0.2.0
 * @category constructors
 */
export const album = (given: Partial<Album> = {}): Album => ({
  ...made("album", given),
  album_type: "album",
  artists: [simplifiedArtist()],
  copyrights: [],
  external_ids: {},
  genres: [],
  images: [],
  label: "Invented Records",
  name: "Lantern Weather",
  popularity: 50,
  release_date: "2026-01-15",
  release_date_precision: "day",
  total_tracks: given.tracks?.items.length ?? 0,
  tracks: page([]),
  ...given
})

/**
 * A track as it stands in an album.
 *
 * @since 0.2.0
 * @category constructors
 */
export const simplifiedTrack = (given: Partial<SimplifiedTrack> = {}): SimplifiedTrack => ({
  ...made("track", given),
  artists: [simplifiedArtist()],
  disc_number: 1,
  duration_ms: 180_000,
  explicit: false,
  is_local: false,
  name: "Lantern Weather",
  preview_url: null,
  track_number: 1,
  ...given
})

/**
 * A track.
 *
 * @example
 * ```ts
 * import { Sample } from "effect-spotify/testing"
 *
 * const track = Sample.track({ name: "Feeling Good", artists: [Sample.simplifiedArtist({ name: "Nina Simone" })] })
 * ```
 *
 * @since 0.2.0
 * @category constructors
 */
export const track = (given: Partial<Track> = {}): Track => ({
  ...simplifiedTrack(given),
  album: simplifiedAlbum(given.artists === undefined ? {} : { artists: given.artists }),
  external_ids: {},
  popularity: 50,
  ...given
})

/**
 * The profile of the user who is signed in.
 *
 * @since 0.2.0
 * @category constructors
 */
export const me = (given: Partial<PrivateUser> = {}): PrivateUser => ({
  ...reference("user", given.id ?? "test-user"),
  country: "SE",
  display_name: "Test User",
  email: "test-user@example.com",
  followers: { href: null, total: 0 },
  images: [],
  product: "premium",
  ...given
})

/**
 * A playlist with its items, of which there are none unless they are given.
 *
 * @since 0.2.0
 * @category constructors
 */
export const playlist = (given: Partial<Playlist> = {}): Playlist => ({
  ...made("playlist", given),
  collaborative: false,
  description: null,
  followers: { href: null, total: 0 },
  images: [],
  items: page([]),
  name: "Evening Drive",
  owner: reference("user", "test-user"),
  public: true,
  snapshot_id: "snapshot-1",
  ...given
})

/**
 * An entry of a playlist.
 *
 * @since 0.2.0
 * @category constructors
 */
export const playlistItem = (item: PlaylistItem["item"], given: Partial<PlaylistItem> = {}): PlaylistItem => ({
  added_at: "2026-01-15T08:00:00Z",
  added_by: reference("user", "test-user"),
  is_local: false,
  ...(item === undefined ? {} : { item }),
  ...given
})

/**
 * A page of a list: the whole of it; with `limit` and `offset`, which an operation
 * is called with, the page that they ask for.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Library } from "effect-spotify"
 * import { Sample, TestClient } from "effect-spotify/testing"
 *
 * const saved = Array.from({ length: 120 }, (_, n) => ({
 *   added_at: "2026-01-15T08:00:00Z",
 *   track: Sample.track({ name: `Track ${n}` })
 * }))
 *
 * const library = TestClient.on(Library.tracks, (options) => Effect.succeed(Sample.page(saved, options)))
 * ```
 *
 * @since 0.2.0
 * @category constructors
 */
export const page = <A>(
  all: ReadonlyArray<A>,
  options: { readonly limit?: number | undefined; readonly offset?: number | undefined } = {}
): Page<A> => {
  const { limit = options.offset === undefined ? Math.max(all.length, 1) : 20, offset = 0 } = options
  const link = (offset: number) => `https://api.spotify.com/v1/sample?offset=${offset}&limit=${limit}`
  return {
    href: link(offset),
    items: all.slice(offset, offset + limit),
    limit,
    next: offset + limit < all.length ? link(offset + limit) : null,
    offset,
    previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
    total: all.length
  }
}

/**
 * The last page of a list by cursor.
 *
 * @since 0.2.0
 * @category constructors
 */
export const cursorPage = <A>(items: ReadonlyArray<A>): CursorPage<A> => ({
  cursors: { after: null, before: null },
  href: "https://api.spotify.com/v1/sample",
  items,
  limit: 50,
  next: null,
  total: items.length
})
