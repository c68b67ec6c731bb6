import { FileSystem, HttpClient, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { beforeAll, describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { Endpoints } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import { quickClock } from "../utils/quickClock.js"
import { layerSpotify } from "../utils/signIn.js"
import { type Ended, makeEnvironment, noScreen, putToken, run, start } from "../utils/signInCli.js"

const layer = (options?: FakeSpotify.Options) => Layer.merge(layerSpotify(options), NodeContext.layer)

const { id, uri } = FakeSpotify

beforeAll(() => noScreen())

/** Somebody who is signed in, and how they run the command. */
const signedIn = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  const { environment, file, home } = yield* makeEnvironment
  yield* putToken(file, { daysAgo: 1 })
  return {
    spotify,
    home,
    environment,
    run: (...words: ReadonlyArray<string>) => run(words, environment),
    start: (...words: ReadonlyArray<string>) => start(words, environment)
  }
})

/** What a terminal obeys, and what turns the direction of writing around. */
const obeyed = /[^\P{Cc}\n]|[\u2028\u202a-\u202e]/u

const jsonOf = ({ code, stderr, stdout }: Ended) => {
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return JSON.parse(stdout)
}

const linesOf = ({ stdout }: Ended) => stdout.trimEnd().split("\n").map((line) => JSON.parse(line))

describe("api", () => {
  it.scopedLive("sends what it is told, and prints the answer", () =>
    Effect.gen(function*() {
      const { home, run, spotify } = yield* signedIn
      for (const path of ["/me", "me", "/v1/me", `${spotify.apiUrl}/me`]) {
        expect(jsonOf(yield* run("api", path)).id).toBe("fake-user")
      }
      expect(jsonOf(yield* run("api", "get", `/tracks/${id("track", 1)}?market=SE`)).uri).toBe(uri("track", 1))

      const created = jsonOf(yield* run("api", "POST", "/me/playlists", "--body", "{\"name\":\"Mine\"}"))
      const file = (yield* Path.Path).join(home, "uris.json")
      yield* (yield* FileSystem.FileSystem).writeFileString(file, JSON.stringify({ uris: [uri("track", 7)] }))
      expect((yield* run("api", "POST", `/playlists/${created.id}/items`, "--body", `@${file}`)).code).toBe(0)
      expect(yield* spotify.state.playlist(created.id)).toMatchObject({
        value: { name: "Mine", uris: [uri("track", 7)] }
      })
      expect(yield* run("api", "PUT", `/me/library?uris=${uri("track", 9_999)}`)).toMatchObject({ code: 0 })
      expect((yield* spotify.state.saved())[0]).toBe(uri("track", 9_999))
    }).pipe(Effect.provide(layer())))

  it.scopedLive("reads a list to its end, as lines or as one array", () =>
    Effect.gen(function*() {
      const { run, spotify } = yield* signedIn
      const saved = yield* spotify.state.saved()
      const lines = yield* run("api", "GET", "/me/tracks", "--all")
      expect(linesOf(lines).map(({ track }) => track.uri)).toEqual(saved)
      expect(yield* spotify.counts).toEqual({ "GET /me/tracks": 6 })
      const array = yield* run("api", "/me/tracks?limit=50", "--all", "--array")
      expect(jsonOf(array).map((item: { readonly track: { readonly uri: string } }) => item.track.uri)).toEqual(saved)
      // A list inside of the answer, by cursor.
      const followed = yield* run("api", "/me/following?type=artist&limit=2", "--all")
      expect(linesOf(followed).every(({ type }) => type === "artist")).toBe(true)

      const several = yield* run("api", "/search?q=a&type=track,album", "--all")
      expect(several).toMatchObject({ code: 1, stdout: "" })
      expect(several.stderr).toContain("several (tracks, albums)")
      expect((yield* run("api", "/me", "--all")).stderr).toContain("leave --all out")
    }).pipe(Effect.provide(layer())))

  it.scopedLive("ends a list that leads in a circle", () =>
    Effect.gen(function*() {
      const { run, spotify } = yield* signedIn
      const page = { items: [1], next: `${spotify.apiUrl}/me/tracks` }
      yield* spotify.failNext(FakeSpotify.reply(200, { json: page }), { times: 9, on: { path: "/v1/me/tracks" } })
      const circle = yield* run("api", "/me/tracks", "--all")
      expect(circle.code).toBe(1)
      expect(circle.stderr).toContain("in a circle")
    }).pipe(Effect.provide(layer())))

  it.scopedLive("sends the token to nobody else, and nothing that can't be right", () =>
    Effect.gen(function*() {
      const { run, spotify } = yield* signedIn
      for (const path of ["https://evil.example/v1/me", "//evil.example/me", "http://127.0.0.1:1/v1/me"]) {
        const { code, stderr, stdout } = yield* run("api", path)
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
        expect(stderr).toMatch(/^✗ this leads to .*; the access token is only sent to/)
      }
      const wrong = [
        ["api", "FETCH", "/me"],
        ["api", "GET"],
        ["api", "POST", "/me/playlists", "--body", "{name}"],
        ["api", "/me", "--body", "{}"],
        ["api", "POST", "/me/playlists", "--all"]
      ]
      for (const words of wrong) expect(yield* run(...words)).toMatchObject({ code: 2, stdout: "" })
      expect(yield* spotify.requests).toEqual([])
      // A write is sent once, since nobody knows whether it may be sent again.
      yield* spotify.failNext(FakeSpotify.reply(502), { times: 9, on: { method: "PUT" } })
      expect((yield* run("api", "PUT", "/me/player/pause")).code).toBe(1)
      expect(yield* spotify.count({ method: "PUT" })).toBe(1)
    }).pipe(Effect.provide(layer())))

  it.scopedLive("gives a terminal nothing to obey", () =>
    Effect.gen(function*() {
      const { run, spotify } = yield* signedIn
      const name = "\u001b[2J\u009b31m\u202etxt.exe\u2028"
      yield* spotify.failNext(FakeSpotify.reply(200, { json: { id: "x", display_name: name } }), { times: 2 })
      const asJson = yield* run("api", "/me")
      expect(JSON.parse(asJson.stdout).display_name).toBe(name)
      expect(asJson.stdout).not.toMatch(obeyed)
      yield* spotify.failNext(FakeSpotify.reply(200, { text: name }))
      expect((yield* run("api", "/me/other")).stdout).not.toMatch(obeyed)
    }).pipe(Effect.provide(layer())))

  it.scopedLive("acts as the app itself with --app", () =>
    Effect.gen(function*() {
      const { environment } = yield* makeEnvironment
      const words = ["api", `/tracks/${id("track", 3)}`, "--app"]
      expect((yield* run(words, environment)).stderr).toBe(
        "✗ --app needs the client secret: set SPOTIFY_CLIENT_SECRET\n"
      )
      const answer = yield* run(words, { ...environment, SPOTIFY_CLIENT_SECRET: "fake-client-secret" })
      expect(jsonOf(answer).uri).toBe(uri("track", 3))
    }).pipe(Effect.provide(layer())))
})

describe("call", () => {
  it.scopedLive("calls an operation with its id and its options, wherever they stand", () =>
    Effect.gen(function*() {
      const { run, spotify } = yield* signedIn
      const track = id("track", 1)
      expect(jsonOf(yield* run("call", "Tracks.get", `spotify:track:${track}`, "--market", "SE")).id).toBe(track)
      expect(jsonOf(yield* run("call", "tracks.get", "--market=SE", track)).id).toBe(track)
      expect(
        jsonOf(yield* run("call", "Tracks.several", "--ids", `${track},${id("track", 2)}`, "--ids", id("track", 3)))
          .tracks
      )
        .toHaveLength(3)
      expect(jsonOf(yield* run("call", "Search.search", "--q", "a", "--type", "track", "--limit", "2")).tracks.items)
        .toHaveLength(2)
      expect((yield* spotify.requests).at(-1)?.query).toMatchObject({ q: "a", type: "track", limit: "2" })

      const made = jsonOf(yield* run("call", "Playlists.create", "--name", "a, b", "--public", "false"))
      expect(made).toMatchObject({ name: "a, b", public: false })
      yield* run(
        "call",
        "Playlists.addItems",
        made.id,
        "--uris",
        [1, 2].map((n) => uri("track", n)).join(","),
        "--position",
        "0"
      )
      expect(yield* spotify.state.playlist(made.id)).toMatchObject({
        value: { uris: [uri("track", 1), uri("track", 2)] }
      })
      expect(yield* run("call", "Player.volume", "--volume-percent", "30")).toEqual({
        code: 0,
        stdout: "",
        stderr: "Player.volume is done\n"
      })
    }).pipe(Effect.provide(layer())))

  it.scopedLive("sends objects as JSON, and bytes from a file", () =>
    Effect.gen(function*() {
      const { home, run, spotify } = yield* signedIn
      yield* run("call", "Player.play", "--uris", uri("track", 5), "--offset", "{\"position\":0}")
      expect(JSON.parse((yield* spotify.requests).at(-1)?.body ?? "")).toMatchObject({ offset: { position: 0 } })
      const made = jsonOf(yield* run("call", "Playlists.create", "--name", "x"))
      const picture = (yield* Path.Path).join(home, "cover.jpg")
      yield* (yield* FileSystem.FileSystem).writeFile(picture, Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))
      expect((yield* run("call", "Playlists.uploadCover", made.id, "--image", `@${picture}`)).code).toBe(0)
      expect(yield* spotify.state.playlist(made.id)).toMatchObject({ value: { hasCustomCover: true } })
    }).pipe(Effect.provide(layer())))

  it.scopedLive("checks arguments by the declaration, before anything is sent", () =>
    Effect.gen(function*() {
      const { run, spotify } = yield* signedIn
      const wrong: ReadonlyArray<readonly [words: ReadonlyArray<string>, says: RegExp]> = [
        [["Tracks.get"], /Missing argument <id>/],
        [["Tracks.get", "short"], /^✗ id must be a track's id .*not "short"\. effect-spotify call Tracks\.get --help/],
        [["Library.tracks", "--limit", "many"], /^✗ limit must be a whole number from 1 to 50/],
        [["Library.tracks", "--limit", "51"], /^✗ limit must be a whole number from 1 to 50/],
        [["Playlists.create", "--name", "x", "--public", "maybe"], /^✗ public must be true or false/],
        [["Tracks.get", id("track", 1), "--language", "sv"], /unknown argument: '--language'/],
        [["Search.search", "--q", "x"], /type/],
        [["Tracks.gte", "x"], /^✗ There is no operation Tracks\.gte; did you mean Tracks\.get\?/],
        [["addItems"], /did you mean Playlists\.addItems\?/],
        [["Nothing.alike"], /call --help lists all 97/]
      ]
      for (const [words, says] of wrong) {
        const ended = yield* run("call", ...words)
        expect({ words, code: ended.code, stdout: ended.stdout }).toEqual({ words, code: 2, stdout: "" })
        expect(ended.stderr).toMatch(says)
      }
      expect(yield* spotify.requests).toEqual([])
    }).pipe(Effect.provide(layer())))

  it.scopedLive("reads a list to its end", () =>
    Effect.gen(function*() {
      const { run, spotify } = yield* signedIn
      const lines = yield* run("call", "Library.tracks", "--all")
      expect(linesOf(lines).map(({ track }) => track.uri)).toEqual(yield* spotify.state.saved())
      expect(yield* spotify.counts).toEqual({ "GET /me/tracks": 3 })
      expect(yield* run("call", "Tracks.get", id("track", 1), "--all")).toMatchObject({ code: 2 })
    }).pipe(Effect.provide(layer())))

  it.scopedLive("has help for each operation, made from its declaration", () =>
    Effect.gen(function*() {
      for (const { operation, reference, ...spec } of Endpoints.all) {
        const { code, stdout } = yield* run(["call", operation, "--help"])
        expect({ operation, code }).toEqual({ operation, code: 0 })
        expect(stdout).toContain(`effect-spotify call ${operation}`)
        for (const told of [`${spec.method} ${spec.path}`, reference, ...spec.scopes]) expect(stdout).toContain(told)
        for (const name of Object.keys({ ...spec.query, ...spec.body })) {
          expect(stdout).toMatch(new RegExp(`^${name.length === 1 ? "-" : "--"}${name} text`, "m"))
        }
      }
      const { stdout } = yield* run(["call", "Albums.several", "--help"])
      expect(stdout).toContain("Deprecated since")
      const list = yield* run(["call"])
      for (const { operation } of Endpoints.all) expect(list.stdout).toContain(`  ${operation} `)
    }))
})

describe("now", () => {
  it.scopedLive("says on one line what is playing", () =>
    Effect.gen(function*() {
      const { run, spotify } = yield* signedIn
      yield* run("call", "Player.play", "--uris", uri("track", 5))
      const { code, stdout } = yield* run("now")
      expect(code).toBe(0)
      expect(stdout).toMatch(/^▶ .+ by .+ 0:0\d of \d+:\d\d\n$/)
      expect(jsonOf(yield* run("now", "--json")).item.uri).toBe(uri("track", 5))
      yield* run("call", "Player.pause")
      expect((yield* run("now")).stdout).toMatch(/^⏸ /)
      yield* spotify.failNext(FakeSpotify.reply(204), { times: 2 })
      expect(yield* run("now")).toEqual({ code: 0, stderr: "", stdout: "Nothing is playing\n" })
      expect(jsonOf(yield* run("now", "--json"))).toBeNull()
    }).pipe(Effect.provide(layer())))

  it.scopedLive("goes on with --watch", () =>
    Effect.gen(function*() {
      const { run, start } = yield* signedIn
      yield* run("call", "Player.play", "--uris", uri("track", 5))
      const watching = yield* start("now", "--watch")
      yield* watching.printed(/^(▶) /m)
      yield* run("call", "Player.pause")
      yield* watching.printed(/^(⏸) /m)
      yield* Fiber.interrupt(watching.running)
    }).pipe(Effect.withClock(quickClock(50)), Effect.provide(layer())))
})

describe("fake", () => {
  it.scopedLive("serves a Spotify on a port, with a token that is ready", () =>
    Effect.gen(function*() {
      const serving = yield* start(["fake", "--port", "0", "--json"])
      const { accessToken, accountsUrl, apiUrl, clientId } = JSON.parse(yield* serving.printed(/^(\{.*\})$/m))
      expect(apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/)
      const client = yield* HttpClient.HttpClient
      const get = (url: string) => client.get(url, { headers: { authorization: `Bearer ${accessToken}` } })
      expect(yield* (yield* get(`${apiUrl}/me/`)).json).toMatchObject({ id: "fake-user" })
      expect((yield* get(`${accountsUrl}/authorize`)).status).toBe(400)

      // Nobody else can have that port.
      const { port } = new URL(apiUrl)
      const second = yield* run(["fake", "--port", port])
      expect(second).toMatchObject({ code: 1, stdout: "" })
      expect(second.stderr).toBe(
        `✗ Port ${port} of 127.0.0.1 is in use: end the program that has it, or give another with --port\n`
      )
      expect((yield* run(["fake", "--port", "70000"])).code).toBe(2)

      // The command itself, pointed at it as it says.
      const { environment } = yield* makeEnvironment
      const pointed = {
        ...environment,
        SPOTIFY_ACCOUNTS_URL: accountsUrl,
        SPOTIFY_API_URL: apiUrl,
        SPOTIFY_CLIENT_ID: clientId
      }
      const login = yield* start(["login", "--json"], pointed)
      yield* client.get(yield* login.authorizeUrl)
      expect(JSON.parse((yield* login.ended).stdout)).toMatchObject({ user: { id: "fake-user" }, key: "default" })
      yield* Fiber.interrupt(serving.running)
      expect(yield* Effect.isFailure(get(apiUrl))).toBe(true)
    }).pipe(Effect.provide(layer())))

  it.scopedLive("has the things of a file, and says what in one is wrong", () =>
    Effect.gen(function*() {
      const { home } = yield* makeEnvironment
      const write = (name: string, text: string) =>
        Effect.flatMap(FileSystem.FileSystem, (files) =>
          Effect.as(files.writeFileString(`${home}/${name}`, text), `${home}/${name}`))
      const seed = yield* write(
        "seed.json",
        JSON.stringify({ tracks: [{ name: "Feeling Good" }], users: [{ id: "ada", saved: ["Feeling Good"] }] })
      )
      const serving = yield* start(["fake", "--port", "0", "--json", "--seed", seed])
      const { accessToken, apiUrl } = JSON.parse(yield* serving.printed(/^(\{.*\})$/m))
      const client = yield* HttpClient.HttpClient
      const get = (path: string) =>
        Effect.flatMap(
          client.get(`${apiUrl}${path}`, { headers: { authorization: `Bearer ${accessToken}` } }),
          (response) =>
            response.json
        )
      expect(yield* get("/me")).toMatchObject({ id: "ada" })
      expect(yield* get("/me/tracks")).toMatchObject({ total: 1, items: [{ track: { name: "Feeling Good" } }] })

      const wrong = (file: string) => Effect.map(run(["fake", "--port", "0", "--seed", file]), ({ stderr }) => stderr)
      expect(yield* wrong(`${home}/missing.json`)).toBe(`✗ The file ${home}/missing.json can't be read\n`)
      const text = yield* write("text.json", "tracks")
      expect(yield* wrong(text)).toContain(`✗ ${text} is no JSON: `)
      expect(yield* wrong(yield* write("nameless.json", "{ \"tracks\": [{ \"nam\": \"A\" }] }"))).toBe(
        "✗ seed.tracks[0].nam must be spelt name, or left out: there is no option of this name\n"
      )
      expect(yield* wrong(yield* write("unknown.json", "{ \"playlists\": [{ \"name\": \"A\", \"items\": [\"B\"] }] }")))
        .toBe(
          "✗ seed.playlists[0].items[0] must be the name of a track of the seed, or the URI of a track or an episode that there is, not \"B\"\n"
        )
    }).pipe(Effect.provide(layer())))

  it.scopedLive("says to a person where it is and how to point a client at it", () =>
    Effect.gen(function*() {
      const serving = yield* start(["fake", "--port", "0", "--mode", "development"])
      const text = yield* serving.printed(/^(✓[^]*SPOTIFY_CLIENT_ID=fake-client-id\n)/)
      const [, curl = ""] = /curl -H "Authorization: (Bearer \S+)" /.exec(text) ?? []
      const [, url = ""] = /(http:\S+\/v1)\/me$/m.exec(text) ?? []
      const client = yield* HttpClient.HttpClient
      expect((yield* client.get(`${url}/me`, { headers: { authorization: curl } })).status).toBe(200)
      expect((yield* client.get(`${url}/markets`, { headers: { authorization: curl } })).status).toBe(403)
    }).pipe(Effect.provide(layer())))
})
