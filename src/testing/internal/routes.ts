import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Call, UserCall } from "./call.js"
import { requireScopes } from "./call.js"
import { apiError, empty, fail } from "./http.js"
import type { Reply, Result } from "./http.js"
import * as Browse from "./operations/browse.js"
import * as Catalogue from "./operations/catalogue.js"
import * as Library from "./operations/library.js"
import * as Player from "./operations/player.js"
import * as Playlists from "./operations/playlists.js"
import * as Users from "./operations/users.js"

export type Method = "GET" | "POST" | "PUT" | "DELETE"

export interface Route {
  readonly method: Method
  readonly path: string
  /** What Development Mode answers in the operation's place. */
  readonly development: Reply | undefined
  readonly cache: "public" | "private"
  readonly handle: (call: Call) => Result<Reply>
}

type Handler<C> = (call: C) => Result<Reply>

/** Removed from Development Mode in February 2026. */
const removed = apiError(403, "Forbidden")
/** Closed to new apps in November 2024. */
const closed = empty(404)
const closedJson = apiError(404, "Not found.")
const closedFeatures = apiError(403)

const open = (method: Method, path: string, handle: Handler<Call>, development?: Reply): Route => ({
  method,
  path,
  development,
  cache: "public",
  handle
})

/** An operation on behalf of a user, with the scopes that it always asks for. */
const own = (
  method: Method,
  path: string,
  scopes: ReadonlyArray<string>,
  handle: Handler<UserCall>,
  development?: Reply
): Route => ({
  method,
  path,
  development,
  cache: "private",
  handle: (call) => {
    const { user } = call
    return user === undefined
      ? fail(401, "Valid user authentication required")
      : Either.flatMap(requireScopes(call, scopes), () => handle({ ...call, user }))
  }
})

const read = ["user-library-read"]
const modify = ["user-library-modify"]
const control = ["user-modify-playback-state"]

export const routes: ReadonlyArray<Route> = [
  open("GET", "/albums/{id}", Catalogue.album),
  open("GET", "/albums", Catalogue.albums, removed),
  open("GET", "/albums/{id}/tracks", Catalogue.albumTracks),

  open("GET", "/artists/{id}", Catalogue.artist),
  open("GET", "/artists", Catalogue.artists, removed),
  open("GET", "/artists/{id}/albums", Catalogue.artistAlbums),
  open("GET", "/artists/{id}/top-tracks", Catalogue.artistTopTracks, removed),
  open("GET", "/artists/{id}/related-artists", Catalogue.relatedArtists, closedJson),

  open("GET", "/shows/{id}", Catalogue.show),
  open("GET", "/shows", Catalogue.shows, removed),
  open("GET", "/shows/{id}/episodes", Catalogue.showEpisodes),
  open("GET", "/episodes/{id}", Catalogue.episode),
  open("GET", "/episodes", Catalogue.episodes, removed),
  open("GET", "/audiobooks/{id}", Catalogue.audiobook),
  open("GET", "/audiobooks", Catalogue.audiobooks, removed),
  open("GET", "/audiobooks/{id}/chapters", Catalogue.audiobookChapters),
  open("GET", "/chapters/{id}", Catalogue.chapter),
  open("GET", "/chapters", Catalogue.chapters, removed),
  open("GET", "/tracks/{id}", Catalogue.track),
  open("GET", "/tracks", Catalogue.tracks, removed),
  open("GET", "/search", Browse.search),
  open("GET", "/markets", Catalogue.markets, removed),

  open("GET", "/browse/featured-playlists", Browse.featured, closedJson),
  open("GET", "/browse/categories", Browse.categories, removed),
  open("GET", "/browse/categories/{category_id}", Browse.oneCategory, removed),
  open("GET", "/browse/categories/{category_id}/playlists", Browse.categoryPlaylists, closedJson),
  open("GET", "/browse/new-releases", Browse.newReleases, removed),
  open("GET", "/recommendations", Browse.recommendations, closed),
  open("GET", "/recommendations/available-genre-seeds", Browse.genreSeeds, closed),
  open("GET", "/audio-features", Browse.severalAudioFeatures, closedFeatures),
  open("GET", "/audio-features/{id}", Browse.audioFeatures, closedFeatures),
  open("GET", "/audio-analysis/{id}", Browse.audioAnalysis, closedFeatures),

  own("GET", "/me", [], Users.me),
  own("GET", "/me/top/artists", ["user-top-read"], Users.topArtists),
  own("GET", "/me/top/tracks", ["user-top-read"], Users.topTracks),
  own("GET", "/me/following", ["user-follow-read"], Users.followedArtists),
  own("PUT", "/me/following", ["user-follow-modify"], Users.follow, removed),
  own("DELETE", "/me/following", ["user-follow-modify"], Users.unfollow, removed),
  own("GET", "/me/following/contains", ["user-follow-read"], Users.follows, removed),
  open("GET", "/users/{user_id}", Users.profile, removed),
  open("GET", "/users/{user_id}/playlists", Playlists.ofUser, removed),
  own("POST", "/users/{user_id}/playlists", [], Playlists.createForUser, removed),

  own("PUT", "/me/library", [], Library.saveUris),
  own("DELETE", "/me/library", [], Library.removeUris),
  own("GET", "/me/library/contains", [], Library.containsUris),
  own("GET", "/me/albums", read, Library.albums),
  own("PUT", "/me/albums", modify, Library.saveKind("album"), removed),
  own("DELETE", "/me/albums", modify, Library.removeKind("album"), removed),
  own("GET", "/me/albums/contains", read, Library.containsKind("album"), removed),
  own("GET", "/me/audiobooks", read, Library.audiobooks),
  own("PUT", "/me/audiobooks", modify, Library.saveKind("audiobook"), removed),
  own("DELETE", "/me/audiobooks", modify, Library.removeKind("audiobook"), removed),
  own("GET", "/me/audiobooks/contains", read, Library.containsKind("audiobook"), removed),
  own("GET", "/me/episodes", read, Library.episodes),
  own("PUT", "/me/episodes", modify, Library.saveKind("episode"), removed),
  own("DELETE", "/me/episodes", modify, Library.removeKind("episode"), removed),
  own("GET", "/me/episodes/contains", read, Library.containsKind("episode"), removed),
  own("GET", "/me/shows", read, Library.shows),
  own("PUT", "/me/shows", modify, Library.saveKind("show"), removed),
  own("DELETE", "/me/shows", modify, Library.removeKind("show"), removed),
  own("GET", "/me/shows/contains", read, Library.containsKind("show"), removed),
  own("GET", "/me/tracks", read, Library.tracks),
  own("PUT", "/me/tracks", modify, Library.saveTracks, removed),
  own("DELETE", "/me/tracks", modify, Library.removeKind("track"), removed),
  own("GET", "/me/tracks/contains", read, Library.containsKind("track"), removed),

  own("GET", "/me/playlists", ["playlist-read-private"], Playlists.mine),
  own("POST", "/me/playlists", [], Playlists.create),
  { ...open("GET", "/playlists/{playlist_id}", Playlists.playlist), cache: "private" },
  own("PUT", "/playlists/{playlist_id}", [], Playlists.changeDetails),
  { ...open("GET", "/playlists/{playlist_id}/items", Playlists.items), cache: "private" },
  own("PUT", "/playlists/{playlist_id}/items", [], Playlists.reorderOrReplace),
  own("POST", "/playlists/{playlist_id}/items", [], Playlists.add),
  own("DELETE", "/playlists/{playlist_id}/items", [], Playlists.remove("items")),
  { ...open("GET", "/playlists/{playlist_id}/tracks", Playlists.tracks, removed), cache: "private" },
  own("PUT", "/playlists/{playlist_id}/tracks", [], Playlists.reorderOrReplace, removed),
  own("POST", "/playlists/{playlist_id}/tracks", [], Playlists.add, removed),
  own("DELETE", "/playlists/{playlist_id}/tracks", [], Playlists.remove("tracks"), removed),
  { ...open("GET", "/playlists/{playlist_id}/images", Playlists.cover), cache: "private" },
  own("PUT", "/playlists/{playlist_id}/images", ["ugc-image-upload"], Playlists.uploadCover),
  own("PUT", "/playlists/{playlist_id}/followers", [], Playlists.follow, removed),
  own("DELETE", "/playlists/{playlist_id}/followers", [], Playlists.unfollow, removed),
  own("GET", "/playlists/{playlist_id}/followers/contains", [], Playlists.followers, removed),

  own("GET", "/me/player", ["user-read-playback-state"], Player.state),
  own("PUT", "/me/player", control, Player.transfer),
  own("GET", "/me/player/devices", ["user-read-playback-state"], Player.devices),
  own("GET", "/me/player/currently-playing", ["user-read-currently-playing"], Player.currentlyPlaying),
  own("PUT", "/me/player/play", control, Player.play),
  own("PUT", "/me/player/pause", control, Player.pause),
  own("POST", "/me/player/next", control, Player.next),
  own("POST", "/me/player/previous", control, Player.previous),
  own("PUT", "/me/player/seek", control, Player.seek),
  own("PUT", "/me/player/repeat", control, Player.repeat),
  own("PUT", "/me/player/volume", control, Player.volume),
  own("PUT", "/me/player/shuffle", control, Player.shuffle),
  own("GET", "/me/player/recently-played", ["user-read-recently-played"], Player.recentlyPlayed),
  own("GET", "/me/player/queue", ["user-read-currently-playing", "user-read-playback-state"], Player.queue),
  own("POST", "/me/player/queue", control, Player.enqueue)
]

interface Found {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

const patterns = routes.map((route) => ({
  route,
  segments: route.path.split("/")
}))

const decode = Option.liftThrowable(decodeURIComponent)

/** The route of a request; `path` is the one below /v1. Spotify takes a slash at its end. */
export const findRoute = (method: string, path: string): Found | undefined => {
  const parts = path.replace(/\/$/, "").split("/")
  for (const { route, segments } of patterns) {
    if (route.method !== method || segments.length !== parts.length) continue
    const params: Record<string, string> = {}
    const matches = segments.every((segment, i) => {
      const part = parts[i] ?? ""
      if (!segment.startsWith("{")) return segment === part
      params[segment.slice(1, -1)] = Option.getOrElse(decode(part), () => part)
      return part !== ""
    })
    if (matches) return { route, params }
  }
  return undefined
}
