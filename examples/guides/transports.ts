/**
 * The HTTP client beneath: one that tells of each request, and one that goes through a proxy.
 *
 *   npx tsx examples/guides/transports.ts
 */
import { HttpClient } from "@effect/platform"
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { SpotifyClient, SpotifySession, Tracks } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { createServer } from "node:http"
import { ProxyAgent } from "undici"
import * as Guide from "../support/guide.js"
import { startProxy } from "../support/proxy.js"

/** Any HttpClient will do, and so will one with more around it. Print no headers: they hold the token. */
const telling = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.tapRequest((request) => Console.log(`${request.method} ${new URL(request.url).pathname}`))
  )
)

/** undici's dispatchers: a proxy, another pool, other certificates. */
const throughProxy = (uri: string) =>
  Layer.provide(
    UndiciTransport.layerWithoutDispatcher,
    Layer.scoped(
      NodeHttpClient.Dispatcher,
      Effect.acquireRelease(Effect.sync(() => new ProxyAgent({ uri })), (agent) => Effect.promise(() => agent.close()))
    )
  )

const getTrack = Effect.gen(function*() {
  const { apiUrl, issueToken } = yield* FakeSpotify.FakeSpotify
  const { accessToken } = yield* issueToken()
  const SpotifyLive = SpotifyClient.layer({ baseUrl: apiUrl }).pipe(
    Layer.provide(SpotifySession.layerToken({ accessToken }))
  )
  const { name } = yield* Effect.provide(Tracks.get("7EjyzZcbLxW7PaaLua9Ksb"), SpotifyLive)
  yield* Console.log(name)
})

const SpotifyOnAPort = FakeSpotify.layerServer().pipe(
  Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
)

export const program = Effect.gen(function*() {
  yield* Effect.provide(getTrack, Layer.provideMerge(telling, FakeSpotify.layer()))

  const proxy = yield* startProxy
  yield* Effect.provide(getTrack, Layer.merge(throughProxy(proxy.url), SpotifyOnAPort))
  yield* Console.log(`${yield* proxy.tunnels} tunnel through the proxy`)
}).pipe(Effect.scoped)

Guide.run(import.meta.url, program)
