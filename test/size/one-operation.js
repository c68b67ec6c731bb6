import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SpotifyClient from "../../dist/client/SpotifyClient.js"
import * as Tracks from "../../dist/operations/Tracks.js"
import * as SpotifySession from "../../dist/session/SpotifySession.js"
import * as TokenStore from "../../dist/store/TokenStore.js"

const live = SpotifyClient.layer().pipe(
  Layer.provide(SpotifySession.layerPkce({ clientId: "client-id", redirectUri: "http://127.0.0.1:8888/callback" })),
  Layer.provide(TokenStore.layerMemory),
  Layer.provide(FetchHttpClient.layer)
)

Tracks.get("7EjyzZcbLxW7PaaLua9Ksb").pipe(
  Effect.map((track) => {
    document.title = track.name
  }),
  Effect.provide(live),
  Effect.runPromise
)
