#!/usr/bin/env bash
# A statement of one SqlClient runs in the transaction of another, on the other database.
#
# Expected: A transaction of one database concerns the statements of its own client.
# Happens: Inside of a.withTransaction, an INSERT of client b writes to the database of a. A fiber that was forked in
#   a transaction keeps it when it has ended, and fails.
# Versions: effect@3.22.4, @effect/platform@0.97.2, @effect/experimental@0.61.1, @effect/sql@0.52.1, @effect/sql-
#   libsql@0.42.0; Node 20.20.2
# Matters: A library that keeps something in a database while its caller has a transaction open writes it into the
#   caller's database, or loses it with the caller's rollback.
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
import { Deferred, Effect, Exit, Fiber, ManagedRuntime } from "effect"

const open = (name) => ManagedRuntime.make(LibsqlClient.layer({ url: `file:${name}.db` })).runPromise(SqlClient.SqlClient)
const [a, b] = [await open("a"), await open("b")]
const show = (what) =>
  Effect.all([a`SELECT x FROM t`, b`SELECT x FROM t`]).pipe(
    Effect.map(([inA, inB]) => console.log(`${what}: a has ${inA.length} rows, b has ${inB.length}`))
  )

await Effect.runPromise(Effect.gen(function*() {
  yield* a`CREATE TABLE t (x)`
  yield* b`CREATE TABLE t (x)`
  yield* a.withTransaction(b`INSERT INTO t VALUES ('meant for b')`)
  yield* show("an INSERT of b in a transaction of a")

  const ended = yield* Deferred.make()
  const fiber = yield* a.withTransaction(
    Effect.forkDaemon(Effect.zipRight(Deferred.await(ended), a`INSERT INTO t VALUES ('later')`))
  )
  yield* Deferred.succeed(ended, undefined)
  const exit = yield* Fiber.await(fiber)
  console.log(`a fiber that was forked in it, after its end: ${Exit.isFailure(exit) ? exit.cause.error.cause.code : "ok"}`)
}))
process.exit()
JS

cat >seen.txt <<'TEXT'
an INSERT of b in a transaction of a: a has 1 rows, b has 0
a fiber that was forked in it, after its end: TRANSACTION_CLOSED
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
