/**
 * The player: devices, what is playing, the queue and what was played.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Schema from "effect/Schema"
import { CursorPage } from "../endpoint/Page.js"
import * as Shape from "../endpoint/schema.js"
import { ExternalUrls } from "./Common.js"
import type { Episode, TrackShapedEpisode } from "./Episode.js"
import { isEpisode, isLocalTrack, isTrack, Item } from "./Item.js"
import type { UnknownItem } from "./Item.js"
import { PartialTrack } from "./Track.js"
import type { LocalTrack, Track } from "./Track.js"

const device = Schema.Struct({
  id: Shape.nullish(Schema.String),
  is_active: Schema.Boolean,
  is_private_session: Shape.nullish(Schema.Boolean),
  is_restricted: Shape.nullish(Schema.Boolean),
  name: Schema.String,
  supports_volume: Shape.nullish(Schema.Boolean),
  type: Schema.String,
  volume_percent: Shape.nullish(Schema.Number)
}).annotations({ identifier: "Device" })

/**
 * A device that can play. `id` is null for a device that can't be chosen; `volume_percent` is 0 to 100.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-a-users-available-devices
 *
 * @since 0.1.0
 * @category models
 */
export interface Device extends Schema.Schema.Type<typeof device> {}

/**
 * The schema of {@link Device}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Device: Schema.Schema<Device> = device

const devices = Schema.Struct({
  devices: Schema.Array(Device)
}).annotations({ identifier: "Devices" })

/**
 * The devices on which the user can play now.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-a-users-available-devices
 *
 * @since 0.1.0
 * @category models
 */
export interface Devices extends Schema.Schema.Type<typeof devices> {}

/**
 * The schema of {@link Devices}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Devices: Schema.Schema<Devices> = devices

const context = Schema.Struct({
  external_urls: Shape.nullish(ExternalUrls),
  href: Shape.nullish(Schema.String),
  type: Shape.open("album", "artist", "playlist", "show", "collection"),
  uri: Schema.String
}).annotations({ identifier: "Context" })

/**
 * What the playing item is taken from; `collection` is the user's liked songs.
 *
 * @since 0.1.0
 * @category models
 */
export interface Context extends Schema.Schema.Type<typeof context> {}

/**
 * The schema of {@link Context}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Context: Schema.Schema<Context> = context

const disallows = Schema.Struct({
  interrupting_playback: Shape.nullish(Schema.Boolean),
  pausing: Shape.nullish(Schema.Boolean),
  resuming: Shape.nullish(Schema.Boolean),
  seeking: Shape.nullish(Schema.Boolean),
  skipping_next: Shape.nullish(Schema.Boolean),
  skipping_prev: Shape.nullish(Schema.Boolean),
  toggling_repeat_context: Shape.nullish(Schema.Boolean),
  toggling_repeat_track: Shape.nullish(Schema.Boolean),
  toggling_shuffle: Shape.nullish(Schema.Boolean),
  transferring_playback: Shape.nullish(Schema.Boolean)
}).annotations({ identifier: "Disallows" })

/**
 * Commands that the player refuses now; a command that is not listed is allowed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Disallows extends Schema.Schema.Type<typeof disallows> {}

/**
 * The schema of {@link Disallows}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Disallows: Schema.Schema<Disallows> = disallows

const actions = Schema.Struct({
  disallows: Shape.nullish(Disallows)
}).annotations({ identifier: "Actions" })

/**
 * Which commands the player refuses now. The reference shows the flags without the `disallows` around them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Actions extends Schema.Schema.Type<typeof actions> {}

/**
 * The schema of {@link Actions}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Actions: Schema.Schema<Actions> = actions

const playing_ = {
  actions: Shape.nullish(Actions),
  context: Shape.nullish(Context),
  currently_playing_type: Shape.nullish(Shape.open("track", "episode", "ad", "unknown")),
  is_playing: Schema.Boolean,
  item: Shape.nullish(Item),
  progress_ms: Shape.nullish(Schema.Number),
  timestamp: Shape.nullish(Schema.Number)
}

const currentlyPlaying = Schema.Struct(playing_).annotations({ identifier: "CurrentlyPlaying" })

/**
 * What is playing, read best with {@link playing}. `progress_ms` is in milliseconds, `timestamp` in Unix milliseconds.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-the-users-currently-playing-track
 *
 * @since 0.1.0
 * @category models
 */
export interface CurrentlyPlaying extends Schema.Schema.Type<typeof currentlyPlaying> {}

/**
 * The schema of {@link CurrentlyPlaying}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const CurrentlyPlaying: Schema.Schema<CurrentlyPlaying> = currentlyPlaying

const playbackState = Schema.Struct({
  ...playing_,
  device: Shape.nullable(Device),
  repeat_state: Shape.open("off", "track", "context"),
  shuffle_state: Schema.Boolean,
  smart_shuffle: Shape.nullish(Schema.Boolean)
}).annotations({ identifier: "PlaybackState" })

/**
 * What is playing, where and how, read best with {@link playing}.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-information-about-the-users-current-playback
 *
 * @since 0.1.0
 * @category models
 */
export interface PlaybackState extends Schema.Schema.Type<typeof playbackState> {}

/**
 * The schema of {@link PlaybackState}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PlaybackState: Schema.Schema<PlaybackState> = playbackState

const queue = Schema.Struct({
  currently_playing: Shape.nullish(Item),
  queue: Schema.Array(Item)
}).annotations({ identifier: "Queue" })

/**
 * What is playing and what comes next.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-queue
 *
 * @since 0.1.0
 * @category models
 */
export interface Queue extends Schema.Schema.Type<typeof queue> {}

/**
 * The schema of {@link Queue}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Queue: Schema.Schema<Queue> = queue

const playHistory = Schema.Struct({
  context: Shape.nullish(Context),
  played_at: Schema.String,
  track: PartialTrack
}).annotations({ identifier: "PlayHistory" })

/**
 * A track that the user played, when (ISO 8601), and from where.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-recently-played
 *
 * @since 0.1.0
 * @category models
 */
export interface PlayHistory extends Schema.Schema.Type<typeof playHistory> {}

/**
 * The schema of {@link PlayHistory}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PlayHistory: Schema.Schema<PlayHistory> = playHistory

/**
 * A page of the tracks that the user played last.
 *
 * Source: https://developer.spotify.com/documentation/web-api/reference/get-recently-played
 *
 * @since 0.1.0
 * @category pages
 */
export const RecentlyPlayedPage: Schema.Schema<CursorPage<PlayHistory>> = CursorPage(PlayHistory)

/**
 * What the player plays.
 *
 * - `Track`: a track of Spotify's catalogue
 * - `Local`: a file on the user's own device
 * - `Episode`: an episode of a show
 * - `Advertisement`: an advertisement, about which Spotify tells nothing
 * - `Nothing`: nothing
 * - `Unknown`: something that Spotify does not describe (`value` is null), or that this version does not know
 *
 * @since 0.1.0
 * @category models
 */
export type Playing = Data.TaggedEnum<{
  Track: { readonly track: Track }
  Local: { readonly track: LocalTrack }
  Episode: { readonly episode: Episode | TrackShapedEpisode }
  Advertisement: {}
  Nothing: {}
  Unknown: { readonly type: string; readonly value: UnknownItem | null }
}>

/**
 * Makes and matches {@link Playing}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Playing: Data.TaggedEnum.Constructor<Playing> = Data.taggedEnum<Playing>()

const unseen = (type: string, isPlaying: boolean): Playing => {
  if (type === "ad") return Playing.Advertisement()
  const named = type !== "unknown" && type !== ""
  return named || isPlaying ? Playing.Unknown({ type, value: null }) : Playing.Nothing()
}

/**
 * What a player plays or has paused. An episode is `Unknown` unless episodes were asked for with `additional_types`.
 *
 * @example
 * ```ts
 * import * as Player from "effect-spotify/model/Player"
 *
 * const label = (state: Player.PlaybackState) =>
 *   Player.Playing.$match(Player.playing(state), {
 *     Track: ({ track }) => track.name,
 *     Local: ({ track }) => `${track.name} (local file)`,
 *     Episode: ({ episode }) => episode.name,
 *     Advertisement: () => "(advertisement)",
 *     Nothing: () => "(nothing)",
 *     Unknown: ({ type }) => `(${type})`
 *   })
 * ```
 *
 * @since 0.1.0
 * @category getters
 */
export const playing = (state: CurrentlyPlaying | PlaybackState): Playing => {
  const { item } = state
  const type = state.currently_playing_type?.toLowerCase() ?? ""
  if (item === null || item === undefined) return unseen(type, state.is_playing)
  if (isTrack(item)) return Playing.Track({ track: item })
  if (isLocalTrack(item)) return Playing.Local({ track: item })
  if (isEpisode(item)) return Playing.Episode({ episode: item })
  return Playing.Unknown({ type, value: item })
}
