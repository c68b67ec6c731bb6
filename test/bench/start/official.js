import { SpotifyApi } from "@spotify/web-api-ts-sdk"

SpotifyApi.rootUrl = `${process.argv[2]}/v1/`
const api = SpotifyApi.withAccessToken("client-id", { access_token: "token", token_type: "Bearer", expires_in: 3600 })
const track = await api.tracks.get("7EjyzZcbLxW7PaaLua9Ksb")
process.stdout.write(track.name)
process.exit(0)
