/**
 * What goes wrong, and what a program does about it: every failure is a value with a tag.
 *
 *   npx tsx examples/guides/errors.ts
 */
import { Console, DateTime, Effect, Layer, Schedule } from "effect"
import { Albums, Playlists, SpotifyClient, SpotifyError, SpotifySession, Tracks } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const track = "7EjyzZcbLxW7PaaLua9Ksb"

const SpotifyLive = Layer.unwrapEffect(Effect.gen(function*() {
  const { accessToken } = yield* (yield* FakeSpotify.FakeSpotify).issueToken()
  return SpotifyClient.layer({ retrySchedule: Schedule.recurs(2) }).pipe(
    Layer.provide(SpotifySession.layerToken({ accessToken }))
  )
})).pipe(Layer.provideMerge(FakeSpotify.layer()))

const name = Tracks.get(track).pipe(Effect.map(({ name }) => name))

export const program = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify

  // Nothing is sent where an argument can't be right.
  yield* Tracks.get("spotify:album:4aawyAB9vmqN3uQ7FjRGTy").pipe(
    Effect.catchTag("InvalidInput", (error) => Console.log(`${error.field} must be ${error.expected}`))
  )

  // One tag, or several, or all of them: the types know which are left.
  const album = yield* Albums.get("0000000000000000000000").pipe(
    Effect.map((album) => album.name),
    Effect.catchTags({
      NotFound: () => Effect.succeed("no such album"),
      RateLimited: (error) => Effect.succeed(`come back at ${DateTime.formatIso(error.retryAt)}`)
    })
  )
  yield* Console.log(album)

  // A read that meets 503 is repeated, as often as `retrySchedule` says.
  yield* spotify.failNext(FakeSpotify.reply(503), { times: 2 })
  yield* Console.log(`${yield* name}, on the third try`)

  // What must not happen twice is sent once. isInDoubt tells whether it may have happened.
  const [playlist] = yield* spotify.state.playlists()
  yield* spotify.failNext(FakeSpotify.afterApplying(FakeSpotify.connectionReset))
  yield* Playlists.addItems(playlist?.id ?? "", { uris: [`spotify:track:${track}`] }).pipe(
    Effect.catchIf(SpotifyError.isInDoubt, (error) => Console.log(`${error._tag}: it may be in the playlist now`))
  )

  // A 429 that asks for hours fails at once, and until then nothing more is sent.
  yield* spotify.failNext(FakeSpotify.tooManyRequests(7200))
  for (const attempt of ["First", "Second"]) {
    yield* name.pipe(
      Effect.catchTag("RateLimited", ({ status }) => Console.log(`${attempt} call: ${status}, two hours to wait`))
    )
  }
  yield* Console.log(`${yield* spotify.count({ path: `/v1/tracks/${track}` })} requests for the track in all`)
}).pipe(Effect.provide(SpotifyLive))

Guide.run(import.meta.url, program)
