#!/usr/bin/env bash
# `layer` of @effect/vitest writes its methods into the `it` that everybody imports, so later tests run on its layer.
#
# Expected: Within the callback `it.effect` provides the layer; a test outside of it starts with a TestClock at 0.
# Happens: Tests of later `describe`s, and with `isolate: false` of later files, share that layer's TestClock: each
#   starts where the one before left it, although the layer's scope was closed. Nothing says so.
# Versions: @effect/vitest@0.30.0, vitest@3.2.7, effect@3.22.4; Node 20.20.2
# Matters: A test of a rate limit or of a token's end that looks at the time fails, or passes, because of its neighbours;
#   and `isolate: false`, which halves the CPU of a suite that imports effect in 85 files, seems not to work.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact @effect/vitest@0.30.0 vitest@3.2.7 effect@3.22.4 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >a.test.mjs <<'JS'
import { it, layer } from "@effect/vitest"
import { Clock, Effect, Layer, TestClock } from "effect"
import { describe } from "vitest"

const tell = (name) => () => Effect.gen(function*() {
  const start = yield* Clock.currentTimeMillis
  yield* TestClock.adjust(10)
  process.stderr.write(`${name} starts at ${start}\n`)
})

describe("before", () => {
  it.effect("1", tell("before, 1"))
  it.effect("2", tell("before, 2"))
})
describe("shared", () => layer(Layer.empty)((it) => it.effect("1", tell("with the layer"))))
describe("after", () => {
  it.effect("1", tell("after, 1"))
  it.effect("2", tell("after, 2"))
})
JS
sed -e '/^describe("shared"/d' -e '/^describe("before"/,/^})/d' -e 's/after, /next file, /' a.test.mjs >b.test.mjs
cat >vitest.config.mjs <<'JS'
class ByName {
  shard = async (files) => files
  sort = async (files) => [...files].sort((a, b) => a.moduleId < b.moduleId ? -1 : 1)
}
export default {
  test: { include: ["*.test.mjs"], isolate: false, fileParallelism: false, sequence: { sequencer: ByName } }
}
JS

cat >seen.txt <<'TEXT'
before, 1 starts at 0
before, 2 starts at 0
with the layer starts at 0
after, 1 starts at 10
after, 2 starts at 20
next file, 1 starts at 30
next file, 2 starts at 40
TEXT

npx vitest run 2>&1 | grep "starts at" | tee output.txt
diff seen.txt output.txt && echo "As it was found."
