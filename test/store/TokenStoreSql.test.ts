import { Reactivity } from "@effect/experimental"
import { FetchHttpClient, FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { SqlClient, SqlError, Statement } from "@effect/sql"
import { LibsqlClient } from "@effect/sql-libsql"
import { PgClient } from "@effect/sql-pg"
import type { Connection } from "@effect/sql/SqlConnection"
import { describe, expect, it } from "@effect/vitest"
import {
  Cause,
  DateTime,
  Deferred,
  Effect,
  Exit,
  FastCheck,
  Fiber,
  Layer,
  Option,
  Redacted,
  Schedule,
  type Scope,
  Stream,
  TestClock,
  Tracer
} from "effect"
import type { InvalidInput, TokenStoreError } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as TokenStore from "effect-spotify/TokenStore"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import { chmod, stat } from "node:fs/promises"
import { inspect } from "node:util"
import { hasPostgres, postgresUrl, withPostgres } from "../utils/postgres.js"
import {
  at,
  type Client,
  directory,
  layerOf,
  type Place,
  postgresPlace,
  query,
  sqlitePlace
} from "../utils/sqlPlaces.js"
import { spotifyOf } from "../utils/storeOnPort.js"
import { makeProxy, type Proxy } from "../utils/tokenStoreProxy.js"
import { sqliteClient } from "../utils/tokenStoreSql.js"
import { behaves, clear, count, expectToken, increment, makePending, makeToken } from "../utils/tokenStoreSuite.js"
import { onVirtualClock } from "../utils/virtualClock.js"

const turn = Effect.promise(() => new Promise((done) => setImmediate(done)))

const dialect = (name: string, makePlace: Effect.Effect<Place, unknown, Scope.Scope>, oneAtATime: boolean) => {
  behaves(`TokenStoreSql on ${name}`, Effect.map(makePlace, layerOf))

  const live = (title: string, body: (place: Place) => Effect.Effect<void, unknown, Scope.Scope>, timeout?: number) =>
    it.scopedLive(title, () => Effect.flatMap(makePlace, body), timeout)

  describe(`TokenStoreSql on ${name}`, () => {
    live("makes one table, whoever comes first", (place) =>
      Effect.gen(function*() {
        yield* Effect.replicateEffect(at(place)((store) => store.get("a")), 6, { concurrency: "unbounded" })
        expect(yield* query(place)((sql) => sql`SELECT id, kind, value FROM ${sql(place.table)}`)).toEqual([
          { id: "version", kind: "version", value: "1" }
        ])
      }))

    live(
      "refuses a table of another shape and leaves it alone",
      (place) =>
        query(place)((sql) =>
          Effect.gen(function*() {
            for (
              const columns of [
                "id text primary key, note text",
                "id text primary key, kind text, user_key text, value text",
                "id text primary key, kind text, user_key text, value text, updated_at text",
                "id text primary key, kind text, user_key text, value text, updated_at bigint, more text"
              ]
            ) {
              yield* sql`CREATE TABLE ${sql(place.table)} (${sql.literal(columns)})`
              const error = yield* Effect.flip(at(place)(() => Effect.void))
              expect(error).toMatchObject({ _tag: "TokenStoreError", store: `table ${place.table}`, operation: "open" })
              expect(error.message).toContain("id text, kind text, user_key text, value text, updated_at bigint")
              expect(yield* sql`SELECT * FROM ${sql(place.table)}`).toEqual([])
              yield* sql`DROP TABLE ${sql(place.table)}`
            }
            // Without a key, no row could be found again.
            yield* sql`CREATE TABLE ${
              sql(place.table)
            } (id text, kind text, user_key text, value text, updated_at bigint)`
            expect(yield* Effect.flip(at(place)(() => Effect.void))).toMatchObject({ _tag: "TokenStoreError" })
            yield* sql`DROP TABLE ${sql(place.table)}`
          })
        )
    )

    live("refuses a table of a later version", (place) =>
      Effect.gen(function*() {
        yield* at(place)((store) => store.set("a", makeToken("1")))
        yield* query(place)((sql) => sql`UPDATE ${sql(place.table)} SET value = '2' WHERE id = 'version'`)
        const error = yield* Effect.flip(at(place)(() => Effect.void))
        expect(error.message).toContain("it has version 2, and this release knows version 1")
      }))

    live("takes a name with a schema", (place) =>
      Effect.gen(function*() {
        const schema = oneAtATime ? "main" : "public"
        yield* at({ ...place, table: `${schema}.${place.table}` })((store) => store.set("a", makeToken("1")))
        expectToken(yield* at(place)((store) => store.get("a")), makeToken("1"))
      }))

    live("says which row can't be read, and shows none of it", (place) =>
      at(place)((store) =>
        Effect.gen(function*() {
          yield* store.set("a", makeToken("secret"))
          yield* store.setPending("a", yield* makePending("one"))
          yield* query(place)((sql) => sql`UPDATE ${sql(place.table)} SET value = '{"accessToken":"secret"}'`)
          for (const operation of [store.get("a"), store.takePending("a", "one")]) {
            const error = yield* Effect.flip<unknown, TokenStoreError, never>(operation)
            expect(error).toMatchObject({ _tag: "TokenStoreError", store: `table ${place.table}` })
            expect(error.message).toContain("sign in again")
            expect(inspect(error, { depth: 9 })).not.toContain("secret")
          }
        })
      ))

    live("shows no secret in spans", (place) =>
      Effect.gen(function*() {
        const spans: Array<Tracer.Span> = []
        const tracer = Effect.map(Effect.tracer, (tracer) =>
          Tracer.make({
            span: (...args) => {
              const span = tracer.span(...args)
              spans.push(span)
              return span
            },
            context: tracer.context
          }))
        yield* at(place)((store) =>
          store.withLock("a", store.set("a", makeToken("secret"))).pipe(
            Effect.zipRight(store.set("a", makeToken("secret"))),
            Effect.zipRight(store.get("a")),
            Effect.withSpan("program")
          )
        ).pipe(Effect.withTracer(yield* tracer))
        expect(spans.map((span) => span.name)).toContain("program")
        expect(inspect(spans.map(({ attributes, name }) => ({ name, attributes: [...attributes] })), { depth: 9 }))
          .not.toContain("secret")
      }))

    live(
      "says so when what was set under a lock can't be written, and keeps what others set at the same time",
      (place) =>
        at(place)((store) =>
          Effect.gen(function*() {
            const keys = ["a", "b", "bad", "c"]
            for (const key of keys) yield* store.set(key, makeToken("1"))
            yield* query(place)((sql) =>
              oneAtATime
                ? sql`CREATE TRIGGER refuse BEFORE UPDATE ON ${sql(place.table)}
                  WHEN new.user_key = 'bad' AND new.kind = 'token' BEGIN SELECT RAISE(ABORT, 'refused'); END`
                : Effect.zipRight(
                  sql`CREATE FUNCTION ${sql(`${place.table}_refuse`)}() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN RAISE 'refused'; END $$`,
                  sql`CREATE TRIGGER refuse BEFORE UPDATE ON ${sql(place.table)}
                  FOR EACH ROW WHEN (new.user_key = 'bad' AND new.kind = 'token')
                  EXECUTE FUNCTION ${sql(`${place.table}_refuse`)}()`
                )
            )
            const together = yield* Effect.makeLatch()
            let inside = 0
            const exits = yield* Effect.forEach(keys, (key) =>
              Effect.exit(store.withLock(
                key,
                Effect.suspend(() => {
                  inside++
                  return inside === keys.length ? together.open : Effect.void
                }).pipe(Effect.zipRight(together.await), Effect.zipRight(store.set(key, makeToken("2"))))
              )), { concurrency: "unbounded" })
            expect(exits.map((exit) => exit._tag)).toEqual(["Success", "Success", "Failure", "Success"])
            const error = yield* Effect.flip(Effect.flatten(Effect.succeed(exits[2] ?? Exit.void)))
            expect(error).toMatchObject({ _tag: "TokenStoreError", operation: "withLock" })
            expect(error).toMatchObject({ message: expect.stringContaining("refused") })
            for (const key of keys) expectToken(yield* store.get(key), makeToken(key === "bad" ? "1" : "2"))
            // Its lock isn't held any more either.
            yield* store.withLock("bad", store.get("bad"))
          })
        ).pipe(
          Effect.ensuring(
            oneAtATime ? Effect.void : Effect.ignore(
              query(place)((sql) =>
                Effect.zipRight(
                  sql`DROP TABLE ${sql(place.table)}`,
                  sql`DROP FUNCTION ${sql(`${place.table}_refuse`)}()`
                )
              )
            )
          )
        )
    )

    it.scoped(
      "ends a wait for the lock after a minute, even of one that can't be interrupted",
      () =>
        Effect.gen(function*() {
          const place = yield* makePlace
          const entered = yield* Deferred.make<void>()
          const holder = yield* Effect.fork(
            at(place)((store) =>
              store.withLock("a", Effect.zipRight(Deferred.succeed(entered, undefined), Effect.never))
            )
          )
          yield* Deferred.await(entered)
          const connected = yield* Effect.makeLatch()
          const waiters = yield* Effect.forEach([Effect.interruptible, Effect.uninterruptible], (mode) =>
            Effect.gen(function*() {
              const ready = yield* Deferred.make<void>()
              const waiter = yield* Effect.fork(Effect.flip(
                at(place)((store) =>
                  Deferred.succeed(ready, undefined).pipe(
                    Effect.zipRight(connected.await),
                    Effect.zipRight(mode(store.withLock("a", Effect.void)))
                  )
                )
              ))
              yield* Deferred.await(ready)
              return waiter
            }))
          // Connecting has a time-out of its own, which the clock must not reach.
          yield* connected.open
          const clock = yield* Effect.fork(Effect.forever(Effect.zipRight(TestClock.adjust("1 second"), turn)))
          const errors = yield* Fiber.joinAll(waiters)
          yield* Fiber.interruptAll([clock, holder])
          for (const error of errors) {
            expect(error).toMatchObject({ _tag: "TokenStoreError", operation: "withLock" })
            expect(error.message).toContain(`its lock is held by process ${process.pid} on `)
          }
        }),
      120_000
    )
  })
}

/** A store and a program that share one client. */
const sharing = <A, E>(
  place: Place,
  body: (store: TokenStore.TokenStore.Service, sql: SqlClient.SqlClient) => Effect.Effect<A, E>
) =>
  Effect.gen(function*() {
    const client = Layer.succeedContext(yield* Layer.build(place.client))
    return yield* Effect.flatMap(
      Effect.all([TokenStore.TokenStore, SqlClient.SqlClient]),
      ([store, sql]) => body(store, sql)
    ).pipe(Effect.provide(Layer.provideMerge(TokenStoreSql.layer({ table: place.table }), client)))
  })

dialect("SQLite", sqlitePlace, true)

describe("TokenStoreSql on SQLite", () => {
  it.scoped(
    "reads inside a transaction of the program's, and says so when it can't write there",
    () =>
      Effect.gen(function*() {
        const error = yield* sharing(yield* sqlitePlace, (store, sql) =>
          Effect.gen(function*() {
            yield* store.set("a", makeToken("1"))
            yield* sql`CREATE TABLE other (id TEXT)`
            const failed = yield* sql.withTransaction(Effect.gen(function*() {
              yield* sql`INSERT INTO other VALUES ('x')`
              expectToken(yield* store.get("a"), makeToken("1"))
              const waiter = yield* Effect.fork(Effect.flip(store.set("a", makeToken("2"))))
              const clock = yield* Effect.fork(Effect.forever(Effect.zipRight(TestClock.adjust("1 second"), turn)))
              return yield* Effect.ensuring(Fiber.join(waiter), Fiber.interrupt(clock))
            }))
            yield* store.set("a", makeToken("3"))
            expectToken(yield* store.get("a"), makeToken("3"))
            return failed
          }))
        expect(error).toMatchObject({ _tag: "TokenStoreError", operation: "set" })
        expect(error.message).toContain("SQLITE_BUSY")
        expect(error.message).toContain("a transaction of this program that waits for this call")
        expect(error.message).toContain("Ask for the access token before the transaction")
      }),
    120_000
  )

  it.scopedLive("opens no connection for each lock", () =>
    Effect.gen(function*() {
      const place = yield* sqlitePlace
      const descriptors = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readDirectory("/proc/self/fd")).pipe(
        Effect.provide(NodeFileSystem.layer),
        Effect.map((names) => names.length)
      )
      yield* at(place)((store) =>
        Effect.gen(function*() {
          yield* store.withLock("a", store.set("a", makeToken("1")))
          const before = yield* Effect.either(descriptors)
          yield* Effect.repeatN(store.withLock("a", store.set("a", makeToken("2"))), 30)
          const after = yield* Effect.either(descriptors)
          if (before._tag === "Right" && after._tag === "Right") {
            expect(after.right - before.right).toBeLessThan(10)
          }
        })
      )
    }))

  it.scoped("refuses a libSQL server and a database in memory", () =>
    Effect.gen(function*() {
      for (const [url, reason] of [["http://127.0.0.1:1", "PostgreSQL"], [":memory:", "layerMemory"]] as const) {
        const place: Place = { client: LibsqlClient.layer({ url }), table: "spotify_tokens", process: {} }
        const error = yield* Effect.flip(at(place)(() => Effect.void))
        expect(error).toMatchObject({ _tag: "TokenStoreError", operation: "open" })
        expect(error.message).toContain("has to be a file")
        expect(error.message).toContain(reason)
      }
    }))
})

/** A client with one connection, as most of those for SQLite are; told of each statement that it sends. */
const oneConnection = (onStatement: (sql: string) => unknown = () => {}) =>
  Effect.gen(function*() {
    const client = yield* SqlClient.SqlClient
    const reserved = yield* client.reserve
    const connection: typeof reserved = {
      ...reserved,
      execute: (sql, ...rest) =>
        Effect.suspend(() => {
          onStatement(sql)
          return reserved.execute(sql, ...rest)
        })
    }
    const semaphore = yield* Effect.makeSemaphore(1)
    return yield* SqlClient.make({
      acquirer: semaphore.withPermits(1)(Effect.succeed(connection)),
      transactionAcquirer: Effect.as(
        Effect.acquireRelease(semaphore.take(1), () => semaphore.release(1)),
        connection
      ),
      compiler: Statement.makeCompilerSqlite(),
      spanAttributes: []
    })
  })

const withOneConnection = (place: Place, onStatement?: (sql: string) => unknown): Client =>
  Layer.fresh(Layer.scoped(SqlClient.SqlClient, oneConnection(onStatement))).pipe(
    Layer.provide([place.client, Reactivity.layer])
  )

behaves(
  "TokenStoreSql on another SQLite client",
  Effect.map(sqlitePlace, (place) =>
    layerOf({
      ...place,
      client: withOneConnection(place)
    })),
  { hasSharedLock: false }
)

describe("TokenStoreSql on another SQLite client", () => {
  it.scopedLive("lets one in at a time, also where the work only reads", () =>
    Effect.gen(function*() {
      const place = yield* sqlitePlace
      let looks = 0
      const [entered, leave] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      let isIn = false
      yield* at({ ...place, client: withOneConnection(place) })((store) => store.set("a", makeToken("1")))
      const holder = yield* Effect.fork(
        at({ ...place, client: withOneConnection(place) })((store) =>
          store.withLock("a", Effect.zipRight(Deferred.succeed(entered, undefined), Deferred.await(leave)))
        )
      )
      yield* Deferred.await(entered)
      const waiter = yield* Effect.fork(
        at({ ...place, client: withOneConnection(place, (sql) => sql.includes("AS holds") && looks++) })((store) =>
          store.withLock(
            "a",
            Effect.sync(() => {
              isIn = true
            })
          )
        )
      )
      yield* Effect.repeat(turn, { until: () => isIn || looks > 1 })
      expect(isIn).toBe(false)
      yield* Deferred.succeed(leave, undefined)
      yield* Fiber.joinAll([holder, waiter])
      expect(isIn).toBe(true)
    }))
})

for (const [set, offset] of [["back", -600_000], ["forward", 600_000]] as const) {
  describe(`a clock set ${set} while SQLite is busy`, () => {
    /** A database that has a table of tokens and answers this to everything else. */
    const scripted = (answer: (sql: string) => Effect.Effect<ReadonlyArray<object>, SqlError.SqlError>): Client => {
      const execute = (sql: string): Effect.Effect<ReadonlyArray<object>, SqlError.SqlError> =>
        sql.includes("pragma_table_info")
          ? Effect.succeed(
            ["id text", "kind text", "user_key text", "value text", "updated_at bigint"].map((column) => {
              const [name, type] = column.split(" ")
              return { name, type }
            })
          )
          : sql.startsWith("SELECT value")
          ? Effect.succeed([{ value: "1" }])
          : answer(sql)
      const connection: Connection = {
        execute,
        executeRaw: execute,
        executeUnprepared: execute,
        executeValues: () => Effect.die("not used"),
        executeStream: () => Stream.die("not used")
      }
      return Layer.effect(
        SqlClient.SqlClient,
        SqlClient.make({
          acquirer: Effect.succeed(connection),
          transactionAcquirer: Effect.succeed(connection),
          compiler: Statement.makeCompilerSqlite(),
          spanAttributes: []
        })
      ).pipe(Layer.provide(Reactivity.layer))
    }

    const busy = Effect.fail(
      new SqlError.SqlError({ cause: new Error("SQLITE_BUSY: database is locked"), message: "Failed" })
    )

    const onClock = <A, E>(
      answer: (sql: string, seconds: number) => Effect.Effect<ReadonlyArray<object>, SqlError.SqlError>,
      body: (store: TokenStore.TokenStore.Service) => Effect.Effect<A, E>
    ) =>
      onVirtualClock((clock) => {
        const seconds = () => Number(clock.unsafeCurrentTimeNanos()) / 1e9
        const client = scripted((sql) => Effect.suspend(() => answer(sql, seconds())))
        const program = at({ client, table: "spotify_tokens", process: {} })((store) =>
          Effect.gen(function*() {
            yield* Effect.fork(Effect.delay(Effect.sync(() => void (clock.wallOffset = offset)), "1 second"))
            const exit = yield* Effect.exit(body(store))
            return { exit, took: seconds() }
          })
        )
        // Digests take real time, in which the clock goes on by as little as it can.
        return Effect.raceFirst(program, Effect.forever(Effect.sleep("10 millis")))
      })

    it.effect("ends no wait for the database before its time", () =>
      Effect.gen(function*() {
        const { exit, took } = yield* onClock(
          (sql, seconds) => sql.startsWith("INSERT") && seconds < 50 ? busy : Effect.succeed([]),
          (store) => store.set("a", makeToken("1"))
        )
        expect(exit._tag).toBe("Success")
        expect(took).toBeGreaterThanOrEqual(50)
        expect(took).toBeLessThan(51)
      }))

    it.effect("lets nothing be tried for longer than a minute", () =>
      Effect.gen(function*() {
        // From the first try: the digest before it takes real time, which is virtual time here.
        const tries: Array<number> = []
        const { exit } = yield* onClock(
          (sql, seconds) => {
            if (sql.startsWith("INSERT")) tries.push(seconds)
            return sql.startsWith("INSERT") ? busy : Effect.succeed([])
          },
          (store) => Effect.zipLeft(Effect.flip(store.set("a", makeToken("1"))), Effect.sleep("15 minutes"))
        )
        expect(exit).toMatchObject({
          _tag: "Success",
          value: { message: expect.stringContaining("a transaction of this program that waits for this call") }
        })
        const last = tries.at(-1)! - tries[0]!
        expect(last).toBeGreaterThan(55)
        expect(last).toBeLessThanOrEqual(60)
      }))
  })
}

describe("an SQLite file", () => {
  const modes = (path: string) =>
    Effect.forEach(["", "-wal", "-shm"], (suffix) => Effect.promise(() => stat(path + suffix))).pipe(
      Effect.map((files) => files.map(({ mode }) => (mode & 0o777).toString(8)))
    )

  it.scopedLive.skipIf(process.platform === "win32")(
    "is readable for its owner alone, and so is what SQLite keeps beside it",
    () =>
      Effect.gen(function*() {
        const path = `${yield* directory}/tokens.db`
        const place: Place = { client: sqliteClient(path), table: "spotify_tokens", process: {} }
        yield* sharing(place, (store, sql) =>
          Effect.gen(function*() {
            yield* sql`PRAGMA journal_mode = WAL`
            yield* store.set("a", makeToken("1"))
            expect(yield* modes(path)).toEqual(["600", "600", "600"])
          }))
      })
  )

  it.scopedLive.skipIf(process.platform === "win32")(
    "is made so where it was there before, open for all",
    () =>
      Effect.gen(function*() {
        const path = `${yield* directory}/tokens.db`
        const place: Place = { client: sqliteClient(path), table: "spotify_tokens", process: {} }
        yield* query(place)((sql) =>
          Effect.gen(function*() {
            yield* sql`PRAGMA journal_mode = WAL`
            yield* sql`CREATE TABLE other (id TEXT)`
            yield* Effect.forEach(["", "-wal", "-shm"], (suffix) => Effect.promise(() => chmod(path + suffix, 0o644)))
            yield* at(place)((store) => store.set("a", makeToken("1")))
            expect(yield* modes(path)).toEqual(["600", "600", "600"])
          })
        )
      })
  )
})

describe("whatever is in it, or is given to it", () => {
  const text = FastCheck.oneof(
    FastCheck.string({ unit: "binary", maxLength: 20 }),
    FastCheck.constantFrom("", "version", "\0", "\ud800", "\ufffd", "'; DROP TABLE spotify_tokens; --", "__proto__")
  )
  const token = FastCheck.record({
    accessToken: text.map((text) => Redacted.make(text)),
    refreshToken: text.map((text) => Redacted.make(text)),
    expiresAt: FastCheck.date({ noInvalidDate: true }).map((date) => DateTime.unsafeMake(date)),
    scopes: FastCheck.array(text, { maxLength: 3 })
  })

  const plain = (name: string): TokenStore.Token => ({
    accessToken: Redacted.make(name),
    refreshToken: Redacted.make(name),
    expiresAt: DateTime.unsafeMake(0),
    scopes: []
  })

  /** Keys that are the same in UTF-8, or that are when they are put together with what stands beside them. */
  const alike = [
    { entries: [["\ud800", plain("1")], ["\ufffd", plain("2")], ["\udfff", plain("3")]], state: "\ud800" },
    { entries: [["a", plain("1")], ["ab", plain("2")], ["a\0", plain("3")]], state: "b" }
  ] as const

  const cases = FastCheck.oneof(
    FastCheck.constantFrom(...alike),
    FastCheck.record({
      entries: FastCheck.uniqueArray(FastCheck.tuple(text, token), { selector: ([key]) => key, maxLength: 4 }),
      state: text
    })
  )

  it.scopedLive.each(hasPostgres ? ["SQLite", "PostgreSQL"] : ["SQLite"])(
    "%s gives back what it was given, whatever keys and tokens are",
    (name) =>
      Effect.flatMap(
        name === "SQLite" ? sqlitePlace : postgresPlace,
        (place) =>
          at(place)((store) =>
            Effect.promise(() =>
              FastCheck.assert(
                FastCheck.asyncProperty(cases, ({ entries, state }) =>
                  Effect.gen(function*() {
                    const pending = { ...yield* makePending("one"), state }
                    for (const [key, token] of entries) {
                      yield* store.set(key, token)
                      yield* store.withLock(key, store.setPending(key, pending))
                    }
                    for (const [key, token] of entries) {
                      expect(clear.token(yield* store.get(key))).toEqual(clear.token(Option.some(token)))
                      expect(Option.isSome(yield* store.takePending(key, state))).toBe(true)
                      yield* store.remove(key)
                    }
                  }).pipe(Effect.runPromise)),
                { numRuns: 20 }
              )
            )
          )
      ),
    60_000
  )

  it.scopedLive(
    "a row with garbage in any column is a value or a TokenStoreError, and costs no other row",
    () =>
      Effect.flatMap(sqlitePlace, (place) =>
        at(place)((store) =>
          query(place)((sql) => {
            const cell = FastCheck.oneof(
              text,
              FastCheck.double({ noNaN: true, noDefaultInfinity: true }),
              FastCheck.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
              FastCheck.uint8Array({ maxLength: 8 }),
              FastCheck.json(),
              FastCheck.constantFrom("[".repeat(5000), "{\"accessToken\":".repeat(2000), "null", "{}")
            )
            const column = FastCheck.constantFrom("kind", "user_key", "value", "updated_at")
            return Effect.promise(() =>
              FastCheck.assert(
                FastCheck.asyncProperty(column, cell, FastCheck.boolean(), (column, cell, all) =>
                  Effect.gen(function*() {
                    yield* store.set("good", makeToken("1"))
                    yield* store.set("a", makeToken("secret"))
                    yield* store.setPending("a", yield* makePending("one"))
                    yield* sql`UPDATE ${sql(place.table)} SET ${sql(column)} = ${cell}
                    WHERE (user_key = 'a' OR ${all ? 1 : 0} = 1) AND user_key <> 'good' AND id <> 'version'`
                    const results: ReadonlyArray<Exit.Exit<unknown, TokenStoreError>> = [
                      yield* Effect.exit(store.get("a")),
                      yield* Effect.exit(store.withLock("a", store.get("a"))),
                      yield* Effect.exit(store.takePending("a", "one")),
                      yield* Effect.exit(store.takePending("a", "one"))
                    ]
                    for (const exit of results) {
                      if (Exit.isFailure(exit)) {
                        expect(Cause.failures(exit.cause)).toMatchObject({ length: 1 })
                        expect(Cause.squash(exit.cause)).toMatchObject({ _tag: "TokenStoreError" })
                        expect(inspect(exit.cause, { depth: 9 })).not.toContain("secret")
                      }
                    }
                    expectToken(yield* store.get("good"), makeToken("1"))
                    // It is mended by what is put in its place.
                    yield* store.set("a", makeToken("2"))
                    expectToken(yield* store.get("a"), makeToken("2"))
                    yield* sql`DELETE FROM ${sql(place.table)} WHERE id <> 'version'`
                  }).pipe(Effect.runPromise)),
                { numRuns: 40 }
              )
            )
          })
        )),
    60_000
  )
})

describe("TokenStoreSql", () => {
  it.scoped("refuses other databases", () =>
    Effect.gen(function*() {
      const client = yield* SqlClient.make({
        acquirer: Effect.die("nothing is sent"),
        compiler: Statement.makeCompiler({
          dialect: "mysql",
          placeholder: () => "?",
          onIdentifier: (name) => name,
          onRecordUpdate: () => ["", []],
          onCustom: () => ["", []]
        }),
        spanAttributes: []
      })
      const error = yield* Effect.flip(Layer.build(
        TokenStoreSql.layer().pipe(Layer.provide(Layer.succeed(SqlClient.SqlClient, client)))
      ))
      expect(error.message).toContain("only PostgreSQL and SQLite are supported")
    }).pipe(Effect.provide(Reactivity.layer)))
})

describe.skipIf(!hasPostgres)(withPostgres, () => {
  dialect("PostgreSQL", postgresPlace, false)

  const clientOf = (url: string, maxConnections = 3) =>
    Layer.fresh(PgClient.layer({ url: Redacted.make(url), maxConnections }))

  describe("TokenStoreSql on PostgreSQL", () => {
    it.scoped("takes no part in a transaction of the program's, which may be undone", () =>
      Effect.gen(function*() {
        yield* sharing(yield* postgresPlace, (store, sql) =>
          Effect.gen(function*() {
            yield* Effect.flip(sql.withTransaction(
              store.set("a", makeToken("1")).pipe(
                Effect.zipRight(store.withLock("b", store.set("b", makeToken("2")))),
                Effect.zipRight(Effect.fail("undone"))
              )
            ))
            expectToken(yield* store.get("a"), makeToken("1"))
            expectToken(yield* store.get("b"), makeToken("2"))
          }))
      }))

    it.scopedLive("has a lock for each table, which all who use the table share", () =>
      Effect.gen(function*() {
        const [place, other] = [yield* postgresPlace, yield* postgresPlace]
        const [entered, leave] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const holder = yield* Effect.fork(
          at(place)((store) =>
            store.withLock("a", Effect.zipRight(Deferred.succeed(entered, undefined), Deferred.await(leave)))
          )
        )
        yield* Deferred.await(entered)
        let isIn = false
        const waiter = yield* Effect.fork(
          at(place)((store) =>
            store.withLock(
              "a",
              Effect.sync(() => {
                isIn = true
              })
            )
          )
        )
        // Who waits stands in the claim.
        const waits = Effect.map(
          query(place)((sql) => sql`SELECT 1 FROM ${sql(place.table)} WHERE kind = 'claim' AND length(value) > 100`),
          (rows) => isIn || rows.length > 0
        )
        yield* Effect.repeat(waits, { until: (waits) => waits })
        expect(isIn).toBe(false)
        // Would wait for the holder, and for ever.
        yield* at(other)((store) => store.withLock("a", store.set("a", makeToken("1"))))
        expect(isIn).toBe(false)
        yield* Deferred.succeed(leave, undefined)
        yield* Fiber.joinAll([holder, waiter])
        expect(isIn).toBe(true)
      }), 30_000)

    it.scoped("gets along with a pool of one connection", () =>
      Effect.gen(function*() {
        const place = { ...yield* postgresPlace, client: clientOf(postgresUrl, 1) }
        yield* at(place)((store) =>
          Effect.forEach(
            Array.from({ length: 20 }, (_, index) => String(index % 10)),
            (key) =>
              store.withLock(
                key,
                Effect.zipRight(store.get(key), store.set(key, makeToken(key)))
              ),
            { concurrency: "unbounded" }
          )
        )
      }))

    it.scopedLive("keeps what was written when the work is interrupted within a statement", () =>
      Effect.gen(function*() {
        const place = yield* postgresPlace
        yield* at(place)((store) =>
          Effect.gen(function*() {
            yield* store.set("b", makeToken("1"))
            const waiting = yield* Deferred.make<void>()
            const work = yield* query(place)((sql) =>
              sql.withTransaction(Effect.gen(function*() {
                yield* sql`UPDATE ${sql(place.table)} SET value = value`
                const work = yield* Effect.forkDaemon(store.withLock(
                  "a",
                  store.set("a", makeToken("1")).pipe(
                    Effect.zipRight(Deferred.succeed(waiting, undefined)),
                    Effect.zipRight(store.set("b", makeToken("2")))
                  )
                ))
                yield* Deferred.await(waiting)
                const blocked = Effect.map(
                  query(place)(() => sql`SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'`),
                  (rows) => rows.length > 0
                )
                yield* Effect.repeat(blocked, { until: (blocked) => blocked })
                yield* Fiber.interruptFork(work)
                // Time enough for a statement to be cancelled, if it were.
                yield* Effect.repeat(blocked, { until: (blocked) => !blocked, times: 20 })
                return work
              }))
            )
            expect(Exit.isInterrupted(yield* Fiber.await(work))).toBe(true)
            expectToken(yield* store.get("a"), makeToken("1"))
          })
        )
      }))

    it.scopedLive("reads what was written while it waited, also in a database of repeatable reads", () =>
      Effect.gen(function*() {
        const url = new URL(postgresUrl)
        url.searchParams.set("options", "-c default_transaction_isolation=repeatable\\ read")
        const place = { ...yield* postgresPlace, client: clientOf(url.href) }
        const isolation = yield* query(place)((sql) => sql`SHOW transaction_isolation`)
        expect(isolation).toEqual([{ transaction_isolation: "repeatable read" }])
        yield* Effect.replicateEffect(
          at(place)((store) =>
            Effect.repeatN(store.withLock("a", Effect.provideService(increment("a"), TokenStore.TokenStore, store)), 9)
          ),
          3,
          { concurrency: "unbounded" }
        )
        expect(yield* Effect.provide(count("a"), layerOf(place))).toBe(30)
      }))

    describe("when the database goes away", () => {
      const withProxy = <A, E>(body: (place: Place, proxy: Proxy) => Effect.Effect<A, E, Scope.Scope>) =>
        Effect.gen(function*() {
          const url = new URL(postgresUrl)
          const proxy = yield* makeProxy({ host: url.hostname, port: Number(url.port || 5432) })
          url.hostname = "127.0.0.1"
          url.port = String(proxy.port)
          const place = yield* postgresPlace
          return yield* body({ ...place, client: clientOf(url.href) }, proxy)
        })

      const expectAway = (error: InvalidInput | TokenStoreError, operation: string) => {
        expect(error).toMatchObject({ _tag: "TokenStoreError", operation })
        expect(inspect(error, { depth: 9 })).not.toContain("secret")
      }

      it.scopedLive("fails at the start, and can be tried again", () =>
        withProxy((place, proxy) =>
          Effect.gen(function*() {
            const client = Layer.succeedContext(yield* Layer.build(place.client))
            yield* proxy.cut
            const layer = TokenStoreSql.layer({ table: place.table }).pipe(Layer.provide(client))
            expectAway(yield* Effect.flip(Layer.build(layer)), "open")

            const later = layerOf(place).pipe(
              Layer.tapError(() => proxy.restore),
              Layer.retry(Schedule.recurs(3))
            )
            yield* Effect.flatMap(TokenStore.TokenStore, (store) => store.set("a", makeToken("1"))).pipe(
              Effect.provide(later)
            )
          })
        ))

      it.scopedLive("fails in the middle, and works again afterwards", () =>
        withProxy((place, proxy) =>
          at(place)((store) =>
            Effect.gen(function*() {
              yield* store.set("a", makeToken("1"))
              yield* proxy.cut
              expectAway(yield* Effect.flip(store.get("a")), "get")
              expectAway(yield* Effect.flip(store.set("a", makeToken("secret"))), "set")
              expectAway(yield* Effect.flip(store.remove("a")), "remove")
              expectAway(yield* Effect.flip(store.withLock("a", Effect.void)), "withLock")
              yield* proxy.restore
              expectToken(yield* store.get("a"), makeToken("1"))
              yield* store.withLock("a", store.set("a", makeToken("2")))
              expectToken(yield* store.get("a"), makeToken("2"))
            })
          )
        ))

      it.scopedLive("lets calls go on while their token is good, and refreshes when it is back", () =>
        withProxy((place, proxy) =>
          spotifyOf(place, {}, ({ origin, spotify, store }) =>
            Effect.gen(function*() {
              const { refreshToken = Redacted.make("") } = yield* spotify.issueToken({ pkce: true })
              yield* store.set("a", TokenStore.fromRefreshToken(refreshToken))
              const session = yield* SpotifySession.makePkce({
                clientId: "fake-client-id",
                redirectUri: "http://127.0.0.1:8888/callback",
                accountsUrl: origin,
                key: "a"
              }).pipe(
                Effect.provideService(TokenStore.TokenStore, store),
                Effect.provide(FetchHttpClient.layer)
              )
              const token = yield* session.accessToken
              yield* proxy.cut
              expect(yield* session.accessToken).toBe(token)
              expectAway(yield* Effect.flip(session.token), "get")
              expect(yield* Effect.flip(session.renew(token))).toMatchObject({ _tag: "TokenStoreError" })
              yield* proxy.restore
              expect(Redacted.value(yield* session.renew(token))).not.toBe(Redacted.value(token))
            }))
        ))

      it.scopedLive("doesn't say that a token is kept when the connection broke before it was", () =>
        withProxy((place, proxy) =>
          at(place)((store) =>
            Effect.gen(function*() {
              yield* store.set("a", makeToken("1"))
              const error = yield* Effect.flip(
                store.withLock("a", Effect.zipRight(store.set("a", makeToken("secret")), proxy.cut))
              )
              expectAway(error, "withLock")
              yield* proxy.restore
              expectToken(yield* store.get("a"), makeToken("1"))

              const inside = yield* Effect.flip(
                store.withLock("a", Effect.zipRight(proxy.cut, store.set("a", makeToken("secret"))))
              )
              expectAway(inside, "withLock")
              yield* proxy.restore
              expectToken(yield* store.get("a"), makeToken("1"))
              yield* store.withLock("a", store.set("a", makeToken("2")))
              expectToken(yield* store.get("a"), makeToken("2"))
            })
          )
        ))
    })
  })
})
