import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, FastCheck, Logger, Option, Predicate, Stream } from "effect"
import * as Albums from "effect-spotify/Albums"
import * as Library from "effect-spotify/Library"
import * as Paging from "effect-spotify/Paging"
import * as Player from "effect-spotify/Player"
import * as Playlists from "effect-spotify/Playlists"
import * as Search from "effect-spotify/Search"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import type { SpotifyError } from "effect-spotify/SpotifyError"
import * as Tracks from "effect-spotify/Tracks"
import * as Users from "effect-spotify/Users"
import * as Bodies from "../model/bodies.js"
import { layer, numberOf } from "../utils/lists.js"
import { isWithout, type List, lists, mutate, type Mutation, valueCount } from "../utils/odd.js"

const answering = (body: unknown, options?: SpotifyClient.Options) => layer(() => Effect.succeed({ body }), options)

const quiet = Logger.replace(Logger.defaultLogger, Logger.none)

const at = (body: unknown, path: string): unknown =>
  path === ""
    ? body
    : path.split(".").reduce<unknown>(
      (inner, name) => Predicate.hasProperty(inner, name) ? inner[name] : undefined,
      body
    )

const mutations: FastCheck.Arbitrary<Mutation> = FastCheck.record({
  place: FastCheck.nat(),
  how: FastCheck.constantFrom("whole", "delete", "set", "set", "set"),
  value: FastCheck.nat(valueCount - 1)
})

describe("one odd entry costs one entry", () => {
  it.effect.each(lists)(
    "$name: null, and an object without anything",
    ({ body, call, entry, keepsPlaces, path }: List) =>
      Effect.gen(function*() {
        for (const odd of [null, 5, "text", []]) {
          const sent = body([entry, odd, entry])
          const [answer, unreadable] = yield* Effect.provide(SpotifyClient.withUnreadable(call), answering(sent))
          expect(at(answer, path)).toMatchObject(keepsPlaces ? [{}, null, {}] : [{}, {}])
          // Where a list has null for an entry, Spotify says so itself.
          if (odd === null && keepsPlaces) expect(unreadable).toEqual([])
          else {
            const missing = path === "" ? "1" : `${path}.1`
            expect(unreadable).toMatchObject([{ index: 1, missing, path: missing }])
            expect(unreadable[0]?.expected).toMatch(/^Expected /)
          }
        }
      }).pipe(Effect.provide(quiet))
  )

  it.effect.prop(
    "the others arrive as they are, and what is missing is told, in every list and whatever is odd in the entry",
    [FastCheck.constantFrom(...lists), FastCheck.integer({ min: 1, max: 4 }), FastCheck.nat(), mutations],
    ([{ body, call, entry, keepsPlaces, name, path, strips }, count, nat, mutation]) =>
      Effect.gen(function*() {
        const place = nat % count
        const odd = mutate(entry, mutation)
        const sent = body(Array.from({ length: count }, (_, i) => i === place ? odd : entry))
        const [answer, unreadable] = yield* Effect.provide(SpotifyClient.withUnreadable(call), answering(sent))
        const told = JSON.stringify({ name, mutation, odd, unreadable, got: at(answer, path) })

        const itself = path === "" ? String(place) : `${path}.${place}`
        const missing = unreadable.map(({ missing }) => missing)
        for (const one of unreadable) {
          expect(one.index, told).toBe(place)
          expect(one.missing === itself || one.missing.startsWith(`${itself}.`), told).toBe(true)
          expect(one.path === one.missing || one.path.startsWith(`${one.missing}.`), told).toBe(true)
          expect(one.expected, told).not.toBe("")
        }
        const isLost = missing.includes(itself)
        const got = at(answer, path)
        expect(Array.isArray(got) ? got.length : undefined, told).toBe(isLost && !keepsPlaces ? count - 1 : count)
        expect(isWithout(got, at(sent, path), path, missing, strips), told).toBe(true)

        const strict = yield* Effect.either(call).pipe(Effect.provide(answering(sent, { unreadable: "fail" })))
        // A write that happened doesn't fail because of its answer.
        const isRead = unreadable.length === 0 || unreadable[0]!.operation === "Playlists.create"
        if (isRead) expect(strict, told).toEqual(Either.right(answer))
        else expect(strict, told).toMatchObject({ left: { _tag: "DecodeError", status: 200 } })
      }).pipe(Effect.provide(quiet)),
    { timeout: 240_000, fastCheck: { numRuns: 200 } }
  )

  it.effect("is the least that can be left out: an artist, a member, an item, an entry", () =>
    Effect.gen(function*() {
      const track = { ...Bodies.track, artists: [Bodies.artist, { ...Bodies.artist, name: null }], popularity: "high" }
      const entry = { ...Bodies.entry, item: track, track: true }
      const nameless = { ...Bodies.entry, item: { ...Bodies.track, name: 5 }, track: true }
      const [page, unreadable] = yield* SpotifyClient.withUnreadable(Playlists.items("3cEYpjA9oz9GiPac4AsH4n")).pipe(
        Effect.provide(answering(Bodies.page([entry, nameless, { ...Bodies.entry, is_local: 1, item: null }, "odd"])))
      )
      const { popularity: _, ...rest } = track
      expect(page.items).toEqual([
        { ...entry, item: { ...rest, artists: [Bodies.artist] } },
        { ...Bodies.entry, track: true },
        { added_at: Bodies.entry.added_at, added_by: Bodies.entry.added_by, item: null },
        null
      ])
      expect(unreadable.map(({ index, missing, path }) => [index, missing, path])).toEqual([
        [0, "items.0.item.artists.1", "items.0.item.artists.1.name"],
        [0, "items.0.item.popularity", "items.0.item.popularity"],
        [1, "items.1.item", "items.1.item.name"],
        [2, "items.2.is_local", "items.2.is_local"],
        [3, "items.3", "items.3"]
      ])
      expect(unreadable[0]).toMatchObject({ operation: "Playlists.items", expected: "Expected string, actual null" })
    }).pipe(Effect.provide(quiet)))

  it.effect("an answer of which nothing is left is a DecodeError", () =>
    Effect.gen(function*() {
      const cases: ReadonlyArray<
        readonly [Effect.Effect<unknown, SpotifyError, SpotifyClient.SpotifyClient>, unknown, string]
      > = [
        [Library.tracks(), { ...Bodies.page([]), items: null }, "items"],
        [Library.tracks(), null, ""],
        [Tracks.get("4aawyAB9vmqN3uQ7FjRGTy"), { ...Bodies.track, popularity: "high", name: null }, "name"],
        [Library.contains({ uris: ["spotify:track:4aawyAB9vmqN3uQ7FjRGTy"] }), [null], "0"]
      ]
      for (const [call, body, issuePath] of cases) {
        const error = yield* Effect.flip(call).pipe(Effect.provide(answering(body)))
        expect(error).toMatchObject({ _tag: "DecodeError", issuePath })
      }
    }))

  it.effect("says nothing of a token that the answer echoes", () =>
    Effect.gen(function*() {
      const body = Bodies.page([{ added_at: "2026-03-01T00:00:00Z", track: "Bearer token is token" }])
      const [_, unreadable] = yield* SpotifyClient.withUnreadable(Library.tracks()).pipe(
        Effect.provide(answering(body))
      )
      expect(unreadable).toHaveLength(1)
      expect(JSON.stringify(unreadable)).not.toContain("Bearer token")
    }).pipe(Effect.provide(quiet)))
})

describe("what was seen", () => {
  const { owner: _, ...ownerless } = Bodies.simplifiedPlaylist
  const { name: __, ...nameless } = Bodies.simplifiedPlaylist
  const full = { ...Bodies.simplifiedPlaylist, followers: { href: null, total: null } }
  const id = "3cEYpjA9oz9GiPac4AsH4n"

  it.effect.each<
    readonly [what: string, call: Effect.Effect<unknown, unknown, SpotifyClient.SpotifyClient>, body: unknown]
  >(
    [
      ["tracks.total null", Playlists.mine(), Bodies.page([{ ...Bodies.simplifiedPlaylist, tracks: { total: null } }])],
      ["items.total null", Playlists.mine(), Bodies.page([{ ...Bodies.simplifiedPlaylist, items: { total: null } }])],
      ["followers.total null", Playlists.get(id), full],
      [
        "an artist's followers.total null",
        Users.topArtists(),
        Bodies.page([{
          ...Bodies.fullArtist,
          followers: { href: null, total: null }
        }])
      ],
      ["name null", Playlists.get(id), { ...full, name: null }],
      ["name null in a list", Playlists.mine(), Bodies.page([{ ...Bodies.simplifiedPlaylist, name: null }])],
      ["name absent", Playlists.mine(), Bodies.page([nameless])],
      ["owner null", Playlists.get(id), { ...full, owner: null }],
      ["owner absent", Playlists.create({ name: "a" }), { ...ownerless, name: null }],
      ["device null", Player.state(), { ...Bodies.playbackState, device: null }],
      ["total null", Library.tracks(), { ...Bodies.page([]), total: null }],
      ["limit null", Library.tracks(), { ...Bodies.page([]), limit: null }]
    ]
  )("%s is read as it is, and nothing is missing", ([, call, body]) =>
    Effect.gen(function*() {
      const [answer, unreadable] = yield* SpotifyClient.withUnreadable(call).pipe(Effect.provide(answering(body)))
      expect(Option.isOption(answer) ? Option.getOrThrow(answer) : answer).toEqual(body)
      expect(unreadable).toEqual([])
    }))

  const { duration_ms: ___, ...timeless } = Bodies.localTrack
  const nobody = { display_name: null, href: null, id: null, type: null, uri: null }
  const analysis = { bars: [], beats: [], sections: [], segments: [], tatums: [], track: { duration: 1 } }

  it.effect.each<
    readonly [
      what: string,
      call: Effect.Effect<unknown, unknown, SpotifyClient.SpotifyClient>,
      body: unknown,
      expected: unknown,
      missing: string
    ]
  >([
    [
      "a local file's duration_ms as an object",
      Playlists.items(id),
      Bodies.page([{ ...Bodies.entry, item: { ...Bodies.localTrack, duration_ms: { milliseconds: 61_000 } } }]),
      Bodies.page([{ ...Bodies.entry, item: timeless }]),
      "items.0.item.duration_ms"
    ],
    [
      "an owner without anything",
      Playlists.get(id),
      { ...full, owner: nobody },
      { ...full, owner: undefined },
      "owner"
    ],
    [
      "meta.timestamp as text",
      Tracks.audioAnalysis(id),
      { ...analysis, meta: { platform: "Linux", timestamp: "1495193577" } },
      { ...analysis, meta: { platform: "Linux" } },
      "meta.timestamp"
    ],
    [
      "progress_ms as text",
      Player.state(),
      { ...Bodies.playbackState, progress_ms: "44272" },
      { ...Bodies.playbackState, progress_ms: undefined },
      "progress_ms"
    ],
    [
      "limit as text",
      Library.tracks(),
      { ...Bodies.page([]), limit: "20" },
      { ...Bodies.page([]), limit: null },
      "limit"
    ]
  ])("%s costs itself alone", ([, call, body, expected, missing]) =>
    Effect.gen(function*() {
      const [answer, unreadable] = yield* SpotifyClient.withUnreadable(call).pipe(Effect.provide(answering(body)))
      expect(Option.isOption(answer) ? Option.getOrThrow(answer) : answer).toEqual(expected)
      expect(unreadable.map(({ missing }) => missing)).toEqual([missing])
    }).pipe(Effect.provide(quiet)))

  it.effect("null among a search's results costs itself, and each group has its own", () =>
    Effect.gen(function*() {
      const body = {
        albums: Bodies.page([null, Bodies.album]),
        tracks: Bodies.page([Bodies.track, { id: "t2" }, null])
      }
      const search = Search.search({ q: "a", type: ["album", "track"], offset: 20 })
      const [found, unreadable] = yield* SpotifyClient.withUnreadable(search).pipe(Effect.provide(answering(body)))
      expect(found.albums.items).toEqual([Bodies.album])
      expect(found.tracks.items).toEqual([Bodies.track])
      expect(unreadable.map(({ index, missing }) => [index, missing])).toEqual([
        [20, "albums.items.0"],
        [21, "tracks.items.1"],
        [22, "tracks.items.2"]
      ])
    }).pipe(Effect.provide(quiet)))
})

describe("a list of pages", () => {
  const saved = (n: number) => ({ added_at: "2026-03-01T00:00:00Z", track: { ...Bodies.track, id: `t${n}` } })
  const listOf = (entries: ReadonlyArray<unknown>) =>
    layer((url) =>
      Effect.sync(() => {
        const offset = numberOf(url, "offset", 0)
        const limit = numberOf(url, "limit", 20)
        const next = offset + limit < entries.length ? `https://api.spotify.com/v1/x?offset=${offset + limit}` : null
        return {
          body: { items: entries.slice(offset, offset + limit), limit, next, offset, total: entries.length }
        }
      })
    )

  it.effect.prop(
    "gives all that can be read, in order, and the place of all that can't, however it is read",
    [
      FastCheck.array(FastCheck.boolean(), { maxLength: 40 }),
      FastCheck.integer({ min: 1, max: 9 }),
      FastCheck.integer({ min: 1, max: 4 })
    ],
    ([readable, limit, concurrency]) =>
      Effect.gen(function*() {
        const client = listOf(readable.map((is, n) => is ? saved(n) : { ...saved(n), track: { id: n } }))
        const options = { limit, concurrency }
        const right = readable.flatMap((is, n) => is ? [n] : [])
        const wrong = readable.flatMap((is, n) => is ? [] : [n])
        const [items, unreadable] = yield* SpotifyClient.withUnreadable(Paging.collect(Library.tracks, options)).pipe(
          Effect.provide(client)
        )
        expect(items).toEqual(right.map(saved))
        expect(unreadable.map(({ index }) => index).toSorted((a = 0, b = 0) => a - b)).toEqual(wrong)
        const pages = yield* Stream.runCollect(Paging.pages(Library.tracks, options)).pipe(Effect.provide(client))
        expect([...pages].flatMap(({ unreadable }) => unreadable.map(({ index }) => index))).toEqual(wrong)
        for (const { items, position, unreadable } of pages) {
          const start = position.offset ?? 0
          expect(items.length + unreadable.length).toBe(Math.min(limit, readable.length - start))
          expect(unreadable.every(({ index = -1 }) => start <= index && index < start + limit)).toBe(true)
        }
      }).pipe(Effect.provide(quiet)),
    { timeout: 240_000, fastCheck: { numRuns: 30 } }
  )

  it.effect("keeps the places in a playlist", () =>
    Effect.gen(function*() {
      const entry = (n: number) => ({ ...Bodies.entry, item: { ...Bodies.track, uri: `spotify:track:t${n}` } })
      const entries = Array.from({ length: 120 }, (_, n) =>
        n % 7 === 3 ? { ...entry(n), item: { type: "track", uri: n } } : entry(n))
      const odd = entries.map((one, n) =>
        n % 11 === 5 ? "odd" : n % 13 === 6 ? null : one
      )
      const items = yield* Paging.collect(Playlists.items, "3cEYpjA9oz9GiPac4AsH4n", { concurrency: 3 }).pipe(
        Effect.provide(listOf(odd))
      )
      expect(items).toHaveLength(120)
      items.forEach((item, n) => {
        if (Predicate.isRecord(odd[n]) && n % 7 !== 3) expect(item).toEqual(entry(n))
        else expect(item?.item).toBe(undefined)
      })
    }).pipe(Effect.provide(quiet)))

  it.effect("doesn't end with a page of which nothing can be read, by offset or by cursor", () =>
    Effect.gen(function*() {
      const entries = Array.from({ length: 150 }, (_, n) => n < 100 ? { odd: n } : saved(n))
      expect(yield* Effect.provide(Paging.collect(Library.tracks), listOf(entries))).toEqual(entries.slice(100))
      const followed = layer((url) => {
        const after = url.searchParams.get("after")
        return Effect.succeed({
          body: {
            artists: {
              items: after === null ? [null, 5] : [Bodies.fullArtist],
              limit: 2,
              next: after === null ? "https://api.spotify.com/v1/me/following?after=4aawyAB9vmqN3uQ7FjRGTy" : null
            }
          }
        })
      })
      const [artists, unreadable] = yield* SpotifyClient.withUnreadable(Paging.collect(Users.followedArtists)).pipe(
        Effect.provide(followed)
      )
      expect(artists).toEqual([Bodies.fullArtist])
      expect(unreadable.map(({ missing }) => missing)).toEqual(["artists.items.0", "artists.items.1"])
    }).pipe(Effect.provide(quiet)))
})

describe("getMany", () => {
  const ids = ["4aawyAB9vmqN3uQ7FjRGTy", "7EjyzZcbLxW7PaaLua9Ksb", "2TpxZ7JUBn3uw46aR7qd6V"]
  const odd = { ...Bodies.track, name: null }
  const spotify = (isBatch: boolean, options?: SpotifyClient.Options) =>
    layer((url) => {
      const asked = url.searchParams.get("ids")?.split(",")
      const trackOf = (id: string) => id === ids[1] ? odd : { ...Bodies.track, id, artists: [Bodies.artist, 5] }
      if (asked === undefined) return Effect.succeed({ body: trackOf(url.pathname.split("/").at(-1) ?? "") })
      return Effect.succeed(isBatch ? { body: { tracks: asked.map(trackOf) } } : { status: 403, body: "" })
    }, options)

  it.effect.each([true, false])(
    "has none for what can't be read, and all others: by batch %s",
    (isBatch) =>
      Effect.gen(function*() {
        const asked = [ids[0], ids[1], ids[2], ids[1]].filter(Predicate.isNotUndefined)
        const many = SpotifyClient.withUnreadable(Tracks.getMany(asked))
        const [found, unreadable] = yield* Effect.provide(many, spotify(isBatch))
        const idsOf = found.map(Option.map(({ artists, id }) => [id, artists.length]))
        expect(idsOf).toEqual([Option.some([ids[0], 1]), Option.none(), Option.some([ids[2], 1]), Option.none()])
        expect(unreadable.map(({ index, path }) => [index, path]).sort()).toEqual(
          isBatch
            ? [[0, "tracks.0.artists.1"], [1, "tracks.1.name"], [2, "tracks.2.artists.1"]]
            : [[0, "artists.1"], [1, "name"], [2, "artists.1"]]
        )
        const error = yield* Effect.flip(Tracks.getMany(asked)).pipe(
          Effect.provide(spotify(isBatch, { unreadable: "fail" }))
        )
        expect(error._tag).toBe("DecodeError")
      }).pipe(Effect.provide(quiet))
  )

  it.effect("fails where an answer is none at all", () =>
    Effect.gen(function*() {
      const html = layer((url) => Effect.succeed({ body: url.searchParams.has("ids") ? {} : "", status: 200 }))
      const error = yield* Effect.flip(Tracks.getMany(ids)).pipe(Effect.provide(html))
      expect(error).toMatchObject({ _tag: "DecodeError", issuePath: "tracks" })
    }))
})

describe("a warning", () => {
  const logging = () => {
    const logs: Array<string> = []
    const logger = Logger.make(({ logLevel, message }) => void logs.push(`${logLevel.label} ${String(message)}`))
    return { logs, layer: Logger.replace(Logger.defaultLogger, logger) }
  }

  it.effect("is given once for each kind, wherever it stands and whatever the value, by each client", () => {
    const { layer: logger, logs } = logging()
    const odd = (name: unknown) => ({ added_at: "2026-03-01T00:00:00Z", track: { ...Bodies.track, name } })
    const program = Effect.gen(function*() {
      yield* Effect.repeatN(Library.tracks(), 2)
      yield* Paging.collect(Library.tracks)
      yield* SpotifyClient.withUnreadable(Library.tracks())
    }).pipe(Effect.provide(answering(Bodies.page([odd(5), odd(6), odd({ a: 1 }), { added_at: 5 }]))))
    return Effect.gen(function*() {
      yield* program
      expect(logs).toHaveLength(2)
      expect(logs[0]).toBe(
        "WARN Library.tracks: items.0 can't be read and is missing, for items.0.track.name: Expected string, actual 5. Others of this kind aren't told."
      )
      expect(logs[1]).toContain("items.3.added_at")
      yield* program
      expect(logs).toHaveLength(4)
    }).pipe(Effect.provide(logger))
  })

  it.effect("is not given for what can be read", () => {
    const { layer: logger, logs } = logging()
    return Effect.gen(function*() {
      for (const { body, call, entry } of lists) yield* Effect.provide(call, answering(body([entry, entry])))
      expect(logs).toEqual([])
    }).pipe(Effect.provide(logger))
  })
})

describe("withUnreadable", () => {
  it.effect("tells of all answers in a program, and those around it as well", () =>
    Effect.gen(function*() {
      const album = { ...Bodies.fullAlbum, images: [null, Bodies.image] }
      const inner = SpotifyClient.withUnreadable(Albums.get("4aawyAB9vmqN3uQ7FjRGTy"))
      const [[first, [_, second]], all] = yield* SpotifyClient.withUnreadable(
        Effect.all([inner, Effect.flatMap(inner, () => inner)])
      ).pipe(Effect.provide(answering(album)))
      expect([first[1].length, second.length, all.length]).toEqual([1, 1, 3])
      expect(first[0].images).toEqual([Bodies.image])
      const failed = yield* SpotifyClient.withUnreadable(
        Effect.flip(SpotifyClient.withUnreadable(Effect.flatMap(inner, () => Effect.fail("no"))))
      ).pipe(Effect.provide(answering(album)))
      expect(failed[1]).toHaveLength(1)
    }).pipe(Effect.provide(quiet)))

  it.effect("keeps the option through the layers over a client", () =>
    Effect.gen(function*() {
      const client = yield* SpotifyClient.SpotifyClient
      const error = yield* Effect.flip(Library.tracks()).pipe(SpotifyClient.withSession(client.session))
      expect(error._tag).toBe("DecodeError")
    }).pipe(Effect.provide(answering(Bodies.page([5]), { unreadable: "fail" }))))
})
