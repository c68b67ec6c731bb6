import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck as fc } from "effect"
import { Redis } from "ioredis"
import { decide, type State } from "../../src/budget/decide.js"
import type { Told } from "../../src/budget/pace.js"
import { script } from "../../src/budget/redisScript.js"
import type { Report } from "../../src/budget/report.js"
import { hasRedis, makeRedis, withRedis } from "./redisServer.js"
import { fleet, tenASecond } from "./simulation.js"

const told = fc.constantFrom(
  undefined,
  { requests: 10, window: 1000 },
  { requests: 100, window: 1000 },
  { requests: 3, window: 7001.5 },
  { requests: 180, window: 30_000 },
  { requests: 10_000, window: 30_000 }
)

/** Half of the time one that knows the opening of the budget, as it mostly is. */
const step = fc.record({
  after: fc.oneof(
    fc.double({ min: 0, max: 60, noNaN: true }),
    fc.double({ min: 0, max: 600, noNaN: true }),
    fc.constantFrom(0, 1501, 40_000, 1_000_000, -5000)
  ),
  member: fc.constantFrom("a", "b", "c \"/\\\u2028é", "d"),
  interactive: fc.nat({ max: 40 }),
  background: fc.oneof(fc.constant(0), fc.nat({ max: 40 })),
  inFlight: fc.nat({ max: 20 }),
  openingsAgo: fc.constantFrom(0, 0, 0, 0, 1, 2, -1),
  answered: fc.nat({ max: 20 }),
  answeredLate: fc.constantFrom(0, 0, 3),
  limited: fc.constantFrom(undefined, undefined, undefined, undefined, { wait: undefined }, { wait: 1000 }, {
    wait: 70.25
  }),
  quota: fc.constantFrom(undefined, undefined, undefined, undefined, 5000),
  returned: fc.constantFrom(0, 0, 0, 1, 5),
  isLeaving: fc.constantFrom(false, false, false, false, false, false, true)
})

const run = fc.record({
  start: fc.constantFrom(0, 1_780_000_000_000.25),
  told: fc.array(told, { minLength: 4, maxLength: 4 }),
  steps: fc.array(step, { minLength: 1, maxLength: 60 })
})

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe.skipIf(!hasRedis)(`the script ${withRedis}`, () => {
  it.scopedLive("decides as `decide` does, to the last bit", () =>
    Effect.gen(function*() {
      const { port } = yield* makeRedis()
      const redis = yield* Effect.acquireRelease(
        Effect.sync(() => new Redis(port)),
        (redis) => Effect.sync(() => redis.disconnect())
      )
      let number = 0
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(run, async ({ start, steps, told }) => {
            const key = `run ${++number}`
            let state: State | undefined
            let time = start
            for (const { after, openingsAgo, ...others } of steps) {
              time = Math.max(0, time + after)
              const report: Report = {
                ...others,
                told: told[["a", "b"].indexOf(others.member) + 1],
                opening: Math.max(0, (state?.opening ?? 0) - openingsAgo)
              }
              const answer: unknown = await redis.eval(script, 1, key, JSON.stringify(report), String(time))
              const expected = decide(state, report, time)
              state = expected.state
              expect(JSON.parse(String(answer))).toEqual({ now: time, grant: json(expected.grant) })
              expect(JSON.parse(String(await redis.get(key)))).toEqual(json(state))
            }
          }),
          { numRuns: 600 }
        )
      )
    }))

  it.scopedLive("decides as `decide` does for fleets at work", () =>
    Effect.gen(function*() {
      const { port } = yield* makeRedis()
      const redis = yield* Effect.acquireRelease(
        Effect.sync(() => new Redis(port)),
        (redis) => Effect.sync(() => redis.disconnect())
      )
      const ten = { requests: 10, window: 1000 }
      const gate = { callers: 10, calls: 1e6 }
      const gates = (told: Told | undefined) => [
        { ...gate, told },
        { ...gate, told, callers: 25 },
        { ...gate, told, isBackground: true },
        { ...gate, told, callers: 2, rest: 700 }
      ]
      const slow = { perSecond: 1e6, burst: 1e6, latency: 2500, wait: undefined }
      const fleets = [
        { gates: gates(ten), server: tenASecond },
        { gates: gates(undefined), server: tenASecond },
        { gates: gates(undefined).slice(0, 2), server: { ...tenASecond, latency: 2500, wait: undefined } },
        { gates: gates({ requests: 30, window: 1000 }), server: tenASecond },
        { gates: gates({ requests: 6, window: 30_000 }), server: tenASecond },
        { gates: gates(undefined).slice(0, 2), server: slow }
      ]
      for (const [number, { gates, server }] of fleets.entries()) {
        const { engine } = fleet({ gates, server, kill: { gate: 1, at: 30_000 }, until: 45_000 })
        let state: State | undefined
        for (const { now, report } of engine.heard) {
          const answer: unknown = yield* Effect.promise(() =>
            redis.eval(script, 1, `fleet ${number}`, JSON.stringify(report), String(now))
          )
          const expected = decide(state, report, now)
          state = expected.state
          expect(JSON.parse(String(answer))).toEqual({ now, grant: json(expected.grant) })
        }
        expect(JSON.parse(String(yield* Effect.promise(() => redis.get(`fleet ${number}`))))).toEqual(json(state))
      }
    }))

  it.scopedLive("goes by the server's clock", () =>
    Effect.gen(function*() {
      const { port } = yield* makeRedis()
      const redis = yield* Effect.acquireRelease(
        Effect.sync(() => new Redis(port)),
        (redis) => Effect.sync(() => redis.disconnect())
      )
      let state: State | undefined
      for (let i = 0; i < 50; i++) {
        const report: Report = {
          member: `member ${i % 3}`,
          told: { requests: 100, window: 1000 },
          interactive: 5,
          background: 0,
          inFlight: 0,
          opening: 0,
          answered: 0,
          answeredLate: 0,
          limited: undefined,
          quota: undefined,
          returned: 0,
          isLeaving: false
        }
        const answer: { now: number; grant: unknown } = JSON.parse(
          String(yield* Effect.promise(() => redis.eval(script, 1, "key", JSON.stringify(report))))
        )
        expect(Math.abs(answer.now - Date.now())).toBeLessThan(60_000)
        const expected = decide(state, report, answer.now)
        state = expected.state
        expect(answer.grant).toEqual(json(expected.grant))
      }
    }))
})
