/**
 * In a server framework: one ManagedRuntime for the process, and a handler from Request to Response.
 *
 *   npx tsx examples/guides/servers.ts
 */
import { Console, Effect, Layer, ManagedRuntime, Redacted } from "effect"
import {
  Library,
  SpotifyClient,
  type SpotifyError,
  SpotifySession,
  SpotifySessions,
  TokenStore,
  Users
} from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const app = { clientId: "fake-client-id", clientSecret: Redacted.make("fake-client-secret") }

const SpotifyLive = SpotifyClient.layer().pipe(
  Layer.provide(SpotifySession.layerClientCredentials(app)),
  Layer.merge(SpotifySessions.layerAuthorizationCode({
    ...app,
    redirectUri: "http://127.0.0.1:3000/callback",
    scopes: ["user-library-read"]
  })),
  Layer.provide(TokenStore.layerMemory), // TokenStoreSql.layer(), where there is more than one process
  Layer.provideMerge(FakeSpotify.layer()) // UndiciTransport.layer, for the true one
)

/** One for the whole process: its client is one budget and one pool of connections. Dispose of it at the end. */
export const runtime = ManagedRuntime.make(SpotifyLive)

const userOf = (request: Request) => /\bsid=([\w-]+)/.exec(request.headers.get("cookie") ?? "")?.[1]

const route = (
  request: Request,
  sid: string
): Effect.Effect<
  Response,
  SpotifyError.SpotifyError | SpotifyError.SignInError,
  SpotifyClient.SpotifyClient | SpotifySession.SpotifySession
> => {
  switch (new URL(request.url).pathname) {
    case "/login":
      return Effect.map(SpotifySession.authorizeUrl(), (url) =>
        new Response(null, {
          status: 302,
          headers: { location: url.href, "set-cookie": `sid=${sid}; HttpOnly; SameSite=Lax; Path=/` }
        }))
    case "/callback":
      return Effect.as(
        SpotifySession.handleCallback(request.url),
        new Response(null, { status: 302, headers: { location: "/me" } })
      )
    case "/me":
      return Effect.all([Users.me(), Library.tracks({ limit: 1 })], { concurrency: 2 }).pipe(
        Effect.map(([me, saved]) => Response.json({ name: me.display_name, saved: saved.total }))
      )
    default:
      return Effect.succeed(new Response("Not found", { status: 404 }))
  }
}

const problem = (status: number, error: { readonly _tag: string }) => Response.json({ error: error._tag }, { status })

/** What Hono, Next and everything else on web standards calls. A client that goes away interrupts its calls. */
export const handler = (request: Request): Promise<Response> => {
  const sid = userOf(request) ?? crypto.randomUUID()
  return runtime.runPromise(
    route(request, sid).pipe(
      SpotifySessions.withUser(sid),
      Effect.catchTags({
        ReauthorizationRequired: (error) => Effect.succeed(problem(401, error)),
        AuthorizationDenied: (error) => Effect.succeed(problem(403, error)),
        StateMismatch: (error) => Effect.succeed(problem(400, error)),
        RateLimited: (error) => Effect.succeed(problem(503, error))
      }),
      Effect.catchAll((error) => Effect.as(Effect.logError(error), problem(502, error)))
    ),
    { signal: request.signal }
  )
}

/** A browser of a kind: it signs in and looks at its page. */
export const program = Effect.gen(function*() {
  const spotify = yield* Effect.provide(FakeSpotify.FakeSpotify, yield* runtime.runtimeEffect)
  const get = (path: string, cookie = "") =>
    Effect.promise(() => handler(new Request(new URL(path, "http://127.0.0.1:3000"), { headers: { cookie } })))
  const show = (path: string, response: Response) =>
    Effect.flatMap(
      Effect.promise(() => response.text()),
      (body) => Console.log(`${path} ${response.status} ${response.headers.get("location") ?? body}`)
    )

  yield* show("/me", yield* get("/me"))
  const login = yield* get("/login")
  const cookie = login.headers.get("set-cookie") ?? ""
  const callback = yield* spotify.authorize(login.headers.get("location") ?? "")
  yield* show("/callback", yield* get(callback, cookie))
  yield* show("/me", yield* get("/me", cookie))
}).pipe(Effect.ensuring(runtime.disposeEffect))

Guide.run(import.meta.url, program)
