import { describe, expect } from "@effect/vitest"
import { Effect, Either, FastCheck } from "effect"
import { Library, Player, Playlists, type SpotifyClient, type SpotifyError, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import { layer, spotify } from "../utils/client.js"
import { sharedLayer } from "../utils/sharedLayer.js"

type Call = Effect.Effect<unknown, SpotifyError.SpotifyError, SpotifyClient.SpotifyClient>

const { id, uri } = FakeSpotify
const mine = id("playlist", 0)
const uris = [uri("track", 1), uri("track", 2)]
const items = uris.map((uri) => ({ uri }))
const ids = [id("track", 1)]
const created = id("playlist", 77)

const writes: ReadonlyArray<readonly [string, Call]> = [
  ["Library.save", Library.save({ uris })],
  ["Library.remove", Library.remove({ uris })],
  ["Library.saveTracks", Library.saveTracks({ ids })],
  ["Library.removeTracks", Library.removeTracks({ ids })],
  ["Library.saveAlbums", Library.saveAlbums({ ids: [id("album", 1)] })],
  ["Library.removeShows", Library.removeShows({ ids: [id("show", 1)] })],
  ["Player.play", Player.play()],
  ["Player.next", Player.next()],
  ["Player.volume", Player.volume({ volume_percent: 5 })],
  ["Player.addToQueue", Player.addToQueue({ uri: uri("track", 1) })],
  ["Player.transfer", Player.transfer({ device_ids: ["a"] })],
  ["Playlists.addItems", Playlists.addItems(mine, { uris })],
  ["Playlists.addTracks", Playlists.addTracks(mine, { uris })],
  ["Playlists.removeItems", Playlists.removeItems(mine, { items })],
  ["Playlists.removeTracks", Playlists.removeTracks(mine, { tracks: items })],
  ["Playlists.updateItems", Playlists.updateItems(mine, { uris })],
  ["Playlists.replaceItems", Playlists.replaceItems(mine, { uris })],
  ["Playlists.moveItems", Playlists.moveItems(mine, { range_start: 0, insert_before: 2 })],
  ["Playlists.moveTracks", Playlists.moveTracks(mine, { range_start: 0, insert_before: 2 })],
  ["Playlists.changeDetails", Playlists.changeDetails(mine, { name: "a" })],
  ["Playlists.uploadCover", Playlists.uploadCover(mine, { image: "/9j/4AAQ" })],
  ["Playlists.follow", Playlists.follow(mine)],
  ["Playlists.unfollow", Playlists.unfollow(mine)],
  ["Users.follow", Users.follow({ type: "artist", ids: [id("artist", 1)] })]
]

const creations = [
  ["Playlists.create", Playlists.create({ name: "Evening" })],
  ["Playlists.createForUser", Playlists.createForUser("fake-user", { name: "Evening" })]
] as const

/** Any text as the body of a success: JSON of any shape, with members of the right names, cut off, or none. */
const body = FastCheck.oneof(
  FastCheck.json(),
  FastCheck.string(),
  FastCheck.constantFrom("", "null", "[]", "\"\"", "<html>", "{", "\uFEFF{\"snapshot_id\":\"a\"}"),
  FastCheck.record({ snapshot_id: FastCheck.jsonValue(), id: FastCheck.jsonValue(), error: FastCheck.jsonValue() }, {
    requiredKeys: []
  }).map((value) => JSON.stringify(value))
)
const status = FastCheck.constantFrom(200, 201, 202)

const answering = <A, E, R>(call: Effect.Effect<A, E, R>, status: number, text: string) =>
  Effect.gen(function*() {
    const { clearFaults, failNext } = yield* spotify
    yield* clearFaults
    yield* failNext(FakeSpotify.reply(status, { text }))
    return yield* Effect.either(call)
  })

/** What Spotify answers a creation with. */
const playlist = {
  collaborative: false,
  description: null,
  external_urls: { spotify: `https://open.spotify.com/playlist/${created}` },
  followers: { href: null, total: 0 },
  href: `https://api.spotify.com/v1/playlists/${created}`,
  id: created,
  images: [],
  name: "Evening",
  owner: { id: "fake-user", type: "user", uri: "spotify:user:fake-user", display_name: "Fake" },
  public: true,
  snapshot_id: "s1",
  tracks: { href: `https://api.spotify.com/v1/playlists/${created}/tracks`, items: [], limit: 100, total: 0 },
  type: "playlist",
  uri: `spotify:playlist:${created}`
}
const members = Object.keys(playlist)

describe("a write that is answered with a success", () => {
  sharedLayer(layer())((it) => {
    it.effect.prop(
      "doesn't fail, whatever the answer's body is",
      [FastCheck.constantFrom(...writes), status, body],
      ([[, call], status, text]) =>
        Effect.map(answering(call, status, text), (ended) => {
          expect(Either.isRight(ended)).toBe(true)
        }),
      { fastCheck: { numRuns: 300 } }
    )

    it.effect.each(
      [
        ["as it should be", `{"snapshot_id":"s1"}`, "s1"],
        ["behind a byte order mark", `\uFEFF{"snapshot_id":"s1"}`, "s1"],
        ["cut off behind it", `{"snapshot_id":"s\\/1","tra`, "s/1"],
        ["in a list", `[{"snapshot_id":"s1"}]`, "s1"],
        ["nowhere", "", undefined],
        ["a number", `{"snapshot_id":5}`, undefined],
        ["empty", `{"snapshot_id":""}`, undefined],
        ["cut off within it", `{"snapshot_id":"s1`, undefined]
      ] as const
    )("gives the version that it tells: %s", ([, text, snapshot_id]) =>
      Effect.gen(function*() {
        for (const call of [Playlists.addItems(mine, { uris }), Playlists.removeItems(mine, { items })]) {
          const ended = yield* answering(call, 201, text)
          expect(Either.map(ended, (answer) => answer.snapshot_id)).toEqual(Either.right(snapshot_id))
        }
      }))

    it.effect.prop(
      "and makes a playlist gives its id, whatever else is odd",
      [
        FastCheck.constantFrom(...creations),
        FastCheck.subarray(members.filter((name) => name !== "id" && name !== "uri")),
        FastCheck.option(FastCheck.jsonValue(), { nil: undefined })
      ],
      ([[, create], odd, value]) =>
        Effect.gen(function*() {
          const answer = { ...playlist, ...Object.fromEntries(odd.map((name) => [name, value])) }
          const ended = yield* answering(create, 201, JSON.stringify(answer))
          expect(Either.isRight(ended)).toBe(true)
          if (Either.isLeft(ended)) return
          const { id, name, uri } = ended.right
          expect([id, uri]).toEqual([created, playlist.uri])
          // What isn't odd is there as it came, and the name is the one that was asked for.
          const others = members.filter((name) => !odd.includes(name))
          for (const name of others) expect(ended.right).toHaveProperty(name, playlist[name as keyof typeof playlist])
          if (typeof value !== "string") expect(name ?? "Evening").toBe("Evening")
        }),
      { fastCheck: { numRuns: 200 } }
    )

    it.effect.each(
      [
        ["cut off", JSON.stringify(playlist).slice(0, 200)],
        ["in a list", JSON.stringify([playlist])],
        ["with another id's type", JSON.stringify({ ...playlist, id: 5 })],
        ["with an empty id", JSON.stringify({ ...playlist, id: "" })],
        ["behind a byte order mark", `\uFEFF${JSON.stringify(playlist)}`],
        ["text", `created ${playlist.href}`]
      ] as const
    )("and makes a playlist gives its id: %s", ([, text]) =>
      Effect.gen(function*() {
        const ended = yield* answering(Playlists.create({ name: "Evening" }), 201, text)
        expect(Either.getOrThrow(ended)).toMatchObject({ id: created, name: "Evening", uri: playlist.uri })
      }))

    it.effect("finds the id where the place of the new playlist is told beside the body", () =>
      Effect.gen(function*() {
        const { clearFaults, failNext } = yield* spotify
        yield* clearFaults
        yield* failNext(FakeSpotify.reply(201, { headers: { location: playlist.href } }))
        expect(yield* Playlists.create({ name: "Evening" })).toMatchObject({ id: created })
      }))

    it.effect("doesn't take another playlist's link in a description for the new one's", () =>
      Effect.gen(function*() {
        const other = `https://open.spotify.com/playlist/${id("playlist", 3)}`
        const create = Playlists.create({ name: "Evening", description: `See ${other}` })
        const text = JSON.stringify({ ...playlist, description: `See ${other}`, id: null })
        expect(Either.getOrThrow(yield* answering(create, 201, text))).toMatchObject({ id: created })
      }))

    it.effect("and tells no id says that it is done", () =>
      Effect.gen(function*() {
        for (const text of ["", "{}", "null", "OK", "[1]"]) {
          const ended = yield* answering(Playlists.create({ name: "Evening" }), 201, text)
          expect(Either.getLeft(ended)).toMatchObject({
            value: { _tag: "DecodeError", status: 201, message: expect.stringContaining("it is done (201)") }
          })
        }
      }))

    it.effect("goes on in a long write, whatever the answers are", () =>
      Effect.gen(function*() {
        const { clearFaults, failNext, state } = yield* spotify
        yield* clearFaults
        const empty = id("playlist", 2)
        const odd = FakeSpotify.afterApplying(FakeSpotify.reply(201, { text: "<html>" }))
        yield* failNext(odd, { times: 3 })
        const many = Array.from({ length: 250 }, (_, i) => uri("track", i))
        expect(yield* Playlists.addAll(empty, many)).toMatchObject({ written: 250, failed: [], inDoubt: [] })
        yield* failNext(odd, { times: 10, on: { method: "PUT" } })
        const outcome = yield* Playlists.sync(empty, many.toReversed(), { addedAt: "forget" })
        const { snapshotId, uris } = yield* Effect.flatten(state.playlist(empty))
        expect(uris).toEqual(many.toReversed())
        expect(outcome.snapshotId).toBe(snapshotId)
      }))
  })
})
