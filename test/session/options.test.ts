/** What sessions, sign-in and the OAuth exchanges are told that can't be right, said before anything is sent or shown. */
import { Terminal } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import * as SignIn from "effect-spotify/SignIn"
import * as SpotifyAuth from "effect-spotify/SpotifyAuth"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as SpotifySessions from "effect-spotify/SpotifySessions"
import { FakeSpotify } from "effect-spotify/testing"
import { inspect } from "node:util"
import { clientId, clientSecret, confidential, layers, publicClient, redirectUri } from "../utils/session.js"
import { makeTerminal } from "../utils/signIn.js"

/** As from a program without types. */
const untyped = <A>(make: (...args: never) => A) => (...args: ReadonlyArray<unknown>) =>
  Reflect.apply(make, undefined, args) as A

const build = <Out, E, R>(make: (...args: never) => Layer.Layer<Out, E, R>) => (options: unknown) =>
  Layer.build(untyped(make)(options))

const user = build(SpotifySession.layerAuthorizationCode)
const pkce = build(SpotifySession.layerPkce)
const app = build(SpotifySession.layerClientCredentials)
const token = build(SpotifySession.layerToken)
const users = build(SpotifySessions.layerAuthorizationCode)
const usersPkce = build(SpotifySessions.layerPkce)
const request = untyped(SpotifyAuth.requestToken)
const checkApp = untyped(SpotifyAuth.checkApp)
const authorizeUrl = untyped(SpotifyAuth.authorizeUrl)
const code = { type: "authorization_code", code: Redacted.make("c"), redirectUri }

const loopback = (options: unknown) =>
  Effect.flatMap(makeTerminal(false), ({ terminal }) =>
    untyped(SignIn.loopback)(options).pipe(
      Effect.provideService(Terminal.Terminal, terminal),
      Effect.provideService(SignIn.Browser, { open: () => Effect.die("nothing is opened") }),
      Effect.provideService(SignIn.LoopbackServer, { listen: () => Effect.die("nothing listens") }),
      Effect.provide(SpotifySession.layerPkce(publicClient))
    ))

type Attempt = () => Effect.Effect<unknown, unknown, Effect.Effect.Context<ReturnType<typeof user>>>

describe("options that can't be right", () => {
  it.scoped.each<[string, string, string, Attempt]>([
    ["SpotifySession", "scope", "spelt scopes", () => user({ ...confidential, scope: [] })],
    ["SpotifySession", "redirectURL", "spelt redirectUri", () => pkce({ clientId, redirectURL: redirectUri })],
    ["SpotifySession", "clientSecret", "left out", () => pkce(confidential)],
    ["SpotifySession", "acessToken", "spelt accessToken", () => token({ acessToken: Redacted.make("t") })],
    ["SpotifySession", "redirectUri", "left out: the app itself has no sign-in", () => app(confidential)],
    ["SpotifySession", "scopes", "left out", () => app({ clientId, clientSecret, scopes: ["streaming"] })],
    ["SpotifySessions", "idleTimetolive", "spelt idleTimeToLive", () => users({ ...confidential, idleTimetolive: 1 })],
    ["SpotifySessions", "idleTimeToLive", "a duration", () => users({ ...confidential, idleTimeToLive: "soon" })],
    ["SpotifySessions", "idleTimeToLive", "a duration", () => users({ ...confidential, idleTimeToLive: Number.NaN })],
    ["SpotifySessions", "idleTimeToLive", "a duration", () => usersPkce({ ...publicClient, idleTimeToLive: -1 })],
    ["SpotifySessions", "maxTokenRequests", "a whole number", () => users({ ...confidential, maxTokenRequests: 0 })],
    ["SpotifySessions", "maxTokenRequests", "a whole number", () => users({ ...confidential, maxTokenRequests: 1.5 })],
    ["SpotifySessions", "maxTokenRequests", "a whole", () => usersPkce({ ...publicClient, maxTokenRequests: "9" })],
    ["SpotifySessions", "key", "left out", () => usersPkce({ ...publicClient, key: "alice" })],
    ["SpotifySessions", "options", "an object", () => users(null)],
    ["SignIn.loopback", "showdialogue", "spelt showDialog", () => loopback({ showdialogue: true })],
    ["SignIn.loopback", "timeout", "a duration", () => loopback({ timeout: "5 minuets" })],
    ["SignIn.loopback", "timeout", "a duration", () => loopback({ timeout: -1 })],
    ["SignIn.loopback", "timeout", "a duration", () => loopback({ timeout: Number.NaN })],
    ["SignIn.loopback", "timeout", "a duration", () => loopback({ timeout: 0 })],
    ["SignIn.loopback", "scopes", "a list of scopes", () => loopback({ scopes: "streaming" })],
    ["SignIn.loopback", "options", "an object", () => loopback(null)],
    [
      "SpotifyAuth.requestToken",
      "codeVerifer",
      "spelt codeVerifier",
      () => request({ clientId, clientSecret }, { ...code, codeVerifer: Redacted.make("v".repeat(43)) })
    ],
    [
      "SpotifyAuth.requestToken",
      "refreshtoken",
      "left out",
      () => request({ clientId, clientSecret }, { type: "client_credentials", refreshtoken: Redacted.make("r") })
    ],
    [
      "SpotifyAuth",
      "clientSecert",
      "spelt clientSecret",
      () => request({ clientId, clientSecert: clientSecret }, code)
    ],
    [
      "SpotifyAuth",
      "accountUrl",
      "spelt accountsUrl",
      () => Effect.suspend(() => checkApp({ clientId, accountUrl: "https://example.com" }))
    ],
    [
      "SpotifyAuth.authorizeUrl",
      "showDialogue",
      "spelt showDialog",
      () => Effect.suspend(() => authorizeUrl({ ...publicClient, state: "s", showDialogue: true }))
    ]
  ])("%s: %s (%s)", ([operation, field, expected, attempt]) =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      expect(yield* Effect.flip(attempt())).toMatchObject({
        _tag: "InvalidInput",
        operation,
        field,
        expected: expect.stringContaining(expected)
      })
      expect(yield* spotify.requests).toEqual([])
    }).pipe(Effect.provide(layers())))

  it.scoped.each<[string, (secret: string) => ReturnType<Attempt>]>([
    ["clientSecret", (clientSecret) => user({ ...confidential, clientSecret })],
    ["clientSecret", (clientSecret) => app({ clientId, clientSecret })],
    ["clientSecret", (clientSecret) => users({ ...confidential, clientSecret })],
    ["clientSecret", (clientSecret) => request({ clientId, clientSecret }, code)],
    ["accessToken", (accessToken) => token({ accessToken })],
    ["code", (given) => request({ clientId, clientSecret }, { ...code, code: given })]
  ])("don't show a secret that isn't redacted: %s", ([field, attempt]) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(attempt("s3cr3t"))
      expect(error).toMatchObject({ _tag: "InvalidInput", field })
      expect(inspect(error, { depth: 9 })).not.toContain("s3cr3t")
    }).pipe(Effect.provide(layers())))
})
