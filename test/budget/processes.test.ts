/** Processes of an app with one budget, against a server that counts what comes. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { Task } from "../utils/budgetChild.js"
import { bundled } from "../utils/bundle.js"
import { hasPostgres, postgresUrl, withPostgres } from "../utils/postgres.js"
import { hasRedis, makeRedis, withRedis } from "./redisServer.js"

const program = new URL("../utils/budgetChild.ts", import.meta.url)

interface Arrival {
  readonly at: number
  readonly token: string
  readonly isRefused: boolean
}

/** Allows so many requests a second, as many at once, and says `Retry-After: 1` to the others. */
const makeServer = (perSecond: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const arrivals: Array<Arrival> = []
      let left = perSecond
      let before = performance.now()
      const server = createServer((request, response) => {
        const now = performance.now()
        left = Math.min(perSecond, left + (now - before) / 1000 * perSecond)
        before = now
        const isRefused = left < 1
        if (!isRefused) left--
        arrivals.push({ at: now, token: request.headers.authorization ?? "", isRefused })
        response.writeHead(isRefused ? 429 : 200, { "content-type": "application/json", "retry-after": "1" })
        response.end(
          JSON.stringify(isRefused ? { error: { status: 429, message: "Too many requests" } } : { markets: [] })
        )
      })
      server.listen(0, "127.0.0.1")
      await once(server, "listening")
      const address = server.address()
      const port = typeof address === "object" ? address?.port ?? 0 : 0
      return { server, arrivals, api: `http://127.0.0.1:${port}/v1` }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

/** Starts a process, which is killed with the scope where it still runs. */
const start = (task: Task) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, [await bundled(program), JSON.stringify(task)], {
        stdio: ["ignore", "inherit", "inherit"]
      })
      return { child, ended: once(child, "exit") }
    }),
    ({ child }) => Effect.sync(() => void child.kill("SIGKILL"))
  )

type Process = Effect.Effect.Success<ReturnType<typeof start>>

const endOf = ({ ended }: Process) => Effect.map(Effect.promise(() => ended), ([code]) => code)

const inAnySecond = (times: ReadonlyArray<number>) =>
  Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length))

describe.each(
  [
    { engine: "redis", name: withRedis, isThere: hasRedis },
    { engine: "postgres", name: withPostgres, isThere: hasPostgres }
  ] as const
)("processes of one budget, $name", ({ engine, isThere }) => {
  const urlOf = engine === "redis" ? Effect.map(makeRedis(), ({ url }) => url) : Effect.succeed(postgresUrl)

  it.skipIf(!isThere)(
    "that were told it keep to it together, and one that is killed leaves its part to the others",
    () =>
      Effect.gen(function*() {
        const { api, arrivals } = yield* makeServer(20)
        const task = { api, engine, url: yield* urlOf, key: crypto.randomUUID(), perSecond: 20, calls: 40 }
        const children = yield* Effect.all([start(task), start(task), start(task)], { concurrency: 3 })
        while (arrivals.length < 30) yield* Effect.sleep(20)
        const [killed, ...others] = children
        killed.child.kill("SIGKILL")
        const killedAt = performance.now()
        expect(yield* Effect.all(others.map(endOf), { concurrency: 2 })).toEqual([0, 0])

        // What was late to leave may come with what was in time.
        expect(inAnySecond(arrivals.map(({ at }) => at))).toBeLessThanOrEqual(24)
        expect(arrivals.filter(({ isRefused }) => isRefused).length).toBeLessThanOrEqual(4)
        const counts = new Map<string, number>()
        for (const { token } of arrivals) counts.set(token, (counts.get(token) ?? 0) + 1)
        expect([...counts.values()].filter((count) => count >= 40)).toHaveLength(2)
        const later = arrivals.filter(({ at }) => at > killedAt + 2000)
        const end = Math.max(...arrivals.map(({ at }) => at))
        // Two thirds would be 13 a second.
        if (end > killedAt + 3000) expect(later.length / ((end - killedAt - 2000) / 1000)).toBeGreaterThan(15)
      }).pipe(Effect.scoped, Effect.runPromise)
  )
})
