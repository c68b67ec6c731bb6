/**
 * The authorization code flow with PKCE, from a terminal: no client secret. The token stays in a file, so that the
 * second start needs no sign-in.
 *
 *   npx tsx examples/pkce.ts
 */
import { HttpClient } from "@effect/platform"
import { NodeFileSystem, NodeRuntime } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Option, Stream } from "effect"
import { Library, Paging, SpotifyClient, SpotifySession, TokenStore, Users } from "effect-spotify"
import * as SignIn from "effect-spotify/SignIn"
import * as SignInNode from "effect-spotify/SignInNode"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Sandbox from "./support/sandbox.js"

const show = Effect.gen(function*() {
  const me = yield* Users.me()
  yield* Console.log(`${me.display_name ?? me.id} saved lately:`)
  yield* Paging.stream(Library.tracks).pipe(
    Stream.take(5),
    Stream.runForEach(({ track }) =>
      Console.log(`  ${track.name} by ${track.artists.map(({ name }) => name).join(", ")}`)
    )
  )
})

// Nobody is signed in yet, or the sign-in has ended, as it does after six months.
const program = show.pipe(
  Effect.catchTag(
    "ReauthorizationRequired",
    () => Effect.zipRight(SignIn.loopback({ scopes: ["user-library-read"] }), show)
  )
)

const file = Config.nonEmptyString("SPOTIFY_TOKEN_FILE").pipe(
  Config.withDefault(join(tmpdir(), "effect-spotify-example", "pkce.json"))
)

const SpotifyLive = Layer.unwrapEffect(
  Effect.map(Sandbox.apiUrl, (baseUrl) => SpotifyClient.layer({ baseUrl }))
).pipe(
  Layer.provideMerge(
    SpotifySession.layerPkceConfig({
      clientId: Sandbox.clientId,
      redirectUri: Sandbox.redirectUri,
      accountsUrl: Sandbox.accountsUrl
    })
  ),
  Layer.provide(Layer.unwrapEffect(Effect.map(file, TokenStore.layerFile))),
  Layer.provide(NodeFileSystem.layer)
)

/** The user's browser, or in the sandbox one that agrees by itself. */
const BrowserLive = Layer.effect(
  SignIn.Browser,
  Effect.gen(function*() {
    const { fake, openBrowser } = yield* Sandbox.Sandbox
    const client = yield* HttpClient.HttpClient
    return Option.isNone(fake) ? yield* SignIn.Browser : {
      open: (url) => openBrowser(url).pipe(Effect.provideService(HttpClient.HttpClient, client), Effect.isSuccess)
    }
  })
).pipe(Layer.provideMerge(SignInNode.layer))

const start = Effect.provide(program, Layer.merge(SpotifyLive, BrowserLive))

Effect.gen(function*() {
  yield* start
  const { fake } = yield* Sandbox.Sandbox
  if (Option.isSome(fake)) {
    yield* Console.log("\nThe same again, as in a second start: the token is in the file.\n")
    yield* start
  }
}).pipe(Effect.provide(Sandbox.layer()), NodeRuntime.runMain)
