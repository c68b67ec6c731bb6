/**
 * Users: the one who is signed in, what they listen to most and whom they follow, and others.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { Simplify } from "effect/Types"
import * as SpotifyId from "../core/SpotifyId.js"
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Param from "../endpoint/parameters.js"
import { ArtistsPage, FollowedArtists } from "../model/Artist.js"
import { Booleans } from "../model/Common.js"
import { TracksPage } from "../model/Track.js"
import { PrivateUser, PublicUser } from "../model/User.js"

/**
 * Gives the profile of the user who is signed in.
 *
 * Scopes: `user-read-private` for country, product and explicit content, `user-read-email` for the address.
 *
 * @example
 * ```ts
 * import { Users } from "effect-spotify"
 *
 * const me = Users.me()
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-current-users-profile
 * @since 0.1.0
 * @category operations
 */
export const me = Endpoint.make("Users.me", {
  operationId: "get-current-users-profile",
  method: "GET",
  path: "/me",
  scopes: ["user-read-private", "user-read-email"],
  success: PrivateUser
})

/**
 * Gives the public profile of a user.
 *
 * Scopes: none.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Spotify offers nothing in its place.
 *
 * @example
 * ```ts
 * import { Users } from "effect-spotify"
 *
 * const user = Users.get("smedjan")
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-users-profile
 * @since 0.1.0
 * @category operations
 */
export const get = Endpoint.make("Users.get", {
  operationId: "get-users-profile",
  method: "GET",
  path: "/users/{user_id}",
  id: "user",
  quota: "extended",
  deprecated: { since: "February 2026" },
  success: PublicUser
})

const top = Param.all({
  /** Since when: a year (`long_term`), six months (`medium_term`, unless said) or four weeks (`short_term`), about. */
  time_range: Schema.optional(Param.oneOf("long_term", "medium_term", "short_term"))
}, Param.page(50))

/**
 * Gives a page of the artists whom the user listens to most, over about a year, six months or four weeks.
 *
 * Scopes: `user-top-read`.
 *
 * @example
 * ```ts
 * import { Users } from "effect-spotify"
 *
 * const page = Users.topArtists({ time_range: "short_term", limit: 10 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-users-top-artists
 * @since 0.1.0
 * @category operations
 */
export const topArtists = Endpoint.offsetPaged(
  Endpoint.make("Users.topArtists", {
    operationId: "get-users-top-artists",
    method: "GET",
    path: "/me/top/artists",
    query: top,
    scopes: ["user-top-read"],
    success: ArtistsPage
  })
)

/**
 * Gives a page of the tracks that the user listens to most, over about a year, six months or four weeks.
 *
 * Scopes: `user-top-read`.
 *
 * @example
 * ```ts
 * import { Users } from "effect-spotify"
 *
 * const page = Users.topTracks({ time_range: "long_term" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-users-top-tracks
 * @since 0.1.0
 * @category operations
 */
export const topTracks = Endpoint.offsetPaged(
  Endpoint.make("Users.topTracks", {
    operationId: "get-users-top-tracks",
    method: "GET",
    path: "/me/top/tracks",
    query: top,
    scopes: ["user-top-read"],
    success: TracksPage
  })
)

const followed = Endpoint.make("Users.followedArtists", {
  operationId: "get-followed",
  method: "GET",
  path: "/me/following",
  query: Param.all({
    /** Artists; users can't be asked for. */
    type: Param.oneOf("artist"),
    /** The last artist of the page before. */
    after: Schema.optional(Param.id("artist"))
  }, Param.limit(50)),
  scopes: ["user-follow-read"],
  success: FollowedArtists
})

/**
 * Gives a page of the artists whom the user follows; `after` is the last artist's id of the page before.
 *
 * Scopes: `user-follow-read`.
 *
 * @example
 * ```ts
 * import { Users } from "effect-spotify"
 *
 * const page = Users.followedArtists({ limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-followed
 * @since 0.1.0
 * @category operations
 */
export const followedArtists = Endpoint.cursorPagedAt(
  Endpoint.mapInput(
    followed,
    (options?: Simplify<Omit<Parameters<typeof followed>[0], "type">>): Parameters<typeof followed> => [
      { ...options, type: "artist" }
    ],
    ["after", "limit"]
  ),
  (answer) => answer.artists
)

const following = {
  /** What `ids` names. */
  type: Param.oneOf("artist", "user"),
  /** The artists or the users that are meant, as `type` says. */
  ids: Param.followedIds(50)
}

const ofOneType = (
  { ids, type }: { readonly type: "artist" | "user"; readonly ids: ReadonlyArray<string> }
): Endpoint.Refusal | undefined =>
  ids.every((id) => SpotifyId.idOrUndefined(type, id) !== undefined)
    ? undefined
    : { field: "ids", expected: `a list, each ${SpotifyId.expected(type)}, as type is ${type}` }

/**
 * Follows artists or users.
 *
 * Scopes: `user-follow-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.save`.
 *
 * @example
 * ```ts
 * import { Users } from "effect-spotify"
 *
 * const followed = Users.follow({ type: "artist", ids: ["2CIMQHirSU0MQqyYHq0eOx"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/follow-artists-users
 * @since 0.1.0
 * @category operations
 */
export const follow = Endpoint.command("Users.follow", {
  operationId: "follow-artists-users",
  method: "PUT",
  path: "/me/following",
  query: following,
  check: ofOneType,
  scopes: ["user-follow-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.save" }
})

/**
 * Stops following artists or users.
 *
 * Scopes: `user-follow-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.remove`.
 *
 * @example
 * ```ts
 * import { Users } from "effect-spotify"
 *
 * const unfollowed = Users.unfollow({ type: "user", ids: ["smedjan"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/unfollow-artists-users
 * @since 0.1.0
 * @category operations
 */
export const unfollow = Endpoint.command("Users.unfollow", {
  operationId: "unfollow-artists-users",
  method: "DELETE",
  path: "/me/following",
  query: following,
  check: ofOneType,
  scopes: ["user-follow-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.remove" }
})

/**
 * Tells for each artist or user whether the signed-in user follows them, in the order asked for.
 *
 * Scopes: `user-follow-read`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.contains`.
 *
 * @example
 * ```ts
 * import { Users } from "effect-spotify"
 *
 * const follows = Users.follows({ type: "artist", ids: ["2CIMQHirSU0MQqyYHq0eOx"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/check-current-user-follows
 * @since 0.1.0
 * @category operations
 */
export const follows = Endpoint.make("Users.follows", {
  operationId: "check-current-user-follows",
  method: "GET",
  path: "/me/following/contains",
  query: following,
  check: ofOneType,
  scopes: ["user-follow-read"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.contains" },
  success: Booleans
})
