/**
 * Writes the saved tracks to a CSV file, page by page.
 *
 *   npx tsx examples/guides/exports.ts [saved-tracks.csv]
 */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Chunk, Console, Effect, Stream } from "effect"
import { Library, Paging, Scope, type Track } from "effect-spotify"
import * as Guide from "../support/guide.js"

/** Text that begins with one of these is a formula to a spreadsheet. */
const cell = (text: string) => `"${text.replaceAll("\"", "\"\"").replace(/^[=+\-@\t\r]/, "'$&")}"`

const row = ({ added_at, track }: Track.SavedTrack) =>
  [
    added_at.slice(0, 10),
    track.name,
    track.artists.map(({ name }) => name).join("; "),
    track.album.name,
    track.external_ids?.isrc ?? "",
    track.uri
  ].map(cell).join(",") + "\r\n"

export const program = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const output = process.argv[2]?.endsWith(".csv") === true
    ? process.argv[2]
    : path.join(yield* fs.makeTempDirectoryScoped(), "saved-tracks.csv")

  yield* Paging.stream(Library.tracks).pipe(
    Stream.map(row),
    Stream.prepend(Chunk.of("added,track,artists,album,isrc,uri\r\n")),
    Stream.encodeText,
    Stream.run(fs.sink(output))
  )

  const lines = (yield* fs.readFileString(output)).trim().split("\r\n")
  yield* Console.log(lines.slice(0, 3).join("\n"))
  yield* Console.log(`… ${lines.length - 1} tracks`)
}).pipe(
  Effect.scoped,
  Effect.provide([Guide.asUser(Scope.required(Library.tracks)), NodeContext.layer])
)

Guide.run(import.meta.url, program)
