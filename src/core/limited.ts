/** Waits that a deadline ends. */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import type { Deadline } from "./deadline.js"

/**
 * As `Effect.timeoutFail` of what runs in a fiber of its own already: it may be that it can't be interrupted, or the
 * caller. Its result is a value, since a fiber that fails is a line in the log.
 */
export const limited = <A, E, R, E2>(
  deadline: Deadline,
  fork: Effect.Effect<Fiber.RuntimeFiber<Exit.Exit<A, E>>, never, R>,
  onExpiry: () => E2
): Effect.Effect<A, E | E2, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(
      Effect.zip(fork, Effect.clock),
      ([fiber, clock]) =>
        deadline.run<A, E, E2>(clock, restore, (done) => {
          fiber.addObserver((exit) => done(Effect.flatten(exit)))
          return {
            abort: () => fiber.unsafeInterruptAsFork(FiberId.none),
            aborted: Effect.void,
            soFar: () => undefined
          }
        }, onExpiry)
    )
  )

/** The same of what is asked for by a callback; `ask` gives what is to be called when nobody waits for it any more. */
export const asked = <A, E, E2>(
  deadline: Deadline,
  ask: (done: (result: Effect.Effect<A, E>) => void) => () => void,
  onExpiry: () => E2
): Effect.Effect<A, E | E2> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.clock, (clock) =>
      deadline.run<A, E, E2>(
        clock,
        restore,
        (done) => ({ abort: ask(done), aborted: Effect.void, soFar: () => undefined }),
        onExpiry
      ))
  )
