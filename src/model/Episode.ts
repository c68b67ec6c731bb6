/**
 * Episodes of shows: in full, in short, as saved, vanished, and in the shape of a track.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Page } from "../endpoint/Page.js"
import * as Shape from "../endpoint/schema.js"
import { NullableAlbum } from "./Album.js"
import { NullableArtist } from "./Artist.js"
import { ExternalIds, ExternalUrls, Restrictions } from "./Common.js"
import { SimplifiedShow } from "./Show.js"
import { SimplifiedEpisode } from "./SimplifiedEpisode.js"

export {
  /**
   * The short form of an episode.
   *
   * @since 0.1.0
   * @category schemas
   */
  SimplifiedEpisode
} from "./SimplifiedEpisode.js"

const episode = Schema.extend(
  SimplifiedEpisode,
  Schema.Struct({
    show: SimplifiedShow
  })
).annotations({ identifier: "Episode" })

/**
 * An episode with its show. `resume_point` needs the scope user-read-playback-position.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-an-episode
 *
 * @since 0.1.0
 * @category models
 */
export interface Episode extends Schema.Schema.Type<typeof episode> {}

/**
 * The schema of {@link Episode}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Episode: Schema.Schema<Episode> = episode

const trackShapedEpisode = Schema.Struct({
  album: Shape.nullable(NullableAlbum),
  artists: Shape.nullish(Schema.Array(NullableArtist)),
  duration_ms: Schema.Number,
  episode: Shape.nullish(Schema.Boolean),
  explicit: Shape.nullish(Schema.Boolean),
  external_ids: Shape.nullish(ExternalIds),
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  id: Schema.String,
  is_playable: Shape.nullish(Schema.Boolean),
  name: Schema.String,
  preview_url: Shape.nullish(Schema.String),
  restrictions: Shape.nullish(Restrictions),
  type: Schema.String,
  uri: Schema.String
}).annotations({ identifier: "TrackShapedEpisode" })

/**
 * An episode that a playlist gives as if it were a track, its show as the album, where episodes weren't asked for
 * with `additional_types`, and since 2026 where they were. Its `episode` may be false all the same; `isEpisode` tells.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-playlists-items
 *
 * @since 0.1.0
 * @category models
 */
export interface TrackShapedEpisode extends Schema.Schema.Type<typeof trackShapedEpisode> {}

/**
 * The schema of {@link TrackShapedEpisode}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const TrackShapedEpisode: Schema.Schema<TrackShapedEpisode> = trackShapedEpisode

const vanishedEpisode = Schema.Struct({
  id: Schema.Null
}).annotations({ identifier: "VanishedEpisode" })

/**
 * A saved episode that Spotify no longer has: every member is null, so only the null `id` is kept.
 *
 * @since 0.1.0
 * @category models
 */
export interface VanishedEpisode extends Schema.Schema.Type<typeof vanishedEpisode> {}

/**
 * The schema of {@link VanishedEpisode}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const VanishedEpisode: Schema.Schema<VanishedEpisode> = vanishedEpisode

const savedEpisode = Schema.Struct({
  added_at: Schema.String,
  episode: Shape.choose(
    "Episode | VanishedEpisode",
    (episode) => episode.id === null ? VanishedEpisode : Episode
  )
}).annotations({ identifier: "SavedEpisode" })

/**
 * An episode in the user's library, and since when (ISO 8601).
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-episodes
 *
 * @since 0.1.0
 * @category models
 */
export interface SavedEpisode extends Schema.Schema.Type<typeof savedEpisode> {}

/**
 * The schema of {@link SavedEpisode}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SavedEpisode: Schema.Schema<SavedEpisode> = savedEpisode

/**
 * Tells a vanished episode from one that can still be played.
 *
 * @example
 * ```ts
 * import { isVanishedEpisode } from "effect-spotify/model/Episode"
 * import type { SavedEpisode } from "effect-spotify/model/Episode"
 *
 * const label = ({ episode }: SavedEpisode) => isVanishedEpisode(episode) ? "(gone)" : episode.name
 * ```
 *
 * @since 0.1.0
 * @category guards
 */
export const isVanishedEpisode = (episode: Episode | VanishedEpisode): episode is VanishedEpisode => episode.id === null

/**
 * A page of the episodes that the user saved. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-episodes
 *
 * @since 0.1.0
 * @category pages
 */
export const SavedEpisodesPage: Schema.Schema<Page<SavedEpisode | null>> = Page(Shape.nullable(SavedEpisode))

/**
 * A page of episodes, such as those found by a search. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/search
 *
 * @since 0.1.0
 * @category pages
 */
export const EpisodesPage: Schema.Schema<Page<SimplifiedEpisode | null>> = Page(Shape.nullable(SimplifiedEpisode))

const severalEpisodes = Schema.Struct({
  episodes: Schema.Array(Shape.nullable(Episode))
}).annotations({ identifier: "SeveralEpisodes" })

/**
 * Episodes in the order of the ids asked for; null where the id is unknown.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-multiple-episodes
 *
 * @since 0.1.0
 * @category models
 */
export interface SeveralEpisodes extends Schema.Schema.Type<typeof severalEpisodes> {}

/**
 * The schema of {@link SeveralEpisodes}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SeveralEpisodes: Schema.Schema<SeveralEpisodes> = severalEpisodes
