/**
 * Small shapes that many answers share: images, links, counts, restrictions.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"

/**
 * One of the values known today, or any other string: Spotify adds values without notice.
 *
 * @since 0.1.0
 * @category models
 */
export type Open<Known extends string> = Shape.Open<Known>

const image = Schema.Struct({
  url: Schema.String,
  height: Shape.nullish(Schema.Number),
  width: Shape.nullish(Schema.Number)
}).annotations({ identifier: "Image" })

/**
 * A picture in one of its sizes; width and height are in pixels and null where Spotify does not know them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Image extends Schema.Schema.Type<typeof image> {}

/**
 * The schema of {@link Image}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Image: Schema.Schema<Image> = image

const externalUrls = Schema.Struct({
  spotify: Shape.nullish(Schema.String)
}).annotations({ identifier: "ExternalUrls" })

/**
 * Links for people, as against `href`, which is for programs. A local file has none.
 *
 * @since 0.1.0
 * @category models
 */
export interface ExternalUrls extends Schema.Schema.Type<typeof externalUrls> {}

/**
 * The schema of {@link ExternalUrls}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ExternalUrls: Schema.Schema<ExternalUrls> = externalUrls

const externalIds = Schema.Struct({
  isrc: Shape.nullish(Schema.String),
  ean: Shape.nullish(Schema.String),
  upc: Shape.nullish(Schema.String)
}).annotations({ identifier: "ExternalIds" })

/**
 * Identifiers that others gave: ISRC for recordings, EAN and UPC for products.
 *
 * @since 0.1.0
 * @category models
 */
export interface ExternalIds extends Schema.Schema.Type<typeof externalIds> {}

/**
 * The schema of {@link ExternalIds}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ExternalIds: Schema.Schema<ExternalIds> = externalIds

const followers = Schema.Struct({
  href: Shape.nullish(Schema.String),
  total: Shape.nullable(Schema.Number)
}).annotations({ identifier: "Followers" })

/**
 * How many follow; `href` has always been null.
 *
 * @since 0.1.0
 * @category models
 */
export interface Followers extends Schema.Schema.Type<typeof followers> {}

/**
 * The schema of {@link Followers}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Followers: Schema.Schema<Followers> = followers

const copyright = Schema.Struct({
  text: Shape.nullish(Schema.String),
  type: Shape.nullish(Shape.open("C", "P"))
}).annotations({ identifier: "Copyright" })

/**
 * A copyright statement: `C` for the copyright, `P` for the sound recording.
 *
 * @since 0.1.0
 * @category models
 */
export interface Copyright extends Schema.Schema.Type<typeof copyright> {}

/**
 * The schema of {@link Copyright}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Copyright: Schema.Schema<Copyright> = copyright

const restrictions = Schema.Struct({
  reason: Shape.nullish(Shape.open("market", "product", "explicit", "payment_required"))
}).annotations({ identifier: "Restrictions" })

/**
 * Why something can't be played for this user.
 *
 * @since 0.1.0
 * @category models
 */
export interface Restrictions extends Schema.Schema.Type<typeof restrictions> {}

/**
 * The schema of {@link Restrictions}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Restrictions: Schema.Schema<Restrictions> = restrictions

const resumePoint = Schema.Struct({
  fully_played: Shape.nullish(Schema.Boolean),
  resume_position_ms: Shape.nullish(Schema.Number)
}).annotations({ identifier: "ResumePoint" })

/**
 * How far the user has listened. A position of -1000 was seen where there is none.
 *
 * @since 0.1.0
 * @category models
 */
export interface ResumePoint extends Schema.Schema.Type<typeof resumePoint> {}

/**
 * The schema of {@link ResumePoint}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ResumePoint: Schema.Schema<ResumePoint> = resumePoint

/**
 * The answer of every `contains` operation: one boolean for each id asked for, in their order.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/check-library-contains
 *
 * @since 0.1.0
 * @category schemas
 */
export const Booleans: Schema.Schema<ReadonlyArray<boolean>> = Shape.booleans

const genres = Schema.Struct({
  genres: Shape.strings
}).annotations({ identifier: "Genres" })

/**
 * The genres that recommendations can start from.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-recommendation-genres
 *
 * @since 0.1.0
 * @category models
 */
export interface Genres extends Schema.Schema.Type<typeof genres> {}

/**
 * The schema of {@link Genres}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Genres: Schema.Schema<Genres> = genres

const markets = Schema.Struct({
  markets: Shape.strings
}).annotations({ identifier: "Markets" })

/**
 * The markets that Spotify is in, as ISO 3166-1 alpha-2 codes.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-available-markets
 *
 * @since 0.1.0
 * @category models
 */
export interface Markets extends Schema.Schema.Type<typeof markets> {}

/**
 * The schema of {@link Markets}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Markets: Schema.Schema<Markets> = markets
