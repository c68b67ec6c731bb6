import { describe, expect, it } from "vitest"
import { Pace } from "../../src/budget/pace.js"

describe("Pace", () => {
  it("a timer that comes late makes the next departures no later", () => {
    const pace = new Pace({ requests: 10, window: 2000 })
    for (let i = 0; i < 5; i++) pace.depart(0)
    expect(pace.due(0)).toBe(206)
    pace.depart(250)
    expect(pace.due(250)).toBe(412)
  })

  it("but nothing is made up for after a rest", () => {
    const pace = new Pace({ requests: 2, window: 2000 })
    pace.depart(0)
    pace.depart(100_000)
    expect(pace.due(100_000)).toBe(101_030)
  })
})
