import { HttpClient, Terminal } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Console, Effect, Layer, Option } from "effect"
import * as SignIn from "effect-spotify/SignIn"
import * as SignInNode from "effect-spotify/SignInNode"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import { layerSession, layerSpotify, makeTerminal } from "../utils/signIn.js"

const layer = Layer.provideMerge(layerSession(), layerSpotify())

/** Starts a program that needs a session, in a terminal whose user agrees to everything, or without one. */
const startProgram = (options: { readonly isTTY: boolean; readonly scopes?: SignIn.LoopbackOptions["scopes"] }) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const http = yield* HttpClient.HttpClient
    const { terminal } = yield* makeTerminal(options.isTTY)
    const browser: SignIn.Browser.Service = {
      open: (url) =>
        spotify.authorize(url).pipe(Effect.flatMap((callback) => http.get(callback)), Effect.orDie, Effect.as(true))
    }
    const environment = Layer.provideMerge(
      Layer.merge(Layer.succeed(SignIn.Browser, browser), Layer.succeed(Terminal.Terminal, terminal)),
      SignInNode.layer
    )
    const console = yield* Console.consoleWith(Effect.succeed)
    return yield* SpotifySession.token.pipe(
      Effect.provide(Layer.provide(SignIn.layerTerminal({ scopes: options.scopes }), environment)),
      Effect.withConsole({ ...console, error: () => Effect.void })
    )
  })

const signIns = Effect.flatMap(FakeSpotify.FakeSpotify, ({ count }) => count({ method: "POST", path: "/authorize" }))

describe("layerTerminal", () => {
  it.live("signs in where nobody is, and asks nobody who signed in once", () =>
    Effect.gen(function*() {
      const first = yield* startProgram({ isTTY: true, scopes: ["user-top-read"] })
      expect(Option.map(first, ({ scopes }) => scopes)).toEqual(Option.some(["user-top-read"]))
      expect(yield* startProgram({ isTTY: true })).toEqual(first)
      expect(yield* startProgram({ isTTY: false })).toEqual(first)
      expect(yield* signIns).toBe(1)
    }).pipe(Effect.provide(layer)))

  it.live("asks again where the sign-in has ended", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* startProgram({ isTTY: true })
      yield* SpotifySession.signOut
      yield* startProgram({ isTTY: true })
      expect(yield* signIns).toBe(2)
      yield* spotify.revokeAccessTokens
      yield* spotify.revokeRefreshTokens()
      yield* SpotifySession.refresh.pipe(Effect.ignore)
      expect(Option.isSome(yield* startProgram({ isTTY: true }))).toBe(true)
      expect(yield* signIns).toBe(3)
    }).pipe(Effect.provide(layer)))

  it.live("says at once what to do where there is no terminal", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(startProgram({ isTTY: false }))
      expect(error).toBeInstanceOf(SignIn.TerminalUnavailable)
      expect(error).toMatchObject({ _tag: "TerminalUnavailable", key: "default" })
      expect(error.message).toContain("npx effect-spotify login")
      expect(yield* signIns).toBe(0)
    }).pipe(Effect.provide(layer)))
})
