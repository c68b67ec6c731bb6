import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Call, UserCall } from "../call.js"
import { body, number, page, pageRequest, pathOf, replyPage, requireOneOf, strings } from "../call.js"
import * as Catalogue from "../catalogue.js"
import { filterFields } from "../fields.js"
import { apiOrigin, empty, fail, imageOrigin, isArray, isObject, json, notFound, parseJson } from "../http.js"
import type { Json, JsonObject, Reply, Result } from "../http.js"
import { change, editor, timestamp, versionSeen } from "../world.js"
import type { Playlist, PlaylistEntry } from "../world.js"
import { playable } from "./playable.js"
import { displayName, userReference } from "./users.js"

const owner = (call: Call, playlist: Playlist): JsonObject => ({
  ...userReference(playlist.owner),
  display_name: displayName(call.world, playlist.owner)
})

const covers = (playlist: Playlist): Json =>
  playlist.cover !== undefined
    ? [{ url: `${imageOrigin}/image/cover-${playlist.id}-${playlist.cover}`, height: null, width: null }]
    : playlist.entries.length === 0
    ? null
    : [{ url: `${imageOrigin}/image/${playlist.id}x640`, height: 640, width: 640 }]

const isOwn = (call: Call, playlist: Playlist): boolean => call.user?.profile.id === playlist.owner

const isCollaborator = (call: Call, playlist: Playlist): boolean =>
  playlist.collaborative && call.user !== undefined && playlist.followers.has(call.user.profile.id)

const maySee = (call: Call, playlist: Playlist): boolean =>
  playlist.public || isOwn(call, playlist) && call.scopes.has("playlist-read-private") ||
  isCollaborator(call, playlist)

/** Development Mode shows what is in a playlist to those alone who may change it. */
const mayReadItems = (call: Call, playlist: Playlist): boolean =>
  call.view.mode === "extended" || isOwn(call, playlist) || isCollaborator(call, playlist)

/** The one member of Development Mode, or both names for the same value. */
const both = (call: Call, now: string, before: string, value: (path: string) => Json): JsonObject =>
  call.view.mode === "development" ? { [now]: value(now) } : { [now]: value(now), [before]: value(before) }

const entriesSeen = (call: Call, playlist: Playlist): ReadonlyArray<PlaylistEntry> =>
  versionSeen(playlist, call.now, call.world.reading.entriesLag)?.entries ?? []

const base = (call: Call, playlist: Playlist): JsonObject => ({
  collaborative: playlist.collaborative,
  description: playlist.description,
  external_urls: { spotify: `https://open.spotify.com/playlist/${playlist.id}` },
  href: Catalogue.href("playlist", playlist.id),
  id: playlist.id,
  images: covers(playlist),
  name: playlist.name,
  owner: owner(call, playlist),
  primary_color: null,
  public: playlist.owner === editor ? null : playlist.public,
  snapshot_id: versionSeen(playlist, call.now, call.world.reading.snapshotLag)?.snapshot,
  type: "playlist",
  uri: `spotify:playlist:${playlist.id}`
})

export const simplifiedPlaylist = (call: Call, playlist: Playlist): JsonObject => ({
  ...base(call, playlist),
  ...(mayReadItems(call, playlist)
    ? both(call, "items", "tracks", (path) => ({
      href: `${apiOrigin}/v1/playlists/${playlist.id}/${path}`,
      total: entriesSeen(call, playlist).length
    }))
    : {})
})

/** What is shown for an entry: nothing where it can't be read, and with a market perhaps another copy of a track. */
const shown = ({ view, world }: Call, uri: string | null): string | null => {
  if (uri === null || world.reading.unreadable.has(uri)) return null
  return view.market === undefined ? uri : world.reading.relinked.get(uri) ?? uri
}

const content = (call: Call, uri: string | null): Json => {
  const item = playable(call, shown(call, uri))
  return isObject(item) && item["is_local"] !== true
    ? { ...item, episode: item["type"] === "episode", track: item["type"] === "track" }
    : item
}

const entry = (call: Call, { added_at, added_by, uri }: PlaylistEntry): JsonObject => {
  const item = content(call, uri)
  return {
    added_at,
    added_by: added_by === null ? null : userReference(added_by),
    is_local: uri?.startsWith("spotify:local:") ?? false,
    primary_color: null,
    item,
    track: call.view.mode === "extended" ? item : undefined,
    video_thumbnail: { url: null }
  }
}

const find = (call: Call): Result<Playlist> => {
  const id = call.params["playlist_id"] ?? ""
  if (!Catalogue.isId(id)) return fail(400, "invalid id")
  const playlist = call.world.playlists.get(id)
  return playlist === undefined || call.view.mode === "development" && playlist.owner === editor
    ? notFound
    : Either.right(playlist)
}

const readable = (call: Call): Result<Playlist> =>
  Either.flatMap(find(call), (playlist) => maySee(call, playlist) ? Either.right(playlist) : notFound)

/** The playlist, when the token may change it. */
const writable = (call: UserCall): Result<Playlist> =>
  Either.gen(function*() {
    const playlist = yield* find(call)
    yield* requireOneOf(call, [playlist.public ? "playlist-modify-public" : "playlist-modify-private"])
    return isOwn(call, playlist) || isCollaborator(call, playlist)
      ? playlist
      : yield* fail(403, "You cannot add tracks to a playlist you don't own.")
  })

const pageQuery = (call: Call): URLSearchParams => {
  const query = new URLSearchParams(call.query)
  query.delete("fields")
  return query
}

export const playlist = (call: Call): Result<Reply> =>
  Either.map(readable(call), (playlist) =>
    json(filterFields({
      ...base(call, playlist),
      followers: { href: null, total: playlist.followers.size },
      ...(mayReadItems(call, playlist)
        ? both(call, "items", "tracks", (path) =>
          page(
            entriesSeen(call, playlist),
            { limit: 100, offset: 0 },
            `/playlists/${playlist.id}/${path}`,
            pageQuery(call),
            (item) => entry(call, item)
          ))
        : {})
    }, call.query.get("fields"))))

const itemsUpTo = (max: number, visible: (call: Call, playlist: Playlist) => boolean) => (call: Call): Result<Reply> =>
  Either.gen(function*() {
    const playlist = yield* readable(call)
    if (!visible(call, playlist)) return yield* fail(403, "Forbidden")
    const request = yield* pageRequest(call, 20, max)
    return json(
      filterFields(
        page(entriesSeen(call, playlist), request, pathOf(call), call.query, (item) => entry(call, item)),
        call.query.get("fields")
      )
    )
  })

/** Only for playlists that one may change, in either mode. */
export const items = itemsUpTo(50, (call, playlist) => isOwn(call, playlist) || isCollaborator(call, playlist))
export const tracks = itemsUpTo(100, () => true)

const details = (value: JsonObject): Partial<Pick<Playlist, "name" | "description" | "public" | "collaborative">> => ({
  ...(typeof value["name"] === "string" ? { name: value["name"] } : {}),
  ...(typeof value["description"] === "string" ? { description: value["description"] } : {}),
  ...(typeof value["public"] === "boolean" ? { public: value["public"] } : {}),
  ...(typeof value["collaborative"] === "boolean" ? { collaborative: value["collaborative"] } : {})
})

export const changeDetails = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const playlist = yield* writable(call)
    const changes = details(yield* body(call))
    if (changes.collaborative === true && (changes.public ?? playlist.public)) {
      return yield* fail(400, "Collaborative playlists can only be private")
    }
    Object.assign(playlist, changes)
    return empty(200)
  })

const createFor = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const values = details(yield* body(call))
    if (values.name === undefined || values.name === "") return yield* fail(400, "Missing required field: name")
    const isPublic = values.public ?? true
    if (values.collaborative === true && isPublic) {
      return yield* fail(400, "Collaborative playlists can only be private")
    }
    yield* requireOneOf(call, [isPublic ? "playlist-modify-public" : "playlist-modify-private"])
    const created = call.world.add(call.user.profile.id, values)
    return json(
      {
        ...simplifiedPlaylist(call, created),
        followers: { href: null, total: 0 },
        ...both(call, "items", "tracks", (path) =>
          page([], { limit: 100, offset: 0 }, `/playlists/${created.id}/${path}`, new URLSearchParams(), () =>
            null))
      },
      201
    )
  })

export const create = createFor

export const createForUser = (call: UserCall): Result<Reply> =>
  call.params["user_id"] === call.user.profile.id
    ? createFor(call)
    : fail(403, "You cannot create a playlist for another user")

export const mine = (call: UserCall): Result<Reply> =>
  replyPage(call, call.world.playlistsOf(call.user.profile.id), (playlist) => simplifiedPlaylist(call, playlist))

export const ofUser = (call: Call): Result<Reply> => {
  const id = call.params["user_id"] ?? ""
  if (!call.world.users.has(id) && id !== editor) return notFound
  return replyPage(
    call,
    call.world.playlistsOf(id).filter((playlist) => maySee(call, playlist)),
    (playlist) => simplifiedPlaylist(call, playlist)
  )
}

/** The uris of the query or of the body, each of a track or an episode that exists. */
const newUris = (call: UserCall, values: JsonObject): Result<ReadonlyArray<string> | undefined> => {
  const uris = call.query.get("uris")?.split(",") ?? strings(values["uris"])
  if (uris === undefined) return Either.right(undefined)
  if (uris.length > 100) return fail(400, "You can add a maximum of 100 tracks per request.")
  for (const uri of uris) {
    const [scheme, kind, id = ""] = uri.split(":")
    if (scheme !== "spotify" || kind !== "track" && kind !== "episode" || !Catalogue.isId(id)) {
      return fail(400, `Invalid track uri: ${uri}`)
    }
    if (Catalogue.indexOf(call.world.own, kind, id) === undefined) {
      return fail(400, "Payload contains a non-existing ID")
    }
  }
  return Either.right(uris)
}

const newEntries = (call: UserCall, uris: ReadonlyArray<string>): ReadonlyArray<PlaylistEntry> =>
  uris.map((uri) => ({ uri, added_at: timestamp(call.now), added_by: call.user.profile.id }))

const integerIn = (values: JsonObject, name: string, fallback: number | undefined): Result<number> => {
  const value = values[name] ?? fallback
  return typeof value === "number" && Number.isInteger(value) && value >= 0
    ? Either.right(value)
    : fail(400, value === undefined ? `Missing required field: ${name}` : `Invalid ${name}`)
}

const knownSnapshot = (playlist: Playlist, values: JsonObject): Result<void> => {
  const snapshot = values["snapshot_id"]
  return snapshot === undefined || playlist.versions.some((known) => known.snapshot === snapshot)
    ? Either.void
    : fail(400, "Invalid snapshot id")
}

const changed = (
  call: Call,
  playlist: Playlist,
  entries: ReadonlyArray<PlaylistEntry>,
  status: number
): Reply => {
  playlist.entries = entries
  return json({ snapshot_id: change(playlist, call.now) }, status)
}

/** What a move counts its places in: the version that it names, where versions are told apart by when they are told. */
const entriesAt = (call: Call, playlist: Playlist, values: JsonObject): ReadonlyArray<PlaylistEntry> =>
  call.world.reading.snapshotLag === 0
    ? playlist.entries
    : playlist.versions.find(({ snapshot }) => snapshot === values["snapshot_id"])?.entries ?? playlist.entries

export const add = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const playlist = yield* writable(call)
    const values = yield* body(call)
    // Here, and nowhere else, Spotify takes a bare list too.
    const bare = Option.getOrUndefined(Option.map(parseJson(call.request.body), strings))
    const uris = yield* newUris(call, bare === undefined ? values : { uris: bare })
    if (uris === undefined || uris.length === 0) return yield* fail(400, "No uris provided")
    const { length } = playlist.entries
    const position = call.query.has("position")
      ? yield* number(call, "position", undefined, 0, Number.MAX_SAFE_INTEGER)
      : yield* integerIn(values, "position", length)
    if (position > length) return yield* fail(400, "Index out of bounds.")
    return changed(call, playlist, playlist.entries.toSpliced(position, 0, ...newEntries(call, uris)), 201)
  })

/** One operation does both: with uris it replaces, without it moves a range. */
export const reorderOrReplace = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const playlist = yield* writable(call)
    const values = yield* body(call)
    yield* knownSnapshot(playlist, values)
    const uris = yield* newUris(call, values)
    if (uris !== undefined) return changed(call, playlist, newEntries(call, uris), 200)
    const start = yield* integerIn(values, "range_start", undefined)
    const before = yield* integerIn(values, "insert_before", undefined)
    const length = yield* integerIn(values, "range_length", 1)
    const entries = entriesAt(call, playlist, values)
    if (start + length > entries.length || before > entries.length) return yield* fail(400, "Index out of bounds.")
    const moved = new Set(entries.slice(start, start + length))
    // What was there in the version that is named goes before what stood there, wherever that is by now.
    const anchor = entries.slice(before).find((entry) => !moved.has(entry) && playlist.entries.includes(entry))
    const rest = playlist.entries.filter((entry) => !moved.has(entry))
    const target = anchor === undefined ? rest.length : rest.indexOf(anchor)
    const there = playlist.entries.filter((entry) => moved.has(entry))
    return changed(call, playlist, rest.toSpliced(target, 0, ...there), 200)
  })

export const remove = (key: "items" | "tracks") => (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const playlist = yield* writable(call)
    const values = yield* body(call)
    yield* knownSnapshot(playlist, values)
    const objects = values[key]
    if (!isArray(objects)) return yield* fail(400, `Missing required field: ${key}`)
    if (objects.length > 100) return yield* fail(400, "You can remove a maximum of 100 tracks per request.")
    const gone = new Set<number>()
    for (const object of objects) {
      if (!isObject(object) || typeof object["uri"] !== "string") return yield* fail(400, "Invalid track uri")
      const { positions, uri } = object
      if (isArray(positions)) {
        for (const position of positions) {
          if (typeof position !== "number" || playlist.entries[position]?.uri !== uri) {
            return yield* fail(400, "Could not remove tracks, please check parameters.")
          }
          gone.add(position)
        }
      } else {
        playlist.entries.forEach((entry, i) => entry.uri === uri && gone.add(i))
      }
    }
    return changed(call, playlist, playlist.entries.filter((_, i) => !gone.has(i)), 200)
  })

export const cover = (call: Call): Result<Reply> =>
  Either.map(readable(call), (playlist) => json(covers(playlist) ?? []))

const maxCover = 256 * 1024

export const uploadCover = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const playlist = yield* writable(call)
    if (!(call.request.headers["content-type"] ?? "").startsWith("image/jpeg")) {
      return yield* fail(415, "Unsupported Media Type")
    }
    const image = call.request.body
    if (image.length > maxCover) return yield* fail(413, "Payload too large")
    // A JPEG begins with FF D8 FF, which is /9j/ in base64.
    if (!/^\/9j\/[A-Za-z0-9+/\s]*={0,2}\s*$/.test(image)) return yield* fail(400, "Invalid image")
    playlist.cover = String(image.length)
    return empty(202)
  })

export const follow = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const playlist = yield* find(call)
    const isPublic = (yield* body(call))["public"] !== false
    yield* requireOneOf(call, [isPublic ? "playlist-modify-public" : "playlist-modify-private"])
    playlist.followers.add(call.user.profile.id)
    return empty(200)
  })

export const unfollow = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const playlist = yield* find(call)
    yield* requireOneOf(call, ["playlist-modify-public", "playlist-modify-private"])
    playlist.followers.delete(call.user.profile.id)
    return empty(200)
  })

/** Whether the users of `ids` follow the playlist; without ids, the one who asks. */
export const followers = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const playlist = yield* find(call)
    const users = call.query.get("ids")?.split(",") ?? [call.user.profile.id]
    if (users.length > 5) return yield* fail(400, "Too many ids requested")
    return json(users.map((user) => playlist.followers.has(user)))
  })
