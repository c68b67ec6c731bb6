/** What each engine of a budget must do, whatever keeps it. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, type Scope } from "effect"
import { RateBudget, type Report } from "effect-spotify/RateBudget"
import type { BudgetUnavailable, InvalidInput } from "effect-spotify/SpotifyError"

export const reportOf = (member: string, some: Partial<Report> = {}): Report => ({
  member,
  told: undefined,
  interactive: 0,
  background: 0,
  inFlight: 0,
  opening: 0,
  answered: 0,
  answeredLate: 0,
  limited: undefined,
  quota: undefined,
  returned: 0,
  isLeaving: false,
  ...some
})

/** An engine with a connection of its own. */
export const engineOf = <E>(layer: Layer.Layer<RateBudget, E>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, RateBudget))

/** A key that nobody else has, of all sorts of characters. */
export const oddKey = () => `ключ 🎵 "'\\{x}*%:/\0\n${crypto.randomUUID()}`

export type Connect = (
  key: string
) => Effect.Effect<RateBudget.Service, InvalidInput | BudgetUnavailable, Scope.Scope>

/** `connect` gives another engine each time, which keeps the same budgets. */
export const behaves = <E>(name: string, isThere: boolean, makeConnect: Effect.Effect<Connect, E, Scope.Scope>) =>
  describe.skipIf(!isThere)(name, () => {
    it.scopedLive("gives no more than the budget to the clients of two engines", () =>
      Effect.gen(function*() {
        const connect = yield* makeConnect
        const key = oddKey()
        const engines = yield* Effect.all([connect(key), connect(key)])
        const told = { requests: 1000, window: 600_000 }
        let granted = 0
        yield* Effect.forEach(
          engines.flatMap((engine, index) =>
            Array.from({ length: 10 }, (_, i) => ({ engine, member: `${index} ${i}` }))
          ),
          ({ engine, member }) =>
            Effect.repeatN(
              Effect.map(engine.report(reportOf(member, { told, interactive: 100 })), ({ slots }) => {
                granted += slots.length
              }),
              4
            ),
          { concurrency: 4, discard: true }
        )
        // Half of it at once, and few of the other half as yet.
        expect(granted).toBeGreaterThanOrEqual(500)
        expect(granted).toBeLessThanOrEqual(1000)
      }))

    it.scopedLive("tells all of a 429, and lets one of them try afterwards", () =>
      Effect.gen(function*() {
        const connect = yield* makeConnect
        const key = oddKey()
        const [one, other] = yield* Effect.all([connect(key), connect(key)])
        yield* one.report(reportOf("one", { interactive: 5 }))
        expect((yield* other.report(reportOf("other", { interactive: 5 }))).inFlight).toBeDefined()
        expect((yield* one.report(reportOf("one", { interactive: 5, limited: { wait: 30 } }))).opening).toBe(1)
        let probes = 0
        // They ask until the pause is over.
        while (probes === 0) {
          yield* Effect.yieldNow()
          for (const [member, engine] of [["one", one], ["other", other]] as const) {
            const grant = yield* engine.report(reportOf(member, { interactive: 5, opening: 1 }))
            expect(grant.opening).toBe(1)
            if (grant.pause > 0) expect(grant.slots).toEqual([])
            probes += grant.slots.length
          }
        }
        expect(probes).toBe(1)
        const after = yield* one.report(reportOf("one", { interactive: 5, opening: 1, answered: 1 }))
        expect(after.requestsPerSecond).toBeGreaterThan(0)
      }))

    it.scopedLive("takes a wait without an end for a long one", () =>
      Effect.gen(function*() {
        const connect = yield* makeConnect
        const { report } = yield* connect(oddKey())
        for (const wait of [Infinity, Number.NaN, -1]) {
          const { opening, pause } = yield* report(reportOf("a", { limited: { wait }, quota: Infinity }))
          expect([opening, Number.isFinite(pause)]).toEqual([1, true])
        }
        expect((yield* report(reportOf("a", { opening: 1 }))).pause).toBeGreaterThan(1e9)
      }))

    it.scopedLive("keeps each key apart, and tells the smallest of the budgets that its members were told", () =>
      Effect.gen(function*() {
        const connect = yield* makeConnect
        const key = oddKey()
        const [one, other, apart] = yield* Effect.all([connect(key), connect(key), connect(`${key} `)])
        const large = { requests: 100, window: 1000 }
        const small = { requests: 10, window: 1000 }
        expect((yield* one.report(reportOf("one", { told: large, interactive: 1 }))).told).toEqual(large)
        expect((yield* other.report(reportOf("other", { told: small, interactive: 1 }))).told).toEqual(small)
        expect(yield* one.report(reportOf("one", { told: large, interactive: 1 }))).toMatchObject({
          told: small,
          members: 2
        })
        expect(yield* apart.report(reportOf("one", { told: large }))).toMatchObject({ told: large, members: 1 })
        yield* other.report(reportOf("other", { told: small, isLeaving: true }))
        expect(yield* one.report(reportOf("one", { told: large }))).toMatchObject({ told: large, members: 1 })
      }))
  })
