/** A store that refuses, or never answers. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Context, Effect, Exit, Layer, Logger, type LogLevel, Scope, TestClock } from "effect"
import { TokenStoreError } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as SpotifySessions from "effect-spotify/SpotifySessions"
import * as TokenStore from "effect-spotify/TokenStore"
import {
  confidential,
  finish,
  layers,
  publicClient,
  settle,
  signedIn,
  signIn,
  storedToken,
  storeWith,
  tokenRequests,
  until
} from "../utils/session.js"

const rotating = { refreshTokens: "rotate" } as const
const refused = Effect.fail(TokenStoreError.of("a store", "set", "disk full"))

/** A store that takes tokens as it is told, and when it was asked to. */
const makeStore = () => {
  const state: { answer: "take" | "refuse" | "none" } = { answer: "take" }
  const offers: Array<number> = []
  const layer = storeWith((store) => ({
    set: (key, token) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        offers.push(now)
        if (state.answer === "none") return Effect.never
        return state.answer === "refuse" ? refused : store.set(key, token)
      })
  }))
  return { state, offers, layer }
}

/** What is logged. */
const makeLog = () => {
  const lines: Array<readonly [level: LogLevel.LogLevel["label"], text: string]> = []
  const logger = Logger.make(({ logLevel, message }) => void lines.push([logLevel.label, String(message)]))
  return { lines, layer: Logger.replace(Logger.defaultLogger, logger) }
}

/** Closes a scope, and tells how many seconds that took: as it is, or one more, since the clock goes on in steps. */
const closing = (scope: Scope.CloseableScope) =>
  Effect.gen(function*() {
    const before = yield* Clock.currentTimeMillis
    yield* finish(yield* Effect.fork(Scope.close(scope, Exit.void)))
    return ((yield* Clock.currentTimeMillis) - before) / 1000
  })

/** A session whose token is over, in a scope of its own. */
const inScope = Effect.gen(function*() {
  const scope = yield* Scope.make()
  const session = yield* Scope.extend(signedIn(), scope)
  yield* TestClock.adjust("1 hour")
  return { scope, session }
})

const seconds = (n: number) => Effect.repeatN(Effect.zipRight(TestClock.adjust("1 second"), settle), n - 1)

const expectTwenty = (seconds: number) => {
  expect(seconds).toBeGreaterThanOrEqual(20)
  expect(seconds).toBeLessThan(25)
}

describe("a store that refuses a new token", () => {
  it.scoped("is offered it less and less often, and has it as soon as it takes it", () => {
    const { layer, offers, state } = makeStore()
    const log = makeLog()
    return Effect.gen(function*() {
      const session = yield* signedIn()
      yield* TestClock.adjust("1 hour")
      const before = yield* storedToken()
      state.answer = "refuse"
      offers.length = 0
      expect(yield* Effect.flip(session.accessToken)).toMatchObject({ _tag: "TokenStoreError", detail: "disk full" })
      expect(log.lines).toEqual([])
      yield* seconds(300)

      const pauses = offers.slice(1).map((at, i) => at - (offers[i] ?? 0))
      expect(pauses.length).toBeGreaterThan(12)
      expect(pauses.length).toBeLessThan(30)
      expect(Math.max(...pauses)).toBeLessThanOrEqual(31_000)
      expect(Math.min(...pauses.slice(-5))).toBeGreaterThanOrEqual(19_000)
      expect(log.lines).toEqual([["WARN", expect.stringContaining("doesn't take a new token of \"default\"")]])
      expect(log.lines[0]?.[1]).toContain("disk full")

      state.answer = "take"
      yield* seconds(31)
      expect((yield* storedToken())?.refreshToken).not.toBe(before?.refreshToken)
      expect(log.lines.slice(1)).toEqual([["INFO", expect.stringContaining("works again")]])
      const { length } = offers
      yield* seconds(60)
      expect(offers).toHaveLength(length)
      expect(yield* tokenRequests).toBe(2)
    }).pipe(Effect.provide(Layer.merge(layers(rotating, layer), log.layer)))
  })

  it.scoped("is offered that of a sign-in too", () => {
    const { layer, state } = makeStore()
    return Effect.gen(function*() {
      const session = yield* SpotifySession.makePkce(publicClient)
      state.answer = "refuse"
      expect(yield* Effect.flip(signIn(session))).toMatchObject({ _tag: "TokenStoreError" })
      state.answer = "take"
      yield* seconds(2)
      expect(yield* storedToken()).toBeDefined()
    }).pipe(Effect.provide(layers(rotating, layer)))
  })

  it.effect("gets a last offer as the session closes", () => {
    const { layer, state } = makeStore()
    const log = makeLog()
    return Effect.gen(function*() {
      const { scope, session } = yield* inScope
      const before = yield* storedToken()
      state.answer = "refuse"
      yield* Effect.flip(session.accessToken)
      yield* seconds(100)
      state.answer = "take"
      expect(yield* closing(scope)).toBeLessThan(5)
      expect((yield* storedToken())?.refreshToken).not.toBe(before?.refreshToken)
      expect(log.lines.map(([level]) => level)).toEqual(["WARN", "INFO"])
    }).pipe(Effect.provide(Layer.merge(layers(rotating, layer), log.layer)))
  })

  it.effect("loses it where it refuses that too, and the session says what is lost", () => {
    const { layer, state } = makeStore()
    const log = makeLog()
    return Effect.gen(function*() {
      const { scope, session } = yield* inScope
      state.answer = "refuse"
      yield* Effect.flip(session.accessToken)
      expect(yield* closing(scope)).toBeLessThan(5)
      expect(log.lines).toEqual([["ERROR", expect.stringContaining("sign in again")]])
      expect(log.lines[0]?.[1]).toContain("disk full")
    }).pipe(Effect.provide(Layer.merge(layers(rotating, layer), log.layer)))
  })

  it.effect("loses nothing where Spotify leaves the refresh token as it is, and nothing is said", () => {
    const { layer, state } = makeStore()
    const log = makeLog()
    return Effect.gen(function*() {
      const { scope, session } = yield* inScope
      state.answer = "refuse"
      yield* Effect.flip(session.accessToken)
      expect(yield* closing(scope)).toBeLessThan(5)
      expect(log.lines).toEqual([])
    }).pipe(Effect.provide(Layer.merge(layers({ refreshTokens: "keep" }, layer), log.layer)))
  })
})

describe("a store that never answers", () => {
  it.effect("keeps a session's scope from closing for 20 seconds, and no longer", () => {
    const { layer, offers, state } = makeStore()
    const log = makeLog()
    return Effect.gen(function*() {
      const { scope, session } = yield* inScope
      state.answer = "none"
      offers.length = 0
      yield* Effect.fork(session.accessToken)
      yield* until(Effect.sync(() => offers.length), (n) => n > 0)
      expectTwenty(yield* closing(scope))
      expect(log.lines).toEqual([["ERROR", expect.stringContaining("gave no answer for 20s")]])
    }).pipe(Effect.provide(Layer.merge(layers(rotating, layer), log.layer)))
  })

  it.effect("does so once, however much there is to wait for", () => {
    const { layer, state } = makeStore()
    let isSilent = false
    // Neither its write nor its lock can be given up.
    const silent = Layer.map(layer, (context) => {
      const store = Context.get(context, TokenStore.TokenStore)
      return Context.make(TokenStore.TokenStore, {
        ...store,
        withLock: <A, E, R>(
          key: string,
          effect: Effect.Effect<A, E, R>
        ): Effect.Effect<A, E | TokenStoreError, R> =>
          Effect.suspend(() => isSilent ? Effect.uninterruptible(Effect.never) : store.withLock(key, effect))
      })
    })
    return Effect.gen(function*() {
      const { scope, session } = yield* inScope
      state.answer = "refuse"
      yield* Effect.flip(session.accessToken)
      isSilent = true
      yield* seconds(1)
      expectTwenty(yield* closing(scope))
    }).pipe(Effect.provide(layers(rotating, silent)))
  })

  it.effect("nor those of many users: they close side by side", () => {
    const { layer, offers, state } = makeStore()
    return Effect.gen(function*() {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(SpotifySessions.layerAuthorizationCode(confidential), scope)
      yield* Effect.gen(function*() {
        const sessions = yield* SpotifySessions.SpotifySessions
        for (const key of ["a", "b", "c"]) yield* Effect.flatMap(Scope.extend(sessions.get(key), scope), signIn)
        yield* TestClock.adjust("59 minutes")
        state.answer = "none"
        offers.length = 0
        for (const key of ["a", "b", "c"]) {
          const session = yield* Scope.extend(sessions.get(key), scope)
          yield* Effect.fork(session.refresh)
        }
        yield* until(Effect.sync(() => offers.length), (n) => n === 3)
      }).pipe(Effect.provide(context))
      expectTwenty(yield* closing(scope))
    }).pipe(Effect.provide(layers(rotating, layer)))
  })
})
