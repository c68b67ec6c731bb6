/**
 * Audio features: a track in a dozen numbers.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"

const audioFeatures = Schema.Struct({
  acousticness: Schema.Number,
  analysis_url: Shape.nullish(Schema.String),
  danceability: Schema.Number,
  duration_ms: Schema.Number,
  energy: Schema.Number,
  id: Schema.String,
  instrumentalness: Schema.Number,
  key: Schema.Number,
  liveness: Schema.Number,
  loudness: Schema.Number,
  mode: Schema.Number,
  speechiness: Schema.Number,
  tempo: Schema.Number,
  time_signature: Schema.Number,
  track_href: Shape.nullish(Schema.String),
  type: Schema.String,
  uri: Schema.String,
  valence: Schema.Number
}).annotations({ identifier: "AudioFeatures" })

/**
 * A track in numbers: most from 0 to 1, `loudness` in decibels, `tempo` in beats a minute, `key` in pitch classes
 * (-1 where none was found), `mode` 1 for major and 0 for minor.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-audio-features
 *
 * @since 0.1.0
 * @category models
 */
export interface AudioFeatures extends Schema.Schema.Type<typeof audioFeatures> {}

/**
 * The schema of {@link AudioFeatures}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const AudioFeatures: Schema.Schema<AudioFeatures> = audioFeatures

const severalAudioFeatures = Schema.Struct({
  audio_features: Schema.Array(Shape.nullable(AudioFeatures))
}).annotations({ identifier: "SeveralAudioFeatures" })

/**
 * Features in the order of the ids asked for; null where there are none.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-several-audio-features
 *
 * @since 0.1.0
 * @category models
 */
export interface SeveralAudioFeatures extends Schema.Schema.Type<typeof severalAudioFeatures> {}

/**
 * The schema of {@link SeveralAudioFeatures}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SeveralAudioFeatures: Schema.Schema<SeveralAudioFeatures> = severalAudioFeatures
