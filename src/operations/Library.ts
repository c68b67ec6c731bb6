/**
 * The user's library: what is saved and followed.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as Input from "../core/input.js"
import type { Scope } from "../core/Scope.js"
import * as Endpoint from "../endpoint/Endpoint.js"
import * as Param from "../endpoint/parameters.js"
import { SavedAlbumsPage } from "../model/Album.js"
import { SavedAudiobooksPage } from "../model/Audiobook.js"
import { Booleans } from "../model/Common.js"
import { SavedEpisodesPage } from "../model/Episode.js"
import { SavedShowsPage } from "../model/Show.js"
import { SavedTracksPage } from "../model/Track.js"
import * as JobInput from "../writes/jobInput.js"
import * as Writes from "../writes/libraryWrites.js"

const entries = {
  /** What is meant, of any kinds. */
  uris: Param.uris(["track", "album", "episode", "show", "audiobook", "user", "playlist", "artist"], 40)
}

const modify: ReadonlyArray<Scope> = ["user-library-modify", "user-follow-modify", "playlist-modify-public"]

/**
 * Saves up to 40 tracks, albums, episodes, shows and audiobooks and follows artists, users and playlists, in any mix.
 *
 * Scopes: `user-library-modify` for what is saved, `user-follow-modify` for artists and users, `playlist-modify-public`
 * for playlists.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.save({
 *   uris: ["spotify:track:7EjyzZcbLxW7PaaLua9Ksb", "https://open.spotify.com/artist/0TnOYISbd1XYRBk9myaseg"]
 * })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/save-library-items
 * @since 0.1.0
 * @category operations
 */
export const save = Endpoint.command("Library.save", {
  operationId: "save-library-items",
  method: "PUT",
  path: "/me/library",
  query: entries,
  scopes: modify
})

/**
 * Removes up to 40 tracks, albums, episodes, shows and audiobooks and stops following artists, users and playlists, in
 * any mix.
 *
 * Scopes: `user-library-modify` for what is saved, `user-follow-modify` for artists and users, `playlist-modify-public`
 * for playlists.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const removed = Library.remove({ uris: ["spotify:album:4aawyAB9vmqN3uQ7FjRGTy"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/remove-library-items
 * @since 0.1.0
 * @category operations
 */
export const remove = Endpoint.command("Library.remove", {
  operationId: "remove-library-items",
  method: "DELETE",
  path: "/me/library",
  query: entries,
  scopes: modify
})

/**
 * Tells for each of up to 40 things, in any mix, whether it is saved or followed, in the order asked for.
 *
 * Scopes: `user-library-read` for what is saved, `user-follow-read` for artists and users, `playlist-read-private` for
 * playlists.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.contains({ uris: ["spotify:track:7EjyzZcbLxW7PaaLua9Ksb", "spotify:user:smedjan"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/check-library-contains
 * @since 0.1.0
 * @category operations
 */
export const contains = Endpoint.make("Library.contains", {
  operationId: "check-library-contains",
  method: "GET",
  path: "/me/library/contains",
  query: entries,
  scopes: ["user-library-read", "user-follow-read", "playlist-read-private"],
  success: Booleans
})

/**
 * Gives a page of the tracks that the user saved, newest first.
 *
 * Scopes: `user-library-read`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const page = Library.tracks({ market: "SE", limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-users-saved-tracks
 * @since 0.1.0
 * @category operations
 */
export const tracks = Endpoint.offsetPaged(
  Endpoint.make("Library.tracks", {
    operationId: "get-users-saved-tracks",
    method: "GET",
    path: "/me/tracks",
    query: Param.all(Param.market, Param.page(50)),
    scopes: ["user-library-read"],
    success: SavedTracksPage
  })
)

/**
 * Gives a page of the albums that the user saved, newest first.
 *
 * Scopes: `user-library-read`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const page = Library.albums({ limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-users-saved-albums
 * @since 0.1.0
 * @category operations
 */
export const albums = Endpoint.offsetPaged(
  Endpoint.make("Library.albums", {
    operationId: "get-users-saved-albums",
    method: "GET",
    path: "/me/albums",
    query: Param.all(Param.market, Param.page(50)),
    scopes: ["user-library-read"],
    success: SavedAlbumsPage
  })
)

/**
 * Gives a page of the shows that the user saved.
 *
 * Scopes: `user-library-read`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const page = Library.shows({ limit: 50 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-users-saved-shows
 * @since 0.1.0
 * @category operations
 */
export const shows = Endpoint.offsetPaged(
  Endpoint.make("Library.shows", {
    operationId: "get-users-saved-shows",
    method: "GET",
    path: "/me/shows",
    query: Param.page(50),
    scopes: ["user-library-read"],
    success: SavedShowsPage
  })
)

/**
 * Gives a page of the episodes that the user saved.
 *
 * Scopes: `user-library-read`, `user-read-playback-position`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const page = Library.episodes({ market: "SE" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-users-saved-episodes
 * @since 0.1.0
 * @category operations
 */
export const episodes = Endpoint.offsetPaged(
  Endpoint.make("Library.episodes", {
    operationId: "get-users-saved-episodes",
    method: "GET",
    path: "/me/episodes",
    query: Param.all(Param.market, Param.page(50)),
    scopes: ["user-library-read", "user-read-playback-position"],
    success: SavedEpisodesPage
  })
)

/**
 * Gives a page of the audiobooks that the user saved.
 *
 * Scopes: `user-library-read`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const page = Library.audiobooks({ limit: 10, offset: 20 })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/get-users-saved-audiobooks
 * @since 0.1.0
 * @category operations
 */
export const audiobooks = Endpoint.offsetPaged(
  Endpoint.make("Library.audiobooks", {
    operationId: "get-users-saved-audiobooks",
    method: "GET",
    path: "/me/audiobooks",
    query: Param.page(50),
    scopes: ["user-library-read"],
    success: SavedAudiobooksPage
  })
)

/**
 * Which tracks to save, or which to save as if at a time of their own (ISO 8601 in UTC), which decides their place.
 *
 * @since 0.1.0
 * @category models
 */
export type SaveTracksOptions =
  | {
    /** The tracks to save: 1 to 50 ids, URIs or links. */
    readonly ids: ReadonlyArray<string>
    readonly timestamped_ids?: undefined
  }
  | {
    readonly ids?: undefined
    /** The tracks to save, 1 to 50, each with the time that it is to be listed as added at: ISO 8601 in UTC. */
    readonly timestamped_ids: ReadonlyArray<{ readonly id: string; readonly added_at: string }>
  }

const maxSaved = 50

const savedTracks = Endpoint.command("Library.saveTracks", {
  operationId: "save-tracks-user",
  method: "PUT",
  path: "/me/tracks",
  body: {
    /** The tracks to save. */
    ids: Param.idArray("track", maxSaved),
    /** The tracks to save, each with the time that it is to be listed as added at, in UTC. */
    timestamped_ids: Schema.optional(Param.timestampedIds("track", maxSaved))
  },
  scopes: ["user-library-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.save" }
})

/**
 * Saves up to 50 tracks, now or as if at a time of their own.
 *
 * Scopes: `user-library-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.save`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.saveTracks({
 *   timestamped_ids: [{ id: "7EjyzZcbLxW7PaaLua9Ksb", added_at: "2023-01-15T14:30:00Z" }]
 * })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/save-tracks-user
 * @since 0.1.0
 * @category operations
 */
export const saveTracks = Endpoint.mapInput(
  savedTracks,
  // Spotify requires `ids` even beside `timestamped_ids`, which it then goes by.
  (options: SaveTracksOptions): Parameters<typeof savedTracks> => [
    options?.timestamped_ids === undefined
      ? options
      : {
        ids: Array.isArray(options.timestamped_ids)
          ? options.timestamped_ids.slice(0, maxSaved + 1).map((entry) => entry?.id)
          : [],
        timestamped_ids: options.timestamped_ids
      }
  ],
  ["ids", "timestamped_ids"]
)

/**
 * Removes up to 50 tracks from the library.
 *
 * Scopes: `user-library-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.remove`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const removed = Library.removeTracks({ ids: ["7EjyzZcbLxW7PaaLua9Ksb"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/remove-tracks-user
 * @since 0.1.0
 * @category operations
 */
export const removeTracks = Endpoint.command("Library.removeTracks", {
  operationId: "remove-tracks-user",
  method: "DELETE",
  path: "/me/tracks",
  query: Param.several("track", 50),
  scopes: ["user-library-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.remove" }
})

/**
 * Tells for each of up to 50 tracks whether it is saved, in the order asked for.
 *
 * Scopes: `user-library-read`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.contains`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.containsTracks({ ids: ["7EjyzZcbLxW7PaaLua9Ksb"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/check-users-saved-tracks
 * @since 0.1.0
 * @category operations
 */
export const containsTracks = Endpoint.make("Library.containsTracks", {
  operationId: "check-users-saved-tracks",
  method: "GET",
  path: "/me/tracks/contains",
  query: Param.several("track", 50),
  scopes: ["user-library-read"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.contains" },
  success: Booleans
})

/**
 * Saves up to 20 albums.
 *
 * Scopes: `user-library-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.save`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.saveAlbums({ ids: ["4aawyAB9vmqN3uQ7FjRGTy"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/save-albums-user
 * @since 0.1.0
 * @category operations
 */
export const saveAlbums = Endpoint.command("Library.saveAlbums", {
  operationId: "save-albums-user",
  method: "PUT",
  path: "/me/albums",
  query: Param.several("album", 20),
  scopes: ["user-library-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.save" }
})

/**
 * Removes up to 20 albums from the library.
 *
 * Scopes: `user-library-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.remove`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const removed = Library.removeAlbums({ ids: ["4aawyAB9vmqN3uQ7FjRGTy"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/remove-albums-user
 * @since 0.1.0
 * @category operations
 */
export const removeAlbums = Endpoint.command("Library.removeAlbums", {
  operationId: "remove-albums-user",
  method: "DELETE",
  path: "/me/albums",
  query: Param.several("album", 20),
  scopes: ["user-library-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.remove" }
})

/**
 * Tells for each of up to 20 albums whether it is saved, in the order asked for.
 *
 * Scopes: `user-library-read`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.contains`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.containsAlbums({ ids: ["4aawyAB9vmqN3uQ7FjRGTy"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/check-users-saved-albums
 * @since 0.1.0
 * @category operations
 */
export const containsAlbums = Endpoint.make("Library.containsAlbums", {
  operationId: "check-users-saved-albums",
  method: "GET",
  path: "/me/albums/contains",
  query: Param.several("album", 20),
  scopes: ["user-library-read"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.contains" },
  success: Booleans
})

/**
 * Saves up to 50 shows.
 *
 * Scopes: `user-library-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.save`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.saveShows({ ids: ["5CfCWKI5pZ28U0uOzXkDHe"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/save-shows-user
 * @since 0.1.0
 * @category operations
 */
export const saveShows = Endpoint.command("Library.saveShows", {
  operationId: "save-shows-user",
  method: "PUT",
  path: "/me/shows",
  query: Param.several("show", 50),
  scopes: ["user-library-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.save" }
})

/**
 * Removes up to 50 shows from the library.
 *
 * Scopes: `user-library-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.remove`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const removed = Library.removeShows({ ids: ["5CfCWKI5pZ28U0uOzXkDHe"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/remove-shows-user
 * @since 0.1.0
 * @category operations
 */
export const removeShows = Endpoint.command("Library.removeShows", {
  operationId: "remove-shows-user",
  method: "DELETE",
  path: "/me/shows",
  query: Param.all(Param.several("show", 50), Param.market),
  scopes: ["user-library-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.remove" }
})

/**
 * Tells for each of up to 50 shows whether it is saved, in the order asked for.
 *
 * Scopes: `user-library-read`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.contains`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.containsShows({ ids: ["5CfCWKI5pZ28U0uOzXkDHe"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/check-users-saved-shows
 * @since 0.1.0
 * @category operations
 */
export const containsShows = Endpoint.make("Library.containsShows", {
  operationId: "check-users-saved-shows",
  method: "GET",
  path: "/me/shows/contains",
  query: Param.several("show", 50),
  scopes: ["user-library-read"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.contains" },
  success: Booleans
})

/**
 * Saves up to 50 episodes.
 *
 * Scopes: `user-library-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.save`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.saveEpisodes({ ids: ["512ojhOuo1ktJprKbVcKyQ"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/save-episodes-user
 * @since 0.1.0
 * @category operations
 */
export const saveEpisodes = Endpoint.command("Library.saveEpisodes", {
  operationId: "save-episodes-user",
  method: "PUT",
  path: "/me/episodes",
  query: Param.several("episode", 50),
  scopes: ["user-library-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.save" }
})

/**
 * Removes up to 50 episodes from the library.
 *
 * Scopes: `user-library-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.remove`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const removed = Library.removeEpisodes({ ids: ["512ojhOuo1ktJprKbVcKyQ"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/remove-episodes-user
 * @since 0.1.0
 * @category operations
 */
export const removeEpisodes = Endpoint.command("Library.removeEpisodes", {
  operationId: "remove-episodes-user",
  method: "DELETE",
  path: "/me/episodes",
  query: Param.several("episode", 50),
  scopes: ["user-library-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.remove" }
})

/**
 * Tells for each of up to 50 episodes whether it is saved, in the order asked for.
 *
 * Scopes: `user-library-read`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.contains`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.containsEpisodes({ ids: ["512ojhOuo1ktJprKbVcKyQ"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/check-users-saved-episodes
 * @since 0.1.0
 * @category operations
 */
export const containsEpisodes = Endpoint.make("Library.containsEpisodes", {
  operationId: "check-users-saved-episodes",
  method: "GET",
  path: "/me/episodes/contains",
  query: Param.several("episode", 50),
  scopes: ["user-library-read"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.contains" },
  success: Booleans
})

/**
 * Saves up to 50 audiobooks.
 *
 * Scopes: `user-library-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.save`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.saveAudiobooks({ ids: ["18yVqkdbdRvS24c0Ilj2ci"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/save-audiobooks-user
 * @since 0.1.0
 * @category operations
 */
export const saveAudiobooks = Endpoint.command("Library.saveAudiobooks", {
  operationId: "save-audiobooks-user",
  method: "PUT",
  path: "/me/audiobooks",
  query: Param.several("audiobook", 50),
  scopes: ["user-library-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.save" }
})

/**
 * Removes up to 50 audiobooks from the library.
 *
 * Scopes: `user-library-modify`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.remove`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const removed = Library.removeAudiobooks({ ids: ["18yVqkdbdRvS24c0Ilj2ci"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/remove-audiobooks-user
 * @since 0.1.0
 * @category operations
 */
export const removeAudiobooks = Endpoint.command("Library.removeAudiobooks", {
  operationId: "remove-audiobooks-user",
  method: "DELETE",
  path: "/me/audiobooks",
  query: Param.several("audiobook", 50),
  scopes: ["user-library-modify"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.remove" }
})

/**
 * Tells for each of up to 50 audiobooks whether it is saved, in the order asked for.
 *
 * Scopes: `user-library-read`.
 *
 * @deprecated Since February 2026 for apps in Development Mode. Use `Library.contains`.
 *
 * @example
 * ```ts
 * import { Library } from "effect-spotify"
 *
 * const saved = Library.containsAudiobooks({ ids: ["18yVqkdbdRvS24c0Ilj2ci"] })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/check-users-saved-audiobooks
 * @since 0.1.0
 * @category operations
 */
export const containsAudiobooks = Endpoint.make("Library.containsAudiobooks", {
  operationId: "check-users-saved-audiobooks",
  method: "GET",
  path: "/me/audiobooks/contains",
  query: Param.several("audiobook", 50),
  scopes: ["user-library-read"],
  quota: "extended",
  deprecated: { since: "February 2026", use: "Library.contains" },
  success: Booleans
})

const resumable = { resume: JobInput.account, onProgress: Input.aFunction }

/**
 * Saves any number of tracks, albums, episodes, shows, audiobooks, artists or playlists, 40 a request and in order, and
 * gives an account of what was written.
 *
 * Takes URIs or links from anything that can be iterated, or from a stream. Where a request fails, `IncompleteWrite` has
 * the account; given back as `resume`, the rest is saved.
 *
 * Scopes: as {@link save}.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/save-library-items
 * @since 0.1.0
 * @category long writes
 */
export const saveAll = Input.guarded(
  "Library.saveAll",
  Writes.writeAll("Library.saveAll", save),
  JobInput.ofSource("Library.saveAll", resumable).entries
)

/**
 * Removes any number of things from the library, 40 a request. What it takes and gives is as for {@link saveAll}.
 *
 * Scopes: as {@link remove}.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/remove-library-items
 * @since 0.1.0
 * @category long writes
 */
export const removeAll = Input.guarded(
  "Library.removeAll",
  Writes.writeAll("Library.removeAll", remove),
  JobInput.ofSource("Library.removeAll", resumable).entries
)

/**
 * Says of any number of things whether they are in the library, 40 a request: one answer for each, in order.
 *
 * Scopes: as {@link contains}.
 *
 * @see https://developer.spotify.com/documentation/web-api/reference/check-library-contains
 * @since 0.1.0
 * @category long writes
 */
export const containsAll = Input.guarded(
  "Library.containsAll",
  Writes.containsAll("Library.containsAll", contains),
  JobInput.ofSource("Library.containsAll", { concurrency: Input.fromOne }).entries
)
