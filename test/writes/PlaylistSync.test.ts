import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck, Fiber, TestClock } from "effect"
import * as Paging from "effect-spotify/Paging"
import * as Playlists from "effect-spotify/Playlists"
import { applySync, replaceAll, sync } from "effect-spotify/Playlists"
import type { SpotifyClient } from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import { clientLayer, spotify } from "../utils/client.js"
import { elapsing, layer } from "../utils/elapsing.js"

const evening = FakeSpotify.id("playlist", 0)
const odd = FakeSpotify.id("playlist", 1)
const empty = FakeSpotify.id("playlist", 2)
const t = (n: number) => FakeSpotify.uri("track", n)
const tracks = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => t(from + i))

const stateOf = (id: string) => Effect.flatMap(spotify, ({ state }) => state.playlist(id)).pipe(Effect.flatten)
const urisOf = (id: string) => Effect.map(stateOf(id), ({ uris }) => uris)
const writes = Effect.map(
  Effect.flatMap(spotify, ({ requests }) => requests),
  (all) => all.filter(({ host, method }) => host === "api" && method !== "GET")
)

/** What is at each place, and when it was added. */
const datesOf = (id: string) =>
  Effect.map(Paging.collect(Playlists.items, id), (entries) => entries.map((entry) => entry?.added_at ?? undefined))

/** Why it was refused. What it made where it wasn't is left out: the runner hangs on a message of many kilobytes. */
const refusal = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.flip(Effect.asVoid(effect))

const list = FastCheck.array(FastCheck.integer({ min: 0, max: 9 }).map(t), { maxLength: 14 })

describe("sync", () => {
  it.effect.prop(
    "makes a playlist at Spotify equal to a list",
    [list, list],
    ([current, wanted]) =>
      Effect.gen(function*() {
        yield* replaceAll(empty, current)
        const before = (yield* writes).length
        const { plan, snapshotId } = yield* sync(empty, wanted)
        const after = yield* stateOf(empty)
        expect(after.uris).toEqual(wanted)
        expect(after.snapshotId).toBe(snapshotId)
        expect((yield* writes).length - before).toBe(plan.steps.length)
        expect((yield* sync(empty, wanted)).plan.steps).toEqual([])
      }).pipe(Effect.provide(layer())),
    { timeout: 240_000, fastCheck: { numRuns: 25 } }
  )

  it.effect("keeps the dates of what stays, and takes links", () =>
    Effect.gen(function*() {
      const before = (yield* urisOf(evening)).map(String)
      const dates = yield* datesOf(evening)
      const link = `https://open.spotify.com/track/${FakeSpotify.id("track", 9000)}?si=x`
      const wanted = [before[7] ?? "", link, ...before.slice(0, 5), ...before.slice(20)]
      const { plan } = yield* sync(evening, wanted)
      expect(plan).toMatchObject({ kept: 106, added: 1, removed: 14 })
      expect(plan.steps.map(({ _tag }) => _tag)).toEqual(["Remove", "Insert", "Move"])
      expect(yield* urisOf(evening)).toEqual([before[7], t(9000), ...before.slice(0, 5), ...before.slice(20)])
      const after = yield* datesOf(evening)
      expect([after[0], ...after.slice(2)]).toEqual([dates[7], ...dates.slice(0, 5), ...dates.slice(20)])
      expect(after[1]).toBe("2026-11-25T00:00:00Z")
    }).pipe(Effect.provide(layer())))

  it.effect("in a dry run gives the plan, and writes nothing", () =>
    Effect.gen(function*() {
      const before = yield* stateOf(evening)
      const { plan, snapshotId } = yield* sync(evening, tracks(0, 5), { dryRun: true })
      expect(snapshotId).toBe(before.snapshotId)
      expect(plan).toMatchObject({ playlist: evening, snapshotId })
      expect(yield* writes).toEqual([])
      const told: Array<number> = []
      const done = yield* applySync(plan, { onProgress: (n) => Effect.sync(() => told.push(n)) })
      expect(yield* urisOf(evening)).toEqual(tracks(0, 5))
      expect(done.snapshotId).toBe((yield* stateOf(evening)).snapshotId)
      expect(told).toEqual(plan.steps.map((_, i) => i + 1))
    }).pipe(Effect.provide(layer())))

  it.effect("refuses to carry out a plan for a playlist that has changed", () =>
    Effect.gen(function*() {
      const { plan } = yield* sync(evening, tracks(0, 5), { dryRun: true })
      const { snapshot_id } = yield* Playlists.addItems(evening, { uris: [t(77)] })
      const refused = yield* refusal(applySync(plan))
      expect(refused).toMatchObject({
        _tag: "PlaylistChanged",
        playlist: evening,
        expected: plan.snapshotId,
        actual: snapshot_id
      })
      expect(yield* writes).toHaveLength(1)
    }).pipe(Effect.provide(layer())))

  it.effect.each([true, false])(
    "refuses where the playlist changes while it is read (dry run: %s)",
    (dryRun) =>
      Effect.gen(function*() {
        const { failNext } = yield* spotify
        yield* failNext([FakeSpotify.slow("1 second"), FakeSpotify.slow("1 second")], { on: { method: "GET" } })
        const fiber = yield* Effect.fork(refusal(sync(evening, tracks(0, 5), { dryRun })))
        yield* TestClock.adjust("1500 millis")
        yield* Playlists.addItems(evening, { uris: [t(77)] })
        yield* TestClock.adjust("10 seconds")
        expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "PlaylistChanged", playlist: evening })
        expect(yield* writes).toHaveLength(1)
      }).pipe(Effect.provide(layer()))
  )

  it.effect("says at which step it stopped, and goes on when it is called again", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const before = (yield* urisOf(evening)).map(String)
      const wanted = [...before.slice(60, 120), t(8000), ...before.slice(10, 60), t(8001)]
      yield* failNext(FakeSpotify.afterApplying(FakeSpotify.apiError(502, "Bad gateway")), { on: { method: "POST" } })
      const stopped = yield* refusal(sync(evening, wanted))
      expect(stopped).toMatchObject({
        _tag: "IncompleteSync",
        done: 1,
        inDoubt: true,
        cause: { _tag: "ServerError" },
        plan: { playlist: evening }
      })
      expect(stopped.message).toContain("stopped after 1 of 3 steps, the next one in doubt")
      const { plan } = yield* sync(evening, wanted)
      expect(yield* urisOf(evening)).toEqual(wanted)
      expect(plan.kept).toBe(112)
      yield* failNext(FakeSpotify.apiError(403, "Forbidden"), { on: { method: "PUT" } })
      expect(yield* refusal(sync(evening, []))).toMatchObject({ done: 0, inDoubt: false })
    }).pipe(Effect.provide(layer())))

  it.effect("stops where it can't say how far it is", () =>
    Effect.gen(function*() {
      const stopped = yield* refusal(sync(empty, tracks(0, 150), { onProgress: () => Effect.fail("disk full") }))
      expect(stopped).toMatchObject({ _tag: "IncompleteSync", done: 1, inDoubt: false, cause: "disk full" })
      expect(yield* writes).toHaveLength(1)
    }).pipe(Effect.provide(layer())))

  it.effect("does nothing about local files and lost entries that the list hasn't got, unless told to", () =>
    Effect.gen(function*() {
      const before = yield* urisOf(odd)
      const local = before[1] ?? ""
      const refused = yield* refusal(sync(odd, [t(9), t(3)]))
      expect(refused).toMatchObject({
        _tag: "ImpossibleSync",
        unwritable: [],
        unremovable: [{ index: 1, uri: local }, { index: 2, uri: null }]
      })
      expect(yield* writes).toEqual([])
      const { plan } = yield* sync(odd, [t(9), t(3)], { unremovable: "leave" })
      expect(yield* urisOf(odd)).toEqual([t(9), t(3), local, null])
      expect(plan.leftover).toHaveLength(2)
      yield* sync(odd, [local, t(9)], { unremovable: "leave" })
      expect(yield* urisOf(odd)).toEqual([local, null, t(9)])
      yield* sync(odd, [t(9)], { addedAt: "forget" })
      expect(yield* urisOf(odd)).toEqual([t(9)])
    }).pipe(Effect.provide(layer())))

  it.effect("works in Development Mode too", () =>
    Effect.gen(function*() {
      yield* sync(evening, [...tracks(0, 5), FakeSpotify.uri("episode", 2)])
      expect(yield* urisOf(evening)).toEqual([...tracks(0, 5), FakeSpotify.uri("episode", 2)])
      expect((yield* sync(evening, [...tracks(0, 5), FakeSpotify.uri("episode", 2)])).plan.steps).toEqual([])
    }).pipe(Effect.provide(layer({ fake: { mode: "development" } }))))

  it.effect("refuses what can't be in a playlist, before anything is asked", () =>
    Effect.gen(function*() {
      const fieldOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
        Effect.map(Effect.flip(effect), (error) => [error._tag, "field" in error && error.field])
      expect(yield* fieldOf(sync("nonsense", []))).toEqual(["InvalidInput", "id"])
      expect(yield* fieldOf(sync(evening, [t(1), FakeSpotify.uri("album", 1)]))).toEqual(["InvalidInput", "uris"])
      expect(yield* Effect.flatMap(spotify, ({ count }) => count({ host: "api" }))).toBe(0)
      expect(yield* refusal(sync(evening, ["spotify:local:a:b:c:1"]))).toMatchObject({
        _tag: "ImpossibleSync",
        unwritable: ["spotify:local:a:b:c:1"]
      })
    }).pipe(Effect.provide(layer())))

  it.effect("reads and writes as few times as it can", () =>
    Effect.gen(function*() {
      const wanted = [...(yield* urisOf(evening)).map(String), ...tracks(8000, 8150)]
      yield* elapsing(sync(evening, wanted))
      const counts = yield* Effect.flatMap(spotify, ({ counts }) => counts)
      expect(counts).toMatchObject({
        "GET /playlists/{playlist_id}": 2,
        // 120 entries before, 270 to read back.
        "GET /playlists/{playlist_id}/items": 3 + 6,
        "POST /playlists/{playlist_id}/items": 2
      })
      yield* Effect.flatMap(spotify, ({ clearRequests }) => clearRequests)
      yield* sync(evening, wanted)
      expect(yield* Effect.flatMap(spotify, ({ counts }) => counts)).toEqual({
        "GET /playlists/{playlist_id}": 2,
        "GET /playlists/{playlist_id}/items": 6
      })
    }).pipe(Effect.provide(layer())))

  it.effect("moves in the version that the step before made, and removes in any", () =>
    Effect.gen(function*() {
      yield* replaceAll(empty, tracks(0, 6))
      const wanted = [t(5), t(8), t(1), t(3), t(2)]
      const told: Array<string> = []
      const version = Effect.map(stateOf(empty), ({ snapshotId }) => void told.push(snapshotId)).pipe(Effect.orDie)
      const { plan } = yield* sync(empty, wanted, { onProgress: () => version })
      const sent = (yield* writes).slice(1).map(({ body }): { snapshot_id?: string } => JSON.parse(body))
      expect(plan.steps.map(({ _tag }) => _tag)).toEqual(["Remove", "Insert", "Move", "Move"])
      expect(sent.map(({ snapshot_id }) => snapshot_id)).toEqual([undefined, undefined, told[1], told[2]])
      expect(yield* urisOf(empty)).toEqual(wanted)
      yield* sync(empty, [t(8), t(5), t(1), t(3), t(2)])
      expect(JSON.parse((yield* writes).at(-1)?.body ?? "")).toMatchObject({ snapshot_id: told[3] })
    }).pipe(Effect.provide(layer())))
})

const late = { snapshotLag: "30 seconds", entriesLag: 0 } as const

describe("reads that are late", () => {
  const permutation = FastCheck.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 3 }).map((list) => list.map(t))

  it.effect("tell the version from before a write, which one's own write knows better", () =>
    Effect.gen(function*() {
      yield* replaceAll(empty, tracks(1, 5))
      yield* TestClock.adjust("1 minute")
      yield* replaceAll(empty, [t(3), t(1), t(4), t(2)])
      const { snapshotId } = yield* sync(empty, tracks(1, 5))
      expect(yield* urisOf(empty)).toEqual(tracks(1, 5))
      expect((yield* stateOf(empty)).snapshotId).toBe(snapshotId)
    }).pipe(Effect.provide(layer({ fake: { playlists: late } }))))

  it.effect.prop(
    "end in the list all the same, whatever was written just before, here or elsewhere",
    [
      permutation,
      permutation,
      permutation,
      FastCheck.boolean(),
      FastCheck.boolean(),
      FastCheck.integer({ max: 2, min: 0 })
    ],
    ([first, second, wanted, isOwn, isSlow, n]) =>
      Effect.gen(function*() {
        yield* replaceAll(empty, first)
        yield* TestClock.adjust("1 minute")
        const write: Effect.Effect<unknown, unknown, SpotifyClient> = n === 0
          ? replaceAll(empty, second)
          : n === 1
          ? Playlists.moveItems(empty, { range_start: 0, insert_before: first.length })
          : Playlists.removeItems(empty, { items: [{ uri: first[1] ?? t(1) }] })
        const other = Effect.provide(write, clientLayer())
        yield* isOwn ? write : other
        if (!isOwn) yield* TestClock.adjust("1 second")
        const { plan, snapshotId } = yield* elapsing(sync(empty, wanted))
        expect(yield* urisOf(empty)).toEqual(wanted)
        // Of others' version nobody can know where nothing had to be written.
        if (isOwn || plan.steps.length > 0) expect((yield* stateOf(empty)).snapshotId).toBe(snapshotId)
      }).pipe(
        Effect.provide(layer({ fake: { playlists: { ...late, entriesLag: isSlow ? "600 millis" : 0 } } }))
      ),
    { timeout: 240_000, fastCheck: { numRuns: 20 } }
  )

  it.effect("don't hide that another has changed the playlist since", () =>
    Effect.gen(function*() {
      yield* replaceAll(empty, tracks(0, 5))
      const { plan } = yield* sync(empty, tracks(2, 5), { dryRun: true })
      yield* Effect.provide(Playlists.addItems(empty, { uris: [t(77)] }), clientLayer())
      expect(yield* refusal(applySync(plan))).toMatchObject({ _tag: "PlaylistChanged" })
    }).pipe(Effect.provide(layer())))
})

describe("what is read back", () => {
  it.effect("says where another was at work while the steps were done", () =>
    Effect.gen(function*() {
      yield* replaceAll(empty, tracks(0, 5))
      const other = Playlists.addItems(empty, { uris: [t(77)], position: 0 }).pipe(Effect.orDie)
      const stopped = yield* elapsing(refusal(sync(empty, tracks(2, 9), {
        onProgress: (done) => done === 1 ? other : Effect.void
      })))
      expect(stopped).toMatchObject({
        _tag: "IncompleteSync",
        done: 2,
        inDoubt: true,
        cause: undefined,
        found: yield* urisOf(empty)
      })
      expect(stopped.message).toContain(`the playlist as read back has ${t(77)} at 0, not ${t(2)}`)
      yield* sync(empty, tracks(2, 9))
      expect(yield* urisOf(empty)).toEqual(tracks(2, 9))
    }).pipe(Effect.provide(layer())))

  it.effect("has to be read, or the outcome isn't sure", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const { plan } = yield* sync(evening, tracks(0, 5), { dryRun: true })
      yield* failNext(FakeSpotify.apiError(403, "Forbidden"), { on: { method: "GET", path: /\/items$/ } })
      expect(yield* refusal(applySync(plan))).toMatchObject({
        _tag: "IncompleteSync",
        done: plan.steps.length,
        inDoubt: true,
        cause: { _tag: "Forbidden" }
      })
      expect(yield* urisOf(evening)).toEqual(tracks(0, 5))
    }).pipe(Effect.provide(layer())))

  it.effect("may have pages that don't make one list: then nothing is written", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const page = { items: [], offset: 0, total: 3, limit: 50 }
      yield* failNext(FakeSpotify.reply(200, { json: page }), { times: 100, on: { method: "GET", path: /\/items$/ } })
      expect(yield* elapsing(refusal(sync(evening, tracks(0, 5))))).toMatchObject({
        _tag: "DecodeError",
        operation: "Playlists.sync"
      })
      expect(yield* writes).toEqual([])
    }).pipe(Effect.provide(layer())))

  it.effect("has the playlist's own entries, whatever market the client has", () =>
    Effect.gen(function*() {
      const { requests } = yield* spotify
      const wanted = [t(1), t(2)]
      for (let run = 0; run < 3; run++) yield* sync(empty, wanted)
      expect(yield* urisOf(empty)).toEqual(wanted)
      expect(yield* writes).toHaveLength(1)
      expect((yield* requests).filter(({ method, query }) => method === "GET" && "market" in query)).toEqual([])
    }).pipe(Effect.provide(layer({
      client: { market: "SE" },
      fake: { mode: "development", playlists: { relinked: { [t(2)]: t(902) } } }
    }))))
})

describe("unremovable: \"leave\"", () => {
  const leave = { unremovable: "leave" } as const

  it.effect("adds what can't be read once, however often it syncs", () =>
    Effect.gen(function*() {
      yield* replaceAll(empty, [t(1), t(2)])
      for (let run = 0; run < 4; run++) {
        const { unread } = yield* sync(empty, [t(1), t(2)], leave)
        expect(yield* urisOf(empty)).toEqual([t(1), t(2)])
        expect(unread).toEqual([{ index: 1, uri: t(2) }])
      }
    }).pipe(Effect.provide(layer({ fake: { playlists: { unreadable: [t(2)] } } }))))

  it.effect("stops where the plan of a dry run turns out to be about something else", () =>
    Effect.gen(function*() {
      yield* replaceAll(empty, [t(2), t(1)])
      const { plan } = yield* sync(empty, [t(1), t(2)], { ...leave, dryRun: true })
      expect(yield* refusal(applySync(plan))).toMatchObject({ _tag: "IncompleteSync", done: 1, inDoubt: false })
      expect(yield* urisOf(empty)).toEqual([t(1)])
    }).pipe(Effect.provide(layer({ fake: { playlists: { unreadable: [t(2)] } } }))))

  it.effect.prop(
    "leaves a playlist as one sync does, whatever stands in it and can't be read or removed",
    [
      FastCheck.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
      FastCheck.array(FastCheck.integer({ min: 0, max: 5 }).map(t), { maxLength: 6 })
    ],
    ([order, wanted]) =>
      Effect.gen(function*() {
        // A local file and an entry that is gone are there from the start, and stay wherever they are moved to.
        const before = yield* urisOf(odd)
        const local = before[1] ?? ""
        yield* Playlists.removeItems(odd, {
          items: [{ uri: t(3) }, { uri: FakeSpotify.uri("episode", 2) }, { uri: t(9) }]
        })
        yield* Playlists.addItems(odd, { uris: tracks(0, 6) })
        for (const [i, n] of order.entries()) {
          const length = (yield* urisOf(odd)).length
          yield* Playlists.moveItems(odd, { range_start: Math.min(n, length - 1), insert_before: Math.min(i, length) })
        }
        yield* elapsing(sync(odd, wanted, leave))
        const once = yield* urisOf(odd)
        // What can't be read and isn't wanted can't be told from what is gone.
        const unwanted = [null, local, t(2), t(4)].filter((uri) => uri === null || !wanted.includes(uri))
        expect(once.filter((uri) => !unwanted.includes(uri))).toEqual(wanted)
        expect(once.filter((uri) => unwanted.includes(uri))).toHaveLength(unwanted.length)
        for (let run = 0; run < 2; run++) yield* elapsing(sync(odd, wanted, leave))
        expect(yield* urisOf(odd)).toEqual(once)
      }).pipe(Effect.provide(layer({ fake: { playlists: { unreadable: [t(2), t(4)] } } }))),
    { timeout: 240_000, fastCheck: { numRuns: 20 } }
  )
})
