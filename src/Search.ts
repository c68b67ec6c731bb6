/**
 * Search of the catalogue.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Simplify } from "effect/Types"
import * as Endpoint from "./Endpoint.js"
import * as Param from "./internal/param.js"
import * as Shape from "./internal/schema.js"
import { SearchPages, SearchResult } from "./model/Search.js"
import type { SpotifyClient } from "./SpotifyClient.js"
import type { SpotifyError } from "./SpotifyError.js"

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
} from "./model/Search.js"

const kinds = ["album", "artist", "audiobook", "episode", "playlist", "show", "track"] as const

/**
 * What can be searched for.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind = (typeof kinds)[number]

/**
 * What to search for. `q` takes field filters such as `artist:` and `year:1999-2003`; `limit` (1 to 10) and `offset` (0
 * to 1000) hold for each kind by itself.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<Kinds extends ReadonlyArray<Kind>> {
  readonly q: string
  readonly type: Kinds
  readonly market?: string | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  readonly include_external?: "audio" | undefined
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

const endpoint = Endpoint.generic("Search.search", {
  operationId: "search",
  method: "GET",
  path: "/search",
  query: {
    q: Param.text,
    type: Param.literals(...kinds),
    market: Param.market,
    limit: Param.limit(10),
    offset: Schema.optional(Param.integer(0, 1000)),
    include_external: Schema.optional(Param.oneOf("audio"))
  },
  success: SearchResult
})

const byKinds = new Map<string, ReturnType<typeof endpoint<SearchResult, SearchResult>>>()

// Every page that was asked for must be there, and no other is looked at.
const endpointOf = (asked: ReadonlyArray<Kind>) => {
  const found = kinds.filter((kind) => asked.includes(kind))
  const key = found.join()
  let made = byKinds.get(key)
  if (made === undefined) {
    const pages = SearchPages.pipe(Schema.pick(...found.map((kind) => `${kind}s` as const)))
    // Decoded and never taken as it came, which would keep a page that nobody has looked at.
    made = endpoint(Shape.decoded(Schema.make<SearchResult>(pages.ast)))
    byKinds.set(key, made)
  }
  return made
}

function find<const Kinds extends ReadonlyArray<Kind>>(
  options: Options<Kinds>
): Effect.Effect<Found<Kinds>, SpotifyError, SpotifyClient>
function find(options: Options<ReadonlyArray<Kind>>): Effect.Effect<SearchResult, SpotifyError, SpotifyClient> {
  return endpointOf(options.type)(options)
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
