import { KeyValueStore } from "@effect/platform"
import { afterEach, describe, expect, it, vi } from "@effect/vitest"
import { Config, ConfigProvider, Effect, Layer, Option, Redacted } from "effect"
import type { InvalidInput, TokenStoreError } from "effect-spotify/SpotifyError"
import * as TokenStore from "effect-spotify/TokenStore"
import { inspect } from "node:util"
import { behaves, clear, expectToken, makePending, makeToken } from "../utils/tokenStoreSuite.js"

const makeKey = (byte: number) => Redacted.make(Buffer.alloc(32, byte).toString("base64"))

behaves(
  "encrypted",
  Effect.map(Layer.build(KeyValueStore.layerMemory), (context) =>
    TokenStore.layerEncrypted({ key: makeKey(1) }).pipe(
      Layer.provide(TokenStore.layerKeyValueStore()),
      Layer.provide(Layer.succeedContext(context))
    )),
  { hasSharedLock: false }
)

describe("encrypted", () => {
  const plain = Effect.map(
    Layer.build(TokenStore.layerMemory),
    (context) => Layer.succeedContext(context)
  )

  /** A memory store in clear, and the same one as it is seen with some keys. */
  const withPlain = <A, E>(
    body: (
      plain: TokenStore.TokenStore.Service,
      sealed: (
        options: TokenStore.EncryptionOptions
      ) => Effect.Effect<TokenStore.TokenStore.Service, InvalidInput | TokenStoreError>
    ) => Effect.Effect<A, E>
  ) =>
    Effect.flatMap(
      plain,
      (layer) =>
        Effect.flatMap(TokenStore.TokenStore, (store) =>
          body(store, (options) =>
            Effect.provide(
              TokenStore.TokenStore,
              Layer.fresh(TokenStore.layerEncrypted(options)).pipe(Layer.provide(layer))
            ))).pipe(Effect.provide(layer))
    )

  const sealedToken = (store: TokenStore.TokenStore.Service, key: string) =>
    Effect.map(store.get(key), Option.getOrThrow)

  const expectRefusal = (error: InvalidInput | TokenStoreError, text: string) => {
    expect(error).toMatchObject({ _tag: "TokenStoreError", store: "encrypted" })
    expect(error.message).toContain(text)
    expect(inspect(error, { depth: 9 })).not.toMatch(/access 1|refresh 1|AQEBAQ/)
  }

  it.scoped("keeps no secret in clear, and seals each value differently", () =>
    withPlain((plain, sealed) =>
      Effect.gen(function*() {
        const store = yield* sealed({ key: makeKey(1) })
        yield* store.set("a", makeToken("1"))
        const first = clear.token(yield* plain.get("a"))
        yield* store.set("a", makeToken("1"))
        const second = clear.token(yield* plain.get("a"))
        expect(first?.accessToken).toMatch(/^A256GCM\.[0-9a-f]{8}\.[\w-]+$/)
        expect(first?.accessToken).not.toBe(second?.accessToken)
        expect(first).toMatchObject({ scopes: ["user-read-email"], expiresAt: "2030-01-02T03:04:05.678Z" })
        const stored = yield* makePending("one")
        yield* store.setPending("a", stored)
        const pending = clear.pending(yield* plain.takePending("a", "one"))
        expect(JSON.stringify([first, second, pending])).not.toMatch(/access 1|refresh 1|verifier one/)
      })
    ))

  it.scoped("reads with a previous key and writes with the current one", () =>
    withPlain((plain, sealed) =>
      Effect.gen(function*() {
        const before = yield* sealed({ key: makeKey(1) })
        const between = yield* sealed({ key: makeKey(2), previousKeys: [makeKey(3), makeKey(1)] })
        const after = yield* sealed({ key: makeKey(2) })
        yield* before.set("a", makeToken("1"))
        expectToken(yield* between.get("a"), makeToken("1"))
        expectRefusal(yield* Effect.flip(after.get("a")), "wrong key")
        yield* between.set("a", makeToken("1"))
        expectToken(yield* after.get("a"), makeToken("1"))
        expectRefusal(yield* Effect.flip(before.get("a")), "wrong key")
        // A new sign-in gets over a key that was lost.
        yield* before.set("a", makeToken("2"))
        expectToken(yield* before.get("a"), makeToken("2"))
        expect(Option.isSome(yield* plain.get("a"))).toBe(true)
      })
    ))

  it.scoped("opens nothing that was changed or moved", () =>
    withPlain((plain, sealed) =>
      Effect.gen(function*() {
        const store = yield* sealed({ key: makeKey(1) })
        yield* store.set("a", makeToken("1"))
        const token = yield* sealedToken(plain, "a")
        const value = Redacted.value(token.accessToken)
        const start = value.lastIndexOf(".") + 1
        const changed = (index: number) =>
          value.slice(0, index) + (value[index] === "A" ? "B" : "A") + value.slice(index + 1)
        for (
          const accessToken of [
            changed(start),
            changed(start + 20),
            changed(value.length - 3),
            value.slice(0, start + 8)
          ]
        ) {
          yield* plain.set("a", { ...token, accessToken: Redacted.make(accessToken) })
          expectRefusal(yield* Effect.flip(store.get("a")), "accessToken can't be read: it was changed")
        }
        yield* plain.set("b", token)
        expectRefusal(yield* Effect.flip(store.get("b")), "belongs to another user")
        yield* plain.set("a", { ...token, refreshToken: token.accessToken })
        expectRefusal(yield* Effect.flip(store.get("a")), "refreshToken can't be read: it was changed, or belongs")

        yield* store.setPending("a", yield* makePending("one"))
        const pending = Option.getOrThrow(yield* plain.takePending("a", "one"))
        yield* plain.setPending("a", { ...pending, state: "two" })
        expectRefusal(yield* Effect.flip(store.takePending("a", "two")), "codeVerifier can't be read")
      })
    ))

  it.scoped("reads what was stored in clear only when it is told to", () =>
    withPlain((plain, sealed) =>
      Effect.gen(function*() {
        yield* plain.set("a", makeToken("1"))
        const strict = yield* sealed({ key: makeKey(1) })
        const lenient = yield* sealed({ key: makeKey(1), acceptPlain: true })
        expectRefusal(yield* Effect.flip(strict.get("a")), "acceptPlain")
        const token = Option.getOrThrow(yield* lenient.get("a"))
        expect(clear.token(Option.some(token))).toEqual(clear.token(Option.some(makeToken("1"))))
        yield* lenient.set("a", token)
        expectToken(yield* strict.get("a"), makeToken("1"))
      })
    ))

  it.scoped("refuses a key that isn't one", () =>
    withPlain((_, sealed) =>
      Effect.gen(function*() {
        const bad = (text: string) => Effect.flip(sealed({ key: Redacted.make(text) }))
        expectRefusal(yield* bad(""), "key must be 32 bytes in base64")
        expectRefusal(yield* bad(Buffer.alloc(16, 1).toString("base64")), "but it has 16 bytes")
        expectRefusal(yield* bad(Buffer.alloc(32, 1).toString("hex")), "but it has 48 bytes")
        expectRefusal(yield* bad("a password"), "but it isn't base64")
        expectRefusal(
          yield* Effect.flip(sealed({ key: makeKey(1), previousKeys: [makeKey(2), Redacted.make("AQEBAQ==")] })),
          "previousKeys[1] must be 32 bytes"
        )
        yield* sealed({ key: Redacted.make(`${Redacted.value(makeKey(1))}\n`) })
      })
    ))

  it.effect("reads its keys from Config", () =>
    Effect.gen(function*() {
      const layer = TokenStore.layerEncryptedConfig({
        key: Config.redacted("TOKEN_KEY"),
        previousKeys: Config.array(Config.redacted(), "TOKEN_KEYS_BEFORE").pipe(Config.withDefault([]))
      }).pipe(Layer.provide(TokenStore.layerMemory))
      const tryWith = (entries: ReadonlyArray<readonly [string, string]>) =>
        Effect.flatMap(TokenStore.TokenStore, (store) => store.set("a", makeToken("1"))).pipe(
          Effect.provide(Layer.fresh(layer)),
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map(entries)))
        )
      const key = Redacted.value(makeKey(1))
      yield* tryWith([["TOKEN_KEY", key]])
      yield* tryWith([["TOKEN_KEY", key], ["TOKEN_KEYS_BEFORE", `${key},${key}`]])
      expect(String(yield* Effect.flip(tryWith([])))).toContain("TOKEN_KEY")
      expect(yield* Effect.flip(tryWith([["TOKEN_KEY", "short"]]))).toMatchObject({ _tag: "TokenStoreError" })
      expect(yield* Effect.flip(tryWith([["TOKEN_KEY", key], ["TOKEN_KEYS_BEFORE", "short"]]))).toMatchObject({
        _tag: "TokenStoreError"
      })
    }))

  describe("without Web Crypto", () => {
    afterEach(() => {
      vi.unstubAllGlobals()
    })

    it.scoped("says so", () =>
      withPlain((_, sealed) =>
        Effect.gen(function*() {
          vi.stubGlobal("crypto", {})
          expectRefusal(yield* Effect.flip(sealed({ key: makeKey(1) })), "needs Web Crypto")
        })
      ))
  })
})
