/**
 * A program that runs wherever there is fetch: Node, Bun, Deno, workers, browsers. It imports nothing of Node.
 *
 *   npx tsx examples/guides/runtimes.ts
 */
import { FetchHttpClient, HttpApp } from "@effect/platform"
import { Console, Effect, Layer } from "effect"
import { SpotifyClient, SpotifySession, TokenStore, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

/** The same fetch that FetchHttpClient.layer takes by itself; here it asks a fake. */
const fetchOf = (spotify: FakeSpotify.Service): typeof fetch => {
  const answer = HttpApp.toWebHandler(spotify.httpApp)
  return (input, init) => answer(new Request(input, init))
}

export const program = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.make()

  const SpotifyLive = SpotifyClient.layer().pipe(
    Layer.provideMerge(SpotifySession.layerPkce({
      clientId: "fake-client-id",
      redirectUri: "http://127.0.0.1:8888/callback",
      scopes: ["user-read-private"]
    })),
    Layer.provide(TokenStore.layerMemory),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetchOf(spotify)))
  )

  yield* Effect.gen(function*() {
    const callback = yield* spotify.authorize(yield* SpotifySession.authorizeUrl())
    yield* SpotifySession.handleCallback(callback)
    yield* Console.log(`Signed in as ${(yield* Users.me()).display_name}`)
  }).pipe(Effect.provide(SpotifyLive))
})

Guide.run(import.meta.url, program)
