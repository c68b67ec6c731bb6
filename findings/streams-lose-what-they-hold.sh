#!/usr/bin/env bash
# A Stream that fails drops results that were ready: mapEffect with concurrency, and groupedWithin.
#
# Expected: What came before a failure is given before the failure is, as with mapEffect in sequence and with grouped.
# Happens: With concurrency, results behind a slower one are dropped when a later one fails. groupedWithin drops the
#   group that it gathers; grouped gives it.
# Versions: effect@3.22.4, four@npm:effect@4.1.0; Node 20.20.2
# Matters: A list that is read ahead loses whole pages that had arrived, and a writer in batches loses its last batch,
#   so that "go on after what was given" is wrong.
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

for (const [version, { Effect, Stream }] of [["3.22.4", Three], ["4.1.0", Four]]) {
  const given = async (stream) => {
    const items = []
    await Effect.runPromiseExit(Stream.runForEach(stream, (item) => Effect.sync(() => items.push(item))))
    return JSON.stringify(items.map((item) => typeof item === "number" ? item : [...item]))
  }
  // 1 takes half a second; 2 and 3 are ready at once; 4 fails a moment later.
  const page = (n) =>
    n === 1 ? Effect.as(Effect.sleep(500), n) : n === 4 ? Effect.delay(Effect.fail("gone"), 100) : Effect.succeed(n)
  const failing = Stream.concat(Stream.fromIterable([1, 2, 3]), Stream.fail("gone"))
  console.log(`effect ${version}`)
  console.log(`  mapEffect, one by one: ${await given(Stream.mapEffect(Stream.range(1, 4), page))}`)
  console.log(`  mapEffect, 4 at once:  ${await given(Stream.mapEffect(Stream.range(1, 4), page, { concurrency: 4 }))}`)
  console.log(`  grouped:               ${await given(Stream.grouped(failing, 10))}`)
  console.log(`  groupedWithin:         ${await given(Stream.groupedWithin(failing, 10, "1 minute"))}`)
}
JS

cat >seen.txt <<'TEXT'
effect 3.22.4
  mapEffect, one by one: [1,2,3]
  mapEffect, 4 at once:  []
  grouped:               [[1,2,3]]
  groupedWithin:         []
effect 4.1.0
  mapEffect, one by one: [1,2,3]
  mapEffect, 4 at once:  []
  grouped:               [[1,2,3]]
  groupedWithin:         []
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
