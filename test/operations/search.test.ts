import { HttpClient, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import * as Search from "effect-spotify/Search"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { layer } from "../utils/wire.js"

const kinds = ["album", "artist", "audiobook", "episode", "playlist", "show", "track"] as const

const page = { href: null, items: [], limit: 5, next: null, offset: 0, previous: null, total: 0 }

/** A Spotify that answers everything with one body. */
const answering = (body: unknown) =>
  SpotifyClient.layer().pipe(
    Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("token") })),
    Layer.provide(Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(JSON.stringify(body))))
      )
    ))
  )

describe("Search.search", () => {
  it.effect.each(kinds)("has the page of %s alone when that is asked for", (kind) =>
    Effect.gen(function*() {
      const found = yield* Search.search({ q: "a", type: [kind] })
      expect(Object.keys(found)).toEqual([`${kind}s`])
    }).pipe(Effect.provide(layer())))

  it.effect("has a page of each kind that is asked for, in whatever order and however often", () =>
    Effect.gen(function*() {
      const found = yield* Search.search({ q: "a", type: ["track", "album", "track"] })
      expect(Object.keys(found).toSorted()).toEqual(["albums", "tracks"])
      expect(found.tracks.items.length).toBeGreaterThan(0)
    }).pipe(Effect.provide(layer())))

  it.effect("drops a page that wasn't asked for", () =>
    Effect.gen(function*() {
      expect(yield* Search.search({ q: "a", type: ["track"] })).toEqual({ tracks: page })
    }).pipe(Effect.provide(answering({ tracks: page, albums: "not looked at" }))))

  it.effect("fails where a page that was asked for is missing", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Search.search({ q: "a", type: ["track", "album"] }))
      expect(error).toMatchObject({ _tag: "DecodeError", operation: "Search.search", issuePath: "albums" })
    }).pipe(Effect.provide(answering({ tracks: page }))))

  it.effect("keeps a null entry visible", () =>
    Effect.gen(function*() {
      const { playlists } = yield* Search.search({ q: "a", type: ["playlist"] })
      expect(playlists.items).toEqual([null])
    }).pipe(Effect.provide(answering({ playlists: { ...page, items: [null], total: 1 } }))))
})
