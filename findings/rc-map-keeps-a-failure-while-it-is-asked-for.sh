#!/usr/bin/env bash
# An RcMap keeps a failed lookup, and each get makes it last longer.
#
# Expected: A lookup that failed has made nothing to be kept: the next get looks up again, or at the latest when the
#   time to live is over.
# Happens: The failure is kept like a resource. With idleTimeToLive each get that meets it starts that time anew, so
#   that a key that is asked for more often than that never looks up again. Effect 4 does the same.
# Versions: effect@3.22.4, four@npm:effect@4.1.0; Node 20.20.2
# Matters: A map of one session for each user, kept warm for some minutes, turns one failed read of the store into an
#   error that lasts for as long as that user is busy.
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
import * as FourTesting from "four/testing"

const testClock = { "3.22.4": Three.TestContext.TestContext, "4.1.0": FourTesting.TestClock.layer() }
const adjust = { "3.22.4": Three.TestClock.adjust, "4.1.0": FourTesting.TestClock.adjust }
for (const [version, { Effect, Exit, RcMap }] of [["3.22.4", Three], ["4.1.0", Four]]) {
  const program = Effect.gen(function*() {
    let lookups = 0
    const sessions = yield* RcMap.make({
      lookup: () => Effect.suspend(() => ++lookups === 1 ? Effect.fail("away") : Effect.succeed("session")),
      idleTimeToLive: "1 minute"
    })
    const get = Effect.map(
      Effect.exit(Effect.scoped(RcMap.get(sessions, "user"))),
      (exit) => Exit.isSuccess(exit) ? "session" : "fails"
    )
    const got = []
    for (let minute = 0; minute < 60; minute += 0.5) {
      got.push(yield* get)
      yield* adjust[version]("30 seconds")
    }
    yield* adjust[version]("2 minutes")
    const later = yield* get
    const all = [...new Set(got)].join(", ")
    console.log(`effect ${version}, an hour of gets every 30 seconds: ${all}; two minutes later: ${later}`)
  })
  await Effect.runPromise(Effect.provide(Effect.scoped(program), testClock[version]))
}
JS

cat >seen.txt <<'TEXT'
effect 3.22.4, an hour of gets every 30 seconds: fails; two minutes later: session
effect 4.1.0, an hour of gets every 30 seconds: fails; two minutes later: session
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
