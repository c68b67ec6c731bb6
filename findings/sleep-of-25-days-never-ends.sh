#!/usr/bin/env bash
# On Effect 3 a sleep of more than 2^31 - 1 ms starts no timer, so that it never ends.
#
# Expected: A sleep of 25 days ends after 25 days, or is refused.
# Happens: For 24 days one timer is started; for 25 days none, and nothing will ever wake the fiber. Effect 4 starts a
#   timer for the longest time that there is and goes on.
# Versions: effect@3.22.4, four@npm:effect@4.1.0; Node 20.20.2
# Matters: Whoever sleeps until a token or a consent ends, half a year from now, never wakes up, and no error tells.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 four@npm:effect@4.1.0 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { Duration, Effect, Fiber } from "effect"
import * as Four from "four"

const { setTimeout } = globalThis
let timers = []
globalThis.setTimeout = (run, ms, ...rest) => {
  timers.push(ms)
  return setTimeout(run, ms, ...rest)
}
for (const [name, effect] of [["3.22.4", { Duration, Effect, Fiber }], ["4.1.0", Four]]) {
  for (const days of [24, 25]) {
    timers = []
    const fiber = effect.Effect.runFork(effect.Effect.sleep(effect.Duration.days(days)))
    await new Promise((resolve) => setTimeout(resolve, 50))
    console.log(`effect ${name}, ${days} days: timers of ${timers.filter((ms) => ms > 1000).join(", ") || "(none)"} ms`)
    await effect.Effect.runPromise(effect.Fiber.interrupt(fiber))
  }
}
JS

cat >seen.txt <<'TEXT'
effect 3.22.4, 24 days: timers of 2073600000 ms
effect 3.22.4, 25 days: timers of (none) ms
effect 4.1.0, 24 days: timers of 2073600000 ms
effect 4.1.0, 25 days: timers of 2147483647 ms
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
