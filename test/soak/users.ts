/**
 * `npm run soak:users [users] [minutes]`: the sessions of 10,000 users over PostgreSQL, for four minutes. In each of them
 * 2,000 tokens come to their end, and 500 users sign out and in again. Ends with 1 where a promise is broken: a call that
 * fails, a refresh without need or twice, a user who isn't signed in at the end, a heap that grows.
 */
import { PgClient } from "@effect/sql-pg"
import { DateTime, Effect, Either, Layer, ManagedRuntime, Option, Redacted } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as SpotifySessions from "effect-spotify/SpotifySessions"
import * as TokenStore from "effect-spotify/TokenStore"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { TokenServerSeen } from "../bench/tokenServer.js"
import { answersSoon } from "../utils/postgres.js"
import startPostgres from "../utils/postgresCluster.js"

const users = Number(process.argv[2] ?? 10_000)
const minutes = Number(process.argv[3] ?? 4)
/** Of all users: whose tokens end in a minute, and who signs out and in again in a minute. */
const ending = users / 5
const leaving = users / 20
/** Each user calls once in so many seconds, and is in memory all the time. */
const every = 30
const redirectUri = "http://127.0.0.1:8888/callback"

const { gc } = globalThis
if (gc === undefined) throw new Error("node --expose-gc is needed: npm run soak:users")
if (ending * minutes + leaving * minutes > users) throw new Error("more users than that are needed for so many minutes")

const broken: Array<string> = []
for (const event of ["unhandledRejection", "uncaughtException"] as const) {
  process.on(event, (cause: unknown) => broken.push(`${event}: ${String(cause)}`))
}

const stopPostgres = await startPostgres()
const url = process.env["TEST_DATABASE_URL"]
if (url === undefined || !(await answersSoon(url))) throw new Error("PostgreSQL is needed, or TEST_DATABASE_URL")

const child = fork(fileURLToPath(new URL("../bench/tokenServer.ts", import.meta.url)), ["100"], {
  execArgv: ["--import", "tsx"]
})
const told = <A>() => new Promise<A>((resolve) => child.once("message", (message) => resolve(message as A)))
const { port } = await told<{ readonly port: number }>()

const table = `soak_${process.pid}`
const runtime = ManagedRuntime.make(
  Layer.mergeAll(
    SpotifySessions.layerPkce({
      clientId: "client",
      redirectUri,
      accountsUrl: `http://127.0.0.1:${port}`,
      // All stay in memory, also where the machine is slow.
      idleTimeToLive: "1 hour"
    }),
    Layer.provide(SpotifyClient.layer(), SpotifySession.layerToken({ accessToken: Redacted.make("nobody") }))
  ).pipe(
    Layer.provideMerge(TokenStoreSql.layer({ table })),
    Layer.provideMerge(PgClient.layer({ url: Redacted.make(url), maxConnections: 10 })),
    Layer.provide(UndiciTransport.layer)
  )
)

const names = Array.from({ length: users }, (_, i) => `user-${i}`)
/** The first ones' tokens end, minute after minute; those after them sign out and in again. */
const endsIn = (minute: number) => names.slice(ending * minute, ending * (minute + 1))
const leavesIn = (minute: number) =>
  names.slice(ending * minutes + leaving * minute, ending * minutes + leaving * (minute + 1))

/** When it all begins: once every user is in the store and has a session. */
const begin = Date.now() + 20_000 + users * 15
const endOf = (i: number): number => begin + i / ending * 60_000

const tokenOf = (name: string, i: number): TokenStore.Token => ({
  accessToken: Redacted.make(`${name}.0.`.padEnd(220, "x")),
  refreshToken: Redacted.make(`${name}.0.`.padEnd(131, "x")),
  // It is renewed a minute before its end.
  expiresAt: DateTime.unsafeMake((i < ending * minutes ? endOf(i) : begin + 86_400_000) + 60_000),
  scopes: ["user-library-read"],
  authorizedAt: DateTime.unsafeMake(begin)
})

const failures = new Map<string, number>()
const counted = <A, E extends { readonly message: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.either(effect), (result) => {
    if (Either.isRight(result)) return
    const { message } = result.left
    failures.set(message, (failures.get(message) ?? 0) + 1)
  })

let calls = 0
const call = (name: string) =>
  Effect.suspend(() => {
    calls++
    return counted(SpotifySessions.withUser(SpotifySession.accessToken, name))
  })

const leaveAndCome = (name: string) =>
  counted(SpotifySessions.withUser(
    Effect.gen(function*() {
      yield* SpotifySession.signOut
      const url = yield* SpotifySession.authorizeUrl()
      const state = url.searchParams.get("state") ?? ""
      yield* SpotifySession.handleCallback(`${redirectUri}?code=${name}.code&state=${state}`)
    }),
    name
  ))

const everybody = <A, E, R>(names: ReadonlyArray<string>, f: (name: string) => Effect.Effect<A, E, R>, atOnce = 200) =>
  Effect.forEach(names, f, { concurrency: atOnce, discard: true })

const seed = Effect.flatMap(
  TokenStore.TokenStore,
  (store) => Effect.forEach(names, (name, i) => store.set(name, tokenOf(name, i)), { concurrency: 20, discard: true })
)

/** A second of a minute: who calls now, whose token ends now, who leaves and comes now. */
const second = (minute: number, second: number) => {
  const part = (all: ReadonlyArray<string>) =>
    all.slice(Math.floor(all.length * second / 60), Math.floor(all.length * (second + 1) / 60))
  return Effect.all([
    everybody(names.filter((_, i) => i % every === second % every), call),
    Effect.delay(everybody(part(endsIn(minute)), call), "1 second"),
    everybody(part(leavesIn(minute)), leaveAndCome)
  ], { concurrency: "unbounded", discard: true })
}

const wait = (until: number) => Effect.suspend(() => Effect.sleep(Math.max(0, until - Date.now())))

const heapNow = Effect.promise(async (): Promise<number> => {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    gc()
  }
  return process.memoryUsage().heapUsed / 2 ** 20
})

const heaps: Array<number> = []

const program = Effect.gen(function*() {
  yield* seed
  yield* everybody(names, call)
  const spare = begin - Date.now()
  if (spare < 0) broken.push(`the machine is too slow: ready ${(-spare / 1000).toFixed(0)} s late`)
  yield* wait(begin)
  for (let minute = 0; minute < minutes; minute++) {
    const from = begin + minute * 60_000
    // In fibers of their own: a second that takes longer doesn't hold the next one up.
    yield* Effect.forEach(
      Array.from({ length: 60 }, (_, i) => i),
      (i) => Effect.zipRight(wait(from + i * 1000), second(minute, i)),
      { concurrency: "unbounded", discard: true }
    )
    heaps.push(yield* heapNow)
    console.log(
      `minute ${minute + 1}, done ${((Date.now() - from) / 1000 - 60).toFixed(1)} s after it, heap ${
        heaps.at(-1)?.toFixed(1)
      } MB`
    )
  }
  yield* everybody(names, call)
  const store = yield* TokenStore.TokenStore
  const kept = yield* Effect.forEach(names, (name) => store.get(name), { concurrency: 20 })
  return kept.filter((token) =>
    Option.isSome(token) && DateTime.toEpochMillis(token.value.expiresAt) > Date.now() + 60_000
  ).length
})

const signedIn = await runtime.runPromise(program)
const answer = told<TokenServerSeen>()
child.send("seen")
const seen = await answer
await runtime.dispose()
child.disconnect()
await stopPostgres?.()

const [atFirst = 0] = heaps
const growth = Math.max(...heaps.map((heap) => heap / atFirst - 1))
const promise = (isKept: boolean, what: string) => {
  if (!isKept) broken.push(what)
}
const failed = [...failures.values()].reduce((sum, n) => sum + n, 0)
promise(failed === 0, `${failed} failed: ${JSON.stringify(Object.fromEntries(failures)).slice(0, 1000)}`)
promise(signedIn === users, `${users - signedIn} users aren't signed in`)
promise(seen.exchanges === ending * minutes, `${seen.exchanges} refreshes of ${ending * minutes} tokens that ended`)
promise(seen.signIns === leaving * minutes, `${seen.signIns} sign-ins of ${leaving * minutes}`)
promise(seen.refused === 0, `${seen.refused} requests had a refresh token that was used before`)
promise(growth <= 0.1, `the heap grew by ${(growth * 100).toFixed(1)} % after the first minute`)

console.log(`\n${users} users, ${minutes} minutes, ${calls} calls`)
console.log(`tokens    ${ending * minutes} ended, ${seen.exchanges} refreshes, ${seen.mostInFlight} at once at most`)
console.log(`sign-ins  ${seen.signIns}`)
console.log(`heap      ${heaps.map((heap) => heap.toFixed(1)).join(", ")} MB`)
for (const what of broken) console.error(`BROKEN    ${what}`)
process.exit(broken.length === 0 ? 0 : 1)
