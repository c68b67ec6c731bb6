/** One process of a fleet: as many calls as it is told to make, as fast as the budget that it shares with others allows. */
import { Effect, Layer, ManagedRuntime } from "effect"
import type { RateBudget } from "effect-spotify/RateBudget"
import type * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as Tracks from "effect-spotify/Tracks"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { clientLayer, trackId } from "./contenders.js"
import { budgetLayer, type Engine } from "./fleetEngine.js"
import { sample } from "./measure.js"

export interface Task {
  readonly origin: string
  readonly calls: number
  readonly atOnce: number
  readonly options: SpotifyClient.Options
  readonly engine: Engine | undefined
}

export interface Result {
  readonly seconds: number
  readonly cpu: number
  readonly failed: number
  readonly failure: string
}

const task = JSON.parse(process.argv[2] ?? "") as Task

const budget: Layer.Layer<RateBudget> | undefined = task.engine === undefined ? undefined : budgetLayer(task.engine)
const client = clientLayer(task.origin, UndiciTransport.layer, { maxRateLimitRetries: 1000, ...task.options })
const runtime = ManagedRuntime.make(budget === undefined ? client : Layer.provide(client, budget))

let failed = 0
let failure = ""
const call = Effect.catchAll(Tracks.get(trackId), (error) =>
  Effect.sync(() => {
    failed++
    failure = error.message
  }))
const work = (calls: number) =>
  Effect.forEach(Array.from({ length: calls }), () => call, { concurrency: task.atOnce, discard: true })

// Connected before it begins, so that what is measured is the work.
await runtime.runtime()

process.once("message", () => {
  void (async () => {
    const { cpu, wall } = await sample(() => runtime.runPromise(work(task.calls)))
    await runtime.dispose()
    process.send?.({ seconds: wall / 1000, cpu, failed, failure } satisfies Result)
    process.disconnect()
  })()
})
process.send?.("ready")
