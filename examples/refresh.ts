/**
 * A script that runs for months: it keeps a refresh token in a file and renews its access token by itself.
 *
 *   SPOTIFY_REFRESH_TOKEN=… npx tsx examples/refresh.ts
 *
 * The refresh token is needed once; after that the file has it.
 */
import { NodeFileSystem, NodeRuntime } from "@effect/platform-node"
import { Config, Console, DateTime, Effect, Layer, Option } from "effect"
import { SpotifyClient, SpotifySession, TokenStore, Users } from "effect-spotify"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Sandbox from "./support/sandbox.js"

const seed = Effect.gen(function*() {
  const store = yield* TokenStore.TokenStore
  const { fake } = yield* Sandbox.Sandbox
  const given = Option.isSome(fake)
    ? Option.fromNullable((yield* fake.value.issueToken({ scopes: ["user-read-private"] })).refreshToken)
    : yield* Config.option(Config.redacted(Config.nonEmptyString("SPOTIFY_REFRESH_TOKEN")))
  if (Option.isSome(given)) yield* store.set("default", TokenStore.fromRefreshToken(given.value))
})

const tell = Effect.gen(function*() {
  const expiresAt = yield* SpotifySession.expiresAt
  yield* Console.log(
    `  access token good until ${Option.getOrElse(Option.map(expiresAt, DateTime.formatIso), () => "?")}`
  )
})

const program = Effect.gen(function*() {
  yield* seed
  yield* Console.log("The store has a refresh token only; the first call gets an access token with it:")
  const me = yield* Users.me()
  yield* Console.log(`  signed in as ${me.display_name}`)
  yield* tell

  const { fake } = yield* Sandbox.Sandbox
  if (Option.isSome(fake)) {
    yield* fake.value.expireAccessTokens
    yield* Console.log("Spotify says that the access token is over (401); 20 calls at once share one refresh:")
    yield* fake.value.clearRequests
    yield* Effect.forEach(Array.from({ length: 20 }), () => Users.me(), { concurrency: "unbounded", discard: true })
    const counts = yield* fake.value.counts
    yield* Console.log(`  ${counts["POST /api/token"]} request to the token endpoint`)
    yield* tell

    yield* fake.value.revokeRefreshTokens()
    yield* fake.value.expireAccessTokens
    yield* Console.log("The user takes the consent back:")
  }
  yield* Users.me()
}).pipe(
  Effect.catchTag("ReauthorizationRequired", (error) => Console.log(`  ${error._tag}: ${error.message}`))
)

const file = Config.nonEmptyString("SPOTIFY_TOKEN_FILE").pipe(
  Config.withDefault(join(tmpdir(), "effect-spotify-example", "tokens.json"))
)

const SpotifyLive = Layer.unwrapEffect(
  Effect.map(Sandbox.apiUrl, (baseUrl) => SpotifyClient.layer({ baseUrl }))
).pipe(
  Layer.provideMerge(
    SpotifySession.layerAuthorizationCodeConfig({
      clientId: Sandbox.clientId,
      clientSecret: Sandbox.clientSecret,
      redirectUri: Sandbox.redirectUri,
      accountsUrl: Sandbox.accountsUrl
    })
  ),
  Layer.provideMerge(Layer.unwrapEffect(Effect.map(file, TokenStore.layerFile))),
  Layer.provideMerge(Layer.merge(Sandbox.layer(), NodeFileSystem.layer))
)

program.pipe(Effect.provide(SpotifyLive), NodeRuntime.runMain)
