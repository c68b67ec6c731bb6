#!/usr/bin/env bash
# On Effect 4 Schema.DateTimeUtc in a fromJsonString is written as JSON and can not be read back.
#
# Expected: What a schema has written, it reads; and what it can not read, it refuses to compile or to write.
# Happens: Schema.fromJsonString(Schema.Struct({ at: Schema.DateTimeUtc })) compiles and writes a text; reading it
#   fails. On 4 the name means the value itself: DateTimeUtcFromString is what DateTimeUtc was on 3.
# Versions: effect@4.1.0; Node 20.20.2
# Matters: A port from Effect 3 that compiles writes tokens which no later start can read.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@4.1.0 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { DateTime, Schema } from "effect"

const at = DateTime.makeUnsafe("2026-11-29T12:00:00Z")
for (const name of ["DateTimeUtc", "DateTimeUtcFromString"]) {
  const Token = Schema.fromJsonString(Schema.Struct({ at: Schema[name] }))
  const text = Schema.encodeSync(Token)({ at })
  let read
  try {
    read = DateTime.formatIso(Schema.decodeSync(Token)(text).at)
  } catch (error) {
    read = String(error).replaceAll(/\s+/g, " ")
  }
  console.log(`${name}: wrote ${text}, read ${read}`)
}
JS

cat >seen.txt <<'TEXT'
DateTimeUtc: wrote {"at":"2026-11-29T12:00:00.000Z"}, read SchemaError(Expected DateTime.Utc at ["at"])
DateTimeUtcFromString: wrote {"at":"2026-11-29T12:00:00.000Z"}, read 2026-11-29T12:00:00.000Z
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
