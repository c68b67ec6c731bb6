import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Cause, Effect, Exit, FastCheck as fc, Option } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import type { SpotifyError } from "effect-spotify/SpotifyError"
import { FakeSpotify } from "effect-spotify/testing"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { bundled } from "../utils/bundle.js"
import { get, layer, spotify } from "../utils/client.js"
import { serve } from "../utils/serve.js"
import { onVirtualClock } from "../utils/virtualClock.js"

interface Row {
  /** The `Retry-After` of each 429. */
  readonly row: ReadonlyArray<number | undefined>
  readonly waiters: number
  readonly inBackground: number
  readonly client: SpotifyClient.Options
  readonly latency?: number
  /** How many calls are answered before, one after the other. */
  readonly before?: number
}

/**
 * When each call ended, how, when it got its own last 429 and how long it waited at most; and when anybody got the last
 * 429. In seconds.
 */
const through = ({ before = 0, client, inBackground, latency = 20, row, waiters }: Row) =>
  onVirtualClock((clock) =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const seconds = Effect.sync(() => clock.unsafeCurrentTimeMillis() / 1000)
      yield* Effect.replicateEffect(get("/me"), before)
      const began = yield* seconds
      for (const retryAfter of row) yield* fake.failNext(FakeSpotify.tooManyRequests(retryAfter))
      const ends = yield* Effect.forEach(
        Array.from({ length: waiters }, (_, i) => i),
        (i) =>
          Effect.exit(get(`/me?n=${i}`)).pipe(
            SpotifyClient.withPriority(i < inBackground ? "background" : "interactive"),
            Effect.zip(seconds)
          ),
        { concurrency: "unbounded" }
      )
      const requests = yield* fake.requests
      const limited = requests.filter(({ status }) => status === 429)
      const lastOf = (requests: typeof limited) =>
        Option.match(Arr.last(requests), {
          onNone: () => began,
          onSome: ({ time }) => (time + latency) / 1000
        })
      return {
        began,
        last: lastOf(limited),
        ends: ends.map(([exit, at], i) => {
          const own = requests.filter(({ query }) => query["n"] === String(i)).map(({ time }) => time / 1000)
          return {
            exit,
            at,
            limitedAt: lastOf(limited.filter(({ query }) => query["n"] === String(i))),
            longest: Math.max(...own.map((time, i) => time - (own[i - 1] ?? began)), at - (own.at(-1) ?? began))
          }
        })
      }
    }).pipe(Effect.provide(layer({ client, fake: { latency } })))
  )

/** The status of an answer, or the tag of an error. */
const outcomeOf = Exit.match({
  onFailure: (cause: Cause.Cause<SpotifyError>) =>
    Option.match(Cause.failureOption(cause), { onNone: () => "defect", onSome: (error) => error._tag }),
  onSuccess: ({ status }: SpotifyClient.Response) => status
})

describe("after a row of 429s", () => {
  for (const times of [10, 15, 20, 40]) {
    it.effect(`of ${times}, five calls are answered within seconds`, () =>
      Effect.gen(function*() {
        const { ends, last } = yield* through({
          row: Array.from({ length: times }, () => 1),
          waiters: 5,
          inBackground: 0,
          client: {}
        })
        for (const { at, exit } of ends) {
          expect(outcomeOf(exit)).toBe(200)
          expect(at).toBeLessThanOrEqual(last + 8)
        }
      }))
  }

  it("everybody is through within 15 seconds and one for every ten of them", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          row: fc.array(fc.option(fc.nat(5), { nil: undefined }), { minLength: 1, maxLength: 60 }),
          waiters: fc.integer({ min: 1, max: 100 }),
          inBackground: fc.nat(100),
          client: fc.constantFrom<SpotifyClient.Options>({}, { requestsPer: [10, "1 second"] }),
          latency: fc.constantFrom(0, 20, 300),
          before: fc.constantFrom(0, 3, 30)
        }),
        (row) =>
          Effect.runPromise(Effect.map(through(row), ({ began, ends, last }) => {
            for (const { at, exit, limitedAt } of ends) {
              expect([200, "RateLimited"]).toContain(outcomeOf(exit))
              expect(at).toBeLessThanOrEqual(last + 15 + row.waiters / 10)
              // Who got the last one sits through its pause; who got none waits for those who go before.
              const allowed = limitedAt === began ? Infinity : limitedAt === last ? 75 + row.waiters / 10 : 60
              expect(at).toBeLessThanOrEqual(limitedAt + allowed)
            }
          }))
      ),
      { numRuns: 25 }
    ), 60_000)

  it.effect("a pause of just maxWait is sat through, and those who did so are answered", () =>
    Effect.gen(function*() {
      const { ends, last } = yield* through({
        row: Array.from({ length: 16 }, () => 60),
        waiters: 30,
        inBackground: 10,
        client: {}
      })
      for (const { at, exit } of ends) {
        expect(outcomeOf(exit)).toBe(200)
        expect(at).toBeLessThanOrEqual(last + 60 + 15 + 3)
      }
    }))

  it.effect("nobody waits for longer than maxWait, neither who was refused nor who wasn't sent", () =>
    Effect.gen(function*() {
      const { ends } = yield* through({
        row: Array.from({ length: 1000 }, () => 1),
        waiters: 30,
        inBackground: 10,
        client: { maxWait: "5 seconds" }
      })
      for (const { exit, longest } of ends) {
        expect(outcomeOf(exit)).toBe("RateLimited")
        // And the time that the answer takes.
        expect(longest).toBeLessThanOrEqual(5.021)
      }
    }))
})

it.scopedLive("whoever waits keeps the process alive", () =>
  Effect.gen(function*() {
    let left = 60
    const url = yield* serve((_, response) => {
      if (left-- > 0) response.writeHead(429, { "retry-after": "0.01" }).end()
      else response.end("{}")
    })
    const program = yield* Effect.promise(() => bundled(new URL("../utils/waitingChild.ts", import.meta.url)))
    const { stdout } = yield* Effect.promise(() => promisify(execFile)(process.execPath, [program, url]))
    expect(stdout).toBe("200 200 200 200 200\n")
  }))
