/** A client whose budget is shared: an engine of the test's own says what may leave. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Exit, Fiber, Layer, Logger, Option, TestClock } from "effect"
import * as RateBudget from "effect-spotify/RateBudget"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { BudgetUnavailable } from "effect-spotify/SpotifyError"
import { FakeSpotify } from "effect-spotify/testing"
import { clientLayer, get, spotify } from "../utils/client.js"

const open: RateBudget.Grant = {
  opening: 0,
  pause: 0,
  quota: 0,
  slots: [],
  inFlight: undefined,
  reportAfter: 500,
  requestsPerSecond: 10,
  members: 2,
  share: 0.5,
  told: undefined
}

const away = BudgetUnavailable.of("app", "a test", "it is away")

/** An engine that answers as the test says, and keeps what it was told. */
const makeEngine = (answer: (report: RateBudget.Report) => Effect.Effect<RateBudget.Grant, BudgetUnavailable>) => {
  const reports: Array<RateBudget.Report> = []
  return {
    reports,
    report: (report: RateBudget.Report) =>
      Effect.suspend(() => {
        reports.push(report)
        return answer(report)
      })
  }
}

type Engine = ReturnType<typeof makeEngine>

const layer = ({ report }: Engine, onUnavailable?: "local" | "fail", options?: SpotifyClient.Options) =>
  clientLayer(options).pipe(
    Layer.provide(Layer.succeed(RateBudget.RateBudget, RateBudget.make({ key: "app", report, onUnavailable }))),
    Layer.provideMerge(FakeSpotify.layer({ latency: 100 }))
  )

const silent = Logger.remove(Logger.defaultLogger)

/** In small steps: an engine's answer takes some of the event loop's time, which the test's clock doesn't wait for. */
const pass = (millis: number, step = 20) => Effect.repeatN(TestClock.adjust(step), millis / step - 1)

const departures = Effect.map(
  Effect.flatMap(spotify, ({ requests }) => requests),
  (requests) => requests.map(({ time }) => time)
)

const fork = (n: number) => Effect.replicateEffect(Effect.fork(get("/me")), n)

const total = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0)

describe("requests of a shared budget", () => {
  it.effect("leave at the slots that they are granted, and not before the first answer", () => {
    let grants = 0
    const engine = makeEngine(({ isLeaving }) =>
      Effect.delay(Effect.succeed({ ...open, slots: grants++ === 0 ? [0, 100, 200] : [] }), isLeaving ? 0 : 20)
    )
    return Effect.gen(function*() {
      const fibers = yield* fork(3)
      yield* pass(1000)
      yield* Fiber.joinAll(fibers)
      expect(yield* departures).toEqual([20, 120, 220])
      // The first call asks; the others find its question under way.
      expect(engine.reports[0]).toMatchObject({ interactive: 1, background: 0, inFlight: 0, opening: 0, answered: 0 })
      expect(total(engine.reports.map(({ answered }) => answered))).toBe(3)
    }).pipe(Effect.provide(layer(engine)))
  })

  it.effect("a slot that nobody used in time is lost", () => {
    let grants = 0
    const engine = makeEngine(() =>
      Effect.succeed({ ...open, slots: grants++ === 0 ? [0, 50] : [], reportAfter: 1000 })
    )
    return Effect.gen(function*() {
      yield* Effect.fork(get("/me"))
      yield* pass(300)
      // Its slot was at 50, which is long over.
      yield* Effect.fork(get("/me"))
      yield* pass(600)
      expect(yield* departures).toEqual([0])
    }).pipe(Effect.provide(layer(engine)))
  })

  it.effect("the slot of a call that was interrupted is the next one's", () => {
    let grants = 0
    const engine = makeEngine(() => Effect.succeed({ ...open, slots: grants++ === 0 ? [100] : [] }))
    return Effect.gen(function*() {
      const first = yield* Effect.fork(get("/me"))
      const second = yield* Effect.fork(get("/me"))
      yield* pass(40)
      yield* Fiber.interrupt(first)
      yield* pass(200)
      yield* Fiber.join(second)
      expect(yield* departures).toEqual([100])
    }).pipe(Effect.provide(layer(engine)))
  })

  it.effect("without a pace, as many as are granted are on their way", () => {
    const engine = makeEngine(() => Effect.succeed({ ...open, inFlight: 2, requestsPerSecond: undefined }))
    return Effect.gen(function*() {
      const fibers = yield* fork(6)
      yield* pass(1000)
      yield* Fiber.joinAll(fibers)
      expect(yield* departures).toEqual([0, 0, 100, 100, 200, 200])
    }).pipe(Effect.provide(layer(engine)))
  })

  it.effect("an idle gate says so once, and then says nothing", () => {
    const engine = makeEngine(({ interactive }) => Effect.succeed({ ...open, slots: interactive > 0 ? [0] : [] }))
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(get("/me"))
      yield* pass(10_000, 100)
      yield* Fiber.join(fiber)
      expect(engine.reports.map(({ inFlight, interactive }) => interactive + inFlight)).toEqual([1, 0])
    }).pipe(Effect.provide(layer(engine)))
  })

  it.effect("a gate whose layer closes leaves", () => {
    const engine = makeEngine(({ interactive }) => Effect.succeed({ ...open, slots: interactive > 0 ? [0] : [] }))
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(Effect.provide(get("/me"), layer(engine)))
      yield* pass(200)
      yield* Fiber.join(fiber)
      expect(engine.reports.at(-1)).toMatchObject({ isLeaving: true, interactive: 0, inFlight: 0 })
    })
  })
})

describe("a 429", () => {
  it.effect("is told at once, with what Spotify asks for", () => {
    const engine = makeEngine(({ interactive, limited }) =>
      Effect.succeed(
        limited === undefined
          ? { ...open, slots: interactive > 0 ? [0] : [] }
          : { ...open, opening: 1, pause: 2000 }
      )
    )
    return Effect.gen(function*() {
      yield* (yield* spotify).failNext(FakeSpotify.tooManyRequests(2))
      yield* Effect.fork(get("/me"))
      yield* pass(200)
      expect(engine.reports.filter(({ limited }) => limited !== undefined)).toMatchObject([
        { opening: 0, limited: { wait: 2000 } }
      ])
      expect(yield* SpotifyClient.status).toMatchObject({ waiting: 1, waitingFor: Option.some("pause") })
    }).pipe(Effect.provide(layer(engine)))
  })

  it.effect("of somebody else stops this gate too, and one probe's answer is told at once", () => {
    let isPaused = false
    const engine = makeEngine(({ answered, interactive, opening }) =>
      Effect.succeed(
        isPaused
          ? { ...open, opening: 1, pause: 3000 }
          : { ...open, opening, slots: opening === 1 && answered === 0 && interactive < 2 ? [] : [0], reportAfter: 50 }
      )
    )
    return Effect.gen(function*() {
      const first = yield* Effect.fork(get("/me"))
      yield* pass(200)
      yield* Fiber.join(first)
      isPaused = true
      yield* pass(1000)
      const fibers = yield* fork(2)
      yield* pass(1000)
      expect(yield* departures).toEqual([0])
      expect(yield* SpotifyClient.status).toMatchObject({ waiting: 2, waitingFor: Option.some("pause") })
      isPaused = false
      yield* pass(4000)
      yield* Fiber.joinAll(fibers)
      const [, probe = 0, next = 0] = yield* departures
      expect(probe).toBeGreaterThanOrEqual(4200)
      expect(next - probe).toBeGreaterThanOrEqual(100)
      expect(next - probe).toBeLessThanOrEqual(120)
    }).pipe(Effect.provide(layer(engine)))
  })
})

describe("an engine that is away", () => {
  const outage = () => {
    let isAway = false
    const engine = makeEngine(({ interactive }) =>
      isAway ? Effect.fail(away) : Effect.succeed({ ...open, slots: interactive > 0 ? [0] : [], reportAfter: 50 })
    )
    return { engine, begin: () => isAway = true, end: () => isAway = false }
  }

  it.effect("within a second calls go on by a pace of their own, which is told once; and back again", () => {
    const { begin, end, engine } = outage()
    const lines: Array<string> = []
    const logger = Logger.replace(
      Logger.defaultLogger,
      Logger.make(({ logLevel, message }) => void lines.push(`${logLevel.label} ${String(message)}`))
    )
    return Effect.gen(function*() {
      const first = yield* Effect.fork(get("/me"))
      yield* pass(500)
      yield* Fiber.join(first)
      begin()
      const fibers = yield* fork(10)
      yield* pass(3000)
      yield* Fiber.joinAll(fibers)
      const times = (yield* departures).slice(1)
      const from = times[0] ?? 0
      expect(from).toBeLessThan(1500)
      // Two shared ten a second.
      expect(times.filter((time) => time < from + 1000).length).toBeLessThanOrEqual(5)
      expect(yield* SpotifyClient.status).toMatchObject({ fleet: Option.some({ isAvailable: false }) })
      end()
      yield* pass(1000)
      const last = yield* Effect.fork(get("/me"))
      yield* pass(500)
      yield* Fiber.join(last)
      yield* pass(500)
      expect(yield* SpotifyClient.status).toMatchObject({ fleet: Option.some({ isAvailable: true, members: 2 }) })
      // What was answered meanwhile is told later.
      expect(total(engine.reports.slice(-5).map(({ answered }) => answered))).toBeGreaterThanOrEqual(1)
      expect(lines.filter((line) => line.includes("rate budget"))).toEqual([
        "WARN The rate budget \"app\" (a test): it is away. Until it answers, requests leave by a pace of this process's own",
        "INFO The rate budget \"app\" answers again"
      ])
    }).pipe(Effect.provide(Layer.provideMerge(layer(engine), logger)))
  })

  it.effect("one that never answers, too", () => {
    const engine = makeEngine(() => Effect.never)
    return Effect.gen(function*() {
      const fibers = yield* fork(3)
      yield* pass(1300)
      yield* Fiber.joinAll(fibers)
      expect(Math.max(...(yield* departures))).toBeLessThanOrEqual(1000)
    }).pipe(Effect.provide(Layer.provideMerge(layer(engine), silent)))
  })

  it.effect("or, where the layer says so, calls fail with its error within a second", () => {
    const { begin, end, engine } = outage()
    return Effect.gen(function*() {
      begin()
      const fibers = yield* fork(3)
      yield* pass(1000)
      for (const exit of yield* Effect.forEach(fibers, Fiber.await)) expect(exit).toEqual(Exit.fail(away))
      expect(yield* departures).toEqual([])
      end()
      const fiber = yield* Effect.fork(get("/me"))
      yield* pass(1000)
      expect(yield* Fiber.join(fiber)).toMatchObject({ status: 200 })
    }).pipe(Effect.provide(Layer.provideMerge(layer(engine, "fail"), silent)))
  })
})

it.effect("a budget that somebody was told a smaller one of is the smaller one, which is told once", () => {
  const lines: Array<string> = []
  const logger = Logger.replace(Logger.defaultLogger, Logger.make(({ message }) => void lines.push(String(message))))
  const engine = makeEngine(() =>
    Effect.succeed({ ...open, slots: [0], reportAfter: 50, told: { requests: 5, window: 1000 } })
  )
  return Effect.gen(function*() {
    for (let i = 0; i < 3; i++) {
      const fiber = yield* Effect.fork(get("/me"))
      yield* pass(200)
      yield* Fiber.join(fiber)
    }
    expect(lines.filter((line) => line.includes("rate budget"))).toEqual([
      "The rate budget \"app\": this client was told 20 requests in 1 s, another one 5 requests in 1 s; the smaller " +
      "counts for all"
    ])
  }).pipe(Effect.provide(Layer.provideMerge(layer(engine, "local", { requestsPer: [20, "1 second"] }), logger)))
})

describe("the daily quota", () => {
  it.effect("that is used up is told; what can wait fails with the time, the rest goes on", () => {
    const engine = makeEngine(({ interactive, quota }) =>
      Effect.succeed({ ...open, slots: interactive > 0 ? [0] : [], quota: quota ?? 0, reportAfter: 5000 })
    )
    return Effect.gen(function*() {
      yield* (yield* spotify).failNext(FakeSpotify.quotaExceeded)
      const first = yield* Effect.fork(Effect.flip(get("/me")))
      yield* pass(120)
      expect(yield* Fiber.join(first)).toMatchObject({ _tag: "QuotaExceeded" })
      expect(engine.reports.at(-1)?.quota).toBe(600_000)
      const background = yield* Effect.flip(SpotifyClient.withPriority(get("/me"), "background"))
      expect(background).toMatchObject({ _tag: "RateLimited" })
      expect(background._tag === "RateLimited" && DateTime.toEpochMillis(background.retryAt)).toBeCloseTo(600_100, -2)
      const interactive = yield* Effect.fork(get("/me"))
      yield* pass(6000, 100)
      expect(yield* Fiber.join(interactive)).toMatchObject({ status: 200 })
    }).pipe(Effect.provide(layer(engine)))
  })
})

it.effect("a client without a budget has a gate of its own", () =>
  Effect.gen(function*() {
    expect(yield* SpotifyClient.status).toMatchObject({ fleet: Option.none() })
  }).pipe(Effect.provide(clientLayer().pipe(Layer.provideMerge(FakeSpotify.layer())))))
