/**
 * The countries that Spotify is in.
 *
 * @since 0.1.0
 */
import * as Endpoint from "../endpoint/Endpoint.js"
import { Markets } from "../model/Common.js"

/**
 * Lists the countries (ISO 3166-1 alpha-2) that Spotify is in.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Markets } from "effect-spotify"
 *
 * const markets = Markets.get()
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-available-markets
 * @since 0.1.0
 * @category operations
 */
export const get = Endpoint.make("Markets.get", {
  operationId: "get-available-markets",
  method: "GET",
  path: "/markets",
  quota: "extended",
  deprecated: { since: "February 2026" },
  success: Markets
})
