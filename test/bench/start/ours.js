// What a program imports that makes one call: modules, not the barrel.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SpotifyClient from "../../../dist/client/SpotifyClient.js"
import * as Tracks from "../../../dist/operations/Tracks.js"
import * as SpotifySession from "../../../dist/session/SpotifySession.js"

const live = SpotifyClient.layer({ baseUrl: `${process.argv[2]}/v1` }).pipe(
  Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("token") })),
  Layer.provide(FetchHttpClient.layer)
)

const track = await Effect.runPromise(Effect.provide(Tracks.get("7EjyzZcbLxW7PaaLua9Ksb"), live))
process.stdout.write(track.name)
process.exit(0)
