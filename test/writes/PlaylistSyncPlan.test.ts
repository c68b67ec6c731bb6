import { describe, expect, it } from "@effect/vitest"
import { Either, FastCheck } from "effect"
import * as PlaylistSync from "effect-spotify/PlaylistSync"
import { FakeSpotify } from "effect-spotify/testing"

type Uri = string | null

interface Entry {
  readonly uri: Uri
  readonly isOld: boolean
}

const t = (n: number) => FakeSpotify.uri("track", n)
const local = (n: number) => `spotify:local:a:b:${n}:1`

/** What Spotify makes of a step. */
const apply = (list: ReadonlyArray<Entry>, step: PlaylistSync.Step): ReadonlyArray<Entry> =>
  PlaylistSync.Step.$match(step, {
    Remove: ({ uris }) => {
      expect(uris.length).toBeLessThanOrEqual(100)
      return list.filter(({ uri }) => uri === null || !uris.includes(uri))
    },
    Insert: ({ position, uris }) => {
      expect(uris.length).toBeLessThanOrEqual(100)
      expect(position).toBeLessThanOrEqual(list.length)
      expect(uris.every((uri) => !uri.startsWith("spotify:local:"))).toBe(true)
      return list.toSpliced(position, 0, ...uris.map((uri) => ({ uri, isOld: false })))
    },
    Move: ({ insertBefore, rangeLength, rangeStart }) => {
      expect(rangeStart + rangeLength).toBeLessThanOrEqual(list.length)
      expect(insertBefore).toBeLessThanOrEqual(list.length)
      const moved = list.slice(rangeStart, rangeStart + rangeLength)
      const target = insertBefore <= rangeStart ? insertBefore : insertBefore - rangeLength
      return list.toSpliced(rangeStart, rangeLength).toSpliced(target, 0, ...moved)
    },
    Replace: ({ uris }) => {
      expect(uris.length).toBeLessThanOrEqual(100)
      return uris.map((uri) => ({ uri, isOld: false }))
    }
  })

const applied = (current: ReadonlyArray<Uri>, plan: PlaylistSync.Plan): ReadonlyArray<Entry> =>
  plan.steps.reduce(apply, current.map((uri) => ({ uri, isOld: true })))

const planned = (current: ReadonlyArray<Uri>, wanted: ReadonlyArray<string>, options?: PlaylistSync.PlanOptions) =>
  Either.getOrThrow(PlaylistSync.plan(current, wanted, options))

const tags = (plan: PlaylistSync.Plan) => plan.steps.map(({ _tag }) => _tag)

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => t(from + i))

const lists = (max: number, alphabet: number) =>
  FastCheck.array(FastCheck.integer({ min: 0, max: alphabet - 1 }).map(t), { maxLength: max })

const count = (list: ReadonlyArray<Uri>, uri: Uri) => list.filter((other) => other === uri).length

/** How many entries of the playlist can stay: all copies of a track, unless some of them have to go. */
const mayStay = (current: ReadonlyArray<Uri>, wanted: ReadonlyArray<string>): number =>
  [...new Set(current)].reduce((sum, uri) => {
    const had = count(current, uri)
    const wants = count(wanted, uri)
    return sum + (had <= wants ? had : uri?.startsWith("spotify:local:") === true ? wants : 0)
  }, 0)

describe("plan", () => {
  it.prop(
    "makes any playlist equal to any list, keeps all that can stay, and costs no more than replacing where nothing does",
    [FastCheck.oneof(
      FastCheck.tuple(lists(12, 5), lists(12, 5)),
      FastCheck.tuple(lists(40, 60), lists(40, 60)),
      FastCheck.tuple(lists(260, 500), lists(260, 500)),
      lists(60, 1000).chain((list) => FastCheck.tuple(FastCheck.constant(list), FastCheck.shuffledSubarray(list)))
    )],
    ([[current, wanted]]) => {
      const plan = planned(current, wanted)
      const result = applied(current, plan)
      expect(result.map(({ uri }) => uri)).toEqual(wanted)
      expect(plan.result).toEqual(wanted)
      expect(result.filter(({ isOld }) => isOld)).toHaveLength(plan.kept)
      const replacing = Math.max(1, Math.ceil(wanted.length / 100))
      if (plan.kept === 0) expect(plan.steps.length).toBeLessThanOrEqual(replacing)
      expect(plan.kept).toBe(mayStay(current, wanted))
      expect([plan.kept + plan.added, plan.kept + plan.removed]).toEqual([wanted.length, current.length])
      expect(plan.leftover).toEqual([])
      const forgetting = planned(current, wanted, { addedAt: "forget" })
      expect(applied(current, forgetting).map(({ uri }) => uri)).toEqual(wanted)
      expect(forgetting.steps.length).toBeLessThanOrEqual(Math.min(plan.steps.length, replacing))
    },
    { timeout: 240_000, fastCheck: { numRuns: 200 } }
  )

  it.prop(
    "leaves what can't be removed behind what it follows, or says so and does nothing",
    [
      FastCheck.array(FastCheck.constantFrom<Array<Uri>>(t(0), t(1), t(2), null, local(0), local(1)), {
        maxLength: 12
      }),
      FastCheck.array(FastCheck.constantFrom(t(0), t(1), t(2), t(3), local(0), local(1)), { maxLength: 12 })
    ],
    ([current, wanted]) => {
      const locals = [local(0), local(1)]
      const unwritable = [...new Set(wanted)].filter((uri) =>
        locals.includes(uri) && count(wanted, uri) > count(current, uri)
      )
      const surplus = count(current, null) +
        locals.reduce((sum, uri) => sum + Math.max(0, count(current, uri) - count(wanted, uri)), 0)
      const leaving = PlaylistSync.plan(current, wanted, { unremovable: "leave" })
      const failing = PlaylistSync.plan(current, wanted)
      if (unwritable.length > 0) {
        for (const plan of [leaving, failing]) {
          expect(Either.getLeft(plan)).toMatchObject({ value: { _tag: "ImpossibleSync", unwritable } })
        }
        return
      }
      const plan = Either.getOrThrow(leaving)
      expect(plan.leftover).toHaveLength(surplus)
      expect(plan.leftover.every(({ index, uri }) => current[index] === uri)).toBe(true)
      const result = applied(current, plan)
      expect(result.map(({ uri }) => uri)).toEqual(plan.result)
      const again = Either.getOrThrow(PlaylistSync.plan(result.map(({ uri }) => uri), wanted, { unremovable: "leave" }))
      expect(again.steps).toEqual([])
      expect(result.filter(({ isOld }) => isOld)).toHaveLength(plan.kept + surplus)
      const rest = result.map(({ uri }) => uri)
      for (const { uri } of plan.leftover) rest.splice(rest.lastIndexOf(uri), 1)
      if (plan.leftover.every(({ uri }) => uri === null)) expect(rest).toEqual(wanted)
      else expect(rest.toSorted()).toEqual(wanted.toSorted())
      if (surplus > 0) expect(Either.getLeft(failing)).toMatchObject({ value: { unremovable: plan.leftover } })
      else expect(Either.getOrThrow(failing)).toEqual(plan)
    },
    { timeout: 240_000, fastCheck: { numRuns: 200 } }
  )

  it("does nothing for what is equal", () => {
    expect(planned(numbers(0, 300), numbers(0, 300)).steps).toEqual([])
    expect(planned([], []).steps).toEqual([])
    expect(planned(numbers(0, 300), numbers(0, 300), { addedAt: "forget" }).steps).toEqual([])
  })

  it("adds at the end what was added to the list, by hundreds", () => {
    const plan = planned(numbers(0, 300), numbers(0, 550))
    expect(tags(plan)).toEqual(["Insert", "Insert", "Insert"])
    expect(plan).toMatchObject({ kept: 300, added: 250, removed: 0 })
  })

  it("removes a hundred tracks by one request, and moves a range by one", () => {
    expect(tags(planned(numbers(0, 300), [...numbers(0, 50), ...numbers(150, 300)]))).toEqual(["Remove"])
    expect(tags(planned(numbers(0, 300), [...numbers(200, 300), ...numbers(0, 200)]))).toEqual(["Move"])
    const swapped = [...numbers(0, 10), ...numbers(50, 60), ...numbers(20, 50), ...numbers(10, 20), ...numbers(60, 90)]
    expect(tags(planned(numbers(0, 90), swapped))).toEqual(["Move", "Move"])
  })

  it("inserts once around what is moved anyway", () => {
    const wanted = [t(0), t(100), t(5), t(101), t(1), t(2), t(3), t(4)]
    expect(tags(planned(numbers(0, 6), wanted))).toEqual(["Insert", "Move"])
  })

  it("replaces where nothing stays, and where it is allowed to and that takes fewer requests", () => {
    expect(planned(numbers(0, 300), numbers(500, 650))).toMatchObject({
      steps: [{ _tag: "Replace" }, { _tag: "Insert", position: 100 }],
      kept: 0,
      added: 150,
      removed: 300
    })
    expect(planned(numbers(0, 300), []).steps).toEqual([{ _tag: "Replace", uris: [] }])
    const reversed = numbers(0, 80).toReversed()
    expect(planned(numbers(0, 80), reversed)).toMatchObject({ kept: 80, added: 0 })
    expect(planned(numbers(0, 80), reversed, { addedAt: "forget" })).toMatchObject({
      steps: [{ _tag: "Replace" }],
      kept: 0,
      readded: reversed
    })
  })

  it("says what has to be added anew, since only all copies of a track can be removed", () => {
    const plan = planned([t(0), t(1), t(0), t(2)], [t(0), t(1), t(2)])
    expect(tags(plan)).toEqual(["Remove", "Insert"])
    expect(plan).toMatchObject({ kept: 2, added: 1, removed: 2, readded: [t(0)] })
  })

  it("puts a large playlist in order with about half as many moves as there are entries", () => {
    const shuffled = Array.from({ length: 500 }, (_, i) => t((i * 211) % 500))
    const plan = planned(shuffled, numbers(0, 500))
    expect(applied(shuffled, plan).map(({ uri }) => uri)).toEqual(numbers(0, 500))
    expect(plan.steps.length).toBeLessThan(300)
  })

  it("names what stands in the way", () => {
    const error = Either.getOrThrow(Either.flip(PlaylistSync.plan([t(0), null, local(1)], [t(0), local(2)])))
    expect(error.message).toContain(`nobody can add: ${local(2)}`)
    expect(error.message).toContain("an entry without content at 1")
    expect(error.message).toContain(`${local(1)} at 2`)
  })

  it("keeps and moves local files that the list has", () => {
    const plan = planned([local(0), t(0), t(1)], [t(0), t(1), local(0)])
    expect(plan).toMatchObject({ steps: [{ _tag: "Move" }], kept: 3, leftover: [] })
  })

  it("removes local files by replacing only where that is asked for", () => {
    expect(Either.isLeft(PlaylistSync.plan([local(0)], [t(0)]))).toBe(true)
    expect(planned([local(0), t(0)], [t(0)], { addedAt: "forget" })).toMatchObject({ steps: [{ _tag: "Replace" }] })
  })
})

describe("a plan of what can't be right", () => {
  const plan: (...args: ReadonlyArray<never>) => Either.Either<unknown, unknown> = PlaylistSync.plan
  const none = {} as const
  const cases: ReadonlyArray<readonly [field: string, expected: RegExp, args: ReadonlyArray<unknown>]> = [
    ["addedat", /^spelt addedAt,/, [[], [], { addedat: "forget" }]],
    ["dryRun", /^left out: the options are addedAt, unremovable/, [[], [], { dryRun: true }]],
    ["addedAt", /^one of keep, forget, not "forgot"/, [[], [], { addedAt: "forgot" }]],
    ["unremovable", /^one of fail, leave/, [[], [], { unremovable: true }]],
    ["options", /^an object such as/, [[], [], null]],
    ["current", /^a list of URIs, null for/, ["spotify:track:a", [], none]],
    ["current", /^a list of URIs/, [[undefined], [], none]],
    ["wanted", /^a list of URIs, not undefined/, [[], undefined, none]],
    ["wanted", /^a list of URIs/, [[], [null], none]]
  ]
  it.each(cases)("says so of %s: %s", (field, expected, args) => {
    const refusal = Either.flip(plan(...args as ReadonlyArray<never>))
    expect(Either.getOrThrow(refusal)).toMatchObject({
      _tag: "InvalidInput",
      operation: "PlaylistSync.plan",
      field,
      expected: expect.stringMatching(expected)
    })
  })
})
