/** The other clients, pointed at the local server. They have no types here, since they are no dependency of the library. */
import { getSavedTracks, getTrack, SpotifyClient } from "@soundify/web-api"
import { SpotifyApi } from "@spotify/web-api-ts-sdk"
import { createRequire } from "node:module"

const require = createRequire(import.meta.url)

/** The official SDK, whose root URL is a private static. */
export const officialSdk = (origin) => {
  const api = SpotifyApi.withAccessToken("client-id", { access_token: "token", token_type: "Bearer", expires_in: 3600 })
  const at = (f) => {
    SpotifyApi.rootUrl = `${origin}/v1/`
    return f()
  }
  return {
    track: async (id) => (await at(() => api.tracks.get(id))).name,
    saved: (offset) => at(() => api.currentUser.tracks.savedTracks(50, offset))
  }
}

export const soundify = (origin) => {
  const client = new SpotifyClient("token", { baseUrl: origin })
  return {
    track: async (id) => (await getTrack(client, id)).name,
    saved: (offset) => getSavedTracks(client, { limit: 50, offset })
  }
}

export const webApiNode = (origin) => {
  const { hostname, port } = new URL(origin)
  const Request = require("spotify-web-api-node/src/base-request")
  const requests = require("spotify-web-api-node/src/webapi-request")
  const Api = require("spotify-web-api-node")
  const api = new Api({ accessToken: "token" })
  const at = (f) => {
    requests.builder = (token) =>
      Request.builder().withHost(hostname).withPort(Number(port)).withScheme("http").withAuth(token)
    return f()
  }
  return {
    track: async (id) => (await at(() => api.getTrack(id))).body.name,
    saved: async (offset) => (await at(() => api.getMySavedTracks({ limit: 50, offset }))).body
  }
}
