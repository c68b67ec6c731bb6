/** Gates that share a budget, and a server that keeps to one, in virtual time: plain numbers, no fibers. */
import { decide, type State } from "../../src/budget/decide.js"
import { lateness, Pace, type Told } from "../../src/budget/pace.js"
import type { Grant, Report } from "../../src/budget/report.js"

/** What happens when; what is for the same time happens in the order in which it was planned. */
export class Timeline {
  private readonly events: Array<{ readonly at: number; readonly order: number; readonly run: () => void }> = []
  private planned = 0

  constructor(public now: number) {}

  at(time: number, run: () => void): void {
    const event = { at: Math.max(time, this.now), order: this.planned++, run }
    let [low, high] = [0, this.events.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.events[middle]
      if (other !== undefined && (other.at < event.at || (other.at === event.at && other.order < event.order))) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    this.events.splice(low, 0, event)
  }

  /** Until nothing is planned any more, or the time has come. */
  run(until: number): void {
    while (this.events.length > 0 && (this.events[0]?.at ?? 0) <= until) {
      const event = this.events.shift()
      if (event === undefined) return
      this.now = event.at
      event.run()
    }
  }
}

/** Numbers from 0 to 1 that are the same in each run. */
export const randomOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

export interface ServerOptions {
  /** A token bucket: so many a second, and so many at once. */
  readonly perSecond: number
  readonly burst: number
  readonly latency: number
  /** `Retry-After`, in milliseconds. */
  readonly wait: number | undefined
}

export class Server {
  readonly arrivals: Array<number> = []
  limited = 0
  private tokens: number
  private filled: number

  constructor(private readonly time: Timeline, private readonly options: ServerOptions) {
    this.tokens = options.burst
    this.filled = time.now
  }

  send(done: (limited: { readonly wait: number | undefined } | undefined) => void): void {
    const { burst, latency, perSecond, wait } = this.options
    this.time.at(this.time.now + latency / 2, () => {
      const { now } = this.time
      this.arrivals.push(now)
      this.tokens = Math.min(burst, this.tokens + (now - this.filled) * perSecond / 1000)
      this.filled = now
      const isLimited = this.tokens < 1
      if (isLimited) this.limited++
      else this.tokens--
      this.time.at(now + latency / 2, () => done(isLimited ? { wait } : undefined))
    })
  }
}

/** An engine that decides in virtual time: reports arrive, and are answered, a little later. */
export class Engine {
  state: State | undefined
  reports = 0
  largest = 0
  /** What it was told, and when. */
  readonly heard: Array<{ readonly report: Report; readonly now: number }> = []

  constructor(
    private readonly time: Timeline,
    private readonly delay: () => number,
    /** Its clock, which isn't that of the gates. */
    private readonly offset = 1.7e12
  ) {}

  report(report: Report, done: (grant: Grant) => void): void {
    const { time } = this
    time.at(time.now + this.delay() / 2, () => {
      const now = time.now + this.offset
      const { grant, state } = decide(this.state, report, now)
      this.heard.push({ report, now })
      this.state = state
      this.reports++
      this.largest = Math.max(this.largest, JSON.stringify(state).length)
      time.at(time.now + this.delay() / 2, () => done(grant))
    })
  }
}

export interface GateOptions {
  readonly told: Told | undefined
  readonly callers: number
  readonly calls: number
  readonly isBackground?: boolean
  /** How long a caller waits after an answer before its next call, in milliseconds. */
  readonly rest?: number
}

/** What a local gate does whatever its rate: it shuts after a 429, reopens with one request, and lets more go by and by. */
abstract class Gate {
  waiting = 0
  inFlight = 0
  protected inOpening = 0
  protected limit = 16
  protected opening = 0
  protected pausedUntil = 0
  private started = 0
  done = 0
  endedAt: number | undefined
  isKilled = false
  readonly departures: Array<number> = []
  readonly startedAt: number
  private wakeAt = Infinity

  constructor(
    protected readonly time: Timeline,
    private readonly server: Server,
    protected readonly options: GateOptions
  ) {
    this.startedAt = time.now
  }

  start(): void {
    for (let i = 0; i < this.options.callers; i++) this.next()
    this.admit()
  }

  kill(): void {
    this.isKilled = true
  }

  protected abstract due(): number
  protected abstract depart(): void
  protected abstract answered(isOfOpening: boolean, isLate: boolean): void
  protected abstract limited(pause: number, wait: number | undefined): void
  protected abstract changed(): void

  private next(): void {
    if (this.started === this.options.calls) return
    this.started++
    this.waiting++
  }

  protected reopen(): void {
    this.opening++
    this.inOpening = 0
    this.limit = 1
  }

  admit(): void {
    const { time } = this
    if (this.isKilled) return
    while (this.waiting > 0 && this.inOpening < this.limit && this.inFlight < 64) {
      const at = Math.max(this.pausedUntil, this.due())
      if (at > time.now) {
        this.wake(at)
        break
      }
      this.send()
    }
    this.changed()
  }

  protected wake(at: number): void {
    if (at >= this.wakeAt || at === Infinity) return
    this.wakeAt = at
    // Timers come late by up to a millisecond.
    this.time.at(Math.ceil(at), () => {
      if (this.wakeAt === at) this.wakeAt = Infinity
      this.admit()
    })
  }

  private send(): void {
    const ticket = this.opening
    this.waiting--
    this.inFlight++
    this.inOpening++
    this.depart()
    this.departures.push(this.time.now)
    this.server.send((limited) => {
      if (this.isKilled) return
      this.inFlight--
      const isNews = ticket === this.opening
      if (isNews) this.inOpening--
      if (limited === undefined) {
        if (isNews) this.limit = Math.min(this.limit + 1, 64)
        this.answered(isNews, ticket === this.opening - 1)
        this.done++
        if (this.done === this.options.calls) this.endedAt = this.time.now
        const { rest = 0 } = this.options
        if (rest === 0) this.next()
        else {
          this.time.at(this.time.now + rest, () => {
            this.next()
            this.admit()
          })
        }
      } else {
        const pause = limited.wait ?? (isNews ? 1000 : 0)
        this.pausedUntil = Math.max(this.pausedUntil, this.time.now + pause)
        this.waiting++
        if (isNews) {
          this.limited(this.pausedUntil - this.time.now, limited.wait)
          this.reopen()
        }
      }
      this.admit()
    })
  }
}

/** A gate with a pace of its own. */
export class LocalGate extends Gate {
  private readonly pace = new Pace(this.options.told)

  protected due(): number {
    return this.pace.due(this.time.now)
  }

  protected depart(): void {
    this.pace.depart(this.time.now)
  }

  protected answered(isOfOpening: boolean, isLate: boolean): void {
    if (isOfOpening) this.pace.answered(this.time.now)
    else if (isLate) this.pace.answeredLate()
  }

  protected limited(pause: number): void {
    this.pace.limited(this.time.now, pause)
  }

  protected changed(): void {
    this.pace.crowd(this.time.now, this.waiting > 0)
    if (this.inFlight + this.waiting === 0) this.pace.rest(this.time.now)
  }
}

let members = 0

/** A gate that draws on a shared budget, as `sharedPace.ts` does. */
export class SharedGate extends Gate {
  readonly member = `gate ${++members}`
  grant: Grant | undefined
  granted = 0
  private slots: Array<number> = []
  private known = 0
  private reportAt = -Infinity
  private isReporting = false
  private isUrgent = false
  private isProbing = false
  private hasReopened = false
  private isKnownIdle = true
  private news = { answered: 0, answeredLate: 0, returned: 0 }
  private met: { readonly wait: number | undefined } | undefined

  constructor(time: Timeline, server: Server, private readonly engine: Engine, options: GateOptions) {
    super(time, server, options)
  }

  protected due(): number {
    this.drop()
    const [slot] = this.slots
    if (slot !== undefined) return slot
    const { grant } = this
    return grant?.inFlight !== undefined && this.inFlight < grant.inFlight ? this.time.now : Infinity
  }

  protected depart(): void {
    this.slots.shift()
  }

  private drop(): void {
    while ((this.slots[0] ?? Infinity) + lateness < this.time.now) this.slots.shift()
  }

  protected answered(isOfOpening: boolean, isLate: boolean): void {
    if (isOfOpening) this.news.answered++
    else if (isLate) this.news.answeredLate++
    if (isOfOpening && this.isProbing) {
      this.isProbing = false
      this.isUrgent = true
    }
  }

  protected limited(_pause: number, wait: number | undefined): void {
    this.met = { wait }
    this.hasReopened = true
    this.isUrgent = true
    this.slots = []
  }

  protected changed(): void {
    const { now } = this.time
    this.drop()
    const isBusy = this.waiting + this.inFlight > 0
    if (this.isUrgent || (this.reportAt <= now && (this.waiting > 0 && this.slots.length === 0))) this.report()
    else if (isBusy && this.reportAt <= now) this.report()
    else if (!isBusy && !this.isKnownIdle) this.report()
    else if (isBusy) this.wake(this.reportAt)
  }

  private report(): void {
    if (this.isReporting || this.isKilled) return
    const isIdle = this.waiting + this.inFlight === 0
    if (isIdle) {
      this.news.returned += this.slots.length
      this.slots = []
    }
    const { isBackground = false, told } = this.options
    const report: Report = {
      member: this.member,
      told,
      interactive: isBackground ? 0 : this.waiting,
      // Who is answered asks again, mostly; slots that are there already, and not used yet, are for these.
      background: (isBackground ? this.waiting : 0) +
        Math.max(0, this.inFlight - this.slots.filter((slot) => slot <= this.time.now).length),
      inFlight: this.inFlight,
      opening: this.known,
      limited: this.met,
      quota: undefined,
      isLeaving: false,
      ...this.news
    }
    this.news = { answered: 0, answeredLate: 0, returned: 0 }
    this.met = undefined
    this.isUrgent = false
    this.isReporting = true
    this.isKnownIdle = isIdle
    this.engine.report(report, (grant) => {
      if (this.isKilled) return
      this.isReporting = false
      this.take(grant)
      this.admit()
    })
  }

  private take(grant: Grant): void {
    const { now } = this.time
    this.grant = grant
    this.reportAt = now + grant.reportAfter
    if (this.met !== undefined) return
    const isNews = grant.opening > this.known
    if (isNews) {
      this.news = { answered: 0, answeredLate: this.news.answered, returned: 0 }
      this.slots = []
      this.isProbing = true
      if (!this.hasReopened) this.reopen()
      this.hasReopened = false
    }
    if (grant.pause > 0) this.pausedUntil = Math.max(this.pausedUntil, now + grant.pause)
    this.known = grant.opening
    this.granted += grant.slots.length
    // A new one may be for before those that it has.
    this.slots.push(...grant.slots.map((slot) => now + slot))
    this.slots.sort((a, b) => a - b)
  }
}

/** The most departures within any time so long. */
export const mostWithin = (times: ReadonlyArray<number>, window: number): number => {
  const sorted = [...times].sort((a, b) => a - b)
  let [most, first] = [0, 0]
  sorted.forEach((time, index) => {
    while ((sorted[first] ?? time) <= time - window) first++
    most = Math.max(most, index - first + 1)
  })
  return most
}

export const tenASecond: ServerOptions = { perSecond: 10, burst: 10, latency: 50, wait: 1000 }

/** Starts gates nearly together, and lets time go on. */
export const fleet = (options: {
  readonly gates: ReadonlyArray<GateOptions>
  readonly server?: ServerOptions
  readonly seed?: number
  readonly offset?: number
  readonly until?: number
  readonly kill?: { readonly gate: number; readonly at: number }
}) => {
  const { kill, offset = 1.7e12, seed = 1, server: serverOptions = tenASecond, until = 300_000 } = options
  const time = new Timeline(0)
  const random = randomOf(seed)
  const server = new Server(time, serverOptions)
  const engine = new Engine(time, () => 2 + random() * 3, offset)
  const gates = options.gates.map((gate) => new SharedGate(time, server, engine, gate))
  for (const gate of gates) time.at(random() * 20, () => gate.start())
  if (kill !== undefined) time.at(kill.at, () => gates[kill.gate]?.kill())
  time.run(until)
  return { server, engine, gates }
}
