import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Context, DateTime, type Duration, Effect, Either, Layer, Option, Redacted, Stream } from "effect"
import * as FetchTransport from "effect-spotify/FetchTransport"
import * as Library from "effect-spotify/Library"
import * as Paging from "effect-spotify/Paging"
import * as Player from "effect-spotify/Player"
import * as Playlists from "effect-spotify/Playlists"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as TokenStore from "effect-spotify/TokenStore"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import * as Users from "effect-spotify/Users"
import * as Faults from "../utils/faultServer.js"
import { quickClock } from "../utils/quickClock.js"

/**
 * What becomes of each operation when Spotify, or what is between, does this: "ok" or the error, how often the request
 * was sent, and after the + what is there in the end. Over every transport it is the same.
 *
 * - read: `Users.me`
 * - save: `Library.save`, a write that may be repeated; + what is saved
 * - add: `Playlists.addItems`, one that may not; + the playlist's entries
 * - next: `Player.next`, a command that may not; + how often it was skipped
 * - pages: a stream of 120 entries on 3 pages, the fault at the second; + the entries that were given
 * - addAll: 120 entries in 2 requests, the fault at the second, each error the cause of an `IncompleteWrite`; + the
 *   playlist's entries
 * - code: the exchange of a sign-in's code; + 1 where the store has the token that was granted last
 * - refresh: `Users.me` with a token that is over, the fault at the token endpoint; + as for the code
 *
 * "once" is the first request alone, "always" every one of them; what is neither is once.
 */
const table = `
| fault                        | read               | save               | add                 | next               | pages                   | addAll                  | code               | refresh            |
| refused, always              | TransportError 0   | TransportError 0   | TransportError 0    | TransportError 0   | TransportError 0        | TransportError 0        | TokenEndpointUnreachable 0   | TokenEndpointUnreachable 0   |
| reset before it takes effect | ok 2               | ok 2 +1            | TransportError 1    | TransportError 1   | ok 4 +120               | ok 3 +120               | TokenEndpointUnreachable 1   | ok 2 +1            |
| reset after                  | ok 2               | ok 2 +1            | TransportError 1 +1 | TransportError 1 +1 | ok 4 +120              | ok 2 +120               | TokenEndpointUnreachable 1   | ok 2 +1            |
| reset within the answer      | ok 2               | ok 2 +1            | TransportError 1 +1 | TransportError 1 +1 | ok 4 +120              | ok 2 +120               | TokenEndpointUnreachable 1   | ok 2 +1            |
| slow: no answer in time      | ok 2               | ok 2 +1            | TransportError 1 +1 | TransportError 1 +1 | ok 4 +120              | ok 2 +120               | TokenEndpointUnreachable 1   | ok 2 +1            |
| cut body                     | ok 2               | ok 1 +1            | ok 1 +1             | ok 1 +1             | ok 4 +120              | ok 2 +120               | TokenEndpointUnreachable 1   | ok 2 +1            |
| stalled body                 | ok 2               | ok 1 +1            | ok 1 +1             | ok 1 +1             | ok 4 +120              | ok 2 +120               | TokenEndpointUnreachable 1   | ok 2 +1            |
| reset, always                | TransportError 4   | TransportError 4   | TransportError 1    | TransportError 1   | TransportError 5 +50    | TransportError 4 +100   | TokenEndpointUnreachable 1   | TokenEndpointUnreachable 4   |
| empty body                   | DecodeError 1      | ok 1 +1            | ok 1 +1             | ok 1 +1            | DecodeError 2 +50       | ok 2 +120               | OAuthError 1       | OAuthError 1       |
| HTML                         | DecodeError 1      | ok 1 +1            | ok 1 +1             | ok 1 +1            | DecodeError 2 +50       | ok 2 +120               | OAuthError 1       | OAuthError 1       |
| byte order mark              | ok 1               | ok 1 +1            | ok 1 +1             | ok 1 +1            | ok 3 +120               | ok 2 +120               | ok 1 +1            | ok 1 +1            |
| gzip that nobody asked for   | ok 1               | ok 1 +1            | ok 1 +1             | ok 1 +1            | ok 3 +120               | ok 2 +120               | ok 1 +1            | ok 1 +1            |
| 302 to the same host         | ok 2               | UnexpectedStatus 1 | UnexpectedStatus 1  | UnexpectedStatus 1 | ok 4 +120               | UnexpectedStatus 2 +100 | OAuthError 1       | OAuthError 1       |
| 307 to the same host, always | UnexpectedStatus 4 | UnexpectedStatus 1 | UnexpectedStatus 1  | UnexpectedStatus 1 | UnexpectedStatus 5 +50  | UnexpectedStatus 2 +100 | OAuthError 1       | OAuthError 1       |
| 302 to another host          | ForeignHost 1      | UnexpectedStatus 1 | UnexpectedStatus 1  | UnexpectedStatus 1 | ForeignHost 2 +50       | UnexpectedStatus 2 +100 | OAuthError 1       | OAuthError 1       |
| another host as next         | ForeignHost 0      | -                  | -                   | -                  | ok 3 +120               | -                       | -                  | -                  |
| 401 once                     | ok 2               | ok 2 +1            | ok 2 +1             | ok 2 +1            | ok 4 +120               | ok 3 +120               | OAuthError 1       | OAuthError 1       |
| 401 always                   | Unauthorized 2     | Unauthorized 2     | Unauthorized 2      | Unauthorized 2     | Unauthorized 3 +50      | Unauthorized 3 +100     | OAuthError 1       | OAuthError 1       |
| 400 invalid_grant            | -                  | -                  | -                   | -                  | -                       | -                       | OAuthError 1       | ReauthorizationRequired 1 |
| 403                          | Forbidden 1        | Forbidden 1        | Forbidden 1         | Forbidden 1        | Forbidden 2 +50         | Forbidden 2 +100        | OAuthError 1       | OAuthError 1       |
| 404                          | NotFound 1         | NotFound 1         | NotFound 1          | NotFound 1         | NotFound 2 +50          | NotFound 2 +100         | OAuthError 1       | OAuthError 1       |
| 429 with Retry-After         | ok 2               | ok 2 +1            | ok 2 +1             | ok 2 +1            | ok 4 +120               | ok 3 +120               | ok 2 +1            | ok 2 +1            |
| 429 without                  | ok 2               | ok 2 +1            | ok 2 +1             | ok 2 +1            | ok 4 +120               | ok 3 +120               | ok 2 +1            | ok 2 +1            |
| 429 for an hour              | RateLimited 1      | RateLimited 1      | RateLimited 1       | RateLimited 1      | RateLimited 2 +50       | RateLimited 2 +100      | OAuthError 1       | OAuthError 1       |
| 429 QUOTA_EXCEEDED           | QuotaExceeded 1    | QuotaExceeded 1    | QuotaExceeded 1     | QuotaExceeded 1    | QuotaExceeded 2 +50     | QuotaExceeded 2 +100    | -                  | -                  |
| 502 once                     | ok 2               | ok 2 +1            | ServerError 1       | ServerError 1      | ok 4 +120               | ok 3 +120               | OAuthError 1       | ok 2 +1            |
| 502 though it took effect    | ok 2               | ok 2 +1            | ServerError 1 +1    | ServerError 1 +1   | ok 4 +120               | ok 2 +120               | OAuthError 1       | ok 2 +1            |
| 503 with Retry-After         | ok 2               | ok 2 +1            | ServerError 1       | ServerError 1      | ok 4 +120               | ok 3 +120               | OAuthError 1       | ok 2 +1            |
| 500 always                   | ServerError 4      | ServerError 4      | ServerError 1       | ServerError 1      | ServerError 5 +50       | ServerError 4 +100      | OAuthError 1       | OAuthError 4       |
`

type Times = "once" | "always"

const faults: { readonly [name: string]: readonly [fault: Faults.Fault, times?: Times] | undefined } = {
  "refused, always": undefined,
  "reset before it takes effect": [Faults.resetBefore],
  "reset after": [Faults.resetAfter],
  "reset within the answer": [Faults.resetWithin],
  "slow: no answer in time": [Faults.slow],
  "cut body": [Faults.cut],
  "stalled body": [Faults.stalled],
  "reset, always": [Faults.resetBefore, "always"],
  "empty body": [Faults.empty],
  "HTML": [Faults.html],
  "byte order mark": [Faults.withByteOrderMark],
  "gzip that nobody asked for": [Faults.packed],
  "302 to the same host": [Faults.redirect("same")],
  "307 to the same host, always": [Faults.redirect("same", 307), "always"],
  "302 to another host": [Faults.redirect("foreign")],
  "another host as next": undefined,
  "401 once": [Faults.apiError(401)],
  "401 always": [Faults.apiError(401), "always"],
  "400 invalid_grant": [Faults.instead(400, { error: "invalid_grant" })],
  "403": [Faults.apiError(403)],
  "404": [Faults.apiError(404)],
  "429 with Retry-After": [Faults.apiError(429, undefined, { "retry-after": "1" })],
  "429 without": [Faults.apiError(429)],
  "429 for an hour": [Faults.apiError(429, undefined, { "retry-after": "3600" }), "always"],
  "429 QUOTA_EXCEEDED": [Faults.apiError(429, "QUOTA_EXCEEDED")],
  "502 once": [Faults.apiError(502)],
  "502 though it took effect": [Faults.afterApplying(Faults.apiError(502))],
  "503 with Retry-After": [Faults.apiError(503, undefined, { "retry-after": "2" })],
  "500 always": [Faults.apiError(500), "always"]
}

/** What an operation came to: the entries that it gave, where it gives some. */
type Run = Effect.Effect<
  number | void,
  { readonly _tag: string },
  SpotifyClient.SpotifyClient | SpotifySession.SpotifySession | TokenStore.TokenStore
>

interface Operation {
  /** The request that the fault is for, and the first of them that it meets. */
  readonly request: string
  readonly first?: number
  readonly run: (world: Faults.World) => Run
  /** What is there in the end. */
  readonly written?: (world: Faults.World) => number
  readonly isOver?: boolean
}

const uri = (n: number) => `spotify:track:${String(n).padStart(22, "0")}`
const playlist = "3cEYpjA9oz9GiPac4AsH4n"
const state = "the-state"

const operations: { readonly [name: string]: Operation } = {
  read: { request: "GET /me", run: () => Effect.asVoid(Users.me()) },
  save: {
    request: "PUT /me/library",
    run: () => Library.save({ uris: [uri(1)] }),
    written: ({ saved }) => saved.size
  },
  add: {
    request: "POST /playlists/{id}/items",
    run: () => Effect.asVoid(Playlists.addItems(playlist, { uris: [uri(1)] })),
    written: ({ playlist }) => playlist.length
  },
  next: { request: "POST /me/player/next", run: () => Player.next(), written: ({ skips }) => skips },
  pages: {
    request: "GET /me/tracks",
    first: 1,
    run: () => {
      let given = 0
      return Paging.stream(Library.tracks).pipe(
        Stream.runForEach(() => Effect.sync(() => given++)),
        Effect.matchEffect({
          onFailure: ({ _tag }) => Effect.fail({ _tag, given }),
          onSuccess: () => Effect.succeed(given)
        })
      )
    }
  },
  addAll: {
    request: "POST /playlists/{id}/items",
    first: 1,
    run: ({ playlist: entries }) =>
      Playlists.addAll(playlist, Array.from({ length: 120 }, (_, n) => uri(n))).pipe(
        Effect.matchEffect({
          onSuccess: ({ written }) => {
            expect(written).toBe(entries.length)
            return Effect.void
          },
          onFailure: (error) => {
            if (error._tag !== "IncompleteWrite") return Effect.fail(error)
            // What is accounted for is there, once and in order.
            const { account: { failed, inDoubt, written } } = error
            if (inDoubt.length === 0) expect(written).toBe(entries.length)
            expect(entries.map(({ uri }) => uri)).toEqual(Array.from(entries, (_, n) => uri(n)))
            expect(failed.length + inDoubt.length).toBe(written === 100 ? 20 : 100)
            return Effect.fail({ _tag: error.cause?._tag ?? "none" })
          }
        })
      ),
    written: ({ playlist }) => playlist.length
  },
  code: {
    request: "POST /api/token",
    run: () => Effect.asVoid(SpotifySession.handleCallback(`http://127.0.0.1/callback?code=the-code&state=${state}`))
  },
  refresh: { request: "POST /api/token", run: () => Effect.asVoid(Users.me()), isOver: true }
}

const transports: { readonly [name: string]: Layer.Layer<HttpClient.HttpClient> } = {
  "FetchHttpClient.layer": FetchHttpClient.layer,
  "NodeHttpClient.layerUndici": NodeHttpClient.layerUndici,
  "FetchTransport.layer": FetchTransport.layer,
  "UndiciTransport.layer": UndiciTransport.layer
}

/** A user's client in a world. */
const clientOf = (
  world: Faults.World,
  { accountsUrl, baseUrl, isOver, timeout }: {
    readonly accountsUrl: string
    readonly baseUrl: string
    readonly isOver: boolean
    readonly timeout: Duration.DurationInput
  }
) =>
  SpotifyClient.layer({ baseUrl, timeout }).pipe(
    Layer.provideMerge(SpotifySession.layerAuthorizationCode({
      clientId: "id",
      clientSecret: Redacted.make("secret"),
      redirectUri: "http://127.0.0.1/callback",
      accountsUrl
    })),
    Layer.provideMerge(Layer.unwrapEffect(Effect.map(DateTime.now, (now) =>
      Layer.tap(
        TokenStore.layerMemoryWith({
          default: {
            accessToken: Redacted.make(world.granted),
            refreshToken: Redacted.make("refresh-at-first"),
            expiresAt: DateTime.add(now, { hours: isOver ? -1 : 1 }),
            scopes: []
          }
        }),
        (context) =>
          Context.get(context, TokenStore.TokenStore).setPending("default", { state, scopes: [], startedAt: now })
      ))))
  )

/** Whether it lasts until the client's timeout. */
const isLasting = (fault: Faults.Fault | undefined): boolean => fault === Faults.slow || fault === Faults.stalled

/** What a cell of the table says. */
const cell = (
  server: Effect.Effect.Success<typeof Faults.make>,
  faultName: string,
  { first = 0, isOver = false, request, run, written }: Operation
) => {
  const [fault, times = "once"] = faults[faultName] ?? []
  const world = server.world((name, n) =>
    name === request && (times === "once" ? n === first : n >= first) ? fault : undefined
  )
  const isToken = request === "POST /api/token"
  const isSlow = isLasting(fault)
  const isRefused = faultName === "refused, always"
  const leadsAway = faultName === "another host as next"
  world.leadsAway = leadsAway
  const program = leadsAway && request === "GET /me"
    ? Effect.flatMap(SpotifyClient.SpotifyClient, (client) =>
      Effect.asVoid(client.execute({
        operation: "Test.next",
        method: "GET",
        url: `${world.foreignUrl}/me`,
        idempotent: true
      })))
    : run(world)
  const atFirst = world.granted
  return Effect.gen(function*() {
    const result = yield* Effect.either(program)
    const stored = Option.getOrUndefined(
      yield* Effect.flatMap(TokenStore.TokenStore, (store) => store.get("default"))
    )
    const isKept = stored !== undefined && world.granted !== atFirst &&
      Redacted.value(stored.accessToken) === world.granted
    const given = Either.isRight(result)
      ? result.right
      : "given" in result.left && typeof result.left.given === "number"
      ? result.left.given
      : undefined
    const there = given ?? written?.(world) ?? (isToken && isKept ? 1 : 0)
    const sent = world.requests.filter((name) => name === request).length
    return `${Either.isRight(result) ? "ok" : result.left._tag} ${sent}${there === 0 ? "" : ` +${there}`}`
  }).pipe(
    Effect.provide(clientOf(world, {
      accountsUrl: isRefused && isToken ? server.refusedUrl : world.accountsUrl,
      baseUrl: isRefused && !isToken ? server.refusedUrl : world.apiUrl,
      isOver,
      timeout: isSlow ? "10 seconds" : "1 minute"
    })),
    // The token endpoint has ten seconds to answer, which must do for a busy machine as well.
    Effect.withClock(quickClock(isSlow ? 2 : isToken ? 2.5 : 5))
  )
}

const rowOf = (line: string): Array<string> => line.split("|").slice(1, -1).map((text) => text.trim())

const [[, ...columns] = [], ...rows] = table.trim().split("\n").map(rowOf)

describe("whatever goes wrong on the wire", () => {
  it("each row has its fault, each column its operation", () => {
    expect(rows.map(([name]) => name).toSorted()).toEqual(Object.keys(faults).toSorted())
    expect(columns).toEqual(Object.keys(operations))
  })

  for (const [name, transport] of Object.entries(transports)) {
    it.scopedLive(name, () =>
      Effect.gen(function*() {
        const server = yield* Faults.make
        const http = yield* Layer.build(transport)
        const expected = rows.flatMap(([fault = "", ...cells]) =>
          cells.flatMap((text, i) => text === "-" ? [] : [{ fault, operation: columns[i] ?? "", text }])
        ).toSorted((a, b) => Number(isLasting(faults[b.fault]?.[0])) - Number(isLasting(faults[a.fault]?.[0])))
        const actual = yield* Effect.forEach(
          expected,
          ({ fault, operation }) => Effect.provide(cell(server, fault, operations[operation]!), http),
          { concurrency: 16 }
        )
        const others = expected.flatMap(({ fault, operation, text }, i) =>
          text === actual[i] ? [] : [`${fault} | ${operation}: ${actual[i]} and not ${text}`]
        )
        expect(others).toEqual([])
        expect(server.foreign).toEqual([])
      }))
  }
})
