import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, Stream, TestClock } from "effect"
import * as Player from "effect-spotify/Player"
import { changes } from "effect-spotify/Player"
import type { PlayerChange } from "effect-spotify/PlayerChange"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import * as Users from "effect-spotify/Users"
import { get, spotify } from "../utils/client.js"
import { layer } from "../utils/elapsing.js"

const uris = [0, 1, 2].map((n) => FakeSpotify.uri("track", n))

/** When the state was looked at, in milliseconds from the first look. */
const looks = Effect.map(Effect.flatMap(spotify, ({ requests }) => requests), (all) => {
  const times = all.filter(({ operation }) => operation === "GET /me/player").map(({ time }) => time)
  return times.map((time) => time - (times[0] ?? 0))
})

const gaps = Effect.map(looks, (times) => times.slice(1).map((time, i) => time - (times[i] ?? 0)))

/** Watches in the background; gives what was told since it was last asked. */
const watch = (options?: Parameters<typeof changes>[0]) =>
  Effect.gen(function*() {
    const told: Array<PlayerChange> = []
    const fiber = yield* changes(options).pipe(
      Stream.runForEach((change) => Effect.sync(() => told.push(change))),
      Effect.fork
    )
    return {
      fiber,
      after: (time: `${number} seconds` | `${number} millis`) =>
        Effect.map(TestClock.adjust(time), () => told.splice(0))
    }
  })

const tags = (changes: ReadonlyArray<PlayerChange>) => changes.map(({ _tag }) => _tag)

describe("changes", () => {
  it.effect("tells what there is at first, and then what changes", () =>
    Effect.gen(function*() {
      const { after } = yield* watch()
      expect(yield* after("0 seconds")).toEqual([{ _tag: "Started", state: Option.none() }])
      yield* Player.play({ uris })
      expect(tags(yield* after("60 seconds"))).toEqual(["Activated"])
      yield* Player.pause()
      const [paused] = yield* after("10 seconds")
      expect(paused).toMatchObject({ _tag: "Paused", previous: { is_playing: true }, state: { is_playing: false } })
      yield* Player.play()
      expect(tags(yield* after("60 seconds"))).toEqual(["Resumed"])
      yield* Player.next()
      const [item] = yield* after("10 seconds")
      expect(item).toMatchObject({
        _tag: "ItemChanged",
        previous: { item: { uri: uris[0] } },
        state: { item: { uri: uris[1] } }
      })
      yield* Player.volume({ volume_percent: 20 })
      yield* Player.shuffle({ state: true })
      yield* Player.repeat({ state: "context" })
      expect(tags(yield* after("10 seconds"))).toEqual(["VolumeChanged", "ShuffleChanged", "RepeatChanged"])
      yield* Player.transfer({ device_ids: ["bbbb567890123456789012345678901234567890"], play: true })
      expect(tags(yield* after("10 seconds"))).toEqual(["DeviceChanged"])
      yield* Player.play({ context_uri: FakeSpotify.uri("album", 3) })
      expect(tags(yield* after("10 seconds"))).toEqual(["ContextChanged", "ItemChanged"])
    }).pipe(Effect.provide(layer())))

  it.effect("tells where the item was moved, and nothing while it goes on", () =>
    Effect.gen(function*() {
      yield* Player.play({ uris })
      const { after } = yield* watch()
      yield* after("0 seconds")
      expect(yield* after("20 seconds")).toEqual([])
      yield* Player.seek({ position_ms: 60_000 })
      const [there] = yield* after("5 seconds")
      expect(there).toMatchObject({ _tag: "Seeked", from_ms: 25_000, to_ms: 65_000 })
      yield* Player.seek({ position_ms: 10_000 })
      expect(tags(yield* after("5 seconds"))).toEqual(["Seeked"])
      expect(yield* after("20 seconds")).toEqual([])
      yield* Player.pause()
      yield* after("5 seconds")
      yield* Player.seek({ position_ms: 90_000 })
      expect(yield* after("30 seconds")).toMatchObject([{ _tag: "Seeked", to_ms: 90_000 }])
    }).pipe(Effect.provide(layer())))

  it.effect("looks right after the end of an item, and tells one that plays again", () =>
    Effect.gen(function*() {
      yield* Player.play({ uris })
      yield* Player.repeat({ state: "track" })
      const { item } = Option.getOrThrow(yield* Player.state())
      const duration = item !== null && item !== undefined && "duration_ms" in item ? Number(item.duration_ms) : 0
      yield* Player.seek({ position_ms: duration - 7000 })
      const { after } = yield* watch({ interval: "5 seconds" })
      yield* after("0 seconds")
      expect(yield* after("7000 millis")).toEqual([])
      expect(yield* after("500 millis")).toMatchObject([
        { _tag: "ItemChanged", state: { progress_ms: 500, item: { uri: uris[0] } } }
      ])
      expect((yield* looks).slice(2)).toEqual([5000, 7500])
      yield* Player.repeat({ state: "off" })
      yield* Player.seek({ position_ms: duration - 7000 })
      yield* after("5000 millis")
      const next = yield* after("2500 millis")
      expect(next).toMatchObject([{ _tag: "ItemChanged", state: { item: { uri: uris[1] } } }])
    }).pipe(Effect.provide(layer())))

  it.effect("looks rarely where nothing plays, and soon again when something does", () =>
    Effect.gen(function*() {
      const { after } = yield* watch()
      yield* after("300 seconds")
      expect((yield* gaps).slice(0, 5)).toEqual([5000, 10_000, 20_000, 30_000, 30_000])
      yield* Player.play({ uris })
      const quiet = (yield* looks).length
      yield* after("60 seconds")
      expect(new Set((yield* gaps).slice(quiet))).toEqual(new Set([5000]))
      yield* Player.pause()
      yield* after("300 seconds")
      expect((yield* gaps).at(-1)).toBe(30_000)
    }).pipe(Effect.provide(layer())))

  it.effect("looks no more often than it may, however short an item is", () =>
    Effect.gen(function*() {
      yield* Player.play({ uris })
      const { after } = yield* watch({ interval: "200 millis", minInterval: "3 seconds" })
      yield* after("300 seconds")
      expect(Math.min(...(yield* gaps))).toBeGreaterThanOrEqual(3000)
    }).pipe(Effect.provide(layer())))

  it.effect("asks in the background, for tracks and episodes, with the market that is given", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* fake.failNext(FakeSpotify.slow("1 second"), { on: { path: "/v1/me" } })
      const me = yield* Effect.fork(Users.me())
      yield* TestClock.adjust("100 millis")
      const { after } = yield* watch({ market: "SE" })
      yield* after("500 millis")
      expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 1, waiting: 1, background: 1 })
      yield* after("1 seconds")
      yield* me
      expect((yield* fake.requests).at(-1)?.query).toEqual({ additional_types: "track,episode", market: "SE" })
    }).pipe(Effect.provide(layer({ client: { maxInFlight: 1 } }))))

  it.effect("looks no more often while nothing plays than while something does", () =>
    Effect.gen(function*() {
      const { after } = yield* watch({ interval: "20 seconds", idleInterval: "10 seconds" })
      yield* after("60 seconds")
      expect(yield* gaps).toEqual([20_000, 20_000, 20_000])
    }).pipe(Effect.provide(layer())))

  describe("of two states", () => {
    const state = Effect.gen(function*() {
      yield* Player.play({ uris })
      const { text } = yield* get("/me/player")
      return JSON.parse(text) as { readonly device: object; readonly progress_ms: number }
    })

    /** What is told where a look has given one state, and the next, 5 seconds later, another. */
    const between = (first: object, second: object) =>
      Effect.gen(function*() {
        const { clearFaults, failNext } = yield* spotify
        yield* failNext([FakeSpotify.reply(200, { json: first }), FakeSpotify.reply(200, { json: second })])
        const { after, fiber } = yield* watch()
        yield* after("0 seconds")
        const told = tags(yield* after("5 seconds"))
        yield* Fiber.interrupt(fiber)
        yield* clearFaults
        return told
      })

    it.effect("progress that is off by less than two seconds is no seek", () =>
      Effect.gen(function*() {
        const playing = { ...(yield* state), progress_ms: 60_000 }
        for (const [off, told] of [[1500, []], [-1500, []], [2500, ["Seeked"]], [-2500, ["Seeked"]]] as const) {
          expect(yield* between(playing, { ...playing, progress_ms: 65_000 + off })).toEqual(told)
        }
      }).pipe(Effect.provide(layer())))

    it.effect("a pause or a resume at any time between them is no seek", () =>
      Effect.gen(function*() {
        const playing = { ...(yield* state), is_playing: true, progress_ms: 60_000 }
        const paused = { ...playing, is_playing: false }
        for (const progress_ms of [60_000, 62_500, 65_000]) {
          expect(yield* between(playing, { ...paused, progress_ms })).toEqual(["Paused"])
          expect(yield* between(paused, { ...playing, progress_ms })).toEqual(["Resumed"])
        }
      }).pipe(Effect.provide(layer())))

    it.effect("a device without an id is known by its name", () =>
      Effect.gen(function*() {
        const first = yield* state
        const on = (name: string) => ({ ...first, progress_ms: 0, device: { ...first.device, id: null, name } })
        expect(yield* between(on("Kitchen"), { ...on("Kitchen"), progress_ms: 5000 })).toEqual([])
        expect(yield* between(on("Kitchen"), { ...on("Bath"), progress_ms: 5000 })).toEqual(["DeviceChanged"])
      }).pipe(Effect.provide(layer())))

    it.effect("what has no name, as an advertisement, is known by its type", () =>
      Effect.gen(function*() {
        const first = { ...(yield* state), item: null, progress_ms: null }
        const of = (currently_playing_type: string) => ({ ...first, currently_playing_type })
        expect(yield* between(of("ad"), of("ad"))).toEqual([])
        expect(yield* between(of("ad"), of("unknown"))).toEqual(["ItemChanged"])
      }).pipe(Effect.provide(layer())))
  })

  it.effect("stops with its stream", () =>
    Effect.gen(function*() {
      yield* Player.play({ uris })
      const { after, fiber } = yield* watch()
      yield* after("10 seconds")
      yield* Fiber.interrupt(fiber)
      const count = (yield* looks).length
      yield* TestClock.adjust("100 seconds")
      expect((yield* looks).length).toBe(count)
    }).pipe(Effect.provide(layer())))

  it.effect("fails with the operation's error", () =>
    Effect.gen(function*() {
      const { failNext } = yield* spotify
      yield* failNext(FakeSpotify.apiError(403, "Insufficient client scope"))
      expect(yield* Effect.flip(Stream.runDrain(changes()))).toMatchObject({
        _tag: "Forbidden",
        operation: "Player.state"
      })
    }).pipe(Effect.provide(layer())))
})
