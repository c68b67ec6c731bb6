/**
 * Tokens in a database, for programs that run on several machines or have many users: PostgreSQL and SQLite.
 *
 * @since 0.1.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import type { Statement } from "@effect/sql/Statement"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { digest } from "../core/digest.js"
import { type Allowed, aText, checkOptions } from "../core/input.js"
import { type InvalidInput, TokenStoreError } from "../core/SpotifyError.js"
import * as dialects from "./dialects.js"
import * as lock from "./lock.js"
import { describe, explained, pendingLifetime } from "./record.js"
import { PendingSignIn, Token, TokenStore } from "./TokenStore.js"

const version = "1"

const columns = ["id text", "kind text", "user_key text", "value text", "updated_at bigint"]

const tokenJson = Schema.parseJson(Token)
const pendingJson = Schema.parseJson(PendingSignIn)

/** A lock and its transaction, for the work under the lock. */
interface Held {
  readonly transaction: dialects.Transaction
  /** Keeps what was written and frees the lock. */
  readonly end: Effect.Effect<void, TokenStoreError>
  ended: boolean
  /** The first statement that failed: for it, PostgreSQL undoes the rest of the transaction without a word. */
  failure: TokenStoreError | undefined
}

const make = (client: SqlClient.SqlClient, table: string) =>
  Effect.gen(function*() {
    const store = `table ${table}`
    const toStoreError = (operation: string) => (error: unknown) =>
      error instanceof TokenStoreError
        ? error
        : TokenStoreError.of(
          store,
          operation,
          error instanceof SqlError ? explained(dialects.messageOf(error)) : String(error)
        )

    const sql = client.withoutTransforms()
    const dialect = yield* Effect.mapError(dialects.fromClient(client, table), toStoreError("open"))

    const tooLong = `no answer for ${Duration.format(dialects.maxWait)}: the database is away, or somebody holds its ` +
      "lock, for example a transaction of this program that waits for this call"

    // Ends the wait also where the caller can't be interrupted.
    const inTime = (operation: string) => <A>(effect: Effect.Effect<A, TokenStoreError>) =>
      Effect.timeoutFail(Effect.interruptible(effect), {
        duration: dialects.maxWait,
        onTimeout: () => TokenStoreError.of(store, operation, tooLong)
      })

    const heldLock = FiberRef.unsafeMake<Held | undefined>(undefined)
    const local = lock.make()

    const begin = (
      operation: string,
      key: string,
      restore: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
    ) =>
      Effect.gen(function*() {
        const entered = yield* Deferred.make<dialects.Transaction, TokenStoreError>()
        const leave = yield* Deferred.make<void, TokenStoreError>()
        const kept = yield* Deferred.make<void, TokenStoreError>()

        // In a fiber of its own, because getting a connection can't be interrupted.
        const fiber = yield* Effect.gen(function*() {
          const transaction = yield* dialect.lock(key)
          yield* Deferred.succeed(entered, transaction)
          yield* Deferred.await(leave)
          yield* Effect.mapError(dialects.whileBusy(transaction.commit), toStoreError(operation))
          yield* Deferred.succeed(kept, undefined)
        }).pipe(
          Effect.scoped,
          dialects.whileBusy,
          Effect.onError((cause) => {
            const failure = Effect.fail(toStoreError(operation)(Cause.squash(cause)))
            return Effect.zipRight(Deferred.complete(entered, failure), Deferred.complete(kept, failure))
          }),
          dialects.alone,
          Effect.interruptible,
          Effect.forkDaemon
        )

        const transaction = yield* restore(inTime(operation)(Deferred.await(entered))).pipe(
          Effect.onError(() => Fiber.interruptFork(fiber))
        )
        const held: Held = {
          transaction,
          ended: false,
          failure: undefined,
          end: Effect.suspend(() => {
            held.ended = true
            return Deferred.complete(leave, held.failure === undefined ? Effect.void : Effect.fail(held.failure))
          }).pipe(
            Effect.zipRight(Fiber.await(fiber)),
            Effect.zipRight(Deferred.await(kept)),
            inTime(operation)
          )
        }
        return held
      })

    const locked = <A, E, R>(
      operation: string,
      key: string,
      effect: Effect.Effect<A, E, R>
    ): Effect.Effect<A, E | TokenStoreError, R> =>
      local(
        dialect.locksAll ? "" : key,
        Effect.uninterruptibleMask((restore) =>
          Effect.gen(function*() {
            const held = yield* begin(operation, key, restore)
            const exit = yield* Effect.exit(Effect.locally(restore(effect), heldLock, held))
            yield* held.end
            return yield* exit
          })
        )
      )

    const send = <A>(operation: string, result: Effect.Effect<A, SqlError>): Effect.Effect<A, TokenStoreError> =>
      result.pipe(
        dialects.whileBusy,
        Effect.mapError(toStoreError(operation)),
        Effect.uninterruptible,
        Effect.disconnect,
        inTime(operation)
      )

    const sendUnder = <A>(operation: string, held: Held, result: Effect.Effect<A, SqlError>) =>
      // Interrupting a statement makes PostgreSQL undo its whole transaction.
      Effect.uninterruptible(Effect.tapError(send(operation, result), (error) =>
        Effect.sync(() => {
          held.failure ??= error
        })))

    const currentLock = Effect.map(FiberRef.get(heldLock), (held) => held?.ended === false ? held : undefined)

    const read = <A extends object>(operation: string, statement: Statement<A>) =>
      Effect.flatMap(currentLock, (held) =>
        held === undefined
          ? send(operation, dialect.execute(statement))
          : sendUnder(operation, held, held.transaction.execute(statement)))

    const write = <A extends object>(operation: string, statement: Statement<A>) =>
      Effect.flatMap(currentLock, (held) =>
        held === undefined && dialect.locksAll
          ? locked(operation, "", read(operation, statement))
          : read(operation, statement))

    const name = sql(table)

    const found = Effect.map(
      send("open", dialect.columns),
      (columns) => columns.map((column) => `${column.name} ${column.type}`)
    )

    const create = send(
      "open",
      dialect.create(
        sql`CREATE TABLE IF NOT EXISTS ${name} (
          ${sql.literal(columns.map((column) => `${column} NOT NULL`).join(", "))}, PRIMARY KEY (id)
        )`
      )
    ).pipe(
      // Another process may have made it meanwhile.
      Effect.catchAll((error) => Effect.flatMap(found, ({ length }) => length === 0 ? Effect.fail(error) : Effect.void))
    )

    const refuse = (reason: string) => TokenStoreError.of(store, "open", `it was left as it is: ${reason}`)

    const findVersion = Effect.map(
      read("open", sql<{ readonly value: string }>`SELECT value FROM ${name} WHERE id = 'version'`),
      (rows) => rows[0]?.value
    )

    yield* Effect.ignore(send("open", dialect.protect))
    if ((yield* found).length === 0) {
      yield* create
    }
    const actual = yield* found
    if (actual.length === 0) {
      return yield* TokenStoreError.of(
        store,
        "open",
        "what one connection makes, another one doesn't see: an SQLite database has to be a file (for tokens in memory " +
          "there is TokenStore.layerMemory)"
      )
    }
    if (actual.length !== columns.length || !columns.every((column) => actual.includes(column))) {
      const [expected, instead] = [columns.join(", "), actual.join(", ")]
      return yield* refuse(
        `a table of tokens has the columns ${expected}, and this one has ${instead}. Choose another name with \`table\`.`
      )
    }
    if ((yield* findVersion) === undefined) {
      // Under the lock, since where reads are repeatable two who write the same row at once fail.
      yield* locked(
        "open",
        "",
        read(
          "open",
          sql`INSERT INTO ${name} (id, kind, user_key, value, updated_at)
            VALUES ('version', 'version', '', ${version}, 0) ON CONFLICT (id) DO NOTHING`
        )
      )
    }
    const actualVersion = yield* findVersion
    if (actualVersion !== version) {
      return yield* refuse(`it has version ${actualVersion}, and this release knows version ${version}`)
    }

    const decode = <A, I>(
      operation: string,
      schema: Schema.Schema<A, I>,
      [row]: ReadonlyArray<{ readonly value: I }>
    ) =>
      Effect.transposeMapOption(
        Option.fromNullable(row),
        ({ value }) =>
          Effect.mapError(Schema.decode(schema)(value), (error) =>
            TokenStoreError.of(
              store,
              operation,
              `a row can't be read: ${describe(error)}. Delete it and sign in again.`
            ))
      )

    const put = (operation: string, id: string, kind: string, key: string, value: string, time: DateTime.Utc) =>
      write(
        operation,
        // The key as in JSON, because a database knows neither NUL nor lone surrogates.
        sql`INSERT INTO ${name} (id, kind, user_key, value, updated_at)
          VALUES (${id}, ${kind}, ${JSON.stringify(key).slice(1, -1)}, ${value}, ${DateTime.toEpochMillis(time)})
          ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`
      )

    return TokenStore.of({
      get: (key) =>
        Effect.gen(function*() {
          const id = yield* digest("token", key)
          const rows = yield* read("get", sql<{ readonly value: string }>`SELECT value FROM ${name} WHERE id = ${id}`)
          return yield* decode("get", tokenJson, rows)
        }),
      set: (key, token) =>
        Effect.gen(function*() {
          const id = yield* digest("token", key)
          const json = yield* Effect.orDie(Schema.encode(tokenJson)(token))
          yield* put("set", id, "token", key, json, yield* DateTime.now)
        }),
      remove: (key) =>
        Effect.flatMap(
          digest("token", key),
          (id) => write("remove", sql`DELETE FROM ${name} WHERE id = ${id}`)
        ),
      setPending: (key, signIn) =>
        Effect.gen(function*() {
          const id = yield* digest("pending", key, signIn.state)
          const json = yield* Effect.orDie(Schema.encode(pendingJson)(signIn))
          const oldest = DateTime.subtractDuration(yield* DateTime.now, pendingLifetime)
          yield* write(
            "setPending",
            sql`DELETE FROM ${name} WHERE kind = 'pending' AND updated_at <= ${DateTime.toEpochMillis(oldest)}`
          )
          yield* put("setPending", id, "pending", key, json, signIn.startedAt)
        }),
      takePending: (key, state) =>
        Effect.gen(function*() {
          const id = yield* digest("pending", key, state)
          const rows = yield* write(
            "takePending",
            sql<{ readonly value: string }>`DELETE FROM ${name} WHERE id = ${id} RETURNING value`
          )
          const signIn = yield* decode("takePending", pendingJson, rows)
          const oldest = DateTime.subtractDuration(yield* DateTime.now, pendingLifetime)
          return Option.filter(signIn, ({ startedAt }) => DateTime.greaterThan(startedAt, oldest))
        }),
      withLock: (key, effect) => locked("withLock", key, effect)
    })
  })

/**
 * Keeps tokens in a table, `spotify_tokens` unless told otherwise, which is made when it is missing.
 *
 * A lock is one of the database, so it holds for all processes and machines: in PostgreSQL a transaction's advisory lock
 * for each key, on one connection of the pool; in SQLite an immediate transaction. That one keeps all other writers of
 * the file out for as long as a refresh takes, so give tokens a file of their own. What is set under a lock is kept when
 * the lock is released, whether the work succeeded or not; the calling program's own transactions play no part in it. An
 * SQLite file, and what SQLite keeps beside it, is made readable for its owner alone (mode 0600).
 *
 * When a process dies with a lock, the others go on as soon as the database notices, which is at once, and after 60
 * seconds when its machine dropped off the network; work under a lock may take no longer than that. No answer of the
 * database and no lock of another process is waited for longer than 60 seconds. When the database is away, calls fail
 * with `TokenStoreError` and work again when it is back; a program that may start before its database can use
 * `Layer.retry` on this layer together with the client's.
 *
 * Inside a transaction of the program's own that has written, a call that needs a new token can't be had on SQLite: the
 * store may not join the transaction, and can't write beside it. It fails with a `TokenStoreError` that says so, after a
 * minute, and the transaction is to be ended or undone; what Spotify granted meanwhile isn't lost, see `SpotifySession`.
 * Ask for the access token before the transaction, or give tokens a file of their own.
 *
 * Tested with `@effect/sql-pg` and with `@effect/sql-libsql` on a file. Another SQLite client that has one connection
 * lets nobody else use it while a lock is held.
 *
 * @example
 * ```ts
 * import { LibsqlClient } from "@effect/sql-libsql"
 * import { Layer } from "effect"
 * import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
 *
 * const layer = TokenStoreSql.layer().pipe(
 *   Layer.provide(LibsqlClient.layer({ url: "file:tokens.db" }))
 * )
 * ```
 *
 * @see https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
 * @see https://www.sqlite.org/lang_transaction.html
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options?: { readonly table?: string | undefined }
): Layer.Layer<TokenStore, InvalidInput | TokenStoreError, SqlClient.SqlClient> =>
  Layer.scoped(
    TokenStore,
    Effect.zipRight(
      checkOptions("TokenStoreSql", { table: aTable }, options),
      Effect.flatMap(SqlClient.SqlClient, (client) => make(client, options?.table ?? "spotify_tokens"))
    )
  )

const aTable: Allowed = [
  (table) => aText[0](table) && /^[^.\0]+(?:\.[^.\0]+)?$/.test(String(table)),
  "the name of a table, or of its schema and the table with a dot between them"
]
