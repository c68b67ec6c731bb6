import type { HttpClient } from "@effect/platform/HttpClient"
import { Effect, Layer, Redacted } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as Tracks from "effect-spotify/Tracks"
import { atOnce, calls, tell, trackId } from "./work.js"

const [, , origin, name] = process.argv
const transport: Layer.Layer<HttpClient> = name === "undici"
  ? (await import("effect-spotify/UndiciTransport")).layer
  : (await import("effect-spotify/FetchTransport")).layer
const layer = SpotifyClient.layer({ baseUrl: `${origin}/v1` }).pipe(
  Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("token") })),
  Layer.provide(transport)
)
await Effect.runPromise(
  Effect.forEach(Array.from({ length: calls }), () => Tracks.get(trackId), { concurrency: atOnce, discard: true }).pipe(
    Effect.provide(layer)
  )
)
tell()
