/**
 * Many single reads as few requests.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Request from "effect/Request"
import * as RequestResolver from "effect/RequestResolver"
import type { Endpoint } from "./Endpoint.js"
import { SpotifyClient } from "./SpotifyClient.js"
import { InvalidInput, NotFound, type SpotifyError } from "./SpotifyError.js"
import * as SpotifyId from "./SpotifyId.js"

interface Read<A, Options> extends Request.Request<A, SpotifyError> {
  readonly _tag: "Read"
  readonly id: string
  readonly options: Options | undefined
}

/**
 * Reads one thing, and together with others where Effect batches: the reads of an `Effect.forEach` or `Effect.all` with
 * `batching: true` become as few requests as the operation beneath (`getMany`) makes of them.
 *
 * What Spotify doesn't know is `NotFound` for the one who asked for it. A failed request fails all that it was for. With
 * `Effect.withRequestCaching(true)` what was read is not asked for again.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Batching, Tracks } from "effect-spotify"
 *
 * const getTrack = Batching.single(Tracks.getMany)
 *
 * const names = (ids: ReadonlyArray<string>) =>
 *   Effect.forEach(ids, (id) => Effect.map(getTrack(id), (track) => track.name), { batching: true })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const single = <Options extends object, A>(
  getMany: Endpoint<[ids: ReadonlyArray<string>, options?: Options], ReadonlyArray<Option.Option<A>>>
): (id: string, options?: Options) => Effect.Effect<A, SpotifyError, SpotifyClient> => {
  const read = Request.tagged<Read<A, Options>>("Read")
  // Effect batches what has the same resolver, and a resolver has one client.
  const resolvers = new WeakMap<SpotifyClient.Service, RequestResolver.RequestResolver<Read<A, Options>>>()

  const resolverOf = (client: SpotifyClient.Service) => {
    const known = resolvers.get(client)
    if (known !== undefined) return known
    const made = RequestResolver.makeBatched((requests: ReadonlyArray<Read<A, Options>>) => {
      const groups = new Map<string, Array<Read<A, Options>>>()
      for (const request of requests) {
        const key = JSON.stringify(request.options ?? {})
        const group = groups.get(key)
        if (group === undefined) groups.set(key, [request])
        else group.push(request)
      }
      return Effect.forEach(groups.values(), resolve, { concurrency: "unbounded", discard: true }).pipe(
        Effect.provideService(SpotifyClient, client)
      )
    })
    resolvers.set(client, made)
    return made
  }

  const resolve = (requests: ReadonlyArray<Read<A, Options>>): Effect.Effect<void, never, SpotifyClient> =>
    getMany(requests.map(({ id }) => id), requests[0]?.options).pipe(
      Effect.matchCauseEffect({
        onFailure: (cause) => Effect.forEach(requests, Request.failCause(cause), { discard: true }),
        onSuccess: (found) =>
          Effect.forEach(requests, (request, i) =>
            Option.match(found[i] ?? Option.none(), {
              onNone: () => Request.fail(request, notFound(request.id)),
              onSome: (one) => Request.succeed(request, one)
            }), { discard: true })
      })
    )

  return (id, options) => Effect.flatMap(SpotifyClient, (client) =>
    Effect.request(read({ id, options }), resolverOf(client)))
}
