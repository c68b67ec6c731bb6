/**
 * Albums and their tracks.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Endpoint from "./Endpoint.js"
import * as Param from "./internal/param.js"
import { Album, AlbumTracksPage } from "./model/Album.js"

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
  query: { market: Schema.optional(Param.Market) },
  success: Album
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
    query: {
      market: Schema.optional(Param.Market),
      limit: Schema.optional(Param.integer(1, 50)),
      offset: Schema.optional(Param.integer(0))
    },
    success: AlbumTracksPage
  }),
  50
)
