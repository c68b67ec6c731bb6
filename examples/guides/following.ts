/**
 * Follows an artist, asks whether it is followed, and lists all that are.
 *
 *   npx tsx examples/guides/following.ts
 */
import { Console, Effect } from "effect"
import { Artists, Library, Paging, Scope, Search, Users } from "effect-spotify"
import * as Guide from "../support/guide.js"

export const program = Effect.gen(function*() {
  const followed = yield* Paging.collect(Users.followedArtists)
  yield* Console.log(`${followed.length} artists: ${followed.slice(0, 3).map((artist) => artist?.name).join(", ")}, …`)

  // Artists, users and playlists are followed by saving their URIs.
  const { artists } = yield* Search.search({ q: "ensemble", type: ["artist"], limit: 10, offset: 20 })
  const artist = yield* Artists.get(artists.items[0]?.uri ?? "")
  const [before] = yield* Library.contains({ uris: [artist.uri] })
  yield* Library.save({ uris: [artist.uri] })
  const [after] = yield* Library.contains({ uris: [artist.uri] })
  yield* Console.log(`${artist.name}: ${before} before, ${after} after`)

  if (before === false) yield* Library.remove({ uris: [artist.uri] })
}).pipe(
  Effect.provide(Guide.asUser(Scope.required(Users.followedArtists, Library.save, Library.contains)))
)

Guide.run(import.meta.url, program)
