/**
 * Tokens in a database, for programs that run on several machines or have many users: PostgreSQL and SQLite. Who may
 * refresh a user's token stands in the table for a while (a lease), so that nothing of the database is held meanwhile.
 *
 * @since 0.1.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { digest } from "../core/digest.js"
import { type Allowed, aText, checkOptions } from "../core/input.js"
import { type InvalidInput, TokenStoreError } from "../core/SpotifyError.js"
import { asColumn, type Claim, makeClaims, tokenIdOf } from "./claims.js"
import * as lock from "./lock.js"
import { describe, pendingLifetime } from "./record.js"
import { type Database, makeDatabase } from "./sqlDatabase.js"
import { openTable } from "./sqlTable.js"
import { PendingSignIn, Token, TokenStore } from "./TokenStore.js"

const tokenJson = Schema.parseJson(Token)
const pendingJson = Schema.parseJson(PendingSignIn)

/** A key's lock, for the work under it. */
interface Held {
  readonly key: string
  readonly claim: Claim
  /** What the work set, which is kept at its end. */
  next: { readonly value: string; readonly updated: number } | undefined
  /** A fiber that was forked under the lock may outlive it. */
  isEnded: boolean
  /** The locks around this one. */
  readonly around: Held | undefined
}

/** The machine's name, for who waits for a claim of ours. */
const machine = Effect.orElseSucceed(
  Effect.tryPromise(async () => {
    // Imported only here, because runtimes in a browser or at the edge may have no node:os.
    const { hostname } = await import("node:os")
    return hostname()
  }),
  () => ""
)

const makeLocks = (
  database: Database,
  store: string,
  host: string,
  tokenOf: (tokenId: string) => Effect.Effect<string | null, TokenStoreError>
) => {
  const heldLocks = FiberRef.unsafeMake<Held | undefined>(undefined)
  const local = lock.make()
  const claims = makeClaims(database, store, host, tokenOf)

  const release = (held: Held) =>
    Effect.suspend(() => {
      held.isEnded = true
      return claims.release(held.claim, held.next?.value ?? null, held.next?.updated ?? 0)
    })

  return {
    withLock: <A, E, R>(key: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | TokenStoreError, R> =>
      // The fibers of this process take turns here, in the order in which they came.
      local(
        key,
        Effect.uninterruptibleMask((restore) =>
          Effect.gen(function*() {
            const claim = yield* restore(
              Effect.flatMap(tokenIdOf(key), (tokenId) => claims.acquire(key, tokenId))
            )
            const around = yield* FiberRef.get(heldLocks)
            const held: Held = { key, claim, next: undefined, isEnded: false, around }
            const exit = yield* Effect.exit(Effect.locally(restore(effect), heldLocks, held))
            yield* release(held)
            return yield* exit
          })
        )
      ),
    remove: claims.remove,
    /** The lock of a key, where the fiber is under it. */
    held: (key: string) =>
      Effect.map(FiberRef.get(heldLocks), (innermost) => {
        let held = innermost
        while (held !== undefined && (held.isEnded || held.key !== key)) held = held.around
        return held
      })
  }
}

const make = (client: SqlClient.SqlClient, table: string) =>
  Effect.gen(function*() {
    const store = `table ${table}`
    const database = yield* makeDatabase(client, store, table)
    yield* openTable(database, store, table)
    const { dialect, grouped, sql, write } = database
    const name = sql(table)

    interface Row {
      readonly id: string
      readonly value: string
    }

    const values = grouped({
      operation: "get",
      run: dialect.read,
      statement: (ids: ReadonlyArray<string>) => sql<Row>`SELECT id, value FROM ${name} WHERE ${sql.in("id", ids)}`,
      resultOf: (id, rows) => rows.get(id)?.value ?? null
    })

    const locks = makeLocks(database, store, yield* machine, values.ask)

    const decode = <A, I>(operation: string, schema: Schema.Schema<A, I>, value: I | null | undefined) =>
      Effect.transposeMapOption(
        Option.fromNullable(value),
        (value) =>
          Effect.mapError(Schema.decode(schema)(value), (error) =>
            TokenStoreError.of(
              store,
              operation,
              `a row can't be read: ${describe(error)}. Delete it and sign in again.`
            ))
      )

    const put = (operation: string, id: string, kind: string, key: string, value: string, updated: number) =>
      write(
        operation,
        sql`INSERT INTO ${name} (id, kind, user_key, value, updated_at)
          VALUES (${id}, ${kind}, ${asColumn(key)}, ${value}, ${updated})
          ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`
      )

    return TokenStore.of({
      get: (key) =>
        Effect.gen(function*() {
          const held = yield* locks.held(key)
          return yield* decode(
            "get",
            tokenJson,
            held === undefined ? yield* values.ask(yield* tokenIdOf(key)) : held.next?.value ?? held.claim.found
          )
        }),
      set: (key, token) =>
        Effect.gen(function*() {
          const value = yield* Effect.orDie(Schema.encode(tokenJson)(token))
          const updated = yield* Clock.currentTimeMillis
          const held = yield* locks.held(key)
          if (held === undefined) yield* put("set", yield* tokenIdOf(key), "token", key, value, updated)
          else held.next = { value, updated }
        }),
      remove: (key) =>
        Effect.gen(function*() {
          const held = yield* locks.held(key)
          if (held === undefined) {
            return yield* write("remove", sql`DELETE FROM ${name} WHERE id = ${yield* tokenIdOf(key)}`)
          }
          held.next = undefined
          yield* locks.remove(held.claim)
        }),
      setPending: (key, signIn) =>
        Effect.gen(function*() {
          const id = yield* digest("pending", key, signIn.state)
          const json = yield* Effect.orDie(Schema.encode(pendingJson)(signIn))
          const oldest = DateTime.subtractDuration(yield* DateTime.now, pendingLifetime)
          // Claims that nobody has any more go with them.
          yield* write(
            "setPending",
            sql`DELETE FROM ${name} WHERE kind IN ('pending', 'claim') AND updated_at <= ${
              DateTime.toEpochMillis(oldest)
            }`
          )
          yield* put("setPending", id, "pending", key, json, DateTime.toEpochMillis(signIn.startedAt))
        }),
      takePending: (key, state) =>
        Effect.gen(function*() {
          const id = yield* digest("pending", key, state)
          const [row] = yield* write(
            "takePending",
            sql<{ readonly value: string }>`DELETE FROM ${name} WHERE id = ${id} RETURNING value`
          )
          const signIn = yield* decode("takePending", pendingJson, row?.value)
          const oldest = DateTime.subtractDuration(yield* DateTime.now, pendingLifetime)
          return Option.filter(signIn, ({ startedAt }) => DateTime.greaterThan(startedAt, oldest))
        }),
      withLock: locks.withLock
    })
  })

/**
 * Keeps tokens in a table, `spotify_tokens` unless told otherwise, which is made when it is missing.
 *
 * A key's lock is a claim in that table, for all processes and machines: one statement writes who has the key and until
 * when, no transaction and no connection is held while Spotify is asked, and one statement writes the new token, if the
 * claim still holds and the token is the one that was found. So a refresh costs three statements, and those of many users
 * who come at once go together. What is set under a lock is kept when the lock is released, whether the work succeeded or
 * not; the calling program's own transactions play no part in it. An SQLite file, and what SQLite keeps beside it, is made
 * readable for its owner alone (mode 0600).
 *
 * A claim is renewed while the work runs, for five minutes at most. That of a process that died, or that stands still,
 * ends 15 seconds after it was taken or renewed, by the clock of PostgreSQL, or by that of the machine for SQLite. A
 * process that went on too late writes nothing any more: `withLock` fails, and a session looks again what belongs into
 * the store. Who waits for another process has its turn in the order in which they came, and learns of it within a
 * second.
 *
 * Nothing is waited for longer than 60 seconds. The error says what it was: a connection of the pool, the database's
 * answer, or a claim, whose it is and since when. When the database is away, calls fail with `TokenStoreError` and work
 * again when it is back; a program that may start before its database can use `Layer.retry` on this layer together with
 * the client's.
 *
 * Tables of releases before 0.2 are used as they are, also while processes of such a release still run. This one waits
 * while such a process refreshes; such a process doesn't see a claim. Where it refreshes the same user at the same
 * moment, Spotify is asked twice: what it granted last is kept, but where refresh tokens rotate (PKCE), the call in the
 * older process may fail with `ReauthorizationRequired`.
 *
 * On SQLite, a call that needs a new token fails inside a transaction of the program's own that has written, after a
 * minute and with a `TokenStoreError` that says so: the store doesn't join the transaction, and can't write beside it.
 * Commit or roll back then; what Spotify granted meanwhile isn't lost, see `SpotifySession`. Ask for the access token
 * before the transaction, or give tokens a file of their own.
 *
 * Tested with `@effect/sql-pg` and with `@effect/sql-libsql` on a file.
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
 * @see https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
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
