#!/usr/bin/env bash
# On Effect 3 an environment variable that is set to nothing is a value: no default takes its place.
#
# Expected: SPOTIFY_CLIENT_ID= in a .env file counts as not given, as on Effect 4.
# Happens: Config.string gives the empty text, and Config.withDefault and Config.option leave it;
#   Config.nonEmptyString refuses it, and then the default holds.
# Versions: effect@3.22.4, four@npm:effect@4.1.0; Node 20.20.2
# Matters: A container that passes a variable through empty gives an app without an id, which fails much later with
#   invalid_client.
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
import { Config, Effect } from "effect"
import * as Four from "four"

process.env.CLIENT_ID = ""
const withDefault = (config) => Effect.runPromise(Config.withDefault(config, "the default"))
console.log(`3.22.4 Config.string:         ${JSON.stringify(await withDefault(Config.string("CLIENT_ID")))}`)
console.log(`3.22.4 Config.nonEmptyString: ${JSON.stringify(await withDefault(Config.nonEmptyString("CLIENT_ID")))}`)
const four = await Four.Effect.runPromise(Four.Effect.gen(function*() {
  return yield* Four.Config.withDefault(Four.Config.String("CLIENT_ID"), "the default")
}))
console.log(`4.1.0  Config.String:         ${JSON.stringify(four)}`)
JS

cat >seen.txt <<'TEXT'
3.22.4 Config.string:         ""
3.22.4 Config.nonEmptyString: "the default"
4.1.0  Config.String:         "the default"
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
