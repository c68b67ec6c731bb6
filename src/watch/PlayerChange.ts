/**
 * What changes in playback, as `Player.changes` tells it.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import type * as Option from "effect/Option"
import type { PlaybackState } from "../model/Player.js"

/**
 * A state of playback and the one that was seen before it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Seen {
  readonly state: PlaybackState
  readonly previous: PlaybackState
}

/**
 * Something changed in playback.
 *
 * - `Started`: what there is when watching begins; none where nothing is active
 * - `Activated`, `Deactivated`: there is playback again, or none any more
 * - `ItemChanged`: another item plays, or the same one from its start again
 * - `Seeked`: the item goes on at another place, `to_ms`, than where it would be by now, `from_ms`
 * - `Resumed`, `Paused`, `DeviceChanged`, `ContextChanged`, `VolumeChanged`, `ShuffleChanged`, `RepeatChanged`: as they say
 *
 * @since 0.1.0
 * @category models
 */
export type PlayerChange = Data.TaggedEnum<{
  Started: { readonly state: Option.Option<PlaybackState> }
  Activated: { readonly state: PlaybackState }
  Deactivated: { readonly previous: PlaybackState }
  DeviceChanged: Seen
  ContextChanged: Seen
  ItemChanged: Seen
  Resumed: Seen
  Paused: Seen
  Seeked: Seen & { readonly from_ms: number; readonly to_ms: number }
  VolumeChanged: Seen
  ShuffleChanged: Seen
  RepeatChanged: Seen
}>

/**
 * Makes and matches {@link PlayerChange}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const PlayerChange: Data.TaggedEnum.Constructor<PlayerChange> = Data.taggedEnum<PlayerChange>()

/**
 * How playback is watched. Times are longer than 0 and have an end.
 *
 * @since 0.1.0
 * @category options
 */
export interface Options {
  /** The longest time between two looks while something plays; 5 seconds. A look also follows the end of an item. */
  readonly interval?: Duration.DurationInput | undefined
  /** What that time grows to while nothing plays; 30 seconds. */
  readonly idleInterval?: Duration.DurationInput | undefined
  /** The shortest time between two looks; 1 second. */
  readonly minInterval?: Duration.DurationInput | undefined
  readonly market?: string | undefined
}
