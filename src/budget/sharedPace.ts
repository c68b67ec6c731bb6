/** The rate of a gate that draws on a shared budget: slots are leased from it, a few at a time. */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Runtime from "effect/Runtime"
import { BudgetUnavailable } from "../core/SpotifyError.js"
import { monotonic, sleepOn } from "../core/time.js"
import { tellReport } from "./metrics.js"
import { type Fleet, type Gate, lateness, Pace, type Rate, type Told } from "./pace.js"
import type { Grant, Report } from "./report.js"

/** How long a grant holds that isn't renewed, in milliseconds: a gate that is idle for longer asks first. */
const validity = 1000

/** For how long the engine is waited for, and how soon after a failure it is asked again, in milliseconds. */
const patience = 800
const retryAfter = 500

/** For how long after a pause nothing is asked for ahead of its need, in milliseconds, as `Pace` does. */
const wary = 300_000

/** What happened since the last report that arrived. */
interface News {
  answered: number
  answeredLate: number
  limited: { readonly wait: number | undefined } | undefined
  quota: number | undefined
  returned: number
}

const noNews = (): News => ({ answered: 0, answeredLate: 0, limited: undefined, quota: undefined, returned: 0 })

export interface Engine {
  readonly key: string
  readonly report: (report: Report) => Effect.Effect<Grant, BudgetUnavailable>
}

export interface Options {
  readonly member: string
  readonly told: Told | undefined
  readonly onUnavailable: "local" | "fail"
}

/**
 * A report goes to the engine when calls wait and there is no slot for them, at once after a 429 and after the first
 * answer of an opening (the probe's, which reopens the gate for all), and from time to time while there is something to
 * do. Between two of them all is decided here, from the last grant.
 *
 * While the engine is away, requests leave by a pace of the gate's own: its part of what all had, or what it learns.
 */
export class SharedPace implements Rate {
  /** The gate whose rate it is, which says so itself. */
  declare gate: Gate
  private grant: Grant | undefined
  private receivedAt = -Infinity
  private slots: Array<number> = []
  private reportAt = -Infinity
  private news = noNews()
  /** The number of the budget's opening. */
  private opening = 0
  /** The first answer of this opening is news for all. */
  private isProbing = false
  /** This gate has ended its opening by a 429 of its own, of which the budget's number doesn't tell yet. */
  private hasReopened = false
  private pausedAt = -Infinity
  /** Until when what can wait has to. */
  spentUntil = 0
  private isReporting = false
  private isUrgent = false
  /** What the engine was told last. */
  private isKnownIdle = true
  private isAway = false
  /** While the engine is away. */
  private alone: Pace | undefined
  private timer: Fiber.RuntimeFiber<void> | undefined
  private isClosed = false

  constructor(
    private readonly budget: Engine,
    private readonly options: Options,
    private readonly runtime: Runtime.Runtime<never>
  ) {}

  spent(millis: number): void {
    this.news.quota = millis
    this.isUrgent = true
  }

  fleet(): Fleet | undefined {
    const { grant } = this
    return grant === undefined
      ? undefined
      : { isAvailable: !this.isAway, members: grant.members, share: grant.share }
  }

  due(now: number): number {
    if (this.alone !== undefined) return this.alone.due(now)
    this.dropLate(now)
    const [slot] = this.slots
    if (slot !== undefined) return slot
    const { grant } = this
    const isFree = grant?.inFlight !== undefined && now < this.receivedAt + validity &&
      this.gate.demand().inFlight < grant.inFlight
    if (isFree) return now
    // The gate looks again when the answer comes.
    return this.isReporting ? now + patience : Math.max(this.reportAt, now + 1)
  }

  perSecond(now: number): number | undefined {
    return this.alone === undefined ? this.grant?.requestsPerSecond : this.alone.perSecond(now)
  }

  isWary(now: number): boolean {
    return now < this.pausedAt + wary || this.alone?.isWary(now) === true
  }

  depart(now: number): void {
    this.slots.shift()
    this.alone?.depart(now)
  }

  begin(now: number): void {
    this.alone?.begin(now)
  }

  rest(now: number): void {
    this.alone?.rest(now)
  }

  crowd(now: number, isCrowded: boolean, clock: Clock.Clock): void {
    this.alone?.crowd(now, isCrowded)
    if (this.isUrgent || (isCrowded && this.reportAt <= now && this.slots.length === 0)) this.send(clock)
    else this.wakeAt(clock)
  }

  answered(now: number): void {
    this.news.answered++
    if (this.isProbing) {
      this.isProbing = false
      this.isUrgent = true
    }
    this.alone?.answered(now)
  }

  answeredLate(): void {
    this.news.answeredLate++
    this.alone?.answeredLate()
  }

  limited(now: number, pause: number, wait: number | undefined): void {
    this.news.limited = { wait }
    this.hasReopened = true
    this.isUrgent = true
    this.pausedAt = now + pause
    this.slots = []
    this.alone?.limited(now, pause)
  }

  /** Tells the engine that this gate wants nothing any more. */
  get close(): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.isClosed = true
      this.timer?.unsafeInterruptAsFork(FiberId.none)
      return this.grant === undefined || this.isAway
        ? Effect.void
        : Effect.asVoid(Effect.either(inTime(this.budget, this.report(0, 0, 0, true))))
    })
  }

  /** A slot whose time has passed is nobody's any more. */
  private dropLate(now: number): void {
    while (this.slots.length > 0 && (this.slots[0] ?? now) + lateness < now) this.slots.shift()
  }

  private report(interactive: number, background: number, inFlight: number, isLeaving: boolean): Report {
    const { member, told } = this.options
    return {
      member,
      told,
      interactive,
      background,
      inFlight,
      opening: this.opening,
      isLeaving,
      ...this.news
    }
  }

  private send(clock: Clock.Clock): void {
    if (this.isReporting || this.isClosed) return
    const now = monotonic(clock)
    this.dropLate(now)
    const { background, inFlight, interactive } = this.gate.demand()
    if (interactive + background + inFlight === 0) {
      this.news.returned += this.slots.length
      this.slots = []
    }
    const { news } = this
    // Who is answered asks again, mostly; it is better to have its slot by then, where nobody else waits for it.
    const soon = Math.max(0, inFlight - this.slots.length)
    const report = this.report(interactive, background + soon, inFlight, false)
    this.news = noNews()
    this.isReporting = true
    this.isUrgent = false
    Runtime.runFork(this.runtime)(
      Effect.flatMap(inTime(this.budget, report), (result) => {
        this.isReporting = false
        this.isKnownIdle = Either.isRight(result) && interactive + background + inFlight === 0
        if (Either.isRight(result)) this.take(result.right, monotonic(clock))
        else this.fail(result.left, news, clock)
        this.gate.admit(clock)
        return tellReport(Either.isRight(result) ? result.right.members : undefined)
      }).pipe(Effect.withClock(clock))
    )
  }

  private take(grant: Grant, now: number): void {
    this.alone = undefined
    if (this.isAway) {
      this.isAway = false
      this.log(Effect.logInfo(`The rate budget ${JSON.stringify(this.budget.key)} answers again`))
    }
    this.tellOfSmaller(grant)
    this.grant = grant
    this.receivedAt = now
    this.reportAt = now + grant.reportAfter
    this.spentUntil = grant.quota > 0 ? now + grant.quota : 0
    if (grant.quota > 0) this.gate.refuse(this.spentUntil)
    // What was told of a 429 meanwhile comes before what was granted without it.
    if (this.news.limited === undefined) {
      const isNews = grant.opening > this.opening
      if (isNews) this.news = { ...noNews(), answeredLate: this.news.answered }
      if (isNews || grant.pause > 0) this.pause(grant, isNews, now)
      this.opening = grant.opening
      this.hasReopened = false
      // One that was given back by another may come before those that are here.
      this.slots = [...this.slots, ...grant.slots.map((slot) => now + slot)].toSorted((a, b) => a - b)
    }
  }

  /** Once, and again where it changes. */
  private tellOfSmaller({ told }: Grant): void {
    const own = this.options.told
    const before = this.grant?.told
    if (own === undefined || told === undefined) return
    const is = (other: Told | undefined) => told.requests === other?.requests && told.window === other.window
    if (is(own) || is(before)) return
    this.log(Effect.logWarning(
      `The rate budget ${JSON.stringify(this.budget.key)}: this client was told ${inWords(own)}, another one ` +
        `${inWords(told)}; the smaller counts for all`
    ))
  }

  private pause(grant: Grant, isNews: boolean, now: number): void {
    const until = now + grant.pause
    if (isNews) {
      this.isProbing = true
      this.slots = []
    }
    this.pausedAt = Math.max(this.pausedAt, until)
    // The opening ends once, whether this gate has met the 429 or another.
    this.gate.closeUntil(until, isNews && !this.hasReopened, now)
  }

  private fail(
    error: BudgetUnavailable,
    { answered, answeredLate, limited, quota, returned }: News,
    clock: Clock.Clock
  ): void {
    const now = monotonic(clock)
    this.news.answered += answered
    this.news.answeredLate += answeredLate
    this.news.limited ??= limited
    this.news.quota ??= quota
    this.news.returned += returned
    this.reportAt = now + retryAfter
    const fails = this.options.onUnavailable === "fail"
    if (!this.isAway) {
      this.isAway = true
      this.slots = []
      if (!fails) this.alone = new Pace(this.partOf(this.grant))
      this.log(Effect.logWarning(
        `${error.message}. ${
          fails ? "Calls fail until it answers" : "Until it answers, requests leave by a pace of this process's own"
        }`
      ))
    }
    if (fails) this.gate.refuse(error)
  }

  /** The part of the budget that this gate has while nobody can be asked. */
  private partOf(grant: Grant | undefined): Told | undefined {
    if (grant?.requestsPerSecond === undefined) return this.options.told
    const interval = 1000 * Math.max(1, grant.members) / grant.requestsPerSecond
    const window = Math.max(1000, interval)
    return { requests: Math.max(1, Math.floor(window / interval)), window }
  }

  private wakeAt(clock: Clock.Clock): void {
    if (this.timer !== undefined || this.isClosed) return
    const millis = Math.max(1, this.reportAt - monotonic(clock))
    this.timer = Runtime.runFork(this.runtime)(
      Effect.map(sleepOn(clock, millis), () => {
        this.timer = undefined
        const { background, inFlight, interactive } = this.gate.demand()
        if (interactive + background + inFlight > 0 || !this.isKnownIdle) this.send(clock)
      })
    )
  }

  private log(line: Effect.Effect<void>): void {
    Runtime.runFork(this.runtime)(line)
  }
}

const inWords = ({ requests, window }: Told): string => `${requests} requests in ${window / 1000} s`

const inTime = ({ key, report }: Engine, what: Report) =>
  Effect.either(Effect.timeoutFail(report(what), {
    duration: Duration.millis(patience),
    onTimeout: () => BudgetUnavailable.of(key, "its engine", `no answer within ${patience} ms`)
  }))
