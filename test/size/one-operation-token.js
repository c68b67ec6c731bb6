import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SpotifyClient from "../../dist/client/SpotifyClient.js"
import * as Tracks from "../../dist/operations/Tracks.js"
import * as SpotifySession from "../../dist/session/SpotifySession.js"

const live = SpotifyClient.layer().pipe(
  Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("access-token") })),
  Layer.provide(FetchHttpClient.layer)
)

Tracks.get("7EjyzZcbLxW7PaaLua9Ksb").pipe(
  Effect.map((track) => {
    document.title = track.name
  }),
  Effect.provide(live),
  Effect.runPromise
)
