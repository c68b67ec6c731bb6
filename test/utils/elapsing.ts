import { Effect, Fiber, Layer, Option, TestClock } from "effect"
import * as Client from "./client.js"

/** Runs a program while the test's clock goes on, a second at a time, until it ends. */
export const elapsing = <A, E, R>(program: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(program)
    while (Option.isNone(yield* Fiber.poll(fiber))) yield* TestClock.adjust("1 second")
    return yield* Fiber.join(fiber)
  })

/** A client over a FakeSpotify of today: what is in it at the start is from before. */
export const layer = (options?: Parameters<typeof Client.layer>[0]) =>
  Layer.unwrapEffect(Effect.as(TestClock.setTime(Date.UTC(2026, 10, 25)), Client.layer(options)))
