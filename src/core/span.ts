import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Tracer from "effect/Tracer"

/**
 * As `Effect.useSpan`, for a call; a failure's tag is the attribute `error.type`. The span's exit doesn't hold the answer: spans outlive their calls, so that the garbage
 * collector would move every answer to the old generation, and an exporter would keep them all.
 */
export const useSpan = <A, E, R>(
  name: string,
  attributes: { readonly [name: string]: unknown },
  call: (span: Tracer.Span) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    let answer: Effect.Effect<A> = Effect.never
    return Effect.flatMap(
      Effect.useSpan(name, { kind: "client", captureStackTrace: false, attributes }, (span) =>
        Effect.matchEffect(call(span), {
          onFailure: (error) => {
            if (Predicate.hasProperty(error, "_tag")) {
              span.attribute("error.type", error._tag)
            }
            return Effect.fail(error)
          },
          onSuccess: (value) => {
            answer = Effect.succeed(value)
            return Effect.void
          }
        })),
      () =>
        answer
    )
  })
