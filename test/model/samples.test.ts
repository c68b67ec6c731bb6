import type { Schema } from "effect"
import * as Album from "effect-spotify/model/Album"
import * as Artist from "effect-spotify/model/Artist"
import * as AudioAnalysis from "effect-spotify/model/AudioAnalysis"
import * as Audiobook from "effect-spotify/model/Audiobook"
import * as AudioFeatures from "effect-spotify/model/AudioFeatures"
import * as Category from "effect-spotify/model/Category"
import * as Chapter from "effect-spotify/model/Chapter"
import * as Common from "effect-spotify/model/Common"
import * as Episode from "effect-spotify/model/Episode"
import * as Player from "effect-spotify/model/Player"
import * as Playlist from "effect-spotify/model/Playlist"
import * as Recommendations from "effect-spotify/model/Recommendations"
import * as Search from "effect-spotify/model/Search"
import * as Show from "effect-spotify/model/Show"
import * as Track from "effect-spotify/model/Track"
import * as User from "effect-spotify/model/User"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { decode, failsAt } from "./decode.js"

const folder = fileURLToPath(new URL("../../../shared/spotify/samples", import.meta.url))

const schemas: Record<string, Schema.Schema.AnyNoContext> = {
  "add-items-to-playlist": Playlist.PlaylistSnapshot,
  "add-tracks-to-playlist": Playlist.PlaylistSnapshot,
  "check-current-user-follows": Common.Booleans,
  "check-if-user-follows-playlist": Common.Booleans,
  "check-library-contains": Common.Booleans,
  "check-users-saved-albums": Common.Booleans,
  "check-users-saved-audiobooks": Common.Booleans,
  "check-users-saved-episodes": Common.Booleans,
  "check-users-saved-shows": Common.Booleans,
  "check-users-saved-tracks": Common.Booleans,
  "create-playlist": Playlist.Playlist,
  "create-playlist-for-user": Playlist.Playlist,
  "get-a-categories-playlists": Playlist.FeaturedPlaylists,
  "get-a-category": Category.Category,
  "get-a-chapter": Chapter.Chapter,
  "get-a-list-of-current-users-playlists": Playlist.PlaylistsPage,
  "get-a-show": Show.Show,
  "get-a-shows-episodes": Show.ShowEpisodesPage,
  "get-a-users-available-devices": Player.Devices,
  "get-an-album": Album.Album,
  "get-an-albums-tracks": Album.AlbumTracksPage,
  "get-an-artist": Artist.Artist,
  "get-an-artists-albums": Album.DiscographyPage,
  "get-an-artists-related-artists": Artist.SeveralArtists,
  "get-an-artists-top-tracks": Track.SeveralTracks,
  "get-an-audiobook": Audiobook.Audiobook,
  "get-an-episode": Episode.Episode,
  "get-audio-analysis": AudioAnalysis.AudioAnalysis,
  "get-audio-features": AudioFeatures.AudioFeatures,
  "get-audiobook-chapters": Audiobook.AudiobookChaptersPage,
  "get-available-markets": Common.Markets,
  "get-categories": Category.Categories,
  "get-current-users-profile": User.PrivateUser,
  "get-featured-playlists": Playlist.FeaturedPlaylists,
  "get-followed": Artist.FollowedArtists,
  "get-information-about-the-users-current-playback": Player.PlaybackState,
  "get-list-users-playlists": Playlist.PlaylistsPage,
  "get-multiple-albums": Album.SeveralAlbums,
  "get-multiple-artists": Artist.SeveralArtists,
  "get-multiple-audiobooks": Audiobook.SeveralAudiobooks,
  "get-multiple-episodes": Episode.SeveralEpisodes,
  "get-multiple-shows": Show.SeveralShows,
  "get-new-releases": Album.NewReleases,
  "get-playlist": Playlist.Playlist,
  "get-playlist-cover": Playlist.PlaylistCover,
  "get-playlists-items": Playlist.PlaylistItemsPage,
  "get-playlists-tracks": Playlist.PlaylistItemsPage,
  "get-queue": Player.Queue,
  "get-recently-played": Player.RecentlyPlayedPage,
  "get-recommendation-genres": Common.Genres,
  "get-recommendations": Recommendations.Recommendations,
  "get-several-audio-features": AudioFeatures.SeveralAudioFeatures,
  "get-several-chapters": Chapter.SeveralChapters,
  "get-several-tracks": Track.SeveralTracks,
  "get-the-users-currently-playing-track": Player.CurrentlyPlaying,
  "get-track": Track.Track,
  "get-users-profile": User.PublicUser,
  "get-users-saved-albums": Album.SavedAlbumsPage,
  "get-users-saved-audiobooks": Audiobook.SavedAudiobooksPage,
  "get-users-saved-episodes": Episode.SavedEpisodesPage,
  "get-users-saved-shows": Show.SavedShowsPage,
  "get-users-saved-tracks": Track.SavedTracksPage,
  "get-users-top-artists": Artist.ArtistsPage,
  "get-users-top-tracks": Track.TracksPage,
  "remove-items-playlist": Playlist.PlaylistSnapshot,
  "remove-tracks-playlist": Playlist.PlaylistSnapshot,
  "reorder-or-replace-playlists-items": Playlist.PlaylistSnapshot,
  "reorder-or-replace-playlists-tracks": Playlist.PlaylistSnapshot,
  "search": Search.SearchResult
}

const operations = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith("_")) : []

const samples = operations.flatMap((operation) =>
  readdirSync(`${folder}/${operation}`)
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({ operation, sample: `${operation}/${file}` }))
)

/** Bodies that must not decode, with the place and the reason. */
const refused: Record<string, { readonly at: string; readonly because: string }> = {
  "get-a-chapter/php-chapter-is-an-audiobook.json": {
    at: "chapter_number",
    because: "it is an audiobook, which has none of what a chapter promises"
  },
  "get-several-chapters/php-chapters-are-audiobooks.json": {
    at: "chapters.0.chapter_number",
    because: "its entries are audiobooks"
  },
  "get-information-about-the-users-current-playback/php-user-current-playback-info.json": {
    at: "progress_ms",
    because: "progress_ms is a string, so that the type would lie"
  },
  "get-users-saved-audiobooks/openapi-example-prism-static.json": {
    at: "items.0.authors",
    because: "recorded entries are bare audiobooks, not { added_at, audiobook } as in the example"
  }
}

describe.skipIf(samples.length === 0)("recorded bodies (skipped where ../shared/spotify/samples is absent)", () => {
  it("has a schema for every operation with a JSON body", () => {
    expect(samples.filter(({ operation }) => !(operation in schemas))).toEqual([])
  })

  it.each(samples)("$sample", ({ operation, sample }) => {
    const schema = schemas[operation] ?? expect.unreachable("no schema for it")
    const body: unknown = JSON.parse(readFileSync(`${folder}/${sample}`, "utf8"))
    const refusal = refused[sample]
    if (refusal !== undefined) expect(failsAt(schema, body), refusal.because).toBe(refusal.at)
    else expect(decode(schema, body)).toBeDefined()
  })
})
