import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Layer, Option, Ref, Schema, Stream } from "effect"
import {
  Albums,
  Artists,
  Endpoint,
  Endpoints,
  Library,
  Paging,
  Player,
  Playlists,
  RequestBatching,
  RequestSharing,
  Search,
  SpotifyClient,
  SpotifyError,
  Tracks,
  Users
} from "effect-spotify"
import { Sample, TestClient } from "effect-spotify/testing"

const ids = ["7EjyzZcbLxW7PaaLua9Ksb", "1301WleyT98MSxVHPZCA6M", "4iV5W9uYEdYUVa79Axb7Rh"]
const id = ids[0] ?? ""
const playlistId = "3cEYpjA9oz9GiPac4AsH4n"

const saved = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    added_at: "2026-01-15T08:00:00Z",
    track: Sample.track({ name: `Track ${n}` })
  }))

/** What the operation was called with. */
const argumentsOf = <Args extends ReadonlyArray<unknown>, A>(
  endpoint: Endpoint.Endpoint<Args, A>,
  answer: A,
  call: Effect.Effect<unknown, SpotifyError.SpotifyError, SpotifyClient.SpotifyClient>
) =>
  Effect.gen(function*() {
    const seen = yield* Ref.make<ReadonlyArray<unknown>>([])
    const client = TestClient.on(endpoint, (...args) => Effect.as(Ref.set(seen, args), answer))
    yield* Effect.provide(call, TestClient.layer(client))
    return yield* Ref.get(seen)
  })

describe("TestClient", () => {
  it.effect("answers by operation, with the arguments as they are called", () =>
    Effect.gen(function*() {
      const track = yield* Tracks.get(`https://open.spotify.com/track/${id}`, { market: "SE" })
      expect(track).toEqual(Sample.track({ id, name: "SE" }))
      expect((yield* Users.me()).display_name).toBe("Ada")
    }).pipe(Effect.provide(TestClient.layer(
      TestClient.on(Tracks.get, (id, options) => Effect.succeed(Sample.track({ id, name: options?.market ?? "none" }))),
      TestClient.on(Users.me, Effect.succeed(Sample.me({ display_name: "Ada" })))
    ))))

  it.effect("reads every kind of argument: numbers, lists, bodies, pictures", () =>
    Effect.gen(function*() {
      const uris = [`spotify:track:${id}`, `spotify:episode:${id}`]
      expect(yield* argumentsOf(Player.seek, undefined, Player.seek({ position_ms: 1500 }))).toEqual([
        { position_ms: 1500 }
      ])
      expect(yield* argumentsOf(Player.shuffle, undefined, Player.shuffle({ state: true }))).toEqual([{ state: true }])
      expect(yield* argumentsOf(Library.save, undefined, Library.save({ uris }))).toEqual([{ uris }])
      expect(
        yield* argumentsOf(Playlists.addItems, {}, Playlists.addItems(playlistId, { uris, position: 0 }))
      ).toEqual([playlistId, { uris, position: 0 }])
      const picture = "/9j/4AAQ"
      expect(
        yield* argumentsOf(Playlists.uploadCover, undefined, Playlists.uploadCover(playlistId, { image: picture }))
      ).toEqual([playlistId, { image: picture }])
      expect(
        yield* argumentsOf(
          Users.followedArtists,
          { artists: Sample.cursorPage([Sample.artist()]) },
          Users.followedArtists({ limit: 7 })
        )
      ).toEqual([{ type: "artist", limit: 7 }])
      expect(
        yield* argumentsOf(
          Search.search,
          { tracks: Sample.page([]) },
          Search.search({ q: "a & b = \"c\"", type: ["track", "album"] }).pipe(Effect.ignore)
        )
      ).toEqual([{ q: "a & b = \"c\"", type: ["track", "album"] }])
    }))

  it.effect("gives nothing where the answer is none, and takes commands without an answer", () =>
    Effect.gen(function*() {
      expect(yield* Player.state()).toEqual(Option.none())
      expect(yield* Player.pause()).toBeUndefined()
    }).pipe(Effect.provide(TestClient.layer(
      TestClient.on(Player.state, () => Effect.succeed(Option.none())),
      TestClient.on(Player.pause, () => Effect.void)
    ))))

  it.effect("an operation without an answer is a defect that names it and those that have one", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Effect.ignore(Playlists.create({ name: "Mine" })))
      const [defect] = Exit.isFailure(exit) ? [...Cause.defects(exit.cause)] : []
      expect(defect).toBeInstanceOf(TestClient.UnansweredOperation)
      expect(defect).toMatchObject({
        operation: "Playlists.create",
        answered: ["Tracks.get", "Users.me"],
        message: "Playlists.create was called, and the test has no answer for it: give TestClient.layer a " +
          "TestClient.on(Playlists.create, …). It has answers for Tracks.get, Users.me"
      })
    }).pipe(Effect.provide(TestClient.layer(
      TestClient.on(Tracks.get, () => Effect.succeed(Sample.track())),
      TestClient.on(Users.me, () => Effect.succeed(Sample.me()))
    ))))

  it.effect("fails as Spotify's own refusals do, and with any SpotifyError", () =>
    Effect.gen(function*() {
      const missing = yield* Effect.flip(Tracks.get(id))
      expect(missing).toMatchObject({ _tag: "NotFound", path: `/tracks/${id}`, status: 404 })
      const idle = yield* Effect.flip(Player.pause())
      expect(idle).toMatchObject({ _tag: "NotFound", reason: "NO_ACTIVE_DEVICE" })
      expect(idle.message).toContain("open Spotify on a device")
      expect((yield* Effect.flip(Albums.get(id)))._tag).toBe("ServerError")
      const denied = yield* Effect.flip(Library.tracks())
      expect(denied).toMatchObject({ _tag: "Forbidden", missingScopes: ["user-library-read"] })
      expect(yield* Effect.flip(Users.me())).toBe(limited)
    }).pipe(Effect.provide(TestClient.layer(
      TestClient.on(Tracks.get, TestClient.refuse(404)),
      TestClient.on(Player.pause, () => TestClient.refuse(404, "No active device found", "NO_ACTIVE_DEVICE")),
      TestClient.on(Albums.get, TestClient.refuse(503)),
      TestClient.on(Library.tracks, TestClient.refuse(403, "Insufficient client scope")),
      TestClient.on(Users.me, Effect.fail(limited))
    ))))

  it.effect("a bad argument fails before anything is asked", () =>
    Effect.gen(function*() {
      expect((yield* Effect.flip(Tracks.get("no id")))._tag).toBe("InvalidInput")
    }).pipe(Effect.provide(TestClient.layer())))

  it.effect("works with paging, by offset and by cursor", () =>
    Effect.gen(function*() {
      const tracks = yield* Paging.collect(Library.tracks, { concurrency: 3 })
      expect(tracks.map(({ track }) => track.name)).toEqual(saved(120).map(({ track }) => track.name))
      const [first] = yield* Stream.runCollect(Paging.pages(Library.tracks, { limit: 30 }).pipe(Stream.take(1)))
      expect(first?.total).toBe(120)
      expect(yield* Paging.collect(Users.followedArtists)).toHaveLength(2)
      expect(yield* Paging.collect(Search.tracks, { q: "lantern" })).toHaveLength(60)
    }).pipe(Effect.provide(TestClient.layer(
      TestClient.on(Library.tracks, (options) => Effect.succeed(Sample.page(saved(120), options))),
      TestClient.on(
        Users.followedArtists,
        () =>
          Effect.succeed({
            artists: Sample.cursorPage([Sample.artist(), Sample.artist({ id: "artist0000000000000002" })])
          })
      ),
      TestClient.on(
        Search.search,
        (options) => Effect.succeed({ tracks: Sample.page(saved(60).map(({ track }) => track), options) })
      )
    ))))

  it.effect("answers many at once one by one, where one has an answer", () =>
    Effect.gen(function*() {
      const found = yield* Tracks.getMany(ids, { market: "SE" })
      expect(found.map(Option.map((track) => track.name))).toEqual([
        Option.some(`${ids[0]} SE`),
        Option.none(),
        Option.some(`${ids[2]} SE`)
      ])
      const several = yield* Artists.several({ ids })
      expect(several.artists).toHaveLength(1)
    }).pipe(Effect.provide(TestClient.layer(
      TestClient.on(Tracks.get, (id, options) =>
        id === ids[1]
          ? TestClient.refuse(404)
          : Effect.succeed(Sample.track({ id, name: `${id} ${options?.market}` }))),
      TestClient.on(Artists.get, () => Effect.die("asked one by one")),
      TestClient.on(Artists.several, () => Effect.succeed({ artists: [Sample.artist()] }))
    ))))

  it.effect("works beneath the layers over a client", () =>
    Effect.gen(function*() {
      const asked = yield* Ref.make(0)
      const client = TestClient.layer(
        TestClient.on(Tracks.get, (id) => Effect.as(Ref.update(asked, (n) => n + 1), Sample.track({ id })))
      )
      const tracks = yield* Effect.forEach([...ids, id], (id) => Tracks.get(id), { batching: true }).pipe(
        Effect.provide(RequestBatching.layer.pipe(Layer.provide(RequestSharing.layer), Layer.provide(client)))
      )
      expect(tracks.map((track) => track.id)).toEqual([...ids, id])
      expect(yield* Ref.get(asked)).toBe(3)
    }))

  it.effect("works with long writes", () =>
    Effect.gen(function*() {
      const kept = yield* Ref.make<ReadonlyArray<string>>([])
      const uris = Array.from({ length: 250 }, (_, n) => `spotify:track:track${String(n).padStart(17, "0")}`)
      yield* Playlists.addAll(playlistId, uris).pipe(
        Effect.provide(TestClient.layer(
          TestClient.on(Playlists.get, (id) => Effect.succeed(Sample.playlist({ id }))),
          TestClient.on(Playlists.items, (_, options) =>
            Effect.map(Ref.get(kept), (kept) =>
              Sample.page(
                kept.map((uri) => Sample.playlistItem(Sample.track({ uri }))),
                options
              ))),
          TestClient.on(Playlists.addItems, (_, { uris }) =>
            Effect.as(Ref.update(kept, (kept) => [...kept, ...uris]), { snapshot_id: `after ${uris.length}` }))
        ))
      )
      expect(yield* Ref.get(kept)).toEqual(uris)
      const batches = yield* Ref.make<ReadonlyArray<number>>([])
      yield* Library.saveAll(uris).pipe(
        Effect.provide(TestClient.layer(
          TestClient.on(Library.save, ({ uris }) =>
            Ref.update(batches, (sizes) => [...sizes, uris.length]))
        ))
      )
      expect((yield* Ref.get(batches)).reduce((sum, n) =>
        sum + n, 0)).toBe(250)
    }))

  it.effect("answers for any session, and for operations of one's own", () =>
    Effect.gen(function*() {
      const client = yield* SpotifyClient.SpotifyClient
      expect((yield* SpotifyClient.withSession(Users.me(), client.session)).id).toBe("test-user")
      expect(yield* own("lantern")).toEqual({ name: "lantern" })
      expect((yield* SpotifyClient.status).inFlight).toBe(0)
    }).pipe(Effect.provide(TestClient.layer(
      TestClient.on(Users.me, () => Effect.succeed(Sample.me())),
      TestClient.on(own, (id) => Effect.succeed({ name: id }))
    ))))

  it.effect("refuses an answer for what is made of other operations", () =>
    Effect.gen(function*() {
      const refused = (answer: TestClient.Answer) =>
        Effect.map(Effect.flip(Layer.build(TestClient.layer(answer))), (error) => error.message)
      expect(yield* refused(TestClient.on(Tracks.getMany, () => Effect.succeed([])))).toBe(
        "TestClient.on: operation must be one of Spotify's: Tracks.getMany is made of Tracks.several and Tracks.get, " +
          "which can be answered"
      )
      expect(yield* refused(TestClient.on(Search.albums, () => Effect.succeed(Sample.page([]))))).toContain(
        "Search.albums is made of Search.search"
      )
    }).pipe(Effect.scoped))

  it.effect("takes the last answer for an operation", () =>
    Effect.gen(function*() {
      expect((yield* Users.me()).id).toBe("second")
    }).pipe(Effect.provide(TestClient.layer(
      TestClient.on(Users.me, () => Effect.succeed(Sample.me({ id: "first" }))),
      TestClient.on(Users.me, () => Effect.succeed(Sample.me({ id: "second" })))
    ))))

  it.effect("knows each of all operations by its request", () =>
    Effect.gen(function*() {
      const client = yield* SpotifyClient.SpotifyClient
      const names = yield* Effect.forEach(Endpoints.all, ({ method, path }) =>
        Effect.map(
          Effect.exit(client.execute({
            operation: "by hand",
            method,
            url: `${path.replace(/\{[^}]+\}/, id)}?limit=1`,
            idempotent: false
          })),
          (exit) => Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
        ))
      expect(names.map((defect) => defect instanceof TestClient.UnansweredOperation ? defect.operation : defect))
        .toEqual(Endpoints.all.map(({ operation }) => operation))
    }).pipe(Effect.provide(TestClient.layer())))

  it.effect("a long write doesn't take a missing answer for a failure of Spotify's", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Library.saveAll([`spotify:track:${id}`]))
      expect(Exit.isFailure(exit) && Cause.isDie(exit.cause)).toBe(true)
      expect(String(exit)).toContain("Library.save was called")
    }).pipe(Effect.provide(TestClient.layer())))
})

const own = Endpoint.make("Own.get", {
  operationId: "own",
  method: "GET",
  path: "/own/{id}",
  id: "category",
  success: Schema.Struct({ name: Schema.String })
})

const limited = new SpotifyError.QuotaExceeded({
  operation: "Users.me",
  method: "GET",
  path: "/me",
  status: 429,
  detail: "",
  message: "enough"
})
