/**
 * A script that runs for months: it begins with a refresh token and renews its access token by itself.
 *
 *   npx tsx examples/guides/refreshing.ts
 */
import { NodeFileSystem } from "@effect/platform-node"
import { Console, Effect, Layer, Option, Redacted } from "effect"
import { SpotifyClient, SpotifySession, TokenStore, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Guide from "../support/guide.js"

const file = join(mkdtempSync(join(tmpdir(), "effect-spotify-")), "tokens.json")

const SpotifyLive = SpotifyClient.layer().pipe(
  Layer.provideMerge(SpotifySession.layerAuthorizationCode({
    clientId: "fake-client-id",
    clientSecret: Redacted.make("fake-client-secret"),
    redirectUri: "http://127.0.0.1:8888/callback"
  })),
  Layer.provideMerge(TokenStore.layerFile(file)),
  Layer.provideMerge(Layer.merge(FakeSpotify.layer(), NodeFileSystem.layer))
)

export const program = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  const store = yield* TokenStore.TokenStore
  const refreshes = spotify.count({ path: "/api/token" })

  // A refresh token from elsewhere is all it takes. It is needed once: then the file has it.
  const { refreshToken } = yield* spotify.issueToken()
  if (refreshToken !== undefined) yield* store.set("default", TokenStore.fromRefreshToken(refreshToken))
  yield* Console.log(`${(yield* Users.me()).display_name}, after ${yield* refreshes} refresh`)

  // The access token is over: twenty calls at once share one refresh.
  yield* spotify.expireAccessTokens
  yield* Effect.forEach(Array.from({ length: 20 }), () => Users.me(), { concurrency: "unbounded", discard: true })
  yield* Console.log(`Twenty calls later there were ${yield* refreshes}`)

  const expiresAt = yield* SpotifySession.expiresAt
  yield* Console.log(`It ${Option.isSome(expiresAt) ? "knows" : "doesn't know"} when the access token ends`)

  // Half a year after the user agreed, or when they take it back, it is over for good.
  yield* spotify.revokeRefreshTokens()
  yield* spotify.expireAccessTokens
  yield* Users.me().pipe(
    Effect.catchTag("ReauthorizationRequired", (error) => Console.log(`${error.reason}: ${error.message}`))
  )
  yield* Console.log(`The dead token is ${Option.isNone(yield* store.get("default")) ? "gone" : "still there"}`)
}).pipe(Effect.provide(SpotifyLive))

Guide.run(import.meta.url, program)
