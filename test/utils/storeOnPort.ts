/** A token store in a database, and a Spotify on a port for processes that share it. */
import { HttpServer, HttpServerRequest } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { Effect, Layer, Option, Redacted } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import { createServer } from "node:http"
import { layerOf, type Place } from "./sqlPlaces.js"

/** A Spotify on a port, which looks into the store at each call to see whether the call's token is kept there. */
export const spotifyOf = <A, E, R>(
  place: Place,
  options: FakeSpotify.Options,
  body: (given: {
    readonly origin: string
    readonly premature: () => number
    readonly spotify: FakeSpotify.Service
    readonly store: TokenStore.TokenStore.Service
  }) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const store = yield* TokenStore.TokenStore
    const server = yield* HttpServer.HttpServer
    let premature = 0
    const app = Effect.gen(function*() {
      const { headers, url } = yield* HttpServerRequest.HttpServerRequest
      if (url.startsWith("/v1/")) {
        const token = yield* Effect.orDie(store.get("a"))
        const isKept = Option.exists(token, (token) =>
          headers["authorization"] === `Bearer ${Redacted.value(token.accessToken)}`)
        if (!isKept) {
          premature++
        }
      }
      return yield* spotify.httpApp
    })
    yield* server.serve(app)
    return yield* body({
      origin: HttpServer.formatAddress(server.address),
      premature: () =>
        premature,
      spotify,
      store
    })
  }).pipe(
    Effect.provide(Layer.mergeAll(
      layerOf(place),
      FakeSpotify.layer(options),
      NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })
    )),
    Effect.scoped
  )

export const tokenEndpoint = { path: "/api/token" }
