/**
 * Makes a playlist, fills, sorts and reads it, gives it a cover, and deletes it.
 *
 *   npx tsx examples/guides/playlists.ts
 */
import { Console, Effect } from "effect"
import { Albums, Library, Paging, Playlist, Playlists, Scope, Tracks } from "effect-spotify"
import * as Guide from "../support/guide.js"

/** A JPEG of one grey pixel, as base64. Bytes, for example of a file, will do as well. */
const cover =
  "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="

const title = (entry: Playlist.PlaylistItem | null) =>
  Playlist.Content.$match(Playlist.content(entry), {
    Track: ({ track }) => track.name,
    Local: ({ track }) => `${track.name} (local file)`,
    Episode: ({ episode }) => episode.name,
    Unavailable: () => "(no longer available)",
    Unknown: ({ value }) => `(${value.type})`
  })

export const program = Effect.gen(function*() {
  const playlist = yield* Playlists.create({ name: "Rainy Sunday", public: false })
  const track = yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb")
  const { items } = yield* Albums.tracks(track.album.id, { limit: 4 })

  yield* Playlists.addItems(playlist.id, { uris: items.map(({ uri }) => uri) })
  yield* Playlists.moveItems(playlist.id, { range_start: 3, insert_before: 0 })
  yield* Playlists.changeDetails(playlist.id, { description: "Rain on the roof" })
  yield* Playlists.uploadCover(playlist.id, { image: cover })

  const { description, name } = yield* Playlists.get(playlist.id)
  yield* Console.log(`${name}: ${description}`)
  const entries = yield* Paging.collect(Playlists.items, playlist.id)
  yield* Console.log(entries.map((entry, i) => `  ${i + 1}. ${title(entry)}`).join("\n"))
  yield* Console.log(`${(yield* Playlists.cover(playlist.id)).length > 0 ? "With" : "Without"} a cover`)

  // A playlist can't be deleted: its owner stops following it.
  yield* Library.remove({ uris: [playlist.uri] })
  yield* Console.log(`Still in the library: ${(yield* Library.contains({ uris: [playlist.uri] })).join()}`)
}).pipe(
  Effect.provide(
    Guide.asUser(Scope.required(Playlists.create, Playlists.items, Playlists.uploadCover, Library.remove))
  )
)

Guide.run(import.meta.url, program)
