import { FetchHttpClient, FileSystem } from "@effect/platform"
import { NodeFileSystem, NodeHttpServer } from "@effect/platform-node"
import { SqlClient } from "@effect/sql"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Layer, Option, Redacted, Schedule } from "effect"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import { createServer } from "node:http"
import { hasPostgres, postgresUrl } from "../utils/postgres.js"
import { publicClient, signIn, tokenEndpoint } from "../utils/session.js"
import { start } from "../utils/tokenStoreProcess.js"
import { makeProxy } from "../utils/tokenStoreProxy.js"
import { postgresClient } from "../utils/tokenStoreSql.js"

const onAPort = Layer.fresh(FakeSpotify.layerServer({ refreshTokens: "rotate" })).pipe(
  Layer.provide(Layer.fresh(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })))
)

const key = "a"

const session = Effect.flatMap(
  FakeSpotify.FakeSpotify,
  ({ accountsUrl }) => SpotifySession.makePkce({ ...publicClient, accountsUrl, key })
)

/** A process with a call that needs a refresh, and that is stopped while the answer with the new token is on its way. */
const stopped = (place: object) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const store = yield* TokenStore.TokenStore
    const { refreshToken = Redacted.make("") } = yield* spotify.issueToken({ pkce: true })
    yield* store.set(key, TokenStore.fromRefreshToken(refreshToken))
    yield* spotify.failNext(FakeSpotify.slow("1 second"), { on: tokenEndpoint })
    const origin = spotify.accountsUrl
    const process_ = yield* start(place, "call", key, origin, "1")
    yield* Effect.repeat(spotify.count(tokenEndpoint), {
      until: (n) => n === 1,
      schedule: Schedule.spaced("5 millis")
    })
    yield* process_.signal("SIGSTOP")
    const at = yield* Clock.currentTimeMillis
    return {
      /** Lets it go on, after longer than any request may take. */
      goOn: Effect.gen(function*() {
        const past = (yield* Clock.currentTimeMillis) - at
        yield* Effect.sleep(Math.max(0, 12_000 - past))
        yield* process_.signal("SIGCONT")
        yield* Effect.exit(process_.finished)
      }),
      process_,
      refreshToken
    }
  })

/** Whether a new process finds a token that Spotify takes. */
const isAlive = Effect.scoped(Effect.flatMap(session, (session) => Effect.isSuccess(session.refresh)))

const inFile = <A, E>(
  body: (place: object) => Effect.Effect<A, E, Effect.Effect.Context<typeof session> | FileSystem.FileSystem>
) =>
  Effect.gen(function*() {
    const file = `${yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())}/tokens.json`
    return yield* Effect.provide(
      body({ file }),
      Layer.mergeAll(onAPort, Layer.fresh(TokenStore.layerFile(file)), FetchHttpClient.layer)
    )
  }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))

describe.concurrent("a process that is stopped in the middle of a refresh", () => {
  // Side by side, since most of the time is waiting.
  it.scopedLive("loses no token, and undoes nothing", () =>
    Effect.all([
      inFile((place) =>
        Effect.gen(function*() {
          const { goOn, process_ } = yield* stopped(place)
          const refused = yield* Effect.flip(Effect.flatMap(session, (session) => session.accessToken))
          expect(refused).toMatchObject({ _tag: "ReauthorizationRequired" })
          yield* goOn
          expect(yield* Effect.exit(process_.finished)).toMatchObject({ _tag: "Success" })
          expect(yield* isAlive).toBe(true)
        })
      ),
      inFile((place) =>
        Effect.gen(function*() {
          const { goOn } = yield* stopped(place)
          yield* Effect.flatMap(session, (session) => session.signOut)
          yield* goOn
          const store = yield* TokenStore.TokenStore
          expect(yield* store.get(key)).toEqual(Option.none())
        })
      ),
      inFile((place) =>
        Effect.gen(function*() {
          const { goOn } = yield* stopped(place)
          const token = yield* Effect.flatMap(session, (session) => signIn(session))
          yield* goOn
          const store = yield* TokenStore.TokenStore
          const kept = Option.getOrThrow(yield* store.get(key))
          expect(Redacted.value(kept.accessToken)).toBe(Redacted.value(token.accessToken))
          expect(yield* isAlive).toBe(true)
        })
      )
    ], { concurrency: "unbounded", discard: true }), 180_000)

  it.scopedLive.skipIf(!hasPostgres)("loses no token when PostgreSQL gave its lock away", () =>
    Effect.gen(function*() {
      const table = `effect_spotify_test_${crypto.randomUUID().replaceAll("-", "")}`
      const client = postgresClient(postgresUrl)
      yield* Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* Effect.addFinalizer(() => Effect.orDie(sql`DROP TABLE IF EXISTS ${sql(table)}`))
        const url = new URL(postgresUrl)
        const proxy = yield* makeProxy({ host: url.hostname, port: Number(url.port || 5432) })
        url.hostname = "127.0.0.1"
        url.port = String(proxy.port)
        const { process_ } = yield* stopped({ postgres: url.href, table })
        // Such a connection is closed by the database too, after a minute.
        yield* proxy.cut
        yield* proxy.restore
        const refused = yield* Effect.flip(Effect.flatMap(session, (session) => session.accessToken))
        expect(refused).toMatchObject({ _tag: "ReauthorizationRequired" })
        yield* process_.signal("SIGCONT")
        yield* process_.finished
        expect(yield* isAlive).toBe(true)
      }).pipe(
        Effect.scoped,
        Effect.provide(
          Layer.mergeAll(TokenStoreSql.layer({ table }), onAPort, FetchHttpClient.layer).pipe(
            Layer.provideMerge(client)
          )
        )
      )
    }), 180_000)
})
