/**
 * Artists, their albums, top tracks and relatives.
 *
 * @since 0.1.0
 */
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Many from "../endpoint/getMany.js"
import * as Param from "../endpoint/parameters.js"
import { DiscographyPage } from "../model/Album.js"
import { Artist, SeveralArtists } from "../model/Artist.js"
import { SeveralTracks } from "../model/Track.js"

/**
 * Gives an artist.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Artists } from "effect-spotify"
 *
 * const artist = Artists.get("0TnOYISbd1XYRBk9myaseg")
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-an-artist
 * @since 0.1.0
 * @category operations
 */
export const get = Endpoint.make("Artists.get", {
  operationId: "get-an-artist",
  method: "GET",
  path: "/artists/{id}",
  id: "artist",
  success: Artist
})

/**
 * Gives up to 50 artists at once, null for an unknown one.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Artists.getMany`, which works in both modes.
 *
 * @example
 * ```ts
 * import { Artists } from "effect-spotify"
 *
 * const artists = Artists.several({ ids: ["0TnOYISbd1XYRBk9myaseg", "2CIMQHirSU0MQqyYHq0eOx"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-multiple-artists
 * @since 0.1.0
 * @category operations
 */
export const several = Endpoint.make("Artists.several", {
  operationId: "get-multiple-artists",
  method: "GET",
  path: "/artists",
  query: Param.several("artist", 50),
  quota: "extended",
  deprecated: { since: "February 2026", use: "Artists.getMany" },
  success: SeveralArtists
})

/**
 * Gives any number of artists in the order asked for, none for an unknown one: 50 at once where the app may, else one by
 * one.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Artists } from "effect-spotify"
 *
 * const artists = Artists.getMany(["0TnOYISbd1XYRBk9myaseg", "spotify:artist:2CIMQHirSU0MQqyYHq0eOx"])
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-multiple-artists
 * @since 0.1.0
 * @category operations
 */
export const getMany: Endpoint.Endpoint<[ids: ReadonlyArray<string>], ReadonlyArray<Option.Option<Artist>>> = Many
  .getMany("Artists.getMany", {
    kind: "artist",
    several,
    select: (answer) => answer.artists,
    get
  })

const discography = {
  /** Which of an artist's releases to give; all kinds unless said. */
  include_groups: Schema.optional(Param.literals("album", "single", "appears_on", "compilation"))
}

/**
 * Gives a page of an artist's albums, singles, compilations and of the albums that they appear on. `limit` is 1 to 50, in
 * Development Mode 1 to 10.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Artists } from "effect-spotify"
 *
 * const page = Artists.albums("0TnOYISbd1XYRBk9myaseg", { include_groups: ["album", "single"], limit: 10 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-an-artists-albums
 * @since 0.1.0
 * @category operations
 */
export const albums = Endpoint.offsetPaged(
  Endpoint.make("Artists.albums", {
    operationId: "get-an-artists-albums",
    method: "GET",
    path: "/artists/{id}/albums",
    id: "artist",
    query: Param.all(discography, Param.market, Param.page(50)),
    developmentLimit: 10,
    success: DiscographyPage
  })
)

/**
 * Gives the tracks by which an artist is known best in a country.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Search.search` with `artist:` in `q`.
 *
 * @example
 * ```ts
 * import { Artists } from "effect-spotify"
 *
 * const top = Artists.topTracks("0TnOYISbd1XYRBk9myaseg", { market: "SE" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-an-artists-top-tracks
 * @since 0.1.0
 * @category operations
 */
export const topTracks = Endpoint.make("Artists.topTracks", {
  operationId: "get-an-artists-top-tracks",
  method: "GET",
  path: "/artists/{id}/top-tracks",
  id: "artist",
  query: Param.market,
  quota: "extended",
  deprecated: { since: "February 2026", use: "Search.search" },
  success: SeveralTracks
})

/**
 * Gives artists that are liked by those who like this one.
 *
 * Scopes: none.
 *
 * @deprecated Since November 2024 for apps without extended quota. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Artists } from "effect-spotify"
 *
 * const related = Artists.relatedArtists("0TnOYISbd1XYRBk9myaseg")
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-an-artists-related-artists
 * @since 0.1.0
 * @category operations
 */
export const relatedArtists = Endpoint.make("Artists.relatedArtists", {
  operationId: "get-an-artists-related-artists",
  method: "GET",
  path: "/artists/{id}/related-artists",
  id: "artist",
  quota: "extended",
  deprecated: { since: "November 2024" },
  success: SeveralArtists
})
