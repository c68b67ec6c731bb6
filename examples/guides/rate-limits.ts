/**
 * One client is one budget: it is kept, urgent calls go first, and one can see what waits and why.
 *
 *   npx tsx examples/guides/rate-limits.ts
 */
import { Console, Duration, Effect, Fiber, Layer, Option, Stream } from "effect"
import { SpotifyClient, SpotifySession, Tracks } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const SpotifyLive = Layer.unwrapEffect(Effect.gen(function*() {
  const { accessToken } = yield* (yield* FakeSpotify.FakeSpotify).issueToken()
  return SpotifyClient.layer({ requestsPer: [18, "1 second"] }).pipe(
    Layer.provide(SpotifySession.layerToken({ accessToken }))
  )
})).pipe(Layer.provideMerge(FakeSpotify.layer({ budget: { requests: 20, window: "1 second" } })))

const track = Tracks.get("7EjyzZcbLxW7PaaLua9Ksb")

export const program = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify

  // A little less than Spotify allows. Half of it may go at once, the rest is spread: not one 429.
  const finished: Array<string> = []
  const background = yield* Effect.forEach(
    Array.from({ length: 29 }),
    () => Effect.tap(track, () => finished.push("background")),
    { concurrency: "unbounded", discard: true }
  ).pipe(SpotifyClient.withPriority("background"), Effect.fork)

  // The first have their answers, and the others wait.
  const { background: waiting, requestsPerSecond, waitingFor } = yield* SpotifyClient.statusChanges.pipe(
    Stream.filter(({ background, inFlight }) => background > 0 && inFlight === 0),
    Stream.runHead,
    Effect.flatten
  )
  yield* Console.log(
    `${waiting > 0 ? "Others wait" : "Nobody waits"} in the background, for the ${Option.getOrNull(waitingFor)}`
  )
  yield* Console.log(`The pace is ${Math.round(Option.getOrElse(requestsPerSecond, () => 0))} a second`)

  // Somebody looks at a page: their call goes before all that wait in the background.
  const ahead = finished.length
  yield* Effect.tap(track, () => finished.push("interactive"))
  const overtookBy = finished.indexOf("interactive") - ahead
  yield* Console.log(`The urgent call ${overtookBy < 3 ? "was the next to go" : `waited for ${overtookBy} others`}`)

  yield* Fiber.join(background)
  const answers = (yield* spotify.requests).map(({ status }) => status)
  yield* Console.log(`${answers.length} requests, ${answers.filter((status) => status === 429).length} of them 429`)

  // Where there is a 429 all the same, every call waits as long as Spotify says, and then goes on.
  yield* spotify.failNext(FakeSpotify.tooManyRequests(1))
  const [time] = yield* Effect.timed(track)
  yield* Console.log(`After a 429: ${Duration.toSeconds(time) >= 1 ? "waited the second it asked for" : "too early"}`)
}).pipe(Effect.provide(SpotifyLive))

Guide.run(import.meta.url, program)
