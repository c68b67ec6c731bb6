import * as Either from "effect/Either"
import type { UserCall } from "../call.js"
import { body, cursorLink, number, pathOf, required, strings } from "../call.js"
import * as Catalogue from "../catalogue.js"
import { apiOrigin, empty, fail, isObject, json } from "../http.js"
import type { Json, JsonObject, Reply, Result } from "../http.js"
import type { Device, Player } from "../player.js"
import { playable, wantsEpisodes } from "./playable.js"

/** A success has a body that is no JSON and means nothing. */
const done = (call: UserCall): Reply => ({
  status: 200,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: `GpqtUNZroN-${(call.now % 1e9).toString(36)}_x7`
})

const restricted = fail(403, "Player command failed: Restriction violated", "UNKNOWN")

const device = (player: Player, device: Device): JsonObject => ({
  ...device,
  is_active: device.id === player.active,
  is_private_session: false,
  is_restricted: false
})

/** The player at this moment, on the device that the request names or the active one. */
const target = (call: UserCall): Result<Player> => {
  const { player, profile } = call.user
  const wanted = call.query.get("device_id")
  player.advance(call.now)
  if (profile.product !== "premium") {
    return fail(403, "Player command failed: Premium required", "PREMIUM_REQUIRED")
  }
  if (wanted !== null) {
    if (!player.devices.some((device) => device.id === wanted)) return fail(404, "Device not found")
    player.active = wanted
  }
  return player.active === undefined
    ? fail(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE")
    : Either.right(player)
}

/** Without `additional_types` an episode that plays is no item at all. */
const current = (call: UserCall, player: Player): Json =>
  player.current === undefined || player.current.startsWith("spotify:episode:") && !wantsEpisodes(call)
    ? null
    : playable(call, player.current)

const context = (uri: string | null): Json => {
  if (uri === null) return null
  const [, kind = "", id = ""] = uri.split(":")
  return {
    external_urls: { spotify: `https://open.spotify.com/${kind}/${id}` },
    href: kind === "collection" ? `${apiOrigin}/v1/me/tracks` : `${apiOrigin}/v1/${kind}s/${id}`,
    type: kind,
    uri
  }
}

const playing = (call: UserCall, player: Player): JsonObject => ({
  actions: { disallows: player.playing ? { resuming: true } : { pausing: true } },
  context: context(player.context),
  currently_playing_type: player.current?.split(":")[1] ?? "unknown",
  is_playing: player.playing,
  item: current(call, player),
  progress_ms: player.progressAt(call.now),
  timestamp: call.now
})

export const state = (call: UserCall): Result<Reply> => {
  const { player } = call.user
  player.advance(call.now)
  const active = player.devices.find((device) => device.id === player.active)
  return Either.right(
    player.current === undefined || active === undefined
      ? empty(204)
      : json({
        device: device(player, active),
        repeat_state: player.repeat,
        shuffle_state: player.shuffle,
        smart_shuffle: false,
        ...playing(call, player)
      })
  )
}

export const currentlyPlaying = (call: UserCall): Result<Reply> => {
  const { player } = call.user
  player.advance(call.now)
  return Either.right(player.current === undefined ? empty(204) : json(playing(call, player)))
}

export const devices = (call: UserCall): Result<Reply> => {
  const { player } = call.user
  return Either.right(json({ devices: player.devices.map((each) => device(player, each)) }))
}

export const queue = (call: UserCall): Result<Reply> => {
  const { player } = call.user
  player.advance(call.now)
  return Either.right(json({
    currently_playing: playable(call, player.current ?? null, true),
    queue: player.upcoming(20).map((uri) => playable(call, uri, true))
  }))
}

/** What is in a context, in order. */
const itemsOf = (call: UserCall, uri: string): ReadonlyArray<string> | undefined => {
  const [, kind, id = ""] = uri.split(":")
  if (kind === "playlist") {
    return call.world.playlists.get(id)?.entries.flatMap((entry) => entry.uri === null ? [] : [entry.uri])
  }
  if (kind !== "album" && kind !== "artist" && kind !== "show") return undefined
  const { own } = call.world
  const n = Catalogue.indexOf(own, kind, id)
  if (n === undefined) return undefined
  return kind === "show"
    ? Catalogue.episodesOfShow(n).map((episode) => Catalogue.uri("episode", episode))
    : (kind === "album" ? [n] : Catalogue.albumsOfArtist(own, n))
      .flatMap((album) => Catalogue.tracksOfAlbum(own, album))
      .map((track) => Catalogue.uriOf(own, "track", track))
}

const startAt = (offset: Json | undefined, list: ReadonlyArray<string>): Result<number> => {
  if (!isObject(offset)) return Either.right(0)
  const { position, uri } = offset
  const index = typeof uri === "string" ? list.indexOf(uri) : typeof position === "number" ? position : 0
  return index >= 0 && index < list.length ? Either.right(index) : fail(400, "Invalid offset")
}

export const play = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const player = yield* target(call)
    const values = yield* body(call)
    const contextUri = values["context_uri"]
    const uris = strings(values["uris"])
    const progress = typeof values["position_ms"] === "number" ? values["position_ms"] : 0
    if (contextUri === undefined && values["uris"] === undefined) {
      if (player.playing) return yield* restricted
      if (player.current === undefined) {
        // With nothing to resume, the saved tracks play.
        const saved = call.user.saved.track.map(({ id }) => `spotify:track:${id}`)
        if (saved.length === 0) return yield* restricted
        player.play(`spotify:user:${call.user.profile.id}:collection`, saved, 0, 0, call.now)
      } else {
        player.resume(call.now)
      }
      return done(call)
    }
    const list = typeof contextUri === "string" ? itemsOf(call, contextUri) : uris
    if (list === undefined) {
      return yield* (contextUri === undefined ? fail(400, "Invalid uris") : fail(404, "Context not found"))
    }
    if (list.length === 0) return yield* fail(400, "No uris provided")
    const position = yield* startAt(values["offset"], list)
    player.play(typeof contextUri === "string" ? contextUri : null, list, position, progress, call.now)
    return done(call)
  })

const command = (run: (player: Player, call: UserCall) => Result<void>) => (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    yield* run(yield* target(call), call)
    return done(call)
  })

export const pause = command((player, call) => {
  if (!player.playing) return restricted
  player.pause(call.now)
  return Either.void
})

export const next = command((player, call) => {
  if (player.current === undefined) return restricted
  player.skip(call.now)
  return Either.void
})

export const previous = command((player, call) => {
  if (player.current === undefined) return restricted
  player.previous(call.now)
  return Either.void
})

export const seek = command((player, call) =>
  Either.gen(function*() {
    const position = yield* number(call, "position_ms", undefined, 0, Number.MAX_SAFE_INTEGER)
    if (player.current === undefined) return yield* restricted
    player.seek(position, call.now)
  })
)

export const repeat = command((player, call) =>
  Either.gen(function*() {
    const state = yield* required(call, "state")
    if (state !== "off" && state !== "context" && state !== "track") return yield* fail(400, "Invalid repeat state")
    player.repeat = state
  })
)

export const shuffle = command((player, call) =>
  Either.gen(function*() {
    const state = yield* required(call, "state")
    if (state !== "true" && state !== "false") return yield* fail(400, "Invalid shuffle state")
    player.shuffle = state === "true"
  })
)

export const volume = command((player, call) =>
  Either.gen(function*() {
    const percent = yield* number(call, "volume_percent", undefined, 0, 100)
    const active = player.devices.find((device) => device.id === player.active)
    if (active === undefined || !active.supports_volume) {
      return yield* fail(403, "Player command failed: Cannot control device volume", "VOLUME_CONTROL_DISALLOW")
    }
    active.volume_percent = percent
  })
)

export const enqueue = command((player, call) =>
  Either.gen(function*() {
    const uri = yield* required(call, "uri")
    const [, kind, id = ""] = uri.split(":")
    if (kind !== "track" && kind !== "episode") return yield* fail(400, "Invalid uri")
    if (Catalogue.indexOf(call.world.own, kind, id) === undefined) return yield* fail(404, "Resource not found")
    player.queue = [...player.queue, uri]
  })
)

export const transfer = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const { player } = call.user
    const values = yield* body(call)
    const [id, ...others] = strings(values["device_ids"]) ?? []
    if (id === undefined) return yield* fail(400, "Missing required field: device_ids")
    if (others.length > 0) return yield* fail(400, "Only one device can be active")
    if (!player.devices.some((device) => device.id === id)) return yield* fail(404, "Device not found")
    player.advance(call.now)
    player.active = id
    if (values["play"] === true && !player.playing && player.current !== undefined) player.resume(call.now)
    return done(call)
  })

/** Cursors are times in milliseconds: `before` goes back, `after` comes forward. */
export const recentlyPlayed = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    call.user.player.advance(call.now)
    const limit = yield* number(call, "limit", 20, 1, 50)
    if (call.query.has("after") && call.query.has("before")) {
      return yield* fail(400, "Only one of after and before may be given")
    }
    const after = yield* number(call, "after", -1, 0, Number.MAX_SAFE_INTEGER)
    const before = yield* number(call, "before", Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER)
    const candidates = call.user.player.history.filter(({ played_at }) => {
      const time = Date.parse(played_at)
      return time > after && time < before
    })
    const shown = after >= 0 ? candidates.slice(-limit) : candidates.slice(0, limit)
    const cursorOf = (play: (typeof shown)[number] | undefined) =>
      play === undefined ? null : String(Date.parse(play.played_at))
    const newest = cursorOf(shown[0])
    const oldest = cursorOf(shown.at(-1))
    const more = shown.length < candidates.length
    const query = new URLSearchParams({ limit: String(limit) })
    return json({
      href: cursorLink(pathOf(call), call.query, { limit }),
      items: shown.map(({ context: from, played_at, uri }) => ({
        track: playable(call, uri),
        played_at,
        context: context(from)
      })),
      limit,
      next: !more
        ? null
        : after >= 0
        ? cursorLink(pathOf(call), query, { after: newest ?? "" })
        : cursorLink(pathOf(call), query, { before: oldest ?? "" }),
      cursors: newest === null ? null : { after: newest, before: oldest }
    })
  })
