import { FetchHttpClient, HttpClient, HttpClientError, HttpClientResponse } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import {
  Cause,
  Chunk,
  DateTime,
  Effect,
  Exit,
  HashMap,
  Layer,
  Logger,
  LogLevel,
  Metric,
  Option,
  Predicate,
  Redacted,
  Schedule,
  Tracer
} from "effect"
import * as Albums from "effect-spotify/Albums"
import * as SpotifyAuth from "effect-spotify/SpotifyAuth"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as TokenStore from "effect-spotify/TokenStore"
import { createServer, type Server, type Socket } from "node:net"
import { inspect } from "node:util"
import { inTime, redirectUri } from "../utils/session.js"

const secret = {
  accessToken: "S3CR3Taccess-token_0123456789.~+/==",
  refreshToken: "S3CR3Trefresh/token+0123456789=\"'",
  clientSecret: "S3CR3Tclient-secret:0123456789&=",
  code: "S3CR3Tcode-0123456789%2F+&",
  codeVerifier: "S3CR3Tverifier-0123456789._~".padEnd(64, "x"),
  newAccessToken: "S3CR3Tnew-access-token-0123456789",
  newRefreshToken: "S3CR3Tnew-refresh-token-0123456789"
}
const clientId = "an-id"
const basic = btoa(`${clientId}:${secret.clientSecret}`)
const app = { clientId, clientSecret: Redacted.make(secret.clientSecret) }
const grants: ReadonlyArray<readonly [SpotifyAuth.App, SpotifyAuth.Grant]> = [
  [app, { type: "authorization_code", code: Redacted.make(secret.code), redirectUri }],
  [{ clientId }, {
    type: "authorization_code",
    code: Redacted.make(secret.code),
    redirectUri,
    codeVerifier: Redacted.make(secret.codeVerifier)
  }],
  [app, { type: "refresh_token", refreshToken: Redacted.make(secret.refreshToken) }],
  [app, { type: "client_credentials" }]
]

const storedToken: TokenStore.Token = {
  accessToken: Redacted.make(secret.accessToken),
  refreshToken: Redacted.make(secret.refreshToken),
  expiresAt: DateTime.unsafeMake(3_600_000),
  scopes: []
}

/** All own properties at any depth, also those that nothing prints. */
const walk = (root: unknown): string => {
  const texts: Array<string> = []
  const seen = new Set<unknown>()
  const visit = (value: unknown): void => {
    if (typeof value === "string") texts.push(value)
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return
    seen.add(value)
    for (const key of Reflect.ownKeys(value)) {
      texts.push(String(key))
      visit(Reflect.get(value, key))
    }
    if (value instanceof Map || value instanceof Set) { for (const entry of value) visit(entry) }
  }
  visit(root)
  return texts.join("\n")
}

/** Everything that a program may print of a value. */
const print = (value: unknown): string =>
  [
    String(value),
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, getters: true }),
    JSON.stringify(value) ?? "",
    walk(value),
    Exit.isExit(value) && Exit.isFailure(value)
      ? Cause.pretty(value.cause, { renderErrorCause: true }) + print(Chunk.toArray(Cause.failures(value.cause)))
      : ""
  ].join("\n")

/** The part of a text that shows a secret. */
const leak = (text: string): string | undefined => {
  const at = [text.search(/S3CR3T/i), text.indexOf(basic), text.indexOf(basic.slice(0, 24))].find((index) => index >= 0)
  return at === undefined ? undefined : text.slice(Math.max(0, at - 80), at + 80)
}

/** Runs an effect with everything that looks on: spans, log lines, metrics. */
const watch = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const spans: Array<unknown> = []
    const formats = [Logger.stringLogger, Logger.logfmtLogger, Logger.jsonLogger]
    const logger = Logger.make<unknown, void>((options) => {
      lines.push(...formats.map((format) => format.log(options)), Cause.pretty(options.cause), print(options.message))
      lines.push(...HashMap.toEntries(options.annotations).map(([key, value]) => `${key} ${print(value)}`))
    })
    const tracer = Tracer.make({
      span: (name, parent, context, links, startTime, kind) => {
        const attributes = new Map<string, unknown>()
        const span = {
          _tag: "Span" as const,
          name,
          spanId: String(spans.length),
          traceId: "trace",
          parent,
          context,
          status: { _tag: "Started" as const, startTime },
          attributes,
          links,
          sampled: true,
          kind,
          attribute: (key: string, value: unknown) => void attributes.set(key, value),
          end: (_: bigint, exit: Exit.Exit<unknown, unknown>) => void spans.push(exit, [...attributes], name),
          event: (name: string, _: bigint, attributes?: Record<string, unknown>) => void spans.push(name, attributes),
          addLinks: () => undefined
        }
        return span
      },
      context: (execute) => execute()
    })
    const exit = yield* Effect.exit(effect).pipe(
      Effect.withSpan("root"),
      Effect.withTracer(tracer),
      Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
      Logger.withMinimumLogLevel(LogLevel.All),
      Effect.withUnhandledErrorLogLevel(Option.some(LogLevel.Debug))
    )
    const metrics = yield* Metric.snapshot
    return { exit, spans, lines, printed: print(exit) + print([spans, metrics]) + lines.join("\n") }
  })

const expectNoLeak = <A, E, R>(what: string, effect: Effect.Effect<A, E, R>) =>
  Effect.map(watch(effect), ({ exit, printed }) => {
    expect(leak(printed), what).toBeUndefined()
    return exit
  })

/** What a request carries, in clear. */
interface Carried {
  readonly headers: string
  readonly body: string
}

/** An HTTP client that gives back whatever it likes, and keeps what it has seen. */
const server = (
  answer: (carried: Carried, request: { readonly url: string }) => Response | Effect.Effect<never, string>
) => {
  const seen: Array<string> = []
  const client = HttpClient.make((request, url) => {
    const { body } = request
    const carried = {
      headers: Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`).join("\n"),
      body: body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
    }
    seen.push(carried.headers, carried.body)
    const given = answer(carried, { url: url.href })
    return given instanceof Response
      ? Effect.succeed(HttpClientResponse.fromWeb(request, given))
      : Effect.catchAll(given, (text) =>
        Effect.fail(
          new HttpClientError.RequestError({ request, reason: "Transport", description: text, cause: new Error(text) })
        ))
  })
  return { seen, layer: Layer.succeed(HttpClient.HttpClient, client) }
}

const decoded = (form: string): string => [...new URLSearchParams(form).values()].join(" ")

/** Bodies that repeat the whole request, as it came and decoded, or hold tokens that the client has never seen. */
const echoes: Record<string, (carried: Carried) => string> = {
  text: ({ body, headers }) => `${headers}\n${body}\n${decoded(body)}`,
  credential: ({ headers }) => headers.split(" ").at(-1) ?? "",
  form: ({ body, headers }) => new URLSearchParams({ body: decoded(body), headers }).toString(),
  description: ({ body, headers }) =>
    JSON.stringify({ error: "invalid_request", error_description: `${decoded(body)} ${body} ${headers}` }),
  error: ({ body, headers }) => JSON.stringify({ error: `${decoded(body)} ${body} ${headers}` }),
  apiError: ({ headers }) => JSON.stringify({ error: { message: headers, reason: headers } }),
  html: ({ body, headers }) => `<html><title>Oops</title><pre>${decoded(body)}\n${body}\n${headers}</pre>`,
  json: ({ body, headers }) => JSON.stringify({ name: { headers, body, decoded: decoded(body) } }),
  token: () => JSON.stringify({ refresh_token: secret.newRefreshToken, access_token: secret.newAccessToken }),
  cutOff: () => JSON.stringify({ scope: "", access_token: secret.newAccessToken }).slice(0, 36),
  list: () => JSON.stringify([{ access_token: secret.newAccessToken, refresh_token: secret.newRefreshToken }])
}

const headersOf = ({ headers }: Carried) => {
  const text = headers.replaceAll("\n", " ")
  return { "retry-after": text, location: `https://accounts.spotify.com/${encodeURIComponent(text)}`, "x-echo": text }
}

const hostile = (status: number) =>
  Object.values(echoes).map((echo) =>
    server((carried) => new Response(echo(carried), { status, headers: headersOf(carried) }))
  )
const broken = server(({ body, headers }) => Effect.fail(`${headers} ${body} ${decoded(body)}`))
const refusing = [...[302, 400, 401, 429, 503].flatMap(hostile), broken]
const servers = [...hostile(200), ...refusing]

it("the watchers see a secret wherever it stands", () =>
  Effect.runPromise(Effect.gen(function*() {
    const { accessToken } = secret
    const hidden = Object.defineProperty(new Error("x"), "hidden", { value: [{ accessToken }], enumerable: false })
    for (
      const effect of [
        Effect.fail(hidden),
        Effect.die(new Error("x", { cause: new Error(accessToken) })),
        Effect.succeed(new Map([["a", accessToken]])),
        Effect.succeed(`Basic ${basic}`),
        Effect.withSpan(Effect.void, "a", { attributes: { accessToken } }),
        Effect.annotateLogs(Effect.logTrace("a"), { accessToken }),
        Effect.logTrace("a", { accessToken }),
        Effect.fork(Effect.fail(accessToken)).pipe(Effect.flatMap((fiber) => fiber.await), Effect.asVoid)
      ]
    ) {
      expect(leak((yield* watch(effect)).printed)).toBeDefined()
    }
  })))

describe("no error, log line, span or metric shows a secret", () => {
  it.effect("of the token endpoint's requests and answers", () =>
    Effect.gen(function*() {
      const exits = yield* expectNoLeak(
        "token endpoint",
        inTime(Effect.forEach(
          servers.flatMap((server) => grants.map((grant) => [server, ...grant] as const)),
          ([server, app, grant]) => Effect.exit(Effect.provide(SpotifyAuth.requestToken(app, grant), server.layer)),
          { concurrency: "unbounded" }
        ))
      )
      expect(exits).toMatchObject({ _tag: "Success", value: expect.arrayContaining([expect.anything()]) })
      // They all were there to be shown.
      const seen = servers.flatMap((server) => server.seen)
      const shown = `${seen.join("\n")} ${decoded(seen.join("&"))}`
      for (const text of [basic, secret.code, secret.codeVerifier, secret.refreshToken]) expect(shown).toContain(text)
    }), 180_000)

  it.effect("of a session's sign-in, refresh and token", () =>
    expectNoLeak(
      "session",
      inTime(Effect.forEach(
        servers.map((server, index) => [server, String(index)] as const),
        ([server, key]) =>
          Effect.gen(function*() {
            const store = yield* TokenStore.TokenStore
            yield* store.set(key, { ...storedToken, expiresAt: DateTime.unsafeMake(0) })
            const session = yield* SpotifySession.makeAuthorizationCode({ ...app, redirectUri, key })
            const state = (yield* session.authorizeUrl()).searchParams.get("state") ?? ""
            const callback = `${redirectUri}?${new URLSearchParams({ code: secret.code, state })}`
            return yield* Effect.all([
              Effect.succeed(session),
              Effect.exit(session.accessToken),
              Effect.exit(session.renew(storedToken.accessToken)),
              Effect.exit(session.refresh),
              Effect.exit(session.handleCallback(callback)),
              Effect.exit(session.handleCallback(callback)),
              Effect.exit(session.token),
              Effect.exit(session.signOut)
            ])
          }).pipe(Effect.scoped, Effect.provide(server.layer)),
        { concurrency: "unbounded" }
      ))
    ).pipe(Effect.provide(TokenStore.layerMemory)), 180_000)

  it.effect("of arguments and callbacks that are refused", () =>
    expectNoLeak(
      "refused",
      Effect.provide(
        Effect.gen(function*() {
          const odd = (text: string) => Redacted.make(`${text}\n`)
          const session = yield* SpotifySession.makePkce({ clientId, redirectUri })
          const attempts: ReadonlyArray<Effect.Effect<unknown, unknown, HttpClient.HttpClient>> = [
            SpotifyAuth.codeChallenge(odd(secret.codeVerifier)),
            SpotifyAuth.requestToken({ clientId, clientSecret: odd(secret.clientSecret) }, {
              type: "client_credentials"
            }),
            SpotifyAuth.requestToken(app, {
              type: "authorization_code",
              code: odd(secret.code),
              redirectUri,
              codeVerifier: odd(secret.codeVerifier)
            }),
            Effect.scoped(SpotifySession.makeToken({ accessToken: odd(secret.accessToken) })),
            ...[
              `http://[?code=${secret.code}`,
              `?code=${encodeURIComponent(secret.code)}`,
              `?code=${encodeURIComponent(secret.code)}&state=foreign`,
              `?${new URLSearchParams({ code: secret.code, error: secret.code, error_description: secret.code })}`
            ].map((callback) => session.handleCallback(callback)),
            ...Object.values(secret).map((text) =>
              Effect.fail(SpotifyAuth.parseCallback(`?code=${encodeURIComponent(text)}&state=s`))
            )
          ]
          return yield* Effect.forEach(attempts, (attempt) => Effect.exit(attempt))
        }).pipe(Effect.scoped),
        [TokenStore.layerMemory, broken.layer]
      )
    ))

  it.effect("of the Web API's requests and answers", () =>
    Effect.gen(function*() {
      const request = { operation: "Test", url: "/me?market=SE", scopes: ["user-read-email"] } as const
      const session = SpotifySession.layerToken({ accessToken: storedToken.accessToken })
      yield* expectNoLeak(
        "api",
        inTime(Effect.forEach(servers, (server) =>
          Effect.gen(function*() {
            const client = yield* SpotifyClient.SpotifyClient
            return yield* Effect.all([
              Effect.exit(Albums.get("4aawyAB9vmqN3uQ7FjRGTy")),
              // What a success holds is the caller's.
              Effect.exit(Effect.asVoid(client.execute({ ...request, method: "GET", idempotent: true }))),
              Effect.exit(Effect.asVoid(client.execute({ ...request, method: "POST", idempotent: false }))),
              Effect.succeed(client),
              client.status
            ])
          }).pipe(
            Effect.provide(SpotifyClient.layer().pipe(Layer.provide(session), Layer.provide(server.layer)))
          ), { concurrency: "unbounded" }))
      )
      expect(servers.every((server) => server.seen.join().includes(secret.accessToken))).toBe(true)
    }), 180_000)
})

/** A real server on a port of its own. */
const listening = (onConnection: (socket: Socket) => void, sockets = new Set<Socket>()) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<Server>((resume) => {
        const server = createServer((socket) => {
          sockets.add(socket)
          // A client that goes away in the middle is no error of the server's.
          socket.on("error", () => socket.destroy())
          onConnection(socket)
        })
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          for (const socket of sockets) socket.destroy()
        })
    ),
    (server) => {
      const address = server.address()
      return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`
    }
  )

describe.concurrent("no failure of a real connection shows a secret", () => {
  const closedPort = Effect.scoped(listening(() => undefined))
  it.scopedLive.each(
    [
      ["a closed port", closedPort, /ECONNREFUSED$/],
      ["a reset", listening((socket) => socket.once("data", () => socket.resetAndDestroy())), /ECONNRESET$/],
      [
        "no HTTP",
        listening((socket) => socket.once("data", () => socket.end("S3CR3T, this is no HTTP\r\n\r\n"))),
        /isn't valid HTTP$/
      ]
    ] as const
  )("%s", ([what, place, detail]) =>
    Effect.gen(function*() {
      const accountsUrl = yield* place
      const store = yield* TokenStore.TokenStore
      const quick = { baseUrl: `${accountsUrl}/v1`, retrySchedule: Schedule.recurs(1) }
      const exits = yield* expectNoLeak(
        what,
        Effect.gen(function*() {
          const codes = yield* Effect.forEach(grants.slice(0, 2), ([app, grant]) =>
            Effect.exit(SpotifyAuth.requestToken({ ...app, accountsUrl }, grant)))
          yield* store.set("default", { ...storedToken, expiresAt: DateTime.unsafeMake(0) })
          const session = yield* SpotifySession.makePkce({ clientId, redirectUri, accountsUrl })
          const refresh = yield* Effect.exit(session.accessToken)
          // A token that can't stand in a header: fetch quotes it in its error.
          yield* store.set("default", {
            ...storedToken,
            accessToken: Redacted.make(`${secret.accessToken}\nx`),
            expiresAt: DateTime.unsafeMake(8e15)
          })
          const call = Albums.get("4aawyAB9vmqN3uQ7FjRGTy")
          const client = SpotifyClient.layer(quick).pipe(
            Layer.provide(Layer.succeed(SpotifySession.SpotifySession, session))
          )
          const invalid = yield* Effect.exit(Effect.provide(call, client))
          yield* store.set("default", { ...storedToken, expiresAt: DateTime.unsafeMake(8e15) })
          const failed = yield* Effect.exit(
            Effect.provide(
              call,
              SpotifyClient.layer(quick).pipe(
                Layer.provide(SpotifySession.layerToken({ accessToken: storedToken.accessToken }))
              )
            )
          )
          return [...codes, refresh, failed, invalid]
        })
      )
      const failures = (yield* exits).map((exit: Exit.Exit<unknown, unknown>) =>
        Exit.isFailure(exit) ? Option.getOrThrow(Cause.failureOption(exit.cause)) : undefined
      )
      // As plain texts, since what compares them goes through all that an error holds.
      const told = failures.map((failure) =>
        Predicate.hasProperty(failure, "_tag") && Predicate.hasProperty(failure, "reason") &&
          Predicate.hasProperty(failure, "detail")
          ? `${failure._tag} ${failure.reason} ${failure.detail}`
          : String(failure)
      )
      expect(told.slice(0, 3)).toEqual(Array(3).fill(expect.stringMatching(/^TokenEndpointUnreachable Connection /)))
      expect(told.slice(3)).toEqual(Array(2).fill(expect.stringMatching(/^TransportError Connection /)))
      expect(told.slice(0, -1)).toEqual(Array(4).fill(expect.stringMatching(detail)))
    }).pipe(Effect.provide([FetchHttpClient.layer, TokenStore.layerMemory])))
})
