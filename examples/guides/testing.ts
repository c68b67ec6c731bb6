/**
 * Tests a program of yours against a Spotify without network: its catalogue, its failures, and time that doesn't pass.
 *
 *   npx tsx examples/guides/testing.ts
 */
import { Console, Effect, Fiber, Layer, TestClock, TestContext } from "effect"
import { Playlists, SpotifyClient, SpotifySession, Tracks } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

/** The program under test. It needs a SpotifyClient, as every operation does. */
const playlistOf = (name: string, uris: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const playlist = yield* Playlists.create({ name, public: false })
    yield* Playlists.addAll(playlist.id, uris)
    return playlist.id
  })

const Test = Layer.unwrapEffect(Effect.gen(function*() {
  const { accessToken } = yield* (yield* FakeSpotify.FakeSpotify).issueToken()
  return SpotifyClient.layer().pipe(Layer.provide(SpotifySession.layerToken({ accessToken })))
})).pipe(Layer.provideMerge(FakeSpotify.layer()))

const writes = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  const uris = [FakeSpotify.uri("track", 1), FakeSpotify.uri("track", 2)]
  const id = yield* playlistOf("Mine", uris)

  // What the fake keeps, and what it was asked.
  const playlist = yield* Effect.flatten(spotify.state.playlist(id))
  yield* Console.log(`${playlist.name}, public: ${playlist.public}, ${playlist.uris.length} tracks`)
  yield* Console.log((yield* spotify.requests).map(({ operation }) => operation).join(", then "))
}).pipe(Effect.provide(Test))

const waits = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  yield* spotify.failNext(FakeSpotify.tooManyRequests(30))
  const call = yield* Effect.fork(Tracks.get(FakeSpotify.trackId))
  yield* TestClock.adjust("30 seconds")
  const { name } = yield* Fiber.join(call)
  yield* Console.log(`${name}, after thirty seconds that took none`)
}).pipe(Effect.provide(Layer.provideMerge(Test, TestContext.TestContext)))

export const program = Effect.zipRight(writes, waits)

Guide.run(import.meta.url, program)
