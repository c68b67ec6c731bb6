import * as Spotify from "effect-spotify"
import * as ResponseCache from "effect-spotify/ResponseCache"
import * as SignIn from "effect-spotify/SignIn"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8")
const rowsOf = (text: string) =>
  text.split("\n").filter((line) => line.startsWith("| `")).map((line) => line.split("|").slice(1, 3))
const code = (cell: string | undefined) => [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text)
const theirsOf = (text: string) => new Set(rowsOf(text).flatMap(([method]) => code(method)))

const page = read("migration.md")
const theirs = theirsOf(page)
const rows = ["migration.md", "migration/spotify-web-api-node.md", "migration/spotipy.md", "migration/tekore.md"]
  .flatMap((name) => rowsOf(read(name)))

const session =
  "generateState generateCodeVerifier generateCodeChallenge getAuthorizeUrl requestAccessToken requestCredentialsToken refreshAccessToken getAccessToken getRefreshToken getTokenExpiration getScope"
const api =
  "addMyAlbums addMyAudiobooks addMyEpisodes addMyLibrary addMyShows addMyTracks addPlaylistItems addPlaylistTracks changeMyDevice changeVolume createPlaylist currentUserFollows currentUserFollowsPlaylist deleteMyAlbums deleteMyAudiobooks deleteMyEpisodes deleteMyLibrary deleteMyShows deleteMyTracks deletePlaylistItems deletePlaylistTracks followArtistsOrUsers followPlaylist getAlbum getAlbums getAlbumTracks getArtist getArtists getArtistRelatedArtists getArtistAlbums getArtistTopTracks getAudioAnalysis getAudiobook getAudiobookChapters getAudiobooks getAudioFeatures getCategoriesList getCategory getCategoryPlaylists getChapter getChapters getEpisode getEpisodes getFeaturedPlaylists getGenreSeeds getLastResponse getMarkets getMultipleAudioFeatures getMyCurrentTrack getMyDevices getMyCurrentPlaybackInfo getMyPlaylists getMyQueue getMyRecentTracks getMySavedAlbums getMySavedAudiobooks getMySavedEpisodes getMySavedTracks getMySavedShows getMyTop getNewReleases getPlaylist getPlaylistImage getPlaylistItems getPlaylistTracks getRecommendations getShow getShowEpisodes getShows getTrack getTracks getUser getUserFollowedArtists getUserPlaylists me myAlbumsContains myAudiobooksContains myEpisodesContains myLibraryContains myShowsContains myTracksContains next pause play previous queue reorderPlaylistTracks repeat replacePlaylistTracks search seek shuffle unfollowArtistsOrUsers unfollowPlaylist updatePlaylist updatePlaylistImage updatePlaylistItems"
const rest =
  "auto_refresh auto_retry default_headers return_assoc getReason hasExpiredToken isRateLimited isQuotaExceeded hasInvalidCredentials hasInvalidRefreshToken"

const others = {
  "spotify-web-api-node":
    "addToMySavedAlbums addToMySavedShows addToMySavedTracks addToQueue addTracksToPlaylist areFollowingPlaylist authorizationCodeGrant changePlaylistDetails clientCredentialsGrant containsMySavedAlbums containsMySavedShows containsMySavedTracks createAuthorizeURL createPlaylist followArtists followPlaylist followUsers getAccessToken getAlbum getAlbumTracks getAlbums getArtist getArtistAlbums getArtistRelatedArtists getArtistTopTracks getArtists getAudioAnalysisForTrack getAudioFeaturesForTrack getAudioFeaturesForTracks getAvailableGenreSeeds getCategories getCategory getClientId getClientSecret getCredentials getEpisode getEpisodes getFeaturedPlaylists getFollowedArtists getMe getMyCurrentPlaybackState getMyCurrentPlayingTrack getMyDevices getMyRecentlyPlayedTracks getMySavedAlbums getMySavedShows getMySavedTracks getMyTopArtists getMyTopTracks getNewReleases getPlaylist getPlaylistTracks getPlaylistsForCategory getRecommendations getRedirectURI getRefreshToken getShow getShowEpisodes getShows getTrack getTracks getUser getUserPlaylists isFollowingArtists isFollowingUsers pause play refreshAccessToken removeFromMySavedAlbums removeFromMySavedShows removeFromMySavedTracks removeTracksFromPlaylist removeTracksFromPlaylistByPosition reorderTracksInPlaylist replaceTracksInPlaylist resetAccessToken resetClientId resetClientSecret resetCredentials resetRedirectURI resetRefreshToken search searchAlbums searchArtists searchEpisodes searchPlaylists searchShows searchTracks seek setAccessToken setClientId setClientSecret setCredentials setRedirectURI setRefreshToken setRepeat setShuffle setVolume skipToNext skipToPrevious transferMyPlayback unfollowArtists unfollowPlaylist unfollowUsers uploadCustomPlaylistCoverImage",
  spotipy:
    "SpotifyOAuth SpotifyPKCE SpotifyClientCredentials SpotifyImplicitGrant CacheHandler CacheFileHandler MemoryCacheHandler DjangoSessionCacheHandler FlaskSessionCacheHandler RedisCacheHandler MemcacheCacheHandler SpotifyException SpotifyOauthError SpotifyStateError get_access_token refresh_access_token set_auth language requests_timeout retries proxies next previous track tracks artist artists artist_albums artist_top_tracks artist_related_artists album albums album_tracks show shows show_episodes episode episodes search search_markets user current_user_playlists playlist playlist_tracks playlist_items playlist_cover_image playlist_upload_cover_image user_playlist user_playlist_tracks user_playlists user_playlist_create user_playlist_change_details user_playlist_unfollow user_playlist_add_tracks user_playlist_add_episodes user_playlist_replace_tracks user_playlist_reorder_tracks user_playlist_remove_all_occurrences_of_tracks user_playlist_remove_specific_occurrences_of_tracks user_playlist_follow_playlist user_playlist_is_following current_user_playlist_create playlist_change_details current_user_unfollow_playlist playlist_add_items playlist_replace_items playlist_reorder_items playlist_remove_all_occurrences_of_items playlist_remove_specific_occurrences_of_items current_user_follow_playlist playlist_is_following me current_user current_user_playing_track current_user_saved_albums current_user_saved_albums_add current_user_saved_albums_delete current_user_saved_albums_contains current_user_saved_tracks current_user_saved_tracks_add current_user_saved_tracks_delete current_user_saved_tracks_contains current_user_saved_episodes current_user_saved_episodes_add current_user_saved_episodes_delete current_user_saved_episodes_contains current_user_saved_shows current_user_saved_shows_add current_user_saved_shows_delete current_user_saved_shows_contains current_user_followed_artists current_user_following_artists current_user_following_users current_user_top_artists current_user_top_tracks current_user_recently_played user_follow_artists user_follow_users user_unfollow_artists user_unfollow_users featured_playlists new_releases category categories category_playlists recommendations recommendation_genre_seeds audio_analysis audio_features devices current_playback currently_playing transfer_playback start_playback pause_playback next_track previous_track seek_track repeat volume shuffle queue add_to_queue available_markets get_audiobook get_audiobooks get_audiobook_chapters",
  tekore:
    "Credentials RefreshingCredentials RefreshingToken UserAuth prompt_for_user_token prompt_for_pkce_token refresh_user_token refresh_pkce_token request_client_token config_from_environment config_from_file config_to_file RetryingSender CachingSender SyncSender AsyncSender token_as max_limits chunked next previous all_pages all_items to_uri to_url from_uri from_url TooManyRequests album albums album_tracks artist artists artist_albums artist_top_tracks artist_related_artists audiobook audiobooks audiobook_chapters chapter chapters episode episodes show shows show_episodes track tracks track_audio_analysis track_audio_features tracks_audio_features search markets new_releases featured_playlists categories category category_playlists recommendations recommendation_genre_seeds current_user user current_user_top_artists current_user_top_tracks followed_artists artists_follow users_follow artists_unfollow users_unfollow artists_is_following users_is_following playlist_follow playlist_unfollow playlist_is_following saved_albums saved_albums_add saved_albums_delete saved_albums_contains saved_tracks saved_tracks_add saved_tracks_delete saved_tracks_contains saved_episodes saved_episodes_add saved_episodes_delete saved_episodes_contains saved_shows saved_shows_add saved_shows_delete saved_shows_contains followed_playlists playlists playlist playlist_items playlist_cover_image playlist_cover_image_upload playlist_create playlist_change_details playlist_add playlist_remove playlist_clear playlist_replace playlist_reorder playback playback_currently_playing playback_recently_played playback_devices playback_queue playback_queue_add playback_transfer playback_resume playback_start_tracks playback_start_context playback_pause playback_next playback_previous playback_seek playback_repeat playback_shuffle playback_volume"
}

describe("the migration page", () => {
  it.each(Object.entries(others))("maps every method of %s", (name, methods) => {
    const mapped = theirsOf(read(`migration/${name}.md`))
    expect(methods.split(" ").filter((method) => !mapped.has(method))).toEqual([])
    expect(page).toContain(`(migration/${name}.md)`)
  })

  it("maps every method of spotify-web-api-php", () => {
    expect(`${session} ${api} ${rest}`.split(" ").filter((name) => !theirs.has(name))).toEqual([])
  })

  it("names nothing of ours that there isn't", () => {
    const groups = new Map<string, object>(Object.entries({ ...Spotify, ResponseCache, SignIn }))
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
