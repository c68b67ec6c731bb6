import { NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Layer, Option, Stream } from "effect"
import * as Library from "effect-spotify/Library"
import * as Paging from "effect-spotify/Paging"
import * as Player from "effect-spotify/Player"
import * as Playlists from "effect-spotify/Playlists"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { createServer } from "node:http"
import { clientLayer, get, spotify } from "../utils/client.js"

const layer = (fake?: FakeSpotify.Options, client?: SpotifyClient.Options) =>
  clientLayer(client).pipe(
    Layer.provideMerge(FakeSpotify.layerServer(fake)),
    Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.provide(UndiciTransport.layer)
  )

const uris = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => FakeSpotify.uri("track", from + i))

const urisOf = (id: string) =>
  Effect.flatMap(spotify, ({ state }) =>
    Effect.map(
      state.playlist(id),
      Option.match({
        onNone: () => [],
        onSome: ({ uris }) => uris
      })
    ))

describe("over a real port", () => {
  it.live("a library is read ahead, in order", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const read = yield* Stream.runCollect(Paging.stream(Library.tracks, { concurrency: 8 }))
      const saved = Chunk.toReadonlyArray(read).map(({ track }) => track.uri)
      const dates = Chunk.toReadonlyArray(read).map(({ added_at }) => added_at)
      expect([...saved].sort()).toEqual([...(yield* fake.state.saved("track"))].sort())
      expect(dates).toEqual([...dates].sort().reverse())
      expect(saved).toHaveLength(1234)
      expect(yield* fake.count({ path: "/v1/me/tracks" })).toBe(25)
    }).pipe(Effect.provide(layer({ librarySize: 1234 }))))

  it.live("a long write goes on after a connection that broke, without writing twice, and a playlist becomes equal to a list", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      const wanted = uris(0, 1050)
      const { id } = yield* Playlists.create({ name: "Long" })
      const adds = { method: "POST", path: /\/items$/ } as const
      yield* fake.failNext(FakeSpotify.afterApplying(FakeSpotify.connectionReset), {
        on: adds
      })
      expect(yield* Playlists.addAll(id, wanted)).toMatchObject({ written: 1050, failed: [], inDoubt: [] })
      expect(yield* fake.count(adds)).toBe(11)
      expect(yield* urisOf(id)).toEqual(wanted)

      const changed = [...wanted.slice(500, 600), ...wanted.slice(0, 400), ...uris(2000, 150), ...wanted.slice(700)]
      const { plan } = yield* Playlists.sync(id, changed)
      expect(yield* urisOf(id)).toEqual(changed)
      expect(plan).toMatchObject({ added: 150, kept: 850 })
    }).pipe(Effect.provide(layer())))

  it.live("playback is watched", () =>
    Effect.gen(function*() {
      yield* Player.play({ uris: uris(0, 3) })
      const seen = yield* Player.changes({ interval: 20, idleInterval: 20, minInterval: 20 }).pipe(
        Stream.map(({ _tag }) => _tag),
        Stream.tap((tag) => tag === "Started" ? Player.next() : tag === "ItemChanged" ? Player.pause() : Effect.void),
        Stream.takeUntil((tag) => tag === "Paused"),
        Stream.runCollect
      )
      expect(Chunk.toReadonlyArray(seen)).toEqual(["Started", "ItemChanged", "Paused"])
    }).pipe(Effect.provide(layer())))

  it.live("a budget that the client is told isn't exceeded", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* Effect.replicateEffect(get("/me"), 60, { concurrency: 20 })
      expect((yield* fake.requests).filter(({ status }) => status === 429)).toEqual([])
    }).pipe(Effect.provide(layer(
      { bucket: { rate: 50, burst: 25 } },
      { requestsPer: [50, "1 second"] }
    ))))

  it.live("one that it isn't told is learned", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* Effect.replicateEffect(get("/me"), 60, { concurrency: 20 })
      const refused = (yield* fake.requests).filter(({ status }) => status === 429).length
      expect(refused).toBeGreaterThan(0)
      expect(refused).toBeLessThan(60)
      expect((yield* SpotifyClient.status).requestsPerSecond).toMatchObject({ _tag: "Some" })
    }).pipe(Effect.provide(layer({ bucket: { rate: 50, burst: 5 } }))))
})
