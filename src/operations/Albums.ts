/**
 * Albums and their tracks.
 *
 * @since 0.1.0
 */
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Many from "../endpoint/getMany.js"
import * as Param from "../endpoint/parameters.js"
import { Album, AlbumTracksPage, SeveralAlbums } from "../model/Album.js"

/**
 * Gives an album with the first page of its tracks.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Albums } from "effect-spotify"
 *
 * const album = Albums.get("4aawyAB9vmqN3uQ7FjRGTy", { market: "SE" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-an-album
 * @since 0.1.0
 * @category operations
 */
export const get = Endpoint.make("Albums.get", {
  operationId: "get-an-album",
  method: "GET",
  path: "/albums/{id}",
  id: "album",
  query: Param.market,
  success: Album
})

/**
 * Gives up to 20 albums at once, null for an unknown one.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Albums.getMany`, which works in both modes.
 *
 * @example
 * ```ts
 * import { Albums } from "effect-spotify"
 *
 * const albums = Albums.several({ ids: ["4aawyAB9vmqN3uQ7FjRGTy", "1A2GTWGtFfWp7KSQTwWOyo"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-multiple-albums
 * @since 0.1.0
 * @category operations
 */
export const several = Endpoint.make("Albums.several", {
  operationId: "get-multiple-albums",
  method: "GET",
  path: "/albums",
  query: Param.all(Param.several("album", 20), Param.market),
  quota: "extended",
  deprecated: { since: "February 2026", use: "Albums.getMany" },
  success: SeveralAlbums
})

/**
 * Gives any number of albums in the order asked for, none for an unknown one: 20 at once where the app may, else one by
 * one.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Albums } from "effect-spotify"
 *
 * const albums = Albums.getMany(["4aawyAB9vmqN3uQ7FjRGTy", "spotify:album:1A2GTWGtFfWp7KSQTwWOyo"])
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-multiple-albums
 * @since 0.1.0
 * @category operations
 */
export const getMany = Many.getMany("Albums.getMany", {
  kind: "album",
  several,
  select: (answer) => answer.albums,
  get
})

/**
 * Gives a page of an album's tracks.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Albums } from "effect-spotify"
 *
 * const page = Albums.tracks("spotify:album:4aawyAB9vmqN3uQ7FjRGTy", { limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-an-albums-tracks
 * @since 0.1.0
 * @category operations
 */
export const tracks = Endpoint.offsetPaged(
  Endpoint.make("Albums.tracks", {
    operationId: "get-an-albums-tracks",
    method: "GET",
    path: "/albums/{id}/tracks",
    id: "album",
    query: Param.all(Param.market, Param.page(50)),
    success: AlbumTracksPage
  })
)
