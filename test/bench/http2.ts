/**
 * HTTP/2 against HTTP/1.1 over TLS, as Spotify's host speaks both: the same transport on two dispatchers of undici, one of
 * which may negotiate `h2`.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, ManagedRuntime, Stream } from "effect"
import * as Library from "effect-spotify/Library"
import * as Paging from "effect-spotify/Paging"
import * as Tracks from "effect-spotify/Tracks"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Agent } from "undici"
import { library } from "./bodies.js"
import { clientLayer, trackId } from "./contenders.js"
import { interleaved, median, ratio, type Sample } from "./measure.js"

interface Seen {
  readonly connections: number
  readonly protocols: ReadonlyArray<string>
}

const startServer = async () => {
  const child = fork(fileURLToPath(new URL("./tlsServer.js", import.meta.url)), { execArgv: [] })
  const told = <A>() => new Promise<A>((resolve) => child.once("message", (message) => resolve(message as A)))
  const started = await told<{ readonly certificate: string; readonly ports: ReadonlyArray<number> }>()
  return {
    ...started,
    /** What came since the last question. */
    seen: () => {
      const answer = told<Seen>()
      child.send("seen")
      return answer
    },
    stop: () => child.disconnect()
  }
}

const calls = 1500
const wall = ({ wall }: Sample): number => wall

export const http2 = async (rounds: number) => {
  const server = await startServer()
  const rows = []
  for (const [i, latency] of [0, 50].entries()) {
    const origin = `https://localhost:${server.ports[i]}`
    const runtimeOf = (options: Agent.Options) => {
      const dispatcher = Layer.scoped(
        NodeHttpClient.Dispatcher,
        Effect.acquireRelease(
          Effect.sync(() => new Agent({ ...options, connect: { ca: server.certificate } })),
          (agent) => Effect.promise(() => agent.destroy())
        )
      )
      return ManagedRuntime.make(
        clientLayer(origin, Layer.provide(UndiciTransport.layerWithoutDispatcher, dispatcher))
      )
    }
    const works = {
      "`Tracks.get`, 50 at once": Effect.forEach(Array.from({ length: calls }), () => Tracks.get(trackId), {
        concurrency: 50,
        discard: true
      }),
      "10,000 saved tracks, 8 at once": Effect.flatMap(
        Stream.runCount(Paging.stream(Library.tracks, { concurrency: 8 })),
        (count) => count === library ? Effect.void : Effect.die(`${count} of ${library} tracks`)
      )
    }
    for (const [work, effect] of Object.entries(works)) {
      const runtimes = {
        one: runtimeOf({ allowH2: false }),
        two: runtimeOf({ allowH2: true }),
        shared: runtimeOf({ allowH2: true, connections: 1, pipelining: 100 })
      }
      await server.seen()
      const seen: Array<Seen> = []
      for (const runtime of Object.values(runtimes)) {
        await runtime.runPromise(effect)
        seen.push(await server.seen())
      }
      const samples = await interleaved({
        one: () => runtimes.one.runPromise(effect),
        two: () => runtimes.two.runPromise(effect),
        shared: () => runtimes.shared.runPromise(effect)
      }, rounds)
      for (const runtime of Object.values(runtimes)) await runtime.dispose()
      const all = [samples.one, samples.two, samples.shared]
      rows.push(...all.map((own, i) => ({
        work: `${work}, ${latency} ms away`,
        how: `${seen[i]?.protocols.join()}${i === 2 ? ", `connections: 1, pipelining: 100`" : ""}`,
        connections: seen[i]?.connections ?? 0,
        seconds: median(own.map(wall)) / 1000,
        wall: ratio(own, samples.one, wall),
        cpu: ratio(own, samples.one)
      })))
    }
  }
  server.stop()
  return rows
}
