/** Statements with a timeout that says what was waited for, retried with backoff, alone or many calls in one. */
import type * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import type { Statement } from "@effect/sql/Statement"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import { Deadline } from "../core/deadline.js"
import { asked, limited } from "../core/limited.js"
import { TokenStoreError } from "../core/SpotifyError.js"
import * as batch from "./batch.js"
import * as dialects from "./dialects.js"
import { explained } from "./record.js"

/** Whether a statement has its connection. */
interface Progress {
  isConnected: boolean
}

const time = Duration.format(dialects.maxWait)

const whyLate = ({ isConnected }: Progress): string =>
  isConnected
    ? `no answer for ${time}: the database is away, or somebody holds what the statement needs`
    : `no connection to the database for ${time}: all of the pool are in use, perhaps by a transaction of this program ` +
      "that waits for this call"

/** How many go into one statement, which others wait for. */
const together = 200

export interface Grouped<I, A> {
  readonly ask: (item: I) => Effect.Effect<A, TokenStoreError>
  /** Without a timeout of its own beside that of the statement. */
  readonly askPatiently: (item: I) => Effect.Effect<A, TokenStoreError>
  /** What one who still waits for the answer waits for. */
  readonly whyLate: () => string
}

/** The database of a client; fails where it isn't supported. */
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

    const runtime = Runtime.make({
      context: Context.empty(),
      runtimeFlags: Runtime.defaultRuntimeFlags,
      fiberRefs: yield* Effect.getFiberRefs
    })
    /** Runs in the background what is nobody's own: nothing of a caller's, whose interruption or span it would have. */
    const fork = (effect: Effect.Effect<void>): Fiber.RuntimeFiber<void> => Runtime.runFork(runtime)(effect)

    const deadline = new Deadline(Duration.toMillis(dialects.maxWait))

    /** The timeout, also where the caller can't be interrupted. */
    const inTime = (operation: string, why: () => string) => <A>(effect: Effect.Effect<A, TokenStoreError>) =>
      limited(deadline, Effect.forkDaemon(Effect.exit(Effect.interruptible(effect))), () =>
        TokenStoreError.of(store, operation, why()))

    const sendWith = <A>(operation: string, progress: Progress, result: Effect.Effect<A, SqlError>) =>
      result.pipe(
        dialects.whileBusy,
        Effect.mapError(toStoreError(operation)),
        // Interrupting a statement would cancel it, and a connection that arrives later would never go back to its pool.
        Effect.uninterruptible,
        inTime(operation, () =>
          whyLate(progress))
      )

    const send = <A>(operation: string, result: Effect.Effect<A, SqlError>) =>
      sendWith(operation, { isConnected: true }, result)

    const execute = (run: dialects.Execute) => <A extends object>(operation: string, statement: Statement<A>) =>
      Effect.suspend(() => {
        const progress = { isConnected: false }
        return sendWith(
          operation,
          progress,
          run(statement, () =>
            void (progress.isConnected = true))
        )
      })

    const read = execute(dialect.read)
    const write = execute(dialect.write)

    /** One statement for all who ask while the one before it is under way. */
    const grouped = <I, Row extends object, A>(options: {
      readonly operation: string
      readonly run: dialects.Execute
      readonly statement: (items: ReadonlyArray<I>) => Statement<Row>
      readonly resultOf: (item: I, rows: ReadonlyMap<string, Row>) => A
      readonly nameOf?: (item: I) => string
      readonly late?: (item: I) => Effect.Effect<void>
    }): Grouped<I, A> => {
      const { late, nameOf, operation, resultOf, run, statement } = options
      let progress: Progress = { isConnected: false }
      const start = batch.make<I, A, TokenStoreError>({
        run: (items) =>
          Effect.suspend(() => {
            const mine: Progress = { isConnected: false }
            progress = mine
            const result = run(statement(items), () => void (mine.isConnected = true))
            return Effect.map(sendWith(operation, mine, result), (rows) => {
              const byId = new Map(rows.map((row) => [String("id" in row ? row.id : ""), row] as const))
              return items.map((item) => resultOf(item, byId))
            })
          }),
        limit: together,
        ...(nameOf === undefined ? {} : { nameOf }),
        ...(late === undefined ? {} : { late }),
        isOfOne: ({ detail }) => detail.startsWith("Failed to execute"),
        fork
      })
      return {
        ask: (item) =>
          asked(
            deadline,
            (done) => start(item, done),
            () => TokenStoreError.of(store, operation, whyLate(progress))
          ),
        askPatiently: (item) => Effect.async((resume) => Effect.sync(start(item, resume))),
        whyLate: () => whyLate(progress)
      }
    }

    return { sql, dialect, send, read, write, grouped, inTime, fork }
  })

export type Database = Effect.Effect.Success<ReturnType<typeof makeDatabase>>
