/**
 * The program of the README, word for word below these imports. It needs an app and a token: see the README.
 *
 *   npx tsx examples/program.ts
 */
import { FetchHttpClient } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Stream } from "effect"
import { Library, Paging, SpotifyClient, SpotifySession, TokenStore, Tracks, Users } from "effect-spotify"

// A name is somebody else's text: without the control characters that a terminal would obey.
const printable = (text: string) => text.replace(/\p{Cc}/gu, "")

const program = Effect.gen(function*() {
  const me = yield* Users.me()
  const track = yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb", { market: "SE" })
  yield* Console.log(printable(`${me.display_name} looks at ${track.name}`))
  yield* Paging.stream(Library.tracks).pipe(
    Stream.take(500),
    Stream.runForEach((saved) => Console.log(printable(saved.track.name)))
  )
}).pipe(
  Effect.catchTag("RateLimited", (e) => Console.error(`Spotify asks us to wait until ${e.retryAt}`))
)

const SpotifyLive = SpotifyClient.layer().pipe(
  Layer.provide(SpotifySession.layerAuthorizationCodeConfig({
    clientId: Config.nonEmptyString("SPOTIFY_CLIENT_ID"),
    clientSecret: Config.redacted("SPOTIFY_CLIENT_SECRET"),
    redirectUri: Config.nonEmptyString("SPOTIFY_REDIRECT_URI")
  })),
  Layer.provide(TokenStore.layerFile("tokens.json")), // layerMemory in a test
  Layer.provide([FetchHttpClient.layer, NodeFileSystem.layer])
)

Effect.runPromise(program.pipe(Effect.provide(SpotifyLive)))
