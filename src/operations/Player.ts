/**
 * The player: what plays, where, and commands to it.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as SpotifyId from "../core/SpotifyId.js"
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Param from "../endpoint/parameters.js"
import { CurrentlyPlaying, Devices, PlaybackState, Queue, RecentlyPlayedPage } from "../model/Player.js"
import * as internal from "../watch/changes.js"

/**
 * The models of the player, and `playing`, which tells what plays.
 *
 * @since 0.1.0
 * @category models
 */
export * from "../model/Player.js"

const onDevice = {
  /** The id of the device that is meant, as `Player.devices` gives it; the active one unless said. */
  device_id: Schema.optional(Param.text)
}

const playable = ["track", "episode"] as const

/**
 * Gives what plays, on which device and how; none where nothing is active. Name `episode` in `additional_types` to get
 * episodes as such.
 *
 * Scopes: `user-read-playback-state`.
 *
 * @example
 * ```ts
 * import { Effect, Option } from "effect"
 * import { Player } from "effect-spotify"
 *
 * const playing = Player.state({ additional_types: ["track", "episode"] }).pipe(Effect.map(Option.map(Player.playing)))
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-information-about-the-users-current-playback
 * @since 0.1.0
 * @category operations
 */
export const state = Endpoint.makeOption("Player.state", {
  operationId: "get-information-about-the-users-current-playback",
  method: "GET",
  path: "/me/player",
  query: Param.all(Param.market, Param.additionalTypes),
  scopes: ["user-read-playback-state"],
  success: PlaybackState
})

/**
 * Gives what plays, without the device; none where nothing is active.
 *
 * Scopes: `user-read-currently-playing`.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const playing = Player.currentlyPlaying({ additional_types: ["track", "episode"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-the-users-currently-playing-track
 * @since 0.1.0
 * @category operations
 */
export const currentlyPlaying = Endpoint.makeOption("Player.currentlyPlaying", {
  operationId: "get-the-users-currently-playing-track",
  method: "GET",
  path: "/me/player/currently-playing",
  query: Param.all(Param.market, Param.additionalTypes),
  scopes: ["user-read-currently-playing"],
  success: CurrentlyPlaying
})

/**
 * Lists the devices that can play now.
 *
 * Scopes: `user-read-playback-state`.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const devices = Player.devices()
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-a-users-available-devices
 * @since 0.1.0
 * @category operations
 */
export const devices = Endpoint.make("Player.devices", {
  operationId: "get-a-users-available-devices",
  method: "GET",
  path: "/me/player/devices",
  scopes: ["user-read-playback-state"],
  success: Devices
})

/**
 * Moves playback to another device; `play` starts it there, else it goes on as it was. Spotify takes one device.
 *
 * Scopes: `user-modify-playback-state`.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const moved = Player.transfer({ device_ids: ["0d1841b0976bae2a3a310dd74c0f3df354899bc8"], play: true })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/transfer-a-users-playback
 * @since 0.1.0
 * @category operations
 */
export const transfer = Endpoint.command("Player.transfer", {
  operationId: "transfer-a-users-playback",
  method: "PUT",
  path: "/me/player",
  body: {
    /** The id of the device that takes over, in a list of one. */
    device_ids: Param.textArray([1, 1], "a list with a device's id"),
    /** Whether it plays there in any case; as it was before unless said. */
    play: Schema.optional(Param.boolean)
  },
  scopes: ["user-modify-playback-state"]
})

/**
 * What to play: a context, a list of items, or (with neither) what was paused. `offset` is where in it to start, and
 * `position_ms` where in the item.
 *
 * @since 0.1.0
 * @category models
 */
export type PlayOptions =
  & {
    /** The id of the device that is meant, as `Player.devices` gives it; the active one unless said. */
    readonly device_id?: string | undefined
    /** Where to start in the album, playlist or show, or in `uris`: a place counted from 0, or the URI of an item. */
    readonly offset?: { readonly position: number } | { readonly uri: string } | undefined
    /** Where to start in the item, in milliseconds from 0. */
    readonly position_ms?: number | undefined
  }
  & (
    | {
      /** The URI or link of an album, artist, playlist, show or audiobook, or of the user's saved tracks. */
      readonly context_uri?: string | undefined
      readonly uris?: undefined
    }
    | {
      readonly context_uri?: undefined
      /** URIs or links of tracks and episodes, played in this order: 1 or more. */
      readonly uris: ReadonlyArray<string>
    }
  )

/**
 * Starts an album, an artist, a playlist, a show or a list of items, or goes on with what was paused.
 *
 * Scopes: `user-modify-playback-state`. The user needs Premium.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const started = Player.play({ context_uri: "spotify:album:1Je1IMUlBXcx1Fz0WE7oPT", offset: { position: 5 } })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/start-a-users-playback
 * @since 0.1.0
 * @category operations
 */
export const play: Endpoint.Endpoint<[options?: PlayOptions], void> = Endpoint.command("Player.play", {
  operationId: "start-a-users-playback",
  method: "PUT",
  path: "/me/player/play",
  query: onDevice,
  body: {
    // The user's saved tracks have a URI of their own kind, which is no thing's and has no id.
    context_uri: Schema.optional(
      Param.uri(
        ["album", "artist", "playlist", "show", "audiobook"],
        /^spotify:(?:user:[^\s:]+:)?collection(?::[a-z-]+)?$/
      )
    ),
    uris: Schema.optional(Param.uriArray(playable, [1, Infinity])),
    offset: Schema.optional(Param.offsetInContext(playable)),
    position_ms: Schema.optional(Param.integer(0))
  },
  check: ({ context_uri, offset, uris }) =>
    context_uri !== undefined && uris !== undefined
      ? { field: "uris", expected: "absent where context_uri is given" }
      : offset !== undefined && SpotifyId.idOrUndefined("artist", context_uri ?? "") !== undefined
      ? { field: "offset", expected: "absent where context_uri is an artist, who has no order" }
      : undefined,
  scopes: ["user-modify-playback-state"]
})

/**
 * Pauses.
 *
 * Scopes: `user-modify-playback-state`. The user needs Premium.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const paused = Player.pause()
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/pause-a-users-playback
 * @since 0.1.0
 * @category operations
 */
export const pause = Endpoint.command("Player.pause", {
  operationId: "pause-a-users-playback",
  method: "PUT",
  path: "/me/player/pause",
  query: onDevice,
  scopes: ["user-modify-playback-state"]
})

/**
 * Skips to the next item. It is never sent twice on a doubt.
 *
 * Scopes: `user-modify-playback-state`. The user needs Premium.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const skipped = Player.next()
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/skip-users-playback-to-next-track
 * @since 0.1.0
 * @category operations
 */
export const next = Endpoint.command("Player.next", {
  operationId: "skip-users-playback-to-next-track",
  method: "POST",
  path: "/me/player/next",
  query: onDevice,
  scopes: ["user-modify-playback-state"]
})

/**
 * Skips to the item before. It is never sent twice on a doubt.
 *
 * Scopes: `user-modify-playback-state`. The user needs Premium.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const skipped = Player.previous()
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/skip-users-playback-to-previous-track
 * @since 0.1.0
 * @category operations
 */
export const previous = Endpoint.command("Player.previous", {
  operationId: "skip-users-playback-to-previous-track",
  method: "POST",
  path: "/me/player/previous",
  query: onDevice,
  scopes: ["user-modify-playback-state"]
})

/**
 * Goes to a position in what plays; one beyond its end starts the next item.
 *
 * Scopes: `user-modify-playback-state`. The user needs Premium.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const sought = Player.seek({ position_ms: 25_000 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/seek-to-position-in-currently-playing-track
 * @since 0.1.0
 * @category operations
 */
export const seek = Endpoint.command("Player.seek", {
  operationId: "seek-to-position-in-currently-playing-track",
  method: "PUT",
  path: "/me/player/seek",
  query: Param.all({
    /** Where to go in the item, in milliseconds; beyond its end the next one plays. */
    position_ms: Param.integer(0)
  }, onDevice),
  scopes: ["user-modify-playback-state"]
})

/**
 * Repeats the track, the context or nothing.
 *
 * Scopes: `user-modify-playback-state`. The user needs Premium.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const repeating = Player.repeat({ state: "context" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/set-repeat-mode-on-users-playback
 * @since 0.1.0
 * @category operations
 */
export const repeat = Endpoint.command("Player.repeat", {
  operationId: "set-repeat-mode-on-users-playback",
  method: "PUT",
  path: "/me/player/repeat",
  query: Param.all({
    /** What is repeated: the track, the whole context, or nothing. */
    state: Param.oneOf("track", "context", "off")
  }, onDevice),
  scopes: ["user-modify-playback-state"]
})

/**
 * Sets the volume, 0 to 100 percent.
 *
 * Scopes: `user-modify-playback-state`. The user needs Premium.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const quieter = Player.volume({ volume_percent: 40 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/set-volume-for-users-playback
 * @since 0.1.0
 * @category operations
 */
export const volume = Endpoint.command("Player.volume", {
  operationId: "set-volume-for-users-playback",
  method: "PUT",
  path: "/me/player/volume",
  query: Param.all({
    /** The volume in percent. */
    volume_percent: Param.integer(0, 100)
  }, onDevice),
  scopes: ["user-modify-playback-state"]
})

/**
 * Turns shuffle on or off.
 *
 * Scopes: `user-modify-playback-state`. The user needs Premium.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const shuffled = Player.shuffle({ state: true })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/toggle-shuffle-for-users-playback
 * @since 0.1.0
 * @category operations
 */
export const shuffle = Endpoint.command("Player.shuffle", {
  operationId: "toggle-shuffle-for-users-playback",
  method: "PUT",
  path: "/me/player/shuffle",
  query: Param.all({
    /** Whether to play in a random order. */
    state: Param.boolean
  }, onDevice),
  scopes: ["user-modify-playback-state"]
})

/**
 * Gives a page of the tracks that were played last, without episodes. `after` and `before` are Unix times in milliseconds,
 * and only one of them may be given.
 *
 * Scopes: `user-read-recently-played`.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const page = Player.recentlyPlayed({ before: Date.parse("2026-11-01"), limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-recently-played
 * @since 0.1.0
 * @category operations
 */
export const recentlyPlayed = Endpoint.cursorPagedAt(
  Endpoint.make("Player.recentlyPlayed", {
    operationId: "get-recently-played",
    method: "GET",
    path: "/me/player/recently-played",
    query: Param.all(Param.limit(50), {
      /** What was played after this time, in Unix milliseconds; not beside `before`. */
      after: Schema.optional(Param.integer(0)),
      /** What was played before this time, in Unix milliseconds; not beside `after`. */
      before: Schema.optional(Param.integer(0))
    }),
    check: ({ after, before }) =>
      after === undefined || before === undefined
        ? undefined
        : { field: "before", expected: "absent where after is given" },
    scopes: ["user-read-recently-played"],
    success: RecentlyPlayedPage
  }),
  (page) => page
)

/**
 * Gives what plays and what comes after it.
 *
 * Scopes: `user-read-currently-playing`, `user-read-playback-state`.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const queue = Player.queue()
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-queue
 * @since 0.1.0
 * @category operations
 */
export const queue = Endpoint.make("Player.queue", {
  operationId: "get-queue",
  method: "GET",
  path: "/me/player/queue",
  scopes: ["user-read-currently-playing", "user-read-playback-state"],
  success: Queue
})

/**
 * Puts a track or an episode into the queue. It is never sent twice on a doubt.
 *
 * Scopes: `user-modify-playback-state`. The user needs Premium.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 *
 * const queued = Player.addToQueue({ uri: "spotify:track:4iV5W9uYEdYUVa79Axb7Rh" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/add-to-queue
 * @since 0.1.0
 * @category operations
 */
export const addToQueue = Endpoint.command("Player.addToQueue", {
  operationId: "add-to-queue",
  method: "POST",
  path: "/me/player/queue",
  query: Param.all({
    /** What to add. */
    uri: Param.uri(playable)
  }, onDevice),
  scopes: ["user-modify-playback-state"]
})

/**
 * Watches playback: what there is, and then what changes in it (item, play and pause, device, seek, volume, …), as a
 * stream of `PlayerChange`.
 *
 * Spotify tells nobody of changes, so it looks: every 5 seconds while something plays and right after an item's end, ever
 * more rarely (up to 30 seconds) while nothing does; all of that can be set. Its looks are background calls: they wait
 * while interactive ones do, and keep to the client's pace. An error of a look ends the stream.
 *
 * Scopes: `user-read-playback-state`.
 *
 * @example
 * ```ts
 * import { Console, Effect, Stream } from "effect"
 * import { Player, PlayerChange } from "effect-spotify"
 *
 * const program = Player.changes().pipe(
 *   Stream.runForEach(PlayerChange.PlayerChange.$match({
 *     Started: () => Effect.void,
 *     ItemChanged: ({ state }) => Console.log(`now ${state.item?.name}`),
 *     Paused: () => Console.log("paused"),
 *     Resumed: () => Console.log("goes on"),
 *     Seeked: ({ to_ms }) => Console.log(`jumped to ${to_ms / 1000} s`),
 *     DeviceChanged: ({ state }) => Console.log(`on ${state.device?.name}`),
 *     Activated: () => Effect.void,
 *     Deactivated: () => Console.log("nothing plays"),
 *     ContextChanged: () => Effect.void,
 *     VolumeChanged: () => Effect.void,
 *     ShuffleChanged: () => Effect.void,
 *     RepeatChanged: () => Effect.void
 *   }))
 * )
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-information-about-the-users-current-playback
 * @since 0.1.0
 * @category watching
 */
export const changes = internal.changes(state)
