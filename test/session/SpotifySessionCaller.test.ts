import { HttpClient } from "@effect/platform"
import { SqlClient, type SqlError } from "@effect/sql"
import { describe, expect, it } from "@effect/vitest"
import {
  Context,
  Effect,
  FiberRef,
  HashMap,
  Layer,
  Option,
  Redacted,
  Schedule,
  Schema,
  TestClock,
  Tracer
} from "effect"
import { TokenStoreError } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as SpotifySessions from "effect-spotify/SpotifySessions"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hasPostgres, postgresUrl } from "../utils/postgres.js"
import { clientId, clientSecret, confidential, publicClient, signIn } from "../utils/session.js"
import { postgresClient, sqliteClient } from "../utils/tokenStoreSql.js"

class Transaction extends Context.Tag("test/Transaction")<Transaction, string>() {}
const fiberLocal = FiberRef.unsafeMake("nobody's")

/** What a fiber has of a caller's. */
const traces = Effect.gen(function*() {
  const context = yield* Effect.context<never>()
  const annotations = yield* FiberRef.get(FiberRef.currentLogAnnotations)
  return [
    ...Option.isSome(Context.getOption(context, Transaction)) ? ["context"] : [],
    ...Option.isSome(Context.getOption(context, Tracer.ParentSpan)) ? ["span"] : [],
    ...(yield* FiberRef.get(fiberLocal)) === "nobody's" ? [] : ["FiberRef"],
    ...HashMap.has(annotations, "request") ? ["annotation"] : []
  ]
})

const asCaller = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  effect.pipe(
    Effect.provideService(Transaction, "of the caller"),
    Effect.locally(fiberLocal, "the caller's"),
    Effect.annotateLogs("request", "the caller's"),
    Effect.withSpan("caller")
  )

/** Notes who has asked, and what was with them. */
const makeWatch = () => {
  const seen = new Map<string, ReadonlyArray<string>>()
  const watch = <A, E, R>(name: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.zipRight(
      Effect.map(traces, (found) => void seen.set(name, [...seen.get(name) ?? [], ...found])),
      effect
    )
  const store = Layer.map(TokenStore.layerMemory, (context) => {
    const inner = Context.get(context, TokenStore.TokenStore)
    return Context.make(TokenStore.TokenStore, {
      get: (key) => watch("get", inner.get(key)),
      set: (key, token) => watch("set", inner.set(key, token)),
      remove: (key) => watch("remove", inner.remove(key)),
      setPending: (key, pending) => watch("setPending", inner.setPending(key, pending)),
      takePending: (key, state) => watch("takePending", inner.takePending(key, state)),
      withLock: <A, E, R>(key: string, effect: Effect.Effect<A, E, R>) => watch("withLock", inner.withLock(key, effect))
    })
  })
  const client = Layer.map(FakeSpotify.layer({ refreshTokens: "rotate" }), (context) =>
    Context.add(
      context,
      HttpClient.HttpClient,
      HttpClient.transformResponse(Context.get(context, HttpClient.HttpClient), (effect) => watch("exchange", effect))
    ))
  return { seen, layer: Layer.merge(store, client) }
}

const clean = {
  get: [],
  set: [],
  remove: [],
  setPending: [],
  takePending: [],
  withLock: [],
  exchange: []
}

const everything = (session: SpotifySession.SpotifySession.Service) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    yield* signIn(session)
    yield* session.refresh
    yield* session.renew(yield* session.accessToken)
    yield* TestClock.adjust("1 hour")
    yield* session.accessToken
    yield* session.token
    yield* spotify.revokeRefreshTokens()
    yield* Effect.flip(session.refresh)
    yield* session.signOut
  })

describe("nothing of the caller's goes along", () => {
  it.scoped("with what a session does", () => {
    const { layer, seen } = makeWatch()
    return Effect.gen(function*() {
      const session = yield* SpotifySession.makeAuthorizationCode(confidential)
      yield* asCaller(everything(session))
      expect(Object.fromEntries(seen)).toEqual(clean)
    }).pipe(Effect.provide(layer))
  })

  it.scoped("with a session that a first caller makes for all", () => {
    const { layer, seen } = makeWatch()
    return Effect.gen(function*() {
      const use = Effect.flatMap(SpotifySessions.SpotifySessions, (sessions) => sessions.get("a"))
      yield* asCaller(use)
      yield* everything(yield* use)
      expect(Object.fromEntries(seen)).toEqual(clean)
    }).pipe(Effect.provide(SpotifySessions.layerAuthorizationCode(confidential).pipe(Layer.provideMerge(layer))))
  })

  it.scoped("with client credentials", () => {
    const { layer, seen } = makeWatch()
    return Effect.gen(function*() {
      const session = yield* SpotifySession.makeClientCredentials({ clientId, clientSecret })
      yield* asCaller(session.accessToken)
      expect(Object.fromEntries(seen)).toEqual({ exchange: [] })
    }).pipe(Effect.provide(layer))
  })
})

const tokenJson = Schema.parseJson(TokenStore.Token)

/** A store of somebody's own: the least that works, on whatever client there is. */
const ownStore = (table: string) =>
  Layer.effect(
    TokenStore.TokenStore,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const memory = yield* Effect.provide(TokenStore.TokenStore, Layer.fresh(TokenStore.layerMemory))
      yield* sql`CREATE TABLE IF NOT EXISTS ${sql(table)} (id TEXT PRIMARY KEY, value TEXT NOT NULL)`
      const failed = Effect.mapError((error: SqlError.SqlError) =>
        TokenStoreError.of("own", "sql", `${error.message} ${error.cause}`)
      )
      return {
        ...memory,
        get: (key) =>
          failed(sql<{ readonly value: string }>`SELECT value FROM ${sql(table)} WHERE id = ${key}`).pipe(
            Effect.map((rows) => Option.map(Option.fromNullable(rows[0]), ({ value }) => value)),
            Effect.flatMap(Effect.transposeMapOption((value) => Effect.orDie(Schema.decode(tokenJson)(value))))
          ),
        set: (key, token) =>
          Effect.flatMap(
            Effect.orDie(Schema.encode(tokenJson)(token)),
            (value) =>
              failed(sql`INSERT INTO ${sql(table)} (id, value) VALUES (${key}, ${value})
                ON CONFLICT (id) DO UPDATE SET value = excluded.value`)
          ),
        remove: (key) => failed(sql`DELETE FROM ${sql(table)} WHERE id = ${key}`)
      }
    })
  )

const clear = (token: Option.Option<TokenStore.Token>) =>
  Option.getOrUndefined(Option.map(token, ({ refreshToken }) => refreshToken && Redacted.value(refreshToken)))

const temporary = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "effect-spotify-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true }))
)

const fake = FakeSpotify.layer({ refreshTokens: "rotate" })

/** A token is refreshed inside of a transaction that is undone; what Spotify granted is there all the same. */
const survives = <E>(
  program: Layer.Layer<SqlClient.SqlClient, E>,
  store: Layer.Layer<TokenStore.TokenStore, unknown, SqlClient.SqlClient>,
  storeClient?: Layer.Layer<SqlClient.SqlClient, E>
) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const spotify = yield* FakeSpotify.FakeSpotify
    const kept = yield* TokenStore.TokenStore
    const { refreshToken = Redacted.make("") } = yield* spotify.issueToken({ pkce: true })
    yield* kept.set("default", TokenStore.fromRefreshToken(refreshToken))
    const session = yield* SpotifySession.makePkce(publicClient)
    const undone = yield* Effect.flip(
      sql.withTransaction(
        Effect.flatMap(Effect.zipRight(sql`SELECT 1`, session.accessToken), (token) => Effect.fail(token))
      )
    )
    const after = Option.getOrThrow(yield* kept.get("default"))
    expect(undone).toEqual(after.accessToken)
    expect(Redacted.value(after.refreshToken ?? refreshToken)).not.toBe(Redacted.value(refreshToken))
    // The next process goes on with it.
    yield* Effect.flatMap(SpotifySession.makePkce(publicClient), (session) => session.refresh)
    // A sign-in that is begun in such a transaction can be ended after it.
    let url = ""
    const begin = Effect.map(session.authorizeUrl(), ({ href }) => void (url = href))
    yield* Effect.flip(sql.withTransaction(Effect.zipRight(begin, Effect.fail("undone"))))
    yield* session.handleCallback(yield* spotify.authorize(url))
    yield* Effect.flip(sql.withTransaction(Effect.zipRight(session.signOut, Effect.fail("undone"))))
    expect(yield* kept.get("default")).toEqual(Option.none())
  }).pipe(
    Effect.scoped,
    Effect.provide(
      storeClient === undefined
        ? Layer.merge(fake, Layer.provideMerge(store, program))
        : Layer.mergeAll(fake, program, Layer.provide(store, storeClient))
    )
  )

describe("a transaction of the caller's that is undone takes no token along", () => {
  it.scopedLive("where the store is on another SQLite client", () =>
    Effect.flatMap(temporary, (directory) =>
      Effect.all([
        survives(sqliteClient(`${directory}/1`), ownStore("own_tokens"), sqliteClient(`${directory}/2`)),
        survives(sqliteClient(`${directory}/3`), TokenStoreSql.layer(), sqliteClient(`${directory}/4`))
      ])))

  it.scopedLive("nor where the store needs what the transaction holds: it is kept as soon as that has ended", () =>
    Effect.flatMap(temporary, (directory) =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const spotify = yield* FakeSpotify.FakeSpotify
        const store = yield* TokenStore.TokenStore
        const { refreshToken = Redacted.make("") } = yield* spotify.issueToken({ pkce: true })
        yield* store.set("default", TokenStore.fromRefreshToken(refreshToken))
        const session = yield* SpotifySession.makePkce(publicClient)
        const error = yield* Effect.flip(sql.withTransaction(session.accessToken))
        expect(error._tag).toBe("TokenStoreError")
        // The driver says no more than SQLITE_BUSY.
        expect(error.message).toContain("a transaction of this program that waits for this call")
        expect(error.message).toContain("Ask for the access token before the transaction")
        yield* Effect.repeat(store.get("default"), {
          until: (token) => clear(token) !== Redacted.value(refreshToken),
          schedule: Schedule.spaced("10 millis")
        })
        yield* Effect.flatMap(SpotifySession.makePkce(publicClient), (session) => session.refresh)
      }).pipe(
        Effect.scoped,
        Effect.provide(
          Layer.merge(fake, Layer.provideMerge(ownStore("own_tokens"), sqliteClient(`${directory}/1`)))
        )
      )))

  it.scopedLive.skipIf(!hasPostgres)("where the store is on the same PostgreSQL client", () =>
    Effect.gen(function*() {
      const table = `effect_spotify_test_${crypto.randomUUID().replaceAll("-", "")}`
      const client = postgresClient(postgresUrl)
      yield* Effect.addFinalizer(() =>
        Effect.flatMap(SqlClient.SqlClient, (sql) => sql`DROP TABLE IF EXISTS ${sql(table)}, ${sql(`${table}_own`)}`)
          .pipe(Effect.provide(client), Effect.orDie)
      )
      yield* survives(client, ownStore(`${table}_own`))
      yield* survives(client, TokenStoreSql.layer({ table }))
    }))
})
