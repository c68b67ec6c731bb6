/**
 * Recommendations, which only apps that had them before 27 November 2024 still get.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"
import { PartialTrack } from "./Track.js"

const recommendationSeed = Schema.Struct({
  afterFilteringSize: Shape.nullish(Schema.Number),
  afterRelinkingSize: Shape.nullish(Schema.Number),
  after_filtering_size: Shape.nullish(Schema.Number),
  after_relinking_size: Shape.nullish(Schema.Number),
  href: Shape.nullish(Schema.String),
  id: Schema.String,
  initialPoolSize: Shape.nullish(Schema.Number),
  initial_pool_size: Shape.nullish(Schema.Number),
  type: Shape.open("artist", "track", "genre")
}).annotations({ identifier: "RecommendationSeed" })

/**
 * What a recommendation started from, and how many tracks were left after each step. The counts were recorded in
 * both spellings.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-recommendations
 *
 * @since 0.1.0
 * @category models
 */
export interface RecommendationSeed extends Schema.Schema.Type<typeof recommendationSeed> {}

/**
 * The schema of {@link RecommendationSeed}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const RecommendationSeed: Schema.Schema<RecommendationSeed> = recommendationSeed

const recommendations = Schema.Struct({
  seeds: Schema.Array(RecommendationSeed),
  tracks: Schema.Array(PartialTrack)
}).annotations({ identifier: "Recommendations" })

/**
 * Tracks that go with the seeds.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-recommendations
 *
 * @since 0.1.0
 * @category models
 */
export interface Recommendations extends Schema.Schema.Type<typeof recommendations> {}

/**
 * The schema of {@link Recommendations}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Recommendations: Schema.Schema<Recommendations> = recommendations
