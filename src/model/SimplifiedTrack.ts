/**
 * The short form of a track, beneath both albums and tracks.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"
import { SimplifiedArtist } from "./Artist.js"
import { ExternalUrls, Restrictions } from "./Common.js"

const linkedTrack = Schema.Struct({
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  id: Shape.nullish(Schema.String),
  type: Shape.nullish(Schema.String),
  uri: Shape.nullish(Schema.String)
}).annotations({ identifier: "LinkedTrack" })

/**
 * The track that was asked for, where Spotify plays another one in its place (track relinking).
 *
 * @since 0.1.0
 * @category models
 */
export interface LinkedTrack extends Schema.Schema.Type<typeof linkedTrack> {}

/**
 * The schema of {@link LinkedTrack}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const LinkedTrack: Schema.Schema<LinkedTrack> = linkedTrack

const simplifiedTrack = Schema.Struct({
  artists: Schema.Array(SimplifiedArtist),
  available_markets: Shape.nullish(Shape.strings),
  disc_number: Shape.nullish(Schema.Number),
  duration_ms: Schema.Number,
  explicit: Shape.nullish(Schema.Boolean),
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  id: Schema.String,
  is_local: Shape.nullish(Schema.Boolean),
  is_playable: Shape.nullish(Schema.Boolean),
  linked_from: Shape.nullish(LinkedTrack),
  name: Schema.String,
  preview_url: Shape.nullish(Schema.String),
  restrictions: Shape.nullish(Restrictions),
  track_number: Shape.nullish(Schema.Number),
  type: Schema.String,
  uri: Schema.String
}).annotations({ identifier: "SimplifiedTrack" })

/**
 * A track as its album lists it. `duration_ms` is in milliseconds; `type` is "track" in any case.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-an-albums-tracks
 *
 * @since 0.1.0
 * @category models
 */
export interface SimplifiedTrack extends Schema.Schema.Type<typeof simplifiedTrack> {}

/**
 * The schema of {@link SimplifiedTrack}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SimplifiedTrack: Schema.Schema<SimplifiedTrack> = simplifiedTrack
