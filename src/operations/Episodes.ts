/**
 * Episodes of shows (podcasts).
 *
 * @since 0.1.0
 */
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Many from "../endpoint/getMany.js"
import * as Param from "../endpoint/parameters.js"
import { Episode, SeveralEpisodes } from "../model/Episode.js"

/**
 * Gives an episode with its show. Without a user, it needs a market.
 *
 * Scopes: `user-read-playback-position` for the resume points.
 *
 * @example
 * ```ts
 * import { Episodes } from "effect-spotify"
 *
 * const episode = Episodes.get("512ojhOuo1ktJprKbVcKyQ", { market: "US" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-an-episode
 * @since 0.1.0
 * @category operations
 */
export const get = Endpoint.make("Episodes.get", {
  operationId: "get-an-episode",
  method: "GET",
  path: "/episodes/{id}",
  id: "episode",
  query: Param.market,
  scopes: ["user-read-playback-position"],
  success: Episode
})

/**
 * Gives up to 50 episodes at once, null for an unknown one.
 *
 * Scopes: `user-read-playback-position` for the resume points.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Episodes.getMany`, which works in both modes.
 *
 * @example
 * ```ts
 * import { Episodes } from "effect-spotify"
 *
 * const episodes = Episodes.several({ ids: ["512ojhOuo1ktJprKbVcKyQ", "0Q86acNRm6V9GYx55SXKwf"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-multiple-episodes
 * @since 0.1.0
 * @category operations
 */
export const several = Endpoint.make("Episodes.several", {
  operationId: "get-multiple-episodes",
  method: "GET",
  path: "/episodes",
  query: Param.all(Param.several("episode", 50), Param.market),
  scopes: ["user-read-playback-position"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Episodes.getMany" },
  success: SeveralEpisodes
})

/**
 * Gives any number of episodes in the order asked for, none for an unknown one: 50 at once where the app may, else one
 * by one.
 *
 * Scopes: `user-read-playback-position` for the resume points.
 *
 * @example
 * ```ts
 * import { Episodes } from "effect-spotify"
 *
 * const episodes = Episodes.getMany(["512ojhOuo1ktJprKbVcKyQ", "0Q86acNRm6V9GYx55SXKwf"])
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-multiple-episodes
 * @since 0.1.0
 * @category operations
 */
export const getMany = Many.getMany("Episodes.getMany", {
  kind: "episode",
  several,
  select: (answer) => answer.episodes,
  get
})
