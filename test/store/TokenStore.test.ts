import { Error as PlatformError, FileSystem, KeyValueStore } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { afterEach, describe, expect, it, vi } from "@effect/vitest"
import { DateTime, Deferred, Effect, Exit, Fiber, Layer, Option, Redacted } from "effect"
import type { TokenStoreError } from "effect-spotify/SpotifyError"
import * as TokenStore from "effect-spotify/TokenStore"
import { inspect } from "node:util"
import { behaves, clear, expectToken, makePending, makeToken } from "../utils/tokenStoreSuite.js"
import { makeLocks } from "../utils/tokenStoreWebLocks.js"

const overValues = (values: Layer.Layer<KeyValueStore.KeyValueStore, PlatformError.PlatformError>) =>
  Effect.map(
    Layer.build(values),
    (context) => TokenStore.layerKeyValueStore().pipe(Layer.provide(Layer.succeedContext(context)))
  )

behaves("layerMemory", Effect.succeed(TokenStore.layerMemory), { isPersistent: false })
behaves("layerKeyValueStore in memory", overValues(KeyValueStore.layerMemory), { hasSharedLock: false })
behaves(
  "layerKeyValueStore in files",
  Effect.gen(function*() {
    const directory = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
    return yield* overValues(KeyValueStore.layerFileSystem(directory).pipe(Layer.provide(NodeContext.layer)))
  }).pipe(Effect.provide(NodeContext.layer)),
  { hasSharedLock: false }
)

describe("layerKeyValueStore with the Web Locks API", () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  behaves(
    "layerKeyValueStore in two tabs",
    Effect.sync(() => vi.stubGlobal("navigator", { locks: makeLocks() })).pipe(
      Effect.zipRight(overValues(KeyValueStore.layerMemory))
    )
  )

  it.effect("takes back its request when a waiter is interrupted, and its lock when the holder is", () =>
    Effect.gen(function*() {
      const locks = makeLocks()
      vi.stubGlobal("navigator", { locks })
      const tab = Effect.provide(
        TokenStore.TokenStore,
        TokenStore.layerKeyValueStore().pipe(Layer.provide(KeyValueStore.layerMemory), Layer.fresh)
      )
      const [one, two] = [yield* tab, yield* tab]
      const entered = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(
        one.withLock("a", Effect.zipRight(Deferred.succeed(entered, undefined), Effect.never))
      )
      yield* Deferred.await(entered)
      const waiter = yield* Effect.fork(two.withLock("a", Effect.void))
      yield* Effect.promise(() => vi.waitUntil(() => locks.waiting() === 1))
      yield* Fiber.interrupt(waiter)
      expect(locks.waiting()).toBe(0)
      yield* Fiber.interrupt(holder)
      yield* two.withLock("a", Effect.void)
      yield* Effect.promise(() => vi.waitUntil(() => locks.held() === 0))
    }))

  it.effect("gives back a lock that is granted while the waiter is being interrupted", () =>
    Effect.gen(function*() {
      const locks = makeLocks()
      vi.stubGlobal("navigator", { locks })
      const store = yield* TokenStore.TokenStore
      for (let pause = 0; pause < 20; pause++) {
        const fiber = yield* Effect.fork(store.withLock("a", Effect.never))
        yield* Effect.promise(async () => {
          for (let i = 0; i < pause; i++) {
            await Promise.resolve()
          }
        })
        expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
        yield* store.withLock("a", Effect.void)
        yield* Effect.promise(() => vi.waitUntil(() => locks.held() === 0))
      }
    }).pipe(Effect.provide(TokenStore.layerKeyValueStore().pipe(Layer.provide(KeyValueStore.layerMemory)))))
})

describe("layerKeyValueStore", () => {
  const values = new Map<string, string>()
  const storage = KeyValueStore.layerStorage(() => ({
    length: 0,
    clear: () => values.clear(),
    getItem: (key) => values.get(key) ?? null,
    key: () => null,
    removeItem: (key) => values.delete(key),
    setItem: (key, value) => {
      if (value.includes("too long")) {
        throw new Error("QuotaExceededError")
      }
      values.set(key, value)
    }
  }))
  const layer = TokenStore.layerKeyValueStore({ prefix: "app/" }).pipe(Layer.provide(storage))
  afterEach(() => values.clear())

  it.effect("names its entries after prefix, kind and key", () =>
    Effect.gen(function*() {
      const store = yield* TokenStore.TokenStore
      yield* store.set("alice@example.org", makeToken("1"))
      yield* store.setPending("alice@example.org", yield* makePending("one"))
      yield* store.set("x".repeat(65), makeToken("2"))
      expect([...values.keys()]).toEqual([
        "app/token/alice@example.org",
        "app/pending/alice@example.org",
        expect.stringMatching(/^app\/token\/~[0-9a-f]{64}$/)
      ])
      yield* store.takePending("alice@example.org", "one")
      yield* store.remove("alice@example.org")
      expect(values.size).toBe(1)
    }).pipe(Effect.provide(layer)))

  it.effect("says what is wrong with an entry, and shows none of it", () =>
    Effect.gen(function*() {
      const store = yield* TokenStore.TokenStore
      for (const entry of ["secret no json", "[\"secret\"]", "{\"accessToken\":\"secret\",\"scopes\":\"secret\"}"]) {
        values.set("app/token/a", entry)
        values.set("app/pending/a", entry)
        for (
          const operation of [
            store.get("a"),
            store.takePending("a", "one"),
            Effect.flatMap(makePending("one"), (pending) => store.setPending("a", pending))
          ]
        ) {
          const error = yield* Effect.flip<unknown, TokenStoreError, never>(operation)
          expect(error).toMatchObject({ _tag: "TokenStoreError", store: "KeyValueStore app/" })
          expect(error.message).toContain("sign in again")
          expect(inspect(error, { depth: 9 })).not.toContain("secret")
        }
      }
      yield* store.set("a", makeToken("1"))
      expectToken(yield* store.get("a"), makeToken("1"))
    }).pipe(Effect.provide(layer)))

  /** A storage that shows half of a value for its first looks, as a file that is being written does. */
  const beside = (whole: string, halves: number) => {
    const state = { looks: 0 }
    const kept = new Map<string, string>()
    const storage = KeyValueStore.makeStringOnly({
      get: (name) =>
        Effect.sync(() => {
          const value = kept.get(name) ?? whole
          return Option.some(++state.looks > halves ? value : value.slice(0, value.length / 2))
        }),
      set: (name, value) => Effect.sync(() => void kept.set(name, value)),
      remove: () => Effect.void,
      clear: Effect.void,
      size: Effect.succeed(1)
    })
    return {
      kept,
      state,
      layer: TokenStore.layerKeyValueStore().pipe(Layer.provide(Layer.succeed(KeyValueStore.KeyValueStore, storage)))
    }
  }

  /** Of what a store writes. */
  const written = <A>(effect: (store: TokenStore.TokenStore.Service) => Effect.Effect<A, TokenStoreError>) => {
    const { kept, layer } = beside("[]", 0)
    return Effect.map(
      Effect.provide(Effect.flatMap(TokenStore.TokenStore, effect), layer),
      () => [...kept.values()][0] ?? ""
    )
  }

  it.live("reads an entry again that is only half written, before it says to sign in again", () =>
    Effect.gen(function*() {
      const pending = yield* makePending("one")
      const [token, signIns] = yield* Effect.all([
        written((store) => store.set("a", makeToken("1"))),
        written((store) => store.setPending("a", pending))
      ])
      const ofToken = beside(token, 1)
      expectToken(
        yield* Effect.provide(Effect.flatMap(TokenStore.TokenStore, (store) => store.get("a")), ofToken.layer),
        makeToken("1")
      )
      expect(ofToken.state.looks).toBe(2)
      const ofSignIns = beside(signIns, 2)
      const taken = yield* Effect.provide(
        Effect.flatMap(TokenStore.TokenStore, (store) => store.takePending("a", "one")),
        ofSignIns.layer
      )
      expect(Option.isSome(taken)).toBe(true)
    }))

  it.live("says what is wrong with an entry that stays as it is", () =>
    Effect.gen(function*() {
      const { layer, state } = beside(yield* written((store) => store.set("a", makeToken("1"))), Infinity)
      const error = yield* Effect.flip(
        Effect.provide(Effect.flatMap(TokenStore.TokenStore, (store) => store.get("a")), layer)
      )
      expect(error).toMatchObject({ _tag: "TokenStoreError", operation: "get" })
      expect(error.message).toContain("an entry can't be read: it isn't JSON of the right shape")
      expect(error.message).toContain("sign in again")
      expect(state.looks).toBe(6)
    }))

  it.effect("passes the failure of the storage on", () =>
    Effect.gen(function*() {
      const store = yield* TokenStore.TokenStore
      const error = yield* Effect.flip(store.set("a", makeToken("too long")))
      expect(error).toMatchObject({ _tag: "TokenStoreError", operation: "set" })
      expect(inspect(error, { depth: 9 })).not.toContain("too long")
    }).pipe(Effect.provide(layer)))
})

describe("layerMemory", () => {
  it.effect("starts with the tokens that it is given", () =>
    Effect.gen(function*() {
      const store = yield* TokenStore.TokenStore
      expectToken(yield* store.get("a"), makeToken("1"))
      expectToken(yield* store.get("b"), makeToken("2"))
      expect(yield* store.get("c")).toEqual(Option.none())
    }).pipe(Effect.provide(TokenStore.layerMemoryWith({ a: makeToken("1"), b: makeToken("2") }))))
})

describe("fromRefreshToken", () => {
  it.effect("makes a token that has to be refreshed first", () =>
    Effect.gen(function*() {
      const token = TokenStore.fromRefreshToken(Redacted.make("refresh"))
      expect(clear.token(Option.some(token))).toEqual({
        accessToken: "",
        refreshToken: "refresh",
        expiresAt: "1970-01-01T00:00:00.000Z",
        scopes: []
      })
      const full = TokenStore.fromRefreshToken(Redacted.make("refresh"), {
        authorizedAt: DateTime.unsafeMake("2026-01-01T00:00:00Z"),
        scopes: ["streaming"]
      })
      expect(clear.token(Option.some(full))).toMatchObject({
        authorizedAt: "2026-01-01T00:00:00.000Z",
        scopes: ["streaming"]
      })
    }))
})
