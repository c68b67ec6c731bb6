import { Effect, Layer } from "effect"
import * as Playlists from "effect-spotify/Playlists"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"

/** How many requests 5,000 items take, and whether they are in order afterwards. */
export const writes = () =>
  Effect.runPromise(
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { accessToken } = yield* spotify.issueToken()
      const uris = Array.from({ length: 5000 }, (_, i) => FakeSpotify.uri("track", i))
      const client = SpotifyClient.layer().pipe(Layer.provide(SpotifySession.layerToken({ accessToken })))
      return yield* Effect.gen(function*() {
        const { id } = yield* Playlists.create({ name: "5,000" })
        yield* spotify.clearRequests
        yield* Playlists.addAll(id, uris)
        const requests = yield* spotify.count()
        const sent = (yield* spotify.requests).flatMap(({ body }) => {
          const { uris = [] }: { readonly uris?: ReadonlyArray<string> } = JSON.parse(body)
          return uris
        })
        return { requests, inOrder: sent.length === uris.length && sent.every((uri, i) => uri === uris[i]) }
      }).pipe(Effect.provide(client))
    }).pipe(Effect.provide(FakeSpotify.layer()))
  )
