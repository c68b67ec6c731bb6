/** A burst of refreshes: the tokens of many users are over, and all of them call at once. */
import { fork } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"
import startPostgres from "../utils/postgresCluster.js"
import type { Result, Task } from "./burstChild.js"
import { median } from "./measure.js"
import type { TokenServerSeen } from "./tokenServer.js"

/** What the token endpoint takes for an answer, in milliseconds, and how many calls are under way at once. */
const latency = 100
const atOnce = 64

export interface BurstRow {
  readonly work: string
  readonly measure: string
  readonly value: number
  /** In the release before, measured once. */
  readonly before: string
  readonly target: number
  readonly digits: number
  readonly unit: string
}

const childOf = (file: string, args: ReadonlyArray<string>) =>
  fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: ["--expose-gc"] })

const startServer = async (latency: number) => {
  const child = childOf("./tokenServer.js", [String(latency)])
  const told = <A>() => new Promise<A>((resolve) => child.once("message", (message) => resolve(message as A)))
  const { port } = await told<{ readonly port: number }>()
  return {
    origin: `http://127.0.0.1:${port}`,
    seen: () => {
      const answer = told<TokenServerSeen>()
      child.send("seen")
      return answer
    },
    stop: () => child.disconnect()
  }
}

/** Starts a process, which says when it is ready and works when it is told to. */
const begin = (task: Task) => {
  const child = childOf("./burstChild.js", [JSON.stringify(task)])
  let ready = () => {}
  const isReady = new Promise<void>((resolve) => ready = resolve)
  const result = new Promise<Result>((resolve, reject) => {
    child.on("message", (message: "ready" | Result) => message === "ready" ? ready() : resolve(message))
    child.on("exit", (code) => reject(new Error(`${JSON.stringify(task)} ended with ${code}`)))
  })
  return {
    isReady: Promise.race([isReady, result]),
    result: () => {
      child.send("go")
      return result
    }
  }
}

export const burst = async (rounds: number, say: (text: string) => void): Promise<ReadonlyArray<BurstRow>> => {
  const directory = await mkdtemp(`${tmpdir()}/effect-spotify-bench-`)
  const stopPostgres = await startPostgres()
  const postgres = process.env["TEST_DATABASE_URL"]
  if (postgres === undefined) say("no PostgreSQL here: its rows are left out (TEST_DATABASE_URL names one)")
  const server = await startServer(latency)
  const slow = await startServer(1000)
  let tasks = 0

  /** The same work in so many processes, and what each exchange should have been: one for each user. */
  const run = async (
    store: Task["store"],
    users: number,
    more: { readonly processes?: number; readonly isSlow?: boolean } & Partial<Task> = {}
  ): Promise<ReadonlyArray<Result>> => {
    const { isSlow = false, processes = 1, ...rest } = more
    const endpoint = isSlow ? slow : server
    const n = ++tasks
    const place = store === "postgres" ? postgres ?? "" : `${directory}/tokens-${n}.${store}`
    const children = Array.from(
      { length: processes },
      (_, i) => begin({ store, place, endpoint: endpoint.origin, name: `user-${n}-${i}`, users, atOnce, ...rest })
    )
    await Promise.all(children.map(({ isReady }) => isReady))
    await endpoint.seen()
    const results = await Promise.all(children.map(({ result }) => result()))
    const seen = await endpoint.seen()
    const failed = results.reduce((sum, { failed }) => sum + failed, 0)
    const failure = results.map(({ failure }) => failure).find((text) => text !== "")
    say(
      `${store}, ${processes} × ${users}: ${results.map(({ wall }) => `${(wall / 1000).toFixed(1)} s`).join(", ")}, ` +
        `${seen.exchanges} exchanges, ${seen.mostInFlight} in flight, ${failed} failed${
          failure === undefined ? "" : `: ${failure.slice(0, 300)}`
        }`
    )
    if (seen.exchanges !== users * processes) say(`  ${seen.exchanges} exchanges for ${users * processes} users`)
    return results
  }

  /** The median of the rounds. */
  const medianOf = (results: ReadonlyArray<Result>, of: (result: Result) => number) => median(results.map(of))
  const toIdeal = (users: number) => ({ wall }: Result) => wall / (Math.ceil(users / atOnce) * latency)

  const memory: Array<Result> = []
  const pool: Array<Result> = []
  const sqlite: Array<Result> = []
  const other: Array<Result> = []
  const file: Array<Result> = []
  const twoWorst: Array<number> = []
  const slowly: Array<Result> = []
  for (let round = 0; round < rounds; round++) {
    memory.push(...await run("memory", 1000))
    if (postgres !== undefined) {
      pool.push(...await run("postgres", 1000, { beside: "select 1" }))
      slowly.push(...await run("postgres", 700, { isSlow: true, atOnce: "unbounded" }))
    }
    sqlite.push(...await run("sqlite", 1000))
    other.push(...await run("sqlite", 150, { beside: "authorizeUrl" }))
    file.push(...await run("file", 1000))
    twoWorst.push(Math.max(...(await run("sqlite", 700, { processes: 2 })).map(({ worstCall }) => worstCall)))
  }
  server.stop()
  slow.stop()
  await stopPostgres?.()
  await rm(directory, { recursive: true, force: true })

  const thousand = "1,000 users"
  const same = "the same"
  const ideal = "wall against the ideal"
  const times = { digits: 2, unit: "" }
  const millis = { digits: 0, unit: " ms" }
  const memoryRow: BurstRow = {
    work: `${thousand}, memory`,
    measure: ideal,
    value: medianOf(memory, toIdeal(1000)),
    before: "1.5",
    target: 1.6,
    ...times
  }
  const memoryBlock: BurstRow = {
    work: same,
    measure: "longest block of the event loop",
    value: medianOf(memory, ({ longestBlock }) => longestBlock),
    before: "",
    target: 50,
    ...millis
  }
  const postgresRows = (): ReadonlyArray<BurstRow> => [
    {
      work: `${thousand}, PostgreSQL, pool of 10`,
      measure: ideal,
      value: medianOf(pool, toIdeal(1000)),
      before: "8.2",
      target: 1.6,
      ...times
    },
    {
      work: same,
      measure: "an unrelated `select 1` on the pool, median",
      value: medianOf(pool, ({ beside }) => beside.median),
      before: "343 ms",
      target: 3,
      digits: 1,
      unit: " ms"
    },
    {
      work: same,
      measure: "an unrelated `select 1` on the pool, worst",
      value: medianOf(pool, ({ beside }) => beside.worst),
      before: "842 ms",
      target: 30,
      ...millis
    },
    {
      work: same,
      measure: "CPU a user, against memory",
      value: medianOf(pool, ({ cpu }) => cpu) / medianOf(memory, ({ cpu }) => cpu),
      before: "3.5",
      target: 2,
      ...times
    },
    {
      work: "700 users at once, an endpoint of 1 s, PostgreSQL, pool of 10",
      measure: "calls that failed",
      value: Math.max(...slowly.map(({ failed }) => failed)),
      before: "109",
      target: 0,
      digits: 0,
      unit: ""
    }
  ]
  return [
    memoryRow,
    memoryBlock,
    ...(postgres === undefined ? [] : postgresRows()),
    {
      work: `${thousand}, SQLite`,
      measure: ideal,
      value: medianOf(sqlite, toIdeal(1000)),
      before: "95",
      target: 2,
      ...times
    },
    {
      work: "150 users, SQLite",
      measure: "another user's `authorizeUrl`, worst",
      value: medianOf(other, ({ beside }) => beside.worst),
      before: "7,000 ms",
      target: 100,
      ...millis
    },
    {
      work: "two processes, 700 users each, one SQLite file",
      measure: "the call that took longest",
      value: median(twoWorst) / 1000,
      before: "84 s",
      target: 6,
      digits: 1,
      unit: " s"
    },
    {
      work: `${thousand}, one token file`,
      measure: ideal,
      value: medianOf(file, toIdeal(1000)),
      before: "54",
      target: 3,
      ...times
    },
    {
      work: same,
      measure: "longest block of the event loop",
      value: medianOf(file, ({ longestBlock }) => longestBlock),
      before: "980 ms",
      target: 50,
      ...millis
    }
  ]
}
