/** Sessions of several processes on one database, whose claims end, whose clock jumps, and some of which die. */
import { HttpClient, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, FastCheck, Fiber, Layer, Option, Redacted, Schedule, Schema, Scope } from "effect"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import { hasPostgres, withPostgres } from "../utils/postgres.js"
import { publicClient } from "../utils/session.js"
import { endClaims, layerOf, type Place, postgresPlace, query, sqlitePlace } from "../utils/sqlPlaces.js"

type Event =
  | { readonly what: "refresh" | "answer" | "die"; readonly by: 0 | 1 | 2 }
  | { readonly what: "end" | "back" | "forward"; readonly by?: undefined }

const by = FastCheck.constantFrom(0 as const, 1 as const, 2 as const)
const act = (what: "refresh" | "answer" | "die") => FastCheck.record({ what: FastCheck.constant(what), by })
const time = FastCheck.record({ what: FastCheck.constantFrom("end" as const, "back" as const, "forward" as const) })

const events: FastCheck.Arbitrary<ReadonlyArray<Event>> = FastCheck.array(
  FastCheck.oneof(
    { arbitrary: act("refresh"), weight: 4 },
    { arbitrary: act("answer"), weight: 4 },
    { arbitrary: act("die"), weight: 1 },
    { arbitrary: time, weight: 2 }
  ),
  { minLength: 2, maxLength: 14 }
)

const Answer = Schema.Struct({ refresh_token: Schema.optional(Schema.String) })

/** What Spotify gave out, in its order, by its refresh token. */
interface Model {
  readonly granted: Array<string>
}

/** Time on a real clock, for statements and polls. */
const pass = (millis: number) => Effect.promise(() => new Promise((done) => setTimeout(done, millis)))

/** As the database's clock does to the claims that are there. */
const jump = (place: Place, millis: number) =>
  Effect.retry(
    query(place)((sql) => sql`UPDATE ${sql(place.table)} SET updated_at = updated_at + ${millis} WHERE kind = 'claim'`),
    Schedule.intersect(Schedule.spaced("20 millis"), Schedule.recurs(100))
  )

/** A process: its session, and its request to Spotify, which stays on the way until it is answered. */
const makeProcess = (place: Place, model: Model) =>
  Effect.gen(function*() {
    const http = yield* HttpClient.HttpClient
    const scope = yield* Scope.make()
    let isDead = false
    /** Spotify answers the request, and the answer arrives. */
    let next: ReadonlyArray<Deferred.Deferred<void>> = []
    const orNever = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
      Effect.suspend(() => isDead ? Effect.never : effect)

    const store = yield* Effect.map(
      Effect.flatMap(Layer.build(layerOf(place)), (context) => Effect.provide(TokenStore.TokenStore, context)),
      (store): TokenStore.TokenStore.Service => ({
        ...store,
        get: (key) => orNever(store.get(key)),
        set: (key, token) => orNever(store.set(key, token)),
        remove: (key) => orNever(store.remove(key)),
        withLock: (key, effect) => Effect.suspend(() => isDead ? Effect.never : store.withLock(key, effect))
      })
    ).pipe(Scope.extend(scope))

    const client = HttpClient.transform(http, (effect) =>
      Effect.gen(function*() {
        const [asked, heard] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        next = [asked, heard]
        yield* Deferred.await(asked)
        const response = yield* effect
        const body = yield* Effect.orDie(HttpClientResponse.schemaBodyJson(Answer)(response))
        if (body.refresh_token !== undefined) model.granted.push(body.refresh_token)
        yield* Deferred.await(heard)
        return response
      }))
    const session = yield* SpotifySession.makePkce(publicClient).pipe(
      Effect.provideService(TokenStore.TokenStore, store),
      Effect.provideService(HttpClient.HttpClient, client),
      Scope.extend(scope)
    )
    let refreshing: Fiber.Fiber<unknown, unknown> | undefined

    return {
      scope,
      isIdle: () => refreshing === undefined,
      isDead: () => isDead,
      refresh: Effect.suspend(() => {
        if (isDead || refreshing !== undefined) return Effect.void
        const ended = Effect.sync(() => void (refreshing = undefined))
        return Effect.map(
          Effect.forkDaemon(Effect.ensuring(Effect.exit(session.refresh), ended)),
          (fiber) => void (refreshing = fiber)
        )
      }),
      answer: Effect.suspend(() => {
        const [first, ...others] = next
        next = others
        return isDead || first === undefined ? Effect.void : Deferred.succeed(first, undefined)
      }),
      // One that waits for a claim would go on waiting here, and what Spotify gave to one that dies before it could keep it
      // is lost with it: so it is idle, or Spotify hasn't answered it.
      die: Effect.sync(() => {
        if (refreshing === undefined || next.length === 2) isDead = true
      }),
      bury: Effect.suspend(() => refreshing === undefined ? Effect.void : Fiber.interruptFork(refreshing))
    }
  })

/** Plays events, and tells what the store ends with and whether it is alive. */
const play = (place: Place, events: ReadonlyArray<Event>) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const model: Model = { granted: [] }
    const { refreshToken = Redacted.make("") } = yield* spotify.issueToken({ pkce: true })
    const store = yield* TokenStore.TokenStore
    yield* store.set("default", TokenStore.fromRefreshToken(refreshToken))
    const processes = yield* Effect.all([
      makeProcess(place, model),
      makeProcess(place, model),
      makeProcess(place, model)
    ])
    for (const event of events) {
      if (event.by !== undefined) yield* processes[event.by][event.what]
      else if (event.what === "end") yield* endClaims(place)
      else yield* jump(place, event.what === "back" ? 600_000 : -600_000)
      yield* pass(30)
    }
    // Those who live come to an end; the claims of the dead end by time.
    while (!processes.every((one) => one.isDead() || one.isIdle())) {
      yield* Effect.forEach(processes, ({ answer }) => answer)
      if (processes.some((one) => one.isDead())) yield* endClaims(place)
      yield* pass(50)
    }
    const last = model.granted.at(-1) ?? Redacted.value(refreshToken)
    const look = Effect.map(
      store.get("default"),
      Option.map(({ refreshToken: kept = refreshToken }) => Redacted.value(kept))
    )
    // Who lost a claim offers what was granted again, a moment later.
    const kept = yield* Effect.repeat(Effect.zipRight(Effect.zipRight(endClaims(place), pass(200)), look), {
      until: Option.contains(last),
      times: 50
    })
    // A new process: only what is kept counts.
    const alive = yield* Effect.exit(Effect.flatMap(SpotifySession.makePkce(publicClient), ({ refresh }) => refresh))
    yield* Effect.forEach(processes, ({ bury, isDead, scope }) => isDead() ? bury : Scope.close(scope, Exit.void), {
      discard: true
    })
    return { kept, last, alive }
  }).pipe(
    Effect.scoped,
    Effect.provide(Layer.mergeAll(layerOf(place), Layer.fresh(FakeSpotify.layer({ refreshTokens: "rotate" }))))
  )

const dialect = (name: string, makePlace: Effect.Effect<Place, unknown, Scope.Scope>) =>
  it.live.prop(
    `any order of claims, answers, deaths and jumps of the clock ends with the token granted last, on ${name}`,
    { events },
    ({ events }) =>
      Effect.scoped(Effect.flatMap(makePlace, (place) =>
        Effect.map(play(place, events), ({ alive, kept, last }) => {
          expect(kept).toEqual(Option.some(last))
          expect(alive._tag).toBe("Success")
        }))),
    { timeout: 300_000, fastCheck: { numRuns: Number(process.env["RUNS"] ?? 8) } }
  )

describe("claims against a model", () => {
  dialect("SQLite", sqlitePlace)
  describe.skipIf(!hasPostgres)(withPostgres, () => {
    dialect("PostgreSQL", postgresPlace)
  })
})
