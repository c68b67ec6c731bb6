import { KeyValueStore } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, TestClock } from "effect"
import * as Playlists from "effect-spotify/Playlists"
import * as RequestSharing from "effect-spotify/RequestSharing"
import * as ResponseCache from "effect-spotify/ResponseCache"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import * as client from "../utils/client.js"
import { spotify } from "../utils/client.js"

const evening = FakeSpotify.id("playlist", 0)
const uris = [FakeSpotify.uri("track", 1), FakeSpotify.uri("track", 2)]

/** Somebody else changes the playlist, who has nothing to do with our client. */
const elsewhere = Effect.provide(Playlists.replaceItems(evening, { uris }), client.clientLayer())

/** A Spotify whose answers are good for long. */
const longFresh = client.layer().pipe(
  (below) =>
    Layer.effect(
      SpotifyClient.SpotifyClient,
      Effect.map(SpotifyClient.SpotifyClient, (client): SpotifyClient.SpotifyClient.Service => ({
        ...client,
        execute: (request) =>
          Effect.map(client.execute(request), (response) => ({
            status: response.status,
            text: response.text,
            url: response.url,
            headers: { ...response.headers, "cache-control": "private, max-age=3600" }
          }))
      }))
    ).pipe(Layer.provideMerge(below))
)

describe("what is read for a write", () => {
  it.effect("isn't what a cache has kept", () =>
    Effect.gen(function*() {
      const seen = Effect.map(Playlists.items(evening, { limit: 50 }), ({ total }) => total)
      expect(yield* seen).toBe(120)
      yield* Playlists.sync(evening, [], { dryRun: true })
      yield* elsewhere
      // A read for its own sake may be old.
      expect(yield* seen).toBe(120)
      const { plan } = yield* Playlists.sync(evening, uris)
      expect(plan.steps).toEqual([])
    }).pipe(
      Effect.provide(
        ResponseCache.layer().pipe(
          Layer.provideMerge(Layer.merge(longFresh, KeyValueStore.layerMemory))
        )
      )
    ))

  it.effect("isn't the answer to a request from before", () =>
    Effect.gen(function*() {
      const { counts, failNext } = yield* spotify
      const dry = Playlists.sync(evening, [], { dryRun: true })
      yield* failNext(FakeSpotify.slow("1 second"), { times: 2 })
      const both = yield* Effect.fork(Effect.all([dry, dry], { concurrency: 2 }))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(both)
      expect((yield* counts)["GET /playlists/{playlist_id}"]).toBe(4)
    }).pipe(Effect.provide(RequestSharing.layer.pipe(Layer.provideMerge(client.layer())))))
})
