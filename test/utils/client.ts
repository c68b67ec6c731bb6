/** A client of a user who is signed in at a FakeSpotify. */
import type { HttpClient } from "@effect/platform"
import { Context, DateTime, Effect, Layer, Redacted } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"

type Issue = Parameters<FakeSpotify.Service["issueToken"]>[0]

/** The session of a user who signed in. */
export const sessionLayer = (issue: Issue = {}) =>
  Layer.unwrapEffect(Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const { accessToken, expiresAt, refreshToken, scopes } = yield* spotify.issueToken(issue)
    const token: TokenStore.Token = {
      accessToken,
      expiresAt: DateTime.unsafeMake(expiresAt),
      scopes,
      ...(refreshToken === undefined ? {} : { refreshToken })
    }
    return SpotifySession.layerAuthorizationCode({
      clientId: "fake-client-id",
      clientSecret: Redacted.make("fake-client-secret"),
      redirectUri: "http://127.0.0.1:8888/callback",
      accountsUrl: spotify.accountsUrl
    }).pipe(Layer.provide(TokenStore.layerMemoryWith({ default: token })))
  }))

/** Another user's session. */
export const sessionOf = (user: string) =>
  Effect.map(
    Layer.build(sessionLayer({ user })),
    (context) => Context.get(context, SpotifySession.SpotifySession)
  )

/** A client over the FakeSpotify and the HttpClient that it is given. */
export const clientLayer = (
  options?: SpotifyClient.Options,
  issue?: Issue
): Layer.Layer<
  SpotifyClient.SpotifyClient | SpotifySession.SpotifySession,
  never,
  FakeSpotify.FakeSpotify | HttpClient.HttpClient
> =>
  Layer.unwrapEffect(
    Effect.map(FakeSpotify.FakeSpotify, ({ apiUrl }) => SpotifyClient.layer({ baseUrl: apiUrl, ...options }))
  ).pipe(
    Layer.provideMerge(sessionLayer(issue)),
    Layer.orDie
  )

/** A client over a FakeSpotify in the same process. */
export const layer = (
  options: {
    readonly client?: SpotifyClient.Options
    readonly fake?: FakeSpotify.Options
    readonly issue?: Issue
  } = {}
) => clientLayer(options.client, options.issue).pipe(Layer.provideMerge(FakeSpotify.layer(options.fake)))

/** Sends without a declared operation. */
export const send = (
  method: SpotifyClient.Request["method"],
  url: string,
  request: Partial<SpotifyClient.Request> = {}
) =>
  Effect.flatMap(
    SpotifyClient.SpotifyClient,
    (client) => client.execute({ operation: "Test.send", method, url, idempotent: method !== "POST", ...request })
  )

export const get = (url: string, request?: Partial<SpotifyClient.Request>) => send("GET", url, request)

/** Adds to the queue: what must not happen twice. */
export const queue = send("POST", `/me/player/queue?uri=${encodeURIComponent(FakeSpotify.uri("track", 1))}`)

export const spotify = FakeSpotify.FakeSpotify
