/**
 * Lists of any length: every paged operation as a stream of items, a stream of pages, or one array.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Simplify } from "effect/Types"
import type { SpotifyClient } from "../client/SpotifyClient.js"
import type { Paged } from "./Endpoint.js"
import * as internal from "./pagination.js"
import type { Page, PageError, Position } from "./pagination.js"

export { type Page, type PageError, Position } from "./pagination.js"

/**
 * How a list is read. These stand beside the operation's own options.
 *
 * @since 0.1.0
 * @category options
 */
export interface Options {
  /**
   * How many requests may be on their way at once, a whole number from 1, which is one after the other; they are calls as
   * any other. As many pages may wait to be taken, and then no more are asked for.
   *
   * Unless said, up to 7 pages are read ahead, as far as it is in nobody's way. A stream begins with none and reads further
   * ahead while its reader has to wait, by less than half of what was taken already; an array needs all of them. They are
   * sent while no other call waits, half of the client's places are free and the pace that it was told allows it, and not
   * for 5 minutes after a 429: then pages are read one after the other.
   *
   * The first page is always read alone, since it says how many there are. Pages by cursor are read one after the other,
   * whatever is said here.
   */
  readonly concurrency?: number | undefined
  /**
   * Goes on from a saved position: a page's `next`, or the `position` of the error that ended the last run. The start of
   * the list when undefined.
   */
  readonly from?: Position | undefined
}

/**
 * The arguments of a paged operation, whose options take those of paging too.
 *
 * @since 0.1.0
 * @category models
 */
export type Arguments<Args extends ReadonlyArray<unknown>> = Args extends readonly [id: string, options: infer O]
  ? [id: string, options: Simplify<O & Options>]
  : Args extends readonly [id: string, options?: infer O] ? [id: string, options?: Simplify<O & Options>]
  : Args extends readonly [options: infer O] ? [options: Simplify<O & Options>]
  : Args extends readonly [options?: infer O] ? [options?: Simplify<O & Options>]
  : never

const items = <Item, E, R>(pages: Stream.Stream<Page<Item>, E, R>): Stream.Stream<Item, E, R> =>
  Stream.mapConcatChunk(pages, (page) => Chunk.unsafeFromArray(page.items))

/**
 * The items of a list, in order.
 *
 * Nothing is asked for before the stream is pulled. Who takes a few items pays for their pages alone; who goes on has pages
 * read ahead, unless `concurrency` says how many, and at most twice `concurrency` are held. Pages are as large as Spotify
 * gives them, unless `limit` says otherwise. It ends where Spotify says that the list ends, or with an empty page; a list
 * that leads back to what was given ends with `RepeatedPage`. What can't be read in a page costs no more than itself: see
 * `SpotifyClient.Unreadable`.
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { Library, Paging, Playlists } from "effect-spotify"
 *
 * const latest = Paging.stream(Library.tracks).pipe(Stream.take(500))
 *
 * const items = Paging.stream(Playlists.items, "3cEYpjA9oz9GiPac4AsH4n", { market: "SE" })
 *
 * const rest = Paging.stream(Library.tracks, { from: { offset: 4050 } })
 * ```
 *
 * @since 0.1.0
 * @category reading
 */
export const stream = <Args extends ReadonlyArray<unknown>, A, Item>(
  operation: Paged<Args, A, Item>,
  ...args: Arguments<Args>
): Stream.Stream<Item, PageError, SpotifyClient> => items(internal.pages(operation, args, false))

/**
 * The pages of a list, in order, each with its position, so that a long job can go on later from where it was.
 *
 * The list ends at the total of the first page, or, where it has grown by then, at what it has grown to; a list that
 * grows with every page doesn't keep it reading for ever.
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { Library, Paging } from "effect-spotify"
 *
 * declare const saved: Paging.Position | undefined
 * declare const write: (page: Paging.Page<unknown>) => Effect.Effect<void>
 *
 * const copy = Paging.pages(Library.tracks, { from: saved }).pipe(Stream.runForEach(write))
 * ```
 *
 * @since 0.1.0
 * @category reading
 */
export const pages = <Args extends ReadonlyArray<unknown>, A, Item>(
  operation: Paged<Args, A, Item>,
  ...args: Arguments<Args>
): Stream.Stream<Page<Item>, PageError, SpotifyClient> => internal.pages(operation, args, false)

/**
 * All items of a list.
 *
 * @example
 * ```ts
 * import { Paging, Playlists } from "effect-spotify"
 *
 * const playlists = Paging.collect(Playlists.mine)
 * ```
 *
 * @since 0.1.0
 * @category reading
 */
export const collect = <Args extends ReadonlyArray<unknown>, A, Item>(
  operation: Paged<Args, A, Item>,
  ...args: Arguments<Args>
): Effect.Effect<Array<Item>, PageError, SpotifyClient> =>
  Effect.map(Stream.runCollect(items(internal.pages(operation, args, true))), Chunk.toArray)
