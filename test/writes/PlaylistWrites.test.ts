import { describe, expect, it } from "@effect/vitest"
import { DateTime, Deferred, Effect, Either, FastCheck, Fiber, Option, Schema, Stream, TestClock } from "effect"
import * as BulkWrites from "effect-spotify/BulkWrites"
import { addItems } from "effect-spotify/Playlists"
import * as Playlists from "effect-spotify/Playlists"
import { FakeSpotify } from "effect-spotify/testing"
import { spotify } from "../utils/client.js"
import { elapsing, layer } from "../utils/elapsing.js"

const epoch = DateTime.unsafeMake(0)

const empty = FakeSpotify.id("playlist", 2)
const evening = FakeSpotify.id("playlist", 0)
const tracks = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => FakeSpotify.uri("track", from + i))

const urisOf = (id: string) =>
  Effect.flatMap(spotify, ({ state }) => state.playlist(id)).pipe(Effect.flatten, Effect.map(({ uris }) => uris))
const snapshotOf = (id: string) =>
  Effect.flatMap(spotify, ({ state }) => state.playlist(id)).pipe(Effect.flatten, Effect.map((p) => p.snapshotId))
const writes = Effect.flatMap(spotify, ({ requests }) => requests).pipe(
  Effect.map((all) => all.filter(({ host, method }) => host === "api" && method !== "GET"))
)
const sentUris = (body: string): ReadonlyArray<string> =>
  Schema.decodeSync(Schema.parseJson(Schema.Struct({ uris: Schema.Array(Schema.String) })))(body).uris

const on = { method: "POST", path: /\/items$/ }
const busy = FakeSpotify.apiError(502, "Bad gateway")

describe("addAll", () => {
  it.effect("adds 5,000 entries by 50 requests, in order", () =>
    Effect.gen(function*() {
      const uris = tracks(0, 5000)
      const account = yield* Playlists.addAll(empty, uris)
      expect(account).toMatchObject({ written: 5000, failed: [], inDoubt: [], snapshotId: yield* snapshotOf(empty) })
      const sent = yield* writes
      expect(sent).toHaveLength(50)
      expect(sent.flatMap(({ body }) => sentUris(body))).toEqual(uris)
      expect(yield* Effect.map(spotify, ({ count }) => count({ method: "GET" })).pipe(Effect.flatten)).toBe(0)
      expect(yield* urisOf(empty)).toEqual(uris)
    }).pipe(Effect.provide(layer())))

  it.effect("takes links, and a stream, in which it reads no further than it writes", () =>
    Effect.gen(function*() {
      let pulled = 0
      const uris = Stream.range(0, 249).pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => pulled++)),
        Stream.map((n) => `https://open.spotify.com/track/${FakeSpotify.id("track", n)}`)
      )
      const pulledBefore: Array<number> = []
      const account = yield* Playlists.addAll(empty, uris, {
        onProgress: ({ inDoubt }) => Effect.sync(() => inDoubt.length > 0 && pulledBefore.push(pulled))
      })
      expect(account.written).toBe(250)
      expect(yield* urisOf(empty)).toEqual(tracks(0, 250))
      expect(pulledBefore[0]).toBeLessThanOrEqual(101)
    }).pipe(Effect.provide(layer())))

  it.effect("keeps the order at a position", () =>
    Effect.gen(function*() {
      const before = yield* urisOf(evening)
      yield* Playlists.addAll(evening, tracks(1000, 1250), { position: 3 })
      expect(yield* urisOf(evening)).toEqual([...before.slice(0, 3), ...tracks(1000, 1250), ...before.slice(3)])
    }).pipe(Effect.provide(layer())))

  it.effect("refuses a wrong entry before anything is sent, and in a stream before its batch", () =>
    Effect.gen(function*() {
      const wrong = [...tracks(0, 150), FakeSpotify.uri("album", 1)]
      const refused = yield* Effect.flip(Playlists.addAll(empty, wrong))
      expect(refused).toMatchObject({ _tag: "InvalidInput", operation: "Playlists.addAll", field: "uris" })
      expect(yield* writes).toEqual([])
      const stopped = yield* Effect.flip(Playlists.addAll(empty, Stream.fromIterable(wrong)))
      expect(stopped).toMatchObject({
        _tag: "IncompleteWrite",
        account: { written: 100, failed: wrong.slice(100), inDoubt: [] },
        cause: { _tag: "InvalidInput" }
      })
      expect(yield* urisOf(empty)).toEqual(tracks(0, 100))
      expect(yield* Effect.flip(Playlists.addAll("nonsense", ["spotify:track:7EjyzZcbLxW7PaaLua9Ksb"]))).toMatchObject({
        _tag: "InvalidInput",
        field: "id"
      })
    }).pipe(Effect.provide(layer())))

  it.effect("does nothing for no entries", () =>
    Effect.gen(function*() {
      expect(yield* Playlists.addAll(empty, [])).toMatchObject({ written: 0 })
      expect(yield* writes).toEqual([])
    }).pipe(Effect.provide(layer())))

  it.effect("says what is written where a request is refused, and goes on from there", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      yield* failNext([FakeSpotify.slow(0), FakeSpotify.apiError(403, "Forbidden")], { on })
      const uris = tracks(0, 250)
      const stopped = yield* Effect.flip(Playlists.addAll(empty, uris))
      expect(stopped).toMatchObject({
        _tag: "IncompleteWrite",
        operation: "Playlists.addAll",
        account: { written: 100, failed: uris.slice(100, 200), inDoubt: [], snapshotId: yield* snapshotOf(empty) },
        cause: { _tag: "Forbidden" }
      })
      expect(stopped.message).toContain("100 written, 100 failed, 0 in doubt: ")
      if (stopped._tag !== "IncompleteWrite") return
      expect(yield* Playlists.addAll(empty, uris, { resume: stopped.account })).toMatchObject({
        written: 250,
        failed: []
      })
      expect(yield* urisOf(empty)).toEqual(uris)
    }).pipe(Effect.provide(layer())))

  it.effect.each(
    [
      ["written, an error page came", FakeSpotify.afterApplying(busy), 3],
      ["written, the connection broke", FakeSpotify.afterApplying(FakeSpotify.connectionReset), 3],
      ["written, half of the answer came", FakeSpotify.cutOff, 3],
      ["not written, an error page came", busy, 4],
      ["not written, the connection broke", FakeSpotify.connectionReset, 4]
    ] as const
  )("settles a doubt by reading back: %s", ([, fault, requests]) =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const before = yield* urisOf(evening)
      const uris = tracks(1000, 1250)
      for (const position of [undefined, 7]) {
        for (const which of [0, 1, 2]) {
          const sent = (yield* writes).length
          const length = (yield* urisOf(evening)).length
          yield* failNext([...Array.from({ length: which }, () => FakeSpotify.slow(0)), fault], { on })
          const account = yield* elapsing(Playlists.addAll(evening, uris, { position }))
          expect(account).toMatchObject({ written: 250, failed: [], inDoubt: [] })
          expect((yield* writes).length - sent).toBe(requests)
          expect(yield* urisOf(evening)).toHaveLength(length + 250)
          yield* elapsing(Playlists.replaceAll(evening, before.filter((uri) => uri !== null)))
        }
      }
    }).pipe(Effect.provide(layer())))

  it.effect("doesn't take for lost what takes effect after its connection broke", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const uris = tracks(0, 30)
      yield* failNext(FakeSpotify.connectionReset, { on })
      const job = yield* Effect.fork(Playlists.addAll(empty, uris))
      yield* TestClock.adjust("1 second")
      expect(yield* urisOf(empty)).toEqual([])
      yield* addItems(empty, { uris })
      expect(yield* elapsing(Fiber.join(job))).toMatchObject({ written: 30, failed: [], inDoubt: [] })
      expect(yield* urisOf(empty)).toEqual(uris)
    }).pipe(Effect.provide(layer())))

  it.effect("takes an end that was there before for what it is", () =>
    Effect.gen(function*() {
      const uris = tracks(0, 30)
      yield* Playlists.addAll(empty, uris)
      yield* TestClock.adjust("10 minutes")
      const { failNext } = yield* spotify
      yield* failNext(busy, { on })
      expect(yield* elapsing(Playlists.addAll(empty, uris))).toMatchObject({ written: 30 })
      expect(yield* urisOf(empty)).toEqual([...uris, ...uris])
      yield* TestClock.adjust("10 minutes")
      yield* failNext(FakeSpotify.afterApplying(busy), { on })
      expect(yield* elapsing(Playlists.addAll(empty, uris))).toMatchObject({ written: 30 })
      expect(yield* urisOf(empty)).toEqual([...uris, ...uris, ...uris])
    }).pipe(Effect.provide(layer())))

  it.effect("leaves in doubt what can't be told, and writes nothing more", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const same = Array.from({ length: 250 }, () => FakeSpotify.uri("track", 1))
      yield* failNext([FakeSpotify.slow(0), FakeSpotify.afterApplying(busy)], { on })
      const stopped = yield* elapsing(Effect.flip(Playlists.addAll(empty, same)))
      expect(stopped).toMatchObject({
        account: { written: 100, failed: [], inDoubt: same.slice(0, 100) },
        cause: { _tag: "ServerError" }
      })
      if (stopped._tag !== "IncompleteWrite") return
      const again = yield* Effect.flip(Playlists.addAll(empty, same, { resume: stopped.account }))
      expect(again).toMatchObject({ account: { written: 100, inDoubt: same.slice(0, 100) }, cause: undefined })
      expect(yield* writes).toHaveLength(2)
    }).pipe(Effect.provide(layer())))

  it.effect("leaves in doubt what others have moved away", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const uris = tracks(1000, 1250)
      yield* failNext([FakeSpotify.slow(0), FakeSpotify.slow(0), busy], { on })
      const others = addItems(evening, { uris: tracks(5, 6), position: 0 }).pipe(Effect.orDie)
      const stopped = yield* elapsing(Effect.flip(Playlists.addAll(evening, uris, {
        position: 5,
        onProgress: ({ inDoubt, written }) => written === 100 && inDoubt.length > 0 ? others : Effect.void
      })))
      expect(stopped).toMatchObject({ account: { written: 100, inDoubt: uris.slice(100, 200) } })
      expect(yield* writes).toHaveLength(3)
    }).pipe(Effect.provide(layer())))

  it.effect("gives up a request that fails again and again", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      yield* failNext(busy, { times: 100, on })
      const stopped = yield* elapsing(Effect.flip(Playlists.addAll(empty, tracks(0, 10))))
      expect(stopped).toMatchObject({ account: { written: 0, failed: tracks(0, 10), inDoubt: [] } })
      expect(yield* writes).toHaveLength(3)
    }).pipe(Effect.provide(layer())))

  it.effect("tells before each request what it puts in doubt, and after it what is written", () =>
    Effect.gen(function*() {
      const told: Array<[number, number]> = []
      yield* Playlists.addAll(empty, tracks(0, 150), {
        onProgress: ({ inDoubt, written }) => Effect.sync(() => told.push([written, inDoubt.length]))
      })
      expect(told).toEqual([[0, 100], [100, 0], [100, 50], [150, 0]])
      const stopped = yield* Effect.flip(Playlists.addAll(empty, tracks(0, 150), {
        onProgress: () => Effect.fail("disk full")
      }))
      expect(stopped).toMatchObject({ account: { written: 0, inDoubt: [] }, cause: "disk full" })
      expect(yield* writes).toHaveLength(2)
    }).pipe(Effect.provide(layer())))

  it.effect("refuses to go on with the account of another job", () =>
    Effect.gen(function*() {
      const account = { written: 20, failed: [], inDoubt: tracks(90, 95), startedAt: epoch }
      for (const uris of [tracks(0, 10), tracks(0, 30)]) {
        expect(yield* Effect.flip(Playlists.addAll(empty, uris, { resume: account }))).toMatchObject({
          _tag: "InvalidInput",
          field: "resume"
        })
      }
      expect(yield* writes).toEqual([])
    }).pipe(Effect.provide(layer())))

  it.effect("settles a doubt that is smaller than a request", () =>
    Effect.gen(function*() {
      const uris = tracks(0, 250)
      yield* Playlists.addAll(empty, uris.slice(0, 130))
      const account = { written: 100, failed: [], inDoubt: uris.slice(100, 130), startedAt: epoch }
      expect(yield* Playlists.addAll(empty, uris, { resume: account })).toMatchObject({ written: 250 })
      expect(yield* urisOf(empty)).toEqual(uris)
    }).pipe(Effect.provide(layer())))

  it.effect("takes what its clock dates a little early for its own, and older entries for others'", () =>
    Effect.gen(function*() {
      const uris = tracks(0, 30)
      yield* addItems(empty, { uris })
      const doubt = (startedAt: number) => ({
        written: 0,
        failed: [],
        inDoubt: uris,
        startedAt: DateTime.unsafeMake(startedAt)
      })
      const now = Date.UTC(2026, 10, 25)
      const ahead = doubt(now + 30_000)
      expect(yield* elapsing(Playlists.addAll(empty, uris, { resume: ahead }))).toMatchObject({ written: 30 })
      expect(yield* urisOf(empty)).toEqual(uris)
      const later = doubt(now + 600_000)
      expect(yield* elapsing(Playlists.addAll(empty, uris, { resume: later }))).toMatchObject({ written: 30 })
      expect(yield* urisOf(empty)).toEqual([...uris, ...uris])
    }).pipe(Effect.provide(layer())))

  it.effect("keeps the version of a write that was answered, and none of one that was read back", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      yield* failNext([FakeSpotify.slow(0), FakeSpotify.afterApplying(busy)], { on })
      const kept: Array<boolean> = []
      yield* elapsing(Playlists.addAll(empty, tracks(0, 300), {
        onProgress: ({ inDoubt, snapshotId }) =>
          Effect.sync(() => inDoubt.length === 0 && kept.push(snapshotId !== undefined))
      }))
      expect(kept).toEqual([true, false, true])
    }).pipe(Effect.provide(layer())))

  it.effect("looks twice before it sends again what another run left in doubt", () =>
    Effect.gen(function*() {
      const uris = tracks(0, 30)
      yield* addItems(empty, { uris })
      const resume = { written: 0, failed: [], inDoubt: uris, startedAt: DateTime.unsafeMake(Date.UTC(2026, 10, 25)) }
      expect(yield* elapsing(Playlists.addAll(empty, uris, { resume }))).toMatchObject({ written: 30 })
      expect(yield* urisOf(empty)).toEqual(uris)
    }).pipe(Effect.provide(layer({ fake: { playlists: { entriesLag: "600 millis" } } }))))

  it.effect.each(
    [
      ["no number of entries", { written: 1.5, failed: [], inDoubt: [], startedAt: epoch }],
      ["none at all", { written: Number.NaN, failed: [], inDoubt: [], startedAt: epoch }],
      ["fewer than none", { written: -1, failed: [], inDoubt: [], startedAt: epoch }],
      ["a time as JSON has it", { written: 0, failed: [], inDoubt: [], startedAt: "1970-01-01T00:00:00.000Z" }]
    ] as const
  )("refuses an account with %s", ([, resume]) =>
    Effect.gen(function*() {
      // @ts-expect-error: as a program without types may give it
      expect(yield* Effect.flip(Playlists.addAll(empty, tracks(0, 3), { resume }))).toMatchObject({
        _tag: "InvalidInput",
        field: "resume"
      })
      expect(yield* writes).toEqual([])
    }).pipe(Effect.provide(layer())))

  it.effect.each([-1, 1.5, Number.NaN])(
    "refuses the position %s, wherever it goes on",
    (position) =>
      Effect.gen(function*() {
        const resume = { written: 2, failed: [], inDoubt: [], startedAt: epoch }
        expect(yield* Effect.flip(Playlists.addAll(empty, tracks(0, 3), { position, resume }))).toMatchObject({
          _tag: "InvalidInput",
          field: "position"
        })
        expect(yield* writes).toEqual([])
      }).pipe(Effect.provide(layer()))
  )

  const faults = [
    FakeSpotify.slow(0),
    FakeSpotify.slow(0),
    busy,
    FakeSpotify.afterApplying(busy),
    FakeSpotify.connectionReset,
    FakeSpotify.afterApplying(FakeSpotify.connectionReset),
    FakeSpotify.apiError(403, "Forbidden"),
    FakeSpotify.quotaExceeded
  ]

  it.effect.prop(
    "writes each entry once, whatever fails and wherever it is killed, when it goes on from the account that was kept",
    [
      FastCheck.integer({ min: 0, max: 350 }),
      FastCheck.option(FastCheck.integer({ min: 0, max: 120 }), { nil: undefined }),
      FastCheck.array(FastCheck.integer({ min: 0, max: faults.length - 1 }), { maxLength: 12 }),
      FastCheck.array(FastCheck.integer({ min: 1, max: 12 }), { maxLength: 3 })
    ],
    ([total, position, failing, kills]) =>
      Effect.gen(function*() {
        const { failNext } = yield* spotify
        const before = yield* urisOf(evening)
        const uris = tracks(1000, 1000 + total)
        const json = Schema.parseJson(BulkWrites.Account)
        let kept: string | undefined
        const chosen = failing.flatMap((n) => faults[n] ?? [])
        if (chosen.length > 0) yield* failNext(chosen, { on })
        for (let run = 0; run < 40; run++) {
          const killed = yield* Deferred.make<void>()
          let told = 0
          const job = Playlists.addAll(evening, uris, {
            position,
            resume: kept === undefined ? undefined : Schema.decodeSync(json)(kept),
            onProgress: (account) =>
              Effect.suspend(() => {
                if (++told === kills[run]) return Effect.zipRight(Deferred.succeed(killed, undefined), Effect.never)
                kept = Schema.encodeSync(json)(account)
                return Effect.void
              })
          })
          const fiber = yield* Effect.fork(elapsing(Effect.either(job)))
          const ended = yield* Effect.raceFirst(
            Effect.map(Fiber.join(fiber), Option.some),
            Effect.as(Deferred.await(killed), Option.none())
          )
          yield* Fiber.interrupt(fiber)
          if (Option.isNone(ended)) continue
          if (Either.isRight(ended.value)) break
          kept = ended.value.left._tag === "IncompleteWrite"
            ? Schema.encodeSync(json)(ended.value.left.account)
            : undefined
        }
        const at = position ?? before.length
        expect(yield* urisOf(evening)).toEqual([...before.slice(0, at), ...uris, ...before.slice(at)])
      }).pipe(Effect.provide(layer())),
    { timeout: 240_000, fastCheck: { numRuns: 20 } }
  )
})

describe("what can't be read", () => {
  const t = (n: number) => FakeSpotify.uri("track", n)
  const unreadable = (...uris: ReadonlyArray<string>) => layer({ fake: { playlists: { unreadable: uris } } })

  it.effect.each([undefined, 0])(
    "is a doubt, and isn't added twice (position: %s)",
    (position) =>
      Effect.gen(function*() {
        const { failNext } = yield* spotify
        yield* addItems(empty, { uris: [t(1)] })
        yield* failNext(FakeSpotify.afterApplying(busy), { on })
        const stopped = yield* elapsing(Effect.flip(Playlists.addAll(empty, [t(2)], { position })))
        expect(stopped).toMatchObject({ account: { written: 0, failed: [], inDoubt: [t(2)] } })
        expect(yield* urisOf(empty)).toEqual(position === 0 ? [t(2), t(1)] : [t(1), t(2)])
        if (stopped._tag !== "IncompleteWrite") return
        const again = yield* elapsing(
          Effect.flip(Playlists.addAll(empty, [t(2)], { position, resume: stopped.account }))
        )
        expect(again).toMatchObject({ account: { written: 0, failed: [], inDoubt: [t(2)] }, cause: undefined })
        expect(yield* urisOf(empty)).toHaveLength(2)
      }).pipe(Effect.provide(unreadable(t(2))))
  )

  it.effect("is no doubt where what was written before it is seen", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const uris = tracks(0, 101)
      yield* failNext([FakeSpotify.slow(0), FakeSpotify.afterApplying(busy)], { on })
      expect(yield* elapsing(Playlists.addAll(empty, uris))).toMatchObject({ written: 101 })
      expect(yield* urisOf(empty)).toEqual(uris)
      yield* failNext([FakeSpotify.slow(0), busy], { on })
      expect(yield* elapsing(Playlists.addAll(empty, uris))).toMatchObject({ written: 101 })
      expect(yield* urisOf(empty)).toEqual([...uris, ...uris])
    }).pipe(Effect.provide(unreadable(t(3), t(100)))))

  it.effect("is a doubt where it may have replaced what was there, or be what was there", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      yield* failNext(FakeSpotify.afterApplying(busy), { times: 100, on: { method: "PUT" } })
      const stopped = yield* elapsing(Effect.flip(Playlists.replaceAll(empty, [t(1), t(2)])))
      expect(stopped).toMatchObject({ account: { written: 0, failed: [], inDoubt: [t(1), t(2)] } })
      expect(yield* urisOf(empty)).toEqual([t(1), t(2)])
      // One request and the client's three repeats, which do no harm.
      expect((yield* writes).length).toBe(4)
    }).pipe(Effect.provide(unreadable(t(2)))))

  it.effect("is no doubt in a list whose length is the job's", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const uris = tracks(0, 150)
      yield* failNext(FakeSpotify.afterApplying(busy), { on })
      expect(yield* elapsing(Playlists.replaceAll(evening, uris))).toMatchObject({ written: 150 })
      expect(yield* urisOf(evening)).toEqual(uris)
    }).pipe(Effect.provide(unreadable(...tracks(100, 150)))))

  it.effect.prop(
    "is never written twice, and never said to be written or not where it is otherwise",
    [
      FastCheck.array(FastCheck.integer({ min: 0, max: 3 }).map(t), { maxLength: 4 }),
      FastCheck.array(FastCheck.integer({ min: 2, max: 6 }).map(t), { minLength: 1, maxLength: 3 }),
      FastCheck.option(FastCheck.constant(0), { nil: undefined }),
      FastCheck.boolean(),
      FastCheck.subarray(["add", "replace"] as const, { minLength: 1, maxLength: 1 })
    ],
    ([there, uris, position, isApplied, [kind]]) =>
      Effect.gen(function*() {
        const { failNext } = yield* spotify
        yield* elapsing(Playlists.replaceAll(empty, there))
        yield* TestClock.adjust("10 minutes")
        yield* failNext(isApplied ? FakeSpotify.afterApplying(busy) : busy, {
          times: 100,
          on: { method: kind === "add" ? "POST" : "PUT" }
        })
        const job = kind === "add" ? Playlists.addAll(empty, uris, { position }) : Playlists.replaceAll(empty, uris)
        const ended = yield* elapsing(Effect.either(job))
        const account = Either.isRight(ended)
          ? ended.right
          : ended.left._tag === "IncompleteWrite"
          ? ended.left.account
          : undefined
        const added = position === 0 ? [...uris, ...there] : [...there, ...uris]
        const after = kind === "replace" ? uris : added
        expect(yield* urisOf(empty)).toEqual(isApplied ? after : there)
        const isThere = isApplied || (kind === "replace" && there.join() === uris.join())
        if (isThere) expect(account?.failed).toEqual([])
        else expect(account?.written).toBe(0)
      }).pipe(Effect.provide(unreadable(t(2), t(5)))),
    { timeout: 240_000, fastCheck: { numRuns: 20 } }
  )
})

describe("a client's market", () => {
  it.effect("doesn't come between what was written and what is read back", () =>
    Effect.gen(function*() {
      const { failNext, requests } = yield* spotify
      const uris = tracks(0, 130)
      yield* failNext([FakeSpotify.slow(0), FakeSpotify.afterApplying(busy)], { on })
      expect(yield* elapsing(Playlists.addAll(empty, uris))).toMatchObject({ written: 130 })
      yield* failNext(FakeSpotify.afterApplying(busy), { times: 4, on: { method: "PUT" } })
      expect(yield* elapsing(Playlists.replaceAll(empty, uris.slice(90)))).toMatchObject({ written: 40 })
      expect(yield* urisOf(empty)).toEqual(uris.slice(90))
      const reads = (yield* requests).filter(({ method }) => method === "GET")
      expect(reads.length).toBeGreaterThan(0)
      expect(reads.filter(({ query }) => "market" in query)).toEqual([])
    }).pipe(Effect.provide(layer({
      client: { market: "SE" },
      fake: { mode: "development", playlists: { relinked: { [tracks(110, 111)[0] ?? ""]: tracks(900, 901)[0] ?? "" } } }
    }))))
})

describe("replaceAll", () => {
  it.effect("replaces by the first hundred and adds the rest", () =>
    Effect.gen(function*() {
      const account = yield* Playlists.replaceAll(evening, tracks(500, 750))
      expect(account).toMatchObject({ written: 250, snapshotId: yield* snapshotOf(evening) })
      expect((yield* writes).map(({ method }) => method)).toEqual(["PUT", "POST", "POST"])
      expect(yield* urisOf(evening)).toEqual(tracks(500, 750))
    }).pipe(Effect.provide(layer())))

  it.effect("empties a playlist", () =>
    Effect.gen(function*() {
      yield* Playlists.replaceAll(evening, [])
      expect(yield* urisOf(evening)).toEqual([])
      expect(yield* Playlists.replaceAll(evening, Stream.empty)).toMatchObject({ written: 0 })
      expect(yield* writes).toHaveLength(2)
    }).pipe(Effect.provide(layer())))

  it.effect("settles doubts by the playlist's length", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const same = Array.from({ length: 250 }, () => FakeSpotify.uri("track", 1))
      yield* failNext([FakeSpotify.afterApplying(busy), busy, FakeSpotify.afterApplying(busy)], { on })
      expect(yield* elapsing(Playlists.replaceAll(evening, same))).toMatchObject({ written: 250 })
      expect(yield* urisOf(evening)).toEqual(same)
      yield* failNext([FakeSpotify.connectionReset], { times: 20, on: { method: "PUT" } })
      const stopped = yield* elapsing(Effect.flip(Playlists.replaceAll(evening, tracks(0, 10))))
      expect(stopped).toMatchObject({ account: { written: 0, failed: tracks(0, 10) } })
    }).pipe(Effect.provide(layer())))

  it.effect("doesn't take the start of a longer playlist for what it wrote", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const uris = (yield* urisOf(evening)).slice(0, 10).map(String)
      yield* failNext(busy, { times: 4, on: { method: "PUT" } })
      expect(yield* elapsing(Playlists.replaceAll(evening, uris))).toMatchObject({ written: 10 })
      expect(yield* urisOf(evening)).toEqual(uris)
    }).pipe(Effect.provide(layer())))
})

describe("removeAll", () => {
  it.effect("removes by hundreds, in whatever version the playlist is", () =>
    Effect.gen(function*() {
      const uris = (yield* urisOf(evening)).filter((uri) => uri !== null)
      const account = yield* Playlists.removeAll(evening, [...uris.slice(0, 110), ...uris.slice(0, 5)])
      expect(account).toMatchObject({ written: 115, snapshotId: yield* snapshotOf(evening) })
      const sent = (yield* writes).map(({ body }): unknown => JSON.parse(body))
      expect(sent).toHaveLength(2)
      for (const body of sent) expect(body).not.toHaveProperty("snapshot_id")
      expect(yield* urisOf(evening)).toEqual(uris.slice(110))
    }).pipe(Effect.provide(layer())))

  it.effect("leaves a doubt to be sent again", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      const uris = (yield* urisOf(evening)).filter((uri) => uri !== null)
      yield* failNext(FakeSpotify.afterApplying(busy), { times: 10, on: { method: "DELETE" } })
      const stopped = yield* elapsing(Effect.flip(Playlists.removeAll(evening, uris)))
      expect(stopped).toMatchObject({ account: { written: 0, failed: [], inDoubt: uris.slice(0, 100) } })
      yield* Effect.flatMap(spotify, ({ clearFaults }) => clearFaults)
      if (stopped._tag !== "IncompleteWrite") return
      expect(yield* Playlists.removeAll(evening, uris, { resume: stopped.account })).toMatchObject({ written: 120 })
      expect(yield* urisOf(evening)).toEqual([])
    }).pipe(Effect.provide(layer())))
})
