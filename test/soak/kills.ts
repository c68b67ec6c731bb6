/**
 * `npm run soak:kills [rounds] [store]`: 50 times for each store (file, SQLite, PostgreSQL) and signal, three processes call with
 * one user's token that has ended, refresh tokens rotate, and one of the processes is killed (SIGKILL) or stands still
 * until the others are done (SIGSTOP). Ends with 1 where a promise is broken: what Spotify granted last isn't in the store,
 * or a call fails though its process was left alone.
 */
import { HttpServer, HttpServerRequest } from "@effect/platform"
import { NodeFileSystem, NodeHttpServer } from "@effect/platform-node"
import { Cause, Context, Effect, Exit, Layer, Option, Random, Redacted, type Scope } from "effect"
import { TokenStoreError } from "effect-spotify/SpotifyError"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import { createServer } from "node:http"
import startPostgres from "../utils/postgresCluster.js"
import makeFolder from "../utils/processFolder.js"
import type { StoreProcess } from "../utils/tokenStoreProcess.js"

const rounds = Number(process.argv[2] ?? 50)
const only = process.argv[3]
const atOnce = 5
const key = "a"

const removeFolder = makeFolder()
const stopPostgres = await startPostgres()
// These look for PostgreSQL as they are loaded.
const { hasPostgres } = await import("../utils/postgres.js")
if (!hasPostgres) throw new Error("PostgreSQL is needed, or TEST_DATABASE_URL")
const { directory, endClaims, layerOf, postgresPlace, sqlitePlace } = await import("../utils/sqlPlaces.js")
const { pauseUpTo, start } = await import("../utils/tokenStoreProcess.js")

interface Place {
  readonly process: object
  readonly layer: Layer.Layer<TokenStore.TokenStore, unknown>
  /** As time does with the claim of a process that died. */
  readonly end: (process: number) => Effect.Effect<unknown, unknown>
}

const stores: { readonly [name: string]: Effect.Effect<Place, unknown, Scope.Scope> } = {
  file: Effect.map(directory, (directory): Place => {
    const file = `${directory}/tokens.json`
    return {
      process: { file },
      layer: Layer.provide(TokenStore.layerFile(file), NodeFileSystem.layer),
      end: () => Effect.void
    }
  }),
  SQLite: Effect.map(sqlitePlace, (place): Place => ({
    process: place.process,
    layer: layerOf(place),
    end: (process) => endClaims(place, process)
  })),
  PostgreSQL: Effect.map(postgresPlace, (place): Place => ({
    process: place.process,
    layer: layerOf(place),
    end: (process) => endClaims(place, process)
  }))
}

interface Outcome {
  /** What was not as promised. */
  readonly broken: ReadonlyArray<string>
  /** Whether Spotify had given the one that was killed a token that it hadn't kept, which nobody can bring back. */
  readonly isLostWithIt: boolean
  /** Whether it was hit while it had something to do. */
  readonly isInTime: boolean
  /** Whether it was stopped within a statement, which keeps everybody out of an SQLite file for as long. */
  readonly isBlocking?: boolean
}

const blocking: Outcome = { broken: [], isLostWithIt: false, isInTime: false, isBlocking: true }

/** The fake on a port of one process' own, so that it is known who was granted what. */
const serve = (spotify: FakeSpotify.Service) =>
  Effect.gen(function*() {
    const context = yield* Layer.build(
      Layer.fresh(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
    )
    const server = Context.get(context, HttpServer.HttpServer)
    const seen = { asked: 0, answered: 0, granted: 0 }
    yield* server.serve(Effect.gen(function*() {
      const { url } = yield* HttpServerRequest.HttpServerRequest
      if (!url.startsWith("/api/token")) return yield* spotify.httpApp
      // Also where whoever asked is gone: a refresh token that was rotated for nobody is over all the same.
      return yield* Effect.uninterruptible(Effect.suspend(() => {
        seen.asked++
        return Effect.onExit(spotify.httpApp, (exit) =>
          Effect.sync(() => {
            seen.answered++
            // An answer that ended with whoever asked may have been a token.
            if (Exit.isFailure(exit) || exit.value.status === 200) seen.granted++
          }))
      }))
    }))
    return { origin: HttpServer.formatAddress(server.address), seen }
  })

/** What a process said as it failed; nothing where it didn't. */
const failureOf = (process: StoreProcess) =>
  Effect.match(process.finished, {
    onFailure: ({ message }) => message.split("\n").slice(0, 2).join(" "),
    onSuccess: () => undefined
  })

const round = (makePlace: Effect.Effect<Place, unknown, Scope.Scope>, signal: "SIGKILL" | "SIGSTOP") =>
  Effect.gen(function*() {
    const place = yield* makePlace
    const spotify = yield* FakeSpotify.FakeSpotify
    const { store } = yield* Effect.map(Layer.build(place.layer), (context) => ({
      store: Context.get(context, TokenStore.TokenStore)
    }))
    const { refreshToken = Redacted.make("") } = yield* spotify.issueToken({ pkce: true })
    yield* store.set(key, TokenStore.fromRefreshToken(refreshToken))
    yield* spotify.failNext(FakeSpotify.slow(yield* Random.nextIntBetween(0, 200)), { on: { path: "/api/token" } })
    const ports = yield* Effect.replicateEffect(serve(spotify), 3)
    const processes = yield* Effect.forEach(ports, ({ origin }) => start(place.process, "call", key, origin, "20"), {
      concurrency: "unbounded"
    })
    const hit = yield* Random.nextIntBetween(0, 3)
    const [victim, port] = [processes[hit], ports[hit]]
    if (victim === undefined || port === undefined) return yield* Effect.dieMessage("three processes")
    const others = processes.filter((process) => process !== victim)
    yield* victim.said("calling")
    yield* pauseUpTo(250)
    const isInTime = ports.every(({ seen }) => seen.granted === 0)
    const tokenOf = Effect.map(store.get(key), Option.flatMapNullable(({ refreshToken }) => refreshToken))
    const wasKept = Effect.map(
      tokenOf,
      Option.exists((token) => Redacted.value(token) !== Redacted.value(refreshToken))
    )
    const broken: Array<string> = []
    if (signal === "SIGKILL") yield* victim.kill
    else yield* victim.signal("SIGSTOP")
    const wasKeptBefore = yield* wasKept
    if (signal === "SIGKILL") yield* place.end(victim.pid)
    const failures = yield* Effect.forEach(others, failureOf, { concurrency: "unbounded" })
    // The fake may have rotated its token already, and still be slow to say so.
    yield* Effect.sleep("5 millis").pipe(Effect.repeat({ until: () => port.seen.answered === port.seen.asked }))
    // What it was granted and hadn't kept, also after it was hit: what is in the store is over.
    const isLost = port.seen.granted > 0 && !wasKeptBefore
    const failure = failures.find((failure) => failure !== undefined)
    if (!isLost && failure !== undefined) {
      if (signal === "SIGSTOP" && /database is locked/.test(failure)) return blocking
      broken.push(`a call failed in a process that was left alone: ${failure}`)
    }
    if (signal === "SIGSTOP") {
      yield* victim.signal("SIGCONT")
      // Its own answer may have come too late for its requests.
      yield* Effect.exit(victim.finished)
    }
    const granted = ports.reduce((sum, { seen }) => sum + seen.granted, 0)
    if (!(isLost && signal === "SIGKILL")) {
      if (!(yield* wasKept)) broken.push("the store ends with a token that is over")
      // A new process, with what is kept.
      const refusal = yield* Effect.flatMap(
        start(place.process, "refresh-session", key, ports[0]?.origin ?? ""),
        failureOf
      )
      if (refusal !== undefined) broken.push(`the token that the store ends with isn't taken: ${refusal}`)
      if (granted > 1 && !isLost) broken.push(`${granted} refreshes`)
    }
    return { broken, isInTime, isLostWithIt: isLost }
  }).pipe(
    Effect.scoped,
    Effect.catchIf(
      (error) => signal === "SIGSTOP" && error instanceof TokenStoreError && /is locked/.test(error.message),
      () => Effect.succeed(blocking)
    ),
    Effect.provide(Layer.fresh(FakeSpotify.layer({ refreshTokens: "rotate" }))),
    Effect.timeoutFail({ duration: "3 minutes", onTimeout: () => new Error("a round that doesn't end") })
  )

let failed = false
for (const [name, makePlace] of Object.entries(stores)) {
  if (only !== undefined && only !== name) continue
  for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
    let done = 0
    const outcomes = await Effect.runPromise(Effect.forEach(
      Array.from({ length: rounds }),
      () =>
        Effect.tap(Effect.exit(round(makePlace, signal)), () =>
          Effect.sync(() => {
            done++
            if (process.stdout.isTTY) process.stdout.write(`\r${name}, ${signal}: ${done} of ${rounds}`)
          })),
      { concurrency: atOnce }
    ))
    const all = outcomes.map((exit): Outcome =>
      Exit.isSuccess(exit)
        ? exit.value
        : { broken: [Cause.pretty(exit.cause)], isInTime: false, isLostWithIt: false }
    )
    const broken = all.flatMap(({ broken }) => broken)
    failed ||= broken.length > 0
    const blocked = all.filter(({ isBlocking }) => isBlocking === true).length
    const [inTime, lost] = [all.filter(({ isInTime }) => isInTime), all.filter(({ isLostWithIt }) => isLostWithIt)]
    console.log(
      `${
        process.stdout.isTTY ? "\r" : ""
      }${name}, ${signal}: ${rounds} rounds, ${inTime.length} before the refresh was done, ` +
        `${lost.length} between Spotify's answer and the store${
          blocked === 0 ? "" : `, ${blocked} within a statement of SQLite, which waited for it`
        }`
    )
    for (const what of broken) console.error(`BROKEN    ${what}`)
  }
}
await stopPostgres?.()
removeFolder()
process.exit(failed ? 1 : 0)
