/**
 * Answers that are kept as long as Spotify allows, and confirmed with it after that.
 *
 * Needs the package `http-cache-semantics`, and is therefore an entry point of its own:
 * `import * as ResponseCache from "effect-spotify/ResponseCache"`.
 *
 * @since 0.1.0
 */
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SpotifyClient } from "../client/SpotifyClient.js"
import type { InvalidInput } from "../core/SpotifyError.js"
import * as cacheStore from "./cacheStore.js"
import * as internal from "./cachingClient.js"
import type { Options } from "./cachingClient.js"

export type { Options } from "./cachingClient.js"

/**
 * A client over the one beneath that keeps answers in the `KeyValueStore`.
 *
 * A GET is answered from the store while Spotify's `Cache-Control`, `Expires` and `Age` allow (RFC 9111, as a private
 * cache), without a request and even without an access token. After that it is asked whether the answer is still the
 * same, by `ETag` or `Last-Modified`: a 304 gives the kept answer, with its own status. `no-store` is never kept, `Vary`
 * is honoured, and where `stale-if-error` says so, the kept answer stands in for a 5xx or a lost connection. A request
 * with conditions of its own goes straight through.
 *
 * After a command (POST, PUT, DELETE) of a user, successful or without an answer, what was kept of that user is confirmed
 * before it is given again, on all paths but those of Spotify's catalogue (albums, tracks, search and so on).
 *
 * Nobody gets another's answers: they are kept by the session's key and the time of its sign-in, so that a later sign-in
 * under the same key starts with nothing, even that of the same user. A token without that time, and one that came from
 * elsewhere, count by themselves; all sessions of client credentials are one. The client's own headers
 * (`Accept-Language`, for example) aren't told apart, nor are apps: give each its own store, or `KeyValueStore.prefix`.
 *
 * Keys are hashes (Web Crypto, which a browser only has on a secure page). What is kept is in clear, a user's data with
 * it, but no token and no cookie. A store that fails, or an entry that can't be read, is told in the debug log, and the
 * call goes on without. Entries aren't deleted when they are no longer of use: where that matters, take a store that
 * forgets by itself, or clear it.
 *
 * Spans say what became of a call in the attribute `spotify.cache`: `hit`, `confirmed`, `changed`, `stale` or `miss`.
 *
 * @example
 * ```ts
 * import { FetchHttpClient, KeyValueStore } from "@effect/platform"
 * import { Layer, Redacted } from "effect"
 * import { RequestBatching, RequestSharing, SpotifyClient, SpotifySession } from "effect-spotify"
 * import * as ResponseCache from "effect-spotify/ResponseCache"
 *
 * // In this order: only what isn't kept is batched, and a batch is shared as any other request.
 * const SpotifyLive = ResponseCache.layer().pipe(
 *   Layer.provide(RequestBatching.layer),
 *   Layer.provide(RequestSharing.layer),
 *   Layer.provide(SpotifyClient.layer()),
 *   Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("…") })),
 *   Layer.provide([FetchHttpClient.layer, KeyValueStore.layerMemory])
 * )
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<SpotifyClient, InvalidInput, SpotifyClient | KeyValueStore.KeyValueStore> =>
  Layer.effect(
    SpotifyClient,
    Effect.map(
      Effect.all([internal.timeToLiveOf(options), SpotifyClient, KeyValueStore.KeyValueStore]),
      ([timeToLive, client, store]) =>
        internal.make(client, cacheStore.make(store, timeToLive), options.when ?? (() => true))
    )
  )
