import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { send, signedIn } from "./utils.js"

const { id, uri } = FakeSpotify
const ids = (kind: FakeSpotify.Kind) => `ids=${id(kind, 1)},${id(kind, 2)}`
const mine = id("playlist", 0)
const playable = [uri("track", 4), uri("episode", 4)]
const uris = playable.join(",")
const jpeg = btoa("\xff\xd8\xff\xe0 a very small picture")

type Method = "GET" | "POST" | "PUT" | "DELETE"

interface Case {
  readonly method: Method
  readonly template: string
  readonly path: string
  readonly status: number
  readonly body: string | object | undefined
  readonly contentType: string | undefined
}

const on = (
  method: Method,
  template: string,
  path: string = template,
  { body, contentType, status = 200 }: {
    readonly body?: string | object
    readonly contentType?: string
    readonly status?: number
  } = {}
): Case => ({ method, template, path, status, body, contentType })

/** Every operation once, in an order that suits the player. */
const cases: ReadonlyArray<Case> = [
  on("GET", "/albums/{id}", `/albums/${id("album", 0)}`),
  on("GET", "/albums", `/albums?${ids("album")}`),
  on("GET", "/albums/{id}/tracks", `/albums/${id("album", 0)}/tracks?limit=5`),
  on("GET", "/artists/{id}", `/artists/${id("artist", 0)}`),
  on("GET", "/artists", `/artists?${ids("artist")}`),
  on("GET", "/artists/{id}/albums", `/artists/${id("artist", 0)}/albums?include_groups=album`),
  on("GET", "/artists/{id}/top-tracks", `/artists/${id("artist", 0)}/top-tracks?market=SE`),
  on("GET", "/artists/{id}/related-artists", `/artists/${id("artist", 0)}/related-artists`),
  on("GET", "/shows/{id}", `/shows/${id("show", 0)}`),
  on("GET", "/shows", `/shows?${ids("show")}`),
  on("GET", "/shows/{id}/episodes", `/shows/${id("show", 0)}/episodes`),
  on("GET", "/episodes/{id}", `/episodes/${id("episode", 0)}`),
  on("GET", "/episodes", `/episodes?${ids("episode")}`),
  on("GET", "/audiobooks/{id}", `/audiobooks/${id("audiobook", 0)}`),
  on("GET", "/audiobooks", `/audiobooks?${ids("audiobook")}`),
  on("GET", "/audiobooks/{id}/chapters", `/audiobooks/${id("audiobook", 0)}/chapters`),
  on("GET", "/chapters/{id}", `/chapters/${id("chapter", 0)}`),
  on("GET", "/chapters", `/chapters?${ids("chapter")}`),
  on("GET", "/tracks/{id}", `/tracks/${FakeSpotify.trackId}`),
  on("GET", "/tracks", `/tracks?${ids("track")}`),
  on("GET", "/search", "/search?q=a&type=album,artist,playlist,track,show,episode,audiobook"),
  on("GET", "/markets"),
  on("GET", "/browse/featured-playlists"),
  on("GET", "/browse/categories"),
  on("GET", "/browse/categories/{category_id}", "/browse/categories/rainy-days"),
  on("GET", "/browse/categories/{category_id}/playlists", "/browse/categories/rainy-days/playlists"),
  on("GET", "/browse/new-releases"),
  on("GET", "/recommendations", `/recommendations?seed_artists=${id("artist", 2)}&seed_genres=jazz&limit=3`),
  on("GET", "/recommendations/available-genre-seeds"),
  on("GET", "/audio-features", `/audio-features?${ids("track")}`),
  on("GET", "/audio-features/{id}", `/audio-features/${id("track", 1)}`),
  on("GET", "/audio-analysis/{id}", `/audio-analysis/${id("track", 1)}`),

  on("GET", "/me"),
  on("GET", "/me/top/artists"),
  on("GET", "/me/top/tracks", "/me/top/tracks?time_range=short_term"),
  on("GET", "/me/following", "/me/following?type=artist"),
  on("PUT", "/me/following", `/me/following?type=artist&${ids("artist")}`, { status: 204 }),
  on("DELETE", "/me/following", "/me/following?type=artist", { status: 204, body: { ids: [id("artist", 1)] } }),
  on("GET", "/me/following/contains", "/me/following/contains?type=user&ids=other-user"),
  on("GET", "/users/{user_id}", "/users/other-user"),
  on("GET", "/users/{user_id}/playlists", "/users/other-user/playlists"),
  on("POST", "/users/{user_id}/playlists", "/users/fake-user/playlists", { status: 201, body: { name: "Mine" } }),

  on("PUT", "/me/library", `/me/library?uris=${uris}`),
  on("DELETE", "/me/library", `/me/library?uris=${uris}`),
  on("GET", "/me/library/contains", `/me/library/contains?uris=${uris}`),
  ...(["album", "audiobook", "episode", "show"] as const).flatMap((kind) => [
    on("GET", `/me/${kind}s`),
    on("PUT", `/me/${kind}s`, `/me/${kind}s?${ids(kind)}`),
    on("DELETE", `/me/${kind}s`, `/me/${kind}s?${ids(kind)}`),
    on("GET", `/me/${kind}s/contains`, `/me/${kind}s/contains?${ids(kind)}`)
  ]),
  on("GET", "/me/tracks"),
  on("PUT", "/me/tracks", "/me/tracks", { body: { ids: [id("track", 1)] } }),
  on("DELETE", "/me/tracks", "/me/tracks", { body: { ids: [id("track", 1)] } }),
  on("GET", "/me/tracks/contains", `/me/tracks/contains?${ids("track")}`),

  on("GET", "/me/playlists"),
  on("POST", "/me/playlists", "/me/playlists", { status: 201, body: { name: "New", public: false } }),
  on("GET", "/playlists/{playlist_id}", `/playlists/${mine}`),
  on("PUT", "/playlists/{playlist_id}", `/playlists/${mine}`, { body: { name: "Renamed" } }),
  ...(["items", "tracks"] as const).flatMap((key) => [
    on("GET", `/playlists/{playlist_id}/${key}`, `/playlists/${mine}/${key}`),
    on("POST", `/playlists/{playlist_id}/${key}`, `/playlists/${mine}/${key}`, {
      status: 201,
      body: { uris: playable }
    }),
    on("PUT", `/playlists/{playlist_id}/${key}`, `/playlists/${mine}/${key}`, {
      body: { range_start: 0, insert_before: 3 }
    }),
    on("DELETE", `/playlists/{playlist_id}/${key}`, `/playlists/${mine}/${key}`, {
      body: { [key]: [{ uri: uri("track", 4) }] }
    })
  ]),
  on("GET", "/playlists/{playlist_id}/images", `/playlists/${mine}/images`),
  on("PUT", "/playlists/{playlist_id}/images", `/playlists/${mine}/images`, {
    status: 202,
    body: jpeg,
    contentType: "image/jpeg"
  }),
  on("PUT", "/playlists/{playlist_id}/followers", `/playlists/${id("playlist", 4)}/followers`),
  on("DELETE", "/playlists/{playlist_id}/followers", `/playlists/${id("playlist", 4)}/followers`),
  on("GET", "/playlists/{playlist_id}/followers/contains", `/playlists/${mine}/followers/contains`),

  on("PUT", "/me/player/play", "/me/player/play", { body: { context_uri: uri("album", 1) } }),
  on("GET", "/me/player"),
  on("GET", "/me/player/currently-playing"),
  on("GET", "/me/player/devices"),
  on("PUT", "/me/player/pause"),
  on("POST", "/me/player/next"),
  on("POST", "/me/player/previous"),
  on("PUT", "/me/player/seek", "/me/player/seek?position_ms=1000"),
  on("PUT", "/me/player/repeat", "/me/player/repeat?state=context"),
  on("PUT", "/me/player/volume", "/me/player/volume?volume_percent=10"),
  on("PUT", "/me/player/shuffle", "/me/player/shuffle?state=true"),
  on("PUT", "/me/player", "/me/player", { body: { device_ids: ["bbbb567890123456789012345678901234567890"] } }),
  on("GET", "/me/player/recently-played"),
  on("GET", "/me/player/queue"),
  on("POST", "/me/player/queue", `/me/player/queue?uri=${uri("track", 3)}`)
]

const nameOf = ({ method, template }: Pick<Case, "method" | "template">) => `${method} ${template}`

/** What Development Mode lost in February 2026, as `facts` tell it. */
const removed = new Set([
  "POST /users/{user_id}/playlists",
  "GET /users/{user_id}",
  "GET /users/{user_id}/playlists",
  "GET /artists/{id}/top-tracks",
  "GET /markets",
  "GET /browse/new-releases",
  "GET /browse/categories",
  "GET /browse/categories/{category_id}",
  ...["albums", "artists", "audiobooks", "chapters", "episodes", "shows", "tracks"].map((kind) => `GET /${kind}`),
  ...["albums", "audiobooks", "episodes", "shows", "tracks"].flatMap((kind) => [
    `PUT /me/${kind}`,
    `DELETE /me/${kind}`,
    `GET /me/${kind}/contains`
  ]),
  "PUT /me/following",
  "DELETE /me/following",
  "GET /me/following/contains",
  "PUT /playlists/{playlist_id}/followers",
  "DELETE /playlists/{playlist_id}/followers",
  "GET /playlists/{playlist_id}/followers/contains",
  ...["GET", "POST", "PUT", "DELETE"].map((method) => `${method} /playlists/{playlist_id}/tracks`)
])

/** What new apps lost in November 2024, and the status that they get. */
const closed: Readonly<Record<string, number>> = {
  "GET /artists/{id}/related-artists": 404,
  "GET /browse/featured-playlists": 404,
  "GET /browse/categories/{category_id}/playlists": 404,
  "GET /recommendations": 404,
  "GET /recommendations/available-genre-seeds": 404,
  "GET /audio-features": 403,
  "GET /audio-features/{id}": 403,
  "GET /audio-analysis/{id}": 403
}

const run = ({ body, contentType, method, path }: Case) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const { accessToken } = yield* spotify.issueToken()
    return yield* send(method, spotify.apiUrl + path, {
      token: accessToken,
      ...(body === undefined ? {} : { body }),
      ...(contentType === undefined ? {} : { contentType })
    })
  })

const contract = fileURLToPath(new URL("../../../shared/spotify/operations.tsv", import.meta.url))

describe("the operations", () => {
  it.effect("all answer in extended quota mode", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      for (const each of cases) {
        const { status, text } = yield* run(each)
        expect({ operation: nameOf(each), status, text: status === each.status ? "" : text }).toEqual({
          operation: nameOf(each),
          status: each.status,
          text: ""
        })
      }
      expect(cases).toHaveLength(97)
      expect(Object.keys(yield* spotify.counts).sort()).toEqual(cases.map(nameOf).sort())
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("in development mode 40 are forbidden and 8 closed", () =>
    Effect.gen(function*() {
      expect(removed.size).toBe(40)
      for (const each of cases) {
        const { json, status } = yield* run(each)
        const name = nameOf(each)
        const expected = removed.has(name) ? 403 : closed[name] ?? each.status
        expect([name, status]).toEqual([name, expected])
        if (removed.has(name)) expect(json).toEqual({ error: { status: 403, message: "Forbidden" } })
        if (closed[name] === 403) expect(json).toEqual({ error: { status: 403 } })
      }
    }).pipe(Effect.provide(FakeSpotify.layer({ mode: "development" }))))

  it.skipIf(!existsSync(contract))(
    `are those of the contract${existsSync(contract) ? "" : " (skipped: no ../shared/spotify/operations.tsv)"}`,
    () => {
      const [, ...rows] = readFileSync(contract, "utf8").trim().split("\n").map((line) => line.split("\t"))
      expect(cases.map(nameOf).sort()).toEqual(rows.map(([, method, path]) => `${method} ${path}`).sort())
      const deprecated = rows.filter((row) => row[3] === "y").map(([, method, path]) => `${method} ${path}`)
      expect([...removed, ...Object.keys(closed)].sort()).toEqual(deprecated.sort())
    }
  )

  it.effect("ask for a token before anything else, and for the scopes of those that act for a user", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { accessToken } = yield* spotify.issueToken({ scopes: [] })
      const allowed: Array<string> = []
      for (const { body, contentType, method, path, template } of cases) {
        const request = {
          ...(body === undefined ? {} : { body }),
          ...(contentType === undefined ? {} : { contentType })
        }
        expect((yield* send(method, spotify.apiUrl + path, request)).status).toBe(401)
        const answer = yield* send(method, spotify.apiUrl + path, { ...request, token: accessToken })
        if (answer.status !== 403) allowed.push(nameOf({ method, template }))
        else expect(answer.at("error", "message")).toBe("Insufficient client scope")
      }
      const forUsers = allowed.filter((name) => name.includes(" /me") || !name.startsWith("GET "))
      expect(forUsers).toEqual(["GET /me"])
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

describe("validation", () => {
  const unknown = "0000000000000000000000"
  const many = (n: number) => Array.from({ length: n }, (_, i) => id("track", i)).join(",")

  it.effect("answers as Spotify does", () =>
    Effect.gen(function*() {
      const { get, put } = yield* signedIn()
      const problem = (path: string) => Effect.map(get(path), (answer) => answer.at("error"))
      expect(yield* problem("/tracks/short")).toEqual({ status: 400, message: "invalid id" })
      expect(yield* problem(`/tracks/${unknown}`)).toEqual({ status: 404, message: "Resource not found" })
      expect(yield* problem(`/tracks/${id("album", 1)}`)).toEqual({ status: 404, message: "Resource not found" })
      expect(yield* problem(`/tracks?ids=${many(51)}`)).toEqual({ status: 400, message: "Too many ids requested" })
      expect(yield* problem("/tracks")).toEqual({ status: 400, message: "Missing required field: ids" })
      expect(yield* problem("/search?q=a&type=track&limit=51")).toEqual({ status: 400, message: "Invalid limit" })
      expect(yield* problem("/search?q=a&type=song")).toEqual({ status: 400, message: "Bad search type field song" })
      expect(yield* problem("/search?type=track")).toEqual({ status: 400, message: "No search query" })
      expect(yield* problem("/me/tracks?limit=51")).toEqual({ status: 400, message: "Invalid limit" })
      expect(yield* problem("/me/tracks?limit=0")).toEqual({ status: 400, message: "Invalid limit" })
      expect(yield* problem("/me/tracks?limit=1.5")).toEqual({ status: 400, message: "Invalid limit" })
      expect(yield* problem("/me/tracks?offset=-1")).toEqual({ status: 400, message: "Invalid offset" })
      expect(yield* problem("/me/tracks?market=Sweden")).toEqual({ status: 400, message: "Invalid market code" })
      expect(yield* problem("/me/top/tracks?time_range=week")).toEqual({ status: 400, message: "Invalid time range" })
      expect(yield* problem("/nowhere")).toEqual({ status: 404, message: "Service not found" })
      const tooMany = Array.from({ length: 41 }, (_, i) => uri("track", i)).join(",")
      expect((yield* put(`/me/library?uris=${tooMany}`)).at("error", "message")).toBe("Too many uris requested")
      expect((yield* put("/me/library", { uris: [uri("track", 1)] })).at("error", "message")).toBe(
        "Missing required field: uris"
      )
      expect((yield* put("/me/tracks", [id("track", 1)])).at("error", "message")).toBe("Missing required field: ids")
      expect((yield* put("/me/tracks", "{")).at("error", "message")).toBe("Error parsing JSON.")
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("takes what Spotify takes of other clients: a slash at a path's end, 20 of an artist's albums", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      expect((yield* get(`/tracks/${id("track", 1)}/`)).at("uri")).toBe(uri("track", 1))
      expect((yield* get(`/tracks/?ids=${many(3)}`)).each("tracks", "uri")).toHaveLength(3)
      expect((yield* get("/me/")).at("id")).toBe("fake-user")
      expect((yield* get("/me/tracks/?limit=5")).at("next")).toBe(`${spotify.apiUrl}/me/tracks?limit=5&offset=5`)
      expect((yield* get("/tracks//")).status).toBe(404)
      expect((yield* get(`/artists/${id("artist", 1)}/albums/?limit=20`)).at("limit")).toBe(20)
      expect(yield* spotify.counts).toMatchObject({ "GET /tracks/{id}": 1, "GET /tracks": 1, "GET /me": 1 })
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("takes every form in which spotipy 2 sends its requests", () =>
    Effect.gen(function*() {
      const { del, get, post, put } = yield* signedIn()
      const calls = { GET: get, POST: post, PUT: put, DELETE: del }
      const [playlist, ids] = [id("playlist", 0), many(2)]
      const uris = [uri("track", 1), uri("track", 2)]
      const forms: ReadonlyArray<readonly [keyof typeof calls, string, object?]> = [
        ["GET", "/me/"],
        ["GET", `/tracks/?ids=${ids}`],
        ["GET", `/artists/?ids=${id("artist", 1)}`],
        ["GET", `/artists/${id("artist", 1)}/albums?include_groups=album&country=SE&limit=20&offset=0`],
        ["GET", `/artists/${id("artist", 1)}/top-tracks?country=SE`],
        ["GET", `/albums/?ids=${id("album", 1)}`],
        ["GET", `/albums/${id("album", 1)}/tracks/?limit=50&offset=0`],
        ["GET", `/shows/?ids=${id("show", 1)}&market=SE`],
        ["GET", `/shows/${id("show", 1)}/episodes/?limit=50&offset=0&market=SE`],
        ["GET", `/episodes/?ids=${id("episode", 1)}`],
        ["GET", `/audio-features/?ids=${ids}`],
        ["GET", "/search?q=lantern&limit=10&offset=0&type=track"],
        ["GET", "/me/following?type=artist&limit=20"],
        ["PUT", `/me/following?type=artist&ids=${id("artist", 9)}`],
        ["GET", `/me/following/contains?ids=${id("artist", 9)}&type=artist`],
        ["DELETE", `/me/following?type=artist&ids=${id("artist", 9)}`],
        ["PUT", `/me/tracks/?ids=${ids}`],
        ["GET", `/me/tracks/contains?ids=${ids}`],
        ["DELETE", `/me/tracks/?ids=${ids}`],
        ["PUT", `/me/albums?ids=${id("album", 3)}`],
        ["DELETE", `/me/albums?ids=${id("album", 3)}`],
        ["PUT", `/me/shows?ids=${id("show", 3)}`],
        ["DELETE", `/me/shows/?ids=${id("show", 3)}`],
        ["POST", "/users/fake-user/playlists", { name: "A", public: true, collaborative: false, description: "" }],
        ["POST", `/playlists/${playlist}/tracks`, uris],
        ["POST", `/playlists/${playlist}/tracks?position=0`, uris],
        ["PUT", `/playlists/${playlist}/tracks`, { uris }],
        ["PUT", `/playlists/${playlist}/tracks`, { range_start: 0, range_length: 1, insert_before: 2 }],
        ["DELETE", `/playlists/${playlist}/tracks`, { tracks: [{ uri: uris[1], positions: [0] }] }],
        ["DELETE", `/playlists/${playlist}/tracks`, { tracks: uris.map((uri) => ({ uri })) }],
        ["GET", `/playlists/${playlist}/tracks?limit=100&offset=0&additional_types=track%2Cepisode`],
        ["PUT", `/playlists/${playlist}/followers`],
        ["PUT", "/me/player/play", { uris }],
        ["PUT", "/me/player/repeat?state=context"],
        ["PUT", "/me/player/shuffle?state=true"],
        ["PUT", "/me/player/seek?position_ms=1000"],
        ["POST", "/me/player/queue?uri=spotify:track:7EjyzZcbLxW7PaaLua9Ksb"],
        ["PUT", "/me/player", { device_ids: ["bbbb567890123456789012345678901234567890"], play: true }]
      ]
      const answers = yield* Effect.forEach(forms, ([method, path, body]) =>
        Effect.map(calls[method](path, body), ({ status, text }) => ({ method, path, status, text })))
      expect(answers.filter(({ status }) =>
        status >= 300
      )).toEqual([])
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("gives null for unknown ids of a batch, in their places", () =>
    Effect.gen(function*() {
      const { get } = yield* signedIn()
      const answer = yield* get(`/albums?ids=${id("album", 2)},${unknown},${id("album", 1)}`)
      expect(answer.each("albums", "id")).toEqual([id("album", 2), undefined, id("album", 1)])
      expect(answer.at("albums", 1)).toBeNull()
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

describe("the profile", () => {
  it.effect("has the members of the scopes that were granted", () =>
    Effect.gen(function*() {
      const { get } = yield* signedIn({ scopes: ["user-read-private"] })
      const me = yield* get("/me")
      expect(me.json).toMatchObject({ id: "fake-user", display_name: "Fake User", country: "SE" })
      expect(me.json).not.toHaveProperty("email")
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

describe("pages", () => {
  it.effect("link to their neighbours", () =>
    Effect.gen(function*() {
      const { get, spotify, token } = yield* signedIn()
      const first = yield* get("/me/tracks?limit=50&market=SE")
      expect(first.json).toMatchObject({ limit: 50, offset: 0, previous: null, total: 120 })
      expect(first.at("next")).toBe(`${spotify.apiUrl}/me/tracks?limit=50&market=SE&offset=50`)
      const second = yield* send("GET", first.string("next"), { token })
      const third = yield* send("GET", second.string("next"), { token })
      expect(third.json).toMatchObject({ offset: 100, next: null })
      const seen = [first, second, third].flatMap((page) => page.each("items", "track", "uri"))
      expect(seen).toEqual(yield* spotify.state.saved())
      expect((yield* send("GET", third.string("previous"), { token })).each("items", "track", "id")).toEqual(
        second.each("items", "track", "id")
      )
      expect((yield* get("/me/tracks?offset=5000")).json).toMatchObject({ items: [], next: null, total: 120 })
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("of a library of any size", () =>
    Effect.gen(function*() {
      const { get } = yield* signedIn()
      const last = yield* get("/me/tracks?limit=50&offset=9950")
      expect(last.json).toMatchObject({ total: 10_000, next: null })
      expect(new Set(last.each("items", "track", "id")).size).toBe(50)
      const lone = (yield* get(`/tracks/${last.string("items", 49, "track", "id")}`)).at("name")
      expect(lone).toBe(last.each("items", "track", "name")[49])
    }).pipe(Effect.provide(FakeSpotify.layer({ librarySize: 10_000 }))))

  it.effect("find by every word, kind by kind", () =>
    Effect.gen(function*() {
      const { get } = yield* signedIn()
      const answer = yield* get("/search?q=lantern weather&type=track,artist&limit=2")
      expect(Object.keys(Object(answer.json))).toEqual(["tracks", "artists"])
      expect(answer.at("tracks", "items", 0, "id")).toBe(FakeSpotify.trackId)
      const playlists = yield* get("/search?q=evening&type=playlist")
      expect(playlists.at("playlists", "items", 0, "name")).toBe("Evening Drive")
      expect(playlists.at("playlists", "items", 2)).toBeNull()
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

describe("the two dialects", () => {
  const playlist = `/playlists/${mine}`

  it.effect("extended mode has all members, and both names for the items", () =>
    Effect.gen(function*() {
      const { get } = yield* signedIn()
      const track = yield* get(`/tracks/${FakeSpotify.trackId}`)
      expect(track.at("popularity")).toBeTypeOf("number")
      expect(track.at("available_markets")).toContain("SE")
      expect(track.at("album", "id")).toBe(id("album", 0))
      expect((yield* get(`/albums/${id("album", 0)}`)).json).toMatchObject({ label: "Invented Records" })
      expect((yield* get("/me")).json).toMatchObject({
        country: "SE",
        product: "premium",
        account_id: "account-fake-user"
      })
      const whole = yield* get(playlist)
      expect(whole.at("tracks", "items", 0, "track", "id")).toBe(FakeSpotify.trackId)
      expect(whole.at("items", "items", 0, "item", "track")).toBe(true)
      expect((yield* get(`/playlists/${id("playlist", 4)}`)).at("items", "total")).toBe(8)
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("development mode lacks the members that it lost, and the old names", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      yield* spotify.setMode("development")
      const lacks = (value: unknown, ...names: ReadonlyArray<string>) =>
        names.forEach((name) => expect(value).not.toHaveProperty(name))
      const track = yield* get(`/tracks/${FakeSpotify.trackId}?market=SE`)
      lacks(track.json, "available_markets", "linked_from", "popularity")
      expect(track.at("external_ids", "isrc")).toBeTypeOf("string")
      lacks(track.at("album"), "available_markets", "album_group")
      lacks((yield* get(`/albums/${id("album", 0)}`)).json, "label", "popularity", "available_markets")
      lacks((yield* get(`/artists/${id("artist", 0)}`)).json, "followers", "popularity")
      lacks((yield* get("/me")).json, "country", "email", "explicit_content", "followers", "product")
      lacks((yield* get(`/shows/${id("show", 0)}`)).json, "available_markets", "publisher")
      lacks((yield* get(`/audiobooks/${id("audiobook", 0)}`)).json, "available_markets", "publisher")
      lacks((yield* get(`/chapters/${id("chapter", 0)}`)).json, "available_markets")

      const whole = yield* get(playlist)
      lacks(whole.json, "tracks")
      lacks(whole.at("items", "items", 0), "track")
      expect(whole.at("items", "items", 0, "item")).toMatchObject({ type: "track", track: true })
      lacks((yield* get(`/playlists/${id("playlist", 4)}`)).json, "items", "tracks")
      expect((yield* get(`${playlist}?fields=tracks.total`)).json).toEqual({})
      expect((yield* get(`/playlists/${id("playlist", 5)}`)).status).toBe(404)
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("both keep a stranger's items to themselves at the new path", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      for (const mode of ["extended", "development"] as const) {
        yield* spotify.setMode(mode)
        expect((yield* get(`/playlists/${id("playlist", 4)}/items`)).status).toBe(403)
        expect((yield* get(`/playlists/${id("playlist", 3)}/items`)).status).toBe(200)
      }
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

describe("awkward shapes", () => {
  it.effect("in a playlist: a local track, a null entry, an episode, a null added_by", () =>
    Effect.gen(function*() {
      const { get } = yield* signedIn()
      const path = `/playlists/${id("playlist", 1)}/items`
      const page = yield* get(`${path}?additional_types=track,episode`)
      expect(page.each("items", "is_local")).toEqual([false, true, false, false, false])
      expect(page.at("items", 1, "item")).toMatchObject({ id: null, is_local: true, name: "Kettle Song", href: null })
      expect(page.at("items", 2, "item")).toBeNull()
      expect(page.at("items", 3, "item")).toMatchObject({ type: "episode", show: { type: "show" }, track: false })
      expect(page.at("items", 4, "added_by")).toBeNull()
      expect((yield* get(path)).at("items", 3, "item")).toMatchObject({
        episode: true,
        album: { release_date: "0000" }
      })
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("in the library: a vanished episode, and bare audiobooks", () =>
    Effect.gen(function*() {
      const { get } = yield* signedIn()
      expect((yield* get("/me/episodes")).at("items", 5, "episode")).toMatchObject({ id: null, name: null, uri: null })
      expect((yield* get("/me/audiobooks")).at("items", 0)).toMatchObject({ type: "audiobook", id: id("audiobook", 0) })
      expect((yield* get(`/playlists/${id("playlist", 2)}`)).at("images")).toBeNull()
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

describe("caching", () => {
  it.effect("revalidates by ETag", () =>
    Effect.gen(function*() {
      const { get, spotify, token } = yield* signedIn()
      const url = `${spotify.apiUrl}/albums/${id("album", 0)}`
      const first = yield* send("GET", url, { token })
      expect(first.headers["cache-control"]).toMatch(/^public, max-age=\d+$/)
      const etag = first.headers["etag"] ?? ""
      expect(yield* send("GET", url, { token, headers: { "if-none-match": etag } })).toMatchObject({
        status: 304,
        text: "",
        headers: { etag }
      })
      expect((yield* send("GET", url, { token, headers: { "if-none-match": "\"other\"" } })).status).toBe(200)
      expect((yield* get("/me")).headers["cache-control"]).toBe("private, max-age=0")
    }).pipe(Effect.provide(FakeSpotify.layer())))
})
