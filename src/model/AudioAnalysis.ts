/**
 * Audio analysis: a track's structure, rhythm, pitch and timbre.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"

const interval = {
  confidence: Schema.Number,
  duration: Schema.Number,
  start: Schema.Number
}

const timeInterval = Schema.Struct(interval).annotations({ identifier: "TimeInterval" })

/**
 * A bar, a beat or a tatum, in seconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface TimeInterval extends Schema.Schema.Type<typeof timeInterval> {}

/**
 * The schema of {@link TimeInterval}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const TimeInterval: Schema.Schema<TimeInterval> = timeInterval

const section = Schema.Struct({
  ...interval,
  key: Shape.nullish(Schema.Number),
  key_confidence: Shape.nullish(Schema.Number),
  loudness: Shape.nullish(Schema.Number),
  mode: Shape.nullish(Schema.Number),
  mode_confidence: Shape.nullish(Schema.Number),
  tempo: Shape.nullish(Schema.Number),
  tempo_confidence: Shape.nullish(Schema.Number),
  time_signature: Shape.nullish(Schema.Number),
  time_signature_confidence: Shape.nullish(Schema.Number)
}).annotations({ identifier: "Section" })

/**
 * A part of a track with its own rhythm or timbre, such as a chorus; times are in seconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Section extends Schema.Schema.Type<typeof section> {}

/**
 * The schema of {@link Section}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Section: Schema.Schema<Section> = section

const segment = Schema.Struct({
  ...interval,
  loudness_end: Shape.nullish(Schema.Number),
  loudness_max: Shape.nullish(Schema.Number),
  loudness_max_time: Shape.nullish(Schema.Number),
  loudness_start: Shape.nullish(Schema.Number),
  pitches: Shape.numbers,
  timbre: Shape.numbers
}).annotations({ identifier: "Segment" })

/**
 * A piece of a track in which the sound stays about the same; times are in seconds, loudness is in decibels.
 *
 * @since 0.1.0
 * @category models
 */
export interface Segment extends Schema.Schema.Type<typeof segment> {}

/**
 * The schema of {@link Segment}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Segment: Schema.Schema<Segment> = segment

const analysisMeta = Schema.Struct({
  analysis_time: Shape.nullish(Schema.Number),
  analyzer_version: Shape.nullish(Schema.String),
  detailed_status: Shape.nullish(Schema.String),
  input_process: Shape.nullish(Schema.String),
  platform: Shape.nullish(Schema.String),
  status_code: Shape.nullish(Schema.Number),
  timestamp: Shape.nullish(Schema.Number)
}).annotations({ identifier: "AnalysisMeta" })

/**
 * How and when the analysis was made; `timestamp` is in Unix seconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface AnalysisMeta extends Schema.Schema.Type<typeof analysisMeta> {}

/**
 * The schema of {@link AnalysisMeta}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const AnalysisMeta: Schema.Schema<AnalysisMeta> = analysisMeta

const analysisTrack = Schema.Struct({
  analysis_channels: Shape.nullish(Schema.Number),
  analysis_sample_rate: Shape.nullish(Schema.Number),
  code_version: Shape.nullish(Schema.Number),
  codestring: Shape.nullish(Schema.String),
  duration: Schema.Number,
  echoprint_version: Shape.nullish(Schema.Number),
  echoprintstring: Shape.nullish(Schema.String),
  end_of_fade_in: Shape.nullish(Schema.Number),
  key: Shape.nullish(Schema.Number),
  key_confidence: Shape.nullish(Schema.Number),
  loudness: Shape.nullish(Schema.Number),
  mode: Shape.nullish(Schema.Number),
  mode_confidence: Shape.nullish(Schema.Number),
  num_samples: Shape.nullish(Schema.Number),
  offset_seconds: Shape.nullish(Schema.Number),
  rhythm_version: Shape.nullish(Schema.Number),
  rhythmstring: Shape.nullish(Schema.String),
  sample_md5: Shape.nullish(Schema.String),
  start_of_fade_out: Shape.nullish(Schema.Number),
  synch_version: Shape.nullish(Schema.Number),
  synchstring: Shape.nullish(Schema.String),
  tempo: Shape.nullish(Schema.Number),
  tempo_confidence: Shape.nullish(Schema.Number),
  time_signature: Shape.nullish(Schema.Number),
  time_signature_confidence: Shape.nullish(Schema.Number),
  window_seconds: Shape.nullish(Schema.Number)
}).annotations({ identifier: "AnalysisTrack" })

/**
 * The analysis of the track as a whole; times are in seconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface AnalysisTrack extends Schema.Schema.Type<typeof analysisTrack> {}

/**
 * The schema of {@link AnalysisTrack}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const AnalysisTrack: Schema.Schema<AnalysisTrack> = analysisTrack

const audioAnalysis = Schema.Struct({
  bars: Schema.Array(TimeInterval),
  beats: Schema.Array(TimeInterval),
  meta: Shape.nullish(AnalysisMeta),
  sections: Schema.Array(Section),
  segments: Schema.Array(Segment),
  tatums: Schema.Array(TimeInterval),
  track: AnalysisTrack
}).annotations({ identifier: "AudioAnalysis" })

/**
 * The analysis of a track.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-audio-analysis
 *
 * @since 0.1.0
 * @category models
 */
export interface AudioAnalysis extends Schema.Schema.Type<typeof audioAnalysis> {}

/**
 * The schema of {@link AudioAnalysis}. It was recorded inside an `audio_analysis` member too, and is read from there.
 *
 * @since 0.1.0
 * @category schemas
 */
export const AudioAnalysis: Schema.Schema<AudioAnalysis> = Shape.prepared(
  audioAnalysis,
  (body) => Predicate.isRecord(body) && Predicate.isRecord(body.audio_analysis) ? body.audio_analysis : body
)
