/** One process of the burst: users whose tokens are over, all at once, and what else such a process has to do. */
import { NodeFileSystem } from "@effect/platform-node"
import { LibsqlClient } from "@effect/sql-libsql"
import { PgClient } from "@effect/sql-pg"
import { SqlClient } from "@effect/sql/SqlClient"
import { Cause, Duration, Effect, Exit, Fiber, Layer, ManagedRuntime, Option, Redacted, Schema } from "effect"
import * as SpotifySessions from "effect-spotify/SpotifySessions"
import * as TokenStore from "effect-spotify/TokenStore"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { writeFile } from "node:fs/promises"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { median } from "./measure.js"

export interface Task {
  readonly store: "memory" | "postgres" | "sqlite" | "file"
  /** The database's address, or the file. */
  readonly place: string
  readonly endpoint: string
  /** Of this process; other processes have users of other names. */
  readonly name: string
  readonly users: number
  readonly atOnce: number | "unbounded"
  /** What runs beside the burst, again and again. */
  readonly beside?: "select 1" | "authorizeUrl"
}

/** Times are in milliseconds. */
export interface Result {
  readonly wall: number
  readonly cpu: number
  readonly failed: number
  readonly failure: string
  readonly worstCall: number
  readonly longestBlock: number
  readonly beside: { readonly median: number; readonly worst: number }
}

const warmUp = 64

const namesOf = ({ name, users }: Task) => ({
  warm: Array.from({ length: warmUp }, (_, i) => `${name}-warm-${i}`),
  all: Array.from({ length: users }, (_, i) => `${name}-${i}`)
})

const expired = (user: string): TokenStore.Token =>
  TokenStore.fromRefreshToken(Redacted.make(`${user}.0.`.padEnd(131, "x")), { scopes: ["user-library-read"] })

const storeOf = async (task: Task): Promise<Layer.Layer<TokenStore.TokenStore>> => {
  const { all, warm } = namesOf(task)
  const users = [...warm, ...all]
  const withSql = (client: Layer.Layer<SqlClient, unknown>) =>
    Layer.orDie(Layer.provideMerge(TokenStoreSql.layer(), client))
  switch (task.store) {
    case "memory":
      return Layer.orDie(TokenStore.layerMemoryWith(Object.fromEntries(users.map((user) => [user, expired(user)]))))
    case "file": {
      const encode = Schema.encodeSync(TokenStore.Token)
      const tokens = users.map((key) => ({ key, token: encode(expired(key)) }))
      await writeFile(task.place, JSON.stringify({ version: 1, tokens, pending: [] }, null, 2), { mode: 0o600 })
      return Layer.orDie(Layer.provide(TokenStore.layerFile(task.place), NodeFileSystem.layer))
    }
    case "postgres":
      return withSql(PgClient.layer({ url: Redacted.make(task.place), maxConnections: 10 }))
    case "sqlite":
      return withSql(LibsqlClient.layer({ url: `file:${task.place}` }))
  }
}

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.timed(Effect.exit(effect)), ([duration, exit]) => ({ millis: Duration.toMillis(duration), exit }))

const told = (word: string) =>
  new Promise<void>((resolve) => process.on("message", (message) => message === word && resolve()))

const main = (task: Task) =>
  Effect.gen(function*() {
    const { all, warm } = namesOf(task)
    const store = yield* TokenStore.TokenStore
    const sessions = yield* SpotifySessions.SpotifySessions
    if (task.store === "postgres" || task.store === "sqlite") {
      yield* Effect.forEach([...warm, ...all], (user) => store.set(user, expired(user)), { concurrency: 8 })
    }
    const call = (user: string) =>
      timed(Effect.scoped(Effect.flatMap(sessions.get(user), (session) => session.accessToken)))
    yield* Effect.forEach(warm, call, { concurrency: warmUp })
    globalThis.gc?.()
    process.send?.("ready")
    yield* Effect.promise(() => told("go"))

    const besides: Array<number> = []
    const once: Effect.Effect<unknown, unknown> = task.beside === "select 1"
      ? Effect.flatMap(Effect.flatten(Effect.serviceOption(SqlClient)), (sql) => sql`select 1`)
      : Effect.scoped(Effect.flatMap(sessions.get(`${task.name}-other`), (session) => session.authorizeUrl()))
    const again = Effect.map(timed(once), ({ exit, millis }) => {
      besides.push(Exit.isSuccess(exit) ? millis : Number.POSITIVE_INFINITY)
    })
    const beside = yield* Effect.fork(
      task.beside === undefined ? Effect.never : Effect.forever(Effect.zipRight(Effect.sleep("5 millis"), again))
    )
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const cpu = process.cpuUsage()
    const start = performance.now()
    const calls = yield* Effect.forEach(all, call, { concurrency: task.atOnce })
    const wall = performance.now() - start
    const { system, user } = process.cpuUsage(cpu)
    delay.disable()
    // One that is under way has waited too.
    if (task.beside !== undefined) yield* Effect.zipRight(again, Fiber.interruptFork(beside))

    const failures = calls.flatMap(({ exit }) => Exit.isFailure(exit) ? [exit.cause] : [])
    return {
      wall,
      cpu: (system + user) / 1000,
      failed: failures.length,
      failure: Option.match(Option.fromNullable(failures[0]), { onNone: () => "", onSome: Cause.pretty }),
      worstCall: Math.max(...calls.map(({ millis }) => millis)),
      longestBlock: delay.max / 1e6,
      beside: besides.length === 0 ? { median: 0, worst: 0 } : { median: median(besides), worst: Math.max(...besides) }
    } satisfies Result
  })

const task = JSON.parse(process.argv[2] ?? "{}") as Task
const sessions = SpotifySessions.layerPkce({
  clientId: "client",
  redirectUri: "http://127.0.0.1:8888/callback",
  accountsUrl: task.endpoint
}).pipe(Layer.provideMerge(await storeOf(task)), Layer.provide(UndiciTransport.layer))
const runtime = ManagedRuntime.make(sessions)
const result = await runtime.runPromise(main(task))
await runtime.dispose()
process.send?.(result)
process.disconnect()
