/**
 * Playlists: reading, writing, covers and followers.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SpotifyClient } from "../client/SpotifyClient.js"
import * as Input from "../core/input.js"
import type { Scope } from "../core/Scope.js"
import { InvalidInput, type SpotifyError } from "../core/SpotifyError.js"
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Param from "../endpoint/parameters.js"
import { Booleans } from "../model/Common.js"
import { Playlist, PlaylistCover, PlaylistItemsPage, PlaylistSnapshot, PlaylistsPage } from "../model/Playlist.js"
import * as JobInput from "../writes/jobInput.js"
import * as Versions from "../writes/playlistVersions.js"
import * as Writes from "../writes/playlistWrites.js"
import * as Sync from "../writes/syncRun.js"
import * as WriteAnswer from "../writes/writeAnswer.js"

const item = ["track", "episode"] as const

const details = {
  /** Whether it is seen on the user's profile. */
  public: Schema.optional(Param.boolean),
  /** Whether those who have its link may change it; only where `public` is false. */
  collaborative: Schema.optional(Param.boolean),
  /** What is shown beneath its name. */
  description: Schema.optional(Param.anyText)
}

const modify: ReadonlyArray<Scope> = ["playlist-modify-public", "playlist-modify-private"]

/**
 * How a playlist is read. Name `episode` in `additional_types` to get episodes as such.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReadOptions {
  /** The country whose catalogue is shown, an ISO 3166-1 alpha-2 code; the client's `market` or the user's own unless said. */
  readonly market?: string | undefined
  /** The kinds that you can handle: an episode is given as one only where it is named. */
  readonly additional_types?: ReadonlyArray<"track" | "episode"> | undefined
}

/**
 * How a page of a playlist's items is read.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReadItemsOptions extends ReadOptions {
  /** How many the page has at most: 1 to 50, by the older path to 100. */
  readonly limit?: number | undefined
  /** The place in the list of the first one to give, counted from 0; the first unless said. */
  readonly offset?: number | undefined
}

/**
 * Which members of an answer to ask for, such as `name,owner.display_name,items.items(added_at,item(name))`.
 *
 * @since 0.1.0
 * @category models
 */
export interface WithFields {
  /** The members to give, named as in `items(added_at,item(name))`. */
  readonly fields: string
}

/**
 * Reads part of an answer, by the schema of the members that were asked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Partly<Options> {
  <A, I>(
    id: string,
    options: Options & WithFields,
    schema: Schema.Schema<A, I>
  ): Effect.Effect<A, SpotifyError, SpotifyClient>
  readonly spec: Endpoint.Spec
}

const partly = <Options>(
  endpoint: Endpoint.Generic<[id: string, options: Options & WithFields]>
): Partly<Options> =>
  Object.assign(
    <A, I>(id: string, options: Options & WithFields, schema: Schema.Schema<A, I>) =>
      Schema.isSchema(schema) ? endpoint(schema)(id, options) : Effect.fail(
        InvalidInput.of(endpoint.spec.operation, "schema", Input.instead("the schema of what fields names", schema))
      ),
    { spec: endpoint.spec }
  )

const read = Param.all(Param.market, Param.additionalTypes, { fields: Schema.optional(Param.text) })

const playlist = Endpoint.generic("Playlists.get", {
  operationId: "get-playlist",
  method: "GET",
  path: "/playlists/{playlist_id}",
  id: "playlist",
  query: read,
  success: Playlist
})

/**
 * Gives a playlist with the first page of its items, where the app may read them.
 *
 * Scopes: none; private playlists need `playlist-read-private`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const playlist = Playlists.get("3cEYpjA9oz9GiPac4AsH4n", { additional_types: ["track", "episode"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-playlist
 * @since 0.1.0
 * @category operations
 */
export const get: Endpoint.Endpoint<[id: string, options?: ReadOptions], Playlist> = playlist(Playlist)

/**
 * Gives the members of a playlist that `fields` names, decoded by a schema of yours, since any other may be missing.
 *
 * Scopes: none; private playlists need `playlist-read-private`.
 *
 * @example
 * ```ts
 * import { Schema } from "effect"
 * import { Playlists } from "effect-spotify"
 *
 * const Title = Schema.Struct({ name: Schema.String, owner: Schema.Struct({ id: Schema.String }) })
 *
 * const title = Playlists.getFields("3cEYpjA9oz9GiPac4AsH4n", { fields: "name,owner.id" }, Title)
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-playlist
 * @since 0.1.0
 * @category operations
 */
export const getFields: Partly<ReadOptions> = partly(playlist)

/**
 * Changes a playlist's name, description, and whether it is public or collaborative; only a playlist that isn't public
 * can be collaborative.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const renamed = Playlists.changeDetails("3cEYpjA9oz9GiPac4AsH4n", { name: "Evening", public: false })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/change-playlist-details
 * @since 0.1.0
 * @category operations
 */
export const changeDetails = Endpoint.command("Playlists.changeDetails", {
  operationId: "change-playlist-details",
  method: "PUT",
  path: "/playlists/{playlist_id}",
  id: "playlist",
  body: Param.all({
    /** The new name. */
    name: Schema.optional(Param.text)
  }, details),
  check: ({ collaborative, description, name, public: isPublic }) =>
    collaborative === true && isPublic === true
      ? { field: "public", expected: "false or absent where collaborative is true" }
      : [collaborative, description, isPublic, name].every((value) => value === undefined)
      ? { field: "name", expected: "given, unless public, collaborative or description is" }
      : undefined,
  scopes: modify
})

const itemsPage = Endpoint.generic("Playlists.items", {
  operationId: "get-playlists-items",
  method: "GET",
  path: "/playlists/{playlist_id}/items",
  id: "playlist",
  query: Param.all(read, Param.page(50)),
  scopes: ["playlist-read-private"],
  success: PlaylistItemsPage
})

const items_: Endpoint.Endpoint<
  [id: string, options?: ReadItemsOptions],
  Schema.Schema.Type<typeof PlaylistItemsPage>
> = itemsPage(PlaylistItemsPage)

/**
 * Gives a page of a playlist's items. Apps in Development Mode may only read playlists that the user owns or
 * collaborates on.
 *
 * Scopes: `playlist-read-private`.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Playlist, Playlists } from "effect-spotify"
 *
 * const contents = Playlists.items("3cEYpjA9oz9GiPac4AsH4n", { limit: 50 }).pipe(
 *   Effect.map((page) => page.items.map(Playlist.content))
 * )
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-playlists-items
 * @since 0.1.0
 * @category operations
 */
export const items = Endpoint.offsetPaged(items_, { repeats: true })

/**
 * Gives the members of a page of items that `fields` names, decoded by a schema of yours, since any other may be missing.
 *
 * Scopes: `playlist-read-private`.
 *
 * @example
 * ```ts
 * import { Schema } from "effect"
 * import { Playlists } from "effect-spotify"
 *
 * const Total = Schema.Struct({ total: Schema.Number })
 *
 * const total = Playlists.itemsFields("3cEYpjA9oz9GiPac4AsH4n", { fields: "total" }, Total)
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-playlists-items
 * @since 0.1.0
 * @category operations
 */
export const itemsFields: Partly<ReadItemsOptions> = partly(itemsPage)

const added = {
  /** What to add, in this order. */
  uris: Param.uriArray(item, [1, Param.maxPlaylistEntries]),
  /** Before which entry, counted from 0; at the end unless said. */
  position: Schema.optional(Param.integer(0))
}

/**
 * Adds up to 100 tracks and episodes at a position, or at the end, and gives the new snapshot. It is never sent twice on
 * a doubt.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const snapshot = Playlists.addItems("3cEYpjA9oz9GiPac4AsH4n", {
 *   uris: ["spotify:track:4iV5W9uYEdYUVa79Axb7Rh", "https://open.spotify.com/episode/512ojhOuo1ktJprKbVcKyQ"],
 *   position: 0
 * })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/add-items-to-playlist
 * @since 0.1.0
 * @category operations
 */
export const addItems = Versions.remembering(
  Endpoint.makeWrite("Playlists.addItems", {
    operationId: "add-items-to-playlist",
    method: "POST",
    path: "/playlists/{playlist_id}/items",
    id: "playlist",
    body: added,
    scopes: modify,
    success: PlaylistSnapshot,
    salvage: WriteAnswer.snapshot
  }),
  Versions.added
)

const removed = Param.playlistEntries(item, Param.maxPlaylistEntries)

const version = {
  /** The version of the playlist that is meant; the current one unless said. */
  snapshot_id: Schema.optional(Param.text)
}

/**
 * Removes up to 100 tracks and episodes, each wherever it stands in the playlist, and gives the new snapshot.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const snapshot = Playlists.removeItems("3cEYpjA9oz9GiPac4AsH4n", {
 *   items: [{ uri: "spotify:track:4iV5W9uYEdYUVa79Axb7Rh" }]
 * })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/remove-items-playlist
 * @since 0.1.0
 * @category operations
 */
export const removeItems = Versions.remembering(
  Endpoint.makeWrite("Playlists.removeItems", {
    operationId: "remove-items-playlist",
    method: "DELETE",
    path: "/playlists/{playlist_id}/items",
    id: "playlist",
    body: Param.all({
      /** What to remove, each wherever it stands. */
      items: removed
    }, version),
    scopes: modify,
    success: PlaylistSnapshot,
    salvage: WriteAnswer.snapshot
  }),
  ({ items }) => Versions.removed(items)
)

/**
 * What a playlist shall hold instead: up to 100 items, or none.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReplaceOptions {
  /** What it shall hold, in this order: 0 to 100 URIs or links of tracks and episodes. */
  readonly uris: ReadonlyArray<string>
}

/**
 * What to move where: `range_length` items (1 unless said) from `range_start` on, before the item at `insert_before`,
 * all counted from 0.
 *
 * @since 0.1.0
 * @category models
 */
export interface MoveOptions {
  /** The first entry to move, counted from 0. */
  readonly range_start: number
  /** The entry before which they go, counted from 0 before the move. */
  readonly insert_before: number
  /** How many entries to move, from 1, which it is unless said. */
  readonly range_length?: number | undefined
  /** The version of the playlist that is meant; the current one unless said. */
  readonly snapshot_id?: string | undefined
}

const updated = Param.all({
  /** What it shall hold instead, in this order; not beside the others. */
  uris: Schema.optional(Param.uriArray(item, [0, Param.maxPlaylistEntries])),
  /** The first entry to move, counted from 0. */
  range_start: Schema.optional(Param.integer(0)),
  /** The entry before which they go, counted from 0 before the move. */
  insert_before: Schema.optional(Param.integer(0)),
  /** How many entries to move; 1 unless said. */
  range_length: Schema.optional(Param.integer(1))
}, version)

const replacesOrMoves = (
  options: { readonly uris?: ReadonlyArray<string> | undefined } & { readonly [K in keyof MoveOptions]?: unknown }
): Endpoint.Refusal | undefined => {
  const move = ["range_start", "insert_before", "range_length"] as const
  if (options.uris !== undefined) {
    const field = move.find((name) => options[name] !== undefined)
    return field === undefined ? undefined : { field, expected: "absent where uris is given" }
  }
  const missing = move.slice(0, 2).find((name) => options[name] === undefined)
  return missing === undefined ? undefined : { field: missing, expected: "given, unless uris is" }
}

/**
 * Replaces a playlist's items (`uris`) or moves some of them (`range_start`, `insert_before`), and gives the new
 * snapshot; `replaceItems` and `moveItems` are its two halves.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const snapshot = Playlists.updateItems("3cEYpjA9oz9GiPac4AsH4n", { range_start: 0, insert_before: 10 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/reorder-or-replace-playlists-items
 * @since 0.1.0
 * @category operations
 */
export const updateItems = Versions.remembering(
  Endpoint.makeWrite("Playlists.updateItems", {
    operationId: "reorder-or-replace-playlists-items",
    method: "PUT",
    path: "/playlists/{playlist_id}/items",
    id: "playlist",
    body: updated,
    check: replacesOrMoves,
    scopes: modify,
    idempotent: (sent) => sent.uris !== undefined,
    success: PlaylistSnapshot,
    salvage: WriteAnswer.snapshot
  }),
  Versions.updated
)

/**
 * Replaces a playlist's items by up to 100 others, or by none, and gives the new snapshot.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const emptied = Playlists.replaceItems("3cEYpjA9oz9GiPac4AsH4n", { uris: [] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/reorder-or-replace-playlists-items
 * @since 0.1.0
 * @category operations
 */
export const replaceItems: Endpoint.Endpoint<[id: string, options: ReplaceOptions], PlaylistSnapshot> = updateItems

/**
 * Moves items within a playlist and gives the new snapshot. It is never sent twice on a doubt.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const firstToTheEnd = Playlists.moveItems("3cEYpjA9oz9GiPac4AsH4n", { range_start: 0, insert_before: 10 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/reorder-or-replace-playlists-items
 * @since 0.1.0
 * @category operations
 */
export const moveItems: Endpoint.Endpoint<[id: string, options: MoveOptions], PlaylistSnapshot> = updateItems

/**
 * Gives a page of the playlists that the signed-in user owns or follows.
 *
 * Scopes: `playlist-read-private`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const page = Playlists.mine({ limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-a-list-of-current-users-playlists
 * @since 0.1.0
 * @category operations
 */
export const mine = Endpoint.offsetPaged(
  Endpoint.make("Playlists.mine", {
    operationId: "get-a-list-of-current-users-playlists",
    method: "GET",
    path: "/me/playlists",
    query: Param.page(50),
    scopes: ["playlist-read-private"],
    success: PlaylistsPage
  })
)

const created = Param.all({
  /** Its name. */
  name: Param.text
}, details)

const collaborativeIsPrivate = (
  options: { readonly collaborative?: boolean | undefined; readonly public?: boolean | undefined }
): Endpoint.Refusal | undefined =>
  options.collaborative === true && options.public !== false
    ? { field: "public", expected: "false where collaborative is true" }
    : undefined

/**
 * Makes an empty playlist of the signed-in user, public unless said otherwise. It is never sent twice on a doubt. Where
 * the answer is odd, its id is there all the same, and members that can't be read are empty texts or absent.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`; both for a collaborative one.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const playlist = Playlists.create({ name: "Evening", public: false, description: "Quiet things" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/create-playlist
 * @since 0.1.0
 * @category operations
 */
export const create = Endpoint.makeWrite("Playlists.create", {
  operationId: "create-playlist",
  method: "POST",
  path: "/me/playlists",
  body: created,
  check: collaborativeIsPrivate,
  scopes: modify,
  success: Playlist,
  salvage: WriteAnswer.playlist
})

/**
 * Gives a playlist's cover in the sizes that there are.
 *
 * Scopes: none.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const images = Playlists.cover("3cEYpjA9oz9GiPac4AsH4n")
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-playlist-cover
 * @since 0.1.0
 * @category operations
 */
export const cover = Endpoint.make("Playlists.cover", {
  operationId: "get-playlist-cover",
  method: "GET",
  path: "/playlists/{playlist_id}/images",
  id: "playlist",
  success: PlaylistCover
})

/**
 * Sets a playlist's cover: a JPEG as bytes or as base64 text, which is what is sent and may have 256 KB (192 KB of
 * bytes).
 *
 * Scopes: `ugc-image-upload`, and `playlist-modify-public` or `playlist-modify-private`.
 *
 * @example
 * ```ts
 * import { FileSystem } from "@effect/platform"
 * import { Effect } from "effect"
 * import { Playlists } from "effect-spotify"
 *
 * const uploaded = Effect.gen(function*() {
 *   const fs = yield* FileSystem.FileSystem
 *   const image = yield* fs.readFile("cover.jpg")
 *   yield* Playlists.uploadCover("3cEYpjA9oz9GiPac4AsH4n", { image })
 * })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/upload-custom-playlist-cover
 * @since 0.1.0
 * @category operations
 */
export const uploadCover = Endpoint.command("Playlists.uploadCover", {
  operationId: "upload-custom-playlist-cover",
  method: "PUT",
  path: "/playlists/{playlist_id}/images",
  id: "playlist",
  body: {
    /** The picture. */
    image: Param.Jpeg
  },
  upload: { member: "image", contentType: "image/jpeg" },
  scopes: ["ugc-image-upload", ...modify]
})

/**
 * Gives a page of a user's public playlists.
 *
 * Scopes: `playlist-read-private` and `playlist-read-collaborative` for those that aren't public.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Playlists.mine` for the signed-in user's; there is
 * nothing for those of others.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const page = Playlists.ofUser("smedjan", { limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-list-users-playlists
 * @since 0.1.0
 * @category operations
 */
export const ofUser = Endpoint.offsetPaged(
  Endpoint.make("Playlists.ofUser", {
    operationId: "get-list-users-playlists",
    method: "GET",
    path: "/users/{user_id}/playlists",
    id: "user",
    query: Param.page(50),
    scopes: ["playlist-read-private", "playlist-read-collaborative"],
    quota: "extended",
    deprecated: { since: "February 2026", use: "Playlists.mine" },
    success: PlaylistsPage
  })
)

/**
 * Makes an empty playlist of the user, who must be the one that is signed in. It is never sent twice on a doubt.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`; both for a collaborative one.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Playlists.create`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const playlist = Playlists.createForUser("smedjan", { name: "Evening" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/create-playlist-for-user
 * @since 0.1.0
 * @category operations
 */
export const createForUser = Endpoint.makeWrite("Playlists.createForUser", {
  operationId: "create-playlist-for-user",
  method: "POST",
  path: "/users/{user_id}/playlists",
  id: "user",
  body: created,
  check: collaborativeIsPrivate,
  scopes: modify,
  quota: "extended",
  deprecated: { since: "February 2026", use: "Playlists.create" },
  success: Playlist,
  salvage: WriteAnswer.playlist
})

/**
 * Follows a playlist, seen on the user's profile unless `public` is false.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.save`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const followed = Playlists.follow("3cEYpjA9oz9GiPac4AsH4n", { public: false })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/follow-playlist
 * @since 0.1.0
 * @category operations
 */
export const follow = Endpoint.command("Playlists.follow", {
  operationId: "follow-playlist",
  method: "PUT",
  path: "/playlists/{playlist_id}/followers",
  id: "playlist",
  body: {
    /** Whether it is seen on the user's profile; true unless said. */
    public: Schema.optional(Param.boolean)
  },
  scopes: modify,
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.save" }
})

/**
 * Stops following a playlist; one's own is deleted this way.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.remove`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const unfollowed = Playlists.unfollow("3cEYpjA9oz9GiPac4AsH4n")
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/unfollow-playlist
 * @since 0.1.0
 * @category operations
 */
export const unfollow = Endpoint.command("Playlists.unfollow", {
  operationId: "unfollow-playlist",
  method: "DELETE",
  path: "/playlists/{playlist_id}/followers",
  id: "playlist",
  scopes: modify,
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.remove" }
})

/**
 * Tells whether the signed-in user follows a playlist, as a list of one boolean; `ids` may name them.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.contains`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const follows = Playlists.followersContain("3cEYpjA9oz9GiPac4AsH4n")
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/check-if-user-follows-playlist
 * @since 0.1.0
 * @category operations
 */
export const followersContain = Endpoint.make("Playlists.followersContain", {
  operationId: "check-if-user-follows-playlist",
  method: "GET",
  path: "/playlists/{playlist_id}/followers/contains",
  id: "playlist",
  query: {
    /** The signed-in user, in a list of one; nobody else can be asked for. */
    ids: Schema.optional(Param.ids("user", 1))
  },
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.contains" },
  success: Booleans
})

const tracksPage = Endpoint.generic("Playlists.tracks", {
  operationId: "get-playlists-tracks",
  method: "GET",
  path: "/playlists/{playlist_id}/tracks",
  id: "playlist",
  query: Param.all(read, Param.page(100)),
  scopes: ["playlist-read-private"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Playlists.items" },
  success: PlaylistItemsPage
})

const tracks_: Endpoint.Endpoint<
  [id: string, options?: ReadItemsOptions],
  Schema.Schema.Type<typeof PlaylistItemsPage>
> = tracksPage(PlaylistItemsPage)

/**
 * Gives a page of a playlist's items, by the older path.
 *
 * Scopes: `playlist-read-private`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Playlists.items`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const page = Playlists.tracks("3cEYpjA9oz9GiPac4AsH4n", { limit: 100 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-playlists-tracks
 * @since 0.1.0
 * @category operations
 */
export const tracks = Endpoint.offsetPaged(tracks_, { repeats: true })

/**
 * Gives the members of a page of items that `fields` names, by the older path, decoded by a schema of yours.
 *
 * Scopes: `playlist-read-private`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Playlists.itemsFields`.
 *
 * @example
 * ```ts
 * import { Schema } from "effect"
 * import { Playlists } from "effect-spotify"
 *
 * const Total = Schema.Struct({ total: Schema.Number })
 *
 * const total = Playlists.tracksFields("3cEYpjA9oz9GiPac4AsH4n", { fields: "total" }, Total)
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-playlists-tracks
 * @since 0.1.0
 * @category operations
 */
export const tracksFields: Partly<ReadItemsOptions> = partly(tracksPage)

/**
 * Adds up to 100 tracks and episodes, by the older path, and gives the new snapshot. It is never sent twice on a doubt.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Playlists.addItems`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const snapshot = Playlists.addTracks("3cEYpjA9oz9GiPac4AsH4n", { uris: ["spotify:track:4iV5W9uYEdYUVa79Axb7Rh"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/add-tracks-to-playlist
 * @since 0.1.0
 * @category operations
 */
export const addTracks = Versions.remembering(
  Endpoint.makeWrite("Playlists.addTracks", {
    operationId: "add-tracks-to-playlist",
    method: "POST",
    path: "/playlists/{playlist_id}/tracks",
    id: "playlist",
    body: added,
    scopes: modify,
    quota: "extended",
    deprecated: { since: "February 2026", use: "Playlists.addItems" },
    success: PlaylistSnapshot,
    salvage: WriteAnswer.snapshot
  }),
  Versions.added
)

/**
 * Removes up to 100 tracks and episodes, by the older path, and gives the new snapshot.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Playlists.removeItems`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const snapshot = Playlists.removeTracks("3cEYpjA9oz9GiPac4AsH4n", {
 *   tracks: [{ uri: "spotify:track:4iV5W9uYEdYUVa79Axb7Rh" }]
 * })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/remove-tracks-playlist
 * @since 0.1.0
 * @category operations
 */
export const removeTracks = Versions.remembering(
  Endpoint.makeWrite("Playlists.removeTracks", {
    operationId: "remove-tracks-playlist",
    method: "DELETE",
    path: "/playlists/{playlist_id}/tracks",
    id: "playlist",
    body: Param.all({
      /** What to remove, each wherever it stands. */
      tracks: removed
    }, version),
    scopes: modify,
    quota: "extended",
    deprecated: { since: "February 2026", use: "Playlists.removeItems" },
    success: PlaylistSnapshot,
    salvage: WriteAnswer.snapshot
  }),
  ({ tracks }) => Versions.removed(tracks)
)

/**
 * Replaces a playlist's items or moves some of them, by the older path, and gives the new snapshot.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Playlists.updateItems`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const snapshot = Playlists.updateTracks("3cEYpjA9oz9GiPac4AsH4n", { range_start: 0, insert_before: 10 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/reorder-or-replace-playlists-tracks
 * @since 0.1.0
 * @category operations
 */
export const updateTracks = Versions.remembering(
  Endpoint.makeWrite("Playlists.updateTracks", {
    operationId: "reorder-or-replace-playlists-tracks",
    method: "PUT",
    path: "/playlists/{playlist_id}/tracks",
    id: "playlist",
    body: updated,
    check: replacesOrMoves,
    scopes: modify,
    idempotent: (sent) => sent.uris !== undefined,
    quota: "extended",
    deprecated: { since: "February 2026", use: "Playlists.updateItems" },
    success: PlaylistSnapshot,
    salvage: WriteAnswer.snapshot
  }),
  Versions.updated
)

/**
 * Replaces a playlist's items by up to 100 others, or by none, by the older path.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Playlists.replaceItems`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const emptied = Playlists.replaceTracks("3cEYpjA9oz9GiPac4AsH4n", { uris: [] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/reorder-or-replace-playlists-tracks
 * @since 0.1.0
 * @category operations
 */
export const replaceTracks: Endpoint.Endpoint<[id: string, options: ReplaceOptions], PlaylistSnapshot> = updateTracks

/**
 * Moves items within a playlist, by the older path. It is never sent twice on a doubt.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Playlists.moveItems`.
 *
 * @example
 * ```ts
 * import { Playlists } from "effect-spotify"
 *
 * const firstToTheEnd = Playlists.moveTracks("3cEYpjA9oz9GiPac4AsH4n", { range_start: 0, insert_before: 10 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/reorder-or-replace-playlists-tracks
 * @since 0.1.0
 * @category operations
 */
export const moveTracks: Endpoint.Endpoint<[id: string, options: MoveOptions], PlaylistSnapshot> = updateTracks

const resumable = { resume: JobInput.account, onProgress: Input.aFunction }

/**
 * Adds any number of tracks and episodes, 100 a request and in order, at the end or before `position`, and gives an
 * account of what was written.
 *
 * Takes ids, URIs or links from anything that can be iterated, or from a stream. No entry is sent again unless the
 * playlist, read back, shows that it isn't there: one that can't be read leaves a doubt. Where a request fails,
 * `IncompleteWrite` has the account, which says what is in doubt; given back as `resume`, that is settled by reading the
 * playlist, and the rest is added.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Playlists } from "effect-spotify"
 *
 * const program = (playlist: string, uris: ReadonlyArray<string>) =>
 *   Playlists.addAll(playlist, uris).pipe(
 *     Effect.catchTag("IncompleteWrite", ({ account }) => Playlists.addAll(playlist, uris, { resume: account }))
 *   )
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/add-items-to-playlist
 * @since 0.1.0
 * @category long writes
 */
export const addAll = Input.guarded(
  "Playlists.addAll",
  Writes.addAll("Playlists.addAll", { add: addItems, itemsFields }),
  JobInput.ofSource("Playlists.addAll", { ...resumable, position: Input.fromZero }).playlist
)

/**
 * Puts any number of tracks and episodes in place of all entries: the first 100 replace what is there, the others are
 * added, 100 a request. An empty list empties the playlist. What it takes and gives is as for {@link addAll}.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/reorder-or-replace-playlists-items
 * @since 0.1.0
 * @category long writes
 */
export const replaceAll = Input.guarded(
  "Playlists.replaceAll",
  Writes.replaceAll("Playlists.replaceAll", { add: addItems, itemsFields, replace: replaceItems }),
  JobInput.ofSource("Playlists.replaceAll", resumable).playlist
)

/**
 * Removes any number of tracks and episodes, each wherever it stands, 100 a request. What it takes and gives is as for
 * {@link addAll}; to remove again does no harm.
 *
 * Scopes: `playlist-modify-public` or `playlist-modify-private`.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/remove-items-playlist
 * @since 0.1.0
 * @category long writes
 */
export const removeAll = Input.guarded(
  "Playlists.removeAll",
  Writes.removeAll("Playlists.removeAll", removeItems),
  JobInput.ofSource("Playlists.removeAll", resumable).playlist
)

const sources = {
  getFields,
  itemsFields,
  add: addItems,
  remove: removeItems,
  move: moveItems,
  replace: replaceItems
}

/**
 * Makes a playlist equal to a list with the fewest requests that are found (remove, insert, move, or replace where nothing
 * stays), so that what stays keeps its `added_at`. With `dryRun` nothing is written and the plan is given.
 *
 * Takes ids, URIs or links, and `spotify:local:` URIs that the playlist has. Where something was written, the playlist is
 * read back in the end: success means that it is equal to the list. Fails with `ImpossibleSync` before anything is
 * written where no request could do it, with `PlaylistChanged` where somebody else changed the playlist since it was
 * read, and with `IncompleteSync` where a step failed or the playlist isn't equal to the list: to sync again goes on from
 * there.
 *
 * Scopes: `playlist-read-private`, and `playlist-modify-public` or `playlist-modify-private`.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Playlists } from "effect-spotify"
 *
 * const program = (playlist: string, wanted: ReadonlyArray<string>) =>
 *   Effect.gen(function*() {
 *     const { plan } = yield* Playlists.sync(playlist, wanted, { dryRun: true })
 *     yield* Effect.log(`${plan.steps.length} requests: ${plan.added} added, ${plan.removed} removed`)
 *     return yield* Playlists.applySync(plan)
 *   })
 * ```
 *
 * @since 0.1.0
 * @category long writes
 */
export const sync = Input.guarded(
  "Playlists.sync",
  Sync.sync("Playlists.sync", sources),
  JobInput.ofList("Playlists.sync", {
    ...JobInput.planning,
    dryRun: Input.aBoolean,
    onProgress: Input.aFunction
  }).playlist
)

/**
 * Carries out the plan of a dry run, if the playlist hasn't changed since, and reads it back.
 *
 * Scopes: `playlist-read-private`, and `playlist-modify-public` or `playlist-modify-private`.
 *
 * @since 0.1.0
 * @category long writes
 */
export const applySync = Input.guarded(
  "Playlists.applySync",
  Sync.apply("Playlists.applySync", sources),
  JobInput.ofPlan("Playlists.applySync", { onProgress: Input.aFunction })
)
