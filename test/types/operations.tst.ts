import { Effect, type Option, type Stream } from "effect"
import {
  type Album,
  Albums,
  Library,
  Paging,
  Player,
  Scope,
  Search,
  SpotifyClient,
  type SpotifyError,
  SpotifySession,
  type Track,
  Tracks,
  type User,
  Users
} from "effect-spotify"
import { describe, expect, test } from "tstyche"

type Call<A> = Effect.Effect<A, SpotifyError.SpotifyError, SpotifyClient.SpotifyClient>

describe("operations", () => {
  test("answer, errors and requirement are all that an operation's type says", () => {
    expect(Albums.get("id")).type.toBe<Call<Album.Album>>()
    expect(Tracks.get("id", { market: "SE" })).type.toBe<Call<Track.Track>>()
    expect(Users.me()).type.toBe<Call<User.PrivateUser>>()
    expect(Player.pause()).type.toBe<Call<void>>()
    expect(Player.state()).type.toBe<Call<Option.Option<Player.PlaybackState>>>()
    expect(Library.contains({ uris: ["uri"] })).type.toBe<Call<ReadonlyArray<boolean>>>()
  })

  test("arguments are those of the operation", () => {
    expect<[id: string]>().type.toBeAssignableTo<Parameters<typeof Albums.get>>()
    expect<[id: string, options: { market: string }]>().type.toBeAssignableTo<Parameters<typeof Tracks.get>>()
    expect<[]>().type.not.toBeAssignableTo<Parameters<typeof Albums.get>>()
    expect<[id: string, options: { limit: number }]>().type.not.toBeAssignableTo<Parameters<typeof Albums.get>>()
    expect<[id: string, options: { market: number }]>().type.not.toBeAssignableTo<Parameters<typeof Tracks.get>>()
    expect<[]>().type.not.toBeAssignableTo<Parameters<typeof Library.save>>()
    expect<[id: string]>().type.not.toBeAssignableTo<Parameters<typeof Users.me>>()
  })
})

describe("search", () => {
  test("has the pages of the kinds that were asked for, and no others", () => {
    const found = Search.search({ q: "abba", type: ["track", "album"] })
    type Found = Effect.Effect.Success<typeof found>
    expect<Found["tracks"]["items"][number]>().type.toBe<Track.Track>()
    expect<Found>().type.toHaveProperty("albums")
    expect<Found>().type.not.toHaveProperty("artists")
  })

  test("refuses a kind that Spotify doesn't have", () => {
    expect<[{ q: string; type: ["track"] }]>().type.toBeAssignableTo<Parameters<typeof Search.search>>()
    expect<[{ q: string; type: ["song"] }]>().type.not.toBeAssignableTo<Parameters<typeof Search.search>>()
  })
})

describe("paging", () => {
  test("gives the items of the operation's pages", () => {
    expect(Paging.stream(Library.tracks)).type.toBe<
      Stream.Stream<Track.SavedTrack, Paging.PageError, SpotifyClient.SpotifyClient>
    >()
  })
})

describe("errors", () => {
  test("the union has every tag, and catching one leaves the others", () => {
    expect<SpotifyError.SpotifyError["_tag"]>().type.toBe<
      | "BadRequest"
      | "BudgetUnavailable"
      | "DecodeError"
      | "Forbidden"
      | "ForeignHost"
      | "InvalidInput"
      | "NotFound"
      | "OAuthError"
      | "QuotaExceeded"
      | "RateLimited"
      | "ReauthorizationRequired"
      | "RepeatedPage"
      | "ServerError"
      | "TokenStoreError"
      | "TransportError"
      | "TokenEndpointUnreachable"
      | "Unauthorized"
      | "UnexpectedStatus"
    >()
    const caught = Users.me().pipe(Effect.catchTag("RateLimited", () => Effect.void))
    expect<Extract<Effect.Effect.Error<typeof caught>, { readonly _tag: "RateLimited" }>>().type.toBe<never>()
  })
})

describe("layers", () => {
  test("a client without a session doesn't compile", () => {
    const needy = Users.me().pipe(Effect.provide(SpotifyClient.layer()))
    expect<typeof needy>().type.not.toBeAssignableTo<Effect.Effect<unknown, unknown>>()
    expect<Extract<Effect.Effect.Context<typeof needy>, SpotifySession.SpotifySession>>().type.toBe<
      SpotifySession.SpotifySession
    >()
  })

  test("another session for a program needs no more than the client", () => {
    const session = {} as SpotifySession.SpotifySession.Service
    expect(Users.me().pipe(SpotifyClient.withSession(session))).type.toBe<Call<User.PrivateUser>>()
  })
})

describe("scopes", () => {
  test("are known by name", () => {
    expect(Scope.required(Library.tracks, Player.play)).type.toBe<ReadonlyArray<Scope.Scope>>()
    type AuthorizeUrl = Parameters<typeof SpotifySession.authorizeUrl>
    expect<[{ scopes: ["user-library-read"] }]>().type.toBeAssignableTo<AuthorizeUrl>()
    expect<[{ scopes: ["user-read-everything"] }]>().type.not.toBeAssignableTo<AuthorizeUrl>()
  })
})
