/**
 * Chapters of audiobooks. Spotify has them in a few markets only.
 *
 * @since 0.1.0
 */
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Many from "../endpoint/getMany.js"
import * as Param from "../endpoint/parameters.js"
import { Chapter, SeveralChapters } from "../model/Chapter.js"

/**
 * Gives a chapter with its audiobook.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Chapters } from "effect-spotify"
 *
 * const chapter = Chapters.get("0D5wENdkdwbqlrHoaJ9g29", { market: "US" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-a-chapter
 * @since 0.1.0
 * @category operations
 */
export const get = Endpoint.make("Chapters.get", {
  operationId: "get-a-chapter",
  method: "GET",
  path: "/chapters/{id}",
  id: "chapter",
  query: Param.market,
  success: Chapter
})

/**
 * Gives up to 50 chapters at once, null for an unknown one.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Chapters.getMany`, which works in both modes.
 *
 * @example
 * ```ts
 * import { Chapters } from "effect-spotify"
 *
 * const chapters = Chapters.several({ ids: ["0D5wENdkdwbqlrHoaJ9g29", "0IsXVP0JmcB2adSE338GkK"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-several-chapters
 * @since 0.1.0
 * @category operations
 */
export const several = Endpoint.make("Chapters.several", {
  operationId: "get-several-chapters",
  method: "GET",
  path: "/chapters",
  query: Param.all(Param.several("chapter", 50), Param.market),
  quota: "extended",
  deprecated: { since: "February 2026", use: "Chapters.getMany" },
  success: SeveralChapters
})

/**
 * Gives any number of chapters in the order asked for, none for an unknown one: 50 at once where the app may, else one
 * by one.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Chapters } from "effect-spotify"
 *
 * const chapters = Chapters.getMany(["0D5wENdkdwbqlrHoaJ9g29", "0IsXVP0JmcB2adSE338GkK"])
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-several-chapters
 * @since 0.1.0
 * @category operations
 */
export const getMany = Many.getMany("Chapters.getMany", {
  kind: "chapter",
  several,
  select: (answer) => answer.chapters,
  get
})
