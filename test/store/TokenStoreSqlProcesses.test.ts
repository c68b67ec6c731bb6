/** SQL stores that several processes share, some of which are killed. */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Redacted, type Scope } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import { hasPostgres, withPostgres } from "../utils/postgres.js"
import { at, directory, endClaims, layerOf, type Place, postgresPlace, sqlitePlace } from "../utils/sqlPlaces.js"
import { spotifyOf, tokenEndpoint } from "../utils/storeOnPort.js"
import { start } from "../utils/tokenStoreProcess.js"
import { count, makeToken } from "../utils/tokenStoreSuite.js"

const shared = (name: string, makePlace: Effect.Effect<Place, unknown, Scope.Scope>) => {
  const live = (title: string, body: (place: Place) => Effect.Effect<void, unknown, Scope.Scope>, timeout?: number) =>
    it.scopedLive(title, () => Effect.flatMap(makePlace, body), timeout)

  describe(`TokenStoreSql on ${name}, shared by processes`, () => {
    live(
      "loses no change of several processes",
      (place) =>
        Effect.gen(function*() {
          const processes = yield* Effect.replicateEffect(start(place.process, "count", "a", "25"), 4)
          yield* Effect.forEach(processes, (process_) => process_.finished, { concurrency: "unbounded" })
          expect(yield* Effect.provide(count("a"), layerOf(place))).toBe(100)
        }),
      300_000
    )

    live(
      "4 processes with a thousand calls on an expired token refresh once, and keep the new one before they use it",
      (place) =>
        spotifyOf(
          place,
          { refreshTokens: "rotate" },
          ({ origin, premature, spotify, store }) =>
            Effect.gen(function*() {
              const { refreshToken: old = Redacted.make("") } = yield* spotify.issueToken({ pkce: true })
              yield* store.set("a", TokenStore.fromRefreshToken(old))
              // Time for all of them to come.
              yield* spotify.failNext(FakeSpotify.slow("1 second"), { on: tokenEndpoint })
              const processes = yield* Effect.replicateEffect(
                start(place.process, "call", "a", origin, "250"),
                4
              )
              yield* Effect.forEach(processes, (process_) => process_.finished, { concurrency: "unbounded" })
              expect(yield* spotify.count(tokenEndpoint)).toBe(1)
              expect(yield* spotify.count({ path: "/v1/me" })).toBe(1000)
              expect(premature()).toBe(0)
              const token = Option.getOrThrow(yield* store.get("a"))
              expect(Redacted.value(token.refreshToken ?? old)).not.toBe(Redacted.value(old))
            })
        ),
      300_000
    )

    live(
      "refreshes after kill -9 of the process that did",
      (place) =>
        spotifyOf(place, {}, ({ origin, premature, spotify, store }) =>
          Effect.gen(function*() {
            const { refreshToken = Redacted.make("") } = yield* spotify.issueToken({ pkce: true })
            yield* store.set("a", TokenStore.fromRefreshToken(refreshToken))
            yield* spotify.failNext(FakeSpotify.slow("1 hour"), { on: tokenEndpoint })
            const first = yield* start(place.process, "call", "a", origin, "50")
            yield* Effect.repeat(Effect.delay(spotify.count(tokenEndpoint), "5 millis"), { until: (n) => n === 1 })
            const others = yield* Effect.replicateEffect(start(place.process, "call", "a", origin, "50"), 2)
            yield* Effect.forEach(others, (other) => other.said("calling"))
            yield* first.kill
            yield* endClaims(place)
            yield* Effect.forEach(others, (other) => other.finished, { concurrency: "unbounded" })
            expect(yield* spotify.count(tokenEndpoint)).toBe(2)
            expect(yield* spotify.count({ path: "/v1/me" })).toBe(100)
            expect(premature()).toBe(0)
          })),
      300_000
    )

    live(
      "refreshes once for 4 processes whose sessions know nothing of each other",
      (place) =>
        Effect.gen(function*() {
          const log = `${yield* directory}/exchanges`
          yield* at(place)((store) => store.set("a", makeToken("old", ["old"])))
          const processes = yield* Effect.replicateEffect(start(place.process, "refresh", "a", log, "25"), 4)
          yield* Effect.forEach(processes, (process_) => process_.finished, { concurrency: "unbounded" })
          const exchanges = yield* Effect.provide(
            Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(log)),
            NodeFileSystem.layer
          )
          expect(exchanges.trim().split("\n")).toHaveLength(1)
          const token = yield* Effect.map(at(place)((store) => store.get("a")), Option.getOrThrow)
          expect(Redacted.value(token.accessToken)).toBe("new")
        }),
      300_000
    )

    live(
      "goes on with the old token after kill -9 of the process that held the lock",
      (place) =>
        Effect.gen(function*() {
          yield* at(place)((store) => store.set("a", makeToken("counter", ["7"])))
          const holder = yield* start(place.process, "hold", "a")
          yield* holder.said("holding")
          const others = yield* Effect.replicateEffect(start(place.process, "count", "a", "5"), 3)
          yield* Effect.forEach(others, (other) => other.said("counting"))
          yield* holder.kill
          yield* endClaims(place)
          yield* Effect.forEach(others, (other) => other.finished, { concurrency: "unbounded" })
          expect(yield* Effect.provide(count("a"), layerOf(place))).toBe(22)
        }),
      300_000
    )
  })
}

shared("SQLite", sqlitePlace)

describe.skipIf(!hasPostgres)(withPostgres, () => {
  shared("PostgreSQL", postgresPlace)
})
