#!/usr/bin/env bash
# A libsql database in memory is empty after its first transaction.
#
# Expected: What is in a database is there after a transaction, in memory as in a file.
# Happens: After withTransaction, which did nothing but read, the tables are gone: "no such table". In a file they
#   stay.
# Versions: effect@3.22.4, @effect/platform@0.97.2, @effect/experimental@0.61.1, @effect/sql@0.52.1,
#   @effect/sql-libsql@0.42.0; Node 20.20.2
# Matters: A test that runs a store of tokens against :memory: works until the code under test opens a transaction,
#   and then seems to show a fault of that code. Take a file in a temporary folder.
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

for (const url of ["file:kept.db", ":memory:"]) {
  const program = Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const rows = sql`SELECT name FROM users`.pipe(
      Effect.map((rows) => `${rows.length} row`),
      Effect.catchTag("SqlError", ({ cause }) => Effect.succeed(cause.message))
    )
    yield* sql`DROP TABLE IF EXISTS users`
    yield* sql`CREATE TABLE users (name)`
    yield* sql`INSERT INTO users VALUES ('ann')`
    const [before, inside, after] = [yield* rows, yield* sql.withTransaction(rows), yield* rows]
    console.log(`${url} before: ${before}; in a transaction: ${inside}; after it: ${after}`)
  })
  await Effect.runPromise(Effect.provide(program, LibsqlClient.layer({ url })))
}
process.exit()
JS

cat >seen.txt <<'TEXT'
file:kept.db before: 1 row; in a transaction: 1 row; after it: 1 row
:memory: before: 1 row; in a transaction: 1 row; after it: SQLITE_ERROR: no such table: users
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
