/** Calls of a session, with few imports, so that a process that makes them starts fast. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as Users from "effect-spotify/Users"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const sessionAt = (origin: string, key: string) =>
  SpotifySession.layerPkce({
    clientId: "fake-client-id",
    redirectUri: "http://127.0.0.1:8888/callback",
    accountsUrl: origin,
    key
  }).pipe(Layer.provide(FetchHttpClient.layer))

export const calls = (origin: string, key: string, n: number) =>
  Effect.sync(() => process.stdout.write("calling\n")).pipe(
    Effect.zipRight(Effect.replicateEffect(Users.me(), n, { concurrency: "unbounded", discard: true })),
    Effect.provide(
      SpotifyClient.layer({ baseUrl: `${origin}/v1` }).pipe(
        Layer.provide(sessionAt(origin, key)),
        Layer.provide(FetchHttpClient.layer)
      )
    )
  )

export const refresh = (origin: string, key: string) => Effect.provide(SpotifySession.refresh, sessionAt(origin, key))
