/**
 * Tracks, their audio features and audio analysis.
 *
 * @since 0.1.0
 */
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Many from "../endpoint/getMany.js"
import * as Param from "../endpoint/parameters.js"
import { AudioAnalysis } from "../model/AudioAnalysis.js"
import { AudioFeatures, SeveralAudioFeatures } from "../model/AudioFeatures.js"
import { SeveralTracks, Track } from "../model/Track.js"

/**
 * Gives a track.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Tracks } from "effect-spotify"
 *
 * const track = Tracks.get("7EjyzZcbLxW7PaaLua9Ksb", { market: "SE" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-track
 * @since 0.1.0
 * @category operations
 */
export const get = Endpoint.make("Tracks.get", {
  operationId: "get-track",
  method: "GET",
  path: "/tracks/{id}",
  id: "track",
  query: Param.market,
  success: Track
})

/**
 * Gives up to 50 tracks at once, null for an unknown one.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Tracks.getMany`, which works in both modes.
 *
 * @example
 * ```ts
 * import { Tracks } from "effect-spotify"
 *
 * const tracks = Tracks.several({ ids: ["7EjyzZcbLxW7PaaLua9Ksb", "1301WleyT98MSxVHPZCA6M"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-several-tracks
 * @since 0.1.0
 * @category operations
 */
export const several = Endpoint.make("Tracks.several", {
  operationId: "get-several-tracks",
  method: "GET",
  path: "/tracks",
  query: Param.all(Param.several("track", 50), Param.market),
  quota: "extended",
  deprecated: { since: "February 2026", use: "Tracks.getMany" },
  success: SeveralTracks
})

/**
 * Gives any number of tracks in the order asked for, none for an unknown one: 50 at once where the app may, else one by
 * one.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Tracks } from "effect-spotify"
 *
 * const tracks = Tracks.getMany(["7EjyzZcbLxW7PaaLua9Ksb", "spotify:track:1301WleyT98MSxVHPZCA6M"])
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-several-tracks
 * @since 0.1.0
 * @category operations
 */
export const getMany = Many.getMany("Tracks.getMany", {
  kind: "track",
  several,
  select: (answer) => answer.tracks,
  get
})

/**
 * Gives what a track sounds like in numbers: tempo, key, energy and so on.
 *
 * Scopes: none.
 *
 * @deprecated Since November 2024 for apps without extended quota. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Tracks } from "effect-spotify"
 *
 * const features = Tracks.audioFeatures("7EjyzZcbLxW7PaaLua9Ksb")
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-audio-features
 * @since 0.1.0
 * @category operations
 */
export const audioFeatures = Endpoint.make("Tracks.audioFeatures", {
  operationId: "get-audio-features",
  method: "GET",
  path: "/audio-features/{id}",
  id: "track",
  quota: "extended",
  deprecated: { since: "November 2024" },
  success: AudioFeatures
})

/**
 * Gives the audio features of up to 100 tracks at once, null for an unknown one.
 *
 * Scopes: none.
 *
 * @deprecated Since November 2024 for apps without extended quota. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Tracks } from "effect-spotify"
 *
 * const features = Tracks.severalAudioFeatures({ ids: ["7EjyzZcbLxW7PaaLua9Ksb", "1301WleyT98MSxVHPZCA6M"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-several-audio-features
 * @since 0.1.0
 * @category operations
 */
export const severalAudioFeatures = Endpoint.make("Tracks.severalAudioFeatures", {
  operationId: "get-several-audio-features",
  method: "GET",
  path: "/audio-features",
  query: Param.several("track", 100),
  quota: "extended",
  deprecated: { since: "November 2024" },
  success: SeveralAudioFeatures
})

/**
 * Gives a track's structure in time: bars, beats, sections, segments and tatums.
 *
 * Scopes: none.
 *
 * @deprecated Since November 2024 for apps without extended quota. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Tracks } from "effect-spotify"
 *
 * const analysis = Tracks.audioAnalysis("7EjyzZcbLxW7PaaLua9Ksb")
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-audio-analysis
 * @since 0.1.0
 * @category operations
 */
export const audioAnalysis = Endpoint.make("Tracks.audioAnalysis", {
  operationId: "get-audio-analysis",
  method: "GET",
  path: "/audio-analysis/{id}",
  id: "track",
  quota: "extended",
  deprecated: { since: "November 2024" },
  success: AudioAnalysis
})
