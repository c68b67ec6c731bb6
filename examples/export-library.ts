/**
 * Writes the saved tracks to a file, one line of JSON each, with a progress bar. Stop it with Ctrl-C: the next run goes
 * on where this one was.
 *
 *   npx tsx examples/export-library.ts [saved-tracks.jsonl]
 */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem, NodeRuntime } from "@effect/platform-node"
import { Clock, Console, Effect, Layer, Option, Schedule, Schema, Stream } from "effect"
import { Library, Paging, SpotifyClient, type Track } from "effect-spotify"
import { dirname, join } from "node:path"
import * as SignedIn from "./support/signedIn.js"

const output = process.argv[2] ?? join(SignedIn.directory, "saved-tracks.jsonl")

/** What the next run has to know: where the list goes on, and how much of the file belongs to what was read. */
const Progress = Schema.parseJson(Schema.Struct({
  next: Schema.Struct({ offset: Schema.Number }),
  items: Schema.Number,
  bytes: Schema.Number
}))

const progressFile = `${output}.progress`

const line = ({ added_at, track }: Track.SavedTrack): string =>
  `${JSON.stringify({ added_at, uri: track.uri, name: track.name, artists: track.artists.map(({ name }) => name) })}\n`

const bar = (done: number, total: number): string => {
  const width = 30
  const filled = total === 0 ? 0 : Math.round((done / total) * width)
  return `${"█".repeat(filled)}${"░".repeat(width - filled)}`
}

const program = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  yield* fs.makeDirectory(dirname(output), { recursive: true })

  const saved = yield* fs.readFileString(progressFile).pipe(Effect.flatMap(Schema.decode(Progress)), Effect.option)
  let { bytes, items } = Option.getOrElse(saved, () => ({ bytes: 0, items: 0 }))
  let total = items
  const before = items
  if (Option.isSome(saved)) yield* Console.error(`Going on after ${items} tracks`)
  // A run that was killed may have written a page of which it didn't keep the progress.
  yield* Option.isSome(saved) ? fs.truncate(output, bytes) : fs.writeFileString(output, "")

  const started = yield* Clock.currentTimeMillis
  const show = Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    const { pausedUntil } = yield* SpotifyClient.status
    const rate = Math.round((items - before) / Math.max(0.001, (now - started) / 1000))
    const waiting = Option.match(pausedUntil, {
      onNone: () => "",
      onSome: (until) => `, waiting for Spotify for ${Math.max(0, Math.ceil((until.epochMillis - now) / 1000))} s`
    })
    const text = `${bar(items, total)} ${items} of ${total} tracks, ${rate} a second${waiting}`
    // A line that is wider than the terminal would be one more line each time.
    const line = process.stderr.isTTY ? `\r\x1b[K${text.slice(0, process.stderr.columns - 1)}` : `${text}\n`
    yield* Effect.sync(() => process.stderr.write(line))
  })
  yield* Effect.forkScoped(Effect.repeat(show, Schedule.spaced(process.stderr.isTTY ? "100 millis" : "1 second")))

  const write = (page: Paging.Page<Track.SavedTrack>) =>
    Effect.uninterruptible(Effect.gen(function*() {
      const text = page.items.map(line).join("")
      yield* fs.writeFileString(output, text, { flag: "a" })
      items += page.items.length
      bytes += Buffer.byteLength(text)
      total = page.total ?? items
      if (page.next?.offset === undefined) return yield* fs.remove(progressFile, { force: true })
      const next = { offset: page.next.offset }
      yield* fs.writeFileString(`${progressFile}.new`, yield* Schema.encode(Progress)({ next, items, bytes }))
      yield* fs.rename(`${progressFile}.new`, progressFile)
    }))

  const from = Option.getOrUndefined(saved)?.next
  yield* Paging.pages(Library.tracks, { from }).pipe(Stream.runForEach(write))
  yield* show
  yield* Console.error(`\n${items} tracks are in ${output}`)
}).pipe(
  Effect.scoped,
  Effect.onInterrupt(() => Console.error("\nStopped; run it again to go on"))
)

const SpotifyLive = SignedIn.layer(["user-library-read"], {
  librarySize: 3000,
  latency: "150 millis",
  bucket: { rate: 8, burst: 16, retryAfter: true }
})

program.pipe(Effect.provide(Layer.merge(SpotifyLive, NodeFileSystem.layer)), NodeRuntime.runMain)
