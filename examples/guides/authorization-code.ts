/**
 * A user signs in to an app that keeps a secret.
 *
 *   npx tsx examples/guides/authorization-code.ts
 */
import { Console, Effect, Layer, Redacted } from "effect"
import { SpotifyClient, SpotifySession, TokenStore, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const SpotifyLive = SpotifyClient.layer().pipe(
  Layer.provideMerge(SpotifySession.layerAuthorizationCode({
    clientId: "fake-client-id",
    clientSecret: Redacted.make("fake-client-secret"),
    redirectUri: "http://127.0.0.1:8888/callback",
    scopes: ["user-read-private"]
  })),
  Layer.provide(TokenStore.layerMemory), // TokenStore.layerFile("tokens.json") keeps it
  Layer.provideMerge(FakeSpotify.layer()) // UndiciTransport.layer, for the true one
)

export const program = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify

  // 1. Send the user's browser to Spotify. The state is made and kept for you.
  const url = yield* SpotifySession.authorizeUrl()
  yield* Console.log(`Send the browser to  ${url.origin}${url.pathname}`)
  yield* Console.log(`with                 ${[...url.searchParams.keys()].join(", ")}`)

  // The user agrees, and Spotify sends the browser back to the redirect URI.
  const callback = new URL(yield* spotify.authorize(url))
  yield* Console.log(`It comes back to     ${callback.origin}${callback.pathname}`)
  yield* Console.log(`with                 ${[...callback.searchParams.keys()].join(", ")}`)

  // 2. Hand that URL over: the state is checked, the code exchanged, the token kept.
  yield* SpotifySession.handleCallback(callback)

  // 3. Call anything. The token is renewed without your doing.
  const me = yield* Users.me()
  yield* Console.log(`Signed in as         ${me.display_name}, for ${(yield* SpotifySession.scopes).join(" ")}`)

  // Somebody who says no, and a callback that arrives twice, are errors with tags of their own.
  const refusal = yield* spotify.authorize(yield* SpotifySession.authorizeUrl(), { approve: false })
  for (const again of [refusal, callback]) {
    yield* SpotifySession.handleCallback(again).pipe(
      Effect.catchTags({
        AuthorizationDenied: (error) => Console.log(`${error._tag}  ${error.message}`),
        StateMismatch: (error) => Console.log(`${error._tag}        ${error.message}`)
      })
    )
  }
}).pipe(Effect.provide(SpotifyLive))

Guide.run(import.meta.url, program)
