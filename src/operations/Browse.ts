/**
 * What Spotify's browse tab shows: categories, their playlists, featured playlists and new albums.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Param from "../endpoint/parameters.js"
import { NewReleases } from "../model/Album.js"
import { Categories, Category } from "../model/Category.js"
import { FeaturedPlaylists } from "../model/Playlist.js"

const locale = {
  /** The language that names are given in, where Spotify has them. American English unless said. */
  locale: Schema.optional(Param.Locale)
}

/**
 * Gives a page of the categories, named in the language of `locale`.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Browse } from "effect-spotify"
 *
 * const categories = Browse.categories({ locale: "sv_SE", limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-categories
 * @since 0.1.0
 * @category operations
 */
export const categories = Endpoint.offsetPagedAt(
  Endpoint.make("Browse.categories", {
    operationId: "get-categories",
    method: "GET",
    path: "/browse/categories",
    query: Param.all(locale, Param.page(50)),
    quota: "extended",
    deprecated: { since: "February 2026" },
    success: Categories
  }),
  (answer) => answer.categories
)

/**
 * Gives a category, named in the language of `locale`.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Browse } from "effect-spotify"
 *
 * const category = Browse.category("dinner", { locale: "sv_SE" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-a-category
 * @since 0.1.0
 * @category operations
 */
export const category = Endpoint.make("Browse.category", {
  operationId: "get-a-category",
  method: "GET",
  path: "/browse/categories/{category_id}",
  id: "category",
  query: locale,
  quota: "extended",
  deprecated: { since: "February 2026" },
  success: Category
})

/**
 * Gives a page of a category's playlists.
 *
 * Scopes: none.
 *
 * @deprecated Since November 2024 for apps without extended quota. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Browse } from "effect-spotify"
 *
 * const playlists = Browse.categoryPlaylists("dinner", { limit: 10 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-a-categories-playlists
 * @since 0.1.0
 * @category operations
 */
export const categoryPlaylists = Endpoint.offsetPagedAt(
  Endpoint.make("Browse.categoryPlaylists", {
    operationId: "get-a-categories-playlists",
    method: "GET",
    path: "/browse/categories/{category_id}/playlists",
    id: "category",
    query: Param.page(50),
    quota: "extended",
    deprecated: { since: "November 2024" },
    success: FeaturedPlaylists
  }),
  (answer) => answer.playlists
)

/**
 * Gives a page of the playlists that Spotify features, with its message in the language of `locale`.
 *
 * Scopes: none.
 *
 * @deprecated Since November 2024 for apps without extended quota. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Browse } from "effect-spotify"
 *
 * const featured = Browse.featuredPlaylists({ locale: "sv_SE" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-featured-playlists
 * @since 0.1.0
 * @category operations
 */
export const featuredPlaylists = Endpoint.offsetPagedAt(
  Endpoint.make("Browse.featuredPlaylists", {
    operationId: "get-featured-playlists",
    method: "GET",
    path: "/browse/featured-playlists",
    query: Param.all(locale, Param.page(50)),
    quota: "extended",
    deprecated: { since: "November 2024" },
    success: FeaturedPlaylists
  }),
  (answer) => answer.playlists
)

/**
 * Gives a page of the albums that are new.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Search.search` for albums with `tag:new` in `q`.
 *
 * @example
 * ```ts
 * import { Browse } from "effect-spotify"
 *
 * const releases = Browse.newReleases({ limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-new-releases
 * @since 0.1.0
 * @category operations
 */
export const newReleases = Endpoint.offsetPagedAt(
  Endpoint.make("Browse.newReleases", {
    operationId: "get-new-releases",
    method: "GET",
    path: "/browse/new-releases",
    query: Param.page(50),
    quota: "extended",
    deprecated: { since: "February 2026", use: "Search.search" },
    success: NewReleases
  }),
  (answer) => answer.albums
)
