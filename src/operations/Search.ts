/**
 * Search of the catalogue.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { Simplify } from "effect/Types"
import type { SpotifyClient } from "../client/SpotifyClient.js"
import { attempt } from "../core/input.js"
import type { SpotifyError } from "../core/SpotifyError.js"
import * as Endpoint from "../endpoint/Endpoint.js"
import type { Page } from "../endpoint/Page.js"
import * as Param from "../endpoint/parameters.js"
import * as Shape from "../endpoint/schema.js"
import { SearchPages, SearchResult } from "../model/Search.js"

export {
  /**
   * A page of each kind.
   *
   * @since 0.1.0
   * @category models
   */
  SearchPages,
  /**
   * A page of each kind that was asked for.
   *
   * @since 0.1.0
   * @category models
   */
  SearchResult
} from "../model/Search.js"

const kinds = ["album", "artist", "audiobook", "episode", "playlist", "show", "track"] as const

/**
 * What can be searched for.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind = (typeof kinds)[number]

/**
 * What to search for in one kind. `q` takes field filters such as `artist:` and `year:1999-2003`; `limit` is 1 to 50, in
 * Development Mode 1 to 10, and `offset` 0 to 1000.
 *
 * @since 0.2.0
 * @category models
 */
export interface KindOptions {
  /** What to look for: words, and filters such as `artist:`, `year:1980-1990` or `isrc:`. */
  readonly q: string
  /** The country whose catalogue is shown, an ISO 3166-1 alpha-2 code; the client's `market` or the user's own unless said. */
  readonly market?: string | undefined
  /** How many of each kind to give at most: 1 to 50, in Development Mode to 10. 20 unless said, or 5. */
  readonly limit?: number | undefined
  /** The place of the first one to give: 0, which it is unless said, to 1000. */
  readonly offset?: number | undefined
  /** Whether what the client can play from elsewhere counts as playable. */
  readonly include_external?: "audio" | undefined
}

/**
 * What to search for, and in which kinds; `limit` and `offset` hold for each kind by itself.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<Kinds extends ReadonlyArray<Kind>> extends KindOptions {
  /** The kinds to look for, each of which has a page in the answer. */
  readonly type: Kinds
}

type Pages<Kinds> = Kinds extends readonly [infer Head extends Kind, ...infer Tail]
  ? (Head extends Kind ? Pick<SearchPages, `${Head}s`> : never) & Pages<Tail>
  : {}

/**
 * A page for each of the kinds; where the kinds aren't known at compile time, each may be absent.
 *
 * @since 0.1.0
 * @category models
 */
export type Found<Kinds extends ReadonlyArray<Kind>> = number extends Kinds["length"]
  ? Partial<Pick<SearchPages, `${Kinds[number]}s`>>
  : Simplify<Pages<Kinds>>

/**
 * The type of {@link search}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Search {
  <const Kinds extends ReadonlyArray<Kind>>(
    options: Options<Kinds>
  ): Effect.Effect<Found<Kinds>, SpotifyError, SpotifyClient>
  readonly spec: Endpoint.Spec
}

/** Spotify shows no more of what it finds. */
const reach = 1000

const endpoint = Endpoint.generic("Search.search", {
  operationId: "search",
  method: "GET",
  path: "/search",
  query: {
    q: Param.text,
    type: Param.literals(...kinds),
    market: Schema.optional(Param.Market),
    limit: Schema.optional(Param.integer(1, 50)),
    offset: Schema.optional(Param.integer(0, reach)),
    include_external: Schema.optional(Param.oneOf("audio"))
  },
  developmentLimit: 10,
  success: SearchResult
})

const byKinds = new Map<string, ReturnType<typeof endpoint<SearchResult, SearchResult>>>()

// The schema requires the pages of the kinds that were asked for, and no others.
const endpointOf = (asked: ReadonlyArray<Kind>) => {
  const found = kinds.filter((kind) => asked.includes(kind))
  const key = found.join()
  let made = byKinds.get(key)
  if (made === undefined) {
    const pages = SearchPages.pipe(Schema.pick(...found.map((kind) => `${kind}s` as const)))
    // Always decoded: a body taken as it came would keep pages that no schema has checked.
    made = endpoint(Shape.decoded(Schema.make<SearchResult>(pages.ast)))
    byKinds.set(key, made)
  }
  return made
}

function find<const Kinds extends ReadonlyArray<Kind>>(
  options: Options<Kinds>
): Effect.Effect<Found<Kinds>, SpotifyError, SpotifyClient>
function find(options: Options<ReadonlyArray<Kind>>): Effect.Effect<SearchResult, SpotifyError, SpotifyClient> {
  // What is no list, or too long a one, is refused by the endpoint's own check.
  const asked = attempt("Search.search", () =>
    Either.right(
      Predicate.hasProperty(options, "type") && Array.isArray(options.type) ? options.type.slice(0, kinds.length) : []
    ))
  return Effect.flatMap(asked, (asked) => endpointOf(asked)(options))
}

/**
 * Finds albums, artists, audiobooks, episodes, playlists, shows and tracks; the result has a page of each kind that was
 * asked for.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Search } from "effect-spotify"
 *
 * const names = Search.search({ q: "remaster track:Doxy", type: ["track"] }).pipe(
 *   Effect.map(({ tracks }) => tracks.items.map((track) => track.name))
 * )
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/search
 * @since 0.1.0
 * @category operations
 */
export const search: Search = Object.assign(find, { spec: endpoint.spec })

const names = Object.keys(endpoint.spec.query).filter((name) => name !== "type")

const paged = <const K extends Kind, Item>(
  kind: K,
  pageOf: (found: Found<readonly [K]>) => Page<Item>
): Endpoint.Paged<[options: KindOptions], Page<Item>, Item> => {
  const ofKind = Endpoint.mapInput(
    Object.assign(search<readonly [K]>, { spec: endpoint.spec }),
    (options: KindOptions): [Options<readonly [K]>] => [{ ...options, type: [kind] }],
    names
  )
  return Endpoint.offsetPaged(
    Object.assign((options: KindOptions) => Effect.map(ofKind(options), pageOf), { spec: endpoint.spec }),
    { reach }
  )
}

/**
 * Gives a page of the albums that are found; `Paging` reads on, up to the 1000 that Spotify shows.
 *
 * Scopes: none.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/search
 * @since 0.2.0
 * @category operations
 */
export const albums = paged("album", (found) => found.albums)

/**
 * Gives a page of the artists that are found; `Paging` reads on, up to the 1000 that Spotify shows.
 *
 * Scopes: none.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/search
 * @since 0.2.0
 * @category operations
 */
export const artists = paged("artist", (found) => found.artists)

/**
 * Gives a page of the audiobooks that are found; `Paging` reads on, up to the 1000 that Spotify shows.
 *
 * Scopes: none.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/search
 * @since 0.2.0
 * @category operations
 */
export const audiobooks = paged("audiobook", (found) => found.audiobooks)

/**
 * Gives a page of the episodes that are found; `Paging` reads on, up to the 1000 that Spotify shows.
 *
 * Scopes: none.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/search
 * @since 0.2.0
 * @category operations
 */
export const episodes = paged("episode", (found) => found.episodes)

/**
 * Gives a page of the playlists, null for those of Spotify's own, that are found; `Paging` reads on, up to the 1000 that Spotify shows.
 *
 * Scopes: none.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/search
 * @since 0.2.0
 * @category operations
 */
export const playlists = paged("playlist", (found) => found.playlists)

/**
 * Gives a page of the shows that are found; `Paging` reads on, up to the 1000 that Spotify shows.
 *
 * Scopes: none.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/search
 * @since 0.2.0
 * @category operations
 */
export const shows = paged("show", (found) => found.shows)

/**
 * Gives a page of the tracks that are found; `Paging` reads on, up to the 1000 that Spotify shows.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Stream } from "effect"
 * import { Paging, Search } from "effect-spotify"
 *
 * const first = Paging.stream(Search.tracks, { q: "artist:Nina Simone" }).pipe(Stream.take(200))
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/search
 * @since 0.2.0
 * @category operations
 */
export const tracks = paged("track", (found) => found.tracks)
