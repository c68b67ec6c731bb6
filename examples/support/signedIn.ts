/**
 * A client of a user who is signed in. With SPOTIFY_CLIENT_ID in the environment that user signs in at Spotify, once, in
 * the browser; without it a FakeSpotify in this process has one.
 */
import { NodeFileSystem } from "@effect/platform-node"
import { Config, Effect, Layer, Option } from "effect"
import { type Scope, SpotifyClient, SpotifySession, TokenStore } from "effect-spotify"
import * as SignInNode from "effect-spotify/SignInNode"
import { FakeSpotify } from "effect-spotify/testing"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Terminal from "./terminal.js"

/** Where the examples keep their files. */
export const directory = join(tmpdir(), "effect-spotify-example")

const atFake = (options: FakeSpotify.Options) =>
  Layer.unwrapEffect(Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const { accessToken } = yield* spotify.issueToken()
    return SpotifyClient.layer().pipe(Layer.provide(SpotifySession.layerToken({ accessToken })))
  })).pipe(Layer.provide(FakeSpotify.layer(options)))

const atSpotify = (scopes: ReadonlyArray<Scope.Scope>) => {
  const session = SpotifySession.layerPkceConfig({
    clientId: Config.nonEmptyString("SPOTIFY_CLIENT_ID"),
    redirectUri: Config.nonEmptyString("SPOTIFY_REDIRECT_URI").pipe(
      Config.withDefault("http://127.0.0.1:8888/callback")
    ),
    scopes: Config.succeed(scopes)
  }).pipe(
    Layer.provide(TokenStore.layerFile(join(directory, "user.json"))),
    Layer.provide(NodeFileSystem.layer)
  )
  return SpotifyClient.layer().pipe(
    Layer.provide(SignInNode.layerTerminal()),
    Layer.provide(session),
    Layer.provide(UndiciTransport.layer)
  )
}

export const layer = (scopes: ReadonlyArray<Scope.Scope>, fake: FakeSpotify.Options = {}) =>
  Layer.unwrapEffect(
    Effect.map(
      Config.option(Config.nonEmptyString("SPOTIFY_CLIENT_ID")),
      Option.match({ onNone: () => atFake(fake), onSome: () => atSpotify(scopes) })
    )
  ).pipe(Layer.provideMerge(Terminal.layer))
