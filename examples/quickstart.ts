/**
 * Both sign-ins, a profile, a track, a refresh and a 429 that is waited out. Needs no account and no network.
 *
 *   npm run quickstart
 */
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Console, DateTime, Duration, Effect, Layer, Redacted } from "effect"
import { SpotifyClient, SpotifySession, TokenStore, Tracks, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { createServer } from "node:http"
import * as Terminal from "./support/terminal.js"

const say = (what: string, outcome: string) => Console.log(`${what.padEnd(34)} ${outcome}`)

const credentials = { clientId: "fake-client-id", clientSecret: Redacted.make("fake-client-secret") }

const asApp = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  const { accountsUrl, apiUrl } = spotify
  const live = SpotifyClient.layer({ baseUrl: apiUrl }).pipe(
    Layer.provide(SpotifySession.layerClientCredentials({ ...credentials, accountsUrl }))
  )
  yield* Effect.gen(function*() {
    const track = yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb")
    yield* say("Client credentials: Tracks.get", `${track.name} by ${track.artists[0]?.name}`)
  }).pipe(Effect.provide(live))
})

const asUser = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  const { accountsUrl, apiUrl } = spotify
  const live = SpotifyClient.layer({ baseUrl: apiUrl }).pipe(
    Layer.provideMerge(
      SpotifySession.layerAuthorizationCode({
        ...credentials,
        accountsUrl,
        redirectUri: "http://127.0.0.1:8888/callback",
        scopes: ["user-read-private", "user-read-email"]
      })
    ),
    Layer.provide(TokenStore.layerMemory)
  )
  yield* Effect.gen(function*() {
    const url = yield* SpotifySession.authorizeUrl()
    yield* say("Authorization code: 1. send to", `${url.origin}${url.pathname}`)
    const callback = new URL(yield* spotify.authorize(url))
    yield* say("                    2. comes back", `${callback.origin}${callback.pathname}?code=…&state=…`)
    const token = yield* SpotifySession.handleCallback(callback)
    yield* say("                    3. token until", DateTime.formatIso(token.expiresAt))

    const me = yield* Users.me()
    yield* say("Users.me", `${me.display_name} (${me.id})`)

    yield* spotify.expireAccessTokens
    yield* spotify.clearRequests
    const again = yield* Users.me()
    const { "POST /api/token": refreshes } = yield* spotify.counts
    yield* say("The access token is over: Users.me", `${again.display_name}, after ${refreshes} refresh`)

    yield* spotify.failNext(FakeSpotify.tooManyRequests(2))
    const [waited, track] = yield* Effect.timed(Tracks.get("7EjyzZcbLxW7PaaLua9Ksb"))
    yield* say(
      "429, Retry-After: 2: Tracks.get",
      `${track.name}, after ${Math.round(Duration.toSeconds(waited))} seconds`
    )
  }).pipe(Effect.provide(live))
})

const SandboxLive = FakeSpotify.layerServer().pipe(
  Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })),
  Layer.merge(UndiciTransport.layer),
  Layer.provideMerge(Terminal.layer)
)

asApp.pipe(
  Effect.zipRight(asUser),
  Effect.provide(SandboxLive),
  NodeRuntime.runMain
)
