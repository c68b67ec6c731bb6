/** The fleet: its database, its Spotify, its workers, and the jobs that they are given. */
import { ClusterWorkflowEngine } from "@effect/cluster"
import { NodeClusterSocket } from "@effect/platform-node"
import { Effect, Layer, Logger, LogLevel, Redacted, Schedule, Schema } from "effect"
import { TokenStore } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Database from "./database.js"
import { freePort } from "./freePort.js"
import { sharding } from "./sharding.js"
import type { Budget, Person } from "./spotify.js"
import { Task, type Told } from "./task.js"
import { ExportLibrary, UpdatePlaylist } from "./workflows.js"

export interface Options {
  /** The name of this run: letters, digits and `_`. */
  readonly run: string
  readonly people: ReadonlyArray<Person>
  readonly workers: number
  /** What the workers are told of what Spotify allows. */
  readonly budget: Budget
  /** The PostgreSQL in which the run's database is created. */
  readonly server: string
  /** The program of a worker; `worker.ts` unless said. */
  readonly program?: string | undefined
}

export interface Worker {
  readonly pid: number
  told: Told | undefined
}

/** What has come of the jobs so far. */
export interface Done {
  exported: number
  tracks: number
  updated: number
  readonly failures: Array<string>
}

const ended = (child: ChildProcess) =>
  Effect.async<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) resume(Effect.void)
    else child.once("exit", () => resume(Effect.void))
  })

/** One worker until it ends. */
const work = ({ program }: Options, task: Omit<typeof Task.Type, "port">, workers: Map<number, Worker>) =>
  Effect.scoped(Effect.gen(function*() {
    const argument = yield* Schema.encode(Task)({ ...task, port: yield* freePort })
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        fork(program ?? fileURLToPath(new URL("./worker.ts", import.meta.url)), [argument], {
          // What they log is no part of the table.
          stdio: ["ignore", 2, 2, "ipc"]
        })
      ),
      (child) =>
        Effect.sync(() => child.kill()).pipe(
          Effect.zipRight(ended(child)),
          Effect.timeoutTo({ duration: "10 seconds", onSuccess: () => true, onTimeout: () => child.kill("SIGKILL") })
        )
    )
    const worker: Worker = { pid: child.pid ?? 0, told: undefined }
    child.on("message", (told: Told) => {
      worker.told = told
    })
    yield* Effect.acquireRelease(
      Effect.sync(() => workers.set(worker.pid, worker)),
      () => Effect.sync(() => workers.delete(worker.pid))
    )
    yield* ended(child)
  }))

/** Starts a fleet that ends with the scope. `finished` gives it the jobs, and waits until all of them are done. */
export const start = (options: Options) =>
  Effect.gen(function*() {
    const { people, run } = options
    const spotify = yield* FakeSpotify.FakeSpotify
    const database = yield* Database.forRun(options.server, run)

    // A member of the cluster that sends jobs and does none.
    const client = yield* Layer.build(
      ClusterWorkflowEngine.layer.pipe(
        Layer.provide(NodeClusterSocket.layer({ clientOnly: true, storage: "sql", shardingConfig: sharding })),
        Layer.merge(TokenStoreSql.layer()),
        Layer.provideMerge(Database.layer(database)),
        Layer.provide(Logger.minimumLogLevel(LogLevel.Warning))
      )
    )

    yield* Effect.provide(
      Effect.gen(function*() {
        yield* Database.createTables
        const store = yield* TokenStore.TokenStore
        yield* Effect.forEach(people, ({ id }) =>
          Effect.gen(function*() {
            const { refreshToken = Redacted.make("") } = yield* spotify.issueToken({ user: id })
            yield* store.set(id, TokenStore.fromRefreshToken(refreshToken))
          }), { concurrency: 5, discard: true })
      }),
      client
    )

    const workers = new Map<number, Worker>()
    let started = 0
    const { accountsUrl, apiUrl } = spotify
    const { budget } = options
    const place = Effect.suspend(() => {
      started++
      return work(options, { database, accountsUrl, apiUrl, budget }, workers)
    })
    // Another one in its place, whatever it was that ended it; not at once, since it may be what ends each of them.
    yield* Effect.forEach(
      Array.from({ length: options.workers }),
      () => Effect.forkScoped(Effect.forever(Effect.zipLeft(place, Effect.sleep("1 second")))),
      { discard: true }
    )

    yield* Effect.forkScoped(Effect.provide(Effect.repeat(Database.readAgain, Schedule.spaced("5 seconds")), client))

    const done: Done = { exported: 0, tracks: 0, updated: 0, failures: [] }
    const job = ({ id: user, playlist }: Person) =>
      Effect.gen(function*() {
        const tracks = yield* ExportLibrary.execute({ run, user })
        done.tracks += tracks
        done.exported++
        yield* UpdatePlaylist.execute({ run, user, playlist })
        done.updated++
      }).pipe(Effect.catchAll(({ message }) => Effect.sync(() => done.failures.push(`${user}: ${message}`))))

    return {
      spotify,
      database,
      workers,
      done,
      started: () => started,
      finished: Effect.provide(Effect.forEach(people, job, { concurrency: "unbounded", discard: true }), client)
    }
  })

export type Fleet = Effect.Effect.Success<ReturnType<typeof start>>
