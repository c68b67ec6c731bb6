import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, TestClock } from "effect"
import { SpotifyClient, SpotifySession, Tracks } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"

const Test = SpotifyClient.layer().pipe(
  Layer.provide(SpotifySession.layerClientCredentials({
    clientId: "fake-client-id",
    clientSecret: Redacted.make("fake-client-secret")
  })),
  Layer.provideMerge(FakeSpotify.layer())
)

it.effect("waits when Spotify says so", () =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    yield* spotify.failNext(FakeSpotify.tooManyRequests(30), { on: { host: "api" } })
    const call = yield* Effect.fork(Tracks.get(FakeSpotify.trackId))
    yield* TestClock.adjust("30 seconds")
    assert.strictEqual((yield* Fiber.join(call)).id, FakeSpotify.trackId)
    assert.strictEqual(yield* spotify.count({ path: /tracks/ }), 2)
  }).pipe(Effect.provide(Test)))
