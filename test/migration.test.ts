import * as Spotify from "effect-spotify"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const page = readFileSync(new URL("../docs/migration.md", import.meta.url), "utf8")
const rows = page.split("\n").filter((line) => line.startsWith("| `")).map((line) => line.split("|").slice(1, 3))
const code = (cell: string | undefined) => [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text)
const theirs = new Set(rows.flatMap(([method]) => code(method)))

const session =
  "generateState generateCodeVerifier generateCodeChallenge getAuthorizeUrl requestAccessToken requestCredentialsToken refreshAccessToken getAccessToken getRefreshToken getTokenExpiration getScope"
const api =
  "addMyAlbums addMyAudiobooks addMyEpisodes addMyLibrary addMyShows addMyTracks addPlaylistItems addPlaylistTracks changeMyDevice changeVolume createPlaylist currentUserFollows currentUserFollowsPlaylist deleteMyAlbums deleteMyAudiobooks deleteMyEpisodes deleteMyLibrary deleteMyShows deleteMyTracks deletePlaylistItems deletePlaylistTracks followArtistsOrUsers followPlaylist getAlbum getAlbums getAlbumTracks getArtist getArtists getArtistRelatedArtists getArtistAlbums getArtistTopTracks getAudioAnalysis getAudiobook getAudiobookChapters getAudiobooks getAudioFeatures getCategoriesList getCategory getCategoryPlaylists getChapter getChapters getEpisode getEpisodes getFeaturedPlaylists getGenreSeeds getLastResponse getMarkets getMultipleAudioFeatures getMyCurrentTrack getMyDevices getMyCurrentPlaybackInfo getMyPlaylists getMyQueue getMyRecentTracks getMySavedAlbums getMySavedAudiobooks getMySavedEpisodes getMySavedTracks getMySavedShows getMyTop getNewReleases getPlaylist getPlaylistImage getPlaylistItems getPlaylistTracks getRecommendations getShow getShowEpisodes getShows getTrack getTracks getUser getUserFollowedArtists getUserPlaylists me myAlbumsContains myAudiobooksContains myEpisodesContains myLibraryContains myShowsContains myTracksContains next pause play previous queue reorderPlaylistTracks repeat replacePlaylistTracks search seek shuffle unfollowArtistsOrUsers unfollowPlaylist updatePlaylist updatePlaylistImage updatePlaylistItems"
const rest =
  "auto_refresh auto_retry default_headers return_assoc getReason hasExpiredToken isRateLimited isQuotaExceeded hasInvalidCredentials hasInvalidRefreshToken"

describe("the migration page", () => {
  it("maps every method of spotify-web-api-php", () => {
    expect(`${session} ${api} ${rest}`.split(" ").filter((name) => !theirs.has(name))).toEqual([])
  })

  it("names nothing of ours that there isn't", () => {
    const groups = new Map<string, object>(Object.entries(Spotify))
    const named = rows.flatMap(([, here]) => code(here)).flatMap((text) => /^([A-Z]\w+)\.(\w+)/.exec(text) ?? [])
    const ours = new Set(named.filter((text) => /^[A-Z]\w+\.\w+$/.test(text) && !/^(Effect|HttpClient)\./.test(text)))
    expect(ours.size).toBeGreaterThan(90)
    const missing = [...ours].filter((text) => {
      const [group = "", member = ""] = text.split(".")
      return !(member in (groups.get(group) ?? {}))
    })
    expect(missing).toEqual([])
  })

  it("leaves out no operation but the batch ones, which getMany calls", () => {
    const unnamed = Spotify.Endpoints.all.map(({ operation }) => operation).filter((operation) =>
      !page.includes(`\`${operation}\``)
    )
    expect(unnamed.filter((operation) => !operation.endsWith(".several"))).toEqual([
      "Playlists.updateItems",
      "Playlists.updateTracks"
    ])
  })
})
