/**
 * Playlists and their items, in both dialects: `tracks` with `track`, and since February 2026 `items` with `item`.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Page } from "../endpoint/Page.js"
import * as Shape from "../endpoint/schema.js"
import { ExternalUrls, Followers, Image } from "./Common.js"
import type { Episode, TrackShapedEpisode } from "./Episode.js"
import { isEpisode, isLocalTrack, isTrack, Item } from "./Item.js"
import type { MaybeItem, UnknownItem } from "./Item.js"
import type { LocalTrack, Track } from "./Track.js"
import { PublicUser } from "./User.js"

const playlistItem = Schema.Struct({
  added_at: Shape.nullish(Schema.String),
  added_by: Shape.nullish(PublicUser),
  is_local: Shape.nullish(Schema.Boolean),
  item: Shape.nullish(Item),
  track: Shape.nullish(Shape.or(Item, Predicate.isBoolean))
}).annotations({ identifier: "PlaylistItem" })

/**
 * An entry of a playlist. Read what it holds with {@link content}: in Development Mode it is in `item`, for older
 * answers in `track`, for apps in Extended Quota Mode in both.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-playlists-items
 *
 * @since 0.1.0
 * @category models
 */
export interface PlaylistItem extends Schema.Schema.Type<typeof playlistItem> {}

/**
 * The schema of {@link PlaylistItem}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PlaylistItem: Schema.Schema<PlaylistItem> = playlistItem

/**
 * A page of a playlist's items. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-playlists-items
 *
 * @since 0.1.0
 * @category pages
 */
export const PlaylistItemsPage: Schema.Schema<Page<PlaylistItem | null>> = Page(Shape.nullable(PlaylistItem))

const playlistItemsRef = Schema.Struct({
  href: Shape.nullish(Schema.String),
  total: Shape.nullable(Schema.Number)
}).annotations({ identifier: "PlaylistItemsRef" })

/**
 * How many items a playlist has, and where they are.
 *
 * @since 0.1.0
 * @category models
 */
export interface PlaylistItemsRef extends Schema.Schema.Type<typeof playlistItemsRef> {}

/**
 * The schema of {@link PlaylistItemsRef}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PlaylistItemsRef: Schema.Schema<PlaylistItemsRef> = playlistItemsRef

const base = {
  collaborative: Shape.nullish(Schema.Boolean),
  description: Shape.nullish(Schema.String),
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  id: Schema.String,
  images: Shape.nullish(Schema.Array(Image)),
  name: Shape.nullish(Schema.String),
  owner: Shape.nullish(PublicUser),
  public: Shape.nullish(Schema.Boolean),
  type: Schema.String,
  uri: Schema.String
}

const simplifiedPlaylist = Schema.Struct({
  ...base,
  items: Shape.nullish(PlaylistItemsRef),
  snapshot_id: Shape.nullish(Schema.String),
  tracks: Shape.nullish(PlaylistItemsRef)
}).annotations({ identifier: "SimplifiedPlaylist" })

/**
 * The short form of a playlist. `public` is null where Spotify does not say.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-a-list-of-current-users-playlists
 *
 * @since 0.1.0
 * @category models
 */
export interface SimplifiedPlaylist extends Schema.Schema.Type<typeof simplifiedPlaylist> {}

/**
 * The schema of {@link SimplifiedPlaylist}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SimplifiedPlaylist: Schema.Schema<SimplifiedPlaylist> = simplifiedPlaylist

const playlist = Schema.Struct({
  ...base,
  followers: Shape.nullish(Followers),
  items: Shape.nullish(PlaylistItemsPage),
  snapshot_id: Schema.String,
  tracks: Shape.nullish(PlaylistItemsPage)
}).annotations({ identifier: "Playlist" })

/**
 * A playlist with the first page of its items, which {@link items} reads in either dialect.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-playlist
 *
 * @since 0.1.0
 * @category models
 */
export interface Playlist extends Schema.Schema.Type<typeof playlist> {}

/**
 * The schema of {@link Playlist}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Playlist: Schema.Schema<Playlist> = playlist

/**
 * A page of playlists. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-a-list-of-current-users-playlists
 *
 * @since 0.1.0
 * @category pages
 */
export const PlaylistsPage: Schema.Schema<Page<SimplifiedPlaylist | null>> = Page(Shape.nullable(SimplifiedPlaylist))

const featuredPlaylists = Schema.Struct({
  message: Shape.nullish(Schema.String),
  playlists: PlaylistsPage
}).annotations({ identifier: "FeaturedPlaylists" })

/**
 * A page of playlists that Spotify features, or of a category, with the message to show above them.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-featured-playlists
 *
 * @since 0.1.0
 * @category models
 */
export interface FeaturedPlaylists extends Schema.Schema.Type<typeof featuredPlaylists> {}

/**
 * The schema of {@link FeaturedPlaylists}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FeaturedPlaylists: Schema.Schema<FeaturedPlaylists> = featuredPlaylists

const playlistSnapshot = Schema.Struct({
  snapshot_id: Shape.optional(Schema.String)
}).annotations({ identifier: "PlaylistSnapshot" })

/**
 * The version that a playlist has after a change; absent where the change was made and the answer doesn't tell it.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/add-items-to-playlist
 *
 * @since 0.1.0
 * @category models
 */
export interface PlaylistSnapshot extends Schema.Schema.Type<typeof playlistSnapshot> {}

/**
 * The schema of {@link PlaylistSnapshot}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PlaylistSnapshot: Schema.Schema<PlaylistSnapshot> = playlistSnapshot

/**
 * The cover of a playlist, in the sizes there are. A lone image was recorded and is read as a list of one.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-playlist-cover
 *
 * @since 0.1.0
 * @category schemas
 */
export const PlaylistCover: Schema.Schema<ReadonlyArray<Image>> = Shape.prepared(
  Schema.Array(Image),
  (body) => Predicate.isRecord(body) ? [body] : body
)

/**
 * The items of a playlist, whichever dialect it came in: the first page of a {@link Playlist}, the count of a
 * {@link SimplifiedPlaylist}. None where you may not read them, as in Development Mode for the playlists of others.
 *
 * @example
 * ```ts
 * import { Option } from "effect"
 * import * as Playlist from "effect-spotify/model/Playlist"
 *
 * const size = (playlist: Playlist.SimplifiedPlaylist) =>
 *   Option.map(Playlist.items(playlist), ({ total }) => total)
 * ```
 *
 * @since 0.1.0
 * @category getters
 */
export const items = <A>(
  playlist: { readonly items?: A | null | undefined; readonly tracks?: A | null | undefined }
): Option.Option<A> => Option.fromNullable(playlist.items ?? playlist.tracks)

/**
 * What an entry of a playlist holds.
 *
 * - `Track`: a track of Spotify's catalogue
 * - `Local`: a file on somebody's own device
 * - `Episode`: an episode, which may come in the shape of a track
 * - `Unavailable`: nothing, since Spotify no longer has it
 * - `Unknown`: something that this version does not know, as it came
 *
 * @since 0.1.0
 * @category models
 */
export type Content = Data.TaggedEnum<{
  Track: { readonly track: Track }
  Local: { readonly track: LocalTrack }
  Episode: { readonly episode: Episode | TrackShapedEpisode }
  Unavailable: {}
  Unknown: { readonly value: UnknownItem }
}>

/**
 * Makes and matches {@link Content}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Content: Data.TaggedEnum.Constructor<Content> = Data.taggedEnum<Content>()

/**
 * What an entry of a playlist holds, whichever dialect it came in.
 *
 * @example
 * ```ts
 * import * as Playlist from "effect-spotify/model/Playlist"
 *
 * const label = (entry: Playlist.PlaylistItem | null) =>
 *   Playlist.Content.$match(Playlist.content(entry), {
 *     Track: ({ track }) => track.name,
 *     Local: ({ track }) => `${track.name} (local file)`,
 *     Episode: ({ episode }) => episode.name,
 *     Unavailable: () => "(no longer available)",
 *     Unknown: ({ value }) => `(${value.type})`
 *   })
 * ```
 *
 * @since 0.1.0
 * @category getters
 */
export const content = (entry: PlaylistItem | null): Content => {
  const item: MaybeItem = entry?.item ?? entry?.track
  if (item === null || item === undefined || typeof item === "boolean") return Content.Unavailable()
  if (isTrack(item)) return Content.Track({ track: item })
  if (isLocalTrack(item)) return Content.Local({ track: item })
  if (isEpisode(item)) return Content.Episode({ episode: item })
  return Content.Unknown({ value: item })
}
