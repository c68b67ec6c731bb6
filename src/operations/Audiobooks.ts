/**
 * Audiobooks and their chapters. Spotify has them in a few markets only.
 *
 * @since 0.1.0
 */
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Many from "../endpoint/getMany.js"
import * as Param from "../endpoint/parameters.js"
import { Audiobook, AudiobookChaptersPage, SeveralAudiobooks } from "../model/Audiobook.js"

/**
 * Gives an audiobook with the first page of its chapters.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Audiobooks } from "effect-spotify"
 *
 * const audiobook = Audiobooks.get("18yVqkdbdRvS24c0Ilj2ci", { market: "US" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-an-audiobook
 * @since 0.1.0
 * @category operations
 */
export const get = Endpoint.make("Audiobooks.get", {
  operationId: "get-an-audiobook",
  method: "GET",
  path: "/audiobooks/{id}",
  id: "audiobook",
  query: Param.market,
  success: Audiobook
})

/**
 * Gives up to 50 audiobooks at once, null for an unknown one.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Audiobooks.getMany`, which works in both modes.
 *
 * @example
 * ```ts
 * import { Audiobooks } from "effect-spotify"
 *
 * const audiobooks = Audiobooks.several({ ids: ["18yVqkdbdRvS24c0Ilj2ci", "1HGw3J3NxZO1TP1BTtVhpZ"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-multiple-audiobooks
 * @since 0.1.0
 * @category operations
 */
export const several = Endpoint.make("Audiobooks.several", {
  operationId: "get-multiple-audiobooks",
  method: "GET",
  path: "/audiobooks",
  query: Param.all(Param.several("audiobook", 50), Param.market),
  quota: "extended",
  deprecated: { since: "February 2026", use: "Audiobooks.getMany" },
  success: SeveralAudiobooks
})

/**
 * Gives any number of audiobooks in the order asked for, none for an unknown one: 50 at once where the app may, else one
 * by one.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Audiobooks } from "effect-spotify"
 *
 * const audiobooks = Audiobooks.getMany(["18yVqkdbdRvS24c0Ilj2ci", "1HGw3J3NxZO1TP1BTtVhpZ"])
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-multiple-audiobooks
 * @since 0.1.0
 * @category operations
 */
export const getMany = Many.getMany("Audiobooks.getMany", {
  kind: "audiobook",
  several,
  select: (answer) => answer.audiobooks,
  get
})

/**
 * Gives a page of an audiobook's chapters.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Audiobooks } from "effect-spotify"
 *
 * const page = Audiobooks.chapters("18yVqkdbdRvS24c0Ilj2ci", { limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-audiobook-chapters
 * @since 0.1.0
 * @category operations
 */
export const chapters = Endpoint.offsetPaged(
  Endpoint.make("Audiobooks.chapters", {
    operationId: "get-audiobook-chapters",
    method: "GET",
    path: "/audiobooks/{id}/chapters",
    id: "audiobook",
    query: Param.all(Param.market, Param.page(50)),
    success: AudiobookChaptersPage
  })
)
