/**
 * Makes a playlist equal to a list of URIs or links, one a line in a file, with as few requests as it can.
 *
 *   npx tsx examples/sync-playlist.ts [--dry-run] [playlist] [list.txt]
 */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { Paging, Playlist, Playlists, PlaylistSync } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as SignedIn from "./support/signedIn.js"

const dryRun = process.argv.includes("--dry-run")
const [playlist = FakeSpotify.id("playlist", 0), file] = process.argv.slice(2).filter((word) => !word.startsWith("--"))

const fromFile = (path: string) =>
  Effect.map(
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(path)),
    (text) => text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"))
  )

/** Without a file: the last ten first, without every seventh, and three new ones in the middle. */
const changed = Effect.map(Paging.collect(Playlists.items, playlist), (entries) => {
  const uris = entries.flatMap((entry) =>
    Playlist.Content.$match(Playlist.content(entry), {
      Track: ({ track }) => [track.uri],
      Local: ({ track }) => track.uri ?? [],
      Episode: ({ episode }) => [episode.uri],
      Unavailable: () => [],
      Unknown: () => []
    })
  ).filter((_, i) => i % 7 !== 3)
  const fresh = [9001, 9002, 9003].map((n) => FakeSpotify.uri("track", n))
  return [...uris.slice(-10), ...uris.slice(0, 40), ...fresh, ...uris.slice(40, -10)]
})

const describe = PlaylistSync.Step.$match({
  Remove: ({ uris }) => `remove ${uris.length} tracks, each wherever it stands`,
  Insert: ({ position, uris }) => `insert ${uris.length} before ${position}`,
  Move: ({ insertBefore, rangeLength, rangeStart }) => `move ${rangeLength} from ${rangeStart} before ${insertBefore}`,
  Replace: ({ uris }) => `replace everything by ${uris.length}`
})

const program = Effect.gen(function*() {
  const wanted = yield* file === undefined ? changed : fromFile(file)
  const { plan } = yield* Playlists.sync(playlist, wanted, {
    dryRun,
    onProgress: (done, { steps }) => Console.log(`  ${done} of ${steps.length} done`)
  })
  yield* Console.log(
    `${plan.kept} stay with their dates, ${plan.added} ${dryRun ? "to add" : "added"}, ${plan.removed} ${
      dryRun ? "to remove" : "removed"
    }, by ${plan.steps.length} requests:`
  )
  yield* Effect.forEach(plan.steps, (step, i) => Console.log(`  ${i + 1}. ${describe(step)}`), { discard: true })
  if (plan.readded.length > 0) yield* Console.log(`  ${plan.readded.length} lose their dates`)
}).pipe(
  Effect.catchTags({
    ImpossibleSync: (error) => Console.error(error.message),
    PlaylistChanged: (error) => Console.error(error.message),
    IncompleteSync: (error) => Console.error(`${error.message}; run it again to go on`)
  })
)

const SpotifyLive = SignedIn.layer([
  "playlist-read-private",
  "playlist-modify-private",
  "playlist-modify-public"
])

program.pipe(Effect.provide(Layer.merge(SpotifyLive, NodeFileSystem.layer)), NodeRuntime.runMain)
