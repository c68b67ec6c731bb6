import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Layer, Option } from "effect"
import { TokenStoreConformance } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"

/** The checks that a store fails which does all that the one in memory does, but for what is said here. */
const failuresOf = (change: (store: TokenStore.TokenStore.Service) => Partial<TokenStore.TokenStore.Service>) => {
  const layer = Layer.effect(
    TokenStore.TokenStore,
    Effect.map(TokenStore.TokenStore, (store) => ({ ...store, ...change(store) }))
  ).pipe(Layer.provide(TokenStore.layerMemory))
  const checks = TokenStoreConformance.checks(Effect.succeed(layer), { isPersistent: false })
  return Effect.map(
    Effect.forEach(
      checks,
      ({ name, run }) => Effect.map(Effect.either(Effect.scoped(run)), (result) => ({ name, result }))
    ),
    (results) => results.flatMap(({ name, result }) => Either.isLeft(result) ? [{ name, error: result.left }] : [])
  )
}

describe("a store that doesn't do what it should fails the checks, with a sentence", () => {
  it.live("one that does fails none", () =>
    Effect.map(failuresOf(() => ({})), (failures) => expect(failures).toEqual([])))

  it.live.each(
    [
      [
        "forgets the refresh token",
        (store: TokenStore.TokenStore.Service) => ({
          set: (key: string, { accessToken, expiresAt, scopes }: TokenStore.Token) =>
            store.set(key, { accessToken, expiresAt, scopes })
        }),
        "gives what was set, until it is removed",
        /^what was set: expected \{.*"refreshToken":"refresh 1".*, but it was \{/
      ],
      [
        "gives a pending sign-in twice",
        (store: TokenStore.TokenStore.Service) => ({
          takePending: (key: string, state: string) =>
            Effect.tap(
              store.takePending(key, state),
              (pending) => Option.isSome(pending) ? store.setPending(key, pending.value) : Effect.void
            )
        }),
        "gives a pending sign-in once, and only to its key and state",
        "one that was taken: expected null, but it was"
      ],
      [
        "has no lock",
        () => ({
          withLock: <A, E, R>(_: string, effect: Effect.Effect<A, E, R>) => effect
        }),
        "lets one at a time through a key's lock",
        "how many were inside at once: expected 1, but it was 30"
      ],
      [
        "takes capitals for small letters",
        (store: TokenStore.TokenStore.Service) => ({
          get: (key: string) => store.get(key.toLowerCase()),
          set: (key: string, token: TokenStore.Token) => store.set(key.toLowerCase(), token)
        }),
        "keeps users apart, whatever their keys",
        /^the token of the key "default": expected /
      ]
    ] as const
  )("one that %s", ([, change, name, message]) =>
    Effect.map(failuresOf(change), (failures) => {
      const failure = failures.find((failure) => failure.name === name)
      expect(failure?.error).toMatchObject({ _tag: "ConformanceError", message: expect.stringMatching(message) })
    }))
})
