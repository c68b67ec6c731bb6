/**
 * Audiobooks: in full and in short.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Page } from "../endpoint/Page.js"
import * as Shape from "../endpoint/schema.js"
import { Copyright, ExternalUrls, Image } from "./Common.js"
import { SimplifiedChapter } from "./SimplifiedChapter.js"

const author = Schema.Struct({
  name: Shape.nullish(Schema.String)
}).annotations({ identifier: "Author" })

/**
 * An author of an audiobook.
 *
 * @since 0.1.0
 * @category models
 */
export interface Author extends Schema.Schema.Type<typeof author> {}

/**
 * The schema of {@link Author}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Author: Schema.Schema<Author> = author

const narrator = Schema.Struct({
  name: Shape.nullish(Schema.String)
}).annotations({ identifier: "Narrator" })

/**
 * A narrator of an audiobook.
 *
 * @since 0.1.0
 * @category models
 */
export interface Narrator extends Schema.Schema.Type<typeof narrator> {}

/**
 * The schema of {@link Narrator}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Narrator: Schema.Schema<Narrator> = narrator

const simplifiedAudiobook = Schema.Struct({
  authors: Schema.Array(Author),
  available_markets: Shape.nullish(Shape.strings),
  copyrights: Shape.nullish(Schema.Array(Copyright)),
  description: Shape.nullish(Schema.String),
  edition: Shape.nullish(Schema.String),
  explicit: Shape.nullish(Schema.Boolean),
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  html_description: Shape.nullish(Schema.String),
  id: Schema.String,
  images: Schema.Array(Image),
  is_externally_hosted: Shape.nullish(Schema.Boolean),
  languages: Shape.nullish(Shape.nullableStrings),
  media_type: Shape.nullish(Schema.String),
  name: Schema.String,
  narrators: Shape.nullish(Schema.Array(Narrator)),
  publisher: Shape.nullish(Schema.String),
  total_chapters: Shape.nullish(Schema.Number),
  type: Schema.String,
  uri: Schema.String
}).annotations({ identifier: "SimplifiedAudiobook" })

/**
 * The short form of an audiobook. Apps in Development Mode get no `publisher` and no `available_markets`.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-audiobooks
 *
 * @since 0.1.0
 * @category models
 */
export interface SimplifiedAudiobook extends Schema.Schema.Type<typeof simplifiedAudiobook> {}

/**
 * The schema of {@link SimplifiedAudiobook}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SimplifiedAudiobook: Schema.Schema<SimplifiedAudiobook> = simplifiedAudiobook

/**
 * A page of an audiobook's chapters. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-audiobook-chapters
 *
 * @since 0.1.0
 * @category pages
 */
export const AudiobookChaptersPage: Schema.Schema<Page<SimplifiedChapter | null>> = Page(
  Shape.nullable(SimplifiedChapter)
)

const audiobook = Schema.extend(
  SimplifiedAudiobook,
  Schema.Struct({
    chapters: AudiobookChaptersPage
  })
).annotations({ identifier: "Audiobook" })

/**
 * An audiobook with the first page of its chapters.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-an-audiobook
 *
 * @since 0.1.0
 * @category models
 */
export interface Audiobook extends Schema.Schema.Type<typeof audiobook> {}

/**
 * The schema of {@link Audiobook}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Audiobook: Schema.Schema<Audiobook> = audiobook

/**
 * A page of the audiobooks that the user saved: bare audiobooks, without the time at which they were saved. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-users-saved-audiobooks
 *
 * @since 0.1.0
 * @category pages
 */
export const SavedAudiobooksPage: Schema.Schema<Page<SimplifiedAudiobook | null>> = Page(
  Shape.nullable(SimplifiedAudiobook)
)

/**
 * A page of audiobooks, such as those found by a search. An entry is null where Spotify no longer has the thing.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/search
 *
 * @since 0.1.0
 * @category pages
 */
export const AudiobooksPage: Schema.Schema<Page<SimplifiedAudiobook | null>> = Page(Shape.nullable(SimplifiedAudiobook))

const severalAudiobooks = Schema.Struct({
  audiobooks: Schema.Array(Shape.nullable(Audiobook))
}).annotations({ identifier: "SeveralAudiobooks" })

/**
 * Audiobooks in the order of the ids asked for; null where the id is unknown or not sold in the market.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-multiple-audiobooks
 *
 * @since 0.1.0
 * @category models
 */
export interface SeveralAudiobooks extends Schema.Schema.Type<typeof severalAudiobooks> {}

/**
 * The schema of {@link SeveralAudiobooks}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const SeveralAudiobooks: Schema.Schema<SeveralAudiobooks> = severalAudiobooks
