#!/usr/bin/env bash
# On Effect 3 Effect.cached keeps the interruption of its first caller for good; Cache keeps failures for their time to live.
#
# Expected: A caller who goes away does not decide what the next one gets; and a failure is asked for again.
# Happens: After the first caller was interrupted, every later one is interrupted too and the effect never runs again.
#   Cache.get gives the same failure for an hour. Effect 4 runs a cached effect again, and its Cache keeps failures as
#   well.
# Versions: effect@3.22.4, four@npm:effect@4.1.0; Node 20.20.2
# Matters: A refresh, or a key that is fetched once, is dead for the rest of the process because the first request was
#   aborted.
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
import * as Three from "effect"
import * as Four from "four"

for (const [version, { Cache, Effect, Exit, Fiber }] of [["3.22.4", Three], ["4.1.0", Four]]) {
  let runs = 0
  const slow = Effect.suspend(() => ++runs === 1 ? Effect.as(Effect.sleep(1000), "first") : Effect.succeed("second"))
  const cached = await Effect.runPromise(Effect.cached(slow))
  const first = Effect.runFork(cached)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await Effect.runPromise(Fiber.interrupt(first))
  const next = await Effect.runPromiseExit(cached)
  console.log(`effect ${version}, cached: the next caller gets ${Exit.isSuccess(next) ? next.value : "an interruption"}`)

  let lookups = 0
  const cache = await Effect.runPromise(Cache.make({
    capacity: 10,
    timeToLive: "1 hour",
    lookup: () => Effect.suspend(() => ++lookups === 1 ? Effect.fail("no connection") : Effect.succeed("value"))
  }))
  const get = () => Effect.runPromiseExit(version === "4.1.0" ? Cache.get(cache, "key") : cache.get("key"))
  await get()
  console.log(`effect ${version}, Cache: ${Exit.isSuccess(await get()) ? "a value" : "the failure again"}, ${lookups} lookup`)
}
JS

cat >seen.txt <<'TEXT'
effect 3.22.4, cached: the next caller gets an interruption
effect 3.22.4, Cache: the failure again, 1 lookup
effect 4.1.0, cached: the next caller gets second
effect 4.1.0, Cache: the failure again, 1 lookup
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
