// The bundle of a browser program with one operation.
import { SpotifyApi } from "@spotify/web-api-ts-sdk"

const api = SpotifyApi.withUserAuthorization("client-id", "http://127.0.0.1:8888/callback")
const track = await api.tracks.get("7EjyzZcbLxW7PaaLua9Ksb")
document.title = track.name
