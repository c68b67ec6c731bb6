import { apiUrl, id, require, run, token } from "./support.js"

const Request = require("spotify-web-api-node/src/base-request")
const requests = require("spotify-web-api-node/src/webapi-request")
const authentication = require("spotify-web-api-node/src/authentication-request")
const Api = require("spotify-web-api-node")

const { hostname, port } = new URL(apiUrl)
const builder = () => Request.builder().withHost(hostname).withPort(Number(port)).withScheme("http")
requests.builder = (token) => builder().withAuth(token)
authentication.builder = builder

const api = new Api({
  accessToken: token,
  clientId: "fake-client-id",
  clientSecret: "fake-client-secret",
  redirectUri: "http://127.0.0.1:1/callback"
})

const tracks = [id("track", 1), id("track", 2)]
const uris = tracks.map((track) => `spotify:track:${track}`)
const p = (await api.createPlaylist("From spotify-web-api-node", { public: true })).body.id

await run({
  getTrack: () => api.getTrack(tracks[0]),
  getTracks: () => api.getTracks(tracks),
  getAlbum: () => api.getAlbum(id("album", 1)),
  getAlbums: () => api.getAlbums([id("album", 1)]),
  getArtist: () => api.getArtist(id("artist", 1)),
  getArtists: () => api.getArtists([id("artist", 1)]),
  search: () => api.search("lantern", ["track", "playlist"], { limit: 20 }),
  searchTracks: () => api.searchTracks("lantern"),
  getArtistAlbums: () => api.getArtistAlbums(id("artist", 1), { limit: 20 }),
  getAlbumTracks: () => api.getAlbumTracks(id("album", 1), { limit: 5, offset: 1 }),
  getArtistTopTracks: () => api.getArtistTopTracks(id("artist", 1), "SE"),
  getArtistRelatedArtists: () => api.getArtistRelatedArtists(id("artist", 1)),
  getUser: () => api.getUser("other-user"),
  getMe: () => api.getMe(),
  getUserPlaylists: () => api.getUserPlaylists({ limit: 5 }),
  "getUserPlaylists of": () => api.getUserPlaylists("other-user"),
  getPlaylist: () => api.getPlaylist(p),
  addTracksToPlaylist: () => api.addTracksToPlaylist(p, uris, { position: 0 }),
  getPlaylistTracks: () => api.getPlaylistTracks(p, { limit: 5 }),
  reorderTracksInPlaylist: () => api.reorderTracksInPlaylist(p, 0, 2),
  replaceTracksInPlaylist: () => api.replaceTracksInPlaylist(p, uris),
  removeTracksFromPlaylist: () => api.removeTracksFromPlaylist(p, [{ uri: uris[0] }]),
  removeTracksFromPlaylistByPosition: async () =>
    api.removeTracksFromPlaylistByPosition(p, [0], (await api.getPlaylist(p)).body.snapshot_id),
  followPlaylist: () => api.followPlaylist(p, { public: true }),
  unfollowPlaylist: () => api.unfollowPlaylist(p),
  changePlaylistDetails: () => api.changePlaylistDetails(p, { name: "New" }),
  uploadCustomPlaylistCoverImage: () => api.uploadCustomPlaylistCoverImage(p, "/9j/4AAQSkZJRg=="),
  getAudioFeaturesForTrack: () => api.getAudioFeaturesForTrack(tracks[0]),
  getAudioFeaturesForTracks: () => api.getAudioFeaturesForTracks(tracks),
  getAudioAnalysisForTrack: () => api.getAudioAnalysisForTrack(tracks[0]),
  getRecommendations: () => api.getRecommendations({ seed_tracks: tracks, min_energy: 0.4 }),
  getAvailableGenreSeeds: () => api.getAvailableGenreSeeds(),
  getMySavedTracks: () => api.getMySavedTracks({ limit: 5 }),
  containsMySavedTracks: () => api.containsMySavedTracks(tracks),
  addToMySavedTracks: () => api.addToMySavedTracks(tracks),
  removeFromMySavedTracks: () => api.removeFromMySavedTracks(tracks),
  addToMySavedAlbums: () => api.addToMySavedAlbums([id("album", 3)]),
  removeFromMySavedAlbums: () => api.removeFromMySavedAlbums([id("album", 3)]),
  getMySavedAlbums: () => api.getMySavedAlbums(),
  containsMySavedAlbums: () => api.containsMySavedAlbums([id("album", 3)]),
  getMyTopArtists: () => api.getMyTopArtists(),
  getMyTopTracks: () => api.getMyTopTracks({ time_range: "long_term" }),
  getMyRecentlyPlayedTracks: () => api.getMyRecentlyPlayedTracks({ limit: 5 }),
  play: () => api.play({ uris }),
  getMyCurrentPlayingTrack: () => api.getMyCurrentPlayingTrack(),
  getMyCurrentPlaybackState: () => api.getMyCurrentPlaybackState(),
  addToQueue: () => api.addToQueue(uris[0]),
  getMyDevices: () => api.getMyDevices(),
  seek: () => api.seek(1000),
  setRepeat: () => api.setRepeat("context"),
  setShuffle: () => api.setShuffle(true),
  setVolume: () => api.setVolume(40),
  skipToNext: () => api.skipToNext(),
  skipToPrevious: () => api.skipToPrevious(),
  pause: () => api.pause(),
  transferMyPlayback: () => api.transferMyPlayback(["bbbb567890123456789012345678901234567890"]),
  followUsers: () => api.followUsers(["other-user"]),
  unfollowUsers: () => api.unfollowUsers(["other-user"]),
  isFollowingUsers: () => api.isFollowingUsers(["other-user"]),
  followArtists: () => api.followArtists([id("artist", 9)]),
  unfollowArtists: () => api.unfollowArtists([id("artist", 9)]),
  isFollowingArtists: () => api.isFollowingArtists([id("artist", 9)]),
  getFollowedArtists: () => api.getFollowedArtists({ limit: 2 }),
  getNewReleases: () => api.getNewReleases({ country: "SE" }),
  getFeaturedPlaylists: () => api.getFeaturedPlaylists(),
  getCategories: () => api.getCategories(),
  getCategory: () => api.getCategory("kitchen"),
  getPlaylistsForCategory: () => api.getPlaylistsForCategory("kitchen"),
  getShow: () => api.getShow(id("show", 1)),
  getShows: () => api.getShows([id("show", 1)]),
  addToMySavedShows: () => api.addToMySavedShows([id("show", 8)]),
  removeFromMySavedShows: () => api.removeFromMySavedShows([id("show", 8)]),
  containsMySavedShows: () => api.containsMySavedShows([id("show", 8)]),
  getMySavedShows: () => api.getMySavedShows(),
  getShowEpisodes: () => api.getShowEpisodes(id("show", 1)),
  searchShows: () => api.searchShows("radio"),
  searchEpisodes: () => api.searchEpisodes("no"),
  getEpisode: () => api.getEpisode(id("episode", 1)),
  getEpisodes: () => api.getEpisodes([id("episode", 1)]),
  clientCredentialsGrant: () => api.clientCredentialsGrant(),
  authorizationCodeGrant: async () => {
    const url = api.createAuthorizeURL(["user-library-read", "user-read-email"], "state")
    const { headers } = await fetch(url, { redirect: "manual" })
    const { body } = await api.authorizationCodeGrant(new URL(headers.get("location")).searchParams.get("code"))
    api.setRefreshToken(body.refresh_token)
  },
  refreshAccessToken: () => api.refreshAccessToken()
})
