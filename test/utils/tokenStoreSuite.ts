/** What every token store does, told once. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, type Layer, Option, Redacted, Schema, type Scope } from "effect"
import { TokenStoreConformance } from "effect-spotify/testing"
import { PendingSignIn, Token, TokenStore } from "effect-spotify/TokenStore"

export const makeToken = (name: string, scopes: ReadonlyArray<string> = ["user-read-email"]): Token => ({
  accessToken: Redacted.make(`access ${name}`),
  refreshToken: Redacted.make(`refresh ${name}`),
  expiresAt: DateTime.unsafeMake("2030-01-02T03:04:05.678Z"),
  scopes,
  authorizedAt: DateTime.unsafeMake("2029-12-01T00:00:00Z")
})

export const makePending = (state: string) =>
  Effect.map(DateTime.now, (startedAt): PendingSignIn => ({
    state,
    codeVerifier: Redacted.make(`verifier ${state}`),
    scopes: ["user-read-email"],
    startedAt
  }))

/** With the secrets in clear, since two different `Redacted` are equal to `expect`. */
export const clear = {
  token: Schema.encodeSync(Schema.OptionFromNullOr(Token)),
  pending: Schema.encodeSync(Schema.OptionFromNullOr(PendingSignIn))
}

export const expectToken = (actual: Option.Option<Token>, expected: Token) =>
  expect(clear.token(actual)).toEqual(clear.token(Option.some(expected)))

export const count = (key: string) =>
  Effect.flatMap(
    TokenStore,
    (store) => Effect.map(store.get(key), (token) => Number(Option.isSome(token) ? token.value.scopes[0] : 0))
  )

/** Adds one to the number that a key's token carries: loses some when two do it at once. */
export const increment = (key: string) =>
  Effect.gen(function*() {
    const before = yield* count(key)
    yield* Effect.yieldNow()
    yield* Effect.flatMap(TokenStore, (store) => store.set(key, makeToken("counter", [String(before + 1)])))
  })

/** Every check of {@link TokenStoreConformance} as a test. */
export const behaves = <E>(
  name: string,
  place: Effect.Effect<Layer.Layer<TokenStore, E>, unknown, Scope.Scope>,
  options?: TokenStoreConformance.Options
) =>
  describe(name, () => {
    for (const { name, run } of TokenStoreConformance.checks(place, options)) it.scopedLive(name, () => run)
  })
