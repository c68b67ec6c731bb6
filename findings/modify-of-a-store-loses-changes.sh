#!/usr/bin/env bash
# KeyValueStore.modify loses changes that are made at a time.
#
# Expected: modify changes a value in one step: ten additions of one make ten.
# Happens: It reads, changes and writes. Over layerFileSystem, of ten at a time most are lost, since they read the
#   same value; one after the other they are ten.
# Versions: effect@3.22.4, @effect/platform@0.97.2, @effect/platform-node@0.108.2, @effect/cluster@0.60.2,
#   @effect/rpc@0.76.2, @effect/sql@0.52.1, @effect/workflow@0.19.1; Node 20.20.2
# Matters: Two requests of one process that both put something into what is kept for a user (a token, a position in a
#   long write) leave the change of one.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 @effect/platform@0.97.2 @effect/platform-node@0.108.2 @effect/cluster@0.60.2 @effect/rpc@0.76.2 @effect/sql@0.52.1 @effect/workflow@0.19.1 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { KeyValueStore } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Layer, Option } from "effect"

const count = (concurrency) =>
  Effect.gen(function*() {
    const store = yield* KeyValueStore.KeyValueStore
    yield* store.set("count", "0")
    const add = store.modify("count", (count) => String(Number(count) + 1))
    yield* Effect.all(Array.from({ length: 10 }, () => add), { concurrency })
    return Number(Option.getOrThrow(yield* store.get("count")))
  })
const layer = Layer.provide(KeyValueStore.layerFileSystem("store"), NodeContext.layer)
const [inOrder, atOnce] = await Effect.runPromise(
  Effect.all([count(1), count("unbounded")]).pipe(Effect.provide(layer))
)
console.log(`ten additions, one by one: ${inOrder}`)
console.log(`ten additions, at a time: ${atOnce < 10 ? "fewer than ten are kept" : "ten"}`)
process.exit()
JS

cat >seen.txt <<'TEXT'
ten additions, one by one: 10
ten additions, at a time: fewer than ten are kept
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
