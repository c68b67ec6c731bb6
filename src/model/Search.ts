/**
 * Search results: a page for every kind that was asked for.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"
import { AlbumsPage } from "./Album.js"
import { ArtistsPage } from "./Artist.js"
import { AudiobooksPage } from "./Audiobook.js"
import { EpisodesPage } from "./Episode.js"
import { PlaylistsPage } from "./Playlist.js"
import { ShowsPage } from "./Show.js"
import { TracksPage } from "./Track.js"

const searchPages = Schema.Struct({
  albums: AlbumsPage,
  artists: ArtistsPage,
  audiobooks: AudiobooksPage,
  episodes: EpisodesPage,
  playlists: PlaylistsPage,
  shows: ShowsPage,
  tracks: TracksPage
}).annotations({ identifier: "SearchPages" })

/**
 * The pages of a search for every kind. A search for some kinds has the pages of those alone.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/search
 *
 * @since 0.1.0
 * @category models
 */
export interface SearchPages extends Schema.Schema.Type<typeof searchPages> {}

/**
 * The schema of {@link SearchPages}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SearchPages: Schema.Schema<SearchPages> = searchPages

const searchResult = Schema.Struct({
  albums: Shape.optional(AlbumsPage),
  artists: Shape.optional(ArtistsPage),
  audiobooks: Shape.optional(AudiobooksPage),
  episodes: Shape.optional(EpisodesPage),
  playlists: Shape.optional(PlaylistsPage),
  shows: Shape.optional(ShowsPage),
  tracks: Shape.optional(TracksPage)
}).annotations({ identifier: "SearchResult" })

/**
 * The pages of a search for any kinds: those asked for are there.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/search
 *
 * @since 0.1.0
 * @category models
 */
export interface SearchResult extends Schema.Schema.Type<typeof searchResult> {}

/**
 * The schema of {@link SearchResult}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SearchResult: Schema.Schema<SearchResult> = searchResult
