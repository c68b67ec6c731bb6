#!/usr/bin/env bash
# The RateLimiter of @effect/experimental keeps the turn of a call that was interrupted while it waited.
#
# Expected: A call that is given up before its turn leaves its turn to the next one, as with a semaphore.
# Happens: The turn is taken from the store when the wait begins, and isn't given back: with one call a second, a call
#   that follows one that was interrupted waits two seconds, with both algorithms. A hundred calls that time out while
#   they wait cost the next one a hundred turns.
# Versions: @effect/experimental@0.61.1, @effect/platform@0.97.2, effect@3.22.4; Node 20.20.2
# Matters: Under a rate limit calls wait, and calls that wait run into timeouts and are cancelled: each of them makes the
#   queue of all processes longer, though it never asks Spotify for anything.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact @effect/experimental@0.61.1 @effect/platform@0.97.2 effect@3.22.4 \
  >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import * as RateLimiter from "@effect/experimental/RateLimiter"
import { Effect, Fiber, Layer, TestClock, TestContext } from "effect"

/** How many seconds the last call waits, where so many before it were interrupted while they waited. */
const waits = (algorithm, interrupted) =>
  Effect.gen(function*() {
    const limit = yield* RateLimiter.makeWithRateLimiter
    const call = limit({ key: "app", limit: 1, window: "1 second", onExceeded: "delay", algorithm })(Effect.void)
    yield* call
    for (let i = 0; i < interrupted; i++) {
      const fiber = yield* Effect.fork(call)
      yield* TestClock.adjust("10 millis")
      yield* Fiber.interrupt(fiber)
    }
    const last = yield* Effect.fork(call)
    let tenths = 0
    while ((yield* Fiber.status(last))._tag !== "Done") {
      yield* TestClock.adjust("100 millis")
      tenths++
    }
    return Math.round(tenths / 10)
  }).pipe(
    Effect.provide(Layer.provide(RateLimiter.layer, RateLimiter.layerStoreMemory)),
    Effect.provide(TestContext.TestContext),
    Effect.runPromise
  )

for (const algorithm of ["fixed-window", "token-bucket"]) {
  console.log(
    `${algorithm}: one waits ${await waits(algorithm, 0)} s, after one that was interrupted ` +
      `${await waits(algorithm, 1)} s, after nine ${await waits(algorithm, 9)} s`
  )
}
JS

cat >seen.txt <<'TEXT'
fixed-window: one waits 1 s, after one that was interrupted 2 s, after nine 10 s
token-bucket: one waits 1 s, after one that was interrupted 2 s, after nine 10 s
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
