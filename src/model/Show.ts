/**
 * Shows (podcasts): in full, in short and as saved.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Page } from "../endpoint/Page.js"
import * as Shape from "../endpoint/schema.js"
import { Copyright, ExternalUrls, Image } from "./Common.js"
import { SimplifiedEpisode } from "./SimplifiedEpisode.js"

const simplifiedShow = Schema.Struct({
  available_markets: Shape.nullish(Shape.strings),
  copyrights: Shape.nullish(Schema.Array(Copyright)),
  description: Shape.nullish(Schema.String),
  explicit: Shape.nullish(Schema.Boolean),
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  html_description: Shape.nullish(Schema.String),
  id: Schema.String,
  images: Schema.Array(Image),
  is_externally_hosted: Shape.nullish(Schema.Boolean),
  languages: Shape.nullish(Shape.nullableStrings),
  media_type: Shape.nullish(Schema.String),
  name: Schema.String,
  publisher: Shape.nullish(Schema.String),
  total_episodes: Shape.nullish(Schema.Number),
  type: Schema.String,
  uri: Schema.String
}).annotations({ identifier: "SimplifiedShow" })

/**
 * The short form of a show. Apps in Development Mode get no `publisher` and no `available_markets`.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-multiple-shows
 *
 * @since 0.1.0
 * @category models
 */
export interface SimplifiedShow extends Schema.Schema.Type<typeof simplifiedShow> {}

/**
 * The schema of {@link SimplifiedShow}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SimplifiedShow: Schema.Schema<SimplifiedShow> = simplifiedShow

/**
 * A page of a show's episodes. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-a-shows-episodes
 *
 * @since 0.1.0
 * @category pages
 */
export const ShowEpisodesPage: Schema.Schema<Page<SimplifiedEpisode | null>> = Page(Shape.nullable(SimplifiedEpisode))

const show = Schema.extend(
  SimplifiedShow,
  Schema.Struct({
    episodes: ShowEpisodesPage
  })
).annotations({ identifier: "Show" })

/**
 * A show with the first page of its episodes.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-a-show
 *
 * @since 0.1.0
 * @category models
 */
export interface Show extends Schema.Schema.Type<typeof show> {}

/**
 * The schema of {@link Show}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Show: Schema.Schema<Show> = show

const savedShow = Schema.Struct({
  added_at: Schema.String,
  show: SimplifiedShow
}).annotations({ identifier: "SavedShow" })

/**
 * A show in the user's library, and since when (ISO 8601).
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-shows
 *
 * @since 0.1.0
 * @category models
 */
export interface SavedShow extends Schema.Schema.Type<typeof savedShow> {}

/**
 * The schema of {@link SavedShow}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SavedShow: Schema.Schema<SavedShow> = savedShow

/**
 * A page of the shows that the user saved. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-shows
 *
 * @since 0.1.0
 * @category pages
 */
export const SavedShowsPage: Schema.Schema<Page<SavedShow | null>> = Page(Shape.nullable(SavedShow))

/**
 * A page of shows, such as those found by a search. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/search
 *
 * @since 0.1.0
 * @category pages
 */
export const ShowsPage: Schema.Schema<Page<SimplifiedShow | null>> = Page(Shape.nullable(SimplifiedShow))

const severalShows = Schema.Struct({
  shows: Schema.Array(Shape.nullable(SimplifiedShow))
}).annotations({ identifier: "SeveralShows" })

/**
 * Shows in the order of the ids asked for; null where the id is unknown.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-multiple-shows
 *
 * @since 0.1.0
 * @category models
 */
export interface SeveralShows extends Schema.Schema.Type<typeof severalShows> {}

/**
 * The schema of {@link SeveralShows}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SeveralShows: Schema.Schema<SeveralShows> = severalShows
