/**
 * What 10,000 users cost in one process: `node --expose-gc --import tsx test/bench/users.ts [runs] [users]`.
 *
 * Each run is a process of its own, against a local server that holds its answers back. The heap is what is left after
 * garbage collection, with what is outside of it (`external`); the baseline is a process that has served 500 users.
 */
import { FetchHttpClient } from "@effect/platform"
import { LibsqlClient } from "@effect/sql-libsql"
import { DateTime, Deferred, Effect, Fiber, Layer, ManagedRuntime, Redacted } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as SpotifySessions from "effect-spotify/SpotifySessions"
import * as TokenStore from "effect-spotify/TokenStore"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import * as Tracks from "effect-spotify/Tracks"
import { build } from "esbuild"
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"
import { track } from "./bodies.js"
import { median } from "./measure.js"

const warmUp = 500
const trackId = "7EjyzZcbLxW7PaaLua9Ksb"

const scenarios = {
  stored: "signed in, no session in memory",
  dropped: "session made, used and dropped",
  idle: "session not used any more and not yet dropped",
  held: "session held and idle",
  queued: "a call at work, 64 on their way (the default)",
  flying: "a call at work, all on their way"
} as const

type Scenario = keyof typeof scenarios
const stores = ["memory", "SQLite"] as const

interface Task {
  readonly scenario: Scenario
  readonly store: (typeof stores)[number]
  readonly users: number
}

interface Figures {
  readonly heap: number
  readonly rss: number
}

const isRole = (role: string): boolean => process.argv[2] === role

/** Says its port; answers at once, or holds back what comes until it is told to go on. */
const serve = async () => {
  const body = Buffer.from(JSON.stringify(track(0, 10, 0)))
  const held: Array<ServerResponse> = []
  let holds = false
  const answer = (response: ServerResponse) =>
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body)
  const server = createServer((_, response) => {
    if (!holds) answer(response)
    else if (held.push(response) === 1 || held.length % 64 === 0) process.send?.({ held: held.length })
  })
  server.keepAliveTimeout = 120_000
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 })
  await once(server, "listening")
  process.on("message", (message) => {
    holds = message === "hold"
    if (!holds) held.splice(0).forEach(answer)
  })
  process.on("disconnect", () => process.exit(0))
  process.send?.({ port: (server.address() as AddressInfo).port })
}

const pause = (millis: number) => new Promise<void>((done) => setTimeout(done, millis))

const memory = Effect.promise(async (): Promise<Figures> => {
  for (let i = 0; i < 6; i++) {
    globalThis.gc?.()
    await pause(50)
  }
  const { external, heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed + external, rss }
})

const names = (from: number, users: number) => Array.from({ length: users }, (_, i) => `user-${from + i}`)

const signIn = (users: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const store = yield* TokenStore.TokenStore
    // As long as Spotify's. Decoded from bytes, since V8 keeps the parts of a concatenation.
    const text = (key: string, length: number) => Redacted.make(Buffer.from(key.padEnd(length, "x")).toString("latin1"))
    yield* store.withLock(
      "seed",
      Effect.forEach(users, (key) =>
        store.set(key, {
          accessToken: text(`a-${key}`, 220),
          refreshToken: text(`r-${key}`, 131),
          expiresAt: DateTime.unsafeMake(Date.now() + 3_600_000),
          scopes: ["user-library-read", "user-top-read"],
          authorizedAt: DateTime.unsafeMake(Date.now())
        }), { discard: true })
    )
  })

const use = (users: ReadonlyArray<string>) =>
  Effect.forEach(users, (key) => SpotifySessions.withUser(SpotifySession.accessToken, key), {
    concurrency: 16,
    discard: true
  })

const call = (key: string) => SpotifySessions.withUser(Tracks.get(trackId), key)

const isWaiting = (calls: number) =>
  Effect.repeat(
    Effect.zipRight(Effect.sleep("50 millis"), SpotifyClient.status),
    { until: ({ inFlight, waiting }) => inFlight + waiting === calls }
  )

const program = ({ scenario, users }: Task, server: ChildProcess, isHeld: (requests: number) => Promise<void>) =>
  Effect.gen(function*() {
    const warm = names(0, warmUp)
    const all = names(warmUp, users)
    yield* signIn(warm)
    yield* use(warm)
    yield* Effect.forEach(warm, call, { concurrency: 16, discard: true })
    // Each answer lets one more be on its way.
    if (scenario === "flying") {
      yield* Effect.forEach(Array.from({ length: users }), () => call("user-0"), { concurrency: 64, discard: true })
    }
    yield* Effect.sleep("3 seconds")
    const before = yield* memory

    yield* signIn(all)
    switch (scenario) {
      case "stored":
        return [before, yield* memory] as const
      case "idle":
        yield* use(all)
        return [before, yield* memory] as const
      case "dropped":
        yield* use(all)
        yield* Effect.sleep("3 seconds")
        return [before, yield* memory] as const
      case "held": {
        const sessions = yield* SpotifySessions.SpotifySessions
        return yield* Effect.scoped(Effect.gen(function*() {
          for (const key of all) yield* Effect.flatMap(sessions.get(key), (session) => session.accessToken)
          return [before, yield* memory] as const
        }))
      }
      case "queued":
      case "flying": {
        server.send("hold")
        const go = yield* Deferred.make<void>()
        const fibers = yield* Effect.fork(
          Effect.forEach(all, (key) => Effect.zipRight(Deferred.await(go), call(key)), {
            concurrency: "unbounded",
            discard: true
          })
        )
        yield* Deferred.succeed(go, undefined)
        yield* isWaiting(users)
        yield* Effect.promise(() => isHeld(scenario === "queued" ? 64 : users))
        const after = yield* memory
        server.send("go on")
        yield* Fiber.join(fibers)
        return [before, after] as const
      }
    }
  })

const run = async (task: Task) => {
  const server = fork(fileURLToPath(import.meta.url), ["server"], { execArgv: [] })
  const [{ port }] = await once(server, "message") as [{ port: number }]
  let held = 0
  server.on("message", (message: { readonly held: number }) => {
    held = message.held
  })
  const isHeld = async (requests: number) => {
    while (true) {
      if (held + 64 > requests) return
      await pause(50)
    }
  }
  const directory = await mkdtemp(`${tmpdir()}/effect-spotify-bench-`)
  const store: Layer.Layer<TokenStore.TokenStore> = task.store === "memory"
    ? TokenStore.layerMemory
    : Layer.orDie(Layer.provide(TokenStoreSql.layer(), LibsqlClient.layer({ url: `file:${directory}/tokens.db` })))
  const layer = Layer.mergeAll(
    SpotifySessions.layerPkce({
      clientId: "client",
      redirectUri: "http://127.0.0.1:8888/callback",
      idleTimeToLive: task.scenario === "idle" ? "5 minutes" : "1 second"
    }),
    Layer.provide(
      SpotifyClient.layer({
        baseUrl: `http://127.0.0.1:${port}/v1`,
        timeout: "10 minutes",
        ...(task.scenario === "flying" ? { maxInFlight: task.users } : {})
      }),
      SpotifySession.layerToken({ accessToken: Redacted.make("app") })
    )
  ).pipe(Layer.provideMerge(store), Layer.provide(FetchHttpClient.layer))
  const runtime = ManagedRuntime.make(layer)
  const [before, after] = await runtime.runPromise(program(task, server, isHeld))
  await runtime.dispose()
  server.disconnect()
  await rm(directory, { recursive: true })
  process.send?.({
    heap: (after.heap - before.heap) / task.users,
    rss: (after.rss - before.rss) / task.users
  })
  process.disconnect()
}

const measure = async (file: string, task: Task): Promise<Figures> => {
  const child = fork(file, ["run", JSON.stringify(task)], { execArgv: ["--expose-gc"] })
  const ended = once(child, "exit")
  const [figures] = await Promise.race([
    once(child, "message") as Promise<[Figures]>,
    ended.then(([code]) => Promise.reject(new Error(`${JSON.stringify(task)} ended with ${code}`)))
  ])
  await ended
  return figures
}

/** As it is published, since tsx gives each function a name of its own, which takes as much memory again. */
const bundle = async (): Promise<string> => {
  const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
  const outfile = path("node_modules/.cache/effect-spotify/bench-users.mjs")
  await build({
    entryPoints: [fileURLToPath(import.meta.url)],
    outfile,
    tsconfig: path("tsconfig.json"),
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["@libsql/client", "esbuild"]
  })
  return outfile
}

const main = async () => {
  const file = await bundle()
  const runs = Number(process.argv[2] ?? 3)
  const users = Number(process.argv[3] ?? 10_000)
  const number = (bytes: number) => (Math.round(bytes / 10) * 10).toLocaleString("en")
  console.log(`Bytes per user, ${users.toLocaleString("en")} users in one process, medians of ${runs} runs.\n`)
  console.log(`| A user who is… | ${stores.map((store) => `${store}: heap | RSS`).join(" | ")} |`)
  console.log(`| --- |${" ---: |".repeat(stores.length * 2)}`)
  for (const scenario of Object.keys(scenarios) as Array<Scenario>) {
    const cells: Array<string> = []
    for (const store of stores) {
      const figures: Array<Figures> = []
      for (let i = 0; i < runs; i++) figures.push(await measure(file, { scenario, store, users }))
      cells.push(number(median(figures.map(({ heap }) => heap))), number(median(figures.map(({ rss }) => rss))))
    }
    console.log(`| ${scenarios[scenario]} | ${cells.join(" | ")} |`)
  }
}

if (isRole("server")) await serve()
else if (isRole("run")) await run(JSON.parse(process.argv[3] ?? "{}"))
else await main()
