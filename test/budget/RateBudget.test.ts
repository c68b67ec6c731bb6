import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, TestClock } from "effect"
import * as RateBudget from "effect-spotify/RateBudget"
import { behaves, engineOf, reportOf } from "./engines.js"

behaves(
  "layerMemory",
  true,
  Effect.sync(() => {
    const layers = new Map<string, RateBudget.RateBudget.Service>()
    return (key: string) =>
      Effect.gen(function*() {
        const known = layers.get(key) ?? (yield* engineOf(RateBudget.layerMemory({ key })))
        layers.set(key, known)
        return known
      })
  })
)

describe("layerMemory", () => {
  it.scoped("goes by the clock of the program", () =>
    Effect.gen(function*() {
      const context = yield* Layer.build(RateBudget.layerMemory({ key: "key" }))
      const { report } = Context.get(context, RateBudget.RateBudget)
      expect((yield* report(reportOf("a", { interactive: 1, limited: { wait: 1000 } }))).pause).toBe(1000)
      yield* TestClock.adjust("400 millis")
      expect((yield* report(reportOf("a", { interactive: 1, opening: 1 }))).pause).toBe(600)
      yield* TestClock.adjust("600 millis")
      expect((yield* report(reportOf("a", { interactive: 1, opening: 1 }))).slots).toEqual([0])
    }))

  it.scoped.each([
    [{ key: "" }, "key"],
    [{}, "key"],
    [{ key: "half \ud800" }, "key"],
    [{ key: 5 }, "key"],
    [{ keys: "a" }, "keys"],
    [null, "options"],
    ["my-app", "options"]
  ])("refuses %j", ([options, field]) =>
    Effect.gen(function*() {
      const layer: Layer.Layer<unknown, { readonly field: string }> = Reflect.apply(
        RateBudget.layerMemory,
        undefined,
        [options]
      )
      expect((yield* Effect.flip(Layer.build(layer))).field).toBe(field)
    }))
})
