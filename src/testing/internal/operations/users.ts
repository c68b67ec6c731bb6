import * as Either from "effect/Either"
import type { Call, UserCall } from "../call.js"
import { cursorLink, ids, idsFromBody, number, ok, pathOf, replyPage, required } from "../call.js"
import * as Catalogue from "../catalogue.js"
import { apiOrigin, empty, fail, json, notFound } from "../http.js"
import type { JsonObject, Reply, Result } from "../http.js"
import { editor } from "../world.js"
import type { World } from "../world.js"

export const userReference = (id: string): JsonObject => ({
  external_urls: { spotify: `https://open.spotify.com/user/${encodeURIComponent(id)}` },
  href: `${apiOrigin}/v1/users/${encodeURIComponent(id)}`,
  id,
  type: "user",
  uri: `spotify:user:${id}`
})

export const displayName = (world: World, id: string): string | null =>
  id === editor ? "Spotify" : world.users.get(id)?.profile.display_name ?? null

export const me = (call: UserCall): Result<Reply> => {
  const { profile } = call.user
  const details = call.view.mode === "extended" && call.scopes.has("user-read-private")
  return ok({
    ...userReference(profile.id),
    account_id: `account-${profile.id}`,
    country: details ? profile.country : undefined,
    display_name: profile.display_name,
    email: call.view.mode === "extended" && call.scopes.has("user-read-email") ? profile.email : undefined,
    explicit_content: details ? { filter_enabled: false, filter_locked: false } : undefined,
    followers: call.view.mode === "extended" ? { href: null, total: 12 } : undefined,
    images: Catalogue.images(`user-${encodeURIComponent(profile.id)}`).slice(1),
    product: details ? profile.product : undefined
  })
}

export const profile = (call: Call): Result<Reply> => {
  const id = call.params["user_id"] ?? ""
  return call.world.users.has(id) || id === editor
    ? ok({
      ...userReference(id),
      display_name: displayName(call.world, id),
      followers: { href: null, total: 12 },
      images: Catalogue.images(`user-${encodeURIComponent(id)}`).slice(1)
    })
    : notFound
}

const timeRanges: Readonly<Record<string, number>> = { short_term: 0, medium_term: 60, long_term: 120 }

/** Another sixty things for each time range. */
const top =
  (kind: "track" | "artist", render: (view: Call["view"], n: number) => JsonObject) =>
  (call: UserCall): Result<Reply> => {
    const start = timeRanges[call.query.get("time_range") ?? "medium_term"]
    return start === undefined
      ? fail(400, "Invalid time range")
      : replyPage(
        call,
        Catalogue.all(
          call.world.own,
          kind,
          Array.from({ length: 60 }, (_, i) => (start + i) * (kind === "track" ? 13 : 1))
        ),
        (n) => render(call.view, n)
      )
  }

export const topArtists = top("artist", Catalogue.artist)
export const topTracks = top("track", Catalogue.track)

export const followedArtists = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    if ((yield* required(call, "type")) !== "artist") return yield* fail(400, "Invalid type")
    const limit = yield* number(call, "limit", 20, 1, 50)
    const after = call.query.get("after")
    const all = [...call.user.artists].sort()
    const rest = after === null ? all : all.filter((id) => id > after)
    const shown = rest.slice(0, limit)
    const last = shown.length < rest.length ? shown.at(-1) ?? null : null
    return json({
      artists: {
        href: cursorLink(pathOf(call), call.query, { limit }),
        items: shown.map((id) => Catalogue.artist(call.view, Catalogue.indexOf(call.world.own, "artist", id) ?? 0)),
        limit,
        next: last === null ? null : cursorLink(pathOf(call), call.query, { limit, after: last }),
        cursors: { after: last },
        total: all.length
      }
    })
  })

interface Followed {
  readonly set: Set<string>
  readonly type: "artist" | "user"
}

const followed = (call: UserCall): Result<Followed> =>
  Either.flatMap(
    required(call, "type"),
    (type): Result<Followed> =>
      type === "artist"
        ? Either.right({ set: call.user.artists, type })
        : type === "user"
        ? Either.right({ set: call.user.users, type })
        : fail(400, "Invalid type")
  )

const userIds = (call: UserCall): ReadonlyArray<string> | undefined => call.query.get("ids")?.split(",")

const changeFollowed = (apply: (set: Set<string>, id: string) => void) => (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const { set, type } = yield* followed(call)
    // User names are no base62 ids.
    const values = type === "user" ? userIds(call) ?? (yield* idsFromBody(call, 50)) : yield* idsFromBody(call, 50)
    if (values.length > 50) return yield* fail(400, "Too many ids requested")
    values.forEach((id) => apply(set, id))
    return empty(204)
  })

export const follow = changeFollowed((set, id) => set.add(id))
export const unfollow = changeFollowed((set, id) => set.delete(id))

export const follows = (call: UserCall): Result<Reply> =>
  Either.gen(function*() {
    const { set, type } = yield* followed(call)
    const values = type === "user" ? userIds(call) ?? [] : yield* ids(call, 50)
    return json(values.map((id) => set.has(id)))
  })
