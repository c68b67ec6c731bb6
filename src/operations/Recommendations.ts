/**
 * Recommendations by seeds.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Param from "../endpoint/parameters.js"
import { Genres } from "../model/Common.js"
import { Recommendations } from "../model/Recommendations.js"

/**
 * The models of recommendations.
 *
 * @since 0.1.0
 * @category models
 */
export * from "../model/Recommendations.js"

/**
 * Gives tracks that go with 1 to 5 seeds (artists, genres and tracks in all); `min_…` and `max_…` exclude what lies
 * outside, `target_…` prefers what lies near.
 *
 * Scopes: none.
 *
 * @deprecated Since November 2024 for apps without extended quota. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Recommendations } from "effect-spotify"
 *
 * const found = Recommendations.get({
 *   seed_artists: ["4NHQUGzhtTLFvgF5SZesLK"],
 *   seed_genres: ["classical", "country"],
 *   target_energy: 0.6,
 *   min_tempo: 140
 * })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-recommendations
 * @since 0.1.0
 * @category operations
 */
export const get = Endpoint.make("Recommendations.get", {
  operationId: "get-recommendations",
  method: "GET",
  path: "/recommendations",
  query: Param.all(Param.limit(100), Param.market, {
    /** Artists to start from; 1 to 5 seeds of all kinds together. */
    seed_artists: Schema.optional(Param.ids("artist", 5)),
    /** Genres to start from, as `genreSeeds` names them. */
    seed_genres: Schema.optional(Param.texts(5, "a list of genre seeds")),
    /** Tracks to start from. */
    seed_tracks: Schema.optional(Param.ids("track", 5)),
    /** At least: how acoustic it is. */
    min_acousticness: Schema.optional(Param.number(0, 1)),
    /** At most: how acoustic it is. */
    max_acousticness: Schema.optional(Param.number(0, 1)),
    /** About: how acoustic it is. */
    target_acousticness: Schema.optional(Param.number(0, 1)),
    /** At least: how well one can dance to it. */
    min_danceability: Schema.optional(Param.number(0, 1)),
    /** At most: how well one can dance to it. */
    max_danceability: Schema.optional(Param.number(0, 1)),
    /** About: how well one can dance to it. */
    target_danceability: Schema.optional(Param.number(0, 1)),
    /** At least: its length in milliseconds. */
    min_duration_ms: Schema.optional(Param.integer(0)),
    /** At most: its length in milliseconds. */
    max_duration_ms: Schema.optional(Param.integer(0)),
    /** About: its length in milliseconds. */
    target_duration_ms: Schema.optional(Param.integer(0)),
    /** At least: its energy. */
    min_energy: Schema.optional(Param.number(0, 1)),
    /** At most: its energy. */
    max_energy: Schema.optional(Param.number(0, 1)),
    /** About: its energy. */
    target_energy: Schema.optional(Param.number(0, 1)),
    /** At least: how likely it is without voices. */
    min_instrumentalness: Schema.optional(Param.number(0, 1)),
    /** At most: how likely it is without voices. */
    max_instrumentalness: Schema.optional(Param.number(0, 1)),
    /** About: how likely it is without voices. */
    target_instrumentalness: Schema.optional(Param.number(0, 1)),
    /** At least: its key, C being 0. */
    min_key: Schema.optional(Param.integer(0, 11)),
    /** At most: its key, C being 0. */
    max_key: Schema.optional(Param.integer(0, 11)),
    /** About: its key, C being 0. */
    target_key: Schema.optional(Param.integer(0, 11)),
    /** At least: how likely it was played to an audience. */
    min_liveness: Schema.optional(Param.number(0, 1)),
    /** At most: how likely it was played to an audience. */
    max_liveness: Schema.optional(Param.number(0, 1)),
    /** About: how likely it was played to an audience. */
    target_liveness: Schema.optional(Param.number(0, 1)),
    /** At least: its loudness in decibels. */
    min_loudness: Schema.optional(Param.finite),
    /** At most: its loudness in decibels. */
    max_loudness: Schema.optional(Param.finite),
    /** About: its loudness in decibels. */
    target_loudness: Schema.optional(Param.finite),
    /** At least: its mode, 1 for major and 0 for minor. */
    min_mode: Schema.optional(Param.integer(0, 1)),
    /** At most: its mode, 1 for major and 0 for minor. */
    max_mode: Schema.optional(Param.integer(0, 1)),
    /** About: its mode, 1 for major and 0 for minor. */
    target_mode: Schema.optional(Param.integer(0, 1)),
    /** At least: its popularity. */
    min_popularity: Schema.optional(Param.integer(0, 100)),
    /** At most: its popularity. */
    max_popularity: Schema.optional(Param.integer(0, 100)),
    /** About: its popularity. */
    target_popularity: Schema.optional(Param.integer(0, 100)),
    /** At least: how much is spoken in it. */
    min_speechiness: Schema.optional(Param.number(0, 1)),
    /** At most: how much is spoken in it. */
    max_speechiness: Schema.optional(Param.number(0, 1)),
    /** About: how much is spoken in it. */
    target_speechiness: Schema.optional(Param.number(0, 1)),
    /** At least: its tempo in beats per minute. */
    min_tempo: Schema.optional(Param.finite),
    /** At most: its tempo in beats per minute. */
    max_tempo: Schema.optional(Param.finite),
    /** About: its tempo in beats per minute. */
    target_tempo: Schema.optional(Param.finite),
    /** At least: its beats in a bar. */
    min_time_signature: Schema.optional(Param.integer(0, 11)),
    /** At most: its beats in a bar. */
    max_time_signature: Schema.optional(Param.integer(0)),
    /** About: its beats in a bar. */
    target_time_signature: Schema.optional(Param.integer(0)),
    /** At least: how cheerful it is. */
    min_valence: Schema.optional(Param.number(0, 1)),
    /** At most: how cheerful it is. */
    max_valence: Schema.optional(Param.number(0, 1)),
    /** About: how cheerful it is. */
    target_valence: Schema.optional(Param.number(0, 1))
  }),
  check: ({ seed_artists = [], seed_genres = [], seed_tracks = [] }) => {
    const seeds = seed_artists.length + seed_genres.length + seed_tracks.length
    return seeds >= 1 && seeds <= 5
      ? undefined
      : { field: "seed_artists", expected: `1 to 5 seeds together with seed_genres and seed_tracks, not ${seeds}` }
  },
  quota: "extended",
  deprecated: { since: "November 2024" },
  success: Recommendations
})

/**
 * Lists the genres that can be seeds.
 *
 * Scopes: none.
 *
 * @deprecated Since November 2024 for apps without extended quota. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Recommendations } from "effect-spotify"
 *
 * const genres = Recommendations.genreSeeds()
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-recommendation-genres
 * @since 0.1.0
 * @category operations
 */
export const genreSeeds = Endpoint.make("Recommendations.genreSeeds", {
  operationId: "get-recommendation-genres",
  method: "GET",
  path: "/recommendations/available-genre-seeds",
  quota: "extended",
  deprecated: { since: "November 2024" },
  success: Genres
})
