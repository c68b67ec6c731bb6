/**
 * Watches playback: each change is a value, told when it is seen.
 *
 *   npx tsx examples/guides/watching.ts
 */
import { Console, Effect, Option, Stream } from "effect"
import { Player, type PlayerChange, Scope } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

/** Somebody else at the controls: what they do once a change was seen. */
const somebody = (change: PlayerChange.PlayerChange["_tag"]) => {
  switch (change) {
    case "Started":
      return Player.play({ uris: [FakeSpotify.uri("track", 0), FakeSpotify.uri("track", 1)] })
    case "Activated":
      return Player.next()
    case "ItemChanged":
      return Player.volume({ volume_percent: 30 })
    case "VolumeChanged":
      return Player.pause()
    default:
      return Effect.void
  }
}

export const program = Player.changes({ interval: "50 millis", minInterval: "20 millis", idleInterval: "50 millis" })
  .pipe(
    Stream.tap((change) => {
      switch (change._tag) {
        case "Started":
          return Console.log(Option.isSome(change.state) ? "There is a player" : "Nothing is active")
        case "ItemChanged":
          return Console.log(`Now plays ${change.state.item?.name}`)
        case "VolumeChanged":
          return Console.log(
            `Volume ${change.previous.device?.volume_percent} to ${change.state.device?.volume_percent}`
          )
        default:
          return Console.log(change._tag)
      }
    }),
    Stream.tap((change) => somebody(change._tag)),
    Stream.takeUntil((change) => change._tag === "Paused"),
    Stream.runDrain,
    Effect.provide(Guide.asUser(Scope.required(Player.state, Player.play)))
  )

Guide.run(import.meta.url, program)
