import { expect, it } from "@effect/vitest"
import { Chunk, Deferred, Effect, Either, FastCheck, Fiber, Ref, Schema, Stream } from "effect"
import * as Endpoint from "effect-spotify/Endpoint"
import * as Library from "effect-spotify/Library"
import { Page } from "effect-spotify/model/Page"
import * as Playlist from "effect-spotify/model/Playlist"
import * as Paging from "effect-spotify/Paging"
import * as Player from "effect-spotify/Player"
import * as Playlists from "effect-spotify/Playlists"
import type { SpotifyClient } from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import * as Users from "effect-spotify/Users"
import * as Client from "../utils/client.js"
import { followed, layer, numberOf, numbers, numbersOf, pageOf, recent } from "../utils/lists.js"

const album = "4aawyAB9vmqN3uQ7FjRGTy"
const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)

/** Keeps the URLs and answers with the true pages of a list. */
const listed = (total: number) => {
  const seen: Array<URL> = []
  return {
    seen,
    offsets: () => seen.map((url) => numberOf(url, "offset", 0)),
    layer: layer((url) =>
      Effect.sync(() => {
        seen.push(url)
        return { body: pageOf(total, url) }
      })
    )
  }
}

/** Lets everything that can happen without a clock happen. */
const settle = Effect.repeatN(Effect.promise(() => new Promise((resolve) => setImmediate(resolve))), 200)

it.effect("asks for nothing before it is pulled, and for no more pages than are taken", () => {
  const list = listed(1000)
  return Effect.gen(function*() {
    const items = Paging.stream(numbers)
    yield* settle
    expect(list.offsets()).toEqual([])
    const taken = yield* Stream.runCollect(Stream.take(items, 100))
    yield* settle
    expect(Chunk.toReadonlyArray(taken)).toEqual(range(0, 100))
    expect(list.offsets()).toEqual([0, 50])
  }).pipe(Effect.provide(list.layer))
})

it.effect("passes the operation's own arguments on and asks for its largest page", () =>
  Effect.gen(function*() {
    const seen: Array<string> = []
    const client = layer((url) =>
      Effect.sync(() => {
        seen.push(`${url.pathname}${url.search}`)
        return { body: { numbers: pageOf(60, url) } }
      })
    )
    const all = Effect.provide(Paging.collect(numbersOf, album, { market: "SE", concurrency: 2 }), client)
    expect(yield* all).toEqual(range(0, 60))
    const few = Effect.provide(Paging.collect(numbersOf, `spotify:album:${album}`, { limit: 40, offset: 10 }), client)
    expect(yield* few).toEqual(range(10, 60))
    yield* Effect.provide(Paging.collect(numbersOf, album), client)
    expect(seen).toEqual([
      `/v1/albums/${album}/numbers?limit=50&offset=0&market=SE`,
      `/v1/albums/${album}/numbers?limit=50&offset=50&market=SE`,
      `/v1/albums/${album}/numbers?limit=40&offset=10`,
      `/v1/albums/${album}/numbers?limit=40&offset=50`,
      `/v1/albums/${album}/numbers?limit=50&offset=0`,
      `/v1/albums/${album}/numbers?limit=50&offset=50`
    ])
  }))

it.effect("says where each page is and where the list goes on", () => {
  const list = listed(120)
  return Effect.gen(function*() {
    const pages = yield* Stream.runCollect(Paging.pages(numbers, { concurrency: 3 }))
    expect(Chunk.toReadonlyArray(Chunk.map(pages, ({ items, ...page }) => ({ ...page, count: items.length })))).toEqual(
      [
        { position: { offset: 0 }, total: 120, next: { offset: 50 }, count: 50, unreadable: [] },
        { position: { offset: 50 }, total: 120, next: { offset: 100 }, count: 50, unreadable: [] },
        { position: { offset: 100 }, total: 120, next: undefined, count: 20, unreadable: [] }
      ]
    )
    const rest = yield* Stream.runCollect(Paging.stream(numbers, { from: { offset: 50 } }))
    expect(Chunk.toReadonlyArray(rest)).toEqual(range(50, 120))
    expect(yield* Paging.collect(numbers, { from: { offset: 100 } })).toEqual(range(100, 120))
  }).pipe(Effect.provide(list.layer))
})

it.effect("keeps as many requests on their way as is allowed, even while the first of them is slow", () =>
  Effect.gen(function*() {
    const all = yield* Deferred.make<void>()
    const asked: Array<number> = []
    let inFlight = 0
    let most = 0
    const client = layer((url) =>
      Effect.gen(function*() {
        const offset = numberOf(url, "offset", 0)
        asked.push(offset)
        most = Math.max(most, ++inFlight)
        // The first, the slow one and the seven behind it.
        if (asked.length === 9) yield* Deferred.succeed(all, undefined)
        yield* offset === 50 ? Deferred.await(all) : Effect.yieldNow()
        inFlight--
        return { body: pageOf(1000, url) }
      })
    )
    expect(yield* Effect.provide(Paging.collect(numbers, { concurrency: 4 }), client)).toEqual(range(0, 1000))
    expect(most).toBe(4)
  }))

it.effect("reads no further ahead than is allowed while nobody takes", () => {
  const list = listed(5000)
  return Effect.gen(function*() {
    const taken = yield* Deferred.make<void>()
    const fiber = yield* Paging.stream(numbers, { concurrency: 4 }).pipe(
      Stream.runForEach((item) =>
        item === 50 ? Effect.zipRight(Deferred.succeed(taken, undefined), Effect.never) : Effect.void
      ),
      Effect.fork
    )
    yield* Deferred.await(taken)
    yield* settle
    // The first, the one that is being looked at, and those that are on their way or wait.
    expect(list.seen.length).toBeGreaterThan(2)
    expect(list.seen.length).toBeLessThanOrEqual(1 + 1 + 8)
    yield* Fiber.interrupt(fiber)
  }).pipe(Effect.provide(list.layer))
})

it.effect("stops what was read ahead when the stream is left", () =>
  Effect.gen(function*() {
    const aborted = yield* Ref.make(0)
    const started = yield* Deferred.make<void>()
    let count = 0
    const client = layer((url) => {
      if (numberOf(url, "offset", 0) === 0) return Effect.succeed({ body: pageOf(500, url) })
      if (++count === 3) Deferred.unsafeDone(started, Effect.void)
      return Effect.onInterrupt(Effect.never, () => Ref.update(aborted, (n) => n + 1))
    })
    const fiber = yield* Paging.collect(numbers, { concurrency: 3 }).pipe(Effect.provide(client), Effect.fork)
    yield* Deferred.await(started)
    yield* Fiber.interrupt(fiber)
    expect(yield* Ref.get(aborted)).toBe(3)
  }))

it.effect("a page that can't be read fails with the operation's error and with its position, after all before it", () =>
  Effect.gen(function*() {
    const failed = yield* Deferred.make<void>()
    const client = layer((url) =>
      Effect.gen(function*() {
        const offset = numberOf(url, "offset", 0)
        if (offset === 150) {
          yield* Deferred.succeed(failed, undefined)
          return { status: 404, body: { error: { status: 404, message: "Gone" } } }
        }
        // Those before it are still on their way when it fails.
        if (offset > 0) yield* Effect.zipRight(Deferred.await(failed), settle)
        return { body: pageOf(1000, url) }
      })
    )
    const given: Array<number> = []
    const result = yield* Paging.stream(numbers, { concurrency: 4 }).pipe(
      Stream.runForEach((item) => Effect.sync(() => given.push(item))),
      Effect.catchTag("NotFound", (error) => Effect.succeed(error.position)),
      Effect.provide(client)
    )
    expect(given).toEqual(range(0, 150))
    expect(result).toEqual({ offset: 150 })
  }))

it.effect("refuses what can't be right, and sends nothing", () => {
  const list = listed(100)
  return Effect.gen(function*() {
    const fieldOf = <A, E>(effect: Effect.Effect<A, E, SpotifyClient>) =>
      Effect.map(Effect.either(effect), (result) => Either.isLeft(result) ? result.left : undefined)
    expect(yield* fieldOf(Paging.collect(numbers, { limit: 51 }))).toMatchObject({
      _tag: "InvalidInput",
      field: "limit"
    })
    expect(yield* fieldOf(Paging.collect(numbers, { offset: -1 }))).toMatchObject({ field: "offset" })
    expect(yield* fieldOf(Paging.collect(numbers, { concurrency: 0 }))).toMatchObject({ field: "concurrency" })
    expect(yield* fieldOf(Paging.collect(numbers, { from: { after: "x" } }))).toMatchObject({ field: "from" })
    expect(yield* fieldOf(Paging.collect(numbersOf, "nonsense"))).toMatchObject({ field: "id" })
    expect(list.seen).toEqual([])
  }).pipe(Effect.provide(list.layer))
})

it.effect("goes on in smaller steps where Spotify gives smaller pages than were asked for", () => {
  const client = layer((url) => {
    url.searchParams.set("limit", "20")
    return Effect.succeed({ body: pageOf(130, url) })
  })
  return Effect.gen(function*() {
    expect(yield* Paging.collect(numbers, { concurrency: 3 })).toEqual(range(0, 130))
  }).pipe(Effect.provide(client))
})

it.effect("ends with an empty page, whatever else the page says", () =>
  Effect.gen(function*() {
    const seen: Array<number> = []
    const client = layer((url) =>
      Effect.sync(() => {
        const offset = numberOf(url, "offset", 0)
        seen.push(offset)
        const page = pageOf(100_000, url)
        return { body: offset < 100 ? page : { ...page, items: [] } }
      })
    )
    expect(yield* Effect.provide(Paging.collect(numbers, { concurrency: 1 }), client)).toEqual(range(0, 100))
    expect(seen).toEqual([0, 50, 100])
    yield* Effect.provide(Paging.collect(numbers, { offset: 100 }), client)
    expect(seen).toEqual([0, 50, 100, 100])
    expect(yield* Effect.provide(Paging.collect(numbers), client)).toEqual(range(0, 100))
  }))

it.effect("ends where next is null, and goes by the total where next was left out", () =>
  Effect.gen(function*() {
    const ending = layer((url) =>
      Effect.succeed({ body: { ...pageOf(1000, url), next: numberOf(url, "offset", 0) === 50 ? null : "x" } })
    )
    expect(yield* Effect.provide(Paging.collect(numbers), ending)).toEqual(range(0, 100))
    const bare = layer((url) => {
      const { next: _, ...page } = pageOf(120, url)
      return Effect.succeed({ body: page })
    })
    expect(yield* Effect.provide(Paging.collect(numbers), bare)).toEqual(range(0, 120))
  }))

it.effect("reads what was added while it was reading, but follows no list that grows for ever", () =>
  Effect.gen(function*() {
    const grown = layer((url) => Effect.succeed({ body: pageOf(numberOf(url, "offset", 0) === 0 ? 110 : 170, url) }))
    expect(yield* Effect.provide(Paging.collect(numbers, { concurrency: 2 }), grown)).toEqual(range(0, 170))
    let pages = 0
    const growing = layer((url) =>
      Effect.sync(() => ({ body: pageOf(numberOf(url, "offset", 0) + 200 + pages++, url) }))
    )
    const read = yield* Effect.provide(Paging.collect(numbers), growing)
    expect(read).toEqual(range(0, read.length))
    expect(pages).toBeLessThan(20)
  }))

const reading = FastCheck.record({
  limit: FastCheck.integer({ min: 1, max: 50 }),
  pages: FastCheck.double({ min: 0, max: 12, noNaN: true }),
  concurrency: FastCheck.option(FastCheck.integer({ min: 1, max: 9 }), { nil: undefined }),
  paces: FastCheck.array(FastCheck.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 9 })
}).map(({ pages, ...rest }) => ({ ...rest, total: Math.round(pages * rest.limit) }))

const runs = { timeout: 240_000, fastCheck: { numRuns: 40 } }

it.effect.prop(
  "gives every item once and in order: any total, start, page size, concurrency, pace, and errors that pass",
  [
    reading,
    FastCheck.integer({ min: 0, max: 60 }),
    FastCheck.array(FastCheck.constantFrom(200, 200, 500, 503), { minLength: 1, maxLength: 9 })
  ],
  ([{ concurrency, limit, paces, total }, start, faults]) =>
    Effect.gen(function*() {
      const attempts = new Map<number, number>()
      let inFlight = 0
      let most = 0
      const client = layer((url) =>
        Effect.gen(function*() {
          const offset = numberOf(url, "offset", 0)
          const attempt = attempts.get(offset) ?? 0
          attempts.set(offset, attempt + 1)
          most = Math.max(most, ++inFlight)
          yield* Effect.repeatN(Effect.yieldNow(), paces[offset % paces.length] ?? 0)
          inFlight--
          const status = attempt === 0 ? faults[offset % faults.length] ?? 200 : 200
          return status === 200 ? { body: pageOf(total, url) } : { status, body: "" }
        })
      )
      const items = yield* Effect.provide(Paging.collect(numbers, { concurrency, limit, offset: start }), client)
      expect(items).toEqual(range(start, total))
      expect(attempts.size).toBe(Math.max(1, Math.ceil((total - start) / limit)))
      expect(most).toBeLessThanOrEqual(concurrency ?? 8)
    }),
  runs
)

it.effect.prop(
  "what was given before an error and what is given from its position on are the whole list",
  [reading, FastCheck.integer({ min: 0, max: 200 })],
  ([{ concurrency, limit, paces, total }, broken]) =>
    Effect.gen(function*() {
      let repaired = false
      const client = layer((url) =>
        Effect.gen(function*() {
          const offset = numberOf(url, "offset", 0)
          yield* Effect.repeatN(Effect.yieldNow(), paces[offset % paces.length] ?? 0)
          return !repaired && offset <= broken && broken < offset + limit
            ? { status: 403, body: "" }
            : { body: pageOf(total, url) }
        })
      )
      const given: Array<number> = []
      const keep = (item: number) => Effect.sync(() => given.push(item))
      const first = Paging.stream(numbers, { concurrency, limit })
      const result = yield* Effect.either(Stream.runForEach(first, keep)).pipe(Effect.provide(client))
      repaired = true
      if (Either.isLeft(result)) {
        expect(result.left._tag).toBe("Forbidden")
        expect(result.left.position).toEqual({ offset: given.length })
        const rest = Paging.stream(numbers, { from: result.left.position, concurrency, limit })
        yield* Effect.provide(Stream.runForEach(rest, keep), client)
      }
      expect(given).toEqual(range(0, total))
    }),
  runs
)

it.effect.prop(
  "ends, whatever the pages say",
  [
    FastCheck.option(FastCheck.integer({ min: 1, max: 5 }), { nil: undefined }),
    FastCheck.array(
      FastCheck.record({
        items: FastCheck.array(FastCheck.integer(), { maxLength: 12 }),
        limit: FastCheck.integer({ min: -1, max: 60 }),
        total: FastCheck.integer({ min: 0, max: 150 }),
        next: FastCheck.constantFrom(null, undefined, "https://api.spotify.com/v1/numbers?offset=0")
      }),
      { minLength: 1 }
    )
  ],
  ([concurrency, pages]) =>
    Effect.gen(function*() {
      let asked = 0
      const client = layer(() => Effect.sync(() => ({ body: pages[asked++ % pages.length] })))
      const result = yield* Effect.either(Paging.collect(numbers, { concurrency, limit: 10 })).pipe(
        Effect.provide(client)
      )
      if (Either.isLeft(result)) expect(result.left._tag).toBe("RepeatedPage")
      expect(asked).toBeLessThanOrEqual(151)
    }),
  runs
)

/** Followed artists: the cursor is the last item. */
const follow = (total: number, url: URL) => {
  const limit = numberOf(url, "limit", 20)
  const from = numberOf(url, "after", -1) + 1
  const items = range(from, Math.min(total, from + limit))
  const more = from + limit < total
  const last = items.at(-1)
  return {
    items,
    limit,
    total,
    next: more ? `https://api.spotify.com/v1/me/following?type=number&after=${last}&limit=${limit}` : null,
    cursors: { after: more ? String(last) : null }
  }
}

it.effect("follows a cursor that is a text", () =>
  Effect.gen(function*() {
    const seen: Array<string> = []
    const client = layer((url) =>
      Effect.sync(() => {
        seen.push(url.search)
        return { body: { numbers: follow(110, url) } }
      })
    )
    const pages = yield* Paging.pages(followed, { type: "number" }).pipe(Stream.runCollect, Effect.provide(client))
    expect(Chunk.toReadonlyArray(Chunk.flatMap(pages, ({ items }) => Chunk.fromIterable(items)))).toEqual(range(0, 110))
    expect(Chunk.toReadonlyArray(Chunk.map(pages, ({ next, position, total }) => [position, next, total]))).toEqual([
      [{}, { after: "49" }, 110],
      [{ after: "49" }, { after: "99" }, 110],
      [{ after: "99" }, undefined, 110]
    ])
    expect(seen).toEqual(["?type=number&limit=50", "?type=number&limit=50&after=49", "?type=number&limit=50&after=99"])
    const rest = Paging.collect(followed, { type: "number", from: { after: "104" } })
    expect(yield* Effect.provide(rest, client)).toEqual(range(105, 110))
    expect(yield* Effect.provide(Paging.collect(followed, { type: "number", after: "104" }), client)).toHaveLength(5)
  }))

/** Recently played: newest first, by time, with cursors in both directions and no total. */
const play = (times: ReadonlyArray<number>, url: URL) => {
  const limit = numberOf(url, "limit", 20)
  const before = numberOf(url, "before", Number.MAX_SAFE_INTEGER)
  const items = times.filter((time) => time < before).slice(0, limit)
  const last = items.at(-1)
  return {
    items,
    limit,
    next: last === undefined
      ? null
      : `https://api.spotify.com/v1/me/player/recently-played?before=${last}&limit=${limit}`,
    cursors: { after: String(items[0]), before: String(last) }
  }
}

it.effect("follows a cursor that is a number, up to an empty page", () =>
  Effect.gen(function*() {
    const times = range(1_700_000_000_000, 1_700_000_000_045).toReversed()
    const seen: Array<string> = []
    const client = layer((url) =>
      Effect.sync(() => {
        seen.push(url.search)
        return { body: play(times, url) }
      })
    )
    expect(yield* Effect.provide(Paging.collect(recent, { limit: 20 }), client)).toEqual(times)
    expect(seen).toEqual([
      "?limit=20",
      "?limit=20&before=1700000000025",
      "?limit=20&before=1700000000005",
      "?limit=20&before=1700000000000"
    ])
  }))

it.effect("a page by cursor that can't be read fails with its position", () =>
  Effect.gen(function*() {
    const client = layer((url) =>
      Effect.succeed(
        url.searchParams.has("after") ? { status: 403, body: "" } : { body: { numbers: follow(110, url) } }
      )
    )
    const failed = yield* Paging.stream(followed, { type: "number" }).pipe(
      Stream.runDrain,
      Effect.flip,
      Effect.provide(client)
    )
    expect([failed._tag, failed.position]).toEqual(["Forbidden", { after: "49" }])
  }))

it.effect("reads Spotify's lists, by offset and by cursor", () =>
  Effect.gen(function*() {
    const { counts, state } = yield* FakeSpotify.FakeSpotify
    const saved = yield* Paging.collect(Library.tracks, { concurrency: 4 })
    expect(saved.map(({ track }) => track.uri)).toEqual(yield* state.saved())
    const items = yield* Paging.collect(Playlists.items, FakeSpotify.id("playlist", 1), { limit: 2 })
    expect(items.map((entry) => Playlist.content(entry)._tag)).toEqual([
      "Track",
      "Local",
      "Unavailable",
      "Episode",
      "Track"
    ])
    const artists = yield* Paging.collect(Users.followedArtists, { limit: 7 })
    expect(new Set(artists.map(({ id }) => id)).size).toBe(30)
    const plays = yield* Paging.collect(Player.recentlyPlayed, { limit: 15 })
    expect(new Set(plays.map(({ played_at }) => played_at)).size).toBe(30)
    expect(yield* counts).toMatchObject({
      "GET /me/tracks": 5,
      "GET /playlists/{playlist_id}/items": 3,
      "GET /me/following": 5
    })
  }).pipe(Effect.provide(Client.layer({ fake: { librarySize: 230 } }))))

it("the largest page is the one that the declaration allows, which must say it", () => {
  const list = (limit: Schema.Schema<number>) =>
    Endpoint.offsetPaged(
      Endpoint.make("Numbers.list", {
        operationId: "get-numbers",
        method: "GET",
        path: "/numbers",
        query: { limit: Schema.optional(limit) },
        success: Page(Schema.Number)
      })
    )
  expect(list(Schema.Int.pipe(Schema.between(1, 7))).page.maxLimit).toBe(7)
  expect(Playlists.tracks.page.maxLimit).toBe(100)
  expect(() => list(Schema.Number)).toThrow("Numbers.list: the schema of limit says no maximum")
})

it("Paging.Position is kept as JSON, and refuses what is none", () => {
  const json = Schema.parseJson(Paging.Position)
  for (const position of [{}, { offset: 50 }, { after: "7EjyzZcbLxW7PaaLua9Ksb" }, { before: 1_700_000_000_000 }]) {
    expect(Schema.decodeSync(json)(Schema.encodeSync(json)(position))).toEqual(position)
  }
  for (const text of ["{\"offset\":-1}", "{\"offset\":1.5}", "{\"after\":{}}", "7"]) {
    expect(Schema.decodeEither(json)(text)).toMatchObject({ _tag: "Left" })
  }
})
