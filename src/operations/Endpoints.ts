/**
 * A list of all operations, for tables, tests and tools.
 *
 * @since 0.1.0
 */
import type { Spec } from "../endpoint/Endpoint.js"
import * as Albums from "./Albums.js"
import * as Artists from "./Artists.js"
import * as Audiobooks from "./Audiobooks.js"
import * as Browse from "./Browse.js"
import * as Chapters from "./Chapters.js"
import * as Episodes from "./Episodes.js"
import * as Library from "./Library.js"
import * as Markets from "./Markets.js"
import * as Player from "./Player.js"
import * as Playlists from "./Playlists.js"
import * as Recommendations from "./Recommendations.js"
import * as Search from "./Search.js"
import * as Shows from "./Shows.js"
import * as Tracks from "./Tracks.js"
import * as Users from "./Users.js"

/**
 * The modules that hold the operations, by name: `Endpoints.groups["Tracks"]` has `get`. For tools that find an
 * operation by its name; a program that uses a few imports their modules, since this list keeps all of them in a bundle.
 *
 * @see https://developer.spotify.com/documentation/web-api
 * @since 0.2.0
 * @category constants
 */
export const groups: { readonly [group: string]: { readonly [name: string]: unknown } } = {
  Albums,
  Artists,
  Audiobooks,
  Browse,
  Chapters,
  Episodes,
  Library,
  Markets,
  Player,
  Playlists,
  Recommendations,
  Search,
  Shows,
  Tracks,
  Users
}

/**
 * What is known of each of the 97 operations of the Web API.
 *
 * @example
 * ```ts
 * import { Endpoints } from "effect-spotify"
 *
 * const gone = Endpoints.all.filter((spec) => spec.quota === "extended").map((spec) => spec.operation)
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api
 * @since 0.1.0
 * @category constants
 */
export const all: ReadonlyArray<Spec> = [
  Albums.get.spec,
  Albums.several.spec,
  Albums.tracks.spec,
  Artists.get.spec,
  Artists.several.spec,
  Artists.albums.spec,
  Artists.topTracks.spec,
  Artists.relatedArtists.spec,
  Audiobooks.get.spec,
  Audiobooks.several.spec,
  Audiobooks.chapters.spec,
  Browse.categories.spec,
  Browse.category.spec,
  Browse.categoryPlaylists.spec,
  Browse.featuredPlaylists.spec,
  Browse.newReleases.spec,
  Chapters.get.spec,
  Chapters.several.spec,
  Episodes.get.spec,
  Episodes.several.spec,
  Library.save.spec,
  Library.remove.spec,
  Library.contains.spec,
  Library.tracks.spec,
  Library.albums.spec,
  Library.shows.spec,
  Library.episodes.spec,
  Library.audiobooks.spec,
  Library.saveTracks.spec,
  Library.removeTracks.spec,
  Library.containsTracks.spec,
  Library.saveAlbums.spec,
  Library.removeAlbums.spec,
  Library.containsAlbums.spec,
  Library.saveShows.spec,
  Library.removeShows.spec,
  Library.containsShows.spec,
  Library.saveEpisodes.spec,
  Library.removeEpisodes.spec,
  Library.containsEpisodes.spec,
  Library.saveAudiobooks.spec,
  Library.removeAudiobooks.spec,
  Library.containsAudiobooks.spec,
  Markets.get.spec,
  Player.state.spec,
  Player.currentlyPlaying.spec,
  Player.devices.spec,
  Player.transfer.spec,
  Player.play.spec,
  Player.pause.spec,
  Player.next.spec,
  Player.previous.spec,
  Player.seek.spec,
  Player.repeat.spec,
  Player.volume.spec,
  Player.shuffle.spec,
  Player.recentlyPlayed.spec,
  Player.queue.spec,
  Player.addToQueue.spec,
  Playlists.get.spec,
  Playlists.changeDetails.spec,
  Playlists.items.spec,
  Playlists.addItems.spec,
  Playlists.removeItems.spec,
  Playlists.updateItems.spec,
  Playlists.mine.spec,
  Playlists.create.spec,
  Playlists.cover.spec,
  Playlists.uploadCover.spec,
  Playlists.ofUser.spec,
  Playlists.createForUser.spec,
  Playlists.follow.spec,
  Playlists.unfollow.spec,
  Playlists.followersContain.spec,
  Playlists.tracks.spec,
  Playlists.addTracks.spec,
  Playlists.removeTracks.spec,
  Playlists.updateTracks.spec,
  Recommendations.get.spec,
  Recommendations.genreSeeds.spec,
  Search.search.spec,
  Shows.get.spec,
  Shows.several.spec,
  Shows.episodes.spec,
  Tracks.get.spec,
  Tracks.several.spec,
  Tracks.audioFeatures.spec,
  Tracks.severalAudioFeatures.spec,
  Tracks.audioAnalysis.spec,
  Users.me.spec,
  Users.get.spec,
  Users.topArtists.spec,
  Users.topTracks.spec,
  Users.followedArtists.spec,
  Users.follow.spec,
  Users.unfollow.spec,
  Users.follows.spec
]
