/**
 * Tokens in a database, for programs that run on several machines or have many users: PostgreSQL, with advisory locks, and
 * SQLite, with its write lock.
 *
 * @since 0.1.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { digest } from "../core/digest.js"
import { type Allowed, aText, checkOptions } from "../core/input.js"
import { type InvalidInput, TokenStoreError } from "../core/SpotifyError.js"
import { describe, pendingLifetime } from "./record.js"
import { makeDatabase } from "./sqlLock.js"
import { openTable } from "./sqlTable.js"
import { PendingSignIn, Token, TokenStore } from "./TokenStore.js"

const tokenJson = Schema.parseJson(Token)
const pendingJson = Schema.parseJson(PendingSignIn)

const make = (client: SqlClient.SqlClient, table: string) =>
  Effect.gen(function*() {
    const store = `table ${table}`
    const database = yield* makeDatabase(client, store, table)
    yield* openTable(database, store, table)
    const { locked, read, sql, write } = database
    const name = sql(table)

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
 * On SQLite, a call that needs a new token fails inside a transaction of the program's own that has written, after a
 * minute and with a `TokenStoreError` that says so: the store doesn't join the transaction, and can't write beside it.
 * Commit or roll back then; what Spotify granted meanwhile isn't lost, see `SpotifySession`. Ask for the access token
 * before the transaction, or give tokens a file of their own.
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
