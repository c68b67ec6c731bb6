import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Either } from "effect"
import { portOr } from "../../examples/support/server.js"

const portOf = (variables: ReadonlyArray<readonly [string, string]>) =>
  Effect.either(Effect.withConfigProvider(portOr(8888), ConfigProvider.fromMap(new Map(variables))))

describe("the examples' PORT", () => {
  it.effect("counts as none where it is empty, and is a number otherwise", () =>
    Effect.gen(function*() {
      expect(yield* portOf([])).toEqual(Either.right(8888))
      expect(yield* portOf([["PORT", ""]])).toEqual(Either.right(8888))
      expect(yield* portOf([["PORT", "0"]])).toEqual(Either.right(0))
      expect(yield* portOf([["PORT", "4000"]])).toEqual(Either.right(4000))
      for (const wrong of ["http", "70000", "1.5"]) {
        expect(String(yield* portOf([["PORT", wrong]]))).toContain(
          `Expected a number from 0 to 65535, not \\"${wrong}\\"`
        )
      }
    }))
})
