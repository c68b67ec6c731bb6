/**
 * `npm run soak [transport]`: 50,000 calls, 200 at once, over tokens that soon end and a Spotify that fails in all ways.
 * Ends with 1 where a promise is broken: a rejection that nobody handles, a heap that grows, a token asked for without
 * need, a command that took effect twice, a call that fails for no reason.
 */
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { DateTime, Effect, Either, Layer, ManagedRuntime, Redacted } from "effect"
import * as FetchTransport from "effect-spotify/FetchTransport"
import * as Library from "effect-spotify/Library"
import * as Player from "effect-spotify/Player"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import type { SpotifyError } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as TokenStore from "effect-spotify/TokenStore"
import * as Tracks from "effect-spotify/Tracks"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Seen } from "./server.js"

const calls = 50_000
const atOnce = 200
/** The heap is looked at between portions, when no call is under way. */
const portions = 20

const transports: { readonly [name: string]: Layer.Layer<HttpClient.HttpClient> } = {
  UndiciTransport: UndiciTransport.layer,
  FetchTransport: FetchTransport.layer,
  layerUndici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer
}

const name = process.argv[2] ?? "UndiciTransport"
const transport = transports[name]
const { gc } = globalThis
if (transport === undefined) throw new Error(`one of ${Object.keys(transports).join(", ")}, not ${name}`)
if (gc === undefined) throw new Error("node --expose-gc is needed: npm run soak")

const broken: Array<string> = []
for (const event of ["unhandledRejection", "uncaughtException"] as const) {
  process.on(event, (cause: unknown) => broken.push(`${event}: ${String(cause)}`))
}

const child = fork(fileURLToPath(new URL("server.ts", import.meta.url)), { execArgv: ["--import", "tsx"] })
const told = <A>() => new Promise<A>((resolve) => child.once("message", (message) => resolve(message as A)))
const { port } = await told<{ readonly port: number }>()
const host = `http://127.0.0.1:${port}`

const runtime = ManagedRuntime.make(
  SpotifyClient.layer({ baseUrl: `${host}/v1`, timeout: "2 seconds", maxInFlight: atOnce }).pipe(
    Layer.provide(SpotifySession.layerAuthorizationCode({
      clientId: "id",
      clientSecret: Redacted.make("secret"),
      redirectUri: "http://127.0.0.1/callback",
      accountsUrl: host
    })),
    Layer.provide(TokenStore.layerMemoryWith({
      default: {
        accessToken: Redacted.make("token-0"),
        refreshToken: Redacted.make("refresh"),
        expiresAt: DateTime.unsafeMake(0),
        scopes: []
      }
    })),
    Layer.provide(transport)
  )
)

const idOf = (n: number) => String(n).padStart(22, "0")

const call = (n: number): Effect.Effect<unknown, SpotifyError, SpotifyClient.SpotifyClient> => {
  if (n % 10 === 0) return Player.next({ device_id: `command${n}` })
  return n % 10 < 3 ? Library.save({ uris: [`spotify:track:${idOf(n)}`] }) : Tracks.get(idOf(n))
}

const outcomes = new Map<string, number>()

const one = (n: number) =>
  Effect.map(Effect.either(call(n)), (result) => {
    const outcome = Either.isRight(result) ? "ok" : result.left._tag
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  })

const heapNow = async (): Promise<number> => {
  // Timers that let go of what is over come to their end first.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    gc()
  }
  return process.memoryUsage().heapUsed / 2 ** 20
}

const heaps: Array<number> = []
const size = calls / portions
const begin = performance.now()
for (let portion = 0; portion < portions; portion++) {
  const from = portion * size
  const start = performance.now()
  await runtime.runPromise(
    Effect.forEach(Array.from({ length: size }, (_, i) => from + i), one, { concurrency: atOnce, discard: true })
  )
  const seconds = (performance.now() - start) / 1000
  heaps.push(await heapNow())
  console.log(
    `${String(from + size).padStart(6)} calls  ${(size / seconds).toFixed(0).padStart(5)} a second  heap ${
      heaps.at(-1)?.toFixed(1)
    } MB`
  )
}
const seconds = (performance.now() - begin) / 1000

const answer = told<Seen>()
child.send("seen")
const seen = await answer
const status = await runtime.runPromise(SpotifyClient.status)
await runtime.dispose()
child.disconnect()

const settled = heaps.slice(portions / 5 - 1)
const [atFirst = 0] = settled
const growth = Math.max(...settled.map((heap) => Math.abs(heap / atFirst - 1)))
const share = (tag: string) => (outcomes.get(tag) ?? 0) / calls

const promise = (isKept: boolean, what: string) => {
  if (!isKept) broken.push(what)
}
promise(growth <= 0.1, `the heap changed by ${(growth * 100).toFixed(1)} % between 20 % and 100 % of the run`)
promise(seen.early === 0, `${seen.early} of ${seen.grants} tokens were asked for without need`)
promise(seen.strangers === 0, `${seen.strangers} requests had a token that was never granted`)
promise(seen.twice === 0, `${seen.twice} commands took effect twice`)
promise(status.inFlight === 0 && status.waiting === 0, `places are lost: ${JSON.stringify(status)}`)
promise([...outcomes.values()].reduce((a, b) => a + b, 0) === calls, "a call has no outcome")
// Commands aren't repeated, 403 and what can't be read are final: all else is repeated until it is well.
promise(share("ok") >= 0.99, `only ${(share("ok") * 100).toFixed(2)} % of the calls succeeded`)
const foreseen = ["ok", "ServerError", "TransportError", "DecodeError", "Forbidden"]
promise([...outcomes.keys()].every((tag) => foreseen.includes(tag)), "an error that nothing stands for")

console.log(`\n${name}: ${calls} calls, ${seen.requests} requests in ${seconds.toFixed(1)} s`)
console.log(`outcomes  ${JSON.stringify(Object.fromEntries(outcomes))}`)
console.log(`faults    ${JSON.stringify(seen.faults)}`)
console.log(`tokens    ${seen.grants} granted, ${seen.early} without need`)
console.log(`heap      ${atFirst.toFixed(1)} MB at 20 %, at most ${(growth * 100).toFixed(1)} % off until the end`)
for (const what of broken) console.error(`BROKEN    ${what}`)
process.exit(broken.length === 0 ? 0 : 1)
