#!/usr/bin/env bash
# sql.insert of several rows writes only the columns that the first row has.
#
# Expected: Each row's members are written, or rows of different members are refused.
# Happens: The columns are the keys of the first row. What a later row has besides is left out without a word, and
#   null is stored.
# Versions: effect@3.22.4, @effect/platform@0.97.2, @effect/experimental@0.61.1, @effect/sql@0.52.1,
#   @effect/sql-libsql@0.42.0; Node 20.20.2
# Matters: Rows made from Spotify's answers have optional members. If the first track of a page has no preview_url,
#   none of the page's is kept.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 @effect/platform@0.97.2 @effect/experimental@0.61.1 @effect/sql@0.52.1 @effect/sql-libsql@0.42.0 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { SqlClient } from "@effect/sql"
import { LibsqlClient } from "@effect/sql-libsql"
import { Effect } from "effect"

await Effect.runPromise(
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`DROP TABLE IF EXISTS tracks`
    yield* sql`CREATE TABLE tracks (id TEXT, preview_url TEXT)`
    const statement = sql`INSERT INTO tracks ${sql.insert([{ id: "a" }, { id: "b", preview_url: "https://b" }])}`
    yield* statement
    console.log(statement.compile()[0])
    console.log(JSON.stringify(yield* sql`SELECT * FROM tracks ORDER BY id`))
  }).pipe(Effect.provide(LibsqlClient.layer({ url: "file:insert.db" })))
)
process.exit()
JS

cat >seen.txt <<'TEXT'
INSERT INTO tracks ("id") VALUES (?),(?)
[{"id":"a","preview_url":null},{"id":"b","preview_url":null}]
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
