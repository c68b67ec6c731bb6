/**
 * One PostgreSQL for the whole fleet: who runs what, what has come of it, the users' tokens, the rate budget and the rows
 * that are exported.
 */
import { SqlClient } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"

export const layer = (url: string, maxConnections = 10) => PgClient.layer({ url: Redacted.make(url), maxConnections })

const at = (server: string, database: string): string => Object.assign(new URL(server), { pathname: database }).href

/**
 * A database of one run's own, gone when the run ends. Not a schema or a prefix: the cluster's locks are numbers that
 * count for a whole database, so that two clusters in one would keep each other's shards.
 */
export const forRun = (server: string, run: string) => {
  const name = `effect_spotify_fleet_${run}`
  const asked = (statement: (sql: SqlClient.SqlClient) => Effect.Effect<unknown, unknown>) =>
    Effect.provide(Effect.flatMap(SqlClient.SqlClient, statement), layer(server, 1))
  return Effect.acquireRelease(
    Effect.as(asked((sql) => sql`CREATE DATABASE ${sql(name)}`), at(server, name)),
    () => Effect.orDie(asked((sql) => sql`DROP DATABASE IF EXISTS ${sql(name)} WITH (FORCE)`))
  )
}

/** `exported` takes a row once, however often a page is read; `accounts` says how far each long write has come. */
export const createTables = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE exported (
    user_key text, position integer, uri text NOT NULL, added_at text NOT NULL, PRIMARY KEY (user_key, position)
  )`
  yield* sql`CREATE TABLE accounts (job text PRIMARY KEY, account text NOT NULL)`
})

/**
 * Lets the cluster read again what it has read and not answered for 20 seconds. What a worker is at, it leaves alone.
 *
 * The cluster does so itself, after ten minutes. That is how long a job stands still where @effect/cluster 0.60 drops the
 * message of a step: its reading loop forgets which messages it has just answered, asks for the new ones, and passes over
 * one that was answered "suspended" and put back in between, as a step is whose shard went to another worker.
 */
export const readAgain = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) =>
    sql`UPDATE cluster_messages SET last_read = NULL
      WHERE NOT processed AND last_read < NOW() - INTERVAL '20 seconds'`
)
