/**
 * A fake Spotify with tracks, albums, artists, playlists and users of your own.
 *
 *   npx tsx examples/guides/seeding.ts
 */
import { Console, Effect, Layer } from "effect"
import { Library, Paging, Playlists, Search, SpotifyClient, SpotifySession } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

/** A name is enough: the rest is made up. Names stand for what they name. */
const seed: FakeSpotify.Seed = {
  albums: [
    { name: "Pastel Blues", artists: ["Nina Simone"], release_date: "1965-10", tracks: ["Be My Husband", "Sinnerman"] }
  ],
  tracks: [
    { name: "Feeling Good", artists: ["Nina Simone"], album: "I Put a Spell on You", duration_ms: 173_000 }
  ],
  playlists: [
    { name: "Evening", owner: "ada", items: ["Sinnerman", "Feeling Good"] }
  ],
  users: [
    { id: "ada", display_name: "Ada", saved: ["Feeling Good"], following: ["Nina Simone"] },
    { id: "grace", product: "free" }
  ]
}

/** A client of one of the users. */
const asUser = (user: string) =>
  Layer.unwrapEffect(Effect.gen(function*() {
    const { accessToken } = yield* (yield* FakeSpotify.FakeSpotify).issueToken({ user })
    return SpotifyClient.layer().pipe(Layer.provide(SpotifySession.layerToken({ accessToken })))
  }))

const test = Effect.gen(function*() {
  const found = yield* Search.search({ q: "sinnerman", type: ["track"] })
  for (const track of found.tracks.items) {
    yield* Console.log(
      `${track.name}, track ${track.track_number} of ${track.album.name} (${track.album.release_date})`
    )
  }

  const saved = yield* Paging.collect(Library.tracks)
  yield* Console.log(`saved: ${saved.map(({ track }) => track.name).join(", ")}`)

  const [evening] = yield* Paging.collect(Playlists.mine)
  if (evening === undefined || evening === null) return
  const { items } = yield* Playlists.items(evening.id)
  const titles = items.map((entry) => entry?.item?.name)
  yield* Console.log(`${evening.name}: ${titles.join(", ")}`)

  yield* Library.save({ uris: [FakeSpotify.uri("album", 3)] })
  const spotify = yield* FakeSpotify.FakeSpotify
  yield* Console.log(`${(yield* spotify.state.saved("album", "ada")).length} album saved`)

  // Whom the fake doesn't know is no empty library.
  const { message } = yield* Effect.flip(spotify.state.saved("track", "adda"))
  yield* Console.log(message)
}).pipe(Effect.provide(Layer.provideMerge(asUser("ada"), FakeSpotify.layer({ seed }))))

// A seed that can't be is said where the fake is made.
const wrong = FakeSpotify.make({ seed: { playlists: [{ name: "Evening", items: ["Sinerman"] }] } }).pipe(
  Effect.flip,
  Effect.flatMap(({ message }) => Console.log(message))
)

export const program = Effect.zipRight(test, wrong)

Guide.run(import.meta.url, program)
