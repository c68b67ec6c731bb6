/** Clocks that are set while something waits, and waits that are longer than effect's clock can sleep. */
import { HttpServer, KeyValueStore, Terminal } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Console, Duration, Effect, Fiber, Layer, Option, Redacted, Schedule, Stream } from "effect"
import { changes } from "effect-spotify/Player"
import * as ResponseCache from "effect-spotify/ResponseCache"
import * as SignIn from "effect-spotify/SignIn"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as SpotifySessions from "effect-spotify/SpotifySessions"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import { get, layer, send, spotify } from "../utils/client.js"
import { makeTerminal } from "../utils/signIn.js"
import { onVirtualClock, type VirtualClock } from "../utils/virtualClock.js"

const start = Date.UTC(2026, 10, 30)
const minutes = 60_000
const day = 24 * 60 * minutes

/** With a token that outlives all of it. */
const quiet = { issue: { expiresIn: "1000 days" } } as const

/** Runs a test with somebody who sets the wall clock. */
const withClock = <E>(
  test: (clock: VirtualClock) => Effect.Effect<void, E, Layer.Layer.Success<ReturnType<typeof layer>>>,
  client: SpotifyClient.Options = {}
) => onVirtualClock((clock) => Effect.provide(test(clock), layer({ client, ...quiet })), start)

/** How long something takes by the clock that nobody sets, in seconds. */
const seconds = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Effect.clock, (clock) => {
    const now = () => Number(clock.unsafeCurrentTimeNanos() / 1000n) / 1e6
    return Effect.suspend(() => {
      const before = now()
      return Effect.map(effect, () => now() - before)
    })
  })

const play = send("PUT", "/me/player/play", {
  body: { contentType: "application/json", text: JSON.stringify({ uris: [FakeSpotify.uri("track", 1)] }) }
})

/** Longer than effect's clock can sleep at once. */
const sleepDays = (days: number) => Effect.repeatN(Effect.sleep(Duration.days(1)), days - 1)

for (const [set, offset] of [["back", -10 * minutes], ["forward", 10 * minutes]] as const) {
  describe(`a clock set ${set} ten minutes`, () => {
    it.effect("doesn't change a pace that the client was told", () =>
      withClock((clock) =>
        Effect.gen(function*() {
          yield* Effect.replicateEffect(get("/me"), 10)
          clock.wallOffset = offset
          expect(yield* seconds(Effect.replicateEffect(get("/me"), 20))).toBeCloseTo(2, 0)
        }), { requestsPer: [10, "1 second"] }))

    it.effect("doesn't change a pause, nor what a 429 has taught", () =>
      withClock((clock) =>
        Effect.gen(function*() {
          const fake = yield* spotify
          yield* fake.failNext(FakeSpotify.tooManyRequests(5))
          const first = yield* Effect.fork(seconds(get("/me")))
          yield* Effect.sleep("1 second")
          clock.wallOffset = offset
          const { pausedUntil } = yield* SpotifyClient.status
          expect(Option.getOrThrow(pausedUntil).epochMillis - clock.unsafeCurrentTimeMillis()).toBe(4000)
          expect(yield* seconds(get("/me"))).toBeLessThan(7)
          expect(yield* Fiber.join(first)).toBe(5)
          expect(yield* seconds(Effect.replicateEffect(get("/me"), 20, { concurrency: 20 }))).toBeLessThan(10)
        })
      ))

    it.effect("is the clock of what people are told", () =>
      withClock((clock) =>
        Effect.gen(function*() {
          const fake = yield* spotify
          yield* fake.failNext(FakeSpotify.tooManyRequests(3600))
          yield* Effect.flip(get("/me"))
          clock.wallOffset = offset
          expect(yield* Effect.flip(get("/me"))).toMatchObject({
            _tag: "RateLimited",
            retryAfter: Duration.hours(1),
            retryAt: { epochMillis: start + offset + 60 * minutes }
          })
        })
      ))

    it.effect("doesn't change how long an attempt may take", () =>
      withClock((clock) =>
        Effect.gen(function*() {
          const fake = yield* spotify
          yield* fake.failNext(FakeSpotify.slow("1 hour"), { times: 2 })
          const fiber = yield* Effect.fork(seconds(Effect.flip(get("/me"))))
          yield* Effect.sleep("1 second")
          clock.wallOffset = offset
          expect(yield* Fiber.join(fiber)).toBe(62)
        }), { retrySchedule: Schedule.intersect(Schedule.recurs(1), Schedule.spaced("2 seconds")) }))

    it.effect("doesn't change how long one repeats", () =>
      withClock((clock) =>
        Effect.gen(function*() {
          const fake = yield* spotify
          yield* fake.failNext(FakeSpotify.reply(503), { times: 9999 })
          const fiber = yield* Effect.fork(seconds(Effect.flip(get("/me"))))
          yield* Effect.sleep("5500 millis")
          clock.wallOffset = offset
          const time = yield* Fiber.join(fiber)
          expect(time).toBeGreaterThanOrEqual(10)
          expect(time).toBeLessThanOrEqual(11)
        }), { retrySchedule: Schedule.upTo(Schedule.spaced("1 second"), "10 seconds") }))

    it.effect("is no move in what is played", () =>
      withClock((clock) =>
        Effect.gen(function*() {
          const seen: Array<string> = []
          yield* play
          const client = yield* SpotifyClient.SpotifyClient
          const playing = yield* get("/me/player")
          const fiber = yield* changes().pipe(
            Stream.runForEach(({ _tag }) => Effect.sync(() => seen.push(_tag))),
            // The fake's player goes by the clock that is set; a true one by none of ours.
            Effect.provideService(SpotifyClient.SpotifyClient, {
              ...client,
              execute: () =>
                Effect.sync(() => ({
                  ...playing,
                  text: JSON.stringify({
                    ...JSON.parse(playing.text),
                    progress_ms: clock.unsafeCurrentTimeMillis() - clock.wallOffset - start
                  })
                }))
            }),
            Effect.fork
          )
          yield* Effect.sleep("21 seconds")
          clock.wallOffset = offset
          yield* Effect.sleep("20 seconds")
          yield* Fiber.interrupt(fiber)
          expect(seen).toEqual(["Started"])
        })
      ))
  })
}

it.live("an answer that was kept before the clock was set back isn't new until it is that time again", () => {
  const live = Clock.make()
  let offset = 0
  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => live.unsafeCurrentTimeMillis() + offset,
    unsafeCurrentTimeNanos: () => live.unsafeCurrentTimeNanos(),
    currentTimeMillis: Effect.sync(() => live.unsafeCurrentTimeMillis() + offset),
    currentTimeNanos: live.currentTimeNanos,
    sleep: (duration) => live.sleep(duration)
  }
  return Effect.gen(function*() {
    const fake = yield* spotify
    const track = get(`/tracks/${FakeSpotify.id("track", 1)}`)
    yield* track
    yield* track
    expect(yield* fake.count()).toBe(1)
    offset = -day
    yield* track
    expect(yield* fake.count()).toBe(2)
    yield* track
    expect(yield* fake.count()).toBe(2)
  }).pipe(
    Effect.provide(
      ResponseCache.layer().pipe(Layer.provideMerge(layer(quiet)), Layer.provide(KeyValueStore.layerMemory))
    ),
    Effect.withClock(clock)
  )
})

describe("a wait of a month ends", () => {
  it.effect("as a pause", () =>
    withClock(() =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.tooManyRequests(30 * 24 * 3600))
        expect(yield* seconds(get("/me"))).toBe(30 * 24 * 3600)
      }), { maxWait: Duration.infinity }))

  it.effect("as the time that a server asks for", () =>
    withClock(() =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.reply(503, { headers: { "retry-after": String(30 * 24 * 3600) } }))
        expect(yield* seconds(get("/me"))).toBe(30 * 24 * 3600)
      }), { maxWait: "31 days" }))

  it.effect("as the window of a pace", () =>
    withClock(() =>
      Effect.gen(function*() {
        expect(yield* seconds(Effect.replicateEffect(get("/me"), 2))).toBeCloseTo(30 * 24 * 3600, -1)
      }), { requestsPer: [1, "30 days"] }))

  it.effect("as an attempt", () =>
    withClock(() =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.slow(Duration.days(24)), { times: 1 })
        yield* get("/me")
        const hanging = yield* Effect.fork(seconds(Effect.flip(get("/me/hangs"))))
        yield* fake.failNext(FakeSpotify.slow("1000 days"), { on: { path: "/v1/me/hangs" } })
        yield* sleepDays(40)
        expect(Option.isSome(yield* Fiber.poll(hanging))).toBe(true)
      }), { timeout: "30 days", retrySchedule: Schedule.recurs(0) }))

  it.effect("between two repeats", () =>
    withClock(() =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.reply(500))
        expect(yield* seconds(get("/me"))).toBe(30 * 24 * 3600)
      }), { retrySchedule: Schedule.spaced("30 days") }))

  it.effect("between two looks at the player", () =>
    withClock(() =>
      Effect.gen(function*() {
        const fake = yield* spotify
        const fiber = yield* Effect.fork(Stream.runDrain(changes({ interval: "30 days", idleInterval: "30 days" })))
        yield* sleepDays(31)
        expect(yield* fake.count()).toBe(2)
        yield* Fiber.interrupt(fiber)
      })
    ))

  it.effect("as the time that an idle session is kept", () =>
    onVirtualClock(() =>
      Effect.gen(function*() {
        const sessions = yield* SpotifySessions.SpotifySessions
        const get = Effect.scoped(sessions.get("user"))
        const first = yield* get
        yield* sleepDays(29)
        expect(yield* get).toBe(first)
        yield* sleepDays(31)
        expect(yield* get).not.toBe(first)
      }).pipe(Effect.provide(
        SpotifySessions.layerPkce({
          clientId: "fake-client-id",
          redirectUri: "http://127.0.0.1:8888/callback",
          idleTimeToLive: "30 days"
        }).pipe(Layer.provide([TokenStore.layerMemory, FakeSpotify.layer()]))
      ))
    ))

  it.effect("for a browser that never comes back", () =>
    onVirtualClock(() =>
      Effect.gen(function*() {
        const session = yield* SpotifySession.makeToken({ accessToken: Redacted.make("token") })
        const timeout = yield* SignIn.loopback({ timeout: "30 days" }).pipe(
          Effect.flip,
          Effect.provideService(SpotifySession.SpotifySession, {
            ...session,
            redirectUri: "http://127.0.0.1:8888/callback",
            authorizeUrl: () => Effect.succeed(new URL("https://accounts.spotify.com/authorize?state=s"))
          }),
          Effect.provideService(SignIn.Browser, { open: () => Effect.succeed(true) }),
          Effect.provideService(SignIn.LoopbackServer, {
            listen: () =>
              Effect.succeed(HttpServer.make({
                serve: () => Effect.void,
                address: { _tag: "TcpAddress", hostname: "127.0.0.1", port: 8888 }
              }))
          }),
          Effect.provideService(Terminal.Terminal, (yield* makeTerminal(false)).terminal),
          Effect.withConsole({ ...(yield* Console.consoleWith(Effect.succeed)), error: () => Effect.void }),
          seconds
        )
        expect(timeout).toBe(30 * 24 * 3600)
      }).pipe(Effect.scoped)
    ))
})
