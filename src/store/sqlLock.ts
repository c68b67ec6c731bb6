/**
 * Statements with a timeout, retried with backoff while SQLite is busy, and mutual exclusion by the database: a
 * transaction that holds an advisory lock of the key (PostgreSQL) or the database's write lock (SQLite). What is written
 * under the lock goes through that transaction, which is its fencing: who lost the lock has lost the transaction too.
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import type { Statement } from "@effect/sql/Statement"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import { TokenStoreError } from "../core/SpotifyError.js"
import * as dialects from "./dialects.js"
import * as lock from "./lock.js"
import { explained } from "./record.js"

/** A lock and its transaction, for the work under the lock. */
interface Held {
  readonly transaction: dialects.Transaction
  /** Commits what was written, which releases the lock. */
  readonly end: Effect.Effect<void, TokenStoreError>
  ended: boolean
  /** The first statement that failed. After it PostgreSQL rolls the transaction back at COMMIT without an error. */
  failure: TokenStoreError | undefined
}

/** The database of a client; fails where it isn't supported. Under a lock, statements run in the lock's transaction. */
export const makeDatabase = (client: SqlClient.SqlClient, store: string, table: string) =>
  Effect.gen(function*() {
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

    // The timeout, also where the caller can't be interrupted.
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

        // In a fiber of its own, because waiting for a connection of the pool can't be interrupted.
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
      // Interrupting a statement makes PostgreSQL roll back its whole transaction.
      Effect.uninterruptible(Effect.tapError(send(operation, result), (error) =>
        Effect.sync(() => {
          held.failure ??= error
        })))

    // A fiber that was forked under the lock may outlive it.
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

    return { sql, dialect, send, read, write, locked }
  })

export type Database = Effect.Effect.Success<ReturnType<typeof makeDatabase>>
