import { Effect, ManagedRuntime } from "effect"
import type * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as Tracks from "effect-spotify/Tracks"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { clientLayer, trackId } from "./contenders.js"
import { officialSdk } from "./others.js"
import type { Server } from "./spotify.js"

const calls = 200
const atOnce = 50

/** Ten requests a second: what 200 of them take at least, less what may go at once. */
export const ideal = calls / 10

export interface BudgetResult {
  readonly seconds: number
  readonly refused: number
}

const timed = async (server: Server, work: (origin: string) => Promise<unknown>): Promise<BudgetResult> => {
  const { origin, refused } = await server.limited()
  const start = performance.now()
  await work(origin)
  return { seconds: (performance.now() - start) / 1000, refused: await refused() }
}

const ours = (options: SpotifyClient.Options) => async (origin: string): Promise<void> => {
  const runtime = ManagedRuntime.make(
    clientLayer(origin, UndiciTransport.layer, { maxRateLimitRetries: 1000, ...options })
  )
  await runtime.runPromise(
    Effect.forEach(Array.from({ length: calls }), () => Tracks.get(trackId), { concurrency: atOnce, discard: true })
  )
  await runtime.dispose()
}

/** The official SDK knows no waiting: this is what its users write. */
const official = async (origin: string): Promise<void> => {
  const api = officialSdk(origin)
  let left = calls
  const call = async (): Promise<unknown> =>
    api.track(trackId).catch(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      return call()
    })
  const loop = async (): Promise<void> => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: atOnce }, loop))
}

export const budget = async (server: Server) => ({
  told: await timed(server, ours({ requestsPer: [10, "1 second"] })),
  learned: await timed(server, ours({})),
  official: await timed(server, official)
})
