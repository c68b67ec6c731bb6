/**
 * Who is signed in, and what they listen to.
 *
 *   npx tsx examples/guides/profiles.ts
 */
import { Console, Effect } from "effect"
import { Scope, Users } from "effect-spotify"
import * as Guide from "../support/guide.js"

export const program = Effect.gen(function*() {
  const me = yield* Users.me()
  // Country, email and product are absent where the scope or the app's mode doesn't give them.
  yield* Console.log(`${me.display_name ?? me.id}, ${me.country ?? "somewhere"}, ${me.product ?? "unknown plan"}`)

  const artists = yield* Users.topArtists({ time_range: "short_term", limit: 3 })
  yield* Console.log(`Artists of the last four weeks: ${artists.items.map((artist) => artist?.name).join(", ")}`)

  const tracks = yield* Users.topTracks({ time_range: "long_term", limit: 3 })
  yield* Console.log(`Tracks of the last year: ${tracks.items.map((track) => track?.name).join(", ")}`)

  // Somebody else's profile: extended quota mode only.
  yield* Users.get("spotify:user:other-user").pipe(
    Effect.flatMap((user) => Console.log(`Another one: ${user.display_name}`)),
    Effect.catchTag("Forbidden", (error) => Console.log(error.message))
  )
}).pipe(Effect.provide(Guide.asUser(Scope.required(Users.me, Users.topArtists, Users.topTracks))))

Guide.run(import.meta.url, program)
