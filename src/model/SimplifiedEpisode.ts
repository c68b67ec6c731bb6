/**
 * The short form of an episode, beneath both shows and episodes.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"
import { ExternalUrls, Image, Restrictions, ResumePoint } from "./Common.js"

const simplifiedEpisode = Schema.Struct({
  audio_preview_url: Shape.nullish(Schema.String),
  description: Shape.nullish(Schema.String),
  duration_ms: Schema.Number,
  explicit: Shape.nullish(Schema.Boolean),
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  html_description: Shape.nullish(Schema.String),
  id: Schema.String,
  images: Schema.Array(Image),
  is_externally_hosted: Shape.nullish(Schema.Boolean),
  is_playable: Shape.nullish(Schema.Boolean),
  language: Shape.nullish(Schema.String),
  languages: Shape.nullish(Shape.nullableStrings),
  name: Schema.String,
  release_date: Schema.String,
  release_date_precision: Shape.nullish(Shape.open("year", "month", "day")),
  restrictions: Shape.nullish(Restrictions),
  resume_point: Shape.nullish(ResumePoint),
  type: Schema.String,
  uri: Schema.String
}).annotations({ identifier: "SimplifiedEpisode" })

/**
 * An episode as its show lists it. `resume_point` needs the scope user-read-playback-position.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-a-shows-episodes
 *
 * @since 0.1.0
 * @category models
 */
export interface SimplifiedEpisode extends Schema.Schema.Type<typeof simplifiedEpisode> {}

/**
 * The schema of {@link SimplifiedEpisode}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SimplifiedEpisode: Schema.Schema<SimplifiedEpisode> = simplifiedEpisode
