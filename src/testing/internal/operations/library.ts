import * as Either from "effect/Either"
import type { UserCall } from "../call.js"
import { body, ids, idsFromBody, replyPage, requireOneOf, uris } from "../call.js"
import * as Catalogue from "../catalogue.js"
import type { View } from "../catalogue.js"
import { empty, fail, isArray, isObject, json } from "../http.js"
import type { Json, Reply, Result } from "../http.js"
import { timestamp, vanishedId } from "../world.js"
import type { SavedItem, SavedKind, User } from "../world.js"
import { fullAlbum } from "./catalogue.js"

export const savedUri = (kind: SavedKind, id: string): string => `spotify:${kind}:${id}`

const save = (user: User, kind: SavedKind, items: ReadonlyArray<SavedItem>): void => {
  const before = user.saved[kind]
  const known = new Set(before.map((item) => item.id))
  const added = items.filter((item) => !known.has(item.id))
  user.saved[kind] = [...added, ...before]
}

const remove = (user: User, kind: SavedKind, ids: ReadonlyArray<string>): void => {
  const gone = new Set(ids)
  user.saved[kind] = user.saved[kind].filter((item) => !gone.has(item.id))
}

const contains = (user: User, kind: SavedKind, id: string): boolean => user.saved[kind].some((item) => item.id === id)

const list = (kind: SavedKind, render: (view: View, n: number) => Json) => (call: UserCall): Result<Reply> =>
  replyPage(call, call.user.saved[kind], ({ added_at, id }) => ({
    added_at,
    [kind]: id === vanishedId
      ? Catalogue.vanishedEpisode
      : render(call.view, Catalogue.indexOf(call.world.own, kind, id) ?? 0)
  }))

export const tracks = list("track", Catalogue.track)
export const albums = list("album", fullAlbum)
export const episodes = list("episode", Catalogue.episode)
export const shows = list("show", Catalogue.simplifiedShow)

/** Unlike the others, these are bare audiobooks. */
export const audiobooks = (call: UserCall): Result<Reply> =>
  replyPage(
    call,
    call.user.saved.audiobook,
    ({ id }) => Catalogue.simplifiedAudiobook(call.view, Catalogue.indexOf(call.world.own, "audiobook", id) ?? 0)
  )

export const saveTracks = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const timestamped = (yield* body(call))["timestamped_ids"]
    if (isArray(timestamped)) {
      const items = timestamped.flatMap((item): ReadonlyArray<SavedItem> =>
        isObject(item) && typeof item["id"] === "string" && Catalogue.isId(item["id"]) &&
          typeof item["added_at"] === "string"
          ? [{ id: item["id"], added_at: item["added_at"] }]
          : []
      )
      if (items.length !== timestamped.length) return yield* fail(400, "invalid id")
      if (items.length > 50) return yield* fail(400, "Too many ids requested")
      save(call.user, "track", items)
      return empty(200)
    }
    const ids = yield* idsFromBody(call, 50)
    save(call.user, "track", ids.map((id) => ({ id, added_at: timestamp(call.now) })))
    return empty(200)
  })

/** These want the ids in the query, even with a body. */
export const saveKind = (kind: SavedKind) => (call: UserCall): Result<Reply> =>
  Either.map(ids(call, 50), (ids) => {
    save(call.user, kind, ids.map((id) => ({ id, added_at: timestamp(call.now) })))
    return empty(200)
  })

export const removeKind = (kind: SavedKind) => (call: UserCall): Result<Reply> =>
  Either.map(idsFromBody(call, 50), (ids) => {
    remove(call.user, kind, ids)
    return empty(200)
  })

export const containsKind = (kind: SavedKind) => (call: UserCall): Result<Reply> =>
  Either.map(ids(call, 50), (ids) => json(ids.map((id) => contains(call.user, kind, id))))

type Entity = { readonly kind: SavedKind | "artist" | "user" | "playlist"; readonly id: string }

const kinds: ReadonlySet<string> = new Set([
  "track",
  "album",
  "show",
  "episode",
  "audiobook",
  "artist",
  "user",
  "playlist"
])

const isEntityKind = (kind: string | undefined): kind is Entity["kind"] => kind !== undefined && kinds.has(kind)

/** The entities of `uris`, when the token has the scopes that their kinds ask for. */
const entities = (
  call: UserCall,
  scopes: { readonly library: string; readonly follow: string; readonly playlist: ReadonlyArray<string> }
): Result<ReadonlyArray<Entity>> =>
  Either.gen(function*() {
    const found: Array<Entity> = []
    for (const uri of yield* uris(call, 40)) {
      const [scheme, kind, id] = uri.split(":")
      if (scheme !== "spotify" || !isEntityKind(kind) || id === undefined || kind !== "user" && !Catalogue.isId(id)) {
        return yield* fail(400, `Invalid uri: ${uri}`)
      }
      yield* requireOneOf(
        call,
        kind === "artist" || kind === "user"
          ? [scopes.follow]
          : kind === "playlist"
          ? scopes.playlist
          : [scopes.library]
      )
      found.push({ kind, id })
    }
    return found
  })

const modify = {
  library: "user-library-modify",
  follow: "user-follow-modify",
  playlist: ["playlist-modify-public", "playlist-modify-private"]
}

const followedSet = (call: UserCall, { id, kind }: Entity): Set<string> | undefined =>
  kind === "artist" ? call.user.artists : kind === "user" ? call.user.users : call.world.playlists.get(id)?.followers

const isSavedKind = (kind: Entity["kind"]): kind is SavedKind =>
  kind !== "artist" && kind !== "user" && kind !== "playlist"

const memberOf = (call: UserCall, entity: Entity): string =>
  entity.kind === "playlist" ? call.user.profile.id : entity.id

export const saveUris = (call: UserCall): Result<Reply> =>
  Either.map(entities(call, modify), (found) => {
    // What was sent together keeps its order at the top of the list, so the last goes in first.
    for (const entity of found.toReversed()) {
      if (isSavedKind(entity.kind)) {
        save(call.user, entity.kind, [{ id: entity.id, added_at: timestamp(call.now) }])
      } else {
        followedSet(call, entity)?.add(memberOf(call, entity))
      }
    }
    return empty(200)
  })

export const removeUris = (call: UserCall): Result<Reply> =>
  Either.map(entities(call, modify), (found) => {
    for (const entity of found) {
      if (isSavedKind(entity.kind)) remove(call.user, entity.kind, [entity.id])
      else followedSet(call, entity)?.delete(memberOf(call, entity))
    }
    return empty(200)
  })

export const containsUris = (call: UserCall): Result<Reply> =>
  Either.map(
    entities(call, {
      library: "user-library-read",
      follow: "user-follow-read",
      playlist: ["playlist-read-private"]
    }),
    (found) =>
      json(found.map((entity) =>
        isSavedKind(entity.kind)
          ? contains(call.user, entity.kind, entity.id)
          : followedSet(call, entity)?.has(memberOf(call, entity)) ?? false
      ))
  )
