import { SqlClient } from "@effect/sql"
import { LibsqlClient } from "@effect/sql-libsql"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as RateBudgetSql from "effect-spotify/RateBudgetSql"
import { hasPostgres, postgresUrl, withPostgres } from "../utils/postgres.js"
import { type Place, postgresPlace, query } from "../utils/sqlPlaces.js"
import { makeProxy } from "../utils/tokenStoreProxy.js"
import { postgresClient } from "../utils/tokenStoreSql.js"
import { behaves, engineOf, oddKey, reportOf } from "./engines.js"

const at = ({ client, table }: Place, key: string) =>
  engineOf(Layer.provide(RateBudgetSql.layer({ key, table }), Layer.orDie(client)))

type Engine = Effect.Effect.Success<ReturnType<typeof at>>

const messageOf = (engine: Engine) =>
  Effect.map(Effect.flip(engine.report(reportOf("a", { interactive: 1 }))), (error) => {
    expect(error._tag).toBe("BudgetUnavailable")
    return error.message
  })

behaves(
  `RateBudgetSql, ${withPostgres}`,
  hasPostgres,
  Effect.map(postgresPlace, (place) => (key: string) => at(place, key))
)

describe.skipIf(!hasPostgres)(`RateBudgetSql, ${withPostgres}`, () => {
  it.scopedLive("makes its table once, whoever comes first", () =>
    Effect.gen(function*() {
      const place = yield* postgresPlace
      const key = oddKey()
      const engines = yield* Effect.all(Array.from({ length: 8 }, () => at(place, key)))
      yield* Effect.forEach(engines, ({ report }, index) => report(reportOf(`${index}`)), {
        concurrency: "unbounded",
        discard: true
      })
      const [row, ...others] = yield* query(place)((sql) =>
        sql<{ readonly state: string }>`SELECT state FROM ${sql(place.table)}`
      )
      expect(others).toEqual([])
      expect(JSON.parse(row?.state ?? "")).toMatchObject({ version: 1, members: engines.map(() => ({})) })
    }))

  it.scopedLive("plays no part in its caller's transaction", () =>
    Effect.gen(function*() {
      const place = yield* postgresPlace
      yield* Effect.provide(
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const engine = yield* at(place, "key")
          const rolledBack = sql.withTransaction(
            Effect.zipRight(engine.report(reportOf("a", { limited: { wait: 60_000 } })), Effect.fail("undone" as const))
          )
          expect(yield* Effect.flip(rolledBack)).toBe("undone")
          expect((yield* engine.report(reportOf("a", { opening: 1 }))).pause).toBeGreaterThan(0)
        }),
        place.client
      )
    }))

  it.scopedLive("refuses what isn't its own, and leaves it as it is", () =>
    Effect.gen(function*() {
      const place = yield* postgresPlace
      const key = oddKey()
      const engine = yield* at(place, key)
      yield* engine.report(reportOf("a"))
      const run = query(place)
      for (
        const [state, detail] of [
          ["hello", "it is something else"],
          ["{\"version\":2}", "it has version 2, and this release knows version 1"],
          ["{\"version\":1,\"members\":5}", "it has another shape"]
        ] as const
      ) {
        yield* run((sql) => sql`UPDATE ${sql(place.table)} SET state = ${state}`)
        const message = yield* messageOf(engine)
        expect(message).toContain(detail)
        expect(message).toContain(place.table)
        expect(yield* run((sql) => sql`SELECT state FROM ${sql(place.table)}`)).toEqual([{ state }])
      }
      yield* run((sql) => sql`DELETE FROM ${sql(place.table)}`)
      yield* engine.report(reportOf("a"))
    }))

  it.scopedLive("refuses a table of another shape, until it is gone", () =>
    Effect.gen(function*() {
      const place = yield* postgresPlace
      const run = query(place)
      yield* run((sql) => sql`CREATE TABLE ${sql(place.table)} (id text NOT NULL, tokens integer)`)
      const engine = yield* at(place, "key")
      expect(yield* messageOf(engine)).toContain(
        "a table of budgets has the columns id text, budget text, state text, and this one has id text, tokens integer"
      )
      yield* run((sql) => sql`DROP TABLE ${sql(place.table)}`)
      yield* engine.report(reportOf("a"))
    }))

  it.scopedLive("fails while the database is away, and works when it is back", () =>
    Effect.gen(function*() {
      const { table } = yield* postgresPlace
      const url = new URL(postgresUrl)
      const proxy = yield* makeProxy({ host: url.hostname, port: Number(url.port || 5432) })
      url.hostname = "127.0.0.1"
      url.port = String(proxy.port)
      const engine = yield* at({ client: postgresClient(url.href), table, process: {} }, "key")
      yield* engine.report(reportOf("a"))
      yield* proxy.cut
      yield* Effect.repeatN(messageOf(engine), 3)
      yield* proxy.restore
      yield* Effect.retry(engine.report(reportOf("a")), { times: 200 })
    }))

  it.scopedLive("waits for nobody who holds the row for longer than a second", () =>
    Effect.gen(function*() {
      const place = yield* postgresPlace
      const engine = yield* at(place, "key")
      yield* engine.report(reportOf("a"))
      yield* Effect.provide(
        Effect.flatMap(SqlClient.SqlClient, (sql) =>
          sql.withTransaction(Effect.gen(function*() {
            yield* sql`SELECT * FROM ${sql(place.table)} FOR UPDATE`
            expect(yield* messageOf(engine)).toMatch(/lock timeout|no answer for 1s/)
          }))),
        place.client
      )
      yield* engine.report(reportOf("a"))
    }))
})

describe("RateBudgetSql", () => {
  it.scopedLive("refuses another database", () =>
    Effect.gen(function*() {
      const layer = Layer.provide(RateBudgetSql.layer({ key: "key" }), LibsqlClient.layer({ url: ":memory:" }))
      expect((yield* Effect.flip(engineOf(layer))).message).toContain("only PostgreSQL is supported")
    }))

  it.scoped.each([
    [{ key: "" }, "key"],
    [{ key: "k", table: "a.b.c" }, "table"],
    [{ key: "k", tabel: "a" }, "tabel"],
    [{ key: "k", onUnavailable: true }, "onUnavailable"]
  ])("refuses %j", ([options, field]) =>
    Effect.gen(function*() {
      const layer: Layer.Layer<unknown, { readonly field: string }> = Reflect.apply(
        RateBudgetSql.layer,
        undefined,
        [options]
      )
      expect((yield* Effect.flip(Layer.build(layer))).field).toBe(field)
    }))
})
