import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Option, Schedule } from "effect"
import { Albums, Endpoints, Library, Markets, Player, Tracks, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import { layer, Wire } from "../utils/wire.js"

const { id, uri } = FakeSpotify
const development = layer({ fake: { mode: "development" } })

describe("an operation that Development Mode has lost", () => {
  it.effect("says so, since when, and what to use instead", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Albums.several({ ids: [id("album", 1)] }))
      expect(error._tag).toBe("Forbidden")
      expect(error.message).toContain(
        "apps in Development Mode have lost this operation (February 2026); use Albums.getMany"
      )
    }).pipe(Effect.provide(development)))

  it.effect("says so where nothing is in its place", () =>
    Effect.gen(function*() {
      expect((yield* Effect.flip(Markets.get())).message).toContain(
        "apps in Development Mode have lost this operation (February 2026); Spotify offers nothing in its place"
      )
      expect((yield* Effect.flip(Tracks.audioFeatures(FakeSpotify.trackId))).message).toContain("(November 2024)")
    }).pipe(Effect.provide(development)))

  it.effect("says nothing of the kind where a scope is missing", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.apiError(403, "Insufficient client scope"))
      const error = yield* Effect.flip(Library.containsTracks({ ids: [id("track", 1)] }))
      expect(error).toMatchObject({ _tag: "Forbidden", missingScopes: ["user-library-read"] })
      expect(error.message).not.toContain("Development Mode")
    }).pipe(Effect.provide(layer())))
})

describe("the player", () => {
  it.effect("has no state where nothing is active", () =>
    Effect.gen(function*() {
      expect(yield* Player.state()).toEqual(Option.none())
      expect(yield* Player.currentlyPlaying()).toEqual(Option.none())
    }).pipe(Effect.provide(layer({ fake: { activeDevice: false } }))))

  it.effect("ignores what a command's success says", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.reply(200, { text: "AAAB3kd0Zm9mZQ" }))
      expect(yield* Player.pause()).toBeUndefined()
    }).pipe(Effect.provide(layer())))

  it.effect("never skips or queues twice on a doubt", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* Player.play({ uris: [uri("track", 1)] })
      for (const call of [Player.next(), Player.previous(), Player.addToQueue({ uri: uri("track", 2) })]) {
        const wire = yield* Wire
        wire.length = 0
        yield* spotify.failNext(FakeSpotify.apiError(503, "busy"))
        expect(Exit.isFailure(yield* Effect.exit(call))).toBe(true)
        expect(wire).toHaveLength(1)
      }
    }).pipe(Effect.provide(layer({ client: { retrySchedule: Schedule.recurs(3) } }))))

  it.effect("starts the saved tracks, whose URI has no id", () =>
    Effect.gen(function*() {
      yield* Effect.exit(Player.play({ context_uri: "spotify:user:fake-user:collection" }))
      expect((yield* Wire).at(-1)?.body).toEqual({ context_uri: "spotify:user:fake-user:collection" })
    }).pipe(Effect.provide(layer())))

  it.effect("starts what was paused, without a body", () =>
    Effect.gen(function*() {
      yield* Player.play()
      yield* Player.pause()
      yield* Player.play({})
      expect(
        (yield* Wire).filter(({ url }) => url === "/me/player/play").map(({ body, contentType }) => [body, contentType])
      ).toEqual([
        [undefined, undefined],
        [undefined, undefined]
      ])
    }).pipe(Effect.provide(layer())))
})

describe("the library", () => {
  it.effect("takes what may be saved and what may be followed in one call, and tells of each in order", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const uris = [
        uri("track", 130_000),
        uri("album", 11_000),
        uri("episode", 400),
        uri("show", 19),
        uri("audiobook", 11),
        uri("artist", 900),
        uri("playlist", 4),
        "spotify:user:other-user"
      ]
      yield* Library.remove({ uris })
      expect(yield* Library.contains({ uris })).toEqual(uris.map(() => false))
      yield* Library.save({ uris: uris.slice(0, 6) })
      expect(yield* Library.contains({ uris })).toEqual([true, true, true, true, true, true, false, false])
      expect(yield* spotify.state.saved("audiobook")).toContain(uri("audiobook", 11))
    }).pipe(Effect.provide(layer())))

  it.effect("saves tracks as if at another time", () =>
    Effect.gen(function*() {
      yield* Library.saveTracks({ timestamped_ids: [{ id: id("track", 130_000), added_at: "2012-01-02T03:04:05Z" }] })
      const page = yield* Library.tracks({ limit: 1 })
      expect(page.items[0]).toMatchObject({ added_at: "2012-01-02T03:04:05Z", track: { id: id("track", 130_000) } })
    }).pipe(Effect.provide(layer())))
})

describe("following", () => {
  it.effect("is for artists, page by page", () =>
    Effect.gen(function*() {
      const ids = [id("artist", 7), id("artist", 8), id("artist", 9)]
      yield* Users.follow({ type: "artist", ids })
      expect(yield* Users.follows({ type: "artist", ids })).toEqual([true, true, true])
      const first = yield* Users.followedArtists({ limit: 1 })
      const after = first.artists.cursors?.after ?? ""
      const second = yield* Users.followedArtists({ limit: 1, after })
      expect(second.artists.items[0]?.id).not.toBe(first.artists.items[0]?.id)
    }).pipe(Effect.provide(layer())))
})

describe("what all operations say", () => {
  it.each(Endpoints.all)("$operation has its group's name and a reference page", (spec) => {
    expect(spec.operation).toMatch(/^[A-Z][a-z]+\.[a-z][A-Za-z]+$/)
    expect(spec.reference).toBe(`https://developer.spotify.com/documentation/web-api/reference/${spec.operationId}`)
  })
})
