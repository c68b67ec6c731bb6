import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck } from "effect"
import { digest as inBrowsers } from "../../src/core/digest.browser.js"
import { digest } from "../../src/core/digest.js"

describe("digest", () => {
  it.effect.prop(
    "is the same on Node and in browsers, so that one reads what the other keeps",
    [FastCheck.array(FastCheck.string({ unit: "binary" }))],
    ([parts]) =>
      Effect.gen(function*() {
        const hash = yield* digest(...parts)
        expect(hash).toMatch(/^[0-9a-f]{64}$/)
        expect(yield* inBrowsers(...parts)).toBe(hash)
      })
  )

  it.effect("knows lists apart that have the same text, and halves of surrogate pairs", () =>
    Effect.gen(function*() {
      const all = yield* Effect.all([digest("a", "b"), digest("ab"), digest("a,b"), digest("\ud800"), digest("\ufffd")])
      expect(new Set(all).size).toBe(5)
    }))
})
