/**
 * What goes wrong, and what a program does about it: every failure is a value with a tag.
 *
 *   npx tsx examples/errors.ts
 *
 * Against the fake, each failure is ordered; against Spotify, only those that Spotify gives by itself are shown.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Console, DateTime, Effect, Layer, Option, Schedule } from "effect"
import { Albums, Player, SpotifyClient, SpotifySession, Tracks } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Sandbox from "./support/sandbox.js"

const track = "7EjyzZcbLxW7PaaLua9Ksb"

const show = <A, E extends { readonly _tag: string; readonly message: string }, R>(
  what: string,
  program: Effect.Effect<A, E, R>
) =>
  Effect.matchEffect(program, {
    onFailure: (error) => Console.log(`${what}\n  ${error._tag}: ${error.message}\n`),
    onSuccess: () => Console.log(`${what}\n  went well\n`)
  })

const program = Effect.gen(function*() {
  yield* show("An id that can't be one is refused before anything is sent", Tracks.get("not-an-id"))
  yield* show("So is the URI of another kind", Tracks.get("spotify:album:4aawyAB9vmqN3uQ7FjRGTy"))
  yield* show("And a limit out of range", Albums.tracks("4aawyAB9vmqN3uQ7FjRGTy", { limit: 500 }))
  yield* show("Something that Spotify doesn't know", Albums.get("4aawyAB9vmqN3uQ7FjRGTz"))
  yield* show("A user's player, asked for by an app without a user", Player.state())

  const { fake } = yield* Sandbox.Sandbox
  if (Option.isNone(fake)) return
  const { failNext } = fake.value

  yield* failNext(FakeSpotify.reply(503, { html: "<h1>Service Unavailable</h1>" }), { times: 2 })
  yield* show("A read that meets 503 twice is repeated", Tracks.get(track))

  yield* failNext(FakeSpotify.cutOff)
  yield* show("A body that is cut off", Tracks.get(track))

  yield* failNext(FakeSpotify.connectionReset, { times: 2 })
  yield* show(
    "A retry policy of your own goes around the call",
    Tracks.get(track).pipe(
      Effect.retry({ schedule: Schedule.recurs(2), while: (error) => error._tag === "TransportError" }),
      Effect.catchTags({
        NotFound: () => Effect.succeed("gone"),
        RateLimited: (error) => Console.log(`come back at ${DateTime.formatIso(error.retryAt)}`)
      })
    )
  )

  yield* failNext(FakeSpotify.tooManyRequests(13749))
  yield* show("A 429 that asks for hours fails at once and says until when", Tracks.get(track))
  yield* show("Until then nothing more is sent, which would only make it longer", Tracks.get(track))
})

const SpotifyLive = Layer.unwrapEffect(
  Effect.map(Sandbox.apiUrl, (baseUrl) => SpotifyClient.layer({ baseUrl }))
).pipe(
  Layer.provide(
    SpotifySession.layerClientCredentialsConfig({
      clientId: Sandbox.clientId,
      clientSecret: Sandbox.clientSecret,
      accountsUrl: Sandbox.accountsUrl
    })
  ),
  Layer.provideMerge(Sandbox.layer())
)

program.pipe(Effect.provide(SpotifyLive), NodeRuntime.runMain)
