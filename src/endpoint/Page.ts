/**
 * Pages: by offset nearly everywhere, by cursor for followed artists and recently played tracks.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Shape from "./schema.js"

/**
 * A page of a list that is read by offset. `next` and `previous` are the addresses of the neighbouring pages, null at
 * the ends; `total` counts the whole list. `limit` and `total` are null where Spotify gives no number.
 *
 * @since 0.1.0
 * @category models
 */
export interface Page<A> {
  readonly href?: string | null
  readonly items: ReadonlyArray<A>
  readonly limit: number | null
  readonly next?: string | null
  readonly offset?: number | null
  readonly previous?: string | null
  readonly total: number | null
}

/**
 * The schema of a {@link Page} of something.
 *
 * @example
 * ```ts
 * import { Page } from "effect-spotify/model/Page"
 * import { Track } from "effect-spotify/model/Track"
 *
 * const TopTracks = Page(Track)
 * ```
 *
 * @since 0.1.0
 * @category schemas
 */
export const Page = <A>(item: Schema.Schema<A>): Schema.Schema<Page<A>> =>
  Schema.Struct({
    href: Shape.nullish(Schema.String),
    items: Schema.Array(item),
    limit: Shape.nullable(Schema.Number),
    next: Shape.nullish(Schema.String),
    offset: Shape.nullish(Schema.Number),
    previous: Shape.nullish(Schema.String),
    total: Shape.nullable(Schema.Number)
  })

const cursors = Schema.Struct({
  after: Shape.nullish(Schema.String),
  before: Shape.nullish(Schema.String)
}).annotations({ identifier: "Cursors" })

/**
 * Where the next page (`after`) and the one before begin; null or absent at the ends.
 *
 * @since 0.1.0
 * @category models
 */
export interface Cursors extends Schema.Schema.Type<typeof cursors> {}

/**
 * The schema of {@link Cursors}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Cursors: Schema.Schema<Cursors> = cursors

/**
 * A page of a list that is read by cursor. Recently played tracks come without a `total`.
 *
 * @since 0.1.0
 * @category models
 */
export interface CursorPage<A> {
  readonly cursors?: Cursors | null
  readonly href?: string | null
  readonly items: ReadonlyArray<A>
  readonly limit: number | null
  readonly next?: string | null
  readonly total?: number | null
}

/**
 * The schema of a {@link CursorPage} of something.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CursorPage = <A>(item: Schema.Schema<A>): Schema.Schema<CursorPage<A>> =>
  Schema.Struct({
    cursors: Shape.nullish(Cursors),
    href: Shape.nullish(Schema.String),
    items: Schema.Array(item),
    limit: Shape.nullable(Schema.Number),
    next: Shape.nullish(Schema.String),
    total: Shape.nullish(Schema.Number)
  })
