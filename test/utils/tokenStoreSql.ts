/** Token stores in databases, with few imports, so that a process that uses them starts fast. */
import * as LibsqlClient from "@effect/sql-libsql/LibsqlClient"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

/** SQLite in a file. */
export const sqliteClient = (file: string) => Layer.fresh(LibsqlClient.layer({ url: `file:${file}` }))

/** PostgreSQL, where few connections show soonest who waits for whom. */
export const postgresClient = (url: string) =>
  Layer.fresh(PgClient.layer({ url: Redacted.make(url), maxConnections: 3 }))
