import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { hasPostgres, withPostgres } from "../utils/postgres.js"
import { adding, run } from "./fleetKill.js"

describe.skipIf(!hasPostgres)(`a fleet ${withPostgres}`, () => {
  it.live("goes on where a worker was killed: all is exported, and nothing is written or refreshed twice", () =>
    Effect.gen(function*() {
      const { broken, cut } = yield* run({ users: 12, workers: 3, ending: 40, killing: 50, cutting: adding })
      expect(broken).toEqual([])
      expect(cut).toBeGreaterThan(0)
    }))
})
