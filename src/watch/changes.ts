/**
 * Playback as a stream of events, by polling: the state is looked at with an adaptive interval (sooner where an item is
 * about to end, with exponential backoff while nothing plays), and two looks in a row are compared.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { SpotifyClient, withPriority } from "../client/SpotifyClient.js"
import { aDuration, aText, checkOptions } from "../core/input.js"
import { of as checks } from "../core/options.js"
import type { InvalidInput, SpotifyError } from "../core/SpotifyError.js"
import { monotonic, sleep } from "../core/time.js"
import type { Endpoint } from "../endpoint/Endpoint.js"
import type { PlaybackState } from "../model/Player.js"
import { type Options, PlayerChange } from "./PlayerChange.js"

interface Look {
  readonly state: Option.Option<PlaybackState>
  /** On the clock that nobody sets. */
  readonly at: number
}

interface Watch {
  readonly previous: Look | undefined
  /** How many looks in a row have seen no change. */
  readonly quiet: number
  /** How long to wait before the next look, in milliseconds. */
  readonly wait: number
}

// Progress is only as exact as the way to the device and back.
const tolerance = 2000

// Right at its end an item may still be the one that plays.
const afterEnd = 500

const keyOf = ({ currently_playing_type, item }: PlaybackState): unknown =>
  item?.uri ?? currently_playing_type?.toLowerCase()

const durationOf = ({ item }: PlaybackState): number | undefined =>
  Predicate.hasProperty(item, "duration_ms") && Predicate.isNumber(item.duration_ms) ? item.duration_ms : undefined

const compare = (previous: PlaybackState, state: PlaybackState, elapsed: number): ReadonlyArray<PlayerChange> => {
  const seen = { state, previous }
  const changes: Array<PlayerChange> = []
  const isSameDevice = previous.device?.id === state.device?.id && previous.device?.name === state.device?.name
  if (!isSameDevice) changes.push(PlayerChange.DeviceChanged(seen))
  if (previous.context?.uri !== state.context?.uri) changes.push(PlayerChange.ContextChanged(seen))

  const before = previous.progress_ms ?? undefined
  const to_ms = state.progress_ms ?? undefined
  const played = (before ?? 0) + elapsed
  const isOver = previous.is_playing && played >= (durationOf(previous) ?? Infinity) - tolerance
  const isAgain = isOver && before !== undefined && to_ms !== undefined && to_ms < before
  const isOther = keyOf(previous) !== keyOf(state) || isAgain
  if (isOther) changes.push(PlayerChange.ItemChanged(seen))

  if (previous.is_playing !== state.is_playing) {
    changes.push(state.is_playing ? PlayerChange.Resumed(seen) : PlayerChange.Paused(seen))
  }

  if (!isOther && before !== undefined && to_ms !== undefined) {
    // Where it was paused or resumed in between, nobody knows when.
    const earliest = previous.is_playing && state.is_playing ? played : before
    const latest = previous.is_playing || state.is_playing ? played : before
    if (to_ms < earliest - tolerance || to_ms > latest + tolerance) {
      changes.push(PlayerChange.Seeked({ ...seen, from_ms: previous.is_playing ? played : before, to_ms }))
    }
  }
  if (isSameDevice && previous.device?.volume_percent !== state.device?.volume_percent) {
    changes.push(PlayerChange.VolumeChanged(seen))
  }
  if (previous.shuffle_state !== state.shuffle_state) changes.push(PlayerChange.ShuffleChanged(seen))
  if (previous.repeat_state !== state.repeat_state) changes.push(PlayerChange.RepeatChanged(seen))
  return changes
}

const changesBetween = (previous: Look | undefined, { at, state }: Look): ReadonlyArray<PlayerChange> => {
  if (previous === undefined) return [PlayerChange.Started({ state })]
  if (Option.isNone(previous.state)) {
    return Option.isNone(state) ? [] : [PlayerChange.Activated({ state: state.value })]
  }
  return Option.isNone(state)
    ? [PlayerChange.Deactivated({ previous: previous.state.value })]
    : compare(previous.state.value, state.value, at - previous.at)
}

interface Times {
  readonly interval: number
  readonly idle: number
  readonly shortest: number
}

const { millis } = checks("Player.changes")

const timesOf = (options: Options): Either.Either<Times, InvalidInput> =>
  Either.all({
    interval: millis("interval", options.interval ?? "5 seconds"),
    idle: millis("idleInterval", options.idleInterval ?? "30 seconds"),
    shortest: millis("minInterval", options.minInterval ?? "1 second")
  })

/** The operation that tells the state of playback. */
type State = Endpoint<
  [options: { readonly additional_types: ReadonlyArray<"track" | "episode">; readonly market?: string }],
  Option.Option<PlaybackState>
>

export const changes =
  (look: State) => (options: Options = {}): Stream.Stream<PlayerChange, SpotifyError, SpotifyClient> =>
    Stream.unwrap(
      Effect.map(
        Effect.zipRight(checkOptions("Player.changes", allowed, options), Effect.suspend(() => timesOf(options))),
        (times) => watch(look, options.market, times)
      )
    )

const allowed = { interval: aDuration, idleInterval: aDuration, minInterval: aDuration, market: aText }

const watch = (
  look: State,
  market: string | undefined,
  { idle, interval, shortest }: Times
): Stream.Stream<PlayerChange, SpotifyError, SpotifyClient> => {
  const now = Effect.zipWith(
    withPriority(
      look({ additional_types: ["track", "episode"], ...(market === undefined ? {} : { market }) }),
      "background"
    ),
    Effect.clock,
    (state, clock): Look => ({ state, at: monotonic(clock) })
  )

  const waitFor = ({ state }: Look, quiet: number): number => {
    if (Option.isNone(state) || !state.value.is_playing) {
      return Math.min(interval * 2 ** quiet, Math.max(interval, idle))
    }
    const { progress_ms } = state.value
    const duration = durationOf(state.value)
    return duration === undefined || progress_ms === undefined || progress_ms === null
      ? interval
      : Math.min(interval, Math.max(0, duration - progress_ms) + afterEnd)
  }

  const start: Watch = { previous: undefined, quiet: 0, wait: 0 }
  return Stream.paginateChunkEffect(
    start,
    ({ previous, quiet, wait }) =>
      Effect.map(Effect.zipRight(sleep(wait), now), (look) => {
        const changes = changesBetween(previous, look)
        const unchanged = changes.length === 0 ? quiet + 1 : 0
        const next: Watch = {
          previous: look,
          quiet: unchanged,
          wait: Math.max(shortest, waitFor(look, unchanged))
        }
        return [Chunk.unsafeFromArray(changes), Option.some(next)]
      })
  )
}
