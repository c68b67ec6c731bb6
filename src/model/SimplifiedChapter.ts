/**
 * The short form of a chapter, beneath both audiobooks and chapters.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"
import { ExternalUrls, Image, Restrictions, ResumePoint } from "./Common.js"

const simplifiedChapter = Schema.Struct({
  audio_preview_url: Shape.nullish(Schema.String),
  available_markets: Shape.nullish(Shape.strings),
  chapter_number: Schema.Number,
  description: Shape.nullish(Schema.String),
  duration_ms: Schema.Number,
  explicit: Shape.nullish(Schema.Boolean),
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  html_description: Shape.nullish(Schema.String),
  id: Schema.String,
  images: Schema.Array(Image),
  is_playable: Shape.nullish(Schema.Boolean),
  languages: Shape.nullish(Shape.nullableStrings),
  name: Schema.String,
  release_date: Shape.nullish(Schema.String),
  release_date_precision: Shape.nullish(Shape.open("year", "month", "day")),
  restriction: Shape.nullish(Restrictions),
  restrictions: Shape.nullish(Restrictions),
  resume_point: Shape.nullish(ResumePoint),
  type: Schema.String,
  uri: Schema.String
}).annotations({ identifier: "SimplifiedChapter" })

/**
 * A chapter as its audiobook lists it. `type` is "chapter", though the reference says "episode"; `restriction` was
 * recorded beside the `restrictions` of the reference.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-audiobook-chapters
 *
 * @since 0.1.0
 * @category models
 */
export interface SimplifiedChapter extends Schema.Schema.Type<typeof simplifiedChapter> {}

/**
 * The schema of {@link SimplifiedChapter}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SimplifiedChapter: Schema.Schema<SimplifiedChapter> = simplifiedChapter
