/**
 * Finds a device, plays an album on it, queues a track and says what plays.
 *
 *   npx tsx examples/guides/player.ts
 */
import { Console, Effect, Option } from "effect"
import { Player, Scope, Tracks } from "effect-spotify"
import * as Guide from "../support/guide.js"

const track = "7EjyzZcbLxW7PaaLua9Ksb"

const nowPlaying = Effect.gen(function*() {
  const state = yield* Player.state({ additional_types: ["track", "episode"] })
  if (Option.isNone(state)) return "nothing"
  return Player.Playing.$match(Player.playing(state.value), {
    Track: ({ track }) => track.name,
    Local: ({ track }) => `${track.name} (local file)`,
    Episode: ({ episode }) => episode.name,
    Advertisement: () => "an advertisement",
    Nothing: () => "nothing",
    Unknown: ({ type }) => type
  })
})

export const program = Effect.gen(function*() {
  const { album } = yield* Tracks.get(track)

  // Where no device is active, a command needs the id of one.
  const start = (device_id?: string) =>
    Player.play({ device_id, context_uri: album.uri, offset: { uri: `spotify:track:${track}` } })
  yield* start().pipe(
    Effect.catchIf(
      (error) => error._tag === "NotFound" && error.reason === "NO_ACTIVE_DEVICE",
      () =>
        Effect.gen(function*() {
          const { devices } = yield* Player.devices()
          const device = devices.find(({ id, is_restricted }) => id != null && is_restricted !== true)
          yield* Console.log(`No device is active; taking ${device?.name}`)
          yield* start(device?.id ?? undefined)
        })
    )
  )
  yield* Console.log(`Plays ${yield* nowPlaying}`)

  yield* Player.addToQueue({ uri: `spotify:track:${track}` })
  const { queue } = yield* Player.queue()
  yield* Console.log(`Then ${queue.length > 0 ? queue[0]?.name : "nothing"}`)

  yield* Player.seek({ position_ms: 30_000 })
  yield* Player.volume({ volume_percent: 40 })
  yield* Player.pause()
  const state = yield* Player.state()
  yield* Console.log(Option.match(state, {
    onNone: () => "nothing",
    onSome: ({ device, is_playing }) =>
      `${is_playing ? "Playing" : "Paused"} on ${device?.name} at volume ${device?.volume_percent}`
  }))
}).pipe(
  Effect.provide(Guide.asUser(Scope.required(Player.state, Player.play), { activeDevice: false }))
)

Guide.run(import.meta.url, program)
