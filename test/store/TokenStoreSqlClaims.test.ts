/** A key's lock in a database: a claim in the table, while nothing of the database is held. */
import { HttpClient } from "@effect/platform"
import { SqlClient } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { describe, expect, it } from "@effect/vitest"
import {
  Deferred,
  Effect,
  Exit,
  Fiber,
  Layer,
  Option,
  Predicate,
  Redacted,
  Schedule,
  type Scope,
  TestClock
} from "effect"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import { createHash } from "node:crypto"
import { hasPostgres, postgresUrl, withPostgres } from "../utils/postgres.js"
import { publicClient, tokenEndpoint } from "../utils/session.js"
import { at, endClaims, layerOf, type Place, postgresPlace, query, sqlitePlace } from "../utils/sqlPlaces.js"
import { expectToken, makeToken } from "../utils/tokenStoreSuite.js"

/** A client that tells of each statement, but for those that begin and end a transaction of libSQL's. */
const counting = (place: Place, onStatement: (sql: string) => void) => {
  const instead = <A extends object>(target: A, names: Readonly<Record<string, (value: never) => unknown>>): A =>
    new Proxy(target, {
      get: (inner, name) => {
        const value: unknown = Reflect.get(inner, name, inner)
        const replace: ((value: never) => unknown) | undefined = names[String(name)]
        // What is replaced has the type that its name says.
        if (replace !== undefined) return replace(value as never)
        return typeof value === "function" && !("compile" in value) ? value.bind(inner) : value
      }
    })
  const textOf = (statement: unknown): string =>
    Predicate.hasProperty(statement, "sql") ? String(statement.sql) : String(statement)
  const executing = (execute: (...args: ReadonlyArray<unknown>) => unknown) => (...args: ReadonlyArray<unknown>) => {
    onStatement(textOf(args[0]))
    return execute(...args)
  }
  const told = (client: SqlClient.SqlClient): SqlClient.SqlClient =>
    new Proxy(client, {
      get: (inner, name) => {
        const value: unknown = Reflect.get(inner, name, inner)
        if (name === "withoutTransforms") return () => told(inner.withoutTransforms())
        if (name === "reserve") {
          return Effect.map(inner.reserve, (connection) =>
            instead(connection, {
              execute: (execute: typeof connection.execute) => executing(execute.bind(connection) as never)
            }))
        }
        if (name === "sdk" && Predicate.isObject(value)) {
          return instead(value, {
            transaction: (begin: (mode: string) => Promise<object>) => async (mode: string) => {
              const transaction = await begin.call(value, mode)
              return instead(transaction, {
                execute: (execute: (...args: ReadonlyArray<unknown>) => unknown) => executing(execute.bind(transaction))
              })
            }
          })
        }
        return value
      }
    })
  return Layer.effect(SqlClient.SqlClient, Effect.map(SqlClient.SqlClient, told)).pipe(Layer.provide(place.client))
}

const pause = Effect.promise(() => new Promise((done) => setTimeout(done, 5)))

/** On a real clock, since databases have one. */
const waitUntil = <E>(isSo: Effect.Effect<boolean, E>) =>
  Effect.repeat(Effect.zipRight(pause, isSo), { until: (isSo) => isSo })

const usersOf = (n: number) => Array.from({ length: n }, (_, index) => `user ${index}`)

/** Sessions of users whose tokens have ended, at a token endpoint that answers when it is told to. */
const sessionsOf = (users: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const store = yield* TokenStore.TokenStore
    const gate = yield* Effect.makeLatch()
    let asked = 0
    const client = HttpClient.transform(yield* HttpClient.HttpClient, (effect) =>
      Effect.suspend(() => {
        asked++
        return Effect.zipRight(gate.await, effect)
      }))
    const sessions = yield* Effect.forEach(users, (key) =>
      Effect.gen(function*() {
        const { refreshToken = Redacted.make("") } = yield* spotify.issueToken({ pkce: true })
        yield* store.set(key, TokenStore.fromRefreshToken(refreshToken))
        return yield* Effect.provideService(
          SpotifySession.makePkce({ ...publicClient, key }),
          HttpClient.HttpClient,
          client
        )
      }))
    return { asked: () => asked, gate, sessions, spotify, store }
  })

const refreshing = (place: Place, client: Place["client"] = place.client) =>
  Layer.mergeAll(
    Layer.provideMerge(Layer.fresh(TokenStoreSql.layer({ table: place.table })), client),
    Layer.fresh(FakeSpotify.layer({ refreshTokens: "rotate" }))
  )

/** Somebody under a key's lock, who does their work and leaves when told to. */
const holding = <A, E>(store: TokenStore.TokenStore.Service, key: string, work: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const [entered, leave] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    const fiber = yield* Effect.fork(Effect.exit(store.withLock(
      key,
      Deferred.succeed(entered, undefined).pipe(Effect.zipRight(Deferred.await(leave)), Effect.zipRight(work))
    )))
    yield* Deferred.await(entered)
    return Effect.zipRight(Deferred.succeed(leave, undefined), Fiber.join(fiber))
  })

/** How many wait for a claim, which stand in it. */
const waitersOf = (place: Place) =>
  query(place)((sql) =>
    Effect.map(
      sql<{ readonly n: number | string | null }>`SELECT max(length(value)) AS n FROM ${
        sql(place.table)
      } WHERE kind = 'claim'`,
      ([row]) => Math.max(0, Math.floor((Number(row?.n ?? 0) - 61) / 48))
    )
  )

const until = (place: Place) =>
  query(place)((sql) =>
    Effect.map(
      sql<{ readonly n: number | string }>`SELECT max(updated_at) AS n FROM ${sql(place.table)} WHERE kind = 'claim'`,
      ([row]) => Number(row?.n)
    )
  )

const messageOf = (exit: Exit.Exit<unknown, unknown>): string => Exit.isFailure(exit) ? String(exit.cause) : "success"

/** What a process of release 0.1 does for a refresh: the lock, what is in the store, another token in its place. */
const earlierRelease = (place: Place, key: string, isPostgres: boolean, during: Effect.Effect<unknown>) =>
  query(place)((sql) =>
    sql.withTransaction(Effect.gen(function*() {
      const hash = (...parts: ReadonlyArray<string>) => createHash("sha256").update(JSON.stringify(parts)).digest("hex")
      if (isPostgres) {
        const lock = BigInt.asIntN(64, BigInt(`0x${hash(place.table, key).slice(0, 16)}`))
        yield* sql`SELECT pg_advisory_xact_lock(${String(lock)}::bigint)`
      } else {
        yield* sql`UPDATE ${sql(place.table)} SET value = value WHERE id = ''`
      }
      yield* during
      const value = JSON.stringify({
        accessToken: "access old",
        refreshToken: "refresh old",
        expiresAt: "2030-01-02T03:04:05.678Z",
        scopes: ["user-read-email"],
        authorizedAt: "2029-12-01T00:00:00.000Z"
      })
      yield* sql`UPDATE ${sql(place.table)} SET value = ${value} WHERE id = ${hash("token", key)}`
    }))
  )

const dialect = (name: string, makePlace: Effect.Effect<Place, unknown, Scope.Scope>, isPostgres: boolean) => {
  const live = (title: string, body: (place: Place) => Effect.Effect<void, unknown, Scope.Scope>) =>
    it.scopedLive(title, () => Effect.flatMap(makePlace, body), 120_000)

  describe(`claims on ${name}`, () => {
    live("a refresh costs three statements, and a token that is good none", (place) => {
      const statements: Array<string> = []
      return Effect.gen(function*() {
        const { gate, sessions: [session], spotify } = yield* sessionsOf(["a"])
        if (session === undefined) return
        yield* gate.open
        statements.length = 0
        yield* session.accessToken
        expect(statements).toHaveLength(3)
        yield* session.accessToken
        expect(statements).toHaveLength(3)
        expect(yield* spotify.count(tokenEndpoint)).toBe(1)
      }).pipe(Effect.provide(refreshing(place, counting(place, (sql) => statements.push(sql)))))
    })

    live("many users refresh over one connection, which is nobody's while Spotify is asked", (place) => {
      const statements: Array<string> = []
      const users = usersOf(60)
      const one: Place = isPostgres
        ? { ...place, client: Layer.fresh(PgClient.layer({ url: Redacted.make(postgresUrl), maxConnections: 1 })) }
        : place
      return Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { asked, gate, sessions, spotify, store } = yield* sessionsOf(users)
        statements.length = 0
        const all = yield* Effect.fork(
          Effect.forEach(sessions, (session) => session.accessToken, { concurrency: "unbounded" })
        )
        yield* waitUntil(Effect.sync(() => asked() === users.length))
        expect(yield* sql`SELECT 1 AS one`).toEqual([{ one: 1 }])
        yield* sql`CREATE TABLE ${sql(`${place.table}_other`)} (id text)`
        yield* sql`DROP TABLE ${sql(`${place.table}_other`)}`
        yield* store.withLock("somebody else", store.set("somebody else", makeToken("1")))
        yield* gate.open
        yield* Fiber.join(all)
        expect(yield* spotify.count(tokenEndpoint)).toBe(users.length)
        // Those who come at once go together.
        expect(statements.length).toBeLessThan(users.length)
        for (const key of users) expect(Option.isSome(yield* store.get(key))).toBe(true)
      }).pipe(Effect.provide(refreshing(one, counting(one, (sql) => statements.push(sql)))))
    })

    live(
      "who lost a claim to somebody else writes nothing, and is told to whom",
      (place) =>
        at(place)((store) =>
          Effect.gen(function*() {
            yield* store.set("a", makeToken("1"))
            const late = yield* holding(store, "a", store.set("a", makeToken("late")))
            yield* endClaims(place)
            const other = yield* at(place)((other) =>
              Effect.gen(function*() {
                const done = yield* holding(other, "a", other.set("a", makeToken("2")))
                const exit = yield* late
                expect(messageOf(exit)).toContain(
                  `its lock ended before the work did, and went to process ${process.pid}`
                )
                return yield* done
              })
            )
            expect(other._tag).toBe("Success")
            expectToken(yield* store.get("a"), makeToken("2"))
            yield* store.withLock("a", store.set("a", makeToken("3")))
            expectToken(yield* store.get("a"), makeToken("3"))
          })
        )
    )

    live("who lost a claim removes nothing", (place) =>
      at(place)((store) =>
        Effect.gen(function*() {
          yield* store.set("a", makeToken("1"))
          const late = yield* holding(store, "a", Effect.exit(store.remove("a")))
          yield* endClaims(place)
          yield* at(place)((other) => other.withLock("a", other.set("a", makeToken("2"))))
          const exit = yield* late
          expect(messageOf(Exit.flatten(exit))).toContain("TokenStoreError")
          expectToken(yield* store.get("a"), makeToken("2"))
        })
      ))

    live(
      "a claim that ended, but that nobody else took, still writes",
      (place) =>
        at(place)((store) =>
          Effect.gen(function*() {
            const late = yield* holding(store, "a", store.set("a", makeToken("1")))
            yield* endClaims(place)
            expect((yield* late)._tag).toBe("Success")
            expectToken(yield* store.get("a"), makeToken("1"))
          })
        )
    )

    live(
      "a token that was changed without the lock isn't overwritten",
      (place) =>
        at(place)((store) =>
          Effect.gen(function*() {
            yield* store.set("a", makeToken("1"))
            const late = yield* holding(store, "a", store.set("a", makeToken("late")))
            yield* store.set("a", makeToken("2"))
            expect(messageOf(yield* late)).toContain("somebody changed the token without its lock meanwhile")
            expectToken(yield* store.get("a"), makeToken("2"))
          })
        )
    )

    live("those who wait have their turn in the order in which they came", (place) =>
      Effect.gen(function*() {
        const [first, ...others] = yield* Effect.replicateEffect(
          Effect.flatMap(Layer.build(layerOf(place)), (context) => Effect.provide(TokenStore.TokenStore, context)),
          4
        )
        if (first === undefined) {
          return
        }
        const order: Array<number> = []
        const enter = (store: TokenStore.TokenStore.Service, index: number) =>
          Effect.fork(store.withLock(
            "a",
            Effect.sync(() => order.push(index))
          ))
        const leave = yield* holding(first, "a", Effect.void)
        const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
        for (const [index, store] of others.entries()) {
          fibers.push(yield* enter(store, index + 1))
          yield* waitUntil(Effect.map(waitersOf(place), (n) => n === index + 1))
        }
        // Who leaves and comes back at once is the last one.
        fibers.push(yield* enter(first, 0))
        yield* leave
        yield* Fiber.joinAll(fibers)
        expect(order).toEqual([1, 2, 3, 0])
      }))

    live("one who waits and gives up keeps nobody waiting", (place) =>
      at(place)((store) =>
        Effect.gen(function*() {
          const leave = yield* holding(store, "a", Effect.void)
          yield* at(place)((other) =>
            Effect.gen(function*() {
              const waiter = yield* Effect.fork(other.withLock("a", Effect.void))
              yield* waitUntil(Effect.map(waitersOf(place), (n) => n === 1))
              yield* Fiber.interrupt(waiter)
              yield* waitUntil(Effect.map(waitersOf(place), (n) => n === 0))
            })
          )
          yield* leave
          yield* store.withLock("a", Effect.void)
        })
      ))

    it.scoped("a claim is renewed while its work runs, and no more when that is done", () =>
      Effect.gen(function*() {
        const place = yield* makePlace
        yield* at(place)((store) =>
          Effect.gen(function*() {
            const leave = yield* holding(store, "a", Effect.void)
            const before = yield* until(place)
            yield* pause
            yield* TestClock.adjust("6 seconds")
            yield* waitUntil(Effect.map(until(place), (after) => after > before))
            yield* leave
            const after = yield* until(place)
            yield* TestClock.adjust("6 seconds")
            yield* Effect.repeatN(pause, 20)
            expect(yield* until(place)).toBe(after)
          })
        )
      }), 120_000)

    live(
      "a claim that lies too far ahead, of a clock that was set back, keeps nobody out",
      (place) =>
        at(place)((store) =>
          Effect.gen(function*() {
            const late = yield* holding(store, "a", store.set("a", makeToken("late")))
            yield* Effect.retry(
              query(place)((sql) =>
                sql`UPDATE ${sql(place.table)} SET updated_at = updated_at + 600000 WHERE kind = 'claim'`
              ),
              Schedule.spaced("20 millis")
            )
            yield* at(place)((other) => other.withLock("a", other.set("a", makeToken("1"))))
            expect((yield* late)._tag).toBe("Failure")
            expectToken(yield* store.get("a"), makeToken("1"))
          })
        )
    )

    live(
      "waits while a process of an earlier release refreshes, and goes on with its token",
      (place) =>
        at(place)((store) =>
          Effect.gen(function*() {
            yield* store.set("a", makeToken("1"))
            const [begun, end] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
            const old = yield* Effect.fork(
              earlierRelease(
                place,
                "a",
                isPostgres,
                Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(end))
              )
            )
            yield* Deferred.await(begun)
            let isIn = false
            const waiter = yield* Effect.fork(store.withLock(
              "a",
              Effect.zipRight(Effect.sync(() => void (isIn = true)), store.get("a"))
            ))
            // Other users' locks don't wait, where the earlier release kept only one key.
            if (isPostgres) yield* store.withLock("b", store.set("b", makeToken("b")))
            yield* Effect.repeatN(pause, 30)
            expect(isIn).toBe(false)
            yield* Deferred.succeed(end, undefined)
            yield* Fiber.join(old)
            expectToken(yield* Fiber.join(waiter), makeToken("old"))
          })
        )
    )

    live(
      "doesn't undo what a process of an earlier release wrote beside a claim",
      (place) =>
        at(place)((store) =>
          Effect.gen(function*() {
            yield* store.set("a", makeToken("1"))
            const late = yield* holding(store, "a", store.set("a", makeToken("late")))
            yield* earlierRelease(place, "a", isPostgres, Effect.void)
            expect((yield* late)._tag).toBe("Failure")
            expectToken(yield* store.get("a"), makeToken("old"))
          })
        )
    )
  })
}

dialect("SQLite", sqlitePlace, false)

describe.skipIf(!hasPostgres)(withPostgres, () => {
  dialect("PostgreSQL", postgresPlace, true)
})
