import { it, layer, type Vitest } from "@effect/vitest"
import type { Duration, Layer } from "effect"

/**
 * As `layer` of @effect/vitest, which writes its own methods into the `it` that all files of a process import: every
 * later test would run on this layer and its clock. Here `it` is put back.
 */
export const sharedLayer = <R, E, const Live extends boolean = false>(
  shared: Layer.Layer<R, E>,
  options?: { readonly timeout?: Duration.DurationInput; readonly excludeTestServices?: Live }
) =>
(define: (it: Vitest.MethodsNonLive<R, Live>) => void): void => {
  const { effect, flakyTest, layer: nested, prop, scoped } = it
  layer(shared, options)(define)
  Object.assign(it, { effect, flakyTest, layer: nested, prop, scoped })
}
