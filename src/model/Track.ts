/**
 * Tracks: in full, in short, as saved, and files on the user's own device.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Page } from "../endpoint/Page.js"
import * as Shape from "../endpoint/schema.js"
import { NullableAlbum, SimplifiedAlbum } from "./Album.js"
import { NullableArtist } from "./Artist.js"
import { ExternalIds, ExternalUrls, Restrictions } from "./Common.js"
import { SimplifiedTrack } from "./SimplifiedTrack.js"

export {
  /**
   * The track that was asked for, where Spotify plays another one in its place.
   *
   * @since 0.1.0
   * @category schemas
   */
  LinkedTrack,
  /**
   * The short form of a track.
   *
   * @since 0.1.0
   * @category schemas
   */
  SimplifiedTrack
} from "./SimplifiedTrack.js"

const track = Schema.extend(
  SimplifiedTrack,
  Schema.Struct({
    album: SimplifiedAlbum,
    external_ids: Shape.nullish(ExternalIds),
    popularity: Shape.nullish(Schema.Number)
  })
).annotations({ identifier: "Track" })

/**
 * A track. Apps in Development Mode get no `popularity` (0 to 100), `linked_from` and `available_markets`.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-track
 *
 * @since 0.1.0
 * @category models
 */
export interface Track extends Schema.Schema.Type<typeof track> {}

/**
 * The schema of {@link Track}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Track: Schema.Schema<Track> = track

const partialTrack = Schema.extend(
  SimplifiedTrack,
  Schema.Struct({
    album: Shape.nullish(SimplifiedAlbum),
    external_ids: Shape.nullish(ExternalIds),
    popularity: Shape.nullish(Schema.Number)
  })
).annotations({ identifier: "PartialTrack" })

/**
 * A track that may lack its album, as recommendations and recently played tracks did for older apps.
 *
 * @since 0.1.0
 * @category models
 */
export interface PartialTrack extends Schema.Schema.Type<typeof partialTrack> {}

/**
 * The schema of {@link PartialTrack}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PartialTrack: Schema.Schema<PartialTrack> = partialTrack

const localTrack = Schema.Struct({
  album: Shape.nullish(NullableAlbum),
  artists: Shape.nullish(Schema.Array(NullableArtist)),
  available_markets: Shape.nullish(Shape.strings),
  disc_number: Shape.nullish(Schema.Number),
  duration_ms: Shape.nullish(Schema.Number),
  explicit: Shape.nullish(Schema.Boolean),
  external_ids: Shape.nullish(ExternalIds),
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  id: Shape.optional(Schema.Null),
  is_local: Shape.nullish(Schema.Boolean),
  is_playable: Shape.nullish(Schema.Boolean),
  name: Shape.nullish(Schema.String),
  popularity: Shape.nullish(Schema.Number),
  preview_url: Shape.nullish(Schema.String),
  restrictions: Shape.nullish(Restrictions),
  track_number: Shape.nullish(Schema.Number),
  type: Shape.nullish(Schema.String),
  uri: Shape.nullish(Schema.String)
}).annotations({ identifier: "LocalTrack" })

/**
 * A file on the user's own device: it has a `spotify:local:` URI, a name at best, and `id` is null.
 *
 * @since 0.1.0
 * @category models
 */
export interface LocalTrack extends Schema.Schema.Type<typeof localTrack> {}

/**
 * The schema of {@link LocalTrack}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const LocalTrack: Schema.Schema<LocalTrack> = localTrack

const savedTrack = Schema.Struct({
  added_at: Schema.String,
  track: Track
}).annotations({ identifier: "SavedTrack" })

/**
 * A track in the user's library, and since when (ISO 8601).
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-tracks
 *
 * @since 0.1.0
 * @category models
 */
export interface SavedTrack extends Schema.Schema.Type<typeof savedTrack> {}

/**
 * The schema of {@link SavedTrack}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SavedTrack: Schema.Schema<SavedTrack> = savedTrack

/**
 * A page of the tracks that the user saved.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-tracks
 *
 * @since 0.1.0
 * @category pages
 */
export const SavedTracksPage: Schema.Schema<Page<SavedTrack>> = Page(SavedTrack)

/**
 * A page of tracks: the user's top tracks, or those found by a search.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-top-tracks
 *
 * @since 0.1.0
 * @category pages
 */
export const TracksPage: Schema.Schema<Page<Track>> = Page(Track)

const severalTracks = Schema.Struct({
  tracks: Schema.Array(Shape.nullable(Track))
}).annotations({ identifier: "SeveralTracks" })

/**
 * Tracks in the order of the ids asked for, or an artist's top tracks; null where the id is unknown.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-several-tracks
 *
 * @since 0.1.0
 * @category models
 */
export interface SeveralTracks extends Schema.Schema.Type<typeof severalTracks> {}

/**
 * The schema of {@link SeveralTracks}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SeveralTracks: Schema.Schema<SeveralTracks> = severalTracks
