import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Either, FastCheck, Stream } from "effect"
import * as Library from "effect-spotify/Library"
import * as Paging from "effect-spotify/Paging"
import * as Playlists from "effect-spotify/Playlists"
import type { SpotifyClient } from "effect-spotify/SpotifyClient"
import * as SpotifyError from "effect-spotify/SpotifyError"
import * as Users from "effect-spotify/Users"
import * as Bodies from "../model/bodies.js"
import { followed, layer, numberOf, numbers, pageOf, recent } from "../utils/lists.js"

const range = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)

const href = "https://api.spotify.com/v1/list"

/** What was given before it ended, and how it ended. */
const read = <A>(items: Stream.Stream<A, Paging.PageError, SpotifyClient>) =>
  Effect.gen(function*() {
    const given: Array<A> = []
    const result = yield* Effect.either(Stream.runForEach(items, (item) => Effect.sync(() => given.push(item))))
    return { given, error: Either.isLeft(result) ? result.left : undefined }
  })

describe("a cursor", () => {
  it.effect.prop(
    "that leads back ends the list with what was given before it, however long the circle is",
    [FastCheck.integer({ min: 1, max: 20 }), FastCheck.integer({ min: 1, max: 40 })],
    ([lead, length]) =>
      Effect.gen(function*() {
        let asked = 0
        const client = layer((url) =>
          Effect.sync(() => {
            if (++asked > 1000) throw new Error("it reads for ever")
            const at = numberOf(url, "after", 0)
            const after = String(at + 1 < lead + length ? at + 1 : lead)
            return { body: { numbers: { items: [at], limit: 1, next: `${href}?after=${after}`, cursors: { after } } } }
          })
        )
        const { error, given } = yield* Effect.provide(read(Paging.stream(followed, { type: "number" })), client)
        expect(given).toEqual(range(0, lead + length))
        expect(error).toMatchObject({
          _tag: "RepeatedPage",
          operation: "Followed.list",
          position: { after: String(lead) },
          repeated: { after: String(lead) }
        })
        expect(error?.message).toContain("was given before")
      }),
    { timeout: 240_000, fastCheck: { numRuns: 25 } }
  )

  it.effect("that is always another one is followed until the pages are the same, and no page twice in a row is given", () =>
    Effect.gen(function*() {
      let asked = 0
      const client = layer(() =>
        Effect.sync(() => {
          const items = [asked % 3, 7]
          asked++
          return { body: { items, limit: 2, next: `${href}?before=${1_000_000 - asked}` } }
        })
      )
      const { error } = yield* Effect.provide(read(Paging.stream(recent)), client)
      expect(error?._tag).toBe("RepeatedPage")
      expect(asked).toBeLessThan(12)
    }))

  it.effect("is decoded from the link, and what a link can't say is taken from the cursors", () =>
    Effect.gen(function*() {
      const seen: Array<string | null> = []
      const links = ["?after=a%2Fb%3D%20c%2B", "?after=%E0%A4%A", "?after=ü%zz&limit=1", null]
      const client = layer((url) =>
        Effect.sync(() => {
          const i = seen.push(url.searchParams.get("after"))
          const link = links[i - 1] ?? null
          const next = link === null ? null : `${href}${link}`
          return { body: { numbers: { items: [i], limit: 1, next, cursors: { after: `cursor ${i}` } } } }
        })
      )
      expect(yield* Effect.provide(Paging.collect(followed, { type: "number" }), client)).toEqual([1, 2, 3, 4])
      expect(seen).toEqual([null, "a/b= c+", "cursor 2", "cursor 3"])
    }))

  it.effect.each<readonly [what: string, page: object]>([
    ["a malformed link", { next: `${href}?before=%E0%A4%A` }],
    ["a link without a cursor", { next: href }],
    ["a link whose cursor is no number", { next: `${href}?before=tomorrow` }],
    ["a link that is no text, and cursors that are no texts", { next: 5, cursors: { after: 1, before: [] } }]
  ])("that can't be followed is an error: %s", ([, page]) =>
    Effect.gen(function*() {
      const client = layer(() => Effect.succeed({ body: { items: [1], limit: 1, ...page } }))
      const { error, given } = yield* Effect.provide(read(Paging.stream(recent)), client)
      expect(given).toEqual([])
      expect(error).toMatchObject({ _tag: "DecodeError", operation: "Recent.list", issuePath: "next", position: {} })
    }))

  it.effect("of Spotify's that the operation wouldn't take is no fault of the caller's", () =>
    Effect.gen(function*() {
      const artists = { items: [Bodies.fullArtist], limit: 1, next: `${href}?after=a`, cursors: { after: "a" } }
      const client = layer(() => Effect.succeed({ body: { artists } }))
      const { error } = yield* Effect.provide(read(Paging.stream(Users.followedArtists)), client)
      expect(error).toMatchObject({ _tag: "DecodeError", issuePath: "next" })
    }))

  it.effect("that is missing is no error where nothing says that the list goes on", () =>
    Effect.gen(function*() {
      const client = layer(() => Effect.succeed({ body: { items: [1], limit: 1 } }))
      expect(yield* Effect.provide(Paging.collect(recent), client)).toEqual([1])
    }))
})

describe("an offset", () => {
  const saved = (from: number, to: number) =>
    range(from, to).map((n) => ({ added_at: "2026-03-01T00:00:00Z", episode: { ...Bodies.episode, id: `e${n}` } }))

  const body = (items: ReadonlyArray<unknown>, offset: number | undefined, total: number | null) => ({
    href,
    items,
    limit: 50,
    next: `${href}?offset=50&limit=50`,
    ...(offset === undefined ? {} : { offset }),
    previous: null,
    total
  })

  it.effect.each<readonly [what: string, told: (offset: number) => number | undefined]>([
    ["says so", () => 0],
    ["says otherwise", (offset: number) => offset],
    ["says nothing", () => undefined]
  ])("that is ignored ends the list after one page, where Spotify %s", ([, told]) =>
    Effect.gen(function*() {
      for (const total of [60, 5000, null]) {
        for (const concurrency of [1, 4]) {
          const client = layer((url) =>
            Effect.succeed({ body: body(saved(0, 50), told(numberOf(url, "offset", 0)), total) })
          )
          const { error, given } = yield* Effect.provide(read(Paging.stream(Library.episodes, { concurrency })), client)
          expect(given).toEqual(saved(0, 50))
          expect(error).toMatchObject({
            _tag: "RepeatedPage",
            operation: "Library.episodes",
            path: "/me/episodes",
            position: { offset: 50 },
            repeated: { offset: 0 }
          })
          expect(error?.message).toContain("offset=50")
        }
      }
    }))

  it.effect("that leads in a circle ends a list that has no total", () =>
    Effect.gen(function*() {
      let asked = 0
      const client = layer((url) =>
        Effect.sync(() => {
          if (++asked > 1000) throw new Error("it reads for ever")
          const from = numberOf(url, "offset", 0) % 350
          return { body: body(saved(from, from + 50), undefined, null) }
        })
      )
      const { error, given } = yield* Effect.provide(read(Paging.stream(Library.episodes)), client)
      expect(given.slice(0, 350)).toEqual(saved(0, 350))
      expect(error?._tag).toBe("RepeatedPage")
      expect(asked).toBeLessThan(30)
    }))

  const item = { added_at: "2026-03-01T00:00:00Z", added_by: null, is_local: false, item: Bodies.track }
  const playlist = (entries: ReadonlyArray<unknown>, told?: number) =>
    layer((url) =>
      Effect.sync(() => {
        const offset = numberOf(url, "offset", 0)
        const items = told === undefined ? entries.slice(offset, offset + 50) : entries.slice(0, 50)
        return { body: body(items, told ?? offset, entries.length) }
      })
    )
  const id = "3cEYpjA9oz9GiPac4AsH4n"

  it.effect("is no circle where a playlist has the same entries again, unless Spotify says itself that it is", () =>
    Effect.gen(function*() {
      const noise = Array.from({ length: 230 }, () => item)
      expect(yield* Effect.provide(Paging.collect(Playlists.items, id, { concurrency: 3 }), playlist(noise)))
        .toHaveLength(230)
      const { error, given } = yield* Effect.provide(read(Paging.stream(Playlists.items, id)), playlist(noise, 0))
      expect(given).toHaveLength(50)
      expect(error).toMatchObject({ _tag: "RepeatedPage", position: { offset: 50 } })
    }))

  it.effect("is no circle where nothing is known of the entries", () =>
    Effect.gen(function*() {
      const nothing = Array.from({ length: 230 }, () => null)
      expect(yield* Effect.provide(Paging.collect(Library.episodes), playlist(nothing))).toEqual(nothing)
    }))

  it.effect("is no circle where as much was added meanwhile as lies between the pages", () =>
    Effect.gen(function*() {
      const client = layer((url) =>
        Effect.sync(() => {
          const offset = numberOf(url, "offset", 0)
          const added = offset === 0 ? 0 : 50
          return { body: body(saved(offset - added, Math.min(offset - added + 50, 150)), offset, 150 + added) }
        })
      )
      expect(yield* Effect.provide(Paging.collect(Library.episodes), client)).toEqual([
        ...saved(0, 50),
        ...saved(0, 50),
        ...saved(50, 100),
        ...saved(100, 150)
      ])
    }))

  it.effect("is taken from the link where a page doesn't say how large it is", () =>
    Effect.gen(function*() {
      const client = layer((url) =>
        Effect.sync(() => {
          const offset = numberOf(url, "offset", 0)
          url.searchParams.set("limit", "20")
          return {
            body: { ...pageOf(130, url), limit: "20", next: offset < 120 ? `${href}?offset=${offset + 20}` : null }
          }
        })
      )
      expect(yield* Effect.provide(Paging.collect(numbers), client)).toEqual(range(0, 130))
    }))
})

describe("a list without a total", () => {
  it.effect.each([null, "120", undefined, {}])("is read to its end: %s", (total) =>
    Effect.gen(function*() {
      const client = layer((url) => Effect.succeed({ body: { ...pageOf(120, url), total } }))
      const pages = yield* Effect.provide(Stream.runCollect(Paging.pages(numbers, { concurrency: 3 })), client)
      expect([...pages].flatMap(({ items }) => items)).toEqual(range(0, 120))
      expect([...pages].map(({ total }) => total)).toEqual([undefined, undefined, undefined])
    }))

  it.effect("goes on to an empty page where there is no link either", () =>
    Effect.gen(function*() {
      const client = layer((url) => Effect.succeed({ body: { ...pageOf(120, url), total: null, next: false } }))
      expect(yield* Effect.provide(Paging.collect(numbers), client)).toEqual(range(0, 120))
    }))
})

describe("an error", () => {
  it.effect("that several pages got has the place of each reader's own page, and is what it was", () =>
    Effect.gen(function*() {
      const shared = new SpotifyError.Forbidden({
        operation: "Numbers.list",
        method: "GET",
        path: "/numbers",
        status: 403,
        detail: "no",
        reason: "WHY",
        missingScopes: ["user-library-read"],
        message: "Numbers.list: Spotify answered 403 no (WHY)"
      })
      Object.freeze(shared)
      const gate = yield* Deferred.make<void>()
      const operation = Object.assign(
        (options?: { readonly limit?: number; readonly offset?: number }) => {
          const offset = options?.offset ?? 0
          if (offset < 100) return numbers(options)
          // The later page fails first, as one fiber's error is all fibers' error.
          return offset === 100
            ? Effect.zipRight(Deferred.await(gate), Effect.fail(shared))
            : Effect.zipRight(Deferred.succeed(gate, undefined), Effect.fail(shared))
        },
        { spec: numbers.spec, page: numbers.page }
      )
      const client = layer((url) => Effect.succeed({ body: pageOf(1000, url) }))
      const { error, given } = yield* Effect.provide(read(Paging.stream(operation, { concurrency: 4 })), client)
      expect(given).toEqual(range(0, 100))
      expect(error).toBeInstanceOf(SpotifyError.Forbidden)
      expect(error).toBeInstanceOf(Error)
      expect(error).toMatchObject({
        _tag: "Forbidden",
        operation: "Numbers.list",
        status: 403,
        detail: "no",
        reason: "WHY",
        missingScopes: ["user-library-read"],
        message: shared.message,
        stack: shared.stack,
        position: { offset: 100 }
      })
      expect(String(error)).toBe(String(shared))
      expect(shared).not.toHaveProperty("position")
      const caught = yield* Paging.stream(operation).pipe(
        Stream.runDrain,
        Effect.catchTag("Forbidden", ({ missingScopes, position }) => Effect.succeed({ missingScopes, position })),
        Effect.provide(client)
      )
      expect(caught).toEqual({ missingScopes: ["user-library-read"], position: { offset: 100 } })
    }))
})
