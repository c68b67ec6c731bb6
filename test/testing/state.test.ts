import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, TestClock } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { send, signedIn } from "./utils.js"

const { id, uri } = FakeSpotify
const layer = FakeSpotify.layer()
const uris = (kind: FakeSpotify.Kind, ...numbers: ReadonlyArray<number>) => numbers.map((n) => uri(kind, n))

describe("library", () => {
  it.effect("takes any mix of uris, and shows the newest first", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.UTC(2026, 10, 25))
      const { del, get, put, spotify } = yield* signedIn()
      const mix = [...uris("track", 7_000, 7_001), uri("album", 900), uri("artist", 900), uri("playlist", 4)]
      const query = `uris=${mix.join(",")}`
      const contains = Effect.map(get(`/me/library/contains?${query}`), ({ json }) => json)
      expect(yield* contains).toEqual([false, false, false, false, false])
      expect(yield* put(`/me/library?${query}`)).toMatchObject({ status: 200, text: "" })
      expect(yield* contains).toEqual([true, true, true, true, true])
      expect((yield* spotify.state.saved()).slice(0, 3)).toEqual([...uris("track", 7_000, 7_001), uri("track", 0)])
      expect((yield* spotify.state.saved("album"))[0]).toBe(uri("album", 900))
      expect(yield* spotify.state.following()).toEqual(expect.arrayContaining([uri("artist", 900), uri("playlist", 4)]))
      expect((yield* get("/me/tracks?limit=1")).at("items", 0)).toMatchObject({
        added_at: "2026-11-25T00:00:00Z",
        track: { uri: uri("track", 7_000) }
      })
      const before = (yield* spotify.state.saved()).length
      yield* put(`/me/library?uris=${uri("track", 7_000)}`)
      expect(yield* spotify.state.saved()).toHaveLength(before)
      yield* del(`/me/library?${query}`)
      expect(yield* contains).toEqual([false, false, false, false, false])
    }).pipe(Effect.provide(layer)))

  it.effect("asks for the scopes of the kinds of uris", () =>
    Effect.gen(function*() {
      const { get, put } = yield* signedIn({ scopes: ["user-library-modify", "user-follow-read"] })
      expect((yield* put(`/me/library?uris=${uri("track", 5)}`)).status).toBe(200)
      expect((yield* put(`/me/library?uris=${uri("track", 6)},${uri("artist", 5)}`)).status).toBe(403)
      expect((yield* get(`/me/library/contains?uris=${uri("artist", 5)}`)).json).toEqual([true])
      expect((yield* get(`/me/library/contains?uris=${uri("track", 5)}`)).status).toBe(403)
    }).pipe(Effect.provide(layer)))

  it.effect("keeps the given time of a track saved by the old operation", () =>
    Effect.gen(function*() {
      const { get, put } = yield* signedIn()
      const added_at = "2020-02-29T12:00:00Z"
      yield* put("/me/tracks", { timestamped_ids: [{ id: id("track", 8_000), added_at }] })
      expect((yield* get("/me/tracks?limit=1")).at("items", 0)).toMatchObject({
        added_at,
        track: { id: id("track", 8_000) }
      })
      expect((yield* put("/me/albums", { ids: [id("album", 800)] })).at("error", "message")).toBe(
        "Missing required field: ids"
      )
      yield* put(`/me/shows?ids=${id("show", 9)}`)
      expect((yield* get(`/me/shows/contains?ids=${id("show", 9)},${id("show", 10)}`)).json).toEqual([true, false])
    }).pipe(Effect.provide(layer)))

  it.effect("is each user's own", () =>
    Effect.gen(function*() {
      const { put, spotify } = yield* signedIn({ user: "other-user" })
      yield* put(`/me/library?uris=${uri("track", 7_000)}`)
      expect(yield* spotify.state.saved("track", "other-user")).toContain(uri("track", 7_000))
      expect(yield* spotify.state.saved()).not.toContain(uri("track", 7_000))
    }).pipe(Effect.provide(layer)))
})

describe("following", () => {
  it.effect("is read by cursor", () =>
    Effect.gen(function*() {
      const { del, get, put, spotify, token } = yield* signedIn()
      const first = yield* get("/me/following?type=artist")
      expect(first.at("artists", "items")).toHaveLength(20)
      expect(first.at("artists", "cursors", "after")).toBe(id("artist", 19))
      const second = yield* send("GET", String(first.at("artists", "next")), { token })
      expect(second.at("artists")).toMatchObject({ next: null, cursors: { after: null }, total: 30 })
      expect(second.at("artists", "items")).toHaveLength(10)

      expect((yield* put(`/me/following?type=artist&ids=${id("artist", 500)}`)).status).toBe(204)
      yield* del("/me/following?type=user&ids=other-user")
      expect((yield* get(`/me/following/contains?type=artist&ids=${id("artist", 500)}`)).json).toEqual([true])
      expect(yield* spotify.state.following()).not.toContain("spotify:user:other-user")
    }).pipe(Effect.provide(layer)))
})

describe("playlists", () => {
  const letters = uris("track", 1, 2, 3, 4, 5)

  /** A new playlist with five tracks. */
  const fresh = Effect.gen(function*() {
    const api = yield* signedIn()
    const created = yield* api.post("/me/playlists", { name: "Letters", description: "five", public: false })
    const playlistId = created.string("id")
    const items = `/playlists/${playlistId}/items`
    const first = yield* api.post(items, { uris: letters })
    const state = Effect.flatMap(api.spotify.state.playlist(playlistId), Effect.orDie)
    const content = Effect.map(
      state,
      ({ uris }) => uris.map((each) => letters.findIndex((letter) => letter === each) + 1)
    )
    return {
      ...api,
      created,
      items,
      path: `/playlists/${playlistId}`,
      snapshot: first.string("snapshot_id"),
      content,
      state
    }
  })

  it.effect("are created, changed, and given new snapshots by every change of content", () =>
    Effect.gen(function*() {
      const { content, created, get, items, path, post, put, snapshot, state } = yield* fresh
      expect(created).toMatchObject({ status: 201, json: { name: "Letters", public: false, items: { total: 0 } } })
      expect(snapshot).not.toBe(created.at("snapshot_id"))
      expect((yield* get(path)).at("snapshot_id")).toBe(snapshot)
      expect(yield* content).toEqual([1, 2, 3, 4, 5])

      expect((yield* put(path, { name: "Vowels", description: "" })).status).toBe(200)
      expect(yield* state).toMatchObject({ name: "Vowels", description: "", public: false, owner: "fake-user" })
      expect((yield* get("/me/playlists")).each("items", "name")).toContain("Vowels")

      const added = yield* post(`${items}?position=1&uris=${uri("track", 2)}`)
      expect(added.status).toBe(201)
      expect(yield* content).toEqual([1, 2, 2, 3, 4, 5])
      yield* post(items, { uris: [uri("track", 5)], position: 0 })
      expect(yield* content).toEqual([5, 1, 2, 2, 3, 4, 5])
      expect((yield* post(items, [uri("track", 4)])).status).toBe(201)
      expect(yield* content).toEqual([5, 1, 2, 2, 3, 4, 5, 4])
      expect((yield* post(items, [4])).at("error", "message")).toBe("No uris provided")
      expect((yield* post(items, { uris: letters, position: 99 })).status).toBe(400)
      expect((yield* post(items, { uris: ["spotify:album:x"] })).status).toBe(400)
      expect((yield* post(items, { uris: Array(101).fill(uri("track", 1)) })).at("error", "message")).toBe(
        "You can add a maximum of 100 tracks per request."
      )
      expect((yield* put(items, { uris: [uri("track", 3)] })).status).toBe(200)
      expect(yield* content).toEqual([3])
    }).pipe(Effect.provide(layer)))

  const moves: ReadonlyArray<readonly [start: number, before: number, length: number, after: ReadonlyArray<number>]> = [
    [0, 3, 1, [2, 3, 1, 4, 5]],
    [0, 5, 2, [3, 4, 5, 1, 2]],
    [3, 0, 2, [4, 5, 1, 2, 3]],
    [4, 1, 1, [1, 5, 2, 3, 4]],
    [1, 2, 2, [1, 2, 3, 4, 5]]
  ]

  for (const [range_start, insert_before, range_length, after] of moves) {
    it.effect(`move ${range_length} from ${range_start} before ${insert_before}`, () =>
      Effect.gen(function*() {
        const { content, items, put } = yield* fresh
        expect((yield* put(items, { range_start, insert_before, range_length })).status).toBe(200)
        expect(yield* content).toEqual(after)
      }).pipe(Effect.provide(layer)))
  }

  it.effect("know their snapshots", () =>
    Effect.gen(function*() {
      const { content, items, put, snapshot } = yield* fresh
      const move = (snapshot_id: string) => put(items, { range_start: 0, insert_before: 2, snapshot_id })
      const moved = yield* move(snapshot)
      expect(moved.string("snapshot_id")).not.toBe(snapshot)
      expect((yield* move(snapshot)).status).toBe(200)
      expect((yield* move("bm9uc2Vuc2U=")).status).toBe(400)
      expect(yield* content).toEqual([1, 2, 3, 4, 5])
      expect((yield* put(items, { range_start: 4, insert_before: 0, range_length: 2 })).status).toBe(400)
    }).pipe(Effect.provide(layer)))

  it.effect("lose every occurrence of a uri, or those at positions", () =>
    Effect.gen(function*() {
      const { content, del, items, post } = yield* fresh
      yield* post(items, { uris: [uri("track", 1)] })
      yield* del(items, { items: [{ uri: uri("track", 1) }, { uri: uri("track", 4) }] })
      expect(yield* content).toEqual([2, 3, 5])
      yield* post(items, { uris: uris("track", 2, 2) })
      yield* del(items, { items: [{ uri: uri("track", 2), positions: [0, 4] }] })
      expect(yield* content).toEqual([3, 5, 2])
      expect((yield* del(items, { items: [{ uri: uri("track", 2), positions: [0] }] })).status).toBe(400)
      expect((yield* del(items, { tracks: [{ uri: uri("track", 2) }] })).at("error", "message")).toBe(
        "Missing required field: items"
      )
    }).pipe(Effect.provide(layer)))

  it.effect("take a JPEG as cover, up to 256 KB", () =>
    Effect.gen(function*() {
      const { get, path, spotify, state, token } = yield* fresh
      const upload = (body: string, contentType = "image/jpeg") =>
        Effect.map(
          send("PUT", `${spotify.apiUrl}${path}/images`, { token, body, contentType }),
          ({ status }) => status
        )
      expect(yield* upload(btoa("\x89PNG"))).toBe(400)
      expect(yield* upload("/9j/" + "A".repeat(256 * 1024))).toBe(413)
      expect(yield* upload("/9j/AAAA", "application/json")).toBe(415)
      expect((yield* state).hasCustomCover).toBe(false)
      expect(yield* upload("/9j/AAAA")).toBe(202)
      expect((yield* state).hasCustomCover).toBe(true)
      expect((yield* get(`${path}/images`)).at(0)).toMatchObject({ height: null, width: null })
    }).pipe(Effect.provide(layer)))

  it.effect("of others are followed and read, not changed", () =>
    Effect.gen(function*() {
      const { del, get, post, put, spotify } = yield* signedIn()
      const path = `/playlists/${id("playlist", 4)}`
      const follows = Effect.map(get(`${path}/followers/contains`), ({ json }) => json)
      expect(yield* follows).toEqual([false])
      yield* put(`${path}/followers`, { public: false })
      expect(yield* follows).toEqual([true])
      expect((yield* get("/me/playlists")).each("items", "id")).toContain(id("playlist", 4))
      yield* del(`${path}/followers`)
      expect(yield* follows).toEqual([false])
      expect((yield* post(`${path}/items`, { uris: letters })).status).toBe(403)
      expect((yield* post(`/playlists/${id("playlist", 3)}/items`, { uris: letters })).status).toBe(201)
      expect((yield* post("/users/other-user/playlists", { name: "x" })).status).toBe(403)
      expect(Option.isNone(yield* spotify.state.playlist(id("playlist", 99)))).toBe(true)
    }).pipe(Effect.provide(layer)))

  it.effect("ask for the scope of their visibility", () =>
    Effect.gen(function*() {
      const { get, post, put } = yield* signedIn({ scopes: ["playlist-modify-private"] })
      expect((yield* put(`/playlists/${id("playlist", 0)}`, { name: "x" })).status).toBe(403)
      expect((yield* put(`/playlists/${id("playlist", 1)}`, { name: "x" })).status).toBe(200)
      expect((yield* post("/me/playlists", { name: "x" })).status).toBe(403)
      expect((yield* post("/me/playlists", { name: "x", public: false })).status).toBe(201)
      expect((yield* get(`/playlists/${id("playlist", 1)}`)).status).toBe(404)
    }).pipe(Effect.provide(layer)))

  it.effect("show the fields that were asked for", () =>
    Effect.gen(function*() {
      const { get, items, path } = yield* fresh
      expect((yield* get(`${path}?fields=name,items(total,items(is_local,item(name,album.id)))`)).json).toEqual({
        name: "Letters",
        items: {
          total: 5,
          items: [1, 2, 3, 4, 5].map(() => ({
            is_local: false,
            item: { name: expect.any(String), album: { id: id("album", 0) } }
          }))
        }
      })
      const without = yield* get(`${items}?limit=1&fields=items(!item,track)`)
      expect(Object.keys(Object(without.at("items", 0)))).toEqual([
        "added_at",
        "added_by",
        "is_local",
        "primary_color",
        "video_thumbnail"
      ])
    }).pipe(Effect.provide(layer)))
})

describe("player", () => {
  const album = Array.from({ length: 12 }, (_, n) => uri("track", n))

  it.effect("plays, and goes on as time passes", () =>
    Effect.gen(function*() {
      const { get, put, spotify } = yield* signedIn()
      expect((yield* get("/me/player")).status).toBe(204)
      expect((yield* get("/me/player/currently-playing")).status).toBe(204)
      const started = yield* put("/me/player/play", { context_uri: uri("album", 0), offset: { position: 1 } })
      expect(started.status).toBe(200)
      expect(started.text).not.toBe("")
      expect(started.json).toBeUndefined()
      yield* TestClock.adjust("30 seconds")
      expect((yield* get("/me/player")).json).toMatchObject({
        is_playing: true,
        progress_ms: 30_000,
        item: { uri: album[1] },
        context: { type: "album", uri: uri("album", 0) },
        device: { name: "Kitchen Speaker", is_active: true },
        repeat_state: "off"
      })
      const duration = Number((yield* get(`/tracks/${id("track", 1)}`)).at("duration_ms"))
      yield* TestClock.adjust(duration)
      expect(yield* spotify.state.player()).toMatchObject({ uri: album[2], progressMs: 30_000, isPlaying: true })
      expect((yield* get("/me/player/recently-played?limit=1")).at("items", 0)).toMatchObject({
        track: { uri: album[1] },
        context: { uri: uri("album", 0) }
      })
      yield* TestClock.adjust("2 hours")
      expect(yield* spotify.state.player()).toMatchObject({ uri: album[11], isPlaying: false })
    }).pipe(Effect.provide(layer)))

  it.effect("obeys the commands", () =>
    Effect.gen(function*() {
      const { get, post, put, spotify } = yield* signedIn()
      const { player } = spotify.state
      yield* put("/me/player/play", { uris: album.slice(0, 3), position_ms: 5_000 })
      yield* TestClock.adjust("1 second")
      yield* put("/me/player/pause")
      yield* TestClock.adjust("1 minute")
      expect(yield* player()).toMatchObject({ isPlaying: false, progressMs: 6_000, context: null })
      yield* put("/me/player/play")
      expect(yield* player()).toMatchObject({ isPlaying: true, progressMs: 6_000, uri: album[0] })
      yield* put("/me/player/seek?position_ms=70000")
      expect(yield* player()).toMatchObject({ progressMs: 70_000 })
      yield* post(`/me/player/queue?uri=${uri("episode", 3)}`)
      expect((yield* get("/me/player/queue")).each("queue", "uri")).toEqual([uri("episode", 3), album[1], album[2]])
      yield* post("/me/player/next")
      expect(yield* player()).toMatchObject({ uri: uri("episode", 3), progressMs: 0, queue: [] })
      expect((yield* get("/me/player")).json).toMatchObject({ item: null, currently_playing_type: "episode" })
      expect((yield* get("/me/player?additional_types=episode")).at("item", "uri")).toBe(uri("episode", 3))
      yield* post("/me/player/next")
      expect(yield* player()).toMatchObject({ uri: album[1] })
      yield* post("/me/player/previous")
      expect(yield* player()).toMatchObject({ uri: album[0] })
      yield* put("/me/player/repeat?state=track")
      yield* put("/me/player/shuffle?state=true")
      yield* TestClock.adjust("20 minutes")
      expect(yield* player()).toMatchObject({ uri: album[0], repeat: "track", shuffle: true, isPlaying: true })
      yield* put("/me/player/volume?volume_percent=33")
      expect((yield* get("/me/player/devices")).each("devices", "volume_percent")).toEqual([33, null])
    }).pipe(Effect.provide(layer)))

  it.effect("moves between devices", () =>
    Effect.gen(function*() {
      const { get, put, spotify } = yield* signedIn()
      const phone = "bbbb567890123456789012345678901234567890"
      yield* put("/me/player", { device_ids: [phone] })
      expect((yield* get("/me/player/devices")).each("devices", "is_active")).toEqual([false, true])
      expect((yield* put("/me/player/volume?volume_percent=1")).json).toEqual({
        error: {
          status: 403,
          message: "Player command failed: Cannot control device volume",
          reason: "VOLUME_CONTROL_DISALLOW"
        }
      })
      expect((yield* put("/me/player/play?device_id=nowhere")).status).toBe(404)
      yield* put("/me/player/play?device_id=aaaa567890123456789012345678901234567890")
      expect((yield* spotify.state.player()).activeDevice).toMatch(/^aaaa/)
    }).pipe(Effect.provide(layer)))

  it.effect("refuses what it can't do", () =>
    Effect.gen(function*() {
      const { post, put } = yield* signedIn()
      const violated = {
        error: { status: 403, message: "Player command failed: Restriction violated", reason: "UNKNOWN" }
      }
      expect((yield* put("/me/player/pause")).json).toEqual(violated)
      expect((yield* post("/me/player/next")).json).toEqual(violated)
      yield* put("/me/player/play")
      expect((yield* put("/me/player/play")).json).toEqual(violated)
      expect((yield* put("/me/player/seek")).at("error", "message")).toBe("Missing required field: position_ms")
      expect((yield* put("/me/player/volume?volume_percent=101")).at("error", "message")).toBe("Invalid volume_percent")
      expect((yield* put("/me/player/play", { context_uri: "spotify:album:nothing" })).status).toBe(404)
    }).pipe(Effect.provide(layer)))

  it.effect("needs an active device, and Premium", () =>
    Effect.gen(function*() {
      const { put, spotify } = yield* signedIn()
      expect((yield* put("/me/player/play")).json).toEqual({
        error: { status: 404, message: "Player command failed: No active device found", reason: "NO_ACTIVE_DEVICE" }
      })
      const free = yield* signedIn({ user: "free" })
      expect((yield* free.put("/me/player/play")).at("error", "reason")).toBe("PREMIUM_REQUIRED")
      expect((yield* spotify.state.player()).activeDevice).toBeUndefined()
    }).pipe(Effect.provide(
      FakeSpotify.layer({ activeDevice: false, users: [{ id: "fake-user" }, { id: "free", product: "free" }] })
    )))

  it.effect("remembers what was played, by cursor", () =>
    Effect.gen(function*() {
      const { get, token } = yield* signedIn()
      const first = yield* get("/me/player/recently-played?limit=20")
      expect(first.at("items")).toHaveLength(20)
      const second = yield* send("GET", first.string("next"), { token })
      expect(second.at("items")).toHaveLength(10)
      expect(second.at("next")).toBeNull()
      const times = [...first.each("items", "played_at"), ...second.each("items", "played_at")].map(String)
      expect(times).toEqual([...new Set(times)].toSorted().toReversed())
      const back = yield* get(`/me/player/recently-played?limit=5&after=${second.string("cursors", "after")}`)
      expect(back.each("items", "played_at")).toEqual(times.slice(15, 20))
      const further = yield* send("GET", back.string("next"), { token })
      expect(further.each("items", "played_at")).toEqual(times.slice(10, 15))
      expect((yield* get("/me/player/recently-played?before=1")).json).toMatchObject({ items: [], cursors: null })
    }).pipe(Effect.provide(layer)))
})
