/** The Spotify that the page uses where there are no credentials: its user has saved a good many albums. */
import { HttpClient } from "@effect/platform"
import { Array as Arr, Effect, Layer } from "effect"
import { Library, SpotifyClient, SpotifySession } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"

/** Serves it on the `HttpServer`'s port. */
export const serve = Effect.tap(FakeSpotify.serve({ consent: "page" }), (spotify) =>
  Effect.gen(function*() {
    const { accessToken } = yield* spotify.issueToken()
    // One album by each artist.
    const uris = Arr.makeBy(240, (n) => FakeSpotify.uri("album", n * 12))
    yield* Effect.forEach(Arr.chunksOf(uris, 40), (uris) => Library.save({ uris })).pipe(
      Effect.provide(
        SpotifyClient.layer().pipe(
          Layer.provide(SpotifySession.layerToken({ accessToken })),
          Layer.provide(Layer.succeed(HttpClient.HttpClient, spotify.client))
        )
      )
    )
  }))
