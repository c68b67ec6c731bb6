/**
 * Writes of any length: a job that stops and goes on, and a playlist made equal to a list.
 *
 *   npx tsx examples/guides/long-writes.ts
 */
import { Console, Effect, Layer, Schedule } from "effect"
import { Playlists, PlaylistSync, SpotifyClient, SpotifySession } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const SpotifyLive = Layer.unwrapEffect(Effect.gen(function*() {
  const { accessToken } = yield* (yield* FakeSpotify.FakeSpotify).issueToken()
  return SpotifyClient.layer({ retrySchedule: Schedule.stop }).pipe(
    Layer.provide(SpotifySession.layerToken({ accessToken }))
  )
})).pipe(Layer.provideMerge(FakeSpotify.layer()))

const describe = PlaylistSync.Step.$match({
  Remove: ({ uris }) => `remove ${uris.length} tracks`,
  Insert: ({ position, uris }) => `insert ${uris.length} before ${position}`,
  Move: ({ insertBefore, rangeLength, rangeStart }) => `move ${rangeLength} from ${rangeStart} to ${insertBefore}`,
  Replace: ({ uris }) => `replace everything by ${uris.length}`
})

export const program = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  const { id } = yield* Playlists.create({ name: "A long one" })
  const tracks = Array.from({ length: 250 }, (_, n) => FakeSpotify.uri("track", n))

  // The second request does its work, but its answer is lost; the third one is refused.
  const adding = { method: "POST", path: /items/ }
  yield* spotify.failNext(
    [FakeSpotify.slow(0), FakeSpotify.afterApplying(FakeSpotify.connectionReset), FakeSpotify.quotaExceeded],
    { on: adding }
  )
  const account = yield* Playlists.addAll(id, tracks).pipe(
    Effect.catchTag("IncompleteWrite", ({ account, message }) =>
      // The account is plain data: keep it as JSON, and go on tomorrow.
      Console.log(message).pipe(Effect.zipRight(Playlists.addAll(id, tracks, { resume: account }))))
  )
  yield* Console.log(`Went on: ${account.written} written, by ${yield* spotify.count(adding)} requests`)
  const playlist = yield* Effect.flatten(spotify.state.playlist(id))
  yield* Console.log(`${new Set(playlist.uris).size} different tracks, ${playlist.uris.length} entries`)

  // Equal to a list, with few requests; what stays keeps its date.
  const wanted = [...tracks.slice(-5), ...tracks.slice(0, 200), FakeSpotify.uri("track", 9001)]
  const { plan } = yield* Playlists.sync(id, wanted, { dryRun: true })
  yield* Console.log(`${plan.kept} stay, ${plan.added} to add, ${plan.removed} to remove:`)
  yield* Console.log(plan.steps.map((step) => `  ${describe(step)}`).join("\n"))
  yield* Playlists.applySync(plan)

  const again = yield* Playlists.sync(id, wanted)
  yield* Console.log(`Synced again: ${again.plan.steps.length} requests`)
}).pipe(Effect.provide(SpotifyLive))

Guide.run(import.meta.url, program)
