#!/usr/bin/env bash
# On Effect 3 the date "0000" is the year 2000 to DateTime, and the year 0 to Date.
#
# Expected: A text means the same date to DateTime and to Date, whose rules it follows.
# Happens: DateTime.make("0000") and Schema.DateTimeUtc give 2000-01-01; new Date("0000") and Schema.Date give
#   0000-01-01.
# Versions: effect@3.22.4; Node 20.20.2
# Matters: Spotify writes release_date "0000" where it knows none. Read so, an unknown album is one of 2000.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { DateTime, Schema } from "effect"

console.log(`Date:               ${new Date("0000").toISOString()}`)
console.log(`Schema.Date:        ${Schema.decodeSync(Schema.Date)("0000").toISOString()}`)
console.log(`DateTime:           ${DateTime.formatIso(DateTime.unsafeMake("0000"))}`)
console.log(`Schema.DateTimeUtc: ${DateTime.formatIso(Schema.decodeSync(Schema.DateTimeUtc)("0000"))}`)
JS

cat >seen.txt <<'TEXT'
Date:               0000-01-01T00:00:00.000Z
Schema.Date:        0000-01-01T00:00:00.000Z
DateTime:           2000-01-01T00:00:00.000Z
Schema.DateTimeUtc: 2000-01-01T00:00:00.000Z
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
