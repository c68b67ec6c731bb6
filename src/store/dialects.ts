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
import { isBusy } from "./record.js"

/** How long a statement or a lock is waited for. */
export const maxWait = Duration.seconds(60)

/** A transaction that holds a lock. */
export interface Transaction {
  readonly execute: Execute
  /** Keeps what was written; without it the end of the scope undoes it. */
  readonly commit: Effect.Effect<void, SqlError>
}

interface Execute {
  <A extends object>(statement: Statement<A>): Effect.Effect<ReadonlyArray<A>, SqlError>
}

export interface Column {
  readonly name: string
  readonly type: string
}

/** What the databases do differently. */
export interface Dialect {
  /** Whether a lock is one on the whole database, and writing needs it. */
  readonly locksAll: boolean
  /** Runs a statement that is its own transaction. */
  readonly execute: Execute
  readonly columns: Effect.Effect<ReadonlyArray<Column>, SqlError>
  readonly create: (definition: Statement<object>) => Effect.Effect<unknown, SqlError>
  /** Lets nobody but the owner read the database, where it is a file. */
  readonly protect: Effect.Effect<void, SqlError>
  /** Begins a transaction that has the lock of a key, or of everything, until the scope ends. */
  readonly lock: (key: string) => Effect.Effect<Transaction, SqlError, Scope.Scope>
}

/** The words of the driver, which hold no values of ours. */
export const messageOf = ({ cause, message }: SqlError): string => {
  const detail = Predicate.hasProperty(cause, "message") && cause.message !== ""
    ? cause.message
    : Predicate.hasProperty(cause, "code")
    ? cause.code
    : cause
  return `${message}: ${detail}`
}

/** Before `maxWait`, so that the error is the one that says why. */
const busyWait = Duration.toMillis(maxWait) - 1000

/** SQLite gives up at once when another connection writes. */
export const whileBusy = <A, E extends { readonly _tag: string }>(
  effect: Effect.Effect<A, E | SqlError>
): Effect.Effect<A, E | SqlError> =>
  // `Schedule.upTo` reads the wall clock, which may be set back.
  Effect.flatMap(Effect.clock, (clock) => {
    const end = monotonic(clock) + busyWait
    return Effect.retry(effect, {
      while: (error) => error instanceof SqlError && isBusy(messageOf(error)) && monotonic(clock) < end,
      schedule: Schedule.exponential("10 millis").pipe(
        Schedule.union(Schedule.spaced("100 millis")),
        Schedule.jittered
      )
    })
  })

/**
 * Hides a transaction of the caller's, which the statement would join: its rollback would undo a token that is in use
 * already, and it may even be one of another database.
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

/** A transaction on a connection that nobody else uses meanwhile. */
const begin = (sql: SqlClient.SqlClient, text: string): Effect.Effect<Transaction, SqlError, Scope.Scope> =>
  Effect.gen(function*() {
    // The connection would be lost to its pool if it came after an interruption.
    const connection = yield* Effect.uninterruptible(sql.reserve)
    const execute: Execute = (statement) => {
      const [text, values] = statement.compile(true)
      return connection.execute(text, values, undefined)
    }
    let open = true
    yield* Effect.acquireRelease(
      execute(sql.unsafe(text)),
      () => open ? Effect.ignore(execute(sql.unsafe("ROLLBACK"))) : Effect.void
    )
    return {
      execute,
      commit: Effect.map(execute(sql.unsafe("COMMIT")), () => {
        open = false
      })
    }
  })

const postgres = (sql: SqlClient.SqlClient, table: string): Dialect => ({
  locksAll: false,
  execute: alone,
  columns: alone(sql<Column>`SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = to_regclass(${table.split(".").map((part) => `"${part.replaceAll("\"", "\"\"")}"`).join(".")})
      AND attnum > 0 AND NOT attisdropped ORDER BY attnum`),
  create: alone,
  protect: Effect.void,
  lock: (key) =>
    Effect.gen(function*() {
      const id = BigInt.asIntN(64, BigInt(`0x${(yield* digest(table, key)).slice(0, 16)}`))
      // In a database that is set to repeatable read, the token would be read as it was before the wait.
      const transaction = yield* begin(sql, "BEGIN ISOLATION LEVEL READ COMMITTED")
      // A process that dies closes its connection; these are for a machine that drops off the network.
      const wait = String(Duration.toMillis(maxWait))
      yield* transaction.execute(
        sql`SELECT set_config('lock_timeout', ${wait}, true), set_config('idle_in_transaction_session_timeout', ${wait}, true)`
      )
      yield* transaction.execute(sql`SELECT pg_advisory_xact_lock(${String(id)}::bigint)`)
      return transaction
    })
})

const sqliteColumns = (sql: SqlClient.SqlClient, table: string) => {
  const [name, schema = "main"] = table.split(".").reverse()
  return sql<Column>`SELECT name, lower(type) AS type FROM pragma_table_info(${name}, ${schema})`
}

/**
 * SQLite makes a database that everybody on the machine may read, and the files beside it as the database is. What isn't
 * a file here, or not ours, stays as it is.
 */
const protect = (sql: SqlClient.SqlClient, execute: Execute, table: string): Effect.Effect<void, SqlError> => {
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
          // Only where there is a file is there Node's way to it.
          const { chmod, stat } = await import("node:fs/promises")
          const path = file + suffix
          const { mode } = await stat(path)
          if ((mode & 0o077) !== 0) await chmod(path, mode & 0o700)
        })), { discard: true })
  })
}

const sqlite = (sql: SqlClient.SqlClient, table: string): Dialect => ({
  locksAll: true,
  execute: alone,
  columns: alone(sqliteColumns(sql, table)),
  create: alone,
  protect: protect(sql, alone, table),
  lock: () => begin(sql, "BEGIN IMMEDIATE")
})

/** What is used of `@libsql/client`. */
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
 * A libSQL connection of our own, always inside a transaction, which takes no lock until it reads or writes.
 *
 * The client itself opens a connection for each transaction and never closes it, waits for itself for ever when the
 * database is locked as a transaction begins, and leaves a statement that found it locked half done, with locks. So we
 * keep our connections, and where the database may be locked for long, use `batch`, which leaves nothing half done.
 */
const libsqlConnection = (sdk: Libsql) =>
  Effect.gen(function*() {
    const attempt = <A>(evaluate: () => Promise<A>) =>
      Effect.tryPromise({
        try: evaluate,
        catch: (cause) => new SqlError({ cause, message: "Failed to execute statement" })
      })

    // The pause of those few milliseconds in which another one commits.
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
      /** Undoes what wasn't committed. */
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
    const reading = Effect.unsafeMakeSemaphore(1)
    const execute: Execute = (statement) =>
      reading.withPermits(1)(Effect.ensuring(reader.execute(statement), Effect.ignore(reader.reset)))
    const [touch] = sql`UPDATE ${sql(table)} SET value = value WHERE id = ''`.compile(true)
    return {
      locksAll: true,
      execute,
      columns: execute(sqliteColumns(sql, table)),
      protect: protect(sql, execute, table),
      create: (definition) =>
        Effect.ensuring(writer.batch(`${definition.compile(true)[0]}; COMMIT; BEGIN`), Effect.ignore(writer.reset)),
      lock: () =>
        Effect.as(
          Effect.acquireRelease(
            Effect.tapError(
              writer.batch(`PRAGMA busy_timeout = 0; ${touch}; PRAGMA busy_timeout = 1000`),
              () => Effect.ignore(writer.reset)
            ),
            () => Effect.ignore(writer.reset)
          ),
          { execute: writer.execute, commit: writer.batch("COMMIT; BEGIN") }
        )
    }
  })

type Found = Effect.Effect<Dialect, SqlError | string, Scope.Scope>

/** The dialect of a client, or why it isn't supported. */
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
        : Effect.fail("a libSQL database has to be a file: on a server, a transaction can't be held for long enough")
    },
    orElse: () => Effect.fail("only PostgreSQL and SQLite are supported, not this database")
  })
}
