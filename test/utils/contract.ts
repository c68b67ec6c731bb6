/**
 * The contract of the Web API's 97 operations, as its OpenAPI description (version 2026.5.31) has it. What that has only
 * in prose, and where we deviate from it, is in `contractNotes.ts`.
 */
export interface Parameter {
  readonly type: "string" | "integer" | "number" | "boolean" | "array" | "object"
  readonly required?: boolean
  readonly min?: number
  readonly max?: number
  readonly values?: ReadonlyArray<string>
  /** How many entries a list may have. */
  readonly minItems?: number
  readonly maxItems?: number
}

export interface Parameters {
  readonly [name: string]: Parameter
}

export interface Operation {
  readonly operationId: string
  readonly method: string
  readonly path: string
  readonly deprecated: boolean
  readonly query: Parameters
  /** The members of a JSON body. */
  readonly body: Parameters
  /** The content type of a body that isn't JSON. */
  readonly upload?: string
  readonly scopes: ReadonlyArray<string>
}

export const contract: ReadonlyArray<Operation> = [
  {
    operationId: "get-an-album",
    method: "GET",
    path: "/albums/{id}",
    deprecated: false,
    query: {
      market: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-multiple-albums",
    method: "GET",
    path: "/albums",
    deprecated: true,
    query: {
      ids: { type: "string", required: true },
      market: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-an-albums-tracks",
    method: "GET",
    path: "/albums/{id}/tracks",
    deprecated: false,
    query: {
      market: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-an-artist",
    method: "GET",
    path: "/artists/{id}",
    deprecated: false,
    query: {},
    body: {},
    scopes: []
  },
  {
    operationId: "get-multiple-artists",
    method: "GET",
    path: "/artists",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-an-artists-albums",
    method: "GET",
    path: "/artists/{id}/albums",
    deprecated: false,
    query: {
      include_groups: { type: "string" },
      market: { type: "string" },
      limit: { type: "integer", min: 0, max: 10 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-an-artists-top-tracks",
    method: "GET",
    path: "/artists/{id}/top-tracks",
    deprecated: true,
    query: {
      market: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-an-artists-related-artists",
    method: "GET",
    path: "/artists/{id}/related-artists",
    deprecated: true,
    query: {},
    body: {},
    scopes: []
  },
  {
    operationId: "get-a-show",
    method: "GET",
    path: "/shows/{id}",
    deprecated: false,
    query: {
      market: { type: "string" }
    },
    body: {},
    scopes: ["user-read-playback-position"]
  },
  {
    operationId: "get-multiple-shows",
    method: "GET",
    path: "/shows",
    deprecated: true,
    query: {
      market: { type: "string" },
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-a-shows-episodes",
    method: "GET",
    path: "/shows/{id}/episodes",
    deprecated: false,
    query: {
      market: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: ["user-read-playback-position"]
  },
  {
    operationId: "get-an-episode",
    method: "GET",
    path: "/episodes/{id}",
    deprecated: false,
    query: {
      market: { type: "string" }
    },
    body: {},
    scopes: ["user-read-playback-position"]
  },
  {
    operationId: "get-multiple-episodes",
    method: "GET",
    path: "/episodes",
    deprecated: true,
    query: {
      ids: { type: "string", required: true },
      market: { type: "string" }
    },
    body: {},
    scopes: ["user-read-playback-position"]
  },
  {
    operationId: "get-an-audiobook",
    method: "GET",
    path: "/audiobooks/{id}",
    deprecated: false,
    query: {
      market: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-multiple-audiobooks",
    method: "GET",
    path: "/audiobooks",
    deprecated: true,
    query: {
      ids: { type: "string", required: true },
      market: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-audiobook-chapters",
    method: "GET",
    path: "/audiobooks/{id}/chapters",
    deprecated: false,
    query: {
      market: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-users-saved-audiobooks",
    method: "GET",
    path: "/me/audiobooks",
    deprecated: false,
    query: {
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: ["user-library-read"]
  },
  {
    operationId: "save-audiobooks-user",
    method: "PUT",
    path: "/me/audiobooks",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-library-modify"]
  },
  {
    operationId: "remove-audiobooks-user",
    method: "DELETE",
    path: "/me/audiobooks",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-library-modify"]
  },
  {
    operationId: "check-users-saved-audiobooks",
    method: "GET",
    path: "/me/audiobooks/contains",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-library-read"]
  },
  {
    operationId: "get-a-chapter",
    method: "GET",
    path: "/chapters/{id}",
    deprecated: false,
    query: {
      market: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-several-chapters",
    method: "GET",
    path: "/chapters",
    deprecated: true,
    query: {
      ids: { type: "string", required: true },
      market: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-track",
    method: "GET",
    path: "/tracks/{id}",
    deprecated: false,
    query: {
      market: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-several-tracks",
    method: "GET",
    path: "/tracks",
    deprecated: true,
    query: {
      market: { type: "string" },
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "search",
    method: "GET",
    path: "/search",
    deprecated: false,
    query: {
      q: { type: "string", required: true },
      type: {
        type: "array",
        required: true,
        values: ["album", "artist", "playlist", "track", "show", "episode", "audiobook"]
      },
      market: { type: "string" },
      limit: { type: "integer", min: 1, max: 10 },
      offset: { type: "integer", min: 0, max: 1000 },
      include_external: { type: "string", values: ["audio"] }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-current-users-profile",
    method: "GET",
    path: "/me",
    deprecated: false,
    query: {},
    body: {},
    scopes: ["user-read-private", "user-read-email"]
  },
  {
    operationId: "get-playlist",
    method: "GET",
    path: "/playlists/{playlist_id}",
    deprecated: false,
    query: {
      market: { type: "string" },
      fields: { type: "string" },
      additional_types: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "change-playlist-details",
    method: "PUT",
    path: "/playlists/{playlist_id}",
    deprecated: false,
    query: {},
    body: {
      name: { type: "string" },
      public: { type: "boolean" },
      collaborative: { type: "boolean" },
      description: { type: "string" }
    },
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "get-playlists-tracks",
    method: "GET",
    path: "/playlists/{playlist_id}/tracks",
    deprecated: true,
    query: {
      market: { type: "string" },
      fields: { type: "string" },
      limit: { type: "integer", min: 1, max: 100 },
      offset: { type: "integer" },
      additional_types: { type: "string" }
    },
    body: {},
    scopes: ["playlist-read-private"]
  },
  {
    operationId: "reorder-or-replace-playlists-tracks",
    method: "PUT",
    path: "/playlists/{playlist_id}/tracks",
    deprecated: true,
    query: {
      uris: { type: "string" }
    },
    body: {
      uris: { type: "array" },
      range_start: { type: "integer" },
      insert_before: { type: "integer" },
      range_length: { type: "integer" },
      snapshot_id: { type: "string" }
    },
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "add-tracks-to-playlist",
    method: "POST",
    path: "/playlists/{playlist_id}/tracks",
    deprecated: true,
    query: {
      position: { type: "integer" },
      uris: { type: "string" }
    },
    body: {
      uris: { type: "array" },
      position: { type: "integer" }
    },
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "remove-tracks-playlist",
    method: "DELETE",
    path: "/playlists/{playlist_id}/tracks",
    deprecated: true,
    query: {},
    body: {
      tracks: { type: "array", required: true },
      snapshot_id: { type: "string" }
    },
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "get-playlists-items",
    method: "GET",
    path: "/playlists/{playlist_id}/items",
    deprecated: false,
    query: {
      market: { type: "string" },
      fields: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" },
      additional_types: { type: "string" }
    },
    body: {},
    scopes: ["playlist-read-private"]
  },
  {
    operationId: "reorder-or-replace-playlists-items",
    method: "PUT",
    path: "/playlists/{playlist_id}/items",
    deprecated: false,
    query: {
      uris: { type: "string" }
    },
    body: {
      uris: { type: "array" },
      range_start: { type: "integer" },
      insert_before: { type: "integer" },
      range_length: { type: "integer" },
      snapshot_id: { type: "string" }
    },
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "add-items-to-playlist",
    method: "POST",
    path: "/playlists/{playlist_id}/items",
    deprecated: false,
    query: {
      position: { type: "integer" },
      uris: { type: "string" }
    },
    body: {
      uris: { type: "array" },
      position: { type: "integer" }
    },
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "remove-items-playlist",
    method: "DELETE",
    path: "/playlists/{playlist_id}/items",
    deprecated: false,
    query: {},
    body: {
      items: { type: "array", required: true },
      snapshot_id: { type: "string" }
    },
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "get-a-list-of-current-users-playlists",
    method: "GET",
    path: "/me/playlists",
    deprecated: false,
    query: {
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: ["playlist-read-private"]
  },
  {
    operationId: "create-playlist",
    method: "POST",
    path: "/me/playlists",
    deprecated: false,
    query: {},
    body: {
      name: { type: "string", required: true },
      public: { type: "boolean" },
      collaborative: { type: "boolean" },
      description: { type: "string" }
    },
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "save-library-items",
    method: "PUT",
    path: "/me/library",
    deprecated: false,
    query: {
      uris: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-library-modify", "user-follow-modify", "playlist-modify-public"]
  },
  {
    operationId: "remove-library-items",
    method: "DELETE",
    path: "/me/library",
    deprecated: false,
    query: {
      uris: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-library-modify", "user-follow-modify", "playlist-modify-public"]
  },
  {
    operationId: "check-library-contains",
    method: "GET",
    path: "/me/library/contains",
    deprecated: false,
    query: {
      uris: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-library-read", "user-follow-read", "playlist-read-private"]
  },
  {
    operationId: "get-users-saved-albums",
    method: "GET",
    path: "/me/albums",
    deprecated: false,
    query: {
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" },
      market: { type: "string" }
    },
    body: {},
    scopes: ["user-library-read"]
  },
  {
    operationId: "save-albums-user",
    method: "PUT",
    path: "/me/albums",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {
      ids: { type: "array" }
    },
    scopes: ["user-library-modify"]
  },
  {
    operationId: "remove-albums-user",
    method: "DELETE",
    path: "/me/albums",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {
      ids: { type: "array" }
    },
    scopes: ["user-library-modify"]
  },
  {
    operationId: "check-users-saved-albums",
    method: "GET",
    path: "/me/albums/contains",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-library-read"]
  },
  {
    operationId: "get-users-saved-tracks",
    method: "GET",
    path: "/me/tracks",
    deprecated: false,
    query: {
      market: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: ["user-library-read"]
  },
  {
    operationId: "save-tracks-user",
    method: "PUT",
    path: "/me/tracks",
    deprecated: true,
    query: {},
    body: {
      ids: { type: "array", required: true },
      timestamped_ids: { type: "array" }
    },
    scopes: ["user-library-modify"]
  },
  {
    operationId: "remove-tracks-user",
    method: "DELETE",
    path: "/me/tracks",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {
      ids: { type: "array" }
    },
    scopes: ["user-library-modify"]
  },
  {
    operationId: "check-users-saved-tracks",
    method: "GET",
    path: "/me/tracks/contains",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-library-read"]
  },
  {
    operationId: "get-users-saved-episodes",
    method: "GET",
    path: "/me/episodes",
    deprecated: false,
    query: {
      market: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: ["user-library-read", "user-read-playback-position"]
  },
  {
    operationId: "save-episodes-user",
    method: "PUT",
    path: "/me/episodes",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {
      ids: { type: "array", required: true }
    },
    scopes: ["user-library-modify"]
  },
  {
    operationId: "remove-episodes-user",
    method: "DELETE",
    path: "/me/episodes",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {
      ids: { type: "array" }
    },
    scopes: ["user-library-modify"]
  },
  {
    operationId: "check-users-saved-episodes",
    method: "GET",
    path: "/me/episodes/contains",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-library-read"]
  },
  {
    operationId: "get-users-saved-shows",
    method: "GET",
    path: "/me/shows",
    deprecated: false,
    query: {
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: ["user-library-read"]
  },
  {
    operationId: "save-shows-user",
    method: "PUT",
    path: "/me/shows",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {
      ids: { type: "array" }
    },
    scopes: ["user-library-modify"]
  },
  {
    operationId: "remove-shows-user",
    method: "DELETE",
    path: "/me/shows",
    deprecated: true,
    query: {
      ids: { type: "string", required: true },
      market: { type: "string" }
    },
    body: {
      ids: { type: "array" }
    },
    scopes: ["user-library-modify"]
  },
  {
    operationId: "check-users-saved-shows",
    method: "GET",
    path: "/me/shows/contains",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-library-read"]
  },
  {
    operationId: "get-users-profile",
    method: "GET",
    path: "/users/{user_id}",
    deprecated: true,
    query: {},
    body: {},
    scopes: []
  },
  {
    operationId: "get-list-users-playlists",
    method: "GET",
    path: "/users/{user_id}/playlists",
    deprecated: true,
    query: {
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: ["playlist-read-private", "playlist-read-collaborative"]
  },
  {
    operationId: "create-playlist-for-user",
    method: "POST",
    path: "/users/{user_id}/playlists",
    deprecated: true,
    query: {},
    body: {
      name: { type: "string", required: true },
      public: { type: "boolean" },
      collaborative: { type: "boolean" },
      description: { type: "string" }
    },
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "follow-playlist",
    method: "PUT",
    path: "/playlists/{playlist_id}/followers",
    deprecated: true,
    query: {},
    body: {
      public: { type: "boolean" }
    },
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "unfollow-playlist",
    method: "DELETE",
    path: "/playlists/{playlist_id}/followers",
    deprecated: true,
    query: {},
    body: {},
    scopes: ["playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "get-featured-playlists",
    method: "GET",
    path: "/browse/featured-playlists",
    deprecated: true,
    query: {
      locale: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-categories",
    method: "GET",
    path: "/browse/categories",
    deprecated: true,
    query: {
      locale: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-a-category",
    method: "GET",
    path: "/browse/categories/{category_id}",
    deprecated: true,
    query: {
      locale: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-a-categories-playlists",
    method: "GET",
    path: "/browse/categories/{category_id}/playlists",
    deprecated: true,
    query: {
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-playlist-cover",
    method: "GET",
    path: "/playlists/{playlist_id}/images",
    deprecated: false,
    query: {},
    body: {},
    scopes: []
  },
  {
    operationId: "upload-custom-playlist-cover",
    method: "PUT",
    path: "/playlists/{playlist_id}/images",
    deprecated: false,
    query: {},
    body: {},
    upload: "image/jpeg",
    scopes: ["ugc-image-upload", "playlist-modify-public", "playlist-modify-private"]
  },
  {
    operationId: "get-new-releases",
    method: "GET",
    path: "/browse/new-releases",
    deprecated: true,
    query: {
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-followed",
    method: "GET",
    path: "/me/following",
    deprecated: false,
    query: {
      type: { type: "string", required: true, values: ["artist"] },
      after: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 }
    },
    body: {},
    scopes: ["user-follow-read"]
  },
  {
    operationId: "follow-artists-users",
    method: "PUT",
    path: "/me/following",
    deprecated: true,
    query: {
      type: { type: "string", required: true, values: ["artist", "user"] },
      ids: { type: "string", required: true }
    },
    body: {
      ids: { type: "array", required: true }
    },
    scopes: ["user-follow-modify"]
  },
  {
    operationId: "unfollow-artists-users",
    method: "DELETE",
    path: "/me/following",
    deprecated: true,
    query: {
      type: { type: "string", required: true, values: ["artist", "user"] },
      ids: { type: "string", required: true }
    },
    body: {
      ids: { type: "array" }
    },
    scopes: ["user-follow-modify"]
  },
  {
    operationId: "check-current-user-follows",
    method: "GET",
    path: "/me/following/contains",
    deprecated: true,
    query: {
      type: { type: "string", required: true, values: ["artist", "user"] },
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: ["user-follow-read"]
  },
  {
    operationId: "check-if-user-follows-playlist",
    method: "GET",
    path: "/playlists/{playlist_id}/followers/contains",
    deprecated: true,
    query: {
      ids: { type: "string" }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-several-audio-features",
    method: "GET",
    path: "/audio-features",
    deprecated: true,
    query: {
      ids: { type: "string", required: true }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-audio-features",
    method: "GET",
    path: "/audio-features/{id}",
    deprecated: true,
    query: {},
    body: {},
    scopes: []
  },
  {
    operationId: "get-audio-analysis",
    method: "GET",
    path: "/audio-analysis/{id}",
    deprecated: true,
    query: {},
    body: {},
    scopes: []
  },
  {
    operationId: "get-recommendations",
    method: "GET",
    path: "/recommendations",
    deprecated: true,
    query: {
      limit: { type: "integer", min: 1, max: 100 },
      market: { type: "string" },
      seed_artists: { type: "string" },
      seed_genres: { type: "string" },
      seed_tracks: { type: "string" },
      min_acousticness: { type: "number", min: 0, max: 1 },
      max_acousticness: { type: "number", min: 0, max: 1 },
      target_acousticness: { type: "number", min: 0, max: 1 },
      min_danceability: { type: "number", min: 0, max: 1 },
      max_danceability: { type: "number", min: 0, max: 1 },
      target_danceability: { type: "number", min: 0, max: 1 },
      min_duration_ms: { type: "integer" },
      max_duration_ms: { type: "integer" },
      target_duration_ms: { type: "integer" },
      min_energy: { type: "number", min: 0, max: 1 },
      max_energy: { type: "number", min: 0, max: 1 },
      target_energy: { type: "number", min: 0, max: 1 },
      min_instrumentalness: { type: "number", min: 0, max: 1 },
      max_instrumentalness: { type: "number", min: 0, max: 1 },
      target_instrumentalness: { type: "number", min: 0, max: 1 },
      min_key: { type: "integer", min: 0, max: 11 },
      max_key: { type: "integer", min: 0, max: 11 },
      target_key: { type: "integer", min: 0, max: 11 },
      min_liveness: { type: "number", min: 0, max: 1 },
      max_liveness: { type: "number", min: 0, max: 1 },
      target_liveness: { type: "number", min: 0, max: 1 },
      min_loudness: { type: "number" },
      max_loudness: { type: "number" },
      target_loudness: { type: "number" },
      min_mode: { type: "integer", min: 0, max: 1 },
      max_mode: { type: "integer", min: 0, max: 1 },
      target_mode: { type: "integer", min: 0, max: 1 },
      min_popularity: { type: "integer", min: 0, max: 100 },
      max_popularity: { type: "integer", min: 0, max: 100 },
      target_popularity: { type: "integer", min: 0, max: 100 },
      min_speechiness: { type: "number", min: 0, max: 1 },
      max_speechiness: { type: "number", min: 0, max: 1 },
      target_speechiness: { type: "number", min: 0, max: 1 },
      min_tempo: { type: "number" },
      max_tempo: { type: "number" },
      target_tempo: { type: "number" },
      min_time_signature: { type: "integer", max: 11 },
      max_time_signature: { type: "integer" },
      target_time_signature: { type: "integer" },
      min_valence: { type: "number", min: 0, max: 1 },
      max_valence: { type: "number", min: 0, max: 1 },
      target_valence: { type: "number", min: 0, max: 1 }
    },
    body: {},
    scopes: []
  },
  {
    operationId: "get-recommendation-genres",
    method: "GET",
    path: "/recommendations/available-genre-seeds",
    deprecated: true,
    query: {},
    body: {},
    scopes: []
  },
  {
    operationId: "get-information-about-the-users-current-playback",
    method: "GET",
    path: "/me/player",
    deprecated: false,
    query: {
      market: { type: "string" },
      additional_types: { type: "string" }
    },
    body: {},
    scopes: ["user-read-playback-state"]
  },
  {
    operationId: "transfer-a-users-playback",
    method: "PUT",
    path: "/me/player",
    deprecated: false,
    query: {},
    body: {
      device_ids: { type: "array", required: true },
      play: { type: "boolean" }
    },
    scopes: ["user-modify-playback-state"]
  },
  {
    operationId: "get-a-users-available-devices",
    method: "GET",
    path: "/me/player/devices",
    deprecated: false,
    query: {},
    body: {},
    scopes: ["user-read-playback-state"]
  },
  {
    operationId: "get-the-users-currently-playing-track",
    method: "GET",
    path: "/me/player/currently-playing",
    deprecated: false,
    query: {
      market: { type: "string" },
      additional_types: { type: "string" }
    },
    body: {},
    scopes: ["user-read-currently-playing"]
  },
  {
    operationId: "start-a-users-playback",
    method: "PUT",
    path: "/me/player/play",
    deprecated: false,
    query: {
      device_id: { type: "string" }
    },
    body: {
      context_uri: { type: "string" },
      uris: { type: "array" },
      offset: { type: "object" },
      position_ms: { type: "integer" }
    },
    scopes: ["user-modify-playback-state"]
  },
  {
    operationId: "pause-a-users-playback",
    method: "PUT",
    path: "/me/player/pause",
    deprecated: false,
    query: {
      device_id: { type: "string" }
    },
    body: {},
    scopes: ["user-modify-playback-state"]
  },
  {
    operationId: "skip-users-playback-to-next-track",
    method: "POST",
    path: "/me/player/next",
    deprecated: false,
    query: {
      device_id: { type: "string" }
    },
    body: {},
    scopes: ["user-modify-playback-state"]
  },
  {
    operationId: "skip-users-playback-to-previous-track",
    method: "POST",
    path: "/me/player/previous",
    deprecated: false,
    query: {
      device_id: { type: "string" }
    },
    body: {},
    scopes: ["user-modify-playback-state"]
  },
  {
    operationId: "seek-to-position-in-currently-playing-track",
    method: "PUT",
    path: "/me/player/seek",
    deprecated: false,
    query: {
      position_ms: { type: "integer", required: true },
      device_id: { type: "string" }
    },
    body: {},
    scopes: ["user-modify-playback-state"]
  },
  {
    operationId: "set-repeat-mode-on-users-playback",
    method: "PUT",
    path: "/me/player/repeat",
    deprecated: false,
    query: {
      state: { type: "string", required: true },
      device_id: { type: "string" }
    },
    body: {},
    scopes: ["user-modify-playback-state"]
  },
  {
    operationId: "set-volume-for-users-playback",
    method: "PUT",
    path: "/me/player/volume",
    deprecated: false,
    query: {
      volume_percent: { type: "integer", required: true },
      device_id: { type: "string" }
    },
    body: {},
    scopes: ["user-modify-playback-state"]
  },
  {
    operationId: "toggle-shuffle-for-users-playback",
    method: "PUT",
    path: "/me/player/shuffle",
    deprecated: false,
    query: {
      state: { type: "boolean", required: true },
      device_id: { type: "string" }
    },
    body: {},
    scopes: ["user-modify-playback-state"]
  },
  {
    operationId: "get-recently-played",
    method: "GET",
    path: "/me/player/recently-played",
    deprecated: false,
    query: {
      limit: { type: "integer", min: 1, max: 50 },
      after: { type: "integer" },
      before: { type: "integer" }
    },
    body: {},
    scopes: ["user-read-recently-played"]
  },
  {
    operationId: "get-queue",
    method: "GET",
    path: "/me/player/queue",
    deprecated: false,
    query: {},
    body: {},
    scopes: ["user-read-currently-playing", "user-read-playback-state"]
  },
  {
    operationId: "add-to-queue",
    method: "POST",
    path: "/me/player/queue",
    deprecated: false,
    query: {
      uri: { type: "string", required: true },
      device_id: { type: "string" }
    },
    body: {},
    scopes: ["user-modify-playback-state"]
  },
  {
    operationId: "get-available-markets",
    method: "GET",
    path: "/markets",
    deprecated: true,
    query: {},
    body: {},
    scopes: []
  },
  {
    operationId: "get-users-top-artists",
    method: "GET",
    path: "/me/top/artists",
    deprecated: false,
    query: {
      time_range: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: ["user-top-read"]
  },
  {
    operationId: "get-users-top-tracks",
    method: "GET",
    path: "/me/top/tracks",
    deprecated: false,
    query: {
      time_range: { type: "string" },
      limit: { type: "integer", min: 1, max: 50 },
      offset: { type: "integer" }
    },
    body: {},
    scopes: ["user-top-read"]
  }
]
