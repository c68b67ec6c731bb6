/**
 * Many users in one process: each has a session of their own, all share one client and its budget.
 *
 *   npx tsx examples/guides/many-users.ts
 */
import { Console, Effect, Layer, Redacted } from "effect"
import { Library, SpotifyClient, SpotifySession, SpotifySessions, TokenStore, Tracks, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const app = { clientId: "fake-client-id", clientSecret: Redacted.make("fake-client-secret") }

const SpotifyLive = SpotifyClient.layer().pipe(
  // What isn't called as a user is called as the app.
  Layer.provide(SpotifySession.layerClientCredentials(app)),
  Layer.merge(SpotifySessions.layerAuthorizationCode({
    ...app,
    redirectUri: "http://127.0.0.1:8888/callback",
    scopes: ["user-library-read"],
    idleTimeToLive: "5 minutes"
  })),
  Layer.provide(TokenStore.layerMemory), // TokenStoreSql.layer() for a table
  Layer.provideMerge(FakeSpotify.layer())
)

/** The three steps of a sign-in, under a key of yours: a cookie's value, an account's number. */
const signIn = (key: string, user: string) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const callback = yield* spotify.authorize(yield* SpotifySession.authorizeUrl(), { user })
    yield* SpotifySession.handleCallback(callback)
  }).pipe(SpotifySessions.withUser(key))

const summary = Effect.gen(function*() {
  const me = yield* Users.me()
  const { total } = yield* Library.tracks({ limit: 1 })
  return `${me.display_name} has ${total} saved tracks`
})

export const program = Effect.gen(function*() {
  yield* signIn("account-1", "fake-user")
  yield* signIn("account-2", "other-user")

  const lines = yield* Effect.forEach(
    ["account-1", "account-2"],
    (key) => summary.pipe(SpotifySessions.withUser(key)),
    { concurrency: "unbounded" }
  )
  yield* Effect.forEach(lines, (line) => Console.log(line))

  // Nobody has signed in under this key.
  yield* summary.pipe(
    SpotifySessions.withUser("account-3"),
    Effect.catchTag("ReauthorizationRequired", ({ key, reason }) => Console.log(`${key}: ${reason}`))
  )

  yield* SpotifySession.signOut.pipe(SpotifySessions.withUser("account-2"))
  yield* Console.log(`As the app: ${(yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb")).name}`)
}).pipe(Effect.provide(SpotifyLive))

Guide.run(import.meta.url, program)
