/**
 * One request for identical reads at the same time.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SpotifyClient } from "../client/SpotifyClient.js"
import * as internal from "./coalescing.js"

/**
 * A client over the one beneath whose identical GETs that are on their way at the same time share one request.
 *
 * Identical are the same operation, URL and headers of the same session. All who share get the same answer, or the same
 * error. Who is interrupted leaves the request to the others; once all have left, it is interrupted. Whoever comes after
 * the answer asks anew. Commands (POST, PUT, DELETE) are never shared.
 *
 * A background call shares an interactive one's request. An interactive call doesn't wait for a background one's, which
 * stands further back in the queue, but for its own: there are two requests then.
 *
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer, Redacted } from "effect"
 * import { RequestSharing, SpotifyClient, SpotifySession } from "effect-spotify"
 *
 * const SpotifyLive = RequestSharing.layer.pipe(
 *   Layer.provide(SpotifyClient.layer()),
 *   Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("…") })),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<SpotifyClient, never, SpotifyClient> = Layer.effect(
  SpotifyClient,
  Effect.map(SpotifyClient, internal.make)
)
