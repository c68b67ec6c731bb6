#!/usr/bin/env bash
# A ManagedRuntime whose layer failed once fails for good.
#
# Expected: A layer that could not be built is built again by the next run, as it would be by Effect.provide.
# Happens: The first failure is the answer of every later run, and the layer isn't built again; only a new runtime
#   tries. Effect 4 does the same.
# Versions: effect@3.22.4, four@npm:effect@4.1.0; Node 20.20.2
# Matters: A server that makes its Spotify client in a ManagedRuntime and starts a second before its store of tokens
#   is up answers every request with that error until somebody restarts it.
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

for (const [version, { Context, Effect, Layer, ManagedRuntime }] of [["3.22.4", Three], ["4.1.0", Four]]) {
  const Store = version === "3.22.4" ? Context.GenericTag("Store") : Context.Service("Store")
  let builds = 0
  // The store is away for a moment, and there from then on.
  const open = Effect.suspend(() => ++builds === 1 ? Effect.fail("away") : Effect.succeed("there"))
  const layer = Layer.effect(Store, open)
  const program = Effect.map(Store, (store) => store)
  const told = (promise) => promise.then((value) => value, () => "fails")

  const runtime = ManagedRuntime.make(layer)
  const runs = []
  for (let i = 0; i < 3; i++) runs.push(await told(runtime.runPromise(program)))
  console.log(`effect ${version}, ManagedRuntime: ${runs.join(", ")}; built ${builds} times`)

  builds = 0
  const provided = []
  for (let i = 0; i < 3; i++) provided.push(await told(Effect.runPromise(Effect.provide(program, layer))))
  console.log(`effect ${version}, Effect.provide: ${provided.join(", ")}; built ${builds} times`)
}
JS

cat >seen.txt <<'TEXT'
effect 3.22.4, ManagedRuntime: fails, fails, fails; built 1 times
effect 3.22.4, Effect.provide: fails, there, there; built 3 times
effect 4.1.0, ManagedRuntime: fails, fails, fails; built 1 times
effect 4.1.0, Effect.provide: fails, there, there; built 3 times
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
