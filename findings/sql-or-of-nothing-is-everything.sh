#!/usr/bin/env bash
# sql.or of no condition is true for every row.
#
# Expected: "Any of these" of an empty list is nothing, as sql.in(column, []) makes it.
# Happens: sql.or([]) is written as 1=1, like sql.and([]); sql.in(column, []) is 1=0. A DELETE with it empties the
#   table.
# Versions: effect@3.22.4, @effect/platform@0.97.2, @effect/experimental@0.61.1, @effect/sql@0.52.1,
#   @effect/sql-libsql@0.42.0; Node 20.20.2
# Matters: "Remove the rows of these users" with a list that happens to be empty removes all.
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
    yield* sql`DROP TABLE IF EXISTS tokens`
    yield* sql`CREATE TABLE tokens (user_id TEXT)`
    for (const [name, condition] of [["or", sql.or], ["in", (list) => sql.in("user_id", list)], ["and", sql.and]]) {
      yield* sql`DELETE FROM tokens`
      yield* sql`INSERT INTO tokens VALUES ('ann'), ('ben')`
      const statement = sql`DELETE FROM tokens WHERE ${condition([])}`
      yield* statement
      const [{ left }] = yield* sql`SELECT count(*) AS left FROM tokens`
      console.log(`${name} of nothing: ${statement.compile()[0]}; of 2 rows it leaves ${left}`)
    }
  }).pipe(Effect.provide(LibsqlClient.layer({ url: "file:or.db" })))
)
process.exit()
JS

cat >seen.txt <<'TEXT'
or of nothing: DELETE FROM tokens WHERE 1=1; of 2 rows it leaves 0
in of nothing: DELETE FROM tokens WHERE 1=0; of 2 rows it leaves 2
and of nothing: DELETE FROM tokens WHERE 1=1; of 2 rows it leaves 0
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
