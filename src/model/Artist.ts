/**
 * Artists, in full and in the short form that albums and tracks carry.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { CursorPage, Page } from "../endpoint/Page.js"
import * as Shape from "../endpoint/schema.js"
import { ExternalUrls, Followers, Image } from "./Common.js"

const simplifiedArtist = Schema.Struct({
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  id: Schema.String,
  name: Schema.String,
  type: Schema.String,
  uri: Schema.String
}).annotations({ identifier: "SimplifiedArtist" })

/**
 * The short form of an artist. `type` is "artist", but other values were recorded.
 *
 * @since 0.1.0
 * @category models
 */
export interface SimplifiedArtist extends Schema.Schema.Type<typeof simplifiedArtist> {}

/**
 * The schema of {@link SimplifiedArtist}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SimplifiedArtist: Schema.Schema<SimplifiedArtist> = simplifiedArtist

const nullableArtist = Schema.Struct({
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  id: Shape.nullish(Schema.String),
  name: Shape.nullish(Schema.String),
  type: Shape.nullish(Schema.String),
  uri: Shape.nullish(Schema.String)
}).annotations({ identifier: "NullableArtist" })

/**
 * An artist of a local file or of an episode in track shape: a name at most, the rest null.
 *
 * @since 0.1.0
 * @category models
 */
export interface NullableArtist extends Schema.Schema.Type<typeof nullableArtist> {}

/**
 * The schema of {@link NullableArtist}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const NullableArtist: Schema.Schema<NullableArtist> = nullableArtist

const artist = Schema.extend(
  SimplifiedArtist,
  Schema.Struct({
    followers: Shape.nullish(Followers),
    genres: Shape.nullish(Shape.strings),
    images: Shape.nullish(Schema.Array(Image)),
    popularity: Shape.nullish(Schema.Number)
  })
).annotations({ identifier: "Artist" })

/**
 * An artist. Apps in Development Mode get no `followers` and no `popularity` (0 to 100).
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-an-artist
 *
 * @since 0.1.0
 * @category models
 */
export interface Artist extends Schema.Schema.Type<typeof artist> {}

/**
 * The schema of {@link Artist}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Artist: Schema.Schema<Artist> = artist

/**
 * A page of artists: the user's top artists, or those found by a search.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-top-artists
 *
 * @since 0.1.0
 * @category pages
 */
export const ArtistsPage: Schema.Schema<Page<Artist>> = Page(Artist)

const followedArtists = Schema.Struct({
  artists: CursorPage(Artist)
}).annotations({ identifier: "FollowedArtists" })

/**
 * A page of the artists that the user follows.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-followed
 *
 * @since 0.1.0
 * @category models
 */
export interface FollowedArtists extends Schema.Schema.Type<typeof followedArtists> {}

/**
 * The schema of {@link FollowedArtists}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const FollowedArtists: Schema.Schema<FollowedArtists> = followedArtists

const severalArtists = Schema.Struct({
  artists: Schema.Array(Shape.nullable(Artist))
}).annotations({ identifier: "SeveralArtists" })

/**
 * Artists in the order of the ids asked for; null where the id is unknown.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-multiple-artists
 *
 * @since 0.1.0
 * @category models
 */
export interface SeveralArtists extends Schema.Schema.Type<typeof severalArtists> {}

/**
 * The schema of {@link SeveralArtists}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SeveralArtists: Schema.Schema<SeveralArtists> = severalArtists
