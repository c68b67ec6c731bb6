import { type Effect, type Option, Schema } from "effect"
import {
  type Album,
  Albums,
  type Artist,
  Artists,
  type Episode,
  Library,
  type Page,
  Player,
  type Playlist,
  Playlists,
  Scope,
  Search,
  type Show,
  Shows,
  type SpotifyClient,
  type SpotifyError,
  type Track,
  Tracks
} from "effect-spotify"
import { describe, expect, test } from "tstyche"

type Call<A> = Effect.Effect<A, SpotifyError.SpotifyError, SpotifyClient.SpotifyClient>

const id = "7EjyzZcbLxW7PaaLua9Ksb"

describe("search", () => {
  test("one kind gives one page, several give theirs", () => {
    expect(Search.search({ q: "a", type: ["track"] })).type.toBe<Call<{ readonly tracks: Page.Page<Track.Track> }>>()
    expect(Search.search({ q: "a", type: ["artist", "show"] })).type.toBe<
      Call<{
        readonly artists: Page.Page<Artist.Artist>
        readonly shows: Page.Page<Show.SimplifiedShow | null>
      }>
    >()
  })

  test("kinds that aren't known beforehand promise nothing", () => {
    const kinds: ReadonlyArray<"track" | "album"> = ["track"]
    expect(Search.search({ q: "a", type: kinds })).type.toBe<
      Call<{
        readonly tracks?: Page.Page<Track.Track>
        readonly albums?: Page.Page<Album.SimplifiedAlbum>
      }>
    >()
    const kind = "track" as "track" | "album"
    expect(Search.search({ q: "a", type: [kind] })).type.toBe<
      Call<
        | { readonly tracks: Page.Page<Track.Track> }
        | { readonly albums: Page.Page<Album.SimplifiedAlbum> }
      >
    >()
  })
})

describe("getMany", () => {
  test("gives an option for each id", () => {
    expect(Tracks.getMany([id], { market: "SE" })).type.toBe<Call<ReadonlyArray<Option.Option<Track.Track>>>>()
    expect(Albums.getMany([id])).type.toBe<Call<ReadonlyArray<Option.Option<Album.Album>>>>()
    expect(Artists.getMany([id])).type.toBe<Call<ReadonlyArray<Option.Option<Artist.Artist>>>>()
    expect<[Array<string>, { market: string }]>().type.not.toBeAssignableTo<Parameters<typeof Artists.getMany>>()
    expect(Shows.getMany([id])).type.toBe<Call<ReadonlyArray<Option.Option<Show.SimplifiedShow>>>>()
  })
})

describe("fields", () => {
  test("what is read in part has the type of the schema, and the whole takes no fields", () => {
    const Name = Schema.Struct({ name: Schema.String })
    expect(Playlists.getFields(id, { fields: "name" }, Name)).type.toBe<Call<{ readonly name: string }>>()
    expect(Playlists.itemsFields(id, { fields: "total", limit: 1 }, Name)).type.toBe<Call<{ readonly name: string }>>()
    expect<[string, { fields: string }]>().type.not.toBeAssignableTo<Parameters<typeof Playlists.get>>()
    expect<[string, { fields: string }]>().type.not.toBeAssignableTo<Parameters<typeof Playlists.items>>()
    expect<{ market: string }>().type.not.toBeAssignableTo<Parameters<typeof Playlists.getFields>[1]>()
  })
})

describe("writes", () => {
  test("an update is replacing or moving", () => {
    expect(Playlists.replaceItems(id, { uris: [] })).type.toBe<Call<Playlist.PlaylistSnapshot>>()
    expect<{ range_start: number }>().type.not.toBeAssignableTo<Parameters<typeof Playlists.replaceItems>[1]>()
    expect<{ range_start: number }>().type.not.toBeAssignableTo<Parameters<typeof Playlists.moveItems>[1]>()
    expect<{ range_start: number; insert_before: number }>().type.toBeAssignableTo<
      Parameters<typeof Playlists.moveItems>[1]
    >()
  })

  test("a context and items exclude each other, and so do ids and times", () => {
    type Play = Parameters<typeof Player.play>
    expect<[]>().type.toBeAssignableTo<Play>()
    expect<[{ context_uri: string; offset: { position: number } }]>().type.toBeAssignableTo<Play>()
    expect<[{ uris: Array<string> }]>().type.toBeAssignableTo<Play>()
    expect<[{ context_uri: string; uris: Array<string> }]>().type.not.toBeAssignableTo<Play>()
    type Save = Parameters<typeof Library.saveTracks>[0]
    expect<{ ids: Array<string> }>().type.toBeAssignableTo<Save>()
    expect<{ timestamped_ids: Array<{ id: string; added_at: string }> }>().type.toBeAssignableTo<Save>()
    expect<{ ids: Array<string>; timestamped_ids: [] }>().type.not.toBeAssignableTo<Save>()
  })

  test("words are known", () => {
    type Repeat = Parameters<typeof Player.repeat>[0]
    expect<{ state: "context" }>().type.toBeAssignableTo<Repeat>()
    expect<{ state: "all" }>().type.not.toBeAssignableTo<Repeat>()
    type Groups = NonNullable<Parameters<typeof Artists.albums>[1]>["include_groups"]
    expect<Groups>().type.toBe<ReadonlyArray<"album" | "single" | "appears_on" | "compilation"> | undefined>()
    type Types = NonNullable<Parameters<typeof Player.state>[0]>["additional_types"]
    expect<Types>().type.toBe<ReadonlyArray<"track" | "episode"> | undefined>()
  })
})

describe("what is saved", () => {
  test("shows what may be missing", () => {
    type Entry = Effect.Effect.Success<ReturnType<typeof Library.episodes>>["items"][number]
    expect<NonNullable<Entry>["episode"]>().type.toBe<Episode.Episode | Episode.VanishedEpisode>()
    expect<null>().type.toBeAssignableTo<Entry>()
  })
})

describe("scopes", () => {
  test("are those of operations and of their variants", () => {
    expect(Scope.required(Tracks.getMany, Playlists.moveItems, Playlists.getFields, Search.search)).type.toBe<
      ReadonlyArray<Scope.Scope>
    >()
  })
})
