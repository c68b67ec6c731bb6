#!/usr/bin/env bash
# KeyValueStore.layerFileSystem writes over the file that is there.
#
# Expected: A store that keeps values in files replaces one in a step, so that a reader and a crash find the old value
#   or the new.
# Happens: The file is emptied and filled: while a value is set, its file has no bytes, then some, and it keeps its
#   inode. Everybody may read it (0644).
# Versions: effect@3.22.4, @effect/platform@0.97.2, @effect/platform-node@0.108.2, @effect/cluster@0.60.2,
#   @effect/rpc@0.76.2, @effect/sql@0.52.1, @effect/workflow@0.19.1; Node 20.20.2
# Matters: A refresh token that is kept this way is lost where the process dies in between, and another process that
#   reads then finds half of it.
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
import { Effect } from "effect"
import { statSync } from "node:fs"

const size = 128 * 1024 * 1024
const [before, after] = ["old", "new"].map((text) => text.repeat(size / 3))

const program = Effect.gen(function*() {
  const store = yield* KeyValueStore.KeyValueStore
  yield* store.set("token", before)
  const { ino } = statSync("store/token")
  let isSetting = true
  let isShort = false
  const watching = (async () => {
    while (isSetting) {
      isShort ||= statSync("store/token").size < before.length
      await new Promise(setImmediate)
    }
  })()
  yield* store.set("token", after)
  isSetting = false
  yield* Effect.promise(() => watching)
  console.log(`while it was set, the file was ${isShort ? "shorter than either value" : "whole"}`)
  const { ino: inode, mode } = statSync("store/token")
  console.log(`${inode === ino ? "the same" : "another"} file, mode ${(mode & 0o777).toString(8)}`)
})
process.umask(0o022)
await Effect.runPromise(
  program.pipe(Effect.provide(KeyValueStore.layerFileSystem("store")), Effect.provide(NodeContext.layer))
)
JS

cat >seen.txt <<'TEXT'
while it was set, the file was shorter than either value
the same file, mode 644
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
