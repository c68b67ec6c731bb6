import { Effect, Layer, TestClock } from "effect"
import * as Client from "./client.js"

/** Runs a program while the test's clock goes on until it ends. */
export { inTime as elapsing } from "./session.js"

/** A client over a FakeSpotify of today: what is in it at the start is from before. */
export const layer = (options?: Parameters<typeof Client.layer>[0]) =>
  Layer.unwrapEffect(Effect.as(TestClock.setTime(Date.UTC(2026, 10, 25)), Client.layer(options)))
