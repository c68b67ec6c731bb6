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
  query: {
    limit: Param.limit(100),
    market: Param.market,
    seed_artists: Schema.optional(Param.ids("artist", 5)),
    seed_genres: Schema.optional(Param.texts(5, "a list of genre seeds")),
    seed_tracks: Schema.optional(Param.ids("track", 5)),
    min_acousticness: Schema.optional(Param.number(0, 1)),
    max_acousticness: Schema.optional(Param.number(0, 1)),
    target_acousticness: Schema.optional(Param.number(0, 1)),
    min_danceability: Schema.optional(Param.number(0, 1)),
    max_danceability: Schema.optional(Param.number(0, 1)),
    target_danceability: Schema.optional(Param.number(0, 1)),
    min_duration_ms: Schema.optional(Param.integer(0)),
    max_duration_ms: Schema.optional(Param.integer(0)),
    target_duration_ms: Schema.optional(Param.integer(0)),
    min_energy: Schema.optional(Param.number(0, 1)),
    max_energy: Schema.optional(Param.number(0, 1)),
    target_energy: Schema.optional(Param.number(0, 1)),
    min_instrumentalness: Schema.optional(Param.number(0, 1)),
    max_instrumentalness: Schema.optional(Param.number(0, 1)),
    target_instrumentalness: Schema.optional(Param.number(0, 1)),
    min_key: Schema.optional(Param.integer(0, 11)),
    max_key: Schema.optional(Param.integer(0, 11)),
    target_key: Schema.optional(Param.integer(0, 11)),
    min_liveness: Schema.optional(Param.number(0, 1)),
    max_liveness: Schema.optional(Param.number(0, 1)),
    target_liveness: Schema.optional(Param.number(0, 1)),
    min_loudness: Schema.optional(Param.finite),
    max_loudness: Schema.optional(Param.finite),
    target_loudness: Schema.optional(Param.finite),
    min_mode: Schema.optional(Param.integer(0, 1)),
    max_mode: Schema.optional(Param.integer(0, 1)),
    target_mode: Schema.optional(Param.integer(0, 1)),
    min_popularity: Schema.optional(Param.integer(0, 100)),
    max_popularity: Schema.optional(Param.integer(0, 100)),
    target_popularity: Schema.optional(Param.integer(0, 100)),
    min_speechiness: Schema.optional(Param.number(0, 1)),
    max_speechiness: Schema.optional(Param.number(0, 1)),
    target_speechiness: Schema.optional(Param.number(0, 1)),
    min_tempo: Schema.optional(Param.finite),
    max_tempo: Schema.optional(Param.finite),
    target_tempo: Schema.optional(Param.finite),
    min_time_signature: Schema.optional(Param.integer(0, 11)),
    max_time_signature: Schema.optional(Param.integer(0)),
    target_time_signature: Schema.optional(Param.integer(0)),
    min_valence: Schema.optional(Param.number(0, 1)),
    max_valence: Schema.optional(Param.number(0, 1)),
    target_valence: Schema.optional(Param.number(0, 1))
  },
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
