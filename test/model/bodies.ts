export const image = { url: "https://i.scdn.co/image/1", height: 640, width: 640 }

export const artist = { id: "a1", name: "Nina", type: "artist", uri: "spotify:artist:a1", href: "https://h/a1" }

export const fullArtist = {
  ...artist,
  followers: { href: null, total: 7 },
  genres: ["jazz"],
  images: [image],
  popularity: 60
}

export const album = {
  album_type: "album",
  artists: [artist],
  available_markets: ["SE", "DE"],
  external_urls: { spotify: "https://open.spotify.com/album/b1" },
  href: "https://h/b1",
  id: "b1",
  images: [image],
  name: "Pastel Blues",
  release_date: "1965-10",
  release_date_precision: "month",
  total_tracks: 9,
  type: "album",
  uri: "spotify:album:b1"
}

export const simplifiedTrack = {
  artists: [artist],
  available_markets: ["SE"],
  disc_number: 1,
  duration_ms: 613_000,
  explicit: false,
  external_urls: { spotify: "https://open.spotify.com/track/t1" },
  href: "https://h/t1",
  id: "t1",
  is_local: false,
  name: "Sinnerman",
  preview_url: null,
  track_number: 9,
  type: "track",
  uri: "spotify:track:t1"
}

export const track = { ...simplifiedTrack, album, external_ids: { isrc: "US1" }, popularity: 70 }

export const page = (items: ReadonlyArray<unknown>) => ({
  href: "https://h/page",
  items,
  limit: 20,
  next: null,
  offset: 0,
  previous: null,
  total: items.length
})

export const fullAlbum = {
  ...album,
  copyrights: [{ text: "1965 Philips", type: "C" }],
  external_ids: { upc: "0" },
  genres: [],
  label: "Philips",
  popularity: 50,
  tracks: page([simplifiedTrack])
}

export const simplifiedEpisode = {
  audio_preview_url: null,
  description: "About bees",
  duration_ms: 1_800_000,
  explicit: false,
  href: "https://h/e1",
  html_description: "<p>About bees</p>",
  id: "e1",
  images: [image],
  is_externally_hosted: false,
  is_playable: true,
  language: "en",
  languages: ["en"],
  name: "Bees",
  release_date: "2026-02-03",
  release_date_precision: "day",
  resume_point: { fully_played: false, resume_position_ms: 0 },
  type: "episode",
  uri: "spotify:episode:e1"
}

export const show = {
  available_markets: ["SE"],
  copyrights: [],
  description: "Insects",
  explicit: false,
  href: "https://h/s1",
  id: "s1",
  images: [image],
  languages: ["en"],
  media_type: "audio",
  name: "Six Legs",
  publisher: "Wings",
  total_episodes: 2,
  type: "show",
  uri: "spotify:show:s1"
}

export const episode = { ...simplifiedEpisode, show }

export const trackShapedEpisode = {
  album: { ...album, album_type: null, artists: [], name: "Six Legs", release_date: null },
  artists: [{ ...artist, type: "REALPODCASTNOTMUSIC123" }],
  available_markets: [],
  disc_number: 0,
  duration_ms: 1_800_000,
  episode: true,
  explicit: false,
  external_ids: { spotify: "spotify:episode:e1" },
  href: "https://h/e1",
  id: "e1",
  is_local: false,
  name: "Bees",
  popularity: 0,
  preview_url: null,
  track: false,
  track_number: 0,
  type: "episode",
  uri: "spotify:episode:e1"
}

export const localTrack = {
  album: {
    album_type: null,
    artists: [],
    available_markets: [],
    external_urls: {},
    href: null,
    id: null,
    images: [],
    name: "Home",
    release_date: null,
    release_date_precision: null,
    type: "album",
    uri: null
  },
  artists: [{ external_urls: {}, href: null, id: null, name: "Me", type: "artist", uri: null }],
  available_markets: [],
  disc_number: 0,
  duration_ms: 61_000,
  explicit: false,
  external_ids: {},
  external_urls: {},
  href: null,
  id: null,
  is_local: true,
  name: "Demo",
  popularity: 0,
  preview_url: null,
  track_number: 0,
  type: "track",
  uri: "spotify:local:Me:Home:Demo:61"
}

export const simplifiedChapter = {
  audio_preview_url: null,
  chapter_number: 0,
  description: "",
  duration_ms: 90_000,
  explicit: false,
  href: "https://h/c1",
  html_description: "",
  id: "c1",
  images: [image],
  is_playable: true,
  languages: ["English"],
  name: "Opening",
  release_date: "0000",
  release_date_precision: "year",
  resume_point: { fully_played: false, resume_position_ms: 0 },
  type: "chapter",
  uri: "spotify:episode:c1"
}

export const simplifiedAudiobook = {
  authors: [{ name: "M. S." }],
  available_markets: ["US"],
  copyrights: [{ text: "1818", type: "P" }],
  description: "Made of parts",
  edition: "Unabridged",
  explicit: false,
  href: "https://h/k1",
  html_description: "Made of parts",
  id: "k1",
  images: [image],
  languages: ["English"],
  media_type: "audio",
  name: "Frankenstein",
  narrators: [{ name: "N." }],
  publisher: "P.",
  total_chapters: 24,
  type: "audiobook",
  uri: "spotify:show:k1"
}

export const audiobook = { ...simplifiedAudiobook, chapters: page([simplifiedChapter]) }

export const chapter = { ...simplifiedChapter, audiobook: simplifiedAudiobook }

export const user = {
  display_name: "Ann",
  external_urls: { spotify: "https://open.spotify.com/user/u1" },
  followers: { href: null, total: 3 },
  href: "https://h/u1",
  id: "u1",
  images: [image],
  type: "user",
  uri: "spotify:user:u1"
}

export const simplifiedPlaylist = {
  collaborative: false,
  description: "Rain on the roof",
  external_urls: { spotify: "https://open.spotify.com/playlist/p1" },
  href: "https://h/p1",
  id: "p1",
  images: [image],
  name: "Rain",
  owner: { display_name: "Ann", href: "https://h/u1", id: "u1", type: "user", uri: "spotify:user:u1" },
  public: true,
  snapshot_id: "s==",
  type: "playlist",
  uri: "spotify:playlist:p1"
}

export const addedBy = { href: "https://h/u1", id: "u1", type: "user", uri: "spotify:user:u1" }

export const entry = { added_at: "2026-03-01T00:00:00Z", added_by: addedBy, is_local: false }

export const device = {
  id: "d1",
  is_active: true,
  is_private_session: false,
  is_restricted: false,
  name: "Kitchen",
  supports_volume: true,
  type: "Speaker",
  volume_percent: 40
}

export const context = { href: "https://h/b1", type: "album", uri: "spotify:album:b1" }

export const currentlyPlaying = {
  actions: { disallows: { resuming: true } },
  context,
  currently_playing_type: "track",
  is_playing: true,
  item: track,
  progress_ms: 1_000,
  timestamp: 1_760_000_000_000
}

export const playbackState = { ...currentlyPlaying, device, repeat_state: "off", shuffle_state: false }

export const audioFeatures = {
  acousticness: 0.1,
  analysis_url: "https://h/analysis",
  danceability: 0.2,
  duration_ms: 613_000,
  energy: 0.3,
  id: "t1",
  instrumentalness: 0,
  key: -1,
  liveness: 0.4,
  loudness: -7.5,
  mode: 1,
  speechiness: 0.05,
  tempo: 118.2,
  time_signature: 4,
  track_href: "https://h/t1",
  type: "audio_features",
  uri: "spotify:track:t1",
  valence: 0.6
}
