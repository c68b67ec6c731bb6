import type { Effect, Stream } from "effect"
import {
  type Artist,
  Library,
  Paging,
  Player,
  type Playlist,
  Playlists,
  type SpotifyClient,
  type Track,
  Users
} from "effect-spotify"
import { describe, expect, test } from "tstyche"

type Read<A> = Stream.Stream<A, Paging.PageError, SpotifyClient.SpotifyClient>

const id = "3cEYpjA9oz9GiPac4AsH4n"

describe("Paging", () => {
  test("infers the items from the operation, whatever its arguments and its kind of pages", () => {
    expect(Paging.stream(Library.tracks)).type.toBe<Read<Track.SavedTrack>>()
    expect(Paging.stream(Playlists.items, id)).type.toBe<Read<Playlist.PlaylistItem | null>>()
    expect(Paging.stream(Users.followedArtists)).type.toBe<Read<Artist.Artist>>()
    expect(Paging.pages(Player.recentlyPlayed, { limit: 20 })).type.toBe<Read<Paging.Page<Player.PlayHistory>>>()
    expect(Paging.stream(Library.tracks, { from: { offset: 50 } })).type.toBe<Read<Track.SavedTrack>>()
    expect(Paging.collect(Library.tracks)).type.toBe<
      Effect.Effect<Array<Track.SavedTrack>, Paging.PageError, SpotifyClient.SpotifyClient>
    >()
  })

  test("takes the operation's own options beside those of paging", () => {
    expect(Paging.stream(Library.tracks, { market: "SE", concurrency: 4 })).type.toBe<Read<Track.SavedTrack>>()
    expect(Paging.stream(Playlists.items, id, { market: "SE", concurrency: 4, limit: 20 })).type.toBe<
      Read<Playlist.PlaylistItem | null>
    >()
    expect(Paging.stream(Users.followedArtists, { after: "id", from: undefined })).type.toBe<Read<Artist.Artist>>()
    const refused = [
      // @ts-expect-error Expected 2-3 arguments
      Paging.stream(Playlists.items),
      // @ts-expect-error not assignable
      Paging.stream(Playlists.items, { market: "SE" }),
      // @ts-expect-error 'market' does not exist
      Paging.stream(Library.shows, { market: "SE" }),
      // @ts-expect-error not assignable to type 'number
      Paging.stream(Library.tracks, { concurrency: "4" }),
      // @ts-expect-error 'page' is missing
      Paging.stream(Library.save, { uris: [] })
    ]
    expect(refused).type.toBeAssignableTo<ReadonlyArray<unknown>>()
  })

  test("keeps the tags of the operation's errors, and adds the position", () => {
    expect<Extract<Paging.PageError, { readonly _tag: "RateLimited" }>["position"]>().type.toBe<Paging.Position>()
  })
})
