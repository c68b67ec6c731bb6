/** A program whose declarations scripts/userTypes.ts emits: everything here is exported with the type that is inferred. */
import { Effect, Layer, Redacted, Stream } from "effect"
import {
  Albums,
  BulkWrites,
  Library,
  Paging,
  Player,
  Playlists,
  PlaylistSync,
  RequestBatching,
  Search,
  SpotifyClient,
  SpotifySession,
  SpotifySessions,
  TokenStore,
  Tracks
} from "effect-spotify"
import * as ResponseCache from "effect-spotify/ResponseCache"
import * as SpotifyAuth from "effect-spotify/SpotifyAuth"
import { FakeSpotify } from "effect-spotify/testing"

export const session = SpotifySession.layerAuthorizationCode({
  clientId: "id",
  clientSecret: Redacted.make("secret"),
  redirectUri: "https://example.com/callback"
})
export const live = SpotifyClient.layer({ maxInFlight: 8 }).pipe(Layer.provide(session))
export const cached = ResponseCache.layer().pipe(Layer.provideMerge(RequestBatching.layer))
export const fake = live.pipe(Layer.provide(TokenStore.layerMemory), Layer.provideMerge(FakeSpotify.layer()))

export const client = Effect.flatMap(SpotifyClient.SpotifyClient, (client) => client.status)
export const parts = Effect.map(SpotifyClient.SpotifyClient, ({ execute, status, withSession }) => ({
  execute,
  status,
  withSession
}))
export const urgent = Albums.get("4aawyAB9vmqN3uQ7FjRGTy").pipe(SpotifyClient.withPriority("interactive"))
export const told = Tracks.get("7EjyzZcbLxW7PaaLua9Ksb").pipe(SpotifyClient.withUnreadable)
export const users = Effect.map(SpotifySessions.SpotifySessions, (sessions) => sessions)
export const exchanges = { ...SpotifyAuth }
export const owner = Effect.map(SpotifySession.SpotifySession, (session) => session)
export const store = Effect.map(TokenStore.TokenStore, (store) => store)

export const saved = Paging.stream(Library.tracks, { concurrency: 4 })
export const pages = Paging.pages(Playlists.items, "3cEYpjA9oz9GiPac4AsH4n")
export const found = Paging.collect(Search.tracks, { q: "abba" })
export const counted = Stream.runCount(saved)
export const changes = Player.changes()

export const added = Playlists.addAll("3cEYpjA9oz9GiPac4AsH4n", ["spotify:track:7EjyzZcbLxW7PaaLua9Ksb"])
export const synced = Playlists.sync("3cEYpjA9oz9GiPac4AsH4n", [])
export const resumed = added.pipe(Effect.catchTag("IncompleteWrite", ({ account }) => Effect.succeed(account)))
export const planned = PlaylistSync.plan([], [])
export const account = BulkWrites.Account

export const spotify = Effect.map(FakeSpotify.FakeSpotify, (spotify) => spotify)
export const state = Effect.flatMap(FakeSpotify.FakeSpotify, ({ state }) => state.player())
export const playlist = Effect.flatMap(FakeSpotify.FakeSpotify, ({ state }) => state.playlist("id"))
