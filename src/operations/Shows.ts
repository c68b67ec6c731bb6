/**
 * Shows (podcasts) and their episodes.
 *
 * @since 0.1.0
 */
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Many from "../endpoint/getMany.js"
import * as Param from "../endpoint/parameters.js"
import { SeveralShows, Show, ShowEpisodesPage } from "../model/Show.js"

/**
 * Gives a show with the first page of its episodes. Without a user, it needs a market.
 *
 * Scopes: `user-read-playback-position` for the resume points.
 *
 * @example
 * ```ts
 * import { Shows } from "effect-spotify"
 *
 * const show = Shows.get("38bS44xjbVVZ3No3ByF1dJ", { market: "US" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-a-show
 * @since 0.1.0
 * @category operations
 */
export const get = Endpoint.make("Shows.get", {
  operationId: "get-a-show",
  method: "GET",
  path: "/shows/{id}",
  id: "show",
  query: Param.market,
  scopes: ["user-read-playback-position"],
  success: Show
})

/**
 * Gives up to 50 shows at once, null for an unknown one.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Shows.getMany`, which works in both modes.
 *
 * @example
 * ```ts
 * import { Shows } from "effect-spotify"
 *
 * const shows = Shows.several({ ids: ["38bS44xjbVVZ3No3ByF1dJ", "5CfCWKI5pZ28U0uOzXkDHe"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-multiple-shows
 * @since 0.1.0
 * @category operations
 */
export const several = Endpoint.make("Shows.several", {
  operationId: "get-multiple-shows",
  method: "GET",
  path: "/shows",
  query: Param.all(Param.several("show", 50), Param.market),
  quota: "extended",
  deprecated: { since: "February 2026", use: "Shows.getMany" },
  success: SeveralShows
})

/**
 * Gives any number of shows in the order asked for, none for an unknown one: 50 at once where the app may, else one
 * by one. The episodes aren't part of it.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Shows } from "effect-spotify"
 *
 * const shows = Shows.getMany(["38bS44xjbVVZ3No3ByF1dJ", "5CfCWKI5pZ28U0uOzXkDHe"])
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-multiple-shows
 * @since 0.1.0
 * @category operations
 */
export const getMany = Many.getMany("Shows.getMany", {
  kind: "show",
  several,
  select: (answer) => answer.shows,
  get
})

/**
 * Gives a page of a show's episodes, newest first.
 *
 * Scopes: `user-read-playback-position` for the resume points.
 *
 * @example
 * ```ts
 * import { Shows } from "effect-spotify"
 *
 * const page = Shows.episodes("38bS44xjbVVZ3No3ByF1dJ", { limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-a-shows-episodes
 * @since 0.1.0
 * @category operations
 */
export const episodes = Endpoint.offsetPaged(
  Endpoint.make("Shows.episodes", {
    operationId: "get-a-shows-episodes",
    method: "GET",
    path: "/shows/{id}/episodes",
    id: "show",
    query: Param.all(Param.market, Param.page(50)),
    scopes: ["user-read-playback-position"],
    success: ShowEpisodesPage
  })
)
