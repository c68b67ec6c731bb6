/** Whatever a program without types passes and whatever Spotify answers: a value or a typed error, never a defect. */
import { FileSystem, HttpClient, HttpClientResponse, KeyValueStore } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import {
  Cause,
  Effect,
  Exit,
  FastCheck as fc,
  Fiber,
  Inspectable,
  Layer,
  Option,
  Predicate,
  Redacted,
  Schedule,
  Stream,
  TestClock
} from "effect"
import {
  type Endpoint,
  Endpoints,
  Library,
  Paging,
  Player,
  Playlists,
  RequestBatching,
  SpotifyAuth,
  SpotifyClient,
  SpotifyId,
  SpotifySession,
  TokenStore,
  Tracks
} from "effect-spotify"
import * as ResponseCache from "effect-spotify/ResponseCache"
import { FakeSpotify } from "effect-spotify/testing"

type Call = (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, unknown, SpotifyClient.SpotifyClient>

interface Operation extends Call {
  readonly spec: Endpoint.Spec
}

const isOperation = (input: unknown): input is Operation => Predicate.isFunction(input) && "spec" in input

const isPaged = (
  operation: Operation
): operation is Operation & Endpoint.Paged<ReadonlyArray<unknown>, unknown, unknown> => "page" in operation

const operations = Object.entries(Endpoints.groups).flatMap(([group, members]) =>
  Object.entries(members).flatMap(([name, member]): ReadonlyArray<readonly [name: string, operation: Operation]> =>
    isOperation(member) ? [[`${group}.${name}`, member]] : []
  )
)

// What a program without types might pass.
const untyped = (call: unknown): Call => call as Call

const jobs: ReadonlyArray<readonly [name: string, call: Call]> = [
  ["Library.saveAll", untyped(Library.saveAll)],
  ["Library.removeAll", untyped(Library.removeAll)],
  ["Library.containsAll", untyped(Library.containsAll)],
  ["Playlists.addAll", untyped(Playlists.addAll)],
  ["Playlists.replaceAll", untyped(Playlists.replaceAll)],
  ["Playlists.removeAll", untyped(Playlists.removeAll)],
  ["Playlists.sync", untyped(Playlists.sync)],
  ["Playlists.applySync", untyped(Playlists.applySync)]
]

const nested = "[".repeat(10_000) + "]".repeat(10_000)
const nestedObject = `${"{\"items\":".repeat(10_000)}1${"}".repeat(10_000)}`

const hostile: ReadonlyArray<unknown> = [
  "\ud800",
  "a\udc00b",
  "..",
  "%2e%2e",
  "%",
  "",
  "toString",
  Number.NaN,
  -0,
  1e308,
  1n,
  Symbol("a"),
  () => 1,
  Object.create(null),
  JSON.parse("{\"__proto__\": {\"market\": \"SE\"}}"),
  JSON.parse(nested),
  Object.assign([], { length: 2 ** 32 - 1 }),
  // eslint-disable-next-line no-sparse-arrays
  [, "a"],
  {
    get market() {
      throw new Error("no")
    },
    get uris() {
      throw new Error("no")
    },
    get type() {
      throw new Error("no")
    }
  },
  new Proxy({}, {
    ownKeys: () => {
      throw new Error("no")
    },
    getOwnPropertyDescriptor: () => {
      throw new Error("no")
    },
    get: () => {
      throw new Error("no")
    }
  }),
  new Map([["market", "SE"]]),
  new Date(Number.NaN)
]

const { id, uri } = FakeSpotify

const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true
  }),
  fc.jsonValue(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(...hostile),
  fc.constantFrom<unknown>(
    id("track", 1),
    uri("track", 1),
    uri("episode", 1),
    uri("album", 1),
    [uri("track", 1)],
    id("playlist", 0)
  )
)

/** Options with names that are known or nearly so, and any values. */
const optionsOf = (names: ReadonlyArray<string>) =>
  fc.oneof(
    { weight: 1, arbitrary: anything },
    {
      weight: 3,
      arbitrary: fc.dictionary(fc.constantFrom(...names, "postion", "__proto__", "concurrency", "from"), anything, {
        maxKeys: 3
      })
    }
  )

const idOf = ({ id: kind }: Endpoint.Spec) =>
  kind === undefined
    ? []
    : [fc.oneof(anything, fc.constant(kind === "category" || kind === "user" ? "some.one" : id(kind, 0)))]

const argumentsOf = (spec: Endpoint.Spec) => {
  const names = [...Object.keys(spec.query), ...Object.keys(spec.body)]
  return fc.oneof(
    fc.tuple(...idOf(spec), optionsOf(names)),
    fc.tuple(...idOf(spec), optionsOf(names), anything)
  ).map((args): ReadonlyArray<unknown> => args)
}

/** A body that looks like a page, with members of any kind. */
const pageBody = fc.record({
  items: fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()),
  limit: fc.oneof(fc.integer(), fc.jsonValue()),
  next: fc.oneof(
    fc.constantFrom("https://api.spotify.com/v1/me/x?after=%E0%A4%A&limit=1", "?before=%", null),
    fc.jsonValue()
  ),
  total: fc.oneof(fc.integer(), fc.jsonValue()),
  cursors: fc.oneof(fc.record({ after: fc.string(), before: fc.string() }), fc.jsonValue())
}, { requiredKeys: [] })

const bodies = fc.oneof(
  fc.jsonValue().map((json) => JSON.stringify(json)),
  fc.oneof(
    pageBody,
    pageBody.map((page) => ({ artists: page, albums: page, tracks: page, categories: page, playlists: page }))
  ).map((json) => JSON.stringify(json)),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "null", "{}", "[]", nested, nestedObject, `{"error":${nested}}`, "<html>", "\ufeff{}")
)

const answers = fc.record({
  status: fc.constantFrom(200, 200, 200, 201, 204, 302, 304, 400, 403, 404, 418, 500),
  text: bodies,
  location: fc.constantFrom(undefined, "%", "//", "http://[", "\ud800", "/v1/%E0%A4%A", "https://example.com/%")
})

type Answer = ReturnType<typeof fc.sample<{ status: number; text: string; location: string | undefined }>>[number]

const seed = 20_261_129

const samples = <A>(arbitrary: fc.Arbitrary<A>, count: number, salt: string): ReadonlyArray<A> =>
  fc.sample(arbitrary, {
    numRuns: count,
    seed: seed + Array.from(salt).reduce((sum, char) => sum * 31 + char.charCodeAt(0) | 0, 7)
  })

/** A Spotify that gives one answer to everything, and an app that is signed in. */
const answering = (answer: () => Answer) => {
  const http = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.sync(() => {
        const { location, status, text } = answer()
        const web = new Response([204, 205, 304].includes(status) ? null : text, { status })
        // With headers that no Headers would take.
        return Object.defineProperties(HttpClientResponse.fromWeb(request, web), {
          headers: { value: location === undefined ? {} : { location } }
        })
      })
    )
  )
  return SpotifyClient.layer({ retrySchedule: Schedule.stop }).pipe(
    Layer.provideMerge(SpotifySession.layerToken({ accessToken: Redacted.make("token") })),
    Layer.provideMerge(http)
  )
}

const ok = (text: string, status = 200): Answer => ({ status, text, location: undefined })

const dump = /ReadonlyArray|\breadonly\b|Expected |, actual|\bis unexpected\b|\n| <-> |minItems|Uint8Array</

/** Fails on a defect, and on bad input that isn't said in plain words. */
const check = (what: string, args: unknown, exit: Exit.Exit<unknown, unknown>): void => {
  if (Exit.isSuccess(exit)) return
  const defects = Cause.defects(exit.cause)
  const shown = () =>
    Inspectable.toStringUnknown(
      Predicate.isIterable(args)
        ? Array.from(args, (arg) => typeof arg === "object" ? describeSafely(arg) : String(arg))
        : args
    )
  if (defects.length > 0 || Cause.isInterrupted(exit.cause)) {
    throw new Error(`${what} ${shown()}\n${Cause.pretty(exit.cause)}`)
  }
  const error = Option.getOrUndefined(Cause.failureOption(exit.cause))
  if (Predicate.isTagged(error, "InvalidInput") && "message" in error) {
    expect(error.message, what).not.toMatch(dump)
    expect(String(error.message).length, what).toBeLessThan(1200)
  }
}

const describeSafely = (value: unknown): string => {
  const shown = Effect.runSyncExit(Effect.sync(() => JSON.stringify(value)?.slice(0, 300)))
  return Exit.isSuccess(shown) ? shown.value : "[can't be shown]"
}

/** As a call that may throw on its own, which would be a defect too. */
const exitOf = <A, E, R>(call: () => Effect.Effect<A, E, R>): Effect.Effect<Exit.Exit<A, E>, never, R> =>
  Effect.exit(Effect.suspend(call))

/** Lets time go on where a program waits for it. */
const elapsing = <A, E, R>(program: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function*() {
    const fiber = yield* Effect.fork(program)
    for (let i = 0; i < 100 && Option.isNone(yield* Fiber.poll(fiber)); i++) yield* Effect.yieldNow()
    while (Option.isNone(yield* Fiber.poll(fiber))) yield* TestClock.adjust("1 second")
    return yield* Fiber.join(fiber)
  })

const throughout = { timeout: 60_000 }

describe("any arguments and any answer", () => {
  it("are tried with all 97 operations", () => {
    const names = new Set(operations.map(([, { spec }]) => spec.operation))
    expect(Endpoints.all.filter(({ operation }) => !names.has(operation))).toEqual([])
    expect(operations.filter(([, operation]) => isPaged(operation)).length).toBeGreaterThanOrEqual(25)
  })

  it.effect.each(operations)("%s", ([name, operation]) => {
    let answer = ok("")
    return Effect.gen(function*() {
      const all = samples(fc.tuple(argumentsOf(operation.spec), answers), 30, name)
      for (const [args, given] of all) {
        answer = given
        check(name, args, yield* exitOf(() => operation(...args)))
        if (!isPaged(operation)) continue
        const paged = Paging.stream<ReadonlyArray<unknown>, unknown, unknown>
        const stream = Effect.suspend(() => Stream.runDrain(Stream.take(untypedStream(paged)(operation, ...args), 100)))
        check(`Paging.stream ${name}`, args, yield* Effect.exit(stream))
      }
    }).pipe(Effect.provide(answering(() => answer)))
  }, throughout)

  it.effect.each(jobs)("%s", ([name, job]) => {
    let answer = ok("")
    const args = fc.tuple(
      fc.oneof(anything, fc.constant(id("playlist", 0))),
      fc.oneof(anything, fc.array(anything, { maxLength: 3 })),
      optionsOf(["resume", "onProgress", "position", "dryRun", "addedAt", "unremovable"])
    )
    return Effect.gen(function*() {
      for (const [given, given2] of samples(fc.tuple(args, answers), 40, name)) {
        answer = given2
        check(name, given, yield* elapsing(exitOf(() => job(...given))))
        check(name, given.slice(1), yield* elapsing(exitOf(() => job(...given.slice(1)))))
      }
    }).pipe(Effect.provide(answering(() => answer)))
  }, throughout)

  it.effect("Player.changes", () => {
    let answer = ok("")
    return Effect.gen(function*() {
      const names = ["interval", "idleInterval", "minInterval", "market"]
      for (const [options, given] of samples(fc.tuple(optionsOf(names), answers), 40, "changes")) {
        answer = given
        const changes = untypedStream(Player.changes)
        check("Player.changes", [options], yield* exitOf(() => Stream.runDrain(Stream.take(changes(options), 1))))
      }
    }).pipe(Effect.timeoutOption("1 hour"), elapsing, Effect.provide(answering(() => answer)))
  }, throughout)
})

const untypedStream = (f: unknown) =>
  f as (...args: ReadonlyArray<unknown>) => Stream.Stream<unknown, unknown, SpotifyClient.SpotifyClient>

type Untyped = (...args: ReadonlyArray<unknown>) => unknown

describe("what needs no client", () => {
  const plain: ReadonlyArray<readonly [name: string, f: Untyped]> = [
    ["SpotifyId.parse", SpotifyId.parse as Untyped],
    ["SpotifyId.id", SpotifyId.id as Untyped],
    ["SpotifyId.idOrUndefined", SpotifyId.idOrUndefined as Untyped],
    ["SpotifyId.uriOption", SpotifyId.uriOption as Untyped],
    ["SpotifyAuth.parseCallback", SpotifyAuth.parseCallback as Untyped],
    ["SpotifyAuth.authorizeUrl", SpotifyAuth.authorizeUrl as Untyped],
    ["SpotifyAuth.checkApp", SpotifyAuth.checkApp as Untyped],
    ["SpotifyAuth.checkRedirectUri", SpotifyAuth.checkRedirectUri as Untyped]
  ]
  it.each(plain)("%s", (name, f) => {
    const kinds = fc.constantFrom<unknown>("track", "user", "category", "toString")
    const options = optionsOf([
      "clientId",
      "redirectUri",
      "state",
      "scopes",
      "showDialog",
      "codeChallenge",
      "accountsUrl"
    ])
    const first = name === "SpotifyId.id" || name === "SpotifyId.idOrUndefined" ? kinds : fc.oneof(anything, options)
    for (const args of samples(fc.tuple(first, anything, anything), 400, name)) {
      expect(() => f(...args), `${name} ${describeSafely(args[0])}`).not.toThrow()
    }
  })

  it("writes URIs and links of any text", () => {
    for (const text of samples(fc.string({ unit: "binary" }), 200, "uri")) {
      expect(SpotifyId.uri("user", text)).toMatch(/^spotify:user:/)
      expect(() => new URL(SpotifyId.url("user", text))).not.toThrow()
    }
    expect(SpotifyId.uri("user", "a\ud800")).toBe("spotify:user:a%EF%BF%BD")
  })
})

describe("the session", () => {
  const app = { clientId: "client-id", redirectUri: "http://127.0.0.1:8888/callback" }

  it.effect("takes any callback and any answer of the token endpoint", () => {
    let answer = ok("")
    return Effect.gen(function*() {
      const session = yield* SpotifySession.makePkce(app)
      const query = fc.dictionary(
        fc.constantFrom("code", "state", "error", "error_description"),
        fc.string({ unit: "binary" })
      )
        .map((query) =>
          `${app.redirectUri}?${Object.entries(query).map(([name, value]) => `${name}=${value}`).join("&")}`
        )
      for (const [callback, given] of samples(fc.tuple(fc.oneof(anything, query), answers), 60, "callback")) {
        answer = given
        check("handleCallback", [callback], yield* exitOf(() => session.handleCallback(callback as string)))
        const url = yield* session.authorizeUrl()
        const state = url.searchParams.get("state")
        check(
          "handleCallback",
          [given],
          yield* elapsing(exitOf(() => session.handleCallback(`/?code=a&state=${state}`)))
        )
      }
    }).pipe(Effect.scoped, Effect.provide([TokenStore.layerMemory, answering(() => answer)]))
  }, throughout)

  it.effect("takes any options", () =>
    Effect.gen(function*() {
      const names = [
        "clientId",
        "clientSecret",
        "redirectUri",
        "scopes",
        "key",
        "accountsUrl",
        "accessToken",
        "expiresAt"
      ]
      const makes = [
        untypedMake(SpotifySession.makePkce),
        untypedMake(SpotifySession.makeAuthorizationCode),
        untypedMake(SpotifySession.makeClientCredentials),
        untypedMake(SpotifySession.makeToken)
      ]
      const options = fc.oneof(
        optionsOf(names),
        optionsOf(names).map((more) =>
          Predicate.isRecord(more) ? Object.defineProperties({ ...app }, Object.getOwnPropertyDescriptors(more)) : more
        )
      )
      for (const given of samples(options, 200, "options")) {
        for (const make of makes) check("make", [given], yield* exitOf(() => make(given)))
        const request = SpotifyAuth.requestToken(given as never, given as never)
        check("requestToken", [given], yield* elapsing(exitOf(() => request)))
      }
      const session = yield* SpotifySession.makePkce(app)
      for (const given of samples(optionsOf(["scopes", "showDialog", "redirectUri"]), 100, "authorize")) {
        check("authorizeUrl", [given], yield* exitOf(() => session.authorizeUrl(given as never)))
      }
    }).pipe(Effect.scoped, Effect.provide([TokenStore.layerMemory, answering(() => ok(nested))])), throughout)
})

const untypedMake = (f: unknown) =>
  f as (options: unknown) => Effect.Effect<unknown, unknown, TokenStore.TokenStore | HttpClient.HttpClient>

describe("what was stored", () => {
  const contents = fc.oneof(
    bodies,
    fc.constantFrom(
      `{"version":1,"tokens":${nested},"pending":[]}`,
      `{"version":1,"tokens":[{"key":"default","token":${nested}}],"pending":[]}`,
      `{"accessToken":${nested},"expiresAt":"","scopes":[]}`,
      "{\"accessToken\":\"a\",\"expiresAt\":\"+275761-01-01T00:00:00Z\",\"scopes\":[]}",
      `[{"key":"default","signIn":${nested}}]`
    )
  )
  const key = fc.oneof(fc.constantFrom("default", "\ud800", "__proto__"), fc.string({ unit: "binary" }))

  const uses = Effect.fnUntraced(function*(key: string) {
    const store = yield* TokenStore.TokenStore
    check("get", [key], yield* Effect.exit(store.get(key)))
    check("takePending", [key], yield* Effect.exit(store.takePending(key, "\ud800")))
    check("withLock", [key], yield* Effect.exit(store.withLock(key, store.get(key))))
  })

  it.effect(
    "is a token or a TokenStoreError, in a key-value store",
    () =>
      Effect.forEach(samples(fc.tuple(key, contents), 15, "kv"), ([key, content]) =>
        uses(key).pipe(
          Effect.provide(TokenStore.layerKeyValueStore()),
          Effect.provideService(
            KeyValueStore.KeyValueStore,
            KeyValueStore.makeStringOnly({
              get: () => Effect.succeedSome(content),
              set: () => Effect.void,
              remove: () => Effect.void,
              clear: Effect.void,
              size: Effect.succeed(1)
            })
          )
        ), { concurrency: "unbounded", discard: true }).pipe(elapsing),
    throughout
  )

  it.live(
    "is a token or a TokenStoreError, in a file",
    () =>
      Effect.forEach(samples(contents, 100, "file"), (content) =>
        Effect.gen(function*() {
          const store = yield* TokenStore.TokenStore
          yield* store.get("default")
        }).pipe(
          Effect.provide(TokenStore.layerFile("tokens.json")),
          Effect.exit,
          Effect.map((exit) => check("layerFile", [content], exit)),
          Effect.provide(FileSystem.layerNoop({
            realPath: (path) => Effect.succeed(path),
            makeDirectory: () => Effect.void,
            access: () => Effect.void,
            readFileString: () => Effect.succeed(content)
          }))
        ), { concurrency: "unbounded", discard: true }),
    throughout
  )
})

describe("an answer that is nested deeply", () => {
  const track = (text: string) => ok(text)

  it.effect("is a DecodeError, of one thing and of many at once", () => {
    let answer = track(nested)
    return Effect.gen(function*() {
      expect(yield* Effect.flip(Tracks.get(id("track", 1)))).toMatchObject({ _tag: "DecodeError", issuePath: "" })
      answer = track(`{"tracks":[${nested},${nested}]}`)
      expect(yield* Tracks.getMany([id("track", 1), id("track", 2)])).toEqual([Option.none(), Option.none()])
      const both = Effect.all([Tracks.get(id("track", 1)), Tracks.get(id("track", 2))], { batching: true })
      expect(yield* Effect.flip(both)).toMatchObject({ _tag: "DecodeError" })
      answer = { status: 400, text: `{"error":${nested}}`, location: undefined }
      expect(yield* Effect.flip(Tracks.get(id("track", 1)))).toMatchObject({ _tag: "BadRequest" })
    }).pipe(Effect.provide(RequestBatching.layer.pipe(Layer.provide(answering(() => answer)))))
  })

  it.live("isn't taken from the response cache, whatever that holds", () => {
    const entry = (text: string) =>
      `{"status":200,"url":"/tracks","headers":{"cache-control":"max-age=999"},"request":{},"write":"","at":${Date.now()},"text":${text}}`
    let held = ""
    return Effect.gen(function*() {
      for (held of [nested, "null", "{", entry(nested), entry("5"), entry("null"), entry(JSON.stringify(nested))]) {
        expect(yield* Effect.flip(Tracks.get(id("track", 1)))).toMatchObject({ _tag: "DecodeError" })
      }
    }).pipe(
      Effect.provide(
        ResponseCache.layer().pipe(
          Layer.provide(answering(() => ok("[]"))),
          Layer.provide(Layer.succeed(
            KeyValueStore.KeyValueStore,
            KeyValueStore.makeStringOnly({
              get: () => Effect.succeedSome(held),
              set: () => Effect.void,
              remove: () => Effect.void,
              clear: Effect.void,
              size: Effect.succeed(1)
            })
          ))
        )
      )
    )
  })
})
