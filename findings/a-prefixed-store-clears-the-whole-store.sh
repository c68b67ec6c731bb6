#!/usr/bin/env bash
# KeyValueStore.prefix concerns keys alone: clear empties the whole store, and size counts all of it.
#
# Expected: A store that is a part of another by its prefix clears and counts that part.
# Happens: clear removes what others keep in the store, and size is that of the whole.
# Versions: effect@3.22.4, @effect/platform@0.97.2; Node 20.20.2
# Matters: One store for each user's tokens, by prefix, is what one writes first. A sign-out that clears its user's
#   store then signs everybody out.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 @effect/platform@0.97.2 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { KeyValueStore } from "@effect/platform"
import { Effect, Option } from "effect"

await Effect.runPromise(
  Effect.gen(function*() {
    const store = yield* KeyValueStore.KeyValueStore
    const [ann, ben] = [KeyValueStore.prefix(store, "ann/"), KeyValueStore.prefix(store, "ben/")]
    yield* ann.set("tokens", "those of ann")
    yield* ben.set("tokens", "those of ben")
    console.log(`ann has 1 value, and a size of ${yield* ann.size}`)
    yield* ann.clear
    console.log(`ben, after ann was cleared: ${Option.getOrElse(yield* ben.get("tokens"), () => "nothing")}`)
  }).pipe(Effect.provide(KeyValueStore.layerMemory))
)
JS

cat >seen.txt <<'TEXT'
ann has 1 value, and a size of 2
ben, after ann was cleared: nothing
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
