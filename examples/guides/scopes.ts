/**
 * Asks for the scopes that a program needs, and for more when it needs more.
 *
 *   npx tsx examples/guides/scopes.ts
 */
import { Console, Effect, Layer, Redacted } from "effect"
import { Library, Player, Scope, SpotifyClient, SpotifySession, TokenStore } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const SpotifyLive = SpotifyClient.layer().pipe(
  Layer.provideMerge(SpotifySession.layerAuthorizationCode({
    clientId: "fake-client-id",
    clientSecret: Redacted.make("fake-client-secret"),
    redirectUri: "http://127.0.0.1:8888/callback"
  })),
  Layer.provide(TokenStore.layerMemory),
  Layer.provideMerge(FakeSpotify.layer())
)

const signIn = (scopes: ReadonlyArray<Scope.Scope>) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const url = yield* SpotifySession.authorizeUrl({ scopes })
    yield* SpotifySession.handleCallback(yield* spotify.authorize(url))
    yield* Console.log(`Granted: ${(yield* SpotifySession.scopes).join(" ")}`)
  })

export const program = Effect.gen(function*() {
  // Each operation knows its scopes, so that nobody has to keep a list.
  const reading = Scope.required(Library.tracks)
  yield* signIn(reading)
  yield* Console.log(`${(yield* Library.tracks({ limit: 1 })).total} saved tracks`)

  // What was granted is known, so that a program can ask before it fails.
  const playing = Scope.required(Player.volume, Player.state)
  const missing = Scope.missing(yield* SpotifySession.scopes, playing)
  yield* Console.log(`Missing: ${missing.join(" ")}`)

  // And where it does fail, the error says what is missing.
  yield* Player.volume({ volume_percent: 40 }).pipe(
    Effect.catchTag("Forbidden", (error) => Console.log(`${error._tag}: ${error.missingScopes.join(" ")}`))
  )

  // Spotify grants what is asked for each time, not what was granted before: ask for both.
  yield* signIn([...reading, ...playing])
  yield* Player.volume({ volume_percent: 40 })
  yield* Console.log("Quieter")
}).pipe(Effect.provide(SpotifyLive))

Guide.run(import.meta.url, program)
