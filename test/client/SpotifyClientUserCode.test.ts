/** What a program gives the client may throw: that is nobody's business but its own, and costs no place at the gate. */
import { HttpClient, type HttpClientRequest } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Logger, Redacted, Runtime, Schedule, Scope, TestClock } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import { clientLayer, get, layer, spotify } from "../utils/client.js"

/** Nothing is on its way, and there is room for as many as before. */
const isWhole = Effect.gen(function*() {
  expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 0, waiting: 0 })
  const fiber = yield* Effect.fork(Effect.replicateEffect(get("/me"), 4, { concurrency: 4 }))
  yield* TestClock.adjust("1 minute")
  expect((yield* Fiber.join(fiber)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
})

const diesWith = (exit: Exit.Exit<unknown, unknown>, message: string) => {
  expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain(message)
}

const onStatus = (listener: (status: SpotifyClient.Status) => void) =>
  Effect.flatMap(SpotifyClient.SpotifyClient, (client) => client.onStatus(listener))

const two = { client: { maxInFlight: 2 }, fake: { latency: 50 } } as const

describe("a listener of the status", () => {
  for (
    const [name, listener] of [
      ["throws", () => {
        throw new Error("listener")
      }],
      ["gives a promise that fails", () => Promise.reject(new Error("listener"))]
    ] as const
  ) {
    it.effect(`that ${name} harms no call and no other listener, and is logged once`, () => {
      const logged: Array<string> = []
      return Effect.gen(function*() {
        let told = 0
        yield* onStatus(listener)
        yield* onStatus(() => {
          told++
        })
        yield* isWhole
        yield* isWhole
        expect(told).toBeGreaterThan(8)
        expect(logged).toEqual([expect.stringContaining("listener")])
      }).pipe(
        Effect.provide(Layer.merge(
          layer(two),
          Logger.replace(
            Logger.defaultLogger,
            Logger.make(({ cause, message }) => {
              logged.push(`${String(message)} ${Cause.pretty(cause)}`)
            })
          )
        )),
        Effect.scoped
      )
    })
  }

  it.effect("may leave while it is told", () =>
    Effect.gen(function*() {
      const runtime = yield* Effect.runtime<never>()
      const scope = yield* Scope.make()
      let told = 0
      yield* Scope.extend(
        onStatus(() => {
          told++
          Runtime.runSync(runtime)(Scope.close(scope, Exit.void))
        }),
        scope
      )
      yield* isWhole
      expect(told).toBe(1)
    }).pipe(Effect.provide(layer(two))))

  it.effect("may call while it is told", () =>
    Effect.gen(function*() {
      const runtime = yield* Effect.runtime<SpotifyClient.SpotifyClient>()
      const fibers: Array<Fiber.RuntimeFiber<SpotifyClient.Response, unknown>> = []
      let left = 3
      yield* onStatus(() => {
        if (left-- > 0) fibers.push(Runtime.runFork(runtime)(get("/me")))
      })
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      expect(fibers).toHaveLength(3)
      yield* Fiber.joinAll(fibers)
      yield* isWhole
    }).pipe(Effect.provide(layer(two)), Effect.scoped))
})

describe("a retry schedule", () => {
  for (
    const [name, retrySchedule] of [
      ["dies", Schedule.tapInput(Schedule.forever, () => Effect.die(new Error("schedule")))],
      [
        "throws",
        Schedule.map(Schedule.forever, () => {
          throw new Error("schedule")
        })
      ]
    ] as const
  ) {
    it.effect(`that ${name} ends its call alone`, () =>
      Effect.gen(function*() {
        const fake = yield* spotify
        yield* fake.failNext(FakeSpotify.reply(500))
        const fiber = yield* Effect.fork(get("/me"))
        yield* TestClock.adjust("1 second")
        diesWith(yield* Fiber.await(fiber), "schedule")
        yield* isWhole
      }).pipe(Effect.provide(layer({ ...two, client: { ...two.client, retrySchedule } }))))
  }
})

describe("an HTTP client", () => {
  it.effect("that throws before there is a request ends its call alone, and no later timeout", () => {
    let throws = 0
    const http = Layer.effect(
      HttpClient.HttpClient,
      Effect.map(HttpClient.HttpClient, (http): HttpClient.HttpClient =>
        Object.assign(Object.create(http), {
          execute: (request: HttpClientRequest.HttpClientRequest) => {
            if (throws-- > 0) throw new Error("no request")
            return http.execute(request)
          }
        }))
    )
    return Effect.gen(function*() {
      const fake = yield* spotify
      throws = 3
      for (let i = 0; i < 3; i++) {
        const fiber = yield* Effect.fork(get("/me"))
        yield* TestClock.adjust("1 second")
        diesWith(yield* Fiber.await(fiber), "no request")
      }
      yield* TestClock.adjust("5 minutes")
      yield* isWhole
      yield* fake.failNext(FakeSpotify.slow("5 minutes"))
      const fiber = yield* Effect.fork(get("/me"))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
    }).pipe(Effect.provide(
      clientLayer(two.client).pipe(
        Layer.provide(http),
        Layer.provideMerge(FakeSpotify.layer(two.fake))
      )
    ))
  })

  it.effect("a session whose token was wiped ends its call alone", () =>
    Effect.gen(function*() {
      const client = yield* SpotifyClient.SpotifyClient
      const wiped = Redacted.make("token")
      Redacted.unsafeWipe(wiped)
      const other = client.withSession({ ...client.session, accessToken: Effect.succeed(wiped) })
      const call = other.execute({ operation: "Test.send", method: "GET", url: "/me", idempotent: true })
      for (let i = 0; i < 3; i++) diesWith(yield* Effect.exit(call), "redacted")
      yield* isWhole
    }).pipe(Effect.provide(layer(two))))
})
