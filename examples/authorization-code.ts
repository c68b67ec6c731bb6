/**
 * The authorization code flow in a small web app: its three steps are /login, /callback and /app.
 *
 *   npx tsx examples/authorization-code.ts
 *
 * Open http://127.0.0.1:8888. Each browser is a user of its own, told apart by a cookie, which is also the user's key
 * in the token store.
 */
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { Library, SpotifyAuth, SpotifyClient, SpotifySession, SpotifySessions, TokenStore, Users } from "effect-spotify"
import * as Sandbox from "./support/sandbox.js"
import { portOr, serverOn } from "./support/server.js"

const cookie = "session"

const escape = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)

const page = (body: string) =>
  HttpServerResponse.html(`<!doctype html><meta charset="utf-8"><title>effect-spotify</title>
<meta name="color-scheme" content="light dark"><body style="font:16px/1.5 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem">${body}</body>`)

const userKey = Effect.map(HttpServerRequest.HttpServerRequest, (request) => request.cookies[cookie])

const home = page(`<h1>effect-spotify</h1><p><a href="/login">Sign in with Spotify</a></p>`)

// Step 1: a key for this browser, a state that is kept under it, and off to Spotify.
const login = Effect.gen(function*() {
  const key = (yield* userKey) ?? (yield* SpotifyAuth.generateState)
  const url = yield* Effect.flatMap(
    SpotifySession.SpotifySession,
    (session) => session.authorizeUrl({ scopes: ["user-read-private", "user-library-read"] })
  ).pipe(SpotifySessions.withUser(key))
  return HttpServerResponse.redirect(url).pipe(
    HttpServerResponse.unsafeSetCookie(cookie, key, { httpOnly: true, sameSite: "lax", path: "/" })
  )
})

// Step 2: Spotify sends the browser back; the session checks the state and exchanges the code.
const callback = Effect.gen(function*() {
  const request = yield* HttpServerRequest.HttpServerRequest
  const key = yield* userKey
  if (key === undefined) return HttpServerResponse.redirect("/")
  yield* SpotifySession.handleCallback(request.url).pipe(SpotifySessions.withUser(key))
  return HttpServerResponse.redirect("/app")
}).pipe(
  Effect.catchTags({
    AuthorizationDenied: (error) => page(`<p>${escape(error.message)}.</p><p><a href="/login">Try again</a></p>`),
    StateMismatch: (error) => page(`<p>${escape(error.message)}.</p><p><a href="/login">Sign in</a></p>`)
  })
)

// Step 3: any operation, as that user. Tokens are renewed without anybody noticing.
const app = Effect.gen(function*() {
  const key = yield* userKey
  if (key === undefined) return HttpServerResponse.redirect("/login")
  const [me, saved] = yield* Effect.all([Users.me(), Library.tracks({ limit: 10 })], { concurrency: 2 }).pipe(
    SpotifySessions.withUser(key)
  )
  const rows = saved.items.map(({ track }) =>
    `<li>${escape(track.name)} <small>${escape(track.artists.map((artist) => artist.name).join(", "))}</small></li>`
  )
  return yield* page(
    `<h1>${escape(me.display_name ?? me.id)}</h1><p>${saved.total} saved tracks</p><ol>${rows.join("")}</ol>
<form method="post" action="/logout"><button>Sign out</button></form>`
  )
}).pipe(
  Effect.catchTag("ReauthorizationRequired", () => Effect.succeed(HttpServerResponse.redirect("/login")))
)

const logout = Effect.gen(function*() {
  const { headers } = yield* HttpServerRequest.HttpServerRequest
  // A page of somebody else's may post here too, and browsers say whose it is.
  const { host, origin } = headers
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return yield* HttpServerResponse.empty({ status: 403 })
  }
  const key = yield* userKey
  if (key !== undefined) yield* SpotifySession.signOut.pipe(SpotifySessions.withUser(key))
  return HttpServerResponse.redirect("/", { status: 303 }).pipe(HttpServerResponse.expireCookie(cookie))
})

const router = HttpRouter.empty.pipe(
  HttpRouter.get("/", home),
  HttpRouter.get("/login", login),
  HttpRouter.get("/callback", callback),
  HttpRouter.get("/app", app),
  HttpRouter.post("/logout", logout),
  HttpRouter.catchAll((error) => page(`<p>${escape(String(error))}</p><p><a href="/">Back</a></p>`))
)

const SpotifyLive = Layer.unwrapEffect(
  Effect.map(Sandbox.apiUrl, (baseUrl) => SpotifyClient.layer({ baseUrl }))
).pipe(
  // What isn't called as a user is called as the app.
  Layer.provide(
    SpotifySession.layerClientCredentialsConfig({
      clientId: Sandbox.clientId,
      clientSecret: Sandbox.clientSecret,
      accountsUrl: Sandbox.accountsUrl
    })
  ),
  Layer.merge(
    SpotifySessions.layerAuthorizationCodeConfig({
      clientId: Sandbox.clientId,
      clientSecret: Sandbox.clientSecret,
      redirectUri: Sandbox.redirectUri,
      accountsUrl: Sandbox.accountsUrl
    })
  ),
  Layer.provide(TokenStore.layerMemory),
  Layer.provide(Sandbox.layer({ consent: "page" }))
)

const ServerLive = Layer.unwrapEffect(
  Effect.map(portOr(8888), (port) => serverOn({ host: "127.0.0.1", port }))
)

router.pipe(
  HttpServer.serve(),
  HttpServer.withLogAddress,
  Layer.provide(SpotifyLive),
  Layer.provide(ServerLive),
  Layer.launch,
  NodeRuntime.runMain
)
