/** What the decisions come to, in virtual time: fleets of gates at a server that keeps to a budget of its own. */
import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { decide, type State } from "../../src/budget/decide.js"
import type { Told } from "../../src/budget/pace.js"
import type { Grant, Report } from "../../src/budget/report.js"
import { reportOf } from "./engines.js"
import {
  fleet,
  type GateOptions,
  LocalGate,
  mostWithin,
  Server,
  type ServerOptions,
  tenASecond,
  Timeline
} from "./simulation.js"

const ten: Told = { requests: 10, window: 1000 }
const hundred: Told = { requests: 100, window: 1000 }

/** Every gate's time for all of its calls, in parts of the least that there is. */
const against = (ideal: number, gates: ReadonlyArray<{ readonly endedAt: number | undefined }>) =>
  gates.map(({ endedAt = Infinity }) => endedAt / ideal).sort((a, b) => a - b)

const four = (told: Told | undefined): ReadonlyArray<GateOptions> =>
  Array.from({ length: 4 }, () => ({ told, callers: 25, calls: 100 }))

const within = (times: ReadonlyArray<number>, from: number, to: number) =>
  times.filter((time) => time >= from && time < to).length

describe("a fleet", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("that is told the budget draws on it together (%i)", (seed) => {
    const { gates, server } = fleet({ gates: four(ten), seed, offset: [0, -5e9, 1.7e12][seed % 3] ?? 0 })
    expect(server.limited).toBeLessThanOrEqual(4)
    const ends = against(39_000, gates)
    expect(ends[3]).toBeLessThanOrEqual(1.08)
    expect(ends[0]).toBeGreaterThanOrEqual(0.85)
    expect(mostWithin(gates.flatMap(({ departures }) => departures), 1000)).toBeLessThanOrEqual(10)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("that is left to learn meets few 429s together (%i)", (seed) => {
    const { gates, server } = fleet({ gates: four(undefined), seed })
    expect(server.limited).toBeLessThanOrEqual(40)
    const ends = against(39_000, gates)
    expect(ends[3]).toBeLessThanOrEqual(1.15)
    expect(ends[0]).toBeGreaterThanOrEqual(0.85)
  })

  it.each([ten, undefined])("of one does no worse than a gate of its own, told %j", (told) => {
    const options = { told, callers: 25, calls: 100 }
    const time = new Timeline(0)
    const server = new Server(time, tenASecond)
    const local = new LocalGate(time, server, options)
    local.start()
    time.run(300_000)
    const shared = fleet({ gates: [options] })
    expect(shared.server.limited).toBeLessThanOrEqual(server.limited)
    // Both leave half of a second's budget at once; the rest is a matter of milliseconds.
    expect(shared.gates[0]?.endedAt).toBeLessThanOrEqual((local.endedAt ?? 0) + 100)
  })

  it.each([ten, undefined])("takes over the part of a gate that is killed, told %j", (told) => {
    const gates = four(told).map((gate) => ({ ...gate, calls: 1000 }))
    const at = 15_000
    const { gates: [, ...rest], server } = fleet({ gates, kill: { gate: 0, at }, until: 40_000 })
    const times = rest.flatMap(({ departures }) => departures)
    expect(within(times, at + 2000, at + 12_000)).toBeGreaterThanOrEqual(94)
    expect(server.limited).toBeLessThanOrEqual(40)
  })

  const unlimited: ServerOptions = { perSecond: 1e6, burst: 1e6, latency: 50, wait: undefined }

  it.each([1, 4, 20])("of %i leaves no more than it was told in any window, and nearly as much", (number) => {
    const { gates } = fleet({
      gates: Array.from({ length: number }, () => ({ told: hundred, callers: 50, calls: 1e6 })),
      server: unlimited,
      until: 20_000
    })
    const times = gates.flatMap(({ departures }) => departures)
    expect(mostWithin(times, 1000)).toBeLessThanOrEqual(100)
    expect(times.length).toBeGreaterThanOrEqual(1900)
    // The first that asks has what may go at once, and less than the others for some seconds.
    const counts = gates.map(({ departures }) => within(departures, 7000, 20_000))
    expect(Math.min(...counts)).toBeGreaterThan(0.85 * Math.max(...counts))
  })

  it("that is told too much learns of it", () => {
    const told = { requests: 30, window: 1000 }
    const { gates, server } = fleet({ gates: four(told) })
    expect(server.limited).toBeLessThanOrEqual(40)
    expect(against(39_000, gates)[3]).toBeLessThanOrEqual(1.15)
    expect(mostWithin(gates.flatMap(({ departures }) => departures), 1000)).toBeLessThanOrEqual(30)
  })

  it("goes by the smaller of two budgets", () => {
    const { gates } = fleet({
      gates: [hundred, ten].map((told) => ({ told, callers: 25, calls: 1e6 })),
      server: unlimited,
      until: 20_000
    })
    for (const { grant } of gates) expect(grant?.told).toEqual(ten)
    // The first may have begun before the second was there.
    expect(mostWithin(gates.flatMap(({ departures }) => departures.filter((time) => time > 2000)), 1000)).toBe(10)
  })

  it("leaves little of a slow budget unused, and lets nobody starve", () => {
    const { gates } = fleet({
      gates: Array.from({ length: 3 }, () => ({ told: { requests: 6, window: 30_000 }, callers: 2, calls: 1e6 })),
      server: unlimited,
      until: 300_000
    })
    const counts = gates.map(({ departures }) => departures.length)
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(18)
    expect(mostWithin(gates.flatMap(({ departures }) => departures), 30_000)).toBeLessThanOrEqual(6)
  })

  it("sends nothing in the background while interactive calls take all, and all of what they leave", () => {
    const gates = (rest: number) => [
      { told: ten, callers: rest === 0 ? 25 : 1, calls: 1e6, rest },
      { told: ten, callers: 25, calls: 1e6, isBackground: true }
    ]
    const busy = fleet({ gates: gates(0), until: 30_000 })
    expect(busy.gates.map(({ done }) => done > 10)).toEqual([true, false])
    const light = fleet({ gates: gates(1000), until: 30_000 })
    const [interactive, background] = light.gates
    // A call takes 50 ms, and its caller rests for a second: it waits for about 200 ms each time.
    expect(interactive?.done).toBeGreaterThanOrEqual(23)
    expect(background?.done).toBeGreaterThanOrEqual(250)
  })

  it("without a limit has all in flight that its gates allow themselves", () => {
    const { gates, server } = fleet({
      gates: Array.from({ length: 4 }, () => ({ told: undefined, callers: 100, calls: 1e6 })),
      server: unlimited,
      until: 5000
    })
    expect(server.limited).toBe(0)
    for (const { grant, inFlight } of gates) expect([grant?.inFlight, inFlight]).toEqual([64, 64])
  })
})

/** Reports one after the other, at the times given. */
const talk = (start = 1000) => {
  let state: State | undefined
  return (at: number, member: string, some: Partial<Report> = {}): Grant => {
    const decision = decide(state, reportOf(member, some), start + at)
    state = decision.state
    return decision.grant
  }
}

describe("decide", () => {
  it("alters nothing that it is given", () => {
    const freeze = <A>(value: A): A => {
      if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
      return value
    }
    let state: State | undefined
    for (let i = 0; i < 40; i++) {
      const limited = i % 10 === 9 ? { wait: 100 } : undefined
      const report = reportOf(`${i % 3}`, {
        told: ten,
        interactive: 3,
        returned: i % 2,
        limited,
        opening: state?.opening ?? 0
      })
      state = freeze(decide(state, freeze(report), i * 70).state)
    }
    expect(state?.opening).toBe(4)
  })

  it("gives what may be on its way to those who are there, a new one its part when the others have left it", () => {
    const tell = talk()
    expect(tell(0, "a", { interactive: 20 }).inFlight).toBe(16)
    expect(tell(10, "b", { interactive: 20 }).inFlight).toBe(0)
    expect(tell(50, "a", { interactive: 4, inFlight: 16 }).inFlight).toBe(7)
    expect(tell(60, "b", { interactive: 20 }).inFlight).toBe(0)
    expect(tell(100, "a", { interactive: 4, inFlight: 7, answered: 9 }).inFlight).toBe(6)
    const { inFlight = 0 } = tell(110, "b", { interactive: 20 })
    expect(inFlight).toBeGreaterThanOrEqual(16)
    // Gone without a word.
    expect(tell(1700, "a", { interactive: 30 })).toMatchObject({ inFlight: 25, members: 1, share: 1 })
  })

  it("hears a 429 once an opening", () => {
    const tell = talk()
    tell(0, "a", { interactive: 5 })
    tell(0, "b", { interactive: 5 })
    expect(tell(100, "a", { interactive: 5, limited: { wait: 1000 } })).toMatchObject({
      opening: 1,
      pause: 1000,
      reportAfter: 500,
      slots: []
    })
    expect(tell(110, "b", { interactive: 5, limited: { wait: 1000 } })).toMatchObject({ opening: 1, pause: 1000 })
    expect(tell(120, "b", { interactive: 5, opening: 0, limited: { wait: undefined } })).toMatchObject({
      opening: 1,
      pause: 990
    })
  })

  it("waits twice as long after each 429 that doesn't say how long, up to 8 seconds", () => {
    const tell = talk()
    let at = 0
    const pauses = [0, 1, 2, 3, 4, 5].map((opening) => {
      const { pause } = tell(at, "a", { interactive: 1, opening, limited: { wait: undefined } })
      at += pause
      return pause
    })
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 8000, 8000])
    tell(at, "a", { interactive: 1, opening: 6, answered: 1 })
    expect(tell(at, "a", { interactive: 1, opening: 6, limited: { wait: undefined } }).pause).toBe(1000)
  })

  describe("after a pause", () => {
    const paused = () => {
      const tell = talk()
      for (const member of ["a", "b", "c"]) tell(0, member, { interactive: 5 })
      tell(0, "a", { interactive: 5, limited: { wait: 1000 } })
      for (const at of [500, 999]) {
        for (const member of ["a", "b", "c"]) tell(at, member, { interactive: 5, opening: 1 })
      }
      return tell
    }

    it("lets one try for all, and all when that one was answered", () => {
      const tell = paused()
      expect(tell(1000, "b", { interactive: 5, opening: 1 }).slots).toEqual([0])
      expect(tell(1010, "a", { interactive: 5, opening: 1 }).slots).toEqual([])
      expect(tell(1020, "b", { interactive: 5, inFlight: 1, opening: 1 }).slots).toEqual([])
      tell(1100, "b", { interactive: 4, opening: 1, answered: 1 })
      const given = ["a", "b", "c"].flatMap((member) =>
        [1110, 1600, 2100, 2600, 3100].flatMap((at) => tell(at, member, { interactive: 5, opening: 1 }).slots)
      )
      expect(given.length).toBeGreaterThan(1)
    })

    it("lets another try after two seconds, or when that one has gone or given its turn back", () => {
      const slow = paused()
      expect(slow(1000, "b", { interactive: 5, opening: 1 }).slots).toEqual([0])
      for (const at of [1500, 2000, 2500]) slow(at, "b", { interactive: 5, inFlight: 1, opening: 1 })
      expect(slow(2900, "a", { interactive: 5, opening: 1 }).slots).toEqual([])
      expect(slow(3000, "a", { interactive: 5, opening: 1 }).slots).toHaveLength(1)

      const gone = paused()
      expect(gone(1000, "b", { interactive: 5, opening: 1 }).slots).toEqual([0])
      expect(gone(2400, "a", { interactive: 5, opening: 1 }).slots).toEqual([])
      expect(gone(2550, "a", { interactive: 5, opening: 1 }).slots).toHaveLength(1)

      const given = paused()
      expect(given(1000, "b", { interactive: 5, opening: 1 }).slots).toEqual([0])
      given(1010, "b", { opening: 1, returned: 1 })
      expect(given(1020, "a", { interactive: 5, opening: 1 }).slots).toHaveLength(1)
    })

    it("lets interactive calls try first", () => {
      const tell = talk()
      tell(0, "a", { background: 5 })
      tell(0, "b", { interactive: 5, limited: { wait: 1000 } })
      tell(900, "b", { interactive: 5, opening: 1 })
      expect(tell(1000, "a", { background: 5, opening: 1 }).slots).toEqual([])
      expect(tell(1005, "b", { interactive: 5, opening: 1 }).slots).toEqual([0])
    })

    it("and not for long where they don't come", () => {
      const tell = talk()
      tell(0, "a", { background: 5 })
      tell(0, "b", { interactive: 5, limited: { wait: 1000 } })
      tell(900, "b", { interactive: 5, opening: 1 })
      expect(tell(1000, "a", { background: 5, opening: 1 }).slots).toEqual([])
      expect(tell(1150, "a", { background: 5, opening: 1 }).slots).toHaveLength(1)
    })
  })

  it("gives nothing to background work while the daily quota is used up", () => {
    const tell = talk()
    expect(tell(0, "a", { told: ten, background: 5, quota: 60_000 })).toMatchObject({ quota: 60_000, slots: [] })
    expect(tell(10, "b", { told: ten, interactive: 1 })).toMatchObject({ quota: 59_990, slots: [0] })
    expect(tell(59_000, "a", { told: ten, background: 5 }).slots).toEqual([])
    expect(tell(60_000, "a", { told: ten, background: 5 })).toMatchObject({ quota: 0 })
    expect(tell(60_001, "a", { told: ten, background: 5 }).slots.length).toBeGreaterThan(0)
  })

  it("gives slots again that were given back, or whose gate has left", () => {
    const tell = talk()
    expect(tell(0, "a", { told: ten, interactive: 25 }).slots).toEqual([0, 0, 0, 0, 0, 103, 206, 309])
    expect(tell(1, "b", { told: ten, interactive: 25 }).slots).toEqual([])
    tell(2, "a", { told: ten, returned: 2 })
    expect(tell(3, "b", { told: ten, interactive: 25 }).slots).toEqual([203, 306])
    tell(4, "a", { told: ten, isLeaving: true })
    expect(tell(5, "b", { told: ten, interactive: 25 })).toMatchObject({ slots: [98], members: 1 })
  })

  it("stands no clock that is set back or forward for long", () => {
    const tell = talk(1e9)
    tell(0, "a", { told: ten, interactive: 25 })
    expect(tell(-3_600_000, "a", { told: ten, interactive: 25 }).slots).toEqual([])
    expect(tell(-3_599_600, "a", { told: ten, interactive: 25 }).slots.length).toBeGreaterThan(0)
    expect(tell(3_600_000, "a", { told: ten, interactive: 25 }).slots.length).toBeGreaterThan(0)
  })

  it("goes on from the opening that the gates know, where its state was lost", () => {
    const tell = talk()
    expect(tell(0, "a", { interactive: 1, opening: 5, limited: { wait: 1000 } })).toMatchObject({
      opening: 6,
      pause: 1000
    })
  })

  const step = fc.record({
    after: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.double({ min: 0, max: 2000, noNaN: true }), fc.constant(-777)),
    member: fc.constantFrom("a", "b", "c", "d", "e"),
    interactive: fc.nat({ max: 30 }),
    background: fc.nat({ max: 30 }),
    inFlight: fc.nat({ max: 30 }),
    answered: fc.nat({ max: 10 })
  })

  it("never lays out more than the budget in any window", () => {
    fc.assert(fc.property(
      fc.constantFrom(ten, hundred, { requests: 1, window: 300 }, { requests: 7, window: 2222 }, {
        requests: 400,
        window: 9999
      }),
      fc.array(step, { maxLength: 150 }),
      (told, steps) => {
        let state: State | undefined
        let now = 0
        const slots: Array<number> = []
        for (const { after, ...report } of steps) {
          now += after
          const { grant, state: next } = decide(state, reportOf(report.member, { ...report, told }), now)
          state = next
          slots.push(...grant.slots.map((slot) => next.clock + slot))
          expect(grant.slots).toEqual([...grant.slots].sort((a, b) => a - b))
          expect(grant.reportAfter).toBeGreaterThan(0)
          expect(grant.reportAfter).toBeLessThanOrEqual(500)
        }
        expect(mostWithin(slots, told.window)).toBeLessThanOrEqual(told.requests)
      }
    ))
  })

  it("never allows more in flight than the fleet may have", () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      let state: State | undefined
      let now = 0
      for (const { after, ...report } of steps) {
        now += after
        state = decide(state, reportOf(report.member, report), now).state
        expect(state.members.reduce((sum, { allowance }) => sum + allowance, 0)).toBeLessThanOrEqual(state.limit)
      }
    }))
  })

  it("keeps a small state, whatever the budget", () => {
    for (const told of [{ requests: 10_000, window: 30_000 }, { requests: 10_000, window: 1000 }]) {
      const { engine } = fleet({
        gates: Array.from({ length: 4 }, () => ({ told, callers: 64, calls: 1e6 })),
        server: unlimitedServer,
        until: 10_000
      })
      expect(engine.largest).toBeLessThan(16_000)
    }
  })
})

const unlimitedServer: ServerOptions = { perSecond: 1e6, burst: 1e6, latency: 50, wait: undefined }
