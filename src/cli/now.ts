import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { printable } from "../core/text.js"
import { isEpisode, isLocalTrack, isTrack } from "../model/Item.js"
import type { CurrentlyPlaying } from "../model/Player.js"
import * as Player from "../operations/Player.js"
import { about } from "./about.js"
import * as output from "./output.js"
import { asJson, flags, layer, settings } from "./settings.js"
import * as text from "./text.js"

const clock = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const rest = String(seconds % 60).padStart(2, "0")
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, "0")}:${rest}`
}

const nameOf = (item: NonNullable<CurrentlyPlaying["item"]>): string =>
  typeof item.name === "string" && item.name !== "" ? item.name : "something without a name"

const makerOf = (item: NonNullable<CurrentlyPlaying["item"]>): string | undefined => {
  if (isTrack(item) || isLocalTrack(item)) return item.artists?.map(({ name }) => name).join(", ")
  return isEpisode(item) && "show" in item ? item.show?.name : undefined
}

const line = (playing: Option.Option<CurrentlyPlaying>): string => {
  if (Option.isNone(playing)) return "Nothing is playing"
  const { currently_playing_type, is_playing, item, progress_ms } = playing.value
  if (item === null || item === undefined) {
    return currently_playing_type === "ad" ? "An advertisement is playing" : "Something is playing that can't be told"
  }
  const times = [progress_ms, "duration_ms" in item ? item.duration_ms : undefined]
    .flatMap((time) => typeof time === "number" ? [clock(time)] : [])
  const maker = makerOf(item)
  return `${is_playing ? "▶" : "⏸"} ${text.bold(printable(nameOf(item)))}` +
    `${maker === undefined || maker === "" ? "" : ` by ${printable(maker)}`} ${text.dim(times.join(" of "))}`.trimEnd()
}

/** What changes of these is another line. */
const told = new Set(["Started", "Activated", "Deactivated", "ItemChanged", "Resumed", "Paused", "Seeked"])

const stateOf = Stream.filterMap((change: Stream.Stream.Success<ReturnType<typeof Player.changes>>) =>
  told.has(change._tag)
    ? Option.some(
      change._tag === "Started"
        ? change.state
        : change._tag === "Deactivated"
        ? Option.none<CurrentlyPlaying>()
        : Option.some<CurrentlyPlaying>(change.state)
    )
    : Option.none()
)

export const now = Command.make("now", {
  ...flags,
  json: asJson,
  watch: Options.boolean("watch").pipe(Options.withDescription("Go on, with a line for each change, until Ctrl-C"))
}, ({ json, watch, ...flags }) =>
  Effect.gen(function*() {
    const print = (playing: Option.Option<CurrentlyPlaying>) =>
      json
        ? output.json(Option.getOrNull(playing), watch ? "line" : "indented")
        : Console.log(line(playing))
    const run = watch
      ? Stream.runForEach(stateOf(Player.changes()), print)
      : Effect.flatMap(Player.currentlyPlaying({ additional_types: ["track", "episode"] }), print)
    yield* Effect.provide(run, layer(yield* settings(flags)))
  })).pipe(Command.withDescription(about.now))
