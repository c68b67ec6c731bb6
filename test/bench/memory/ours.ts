import type { HttpClient } from "@effect/platform/HttpClient"
import { Effect, Layer, Redacted } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import type { InvalidInput } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as Tracks from "effect-spotify/Tracks"
import { atOnce, calls, tell, trackId } from "./work.js"

const [, , origin, name] = process.argv
const transport: Layer.Layer<HttpClient> = name === "undici"
  ? (await import("effect-spotify/UndiciTransport")).layer
  : (await import("effect-spotify/FetchTransport")).layer
const layer: Layer.Layer<SpotifyClient.SpotifyClient, InvalidInput> = SpotifyClient.layer({ baseUrl: `${origin}/v1` })
  .pipe(
    Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("token") })),
    Layer.provide(transport)
  )
const work = Effect.forEach(Array.from({ length: calls }), () => Tracks.get(trackId), {
  concurrency: atOnce,
  discard: true
})
await Effect.runPromise(Effect.provide(work, layer))
tell()
