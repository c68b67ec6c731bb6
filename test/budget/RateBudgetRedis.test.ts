import { describe, expect, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect, Layer, Redacted, type Scope } from "effect"
import * as RateBudgetRedis from "effect-spotify/RateBudgetRedis"
import { Redis } from "ioredis"
import { inspect } from "node:util"
import { vi } from "vitest"
import { behaves, engineOf, oddKey, reportOf } from "./engines.js"
import { hasRedis, makeRedis, withRedis } from "./redisServer.js"

const at = (url: string, key: string) => engineOf(RateBudgetRedis.layer({ key, url: Redacted.make(url) }))

const clientOf = (port: number) =>
  Effect.acquireRelease(
    Effect.sync(() => new Redis(port).on("error", () => {})),
    (client) => Effect.sync(() => client.disconnect())
  )

/** What is written to stderr meanwhile, by the console or past it. */
const said = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<string, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      let text = ""
      const spies = [
        vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
          text += String(chunk)
          return true
        }),
        ...(["log", "warn", "error"] as const).map((name) =>
          vi.spyOn(console, name).mockImplementation((...args) => void (text += inspect(args)))
        )
      ]
      return { spies, text: () => text }
    }),
    ({ text }) => Effect.map(effect, text),
    ({ spies }) => Effect.sync(() => spies.forEach((spy) => spy.mockRestore()))
  )

const detailOf = (engine: { readonly report: RateBudgetReport }) =>
  Effect.map(Effect.flip(engine.report(reportOf("a", { interactive: 1 }))), (error) => {
    expect(error._tag).toBe("BudgetUnavailable")
    return error.message
  })

type RateBudgetReport = Effect.Effect.Success<ReturnType<typeof at>>["report"]

/** Until it answers: it comes back by itself. */
const untilBack = (engine: { readonly report: RateBudgetReport }) =>
  Effect.retry(engine.report(reportOf("a", { interactive: 1 })), { times: 200 })

behaves(
  `RateBudgetRedis, ${withRedis}`,
  hasRedis,
  Effect.map(makeRedis(), ({ url }) => (key: string) => at(url, key))
)

describe.skipIf(!hasRedis)(`RateBudgetRedis, ${withRedis}`, () => {
  const withServer = (
    name: string,
    test: (server: Effect.Effect.Success<ReturnType<typeof makeRedis>>) => Effect.Effect<unknown, unknown, Scope.Scope>,
    ...args: ReadonlyArray<string>
  ) =>
    it.scopedLive(name, () =>
      Effect.gen(function*() {
        const server = yield* makeRedis(...args)
        expect(yield* said(Effect.scoped(test(server)))).toBe("")
      }))

  withServer(
    "keeps a state for as long as it says something, under a key of ours",
    ({ port, url }) =>
      Effect.gen(function*() {
        const client = yield* clientOf(port)
        const engine = yield* at(url, "my app")
        yield* engine.report(reportOf("a", { limited: { wait: 3_600_000 } }))
        expect(yield* Effect.promise(() => client.keys("*"))).toEqual(["effect-spotify:budget:my app"])
        const rest = yield* Effect.promise(() => client.pttl("effect-spotify:budget:my app"))
        expect(rest).toBeGreaterThan(3_600_000)
        expect(rest).toBeLessThanOrEqual(4_200_001)
      })
  )

  withServer(
    "works again when the server has forgotten the script, and the state",
    ({ port, url }) =>
      Effect.gen(function*() {
        const client = yield* clientOf(port)
        const engine = yield* at(url, "key")
        yield* engine.report(reportOf("a"))
        yield* Effect.promise(() => client.script("FLUSH"))
        yield* engine.report(reportOf("a"))
        yield* Effect.promise(() => client.flushall())
        expect((yield* engine.report(reportOf("a", { opening: 7, interactive: 1 }))).opening).toBe(7)
      })
  )

  withServer("refuses what isn't its own, and leaves it as it is", ({ port, url }) =>
    Effect.gen(function*() {
      const client = yield* clientOf(port)
      const key = oddKey()
      const place = `effect-spotify:budget:${key}`
      const engine = yield* at(url, key)
      for (
        const [value, detail] of [
          ["hello", "it is something else"],
          ["[1]", "it is something else"],
          ["{\"version\":2}", "it has version 2, and this release knows version 1"],
          ["{\"version\":1,\"members\":5}", "it has another shape"]
        ] as const
      ) {
        yield* Effect.promise(() => client.set(place, value))
        expect(yield* detailOf(engine)).toContain(detail)
        expect(yield* Effect.promise(() => client.get(place))).toBe(value)
        expect(yield* Effect.promise(() => client.pttl(place))).toBe(-1)
      }
      yield* Effect.promise(() => client.del(place))
      yield* Effect.promise(() => client.rpush(place, "entry"))
      const message = yield* detailOf(engine)
      expect(message).toContain("it is a list. It was left as it is")
      expect(message).toContain("effect-spotify:budget:")
      expect(yield* Effect.promise(() => client.lrange(place, 0, -1))).toEqual(["entry"])
      yield* Effect.promise(() => client.del(place))
      yield* engine.report(reportOf("a"))
    }))

  withServer(
    "says so where the password is wrong or missing, and never shows it",
    ({ port }) =>
      Effect.gen(function*() {
        const wrong = yield* at(`redis://:guessed-wrongly@127.0.0.1:${port}`, "key")
        const message = yield* detailOf(wrong)
        expect(message).toContain("WRONGPASS")
        expect(message).not.toContain("guessed-wrongly")
        expect(inspect(yield* Effect.flip(wrong.report(reportOf("a"))), { depth: 9 })).not.toContain("guessed-wrongly")
        expect(yield* detailOf(yield* at(`redis://127.0.0.1:${port}`, "key"))).toContain("NOAUTH")
        const right = yield* at(`redis://default:the%20right%20one@127.0.0.1:${port}/3`, "key")
        yield* right.report(reportOf("a"))
      }),
    "--requirepass",
    "the right one"
  )

  withServer("takes a password where none is wanted", ({ port }) =>
    Effect.gen(function*() {
      const engine = yield* at(`redis://:something@127.0.0.1:${port}`, "key")
      yield* engine.report(reportOf("a"))
    }))

  withServer("fails while Redis is away, and works when it is back", ({ start, stop, url }) =>
    Effect.gen(function*() {
      const engine = yield* at(url, "key")
      yield* engine.report(reportOf("a"))
      yield* stop
      // At first it may be that the connection was lost.
      yield* Effect.repeat(detailOf(engine), { until: (detail) => detail.includes("ECONNREFUSED") })
      const late = yield* at(url, "key")
      expect(yield* detailOf(late)).toContain("ECONNREFUSED")
      yield* start
      yield* Effect.all([untilBack(engine), untilBack(late)])
    }))

  withServer(
    "fails while Redis stands still, and works when it goes on",
    ({ goOn, hold, url }) =>
      Effect.gen(function*() {
        const engine = yield* at(url, "key")
        yield* engine.report(reportOf("a"))
        yield* hold
        expect(yield* detailOf(engine)).toContain("no answer for 1s")
        yield* detailOf(engine)
        yield* goOn
        yield* untilBack(engine)
      })
  )

  withServer("takes a client of one's own, and leaves it open", ({ port, stop }) =>
    Effect.gen(function*() {
      const client = yield* clientOf(port)
      yield* Effect.scoped(Effect.gen(function*() {
        const engine = yield* engineOf(RateBudgetRedis.layer({ key: "key", client }))
        yield* engine.report(reportOf("a"))
      }))
      expect(yield* Effect.promise(() => client.ping())).toBe("PONG")
      const engine = yield* engineOf(RateBudgetRedis.layer({ key: "key", client }))
      yield* stop
      yield* detailOf(engine)
    }))

  withServer("closes its own connection with the scope", ({ port, url }) =>
    Effect.gen(function*() {
      const client = yield* clientOf(port)
      const connected = Effect.map(
        Effect.promise(() => client.info("clients")),
        (text) => Number(/connected_clients:(\d+)/.exec(text)?.[1])
      )
      yield* Effect.scoped(Effect.gen(function*() {
        const engine = yield* at(url, "key")
        yield* engine.report(reportOf("a"))
        expect(yield* connected).toBe(2)
      }))
      yield* Effect.repeat(connected, { until: (number) => number === 1 })
    }))

  withServer("reads its options from the configuration", ({ url }) =>
    Effect.gen(function*() {
      const engine = yield* engineOf(
        RateBudgetRedis.layerConfig({ key: Config.string("KEY"), url: Config.redacted("REDIS_URL") }).pipe(
          Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["KEY", "k"], ["REDIS_URL", url]]))))
        )
      )
      yield* engine.report(reportOf("a"))
    }))
})

describe("RateBudgetRedis", () => {
  const url = Redacted.make("redis://127.0.0.1:1")

  it.scoped.each([
    [{ url }, "key"],
    [{ key: "", url }, "key"],
    [{ key: "k" }, "url"],
    [{ key: "k", url: "redis://127.0.0.1:1" }, "url"],
    [{ key: "k", url: Redacted.make("http://127.0.0.1:1") }, "url"],
    [{ key: "k", url: Redacted.make("redis://127.0.0.1:1/zero") }, "url"],
    [{ key: "k", client: {} }, "client"],
    [{ key: "k", url, client: { evalsha: () => {} } }, "url"],
    [{ key: "k", url, onUnavailable: "wait" }, "onUnavailable"],
    [{ key: "k", uri: url }, "uri"],
    [undefined, "options"]
  ])("refuses %j", ([options, field]) =>
    Effect.gen(function*() {
      const layer: Layer.Layer<unknown, { readonly field: string }> = Reflect.apply(
        RateBudgetRedis.layer,
        undefined,
        [options]
      )
      expect((yield* Effect.flip(Layer.build(layer))).field).toBe(field)
    }))
})
