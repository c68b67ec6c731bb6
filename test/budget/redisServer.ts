/** A Redis of a test's own, on a free port, that ends with the scope. */
import { Effect } from "effect"
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"

const isThere = (): boolean => {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

export const hasRedis = isThere()

/** For the name of a test that is skipped. */
export const withRedis = hasRedis ? "with Redis" : "with Redis (skipped: there is no redis-server here)"

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.on("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" ? address?.port ?? 0 : 0))
    })
  })

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: "127.0.0.1", port })
    socket.on("connect", () => {
      socket.destroy()
      resolve(true)
    }).on("error", () => resolve(false))
  })

export const makeRedis = (...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const port = await freePort()
      const folder = mkdtempSync(join(tmpdir(), "effect-spotify-redis-"))
      const run = async () => {
        const server = spawn(
          "redis-server",
          ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder, ...args],
          { stdio: "ignore" }
        )
        while (!(await answers(port)) && server.exitCode === null) await setTimeout(20)
        return server
      }
      let server = await run()
      const stop = async () => {
        if (server.exitCode !== null || server.signalCode !== null) return
        const ended = new Promise((resolve) => server.once("exit", resolve))
        server.kill("SIGKILL")
        await ended
      }
      return {
        port,
        url: `redis://127.0.0.1:${port}`,
        stop: Effect.promise(stop),
        start: Effect.promise(async () => {
          server = await run()
        }),
        /** It stands still, with its connections. */
        hold: Effect.sync(() => void server.kill("SIGSTOP")),
        goOn: Effect.sync(() => void server.kill("SIGCONT")),
        end: Effect.promise(async () => {
          await stop()
          rmSync(folder, { recursive: true, force: true })
        })
      }
    }),
    ({ end }) => end
  )
