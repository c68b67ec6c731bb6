/**
 * A user signs in to an app that can't keep a secret.
 *
 *   npx tsx examples/guides/pkce.ts
 */
import { Console, Effect, Layer } from "effect"
import { SpotifyClient, SpotifySession, TokenStore, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const SpotifyLive = SpotifyClient.layer().pipe(
  Layer.provideMerge(SpotifySession.layerPkce({
    clientId: "fake-client-id",
    redirectUri: "http://127.0.0.1:8888/callback",
    scopes: ["user-library-read"]
  })),
  Layer.provide(TokenStore.layerMemory),
  Layer.provideMerge(FakeSpotify.layer({ refreshTokens: "rotate" })) // UndiciTransport.layer, for the true one
)

export const program = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify

  const url = yield* SpotifySession.authorizeUrl()
  yield* Console.log(`Asked by     ${url.searchParams.get("code_challenge_method")} challenge`)
  yield* SpotifySession.handleCallback(yield* spotify.authorize(url))

  const [exchange] = yield* spotify.requests.pipe(
    Effect.map((requests) => requests.filter(({ path }) => path === "/api/token"))
  )
  const fields = [...new URLSearchParams(exchange?.body).keys()]
  const secret = exchange !== undefined && "authorization" in exchange.headers ? "and a secret" : "no secret"
  yield* Console.log(`Exchanged by ${fields.join(", ")}; ${secret}`)
  yield* Console.log(`Signed in as ${(yield* Users.me()).display_name}`)

  // A refresh token of PKCE may be good for one use only. The new one is kept before anything else happens.
  yield* spotify.expireAccessTokens
  yield* Users.me()
  yield* spotify.expireAccessTokens
  yield* Console.log(`And again,   ${(yield* Users.me()).display_name}, after two refreshes`)
}).pipe(Effect.provide(SpotifyLive))

Guide.run(import.meta.url, program)
