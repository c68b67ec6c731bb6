/**
 * One budget for several processes of an app, here for two clients of one process. `npx tsx examples/guides/fleets.ts`
 */
import { Console, Duration, Effect, Fiber, Layer, Option } from "effect"
import { RateBudget, SpotifyClient, SpotifySession, Tracks } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

// In programs of several processes: RateBudgetRedis.layer or RateBudgetSql.layer, in each of them.
const BudgetLive = RateBudget.layerMemory({ key: "my-client-id" })

const SessionLive = Layer.unwrapEffect(Effect.gen(function*() {
  const { accessToken } = yield* (yield* FakeSpotify.FakeSpotify).issueToken()
  return SpotifySession.layerToken({ accessToken })
})).pipe(Layer.provideMerge(FakeSpotify.layer({ budget: { requests: 20, window: "1 second" } })))

// All workers are told the whole budget, not a part of it.
const worker = SpotifyClient.make({ requestsPer: [18, "1 second"] })

const track = Tracks.get("7EjyzZcbLxW7PaaLua9Ksb")
const by = (client: SpotifyClient.Service) => Effect.provideService(SpotifyClient.SpotifyClient, client)

export const program = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  const first = yield* worker
  const second = yield* worker

  // Both at full speed: together they keep to what one alone may do.
  const reads = Effect.replicateEffect(track, 20, { concurrency: "unbounded", discard: true })
  const fiber = yield* Effect.fork(Effect.all([by(first)(reads), by(second)(reads)], { concurrency: 2 }))
  yield* Effect.sleep("500 millis")
  const { fleet } = yield* first.status
  yield* Console.log(`${Option.match(fleet, { onNone: () => 1, onSome: ({ members }) => members })} share the budget`)
  yield* Fiber.join(fiber)
  const answers = (yield* spotify.requests).map(({ status }) => status)
  yield* Console.log(`${answers.length} requests, ${answers.filter((status) => status === 429).length} of them 429`)

  // A 429 that one of them meets is one for all.
  yield* spotify.failNext(FakeSpotify.tooManyRequests(1))
  const unlucky = yield* Effect.fork(by(first)(track))
  yield* Effect.sleep("300 millis")
  const [time] = yield* Effect.timed(by(second)(track))
  yield* Console.log(`The other ${Duration.toMillis(time) > 500 ? "waited as well" : "didn't hear of it"}`)
  yield* Fiber.join(unlucky)
}).pipe(Effect.provide(Layer.merge(SessionLive, BudgetLive)), Effect.scoped)

Guide.run(import.meta.url, program)
