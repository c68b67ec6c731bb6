import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRefs from "effect/FiberRefs"
import * as Runtime from "effect/Runtime"
import { monotonic } from "../core/time.js"

/** How long what can't be interrupted any more is waited for: an answer takes 10 seconds, and storing it its time. */
export const patience = Duration.seconds(20)

export type Running<A, E> = Fiber.RuntimeFiber<Exit.Exit<A, E>>

/**
 * Runs effects in fibers that have nothing of the caller's but its default services (clock, tracer, random numbers): not
 * its context, in which `@effect/sql` finds a transaction whose rollback would undo a token that is in use already, not
 * its other FiberRefs, and not its interruption.
 */
export interface Apart {
  readonly fork: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<Running<A, E>>
  /** Waits for the result. Where the caller is interrupted, the effect is too, see `stop`. */
  readonly run: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Whether an effect ends before the closing of the session has taken its time, which is one for all that it waits for. */
  readonly inClosing: (effect: Effect.Effect<unknown>) => Effect.Effect<boolean>
}

/** The fibers have the FiberRefs of whoever makes this. */
export const make: Effect.Effect<Omit<Apart, "inClosing">> = Effect.map(Effect.getFiberRefs, (fiberRefs) => {
  const runtime = Runtime.make({
    context: Context.empty(),
    runtimeFlags: Runtime.defaultRuntimeFlags,
    fiberRefs
  })
  const fork: Apart["fork"] = (effect) =>
    Effect.withFiberRuntime((caller) => {
      const value = caller.getFiberRef(DefaultServices.currentServices)
      return Effect.succeed(
        // As a value, since a fiber that fails is a line in the log.
        Runtime.runFork(runtime)(Effect.exit(effect), {
          immediate: false,
          updateRefs: (refs, fiberId) =>
            FiberRefs.updateAs(refs, { fiberId, fiberRef: DefaultServices.currentServices, value })
        })
      )
    })
  return {
    fork,
    run: <A, E>(effect: Effect.Effect<A, E>) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(
          fork(effect),
          // Not joined, since that would give the caller the fiber's FiberRefs.
          (fiber) => Effect.onInterrupt(restore(result(fiber)), () => stop(fiber))
        )
      )
  }
})

/** For a session, of what several share. */
export const ofSession = (shared: Omit<Apart, "inClosing">): Apart => {
  let closesAt: number | undefined
  return {
    ...shared,
    inClosing: (effect) =>
      Effect.flatMap(Effect.clock, (clock) => {
        closesAt ??= monotonic(clock) + Duration.toMillis(patience)
        return soon(effect, Duration.millis(closesAt - monotonic(clock)))
      })
  }
}

const result = <A, E>(fiber: Running<A, E>): Effect.Effect<A, E> => Effect.flatten(Effect.flatten(Fiber.await(fiber)))

/** Interrupts a fiber and tells whether it ended soon: what a store that never answers holds goes on by itself. */
const stop = (fiber: Running<unknown, unknown>): Effect.Effect<boolean> =>
  Effect.zipRight(Fiber.interruptFork(fiber), soon(Fiber.await(fiber), patience))

/** Whether an effect ends in time, also where the caller can't be interrupted. */
const soon = (effect: Effect.Effect<unknown>, duration: Duration.Duration): Effect.Effect<boolean> =>
  Effect.timeoutTo(Effect.interruptible(effect), {
    duration,
    onSuccess: () => true,
    onTimeout: () => false
  })

/** Interrupts a fiber as the session closes and waits for its end. */
export const stopInClosing = (apart: Apart, fiber: Running<unknown, unknown>): Effect.Effect<boolean> =>
  Effect.zipRight(Fiber.interruptFork(fiber), apart.inClosing(Fiber.await(fiber)))
