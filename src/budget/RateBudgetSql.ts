/**
 * A rate budget in PostgreSQL, for processes on any number of machines that have a database already.
 *
 * @since 0.2.0
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { Deadline } from "../core/deadline.js"
import { digest } from "../core/digest.js"
import { type Allowed, aText } from "../core/input.js"
import { limited } from "../core/limited.js"
import { BudgetUnavailable, type InvalidInput } from "../core/SpotifyError.js"
import { alone, messageOf } from "../store/dialects.js"
import { type BudgetOptions, checkBudget, whenUnavailable } from "./budgetOptions.js"
import { decide, sendable } from "./decide.js"
import { make, RateBudget } from "./RateBudget.js"
import type { Grant, Report } from "./report.js"
import * as kept from "./state.js"

/**
 * Which budget, and the table that keeps it.
 *
 * @since 0.2.0
 * @category models
 */
export interface Options extends BudgetOptions {
  /** The table's name, or its schema's and its own with a dot between them; `spotify_budgets` unless told otherwise. */
  readonly table?: string | undefined
}

const patience = Duration.seconds(1)

/** How many reports may be under way: those that nobody waits for any more hold connections of the pool. */
const maxUnderWay = 8

const columns = ["id text", "budget text", "state text"]

const makeBudget = (options: Options) =>
  Effect.gen(function*() {
    yield* checkBudget("RateBudgetSql", { table: aTable, onUnavailable: whenUnavailable }, options)
    const { key, onUnavailable, table = "spotify_budgets" } = options
    const client = yield* SqlClient.SqlClient
    const engine = `table ${table}`
    const unavailable = (detail: string) => BudgetUnavailable.of(key, engine, detail)
    if (!client.onDialectOrElse({ pg: () => true, orElse: () => false })) {
      return yield* unavailable("only PostgreSQL is supported, not this database")
    }

    const sql = client.withoutTransforms()
    const name = sql(table)
    const id = yield* digest("budget", key)
    const quoted = table.split(".").map((part) => `"${part.replaceAll("\"", "\"\"")}"`).join(".")

    const actualColumns = Effect.map(
      sql<{ readonly name: string; readonly type: string }>`SELECT attname AS name,
        format_type(atttypid, atttypmod) AS type FROM pg_attribute
        WHERE attrelid = to_regclass(${quoted}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      (rows) => rows.map((column) => `${column.name} ${column.type}`)
    )

    const create = Effect.catchAll(
      sql`CREATE TABLE IF NOT EXISTS ${name} (
        ${sql.literal(columns.map((column) => `${column} NOT NULL`).join(", "))}, PRIMARY KEY (id)
      )`,
      // Another process may have made it meanwhile.
      (error) => Effect.flatMap(actualColumns, ({ length }) => length === 0 ? Effect.fail(error) : Effect.void)
    )

    let isOpen = false
    const open = Effect.gen(function*() {
      if (isOpen) return
      if ((yield* actualColumns).length === 0) yield* create
      const actual = yield* actualColumns
      if (actual.length !== columns.length || !columns.every((column) => actual.includes(column))) {
        return yield* Effect.fail(
          `it was left as it is: a table of budgets has the columns ${columns.join(", ")}, and this one has ${
            actual.join(", ")
          }. Choose another name with \`table\`.`
        )
      }
      isOpen = true
    })

    // What is waited for in it ends with it; of a process that stands still, the row isn't held for long.
    const bounded = sql`SELECT set_config('lock_timeout', '800', true), set_config('statement_timeout', '900', true),
      set_config('idle_in_transaction_session_timeout', '3000', true)`

    // The time is that at which the row is ours: without the inner query it would be the one before the wait for it.
    const row = Effect.map(
      sql<{ readonly state: string; readonly now: number }>`SELECT state,
        (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now
        FROM (SELECT state FROM ${name} WHERE id = ${id} FOR UPDATE) AS kept`,
      (rows) => rows[0]
    )

    const insert = sql`INSERT INTO ${name} (id, budget, state)
      VALUES (${id}, ${JSON.stringify(key).slice(1, -1)}, '') ON CONFLICT (id) DO NOTHING`

    const decision = (report: Report) =>
      Effect.gen(function*() {
        yield* bounded
        let found = yield* row
        if (found === undefined) {
          yield* insert
          found = yield* row
        }
        if (found === undefined) return yield* Effect.fail("its row was deleted meanwhile")
        const before = found.state === "" ? Either.right(undefined) : kept.read(found.state)
        if (Either.isLeft(before)) {
          return yield* Effect.fail(
            `what is kept there isn't this library's budget: ${before.left}. It was left as it is`
          )
        }
        const { grant, state } = decide(before.right, sendable(report), found.now)
        yield* sql`UPDATE ${name} SET state = ${kept.write(state)} WHERE id = ${id}`
        return grant
      })

    const deadline = new Deadline(Duration.toMillis(patience))
    let underWay = 0

    return make({
      key,
      onUnavailable,
      report: (report) =>
        Effect.suspend(() => {
          if (underWay >= maxUnderWay) return unavailable("earlier reports still wait for an answer")
          const whole: Effect.Effect<Grant, SqlError | string> = Effect.zipRight(
            alone(open),
            alone(sql.withTransaction(decision(report)))
          )
          const ended = whole.pipe(
            Effect.catchAllCause((cause) => {
              // A transaction whose connection was lost can't be undone, which `@effect/sql` takes for a defect.
              const error = Cause.squash(cause)
              return error instanceof SqlError
                ? unavailable(messageOf(error))
                : typeof error === "string"
                ? unavailable(error)
                : Effect.die(error)
            }),
            Effect.withTracerEnabled(false),
            // Interrupting it could lose its connection.
            Effect.uninterruptible,
            Effect.exit,
            Effect.ensuring(Effect.sync(() => void underWay--))
          )
          return limited(
            deadline,
            Effect.suspend(() => {
              underWay++
              return Effect.forkDaemon(ended)
            }),
            () => unavailable(`no answer for ${Duration.format(patience)}`)
          )
        })
    })
  })

const aTable: Allowed = [
  (table) => aText[0](table) && /^[^.\0]+(?:\.[^.\0]+)?$/.test(String(table)),
  "the name of a table, or of its schema and the table with a dot between them"
]

/**
 * Keeps the budget in a table of PostgreSQL, which is made where it is missing: a row for each key. A report locks the row
 * for as long as two statements take, and is decided by the clock of the database alone; the calling program's own
 * transactions play no part in it.
 *
 * Where the database doesn't answer within a second, or the table or its row is of another version or shape, the budget is
 * unavailable (see `onUnavailable`) until it answers; nothing is altered then.
 *
 * Fails with `InvalidInput` for options that can't be right, and with `BudgetUnavailable` for another database.
 *
 * @example
 * ```ts
 * import { PgClient } from "@effect/sql-pg"
 * import { Config, Layer } from "effect"
 * import * as RateBudgetSql from "effect-spotify/RateBudgetSql"
 *
 * const layer = RateBudgetSql.layer({ key: "my-app" }).pipe(
 *   Layer.provide(PgClient.layerConfig({ url: Config.redacted("DATABASE_URL") }))
 * )
 * ```
 *
 * @since 0.2.0
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<RateBudget, InvalidInput | BudgetUnavailable, SqlClient.SqlClient> =>
  Layer.effect(RateBudget, makeBudget(options))
