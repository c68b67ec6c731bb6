/**
 * Chapters of audiobooks, in full and in short.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"
import { SimplifiedAudiobook } from "./Audiobook.js"
import { SimplifiedChapter } from "./SimplifiedChapter.js"

export {
  /**
   * The short form of a chapter.
   *
   * @since 0.1.0
   * @category schemas
   */
  SimplifiedChapter
} from "./SimplifiedChapter.js"

const chapter = Schema.extend(
  SimplifiedChapter,
  Schema.Struct({
    audiobook: SimplifiedAudiobook
  })
).annotations({ identifier: "Chapter" })

/**
 * A chapter with its audiobook.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-a-chapter
 *
 * @since 0.1.0
 * @category models
 */
export interface Chapter extends Schema.Schema.Type<typeof chapter> {}

/**
 * The schema of {@link Chapter}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Chapter: Schema.Schema<Chapter> = chapter

const severalChapters = Schema.Struct({
  chapters: Schema.Array(Shape.nullable(Chapter))
}).annotations({ identifier: "SeveralChapters" })

/**
 * Chapters in the order of the ids asked for; null where the id is unknown.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-several-chapters
 *
 * @since 0.1.0
 * @category models
 */
export interface SeveralChapters extends Schema.Schema.Type<typeof severalChapters> {}

/**
 * The schema of {@link SeveralChapters}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SeveralChapters: Schema.Schema<SeveralChapters> = severalChapters
