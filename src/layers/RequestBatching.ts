/**
 * Many single reads as few requests.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SpotifyClient } from "../client/SpotifyClient.js"
import * as internal from "./batching.js"

/**
 * A client over the one beneath that makes few requests of many: where Effect batches (`batching: true` of
 * `Effect.forEach` and `Effect.all`), the reads of single albums, artists, audiobooks, chapters, episodes, shows, tracks
 * and audio features go together, as many as Spotify gives at once. Elsewhere, and for all other operations, a call goes
 * straight through.
 *
 * Together go the reads of one session with the same options (market) and priority; what is asked for twice is read
 * once. An id that Spotify doesn't know is `NotFound` for the one who asked for it. A failed request fails all that it
 * was for, and no others. Where the app has lost the batch operation (Development Mode), the reads are made one by one,
 * up to 8 at a time, and no batch is tried again.
 *
 * Effect doesn't pass an interruption on to what it batches: an interrupted `Effect.forEach` ends when the answers to its
 * requests are there.
 *
 * With `Effect.withRequestCaching(true)` what was read is not asked for again, by the same user and while Effect keeps it
 * (a minute, unless `Effect.withRequestCache` says otherwise). Failures other than `NotFound` are not kept.
 *
 * `Effect.forEach` gives its function the index as well, which is why `Tracks.get` needs the arrow here:
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Tracks } from "effect-spotify"
 *
 * const tracks = (ids: ReadonlyArray<string>) =>
 *   Effect.forEach(ids, (id) => Tracks.get(id, { market: "SE" }), { batching: true })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<SpotifyClient, never, SpotifyClient> = Layer.effect(
  SpotifyClient,
  Effect.map(SpotifyClient, internal.make)
)
