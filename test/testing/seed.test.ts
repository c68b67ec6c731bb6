import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { signedIn } from "./utils.js"

const sinnerman = "sinnerman0000000000001"

const seed: FakeSpotify.Seed = {
  artists: [{ name: "Nina Simone", genres: ["jazz"] }],
  albums: [
    { name: "Pastel Blues", artists: ["Nina Simone"], release_date: "1965-10", tracks: ["Be My Husband", "Sinnerman"] }
  ],
  tracks: [
    { name: "Feeling Good", album: "I Put a Spell on You", artists: ["Nina Simone"], duration_ms: 173_000 },
    { name: "Ain't No Use", album: "Pastel Blues" },
    { name: "Kettle Song" },
    { id: sinnerman, name: "Sinnerman", artists: ["16 Horsepower", FakeSpotify.id("artist", 3)] }
  ],
  playlists: [
    { name: "Evening", items: ["Feeling Good", FakeSpotify.uri("track", 7), `spotify:track:${sinnerman}`] },
    { name: "Shared", owner: "grace", collaborative: true, followers: ["ada"] }
  ],
  users: [
    { id: "ada", display_name: "Ada", saved: ["Kettle Song", FakeSpotify.uri("album", 2)], following: ["Nina Simone"] },
    { id: "grace", following: ["ada"] }
  ]
}

const Seeded = FakeSpotify.layer({ seed })

const refused = (input: unknown) =>
  Effect.map(
    Effect.flip(Effect.flatMap(FakeSpotify.readSeed(input), (seed) => FakeSpotify.make({ seed }))),
    (error) => {
      expect(error._tag).toBe("InvalidInput")
      return error.message
    }
  )

describe("a seeded FakeSpotify", () => {
  it.effect("knows what the seed has, completed to whole things", () =>
    Effect.gen(function*() {
      const { get } = yield* signedIn()
      expect((yield* get("/me")).json).toMatchObject({ id: "ada", display_name: "Ada", email: "ada@example.com" })
      const album = yield* get(`/albums/${FakeSpotify.seedId("album", 0)}`)
      expect(album.json).toMatchObject({
        name: "Pastel Blues",
        release_date: "1965-10",
        release_date_precision: "month",
        total_tracks: 3,
        artists: [{ name: "Nina Simone", uri: `spotify:artist:${FakeSpotify.seedId("artist", 0)}` }],
        tracks: {
          items: [
            { name: "Be My Husband", track_number: 1 },
            { name: "Sinnerman", track_number: 2 },
            { name: "Ain't No Use", track_number: 3 }
          ]
        }
      })
      const track = yield* get(`/tracks/${FakeSpotify.seedId("track", 2)}?market=SE`)
      expect(track.json).toMatchObject({
        name: "Feeling Good",
        duration_ms: 173_000,
        is_playable: true,
        album: { name: "I Put a Spell on You", artists: [{ name: "Nina Simone" }] }
      })
      expect((yield* get(`/tracks/${FakeSpotify.seedId("track", 4)}`)).json).toMatchObject({
        name: "Kettle Song",
        album: { name: "Kettle Song", album_type: "single" },
        artists: [{ name: "Somebody" }]
      })
      const other = yield* get(`/tracks?ids=${sinnerman},${FakeSpotify.id("track", 1)}`)
      expect(other.at("tracks", 0, "artists", 0, "name")).toBe("16 Horsepower")
      expect(other.at("tracks", 0, "artists", 1, "id")).toBe(FakeSpotify.id("artist", 3))
      expect(other.at("tracks", 1, "id")).toBe(FakeSpotify.id("track", 1))
      expect((yield* get(`/artists/${FakeSpotify.seedId("artist", 0)}`)).json).toMatchObject({ genres: ["jazz"] })
      expect((yield* get(`/artists/${FakeSpotify.seedId("artist", 0)}/albums`)).each("items", "name")).toEqual([
        "Pastel Blues",
        "I Put a Spell on You"
      ])
      expect((yield* get(`/artists/${FakeSpotify.seedId("artist", 0)}/top-tracks`)).each("tracks", "name")).toEqual([
        "Be My Husband",
        "Sinnerman",
        "Feeling Good",
        "Ain't No Use"
      ])
      expect((yield* get(`/audio-features/${sinnerman}`)).json).toMatchObject({ id: sinnerman, duration_ms: 180_000 })
    }).pipe(Effect.provide(Seeded)))

  it.effect("has in libraries, playlists, search and top lists what the seed says alone", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      expect((yield* get("/me/tracks")).each("items", "track", "name")).toEqual(["Kettle Song"])
      expect(yield* spotify.state.saved("album")).toEqual([FakeSpotify.uri("album", 2)])
      expect(yield* spotify.state.saved("show")).toEqual([])
      expect((yield* get("/me/following?type=artist")).at("artists", "items", 0, "name")).toBe("Nina Simone")
      expect(yield* spotify.state.following("grace")).toEqual(["spotify:user:ada"])
      expect((yield* get("/me/playlists")).each("items", "name")).toEqual(["Evening", "Shared"])
      const evening = FakeSpotify.seedId("playlist", 0)
      expect((yield* get(`/playlists/${evening}/items`)).each("items", "item", "name")).toEqual([
        "Feeling Good",
        expect.any(String),
        "Sinnerman"
      ])
      const found = yield* get("/search?q=sinnerman&type=track,album")
      expect(found.at("tracks", "total")).toBe(2)
      expect(found.at("albums", "total")).toBe(1)
      expect((yield* get("/search?q=horsepower&type=track")).at("tracks", "items", 0, "id")).toBe(sinnerman)
      expect((yield* get("/me/top/tracks")).at("total")).toBe(6)
      expect((yield* get("/me/player/recently-played")).each("items")).toEqual([])
    }).pipe(Effect.provide(Seeded)))

  it.effect("takes what is its own: playing, saving and adding", () =>
    Effect.gen(function*() {
      const { get, post, put, spotify } = yield* signedIn()
      const album = `spotify:album:${FakeSpotify.seedId("album", 0)}`
      expect((yield* put("/me/player/play", { context_uri: album })).status).toBe(200)
      expect((yield* spotify.state.player()).uri).toBe(`spotify:track:${FakeSpotify.seedId("track", 0)}`)
      expect((yield* get("/me/player")).at("item", "name")).toBe("Be My Husband")
      const created = yield* post("/me/playlists", { name: "New" })
      const added = yield* post(`/playlists/${created.string("id")}/items`, { uris: [`spotify:track:${sinnerman}`] })
      expect(added.status).toBe(201)
      expect((yield* put(`/me/library?uris=spotify:track:${sinnerman}`)).status).toBe(200)
      expect((yield* spotify.state.saved())[0]).toBe(`spotify:track:${sinnerman}`)
    }).pipe(Effect.provide(Seeded)))

  it.effect("without users in it, has the usual ones with empty libraries", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      expect((yield* get("/me")).at("id")).toBe("fake-user")
      expect(yield* spotify.state.saved()).toEqual([])
      expect((yield* get("/me/playlists")).each("items", "owner", "id")).toEqual(["fake-user"])
      expect((yield* get("/search?q=amber&type=track")).at("tracks", "total")).not.toBe(0)
    }).pipe(Effect.provide(FakeSpotify.layer({ seed: { playlists: [{ name: "Only one" }] } }))))

  it.effect("one fake's things are unknown to the next", () =>
    Effect.gen(function*() {
      yield* FakeSpotify.make({ seed })
      const { get } = yield* signedIn()
      expect((yield* get(`/tracks/${sinnerman}`)).status).toBe(404)
    }).pipe(Effect.provide(FakeSpotify.layer())))

  it.effect("says what in a seed can't be", () =>
    Effect.gen(function*() {
      const messages = yield* Effect.forEach([
        3,
        { track: [] },
        { tracks: {} },
        { tracks: [{}] },
        { tracks: [{ name: "" }] },
        { tracks: [{ name: "A", id: "short" }] },
        { tracks: [{ name: "A", duration: 3 }] },
        { tracks: [{ name: "A", artists: "B" }] },
        { tracks: [{ name: "A", duration_ms: -1 }] },
        { tracks: [{ name: "A", id: sinnerman }, { name: "B", id: sinnerman }] },
        { tracks: [{ name: "A", id: FakeSpotify.id("track", 4) }] },
        { albums: [{ name: "A", release_date: "yesterday" }] },
        { albums: [{ name: "A", tracks: [""] }] },
        { albums: [{ name: "A", tracks: [3] }] },
        { albums: [{ name: "A", tracks: [{ nam: "B" }] }] },
        { albums: [{ name: "A", tracks: [{ name: "B", explicit: "no" }] }] },
        { artists: ["Nina Simone"] },
        { albums: [{ name: "A" }, { name: "A" }], tracks: [{ name: "B", album: "A" }] },
        { playlists: [{ name: "A", items: ["nothing"] }] },
        { tracks: [{ name: "B" }, { name: "B" }], playlists: [{ name: "A", items: ["B"] }] },
        { playlists: [{ name: "A", items: [FakeSpotify.uri("album", 1)] }] },
        { playlists: [{ name: "A", owner: "nobody" }] },
        { playlists: [{ name: "A", public: true, collaborative: true }] },
        { users: [{ id: "a", saved: ["spotify:track:0000000000000000000000"] }] },
        { users: [{ id: "a", following: ["nobody"] }] },
        { users: [{ id: "a" }, { id: "a" }] },
        { users: [{ id: "a", country: "Sweden" }] }
      ], refused)
      expect(messages.map((message) => message.replace("FakeSpotify: ", ""))).toMatchInlineSnapshot(`
        [
          "seed must be an object with lists of artists, albums, tracks, playlists and users, not 3",
          "seed.track must be spelt tracks, or left out: there is no option of this name",
          "seed.tracks must be a list of tracks, not an object",
          "seed.tracks[0].name must be given",
          "seed.tracks[0].name must be a text that isn't empty, not """,
          "seed.tracks[0].id must be 22 letters and digits, not "short"",
          "seed.tracks[0].duration must be spelt duration_ms, or left out: there is no option of this name",
          "seed.tracks[0].artists must be a list of texts, not "B"",
          "seed.tracks[0].duration_ms must be a whole number from 0, not -1",
          "seed.tracks[1].id must be another one: there is a track of it",
          "seed.tracks[0].id must be another one: there is a track of it",
          "seed.albums[0].release_date must be a date such as 1965, 1965-06 or 1965-06-01, not "yesterday"",
          "seed.albums[0].tracks[0] must be a text that isn't empty",
          "seed.albums[0].tracks[0] must be a name, or an object with one, not 3",
          "seed.albums[0].tracks[0].nam must be spelt name, or left out: there is no option of this name",
          "seed.albums[0].tracks[0].explicit must be true or false, not "no"",
          "seed.artists[0] must be an object with a name, not "Nina Simone"",
          "seed.tracks[0].album must be an id, since 2 albums have this name",
          "seed.playlists[0].items[0] must be the name of a track of the seed, or the URI of a track or an episode that there is, not "nothing"",
          "seed.playlists[0].items[0] must be an id, since 2 tracks have this name",
          "seed.playlists[0].items[0] must be a track or an episode, not "spotify:album:album00000000000000001"",
          "seed.playlists[0].owner must be one of fake-user, other-user, not "nobody"",
          "seed.playlists[0].public must be false or absent where collaborative is true",
          "seed.users[0].saved[0] must be the name of a track of the seed, or the URI of something that there is, not "spotify:track:0000000000000000000000"",
          "seed.users[0].following[0] must be the name of an artist of the seed, the URI of one that there is, or a user, not "nobody"",
          "seed.users[1].id must be another one: a is there twice",
          "seed.users[0].country must be an ISO 3166-1 alpha-2 country code, not "Sweden"",
        ]
      `)
      const [both] = yield* Effect.all([
        Effect.flip(FakeSpotify.make({ seed: { users: [{ id: "a" }] }, users: [{ id: "b" }] })),
        Effect.flip(FakeSpotify.make({ seed: {}, librarySize: 3 }))
      ])
      expect(both.field).toBe("users")
    }))

  it.effect("tells an unknown user of what it keeps as InvalidInput", () =>
    Effect.gen(function*() {
      const { state, ...spotify } = yield* FakeSpotify.FakeSpotify
      const asked = [
        state.saved("track", "nobody"),
        state.following("nobody"),
        state.playlists("nobody"),
        state.player("nobody"),
        spotify.revokeRefreshTokens("nobody")
      ]
      const errors = yield* Effect.forEach(asked, (effect) => Effect.flip<unknown, FakeSpotifyError, never>(effect))
      expect(errors.map(({ message }) => message)).toEqual(
        ["state.saved", "state.following", "state.playlists", "state.player", "revokeRefreshTokens"].map((name) =>
          `FakeSpotify.${name}: user must be one of fake-user, other-user, not "nobody"`
        )
      )
    }).pipe(Effect.provide(FakeSpotify.layer())))
})

type FakeSpotifyError = Effect.Effect.Error<ReturnType<typeof FakeSpotify.make>>
