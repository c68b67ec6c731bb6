/**
 * Albums: in full, in short, as saved, and as an artist's discography lists them.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Page } from "../endpoint/Page.js"
import * as Shape from "../endpoint/schema.js"
import { NullableArtist, SimplifiedArtist } from "./Artist.js"
import { Copyright, ExternalIds, ExternalUrls, Image, Restrictions } from "./Common.js"
import { SimplifiedTrack } from "./SimplifiedTrack.js"

const AlbumType = Shape.open("album", "single", "compilation", "ep")

const base = {
  album_type: AlbumType,
  available_markets: Shape.nullish(Shape.strings),
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  id: Schema.String,
  images: Schema.Array(Image),
  name: Schema.String,
  release_date_precision: Shape.nullish(Shape.open("year", "month", "day")),
  restrictions: Shape.nullish(Restrictions),
  total_tracks: Shape.nullish(Schema.Number),
  type: Schema.String,
  uri: Schema.String
}

const short = {
  ...base,
  artists: Shape.nullish(Schema.Array(SimplifiedArtist)),
  release_date: Shape.nullish(Schema.String)
}

const simplifiedAlbum = Schema.Struct(short).annotations({ identifier: "SimplifiedAlbum" })

/**
 * The short form of an album. `album_type` comes in upper case too; `release_date` may be "0000".
 *
 * @since 0.1.0
 * @category models
 */
export interface SimplifiedAlbum extends Schema.Schema.Type<typeof simplifiedAlbum> {}

/**
 * The schema of {@link SimplifiedAlbum}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SimplifiedAlbum: Schema.Schema<SimplifiedAlbum> = simplifiedAlbum

const discographyAlbum = Schema.Struct({
  ...short,
  album_group: Shape.nullish(Shape.open("album", "single", "compilation", "appears_on"))
}).annotations({ identifier: "DiscographyAlbum" })

/**
 * An album as an artist's discography lists it; `album_group` says how the artist takes part.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-an-artists-albums
 *
 * @since 0.1.0
 * @category models
 */
export interface DiscographyAlbum extends Schema.Schema.Type<typeof discographyAlbum> {}

/**
 * The schema of {@link DiscographyAlbum}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const DiscographyAlbum: Schema.Schema<DiscographyAlbum> = discographyAlbum

const nullableAlbum = Schema.Struct({
  album_type: Shape.nullish(AlbumType),
  artists: Shape.nullish(Schema.Array(NullableArtist)),
  available_markets: Shape.nullish(Shape.strings),
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  id: Shape.nullish(Schema.String),
  images: Shape.nullish(Schema.Array(Image)),
  name: Shape.nullish(Schema.String),
  release_date: Shape.nullish(Schema.String),
  release_date_precision: Shape.nullish(Shape.open("year", "month", "day")),
  total_tracks: Shape.nullish(Schema.Number),
  type: Shape.nullish(Schema.String),
  uri: Shape.nullish(Schema.String)
}).annotations({ identifier: "NullableAlbum" })

/**
 * The album of a local file or of an episode in track shape: every member may be null.
 *
 * @since 0.1.0
 * @category models
 */
export interface NullableAlbum extends Schema.Schema.Type<typeof nullableAlbum> {}

/**
 * The schema of {@link NullableAlbum}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const NullableAlbum: Schema.Schema<NullableAlbum> = nullableAlbum

/**
 * A page of an album's tracks.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-an-albums-tracks
 *
 * @since 0.1.0
 * @category pages
 */
export const AlbumTracksPage: Schema.Schema<Page<SimplifiedTrack>> = Page(SimplifiedTrack)

const album = Schema.Struct({
  ...base,
  artists: Schema.Array(SimplifiedArtist),
  copyrights: Shape.nullish(Schema.Array(Copyright)),
  external_ids: Shape.nullish(ExternalIds),
  genres: Shape.nullish(Shape.strings),
  label: Shape.nullish(Schema.String),
  popularity: Shape.nullish(Schema.Number),
  release_date: Schema.String,
  tracks: AlbumTracksPage
}).annotations({ identifier: "Album" })

/**
 * An album with the first page of its tracks. Apps in Development Mode get no `label` and no `popularity`.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-an-album
 *
 * @since 0.1.0
 * @category models
 */
export interface Album extends Schema.Schema.Type<typeof album> {}

/**
 * The schema of {@link Album}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Album: Schema.Schema<Album> = album

const savedAlbum = Schema.Struct({
  added_at: Schema.String,
  album: Album
}).annotations({ identifier: "SavedAlbum" })

/**
 * An album in the user's library, and since when (ISO 8601).
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-albums
 *
 * @since 0.1.0
 * @category models
 */
export interface SavedAlbum extends Schema.Schema.Type<typeof savedAlbum> {}

/**
 * The schema of {@link SavedAlbum}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SavedAlbum: Schema.Schema<SavedAlbum> = savedAlbum

/**
 * A page of the albums that the user saved. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-albums
 *
 * @since 0.1.0
 * @category pages
 */
export const SavedAlbumsPage: Schema.Schema<Page<SavedAlbum | null>> = Page(Shape.nullable(SavedAlbum))

/**
 * A page of an artist's albums.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-an-artists-albums
 *
 * @since 0.1.0
 * @category pages
 */
export const DiscographyPage: Schema.Schema<Page<DiscographyAlbum>> = Page(DiscographyAlbum)

/**
 * A page of albums, such as those found by a search.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/search
 *
 * @since 0.1.0
 * @category pages
 */
export const AlbumsPage: Schema.Schema<Page<SimplifiedAlbum>> = Page(SimplifiedAlbum)

const newReleases = Schema.Struct({
  albums: AlbumsPage
}).annotations({ identifier: "NewReleases" })

/**
 * A page of new albums.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-new-releases
 *
 * @since 0.1.0
 * @category models
 */
export interface NewReleases extends Schema.Schema.Type<typeof newReleases> {}

/**
 * The schema of {@link NewReleases}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const NewReleases: Schema.Schema<NewReleases> = newReleases

const severalAlbums = Schema.Struct({
  albums: Schema.Array(Shape.nullable(Album))
}).annotations({ identifier: "SeveralAlbums" })

/**
 * Albums in the order of the ids asked for; null where the id is unknown.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-multiple-albums
 *
 * @since 0.1.0
 * @category models
 */
export interface SeveralAlbums extends Schema.Schema.Type<typeof severalAlbums> {}

/**
 * The schema of {@link SeveralAlbums}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SeveralAlbums: Schema.Schema<SeveralAlbums> = severalAlbums
