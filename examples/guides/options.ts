/**
 * What a client can be told: market, language, headers, timeouts, retries and the longest wait.
 *
 *   npx tsx examples/guides/options.ts
 */
import { Console, Duration, Effect, Layer, Predicate, Schedule } from "effect"
import { SpotifyClient, SpotifySession, Tracks } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const SpotifyLive = Layer.unwrapEffect(Effect.gen(function*() {
  const { accessToken } = yield* (yield* FakeSpotify.FakeSpotify).issueToken()
  return SpotifyClient.layer({
    market: "SE", // for every call that takes a market and isn't given one
    headers: { "accept-language": "sv", "user-agent": "my-app/1.0" },
    timeout: "500 millis", // for one attempt, with its body
    retrySchedule: Schedule.exponential("10 millis").pipe(Schedule.jittered, Schedule.intersect(Schedule.recurs(2))),
    maxWait: "1 minute" // after a 429; a longer one fails at once
  }).pipe(Layer.provide(SpotifySession.layerToken({ accessToken })))
})).pipe(Layer.provideMerge(FakeSpotify.layer()))

const track = "7EjyzZcbLxW7PaaLua9Ksb"

export const program = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify

  yield* Tracks.get(track)
  yield* Tracks.get(track, { market: "NO" })
  const sent = (yield* spotify.requests).map(({ headers, query }) =>
    [query["market"], headers["accept-language"], headers["user-agent"]].filter(Predicate.isString).join(", ")
  )
  // What is sent again on a slow machine says the same.
  yield* Effect.forEach(new Set(sent), (one) => Console.log(`Sent: ${one}`))

  // Too slow once: it is sent again. Too slow each time: an error.
  yield* spotify.failNext(FakeSpotify.slow("1 minute"))
  yield* Console.log((yield* Tracks.get(track)).name)
  yield* spotify.failNext(FakeSpotify.slow("1 minute"), { times: 3 })
  yield* Tracks.get(track).pipe(
    Effect.catchTag("TransportError", (error) => Console.log(`${error.reason}: ${error.message}`))
  )

  // Status and headers of the answer, where they are of interest.
  const [found, response] = yield* SpotifyClient.withResponse(Tracks.get(track))
  if (response._tag === "Some") {
    yield* Console.log(`${found.name}: ${response.value.status} ${response.value.headers["content-type"]}`)
  }

  // A deadline for a whole program, waits and repeats included, is Effect's own.
  yield* spotify.failNext(FakeSpotify.tooManyRequests(10))
  yield* Tracks.get(track).pipe(
    Effect.timeout("100 millis"),
    Effect.catchTag("TimeoutException", () => Console.log(`Not within ${Duration.format("100 millis")}`))
  )
}).pipe(Effect.provide(SpotifyLive))

Guide.run(import.meta.url, program)
