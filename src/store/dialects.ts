/** The SQL dialects, PostgreSQL and SQLite: how a statement comes to a connection, and what is written differently. */
import type * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import type { Statement } from "@effect/sql/Statement"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { digest } from "../core/digest.js"
import { monotonic } from "../core/time.js"
import { type ClaimSql, postgresClaims, sqliteClaims } from "./claimSql.js"
import { isBusy } from "./record.js"

/** The timeout of a statement and of a wait for a lock. */
export const maxWait = Duration.seconds(60)

/** Runs a statement by itself (autocommit); tells when it has a connection for it. */
export interface Execute {
  <A extends object>(statement: Statement<A>, onConnection: () => void): Effect.Effect<ReadonlyArray<A>, SqlError>
}

export interface Column {
  readonly name: string
  readonly type: string
}

/** What the databases do differently. */
export interface Dialect {
  readonly read: Execute
  readonly write: Execute
  readonly columns: Effect.Effect<ReadonlyArray<Column>, SqlError>
  readonly create: (definition: Statement<object>) => Effect.Effect<unknown, SqlError>
  /** Lets nobody but the owner read the database, where it is a file. */
  readonly protect: Effect.Effect<void, SqlError>
  readonly claims: ClaimSql
  /** The number of the advisory lock that releases before 0.2 take for a key. */
  readonly lockOf: (key: string) => Effect.Effect<string>
}

/** The driver's message. It shows no parameter of a statement, and so no token. */
export const messageOf = ({ cause, message }: SqlError): string => {
  const detail = Predicate.hasProperty(cause, "message") && cause.message !== ""
    ? cause.message
    : Predicate.hasProperty(cause, "code")
    ? cause.code
    : cause
  return `${message}: ${detail}`
}

/** A little less than `maxWait`, so that SQLite's own error comes before a timeout that couldn't say why. */
const busyWait = Duration.toMillis(maxWait) - 1000

/** Whether PostgreSQL undid a statement because of another one (serialization failure, deadlock). */
const isConflict = ({ cause }: SqlError): boolean =>
  Predicate.hasProperty(cause, "code") && (cause.code === "40001" || cause.code === "40P01")

/** Retries with backoff what another connection was in the way of: SQLite fails at once when one writes. */
export const whileBusy = <A, E extends { readonly _tag: string }>(
  effect: Effect.Effect<A, E | SqlError>
): Effect.Effect<A, E | SqlError> =>
  // `Schedule.upTo` reads the wall clock, which may be set back.
  Effect.flatMap(Effect.clock, (clock) => {
    const end = monotonic(clock) + busyWait
    return Effect.retry(effect, {
      while: (error) =>
        error instanceof SqlError && (isBusy(messageOf(error)) || isConflict(error)) && monotonic(clock) < end,
      schedule: Schedule.exponential("10 millis").pipe(
        Schedule.union(Schedule.spaced("100 millis")),
        Schedule.jittered
      )
    })
  })

/**
 * Hides a transaction that the caller has open, which `@effect/sql` would make the statement join. Its rollback would
 * undo a token that is in use already, and it may be a transaction of another database.
 */
export const alone = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.mapInputContext(
    effect,
    (caller: Context.Context<never>) =>
      Option.match(Context.getOption(caller, Tracer.ParentSpan), {
        onNone: () => Context.empty(),
        onSome: (span) => Context.make(Tracer.ParentSpan, span)
      })
  )

/** On a connection that is taken from the pool first, so that one can tell a wait for the pool from one for the answer. */
const onConnection = (sql: SqlClient.SqlClient): Execute => (statement, onConnection) =>
  alone(Effect.scoped(Effect.flatMap(sql.reserve, (connection) => {
    onConnection()
    const [text, values] = statement.compile(true)
    return connection.execute(text, values, undefined)
  })))

const postgres = (sql: SqlClient.SqlClient, table: string): Dialect => {
  const execute = onConnection(sql)
  return {
    read: execute,
    write: execute,
    columns: alone(sql<Column>`SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
      WHERE attrelid = to_regclass(${table.split(".").map((part) => `"${part.replaceAll("\"", "\"\"")}"`).join(".")})
        AND attnum > 0 AND NOT attisdropped ORDER BY attnum`),
    create: alone,
    protect: Effect.void,
    claims: postgresClaims(sql, table),
    lockOf: (key) =>
      Effect.map(digest(table, key), (hash) => String(BigInt.asIntN(64, BigInt(`0x${hash.slice(0, 16)}`))))
  }
}

const sqliteColumns = (sql: SqlClient.SqlClient, table: string) => {
  const [name, schema = "main"] = table.split(".").reverse()
  return sql<Column>`SELECT name, lower(type) AS type FROM pragma_table_info(${name}, ${schema})`
}

/**
 * Sets the mode of the database's files to their owner's alone. SQLite creates a database that everybody on the machine
 * may read, and its journals with the mode of the database. A database that isn't a file here is left as it is, as are
 * files whose mode we may not change.
 */
const protect = (
  sql: SqlClient.SqlClient,
  execute: <A extends object>(statement: Statement<A>) => Effect.Effect<ReadonlyArray<A>, SqlError>,
  table: string
): Effect.Effect<void, SqlError> => {
  const [, schema = "main"] = table.split(".").reverse()
  const found = execute(
    sql<{ readonly file: string | null }>`SELECT file FROM pragma_database_list WHERE name = ${schema}`
  )
  return Effect.flatMap(found, (rows) => {
    const file = rows[0]?.file ?? ""
    return file === "" ?
      Effect.void :
      Effect.forEach(["", "-wal", "-shm", "-journal"], (suffix) =>
        Effect.ignore(Effect.tryPromise(async () => {
          // Imported only here, because runtimes without files may have no node:fs.
          const { chmod, stat } = await import("node:fs/promises")
          const path = file + suffix
          const { mode } = await stat(path)
          if ((mode & 0o077) !== 0) await chmod(path, mode & 0o700)
        })), { discard: true })
  })
}

const sqlite = (sql: SqlClient.SqlClient, table: string): Dialect => {
  const execute = onConnection(sql)
  return {
    read: execute,
    write: execute,
    columns: alone(sqliteColumns(sql, table)),
    create: alone,
    protect: protect(sql, alone, table),
    claims: sqliteClaims(sql, table),
    // The transaction of such a release keeps all other writers out.
    lockOf: () => Effect.succeed("0")
  }
}

/** The part of `@libsql/client` that is used here. */
interface Libsql {
  readonly protocol: string
  readonly transaction: (mode: "deferred") => Promise<LibsqlTransaction>
}

interface LibsqlTransaction {
  readonly closed: boolean
  readonly execute: <A>(statement: {
    readonly sql: string
    readonly args: ReadonlyArray<unknown>
  }) => Promise<{ readonly rows: ReadonlyArray<A> }>
  readonly executeMultiple: (sql: string) => Promise<void>
  readonly close: () => void
}

const isLibsql = (client: object): client is { readonly sdk: Libsql } =>
  Predicate.hasProperty(client, "sdk") && Predicate.hasProperty(client.sdk, "transaction") &&
  Predicate.hasProperty(client.sdk, "protocol")

/**
 * A libSQL connection of our own, always inside a deferred transaction, which takes no lock until it reads or writes.
 *
 * The client's own way has three faults. It opens a connection for each transaction and never closes it. It waits for
 * itself for ever when the database is locked as a transaction begins. And it leaves a statement that finds the database
 * locked unfinished, with its locks. So we keep our connections, and where the database may be locked for long, we use
 * `batch`, which leaves no statement unfinished.
 */
const libsqlConnection = (sdk: Libsql) =>
  Effect.gen(function*() {
    const attempt = <A>(evaluate: () => Promise<A>) =>
      Effect.tryPromise({
        try: evaluate,
        catch: (cause) => new SqlError({ cause, message: "Failed to execute statement" })
      })

    // Long enough for the few milliseconds of another connection's commit.
    const open = Effect.tap(
      attempt(() => sdk.transaction("deferred")),
      (transaction) => attempt(() => transaction.executeMultiple("PRAGMA busy_timeout = 1000"))
    )
    let transaction = yield* open
    yield* Effect.addFinalizer(() => Effect.sync(() => transaction.close()))
    const batch = (text: string) => attempt(() => transaction.executeMultiple(text))

    return {
      batch,
      execute: <A extends object>(statement: Statement<A>) => {
        const [text, values] = statement.compile(true)
        return Effect.map(attempt(() => transaction.execute<A>({ sql: text, args: values })), ({ rows }) => rows)
      },
      /** Rolls back; where this connection can't, a new one takes its place. */
      reset: Effect.orElse(batch("ROLLBACK; BEGIN"), () =>
        Effect.map(open, (next) => {
          transaction = next
        }))
    }
  })

const libsql = (
  sql: SqlClient.SqlClient,
  sdk: Libsql,
  table: string
): Effect.Effect<Dialect, SqlError, Scope.Scope> =>
  Effect.gen(function*() {
    const reader = yield* libsqlConnection(sdk)
    const writer = yield* libsqlConnection(sdk)
    const [reading, writing] = [Effect.unsafeMakeSemaphore(1), Effect.unsafeMakeSemaphore(1)]
    const read: Execute = (statement, onConnection) =>
      reading.withPermits(1)(Effect.suspend(() => {
        onConnection()
        return Effect.ensuring(reader.execute(statement), Effect.ignore(reader.reset))
      }))
    const [touch] = sql`UPDATE ${sql(table)} SET value = value WHERE id = ''`.compile(true)
    // The write lock is taken by a batch first, see above; the statement itself finds nobody in its way then.
    const write: Execute = (statement, onConnection) =>
      writing.withPermits(1)(Effect.suspend(() => {
        onConnection()
        return writer.batch(`PRAGMA busy_timeout = 0; ${touch}; PRAGMA busy_timeout = 1000`).pipe(
          Effect.zipRight(writer.execute(statement)),
          Effect.zipLeft(whileBusy(writer.batch("COMMIT; BEGIN"))),
          Effect.tapErrorCause(() => Effect.ignore(writer.reset))
        )
      }))
    const query = <A extends object>(statement: Statement<A>) => read(statement, () => {})
    return {
      read,
      write,
      columns: query(sqliteColumns(sql, table)),
      protect: protect(sql, query, table),
      create: (definition) =>
        Effect.ensuring(writer.batch(`${definition.compile(true)[0]}; COMMIT; BEGIN`), Effect.ignore(writer.reset)),
      claims: sqliteClaims(sql, table),
      lockOf: () => Effect.succeed("0")
    }
  })

type Found = Effect.Effect<Dialect, SqlError | string, Scope.Scope>

/** Fails with the reason where the client's database isn't supported. */
export const fromClient = (client: SqlClient.SqlClient, table: string): Found => {
  const sql = client.withoutTransforms()
  return client.onDialectOrElse<Found, Found, Found>({
    pg: () => Effect.succeed(postgres(sql, table)),
    sqlite: () => {
      if (!isLibsql(client)) {
        return Effect.succeed(sqlite(sql, table))
      }
      return client.sdk.protocol === "file"
        ? libsql(sql, client.sdk, table)
        : Effect.fail("a libSQL database has to be a file: for tokens on a server there is PostgreSQL")
    },
    orElse: () => Effect.fail("only PostgreSQL and SQLite are supported, not this database")
  })
}
