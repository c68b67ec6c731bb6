#!/usr/bin/env bash
# The bash completion of an @effect/cli command whose name has a dash knows no subcommand.
#
# Expected: What completes for "playlist" completes for "play-list".
# Happens: The script of --completions bash looks for "play__list" where it has set "play-list", so that no subcommand
#   is found and its options are not offered. The same command without the dash offers them.
# Versions: effect@3.22.4, @effect/platform@0.97.2, @effect/platform-node@0.108.2, @effect/cluster@0.60.2,
#   @effect/rpc@0.76.2, @effect/sql@0.52.1, @effect/workflow@0.19.1, @effect/cli@0.77.2, @effect/printer@0.51.0,
#   @effect/printer-ansi@0.51.0; Node 20.20.2, bash 5.2.15
# Matters: Many packages, and so their commands, have a dash in their names. Their completions install without a word
#   and complete nothing behind a subcommand.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 @effect/platform@0.97.2 @effect/platform-node@0.108.2 @effect/cluster@0.60.2 @effect/rpc@0.76.2 @effect/sql@0.52.1 @effect/workflow@0.19.1 @effect/cli@0.77.2 @effect/printer@0.51.0 @effect/printer-ansi@0.51.0 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { Command, Options } from "@effect/cli"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"

const [node, script, name, ...args] = process.argv
const play = Command.make("play", { device: Options.text("device") })
const command = Command.withSubcommands(Command.make(name), [play])
Command.run(command, { name: "Example", version: "1.0.0" })([node, script, ...args]).pipe(
  Effect.provide(NodeContext.layer),
  NodeRuntime.runMain
)
JS

cat >complete.sh <<'TEXT'
for name in playlist play-list; do
  node finding.mjs "$name" --completions bash >"$name.bash"
  source "$name.bash"
  complete=$(complete -p "$name" | sed 's/.*-F \([^ ]*\).*/\1/')
  COMP_WORDS=("$name" play --d) COMP_CWORD=2 COMPREPLY=()
  "$complete" "$name" --d play
  echo "$name play --d: ${COMPREPLY[*]:-nothing}"
done
TEXT

cat >seen.txt <<'TEXT'
playlist play --d: --device
play-list play --d: nothing
TEXT

bash complete.sh | tee output.txt
diff seen.txt output.txt && echo "As it was found."
