/** Empty places for tokens in databases, that each test has of its own. */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { SqlClient, type SqlError } from "@effect/sql"
import { Effect, Layer, Schedule } from "effect"
import * as TokenStore from "effect-spotify/TokenStore"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import { postgresUrl } from "./postgres.js"
import { postgresClient, sqliteClient } from "./tokenStoreSql.js"

export type Client = Layer.Layer<SqlClient.SqlClient, SqlError.SqlError>

export interface Place {
  /** Connects anew each time that it is built. */
  readonly client: Client
  readonly table: string
  /** The same for `tokenStoreChild.ts`. */
  readonly process: object
}

export const directory = FileSystem.FileSystem.pipe(
  Effect.flatMap((fs) => fs.makeTempDirectoryScoped()),
  Effect.provide(NodeFileSystem.layer)
)

export const sqlitePlace = Effect.map(directory, (directory): Place => ({
  client: sqliteClient(`${directory}/tokens.db`),
  table: "spotify_tokens",
  process: { sqlite: `${directory}/tokens.db` }
}))

export const postgresPlace = Effect.gen(function*() {
  const table = `effect_spotify_test_${crypto.randomUUID().replaceAll("-", "")}`
  const client = postgresClient(postgresUrl)
  yield* Effect.addFinalizer(() =>
    Effect.orDie(Effect.provide(
      Effect.flatMap(SqlClient.SqlClient, (sql) => sql`DROP TABLE IF EXISTS ${sql(table)}`),
      client
    ))
  )
  return { client, table, process: { postgres: postgresUrl, table } } satisfies Place
})

export const layerOf = ({ client, table }: Place) =>
  Layer.fresh(TokenStoreSql.layer({ table })).pipe(Layer.provide(client))

/** Runs an effect with a store that has a connection of its own. */
export const at = (place: Place) => <A, E>(effect: (store: TokenStore.TokenStore.Service) => Effect.Effect<A, E>) =>
  Effect.provide(Effect.flatMap(TokenStore.TokenStore, effect), layerOf(place))

/** Runs an effect with a connection of its own. */
export const query = (place: Place) => <A, E>(effect: (sql: SqlClient.SqlClient) => Effect.Effect<A, E>) =>
  Effect.provide(Effect.flatMap(SqlClient.SqlClient, effect), place.client)

/** Ends the claims of all keys, or those of one process, as time does with that of one that died. */
export const endClaims = (place: Place, process?: number) =>
  Effect.retry(
    query(place)((sql) =>
      sql`UPDATE ${sql(place.table)} SET updated_at = 0 WHERE kind = 'claim'
        AND ${process === undefined ? sql`1 = 1` : sql`substr(value, 25, 8) = ${String(process).padStart(8, "0")}`}`
    ),
    // While somebody else writes, SQLite is busy.
    Schedule.intersect(Schedule.spaced("20 millis"), Schedule.recurs(100))
  )
