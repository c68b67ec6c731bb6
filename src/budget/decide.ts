/**
 * What follows from a gate's report for the budget that it draws on with others: the one place that decides it, for all
 * engines. `redisScript.ts` is the same in Lua, to the last bit: who changes one changes both.
 */
import type * as Types from "effect/Types"
import type { Told } from "./pace.js"
import type { Grant, Report } from "./report.js"

/** The version of the state's shape. */
export const version = 1

/** What the decisions go by; times are in milliseconds. As for the pace, see `pace.ts`. */
export const rules = {
  /** How long a gate that hasn't reported belongs to the fleet. */
  lifetime: 1500,
  /** How far ahead slots are given: what a gate that dies may take along. */
  horizon: 400,
  /** The same for background work of one gate of several: interactive calls that come have the rest. */
  backgroundHorizon: 150,
  /** How late a slot may still be given that nobody has asked for in time. */
  slack: 20,
  /** How long it is waited for a probe's answer, and for those with interactive calls to ask for the probe. */
  probeTime: 2000,
  probeGrace: 100,
  /** For how long a gate that got nothing keeps its place before others, after it should have asked again. */
  turnGrace: 150,
  /** The longest times until the next report: of who sits through a pause, and of the others. */
  maxReportAfter: 500,
  usualReportAfter: 250,
  /** The most slots that one gate has at once, and that are laid out for all. */
  maxSlots: 64,
  maxFree: 256,
  /** How many requests of a new fleet may be on their way, and of each gate at most. */
  firstLimit: 16,
  maxInFlight: 64,
  /** The parts of a window in which slots are counted together. */
  slices: 256,
  /** Over what time a gate's share is told. */
  shareTime: 5000,
  memory: 30_000,
  minDoubling: 1000,
  maxDoubling: 15_000,
  slowest: 1 / 4000,
  maxBackOff: 8000,
  /** The time between two requests where a pace is as good as none. */
  noPace: 1,
  /** Long ago. */
  never: -1e15
}

const {
  backgroundHorizon,
  firstLimit,
  horizon,
  lifetime,
  maxBackOff,
  maxDoubling,
  maxFree,
  maxInFlight,
  maxReportAfter,
  maxSlots,
  memory,
  minDoubling,
  never,
  noPace,
  probeGrace,
  probeTime,
  shareTime,
  slack,
  slices,
  slowest,
  turnGrace,
  usualReportAfter
} = rules

interface Learned {
  readonly answers: number
  readonly time: number
  readonly guess: number
  readonly from: number
  readonly doubling: number
}

interface Member {
  readonly id: string
  readonly seen: number
  readonly interactive: number
  readonly background: number
  readonly inFlight: number
  readonly told?: Told
  /** The slots that it was given and that are still to come. */
  readonly slots: ReadonlyArray<number>
  /** How many of its requests may be on their way, where there is no pace. */
  readonly allowance: number
  /** Since when it has waited without a slot, `never` where it doesn't, and when it should ask again. */
  readonly refusedAt: number
  readonly askAt: number
  /** What it was given lately. */
  readonly served: number
}

/**
 * What an engine keeps: JSON. Times are in milliseconds since the first decision, on a clock that stands still while the
 * engine's goes back.
 */
export interface State {
  readonly version: typeof version
  /** The time of the last decision on the engine's clock, and on this one. */
  readonly at: number
  readonly clock: number
  readonly opening: number
  readonly pausedUntil: number
  /** Whether an answer of this opening is still to come. */
  readonly isProbing: boolean
  readonly probe?: { readonly member: string; readonly until: number }
  /** 429s in a row that didn't say how long to wait. */
  readonly unexplained: number
  readonly quotaUntil: number
  readonly limit: number
  readonly learned?: Learned
  /** What was answered in this opening, how long there was something to do, and how long anybody waited. */
  readonly answers: number
  readonly busy: number
  readonly crowded: number
  /** Time before that counts for neither. */
  readonly busyFrom: number
  /** When the last slot is due. */
  readonly last: number
  readonly told?: Told
  /** How many slots there were until when, in the window that was told. */
  readonly log: ReadonlyArray<readonly [time: number, count: number]>
  /** Slots that nobody has. */
  readonly free: ReadonlyArray<number>
  readonly members: ReadonlyArray<Member>
}

type Draft = Types.DeepMutable<State>
type DraftMember = Types.DeepMutable<Member>

const initial = (now: number): Draft => ({
  version,
  at: now,
  clock: 0,
  opening: 0,
  pausedUntil: 0,
  isProbing: false,
  unexplained: 0,
  quotaUntil: 0,
  limit: firstLimit,
  answers: 0,
  busy: 0,
  busyFrom: 0,
  crowded: 0,
  last: never,
  log: [],
  free: [],
  members: []
})

const copy = (state: State): Draft => ({
  ...state,
  ...(state.learned === undefined ? {} : { learned: { ...state.learned } }),
  log: state.log.map(([time, count]) => [time, count]),
  free: [...state.free],
  members: state.members.map((member) => ({ ...member, slots: [...member.slots] }))
})

const clamp = (value: number, min: number, max: number): number => Math.min(Math.max(value, min), max)

/** `2 ** x` of sums and products alone, which are the same everywhere; nothing is faster than `2 ** 60`. */
const exp2 = (x: number): number => {
  const whole = Math.min(Math.floor(x), 60)
  const part = Math.min(x - whole, 1) * Math.LN2
  let sum = 1
  let term = 1
  for (let i = 1; i <= 16; i++) {
    term = term * part / i
    sum += term
  }
  for (let i = 0; i < whole; i++) sum *= 2
  return sum
}

const learnedInterval = ({ learned }: State, time: number): number => {
  if (learned === undefined) return 0
  const rate = Math.max(slowest, learned.answers === 0 ? learned.guess : learned.answers / learned.time)
  const doublings = Math.max(0, time - learned.from) / learned.doubling
  return 1 / (rate * exp2(doublings * doublings))
}

const learnedDue = (state: State, time: number): number => {
  const promised = state.last + learnedInterval(state, time)
  if (promised <= time) return promised
  let before = time
  let after = promised
  while (after - before > 0.5) {
    const middle = (before + after) / 2
    if (state.last + learnedInterval(state, middle) > middle) before = middle
    else after = middle
  }
  return after
}

const windowOf = ({ window }: Told): number => window + Math.min(window * 0.03, 100)

const spacingOf = (told: Told | undefined): number => told === undefined ? 0 : windowOf(told) / told.requests

/** When the last but so many slots leave the window. */
const outOfWindow = ({ log }: State, count: number, window: number): number => {
  let sum = 0
  for (let i = log.length - 1; i >= 0; i--) {
    const entry = log[i]
    if (entry === undefined) break
    sum += entry[1]
    if (sum >= count) return entry[0] + window
  }
  return never
}

/** Until when half of what was told is used up. */
const spreadUntil = (state: State): number =>
  state.told === undefined
    ? never
    : outOfWindow(state, Math.ceil(state.told.requests / 2), windowOf(state.told))

/** When the next slot is due, from a time on. */
const due = (state: State, from: number): number => {
  const { last, told } = state
  const byLearned = learnedDue(state, from)
  const byTold = told === undefined ? never : Math.max(
    Math.min(last + spacingOf(told), spreadUntil(state)),
    outOfWindow(state, told.requests, windowOf(told))
  )
  const time = Math.max(byLearned, byTold)
  // Whole quarters are short as text.
  return time <= from ? from : Math.ceil(time * 4) / 4
}

/** Lays out a slot. */
const lay = (state: Draft, time: number): void => {
  const spacing = time < spreadUntil(state) ? spacingOf(state.told) : 0
  const interval = Math.max(learnedInterval(state, time), spacing)
  const promised = state.last + interval
  state.last = time - promised < interval ? promised : time
  if (state.told !== undefined) {
    const width = windowOf(state.told) / slices
    const entry = state.log.at(-1)
    if (entry !== undefined && Math.floor(entry[0] / width) === Math.floor(time / width)) {
      entry[0] = time
      entry[1]++
    } else {
      state.log.push([time, 1])
    }
  }
  state.free.push(time)
}

/** Takes a slot out of the window's count: nobody has used it. */
const uncount = (state: Draft, time: number): void => {
  if (state.told === undefined) return
  const width = windowOf(state.told) / slices
  const index = state.log.findIndex((entry) => entry[0] >= time)
  const entry = state.log[index]
  if (entry === undefined || Math.floor(entry[0] / width) !== Math.floor(time / width)) return
  entry[1]--
  if (entry[1] === 0) state.log.splice(index, 1)
}

/** Puts a slot among those that nobody has, which are in order. */
const giveBack = (state: Draft, time: number): void => {
  let index = state.free.length
  while (index > 0 && (state.free[index - 1] ?? never) > time) index--
  state.free.splice(index, 0, time)
}

const wants = (member: Member): number => member.interactive + member.background

/** Until when any of the members is known to be so. */
const knownUntil = (members: ReadonlyArray<Member>, is: (member: Member) => boolean): number => {
  let until = never
  for (const member of members) if (is(member)) until = Math.max(until, member.seen + lifetime)
  return until
}

/** Time goes on to that of this decision. */
const advance = (state: Draft, now: number): void => {
  const before = state.clock
  const time = before + Math.max(0, now - state.at)
  state.at = now
  state.clock = time
  const from = Math.max(before, state.busyFrom)
  const busyUntil = knownUntil(state.members, (member) => wants(member) + member.inFlight > 0)
  const crowdedUntil = knownUntil(state.members, (member) => wants(member) > 0)
  state.busy += Math.max(0, Math.min(time, busyUntil) - from)
  state.crowded += Math.max(0, Math.min(time, crowdedUntil) - from)
  const kept = shareTime / (shareTime + time - before)
  const live: Array<DraftMember> = []
  for (const member of state.members) {
    member.slots = member.slots.filter((slot) => slot > time)
    member.served *= kept
    if (time - member.seen <= lifetime) live.push(member)
    else for (const slot of member.slots) giveBack(state, slot)
  }
  state.members = live
}

/** The member that reports, with what it reports of itself. */
const renew = (state: Draft, report: Report): DraftMember => {
  let member = state.members.find(({ id }) => id === report.member)
  if (member === undefined) {
    member = {
      id: report.member,
      seen: 0,
      interactive: 0,
      background: 0,
      inFlight: 0,
      slots: [],
      allowance: 0,
      refusedAt: never,
      askAt: 0,
      served: 0
    }
    state.members.push(member)
  }
  member.seen = state.clock
  member.interactive = report.interactive
  member.background = report.background
  member.inFlight = report.inFlight
  if (report.told === undefined) delete member.told
  else member.told = { requests: report.told.requests, window: report.told.window }
  if (report.opening === state.opening) {
    for (let i = 0; i < report.returned; i++) {
      const slot = member.slots.pop()
      if (slot === undefined) break
      giveBack(state, slot)
    }
    if (report.returned > 0 && state.probe?.member === member.id) delete state.probe
  }
  return member
}

const answer = (state: Draft, { answered, answeredLate, opening }: Report): void => {
  state.limit += answered + answeredLate
  if (state.learned !== undefined) {
    state.learned.answers += opening === state.opening
      ? answeredLate
      // It hasn't heard yet that its opening has ended.
      : opening === state.opening - 1
      ? answered
      : 0
  }
  if (opening !== state.opening || answered === 0) return
  state.unexplained = 0
  state.isProbing = false
  delete state.probe
  state.answers += answered
  if (state.busy > memory) {
    state.answers /= 2
    state.busy /= 2
  }
}

const limit = (state: Draft, wait: number | undefined, isNews: boolean): void => {
  const { answers, busy, clock, crowded } = state
  const asked = wait ?? 0
  let pause = asked
  if (isNews && asked <= 0) {
    pause = 1000
    for (let i = 0; i < state.unexplained; i++) pause = Math.min(pause * 2, maxBackOff)
    state.unexplained = Math.min(state.unexplained + 1, 10)
  }
  state.pausedUntil = Math.max(state.pausedUntil, clock + pause)
  if (!isNews) return
  const interval = learnedInterval(state, clock)
  state.learned = {
    answers,
    time: busy + (state.pausedUntil - clock) * 0.3,
    guess: interval === 0 ? 1 / 1000 : 1 / interval / 2,
    from: state.pausedUntil,
    doubling: answers === 0 ? minDoubling : clamp(12 * crowded, minDoubling, maxDoubling)
  }
  state.opening++
  state.isProbing = true
  delete state.probe
  state.last = never
  state.answers = 0
  state.busy = 0
  state.busyFrom = state.pausedUntil
  state.crowded = 0
  // What was to leave from now on is void.
  const width = state.told === undefined ? 0 : windowOf(state.told) / slices
  state.log = state.log.filter(([time]) => time <= clock || Math.floor(time / width) === Math.floor(clock / width))
  state.free = []
  for (const member of state.members) {
    member.slots = []
    member.refusedAt = never
  }
}

const isSmaller = (a: Told, b: Told): boolean => {
  const [ofA, ofB] = [a.requests * b.window, b.requests * a.window]
  return ofA < ofB || (ofA === ofB && a.requests < b.requests)
}

/** Which budget holds, and what of the past still counts. */
const hold = (state: Draft): void => {
  let told: Told | undefined
  for (const member of state.members) {
    if (member.told !== undefined && (told === undefined || isSmaller(member.told, told))) told = member.told
  }
  const { clock } = state
  if (told === undefined) {
    delete state.told
  } else {
    // Those were laid out without one.
    if (state.told === undefined) state.free = []
    state.told = { requests: told.requests, window: told.window }
    const from = clock - windowOf(told)
    state.log = state.log.filter(([time]) => time > from)
  }
  while (state.free.length > 0 && (state.free[0] ?? clock) < clock - slack) {
    const slot = state.free.shift()
    if (slot !== undefined) uncount(state, slot)
  }
  const { learned } = state
  if (learned !== undefined && !state.isProbing && clock > learned.from && learnedInterval(state, clock) < noPace) {
    delete state.learned
    state.limit = firstLimit
  }
  state.limit = clamp(state.limit, firstLimit, maxInFlight * Math.max(1, state.members.length))
}

interface Given {
  readonly slots: ReadonlyArray<number>
  readonly inFlight: number | undefined
  readonly reportAfter: number
}

/** Without a pace: a part of what may be on its way, of what others leave of it. */
const giveInFlight = (state: Draft, member: DraftMember): Given => {
  let taken = 0
  let weights = 0
  for (const other of state.members) {
    weights += Math.max(1, wants(other), other.inFlight)
    if (other.id !== member.id) taken += Math.max(other.allowance, other.inFlight)
  }
  const part = Math.max(1, Math.floor(state.limit * Math.max(1, wants(member), member.inFlight) / weights))
  member.allowance = clamp(Math.min(part, state.limit - taken), 0, maxInFlight)
  const isShort = wants(member) > 0 && member.allowance < maxInFlight
  return { slots: [], inFlight: member.allowance, reportAfter: isShort ? 50 : usualReportAfter }
}

/** A part of a whole number that is at least 1, and no more than is wanted. */
const partOf = (whole: number, wanted: number, all: number, isLess: boolean): number => {
  if (wanted === 0) return 0
  const exact = whole * wanted / all
  return Math.min(wanted, Math.max(1, isLess ? Math.floor(exact) : Math.ceil(exact)))
}

/** What a gate may have of the slots that are laid out, by what it and the others want. */
const part = (state: Draft, member: DraftMember, hasQuota: boolean) => {
  const { clock, free } = state
  let interactive = 0
  let background = 0
  let outstanding = free.length
  let served = 0
  /** What others with interactive calls have no slot for yet. */
  let others = 0
  /** Those who got nothing and whose turn it is before this one's. */
  let before = 0
  let interactiveBefore = 0
  for (const other of state.members) {
    interactive += other.interactive
    background += hasQuota ? other.background : 0
    outstanding += other.slots.length
    served += other.served
    if (other.id === member.id) continue
    const unserved = Math.max(0, other.interactive - other.slots.length)
    others += unserved
    const isRefused = other.refusedAt !== never && clock <= other.askAt + turnGrace &&
      (member.refusedAt === never || other.refusedAt < member.refusedAt)
    if (isRefused && unserved > 0) interactiveBefore++
    else if (isRefused && hasQuota && other.background > 0) before++
  }
  const wanted = hasQuota ? member.background : 0
  // Who has had more than its part lately has what is left over last.
  const isAhead = member.served * (interactive + background) > served * (member.interactive + wanted)
  const ofInteractive = partOf(outstanding, member.interactive, interactive, isAhead)
  const ofBackground = partOf(Math.max(0, outstanding - interactive), wanted, background, isAhead)
  const needed = Math.max(0, ofInteractive - member.slots.length)
  const given = clamp(free.length - interactiveBefore, 0, needed)
  const neededLate = Math.max(0, ofInteractive + ofBackground - member.slots.length - needed)
  const late = state.members.length > 1 ? free.filter((slot) => slot <= clock + backgroundHorizon).length : free.length
  const givenLate = clamp(late - given - others - before, 0, neededLate)
  return {
    count: Math.min(given + givenLate, Math.max(0, maxSlots - member.slots.length)),
    /** How many slots are others' before it has one. */
    ahead: member.interactive > 0 ? interactiveBefore : others + before
  }
}

/** Whether a gate may have the probe: those with interactive calls come first, if they come soon. */
const mayProbe = (state: State, member: Member): boolean => {
  const { clock, members, pausedUntil, probe } = state
  if (probe !== undefined && clock < probe.until && members.some(({ id }) => id === probe.member)) {
    // It came too late to use it.
    const isLost = probe.member === member.id && member.inFlight === 0 &&
      clock > probe.until - probeTime + probeGrace * 2
    if (!isLost) return false
  }
  return member.interactive > 0 || clock > pausedUntil + probeGrace ||
    !members.some(({ interactive }) => interactive > 0)
}

const giveSlots = (state: Draft, member: DraftMember): Given => {
  const { clock, free } = state
  const hasQuota = state.quotaUntil <= clock
  const wanted = member.interactive + (hasQuota ? member.background : 0)
  if (wanted === 0) {
    member.refusedAt = never
    return { slots: [], inFlight: undefined, reportAfter: member.inFlight === 0 ? 10 : 25 }
  }
  if (state.isProbing && !mayProbe(state, member)) {
    return { slots: [], inFlight: undefined, reportAfter: 50 }
  }

  let unserved = 0
  for (const other of state.members) {
    unserved += Math.max(0, other.interactive + (hasQuota ? other.background : 0) - other.slots.length)
  }
  const most = state.isProbing ? 1 : Math.min(unserved, maxFree)
  // A probe is one of its own, not one of a row.
  if (state.isProbing) state.last = never
  let next = due(state, clock)
  while (free.length < most && next <= clock + horizon) {
    lay(state, next)
    next = due(state, Math.max(clock, next))
  }

  const { ahead, count } = state.isProbing ? { count: Math.min(1, free.length), ahead: 0 } : part(
    state,
    member,
    hasQuota
  )
  const slots = free.splice(0, count)
  member.slots.push(...slots)
  member.slots.sort((a, b) => a - b)
  member.served += count
  if (slots[0] !== undefined && state.isProbing) {
    state.probe = { member: member.id, until: slots[0] + probeTime }
  }

  const first = member.slots[0]
  const end = member.slots.at(-1)
  if (first !== undefined && end !== undefined) {
    member.refusedAt = never
    return {
      slots,
      inFlight: undefined,
      reportAfter: clamp(
        Math.max(first, end - horizon / 2) - clock,
        10,
        // Calls that come meanwhile have no slot.
        member.slots.length < wanted ? usualReportAfter : 50
      )
    }
  }
  if (member.refusedAt === never) member.refusedAt = clock
  const interval = Math.max(learnedInterval(state, clock), spacingOf(state.told))
  const slot = free[ahead] ?? next + (ahead - free.length) * interval
  const early = member.interactive > 0 || state.members.length === 1 ? horizon : backgroundHorizon
  const reportAfter = clamp(slot - early - clock, 10, usualReportAfter)
  member.askAt = clock + reportAfter
  return { slots, inFlight: undefined, reportAfter }
}

const shareOf = (state: State, member: Member, isPaced: boolean): number => {
  let all = 0
  for (const other of state.members) all += isPaced ? other.served : other.allowance
  return all === 0 ? 1 / Math.max(1, state.members.length) : (isPaced ? member.served : member.allowance) / all
}

/** The longest wait that is believed, in milliseconds: what has no end isn't JSON. */
const longest = 1e10

const ended = (millis: number): number => clamp(Number.isNaN(millis) ? 0 : millis, 0, longest)

/** A report as it can be sent and kept. */
export const sendable = (report: Report): Report => ({
  ...report,
  limited: report.limited?.wait === undefined ? report.limited : { wait: ended(report.limited.wait) },
  quota: report.quota === undefined ? undefined : ended(report.quota)
})

/** Takes a report that is `sendable`; `now` is the time on the engine's clock, in milliseconds. */
export const decide = (
  before: State | undefined,
  report: Report,
  now: number
): { readonly state: State; readonly grant: Grant } => {
  const state = before === undefined ? initial(now) : copy(before)
  advance(state, now)
  // Of a state that was lost since.
  state.opening = Math.max(state.opening, report.opening)
  const member = renew(state, report)
  answer(state, report)
  const { clock } = state
  if (report.quota !== undefined) state.quotaUntil = Math.max(state.quotaUntil, clock + report.quota)
  if (report.limited !== undefined) limit(state, report.limited.wait, report.opening === state.opening)
  if (report.isLeaving) {
    state.members = state.members.filter(({ id }) => id !== member.id)
    for (const slot of member.slots) giveBack(state, slot)
    if (state.probe?.member === member.id) delete state.probe
  }
  hold(state)

  const pause = Math.max(0, state.pausedUntil - clock)
  const isPaced = state.told !== undefined || state.learned !== undefined
  if (isPaced) member.allowance = 0
  const { inFlight, reportAfter, slots }: Given = report.isLeaving || pause > 0
    ? {
      slots: [],
      inFlight: isPaced ? undefined : 0,
      reportAfter: pause > 0 ? Math.min(pause, maxReportAfter) : maxReportAfter
    }
    : isPaced
    ? giveSlots(state, member)
    : giveInFlight(state, member)
  const interval = Math.max(learnedInterval(state, clock), spacingOf(state.told))
  return {
    state,
    grant: {
      opening: state.opening,
      pause,
      quota: Math.max(0, state.quotaUntil - clock),
      slots: slots.map((slot) => Math.max(0, slot - clock)),
      inFlight,
      reportAfter,
      requestsPerSecond: interval === 0 ? undefined : 1000 / interval,
      members: state.members.length,
      share: report.isLeaving ? 0 : shareOf(state, member, isPaced),
      told: state.told
    }
  }
}
