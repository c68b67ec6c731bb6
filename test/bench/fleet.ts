/** Several processes of an app under one budget of ten requests a second. */
import { Effect, Exit, Layer, ManagedRuntime, Scope } from "effect"
import * as Tracks from "effect-spotify/Tracks"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { hasRedis, makeRedis } from "../budget/redisServer.js"
import startPostgres from "../utils/postgresCluster.js"
import { clientLayer, trackId } from "./contenders.js"
import type { Result, Task } from "./fleetChild.js"
import { budgetLayer, type Engine } from "./fleetEngine.js"
import { interleaved, median, ratio } from "./measure.js"
import type { Server } from "./spotify.js"

const calls = 400
const atOnce = 25
const perSecond = 10
/** What may go at once needs no time. */
const idealOf = (calls: number) => (calls - perSecond) / perSecond

interface Measured {
  /** Of the processes, against the ideal. */
  readonly slowest: number
  readonly fastest: number
  readonly refused: number
  readonly failed: number
}

export interface FleetRow {
  readonly work: string
  readonly measure: string
  readonly value: number
  /** Measured once, before there was a shared budget. */
  readonly before: string
  readonly target: number
  readonly isAtLeast: boolean
  readonly digits: number
}

interface Run {
  readonly processes: number
  readonly isTold: boolean
  readonly engine?: Omit<Engine, "key"> | undefined
  /** What happens so many seconds after the beginning. */
  readonly during?: { readonly seconds: number; readonly act: (pids: ReadonlyArray<number>) => void }
}

const begin = (task: Task) => {
  const child = fork(fileURLToPath(new URL("./fleetChild.js", import.meta.url)), [JSON.stringify(task)], {
    // What a client says of an engine that is away is no news here.
    stdio: ["ignore", "ignore", "inherit", "ipc"]
  })
  let ready = () => {}
  const isReady = new Promise<void>((resolve) => ready = resolve)
  const result = new Promise<Result>((resolve, reject) => {
    child.on("message", (message: "ready" | Result) => message === "ready" ? ready() : resolve(message))
    child.on("exit", (code) => reject(new Error(`a process of the fleet ended with ${code}`)))
  })
  return { pid: child.pid ?? 0, isReady: Promise.race([isReady, result]), result, go: () => child.send("go") }
}

let runs = 0

const run = async (server: Server, { during, engine, isTold, processes }: Run): Promise<Measured> => {
  const { origin, refused } = await server.limited()
  const key = `fleet-${++runs}`
  const children = Array.from({ length: processes }, () =>
    begin({
      origin,
      calls: calls / processes,
      atOnce,
      engine: engine === undefined ? undefined : { ...engine, key },
      options: isTold ? { requestsPer: [perSecond, "1 second"] } : {}
    }))
  await Promise.all(children.map(({ isReady }) => isReady))
  for (const { go } of children) go()
  const timer = during === undefined
    ? undefined
    : setTimeout(() => during.act(children.map(({ pid }) => pid)), during.seconds * 1000)
  const settled = await Promise.allSettled(children.map(({ result }) => result))
  clearTimeout(timer)
  const results = settled.flatMap((result) => result.status === "fulfilled" ? [result.value] : [])
  const seconds = results.map(({ seconds }) => seconds)
  return {
    slowest: Math.max(...seconds) / idealOf(calls),
    fastest: Math.min(...seconds) / idealOf(calls),
    refused: await refused(),
    failed: results.reduce((sum, { failed }) => sum + failed, 0)
  }
}

/** The CPU of a call whose budget is in Redis, without a limit, against that of one without a shared budget. */
const cpuOf = async (server: Server, url: string, rounds: number): Promise<number> => {
  const runtimeOf = (layer: ReturnType<typeof clientLayer>) => ManagedRuntime.make(layer)
  const client = clientLayer(server.fast, UndiciTransport.layer)
  const alone = runtimeOf(client)
  const shared = runtimeOf(Layer.provide(client, budgetLayer({ kind: "redis", url, key: "cpu" })))
  const work = Effect.forEach(Array.from({ length: 3000 }), () => Tracks.get(trackId), {
    concurrency: 50,
    discard: true
  })
  const samples = await interleaved({
    alone: () => alone.runPromise(work),
    shared: () => shared.runPromise(work)
  }, rounds)
  await alone.dispose()
  await shared.dispose()
  return ratio(samples.shared, samples.alone)
}

/** When one of four is killed in its tenth second, the others do its part: what they have left, at the whole budget. */
const killedAt = 10
const idealOfRest = idealOf(calls * 3 / 4 + killedAt * perSecond / 4)

export const fleet = async (
  server: Server,
  rounds: number,
  say: (text: string) => void
): Promise<ReadonlyArray<FleetRow>> => {
  const rows: Array<FleetRow> = []
  const scope = Effect.runSync(Scope.make())
  const stopPostgres = await startPostgres()
  const postgres = process.env["TEST_DATABASE_URL"]
  const redis = hasRedis ? await Effect.runPromise(Scope.extend(makeRedis(), scope)) : undefined
  if (redis === undefined) say("no redis-server here: its rows are left out")
  if (postgres === undefined) say("no PostgreSQL here: its rows are left out (TEST_DATABASE_URL names one)")

  const add = (
    work: string,
    measure: string,
    value: number,
    target: number,
    { before = "", digits = 2, isAtLeast = false }: Partial<FleetRow> = {}
  ) => rows.push({ work, measure, value, target, before, digits, isAtLeast })

  const medianOf = async (name: string, options: Run): Promise<Measured> => {
    const all: Array<Measured> = []
    for (let round = 0; round < rounds; round++) all.push(await run(server, options))
    const of = (value: (measured: Measured) => number) => median(all.map(value))
    const measured = {
      slowest: of(({ slowest }) => slowest),
      fastest: of(({ fastest }) => fastest),
      refused: of(({ refused }) => refused),
      failed: Math.max(...all.map(({ failed }) => failed))
    }
    say(
      `${name}: ${
        all.map(({ fastest, refused, slowest }) => `${fastest.toFixed(2)}–${slowest.toFixed(2)}, ${refused} × 429`)
          .join("; ")
      }`
    )
    return measured
  }

  const alone = await medianOf("4 processes, no shared budget, left to learn", { processes: 4, isTold: false })
  add("4 processes, no shared budget, left to learn", "wall of the slowest against the ideal", alone.slowest, 1.25, {
    before: "1.60"
  })

  const engines = [
    ...(redis === undefined ? [] : [{ name: "Redis", engine: { kind: "redis", url: redis.url } as const }]),
    ...(postgres === undefined ? [] : [{ name: "PostgreSQL", engine: { kind: "postgres", url: postgres } as const }])
  ]
  let undisturbed = 0
  for (const { engine, name } of engines) {
    const toldWork = `4 processes, a budget in ${name}, told`
    const told = await medianOf(toldWork, { processes: 4, isTold: true, engine })
    add(toldWork, "answers 429", told.refused, 4, { before: "31", digits: 0 })
    add(toldWork, "wall of the slowest against the ideal", told.slowest, 1.08, { before: "1.99" })
    add(toldWork, "wall of the fastest against the ideal", told.fastest, 0.85, { before: "0.56", isAtLeast: true })
    const learnedWork = `4 processes, a budget in ${name}, left to learn`
    const learned = await medianOf(learnedWork, { processes: 4, isTold: false, engine })
    add(learnedWork, "answers 429", learned.refused, 40, { before: "80", digits: 0 })
    add(learnedWork, "wall of the slowest against the ideal", learned.slowest, 1.15, { before: "1.60" })
    if (undisturbed === 0) undisturbed = learned.refused
    const killed = await medianOf(`${name}, one of four killed`, {
      processes: 4,
      isTold: true,
      engine,
      during: { seconds: killedAt, act: ([pid = 0]) => void process.kill(pid, "SIGKILL") }
    })
    add(
      `4 processes, a budget in ${name}, told; one is killed`,
      "seconds that the others take longer than its part needs",
      killed.slowest * idealOf(calls) - idealOfRest * 1.06,
      2,
      { digits: 1 }
    )
  }
  if (redis !== undefined) {
    const during = {
      seconds: 10,
      act: () => {
        void Effect.runPromise(redis.stop)
        setTimeout(() => void Effect.runPromise(redis.start), 10_000)
      }
    }
    const engine = { kind: "redis", url: redis.url } as const
    for (const isTold of [true, false]) {
      const work = `4 processes, ${isTold ? "told" : "left to learn"}; Redis is away for ten seconds`
      const stopped = await medianOf(work, { processes: 4, isTold, engine, during })
      add(work, "calls that failed", stopped.failed, 0, { digits: 0 })
      add(work, "answers 429", stopped.refused, isTold ? 4 : undisturbed * 3, { digits: 0 })
    }
    add(
      "`Tracks.get`, 50 at once, no limit, a budget in Redis",
      "CPU against a gate alone",
      await cpuOf(server, redis.url, 9),
      1.1
    )
  }
  await Effect.runPromise(Scope.close(scope, Exit.void))
  await stopPostgres?.()
  return rows
}
