/** The routes: sign in, come back, look, sign out. */
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Cause, Clock, DateTime, Duration, Effect, Either, Option, Schema } from "effect"
import { Playlists, SpotifyError, SpotifySession, SpotifySessions, TokenStore, Users } from "effect-spotify"
import type { Scope } from "effect-spotify/Scope"
import { fileURLToPath } from "node:url"
import * as Pages from "./pages.js"
import { type Failure, foreign, type Problem, problemOf, unexpected } from "./problems.js"
import { SessionCookie } from "./SessionCookie.js"

/** What a sign-in asks for. */
export const scopes: ReadonlyArray<Scope> = ["user-top-read", "playlist-read-private", "playlist-read-collaborative"]

/** How long before Spotify ends a sign-in the page says so. */
const notice = Duration.weeks(3)

const page = (html: string, status = 200) =>
  HttpServerResponse.text(html, { status, contentType: "text/html; charset=utf-8" })

const problemPage = (problem: Problem) =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const response = page(Pages.problem(problem), problem.status)
    return Option.match(problem.retryAt, {
      onNone: () => response,
      onSome: (date) =>
        HttpServerResponse.setHeader(
          response,
          "retry-after",
          String(Math.max(1, Math.ceil((date.epochMillis - now) / 1000)))
        )
    })
  })

const newSessionId = Effect.sync(() => crypto.randomUUID())

const beginSignIn = Effect.gen(function*() {
  const cookie = yield* SessionCookie
  const id = yield* Effect.flatMap(cookie.read, Option.match({ onNone: () => newSessionId, onSome: Effect.succeed }))
  const url = yield* SpotifySession.authorizeUrl({ scopes }).pipe(SpotifySessions.withUser(id))
  return yield* cookie.set(HttpServerResponse.redirect(url), id)
})

const finishSignIn = Effect.gen(function*() {
  const cookie = yield* SessionCookie
  const store = yield* TokenStore.TokenStore
  const { url } = yield* HttpServerRequest.HttpServerRequest
  const before = yield* cookie.read
  if (Option.isNone(before)) {
    return yield* new SpotifyError.StateMismatch({ message: "This browser hasn't begun a sign-in" })
  }
  const token = yield* SpotifySession.handleCallback(url).pipe(SpotifySessions.withUser(before.value))
  // A new id for the signed-in session: who planted the old cookie in this browser doesn't get in with it.
  const id = yield* newSessionId
  yield* store.set(id, token)
  yield* SpotifySession.signOut.pipe(SpotifySessions.withUser(before.value))
  return yield* cookie.set(HttpServerResponse.redirect("/", { status: 303 }), id)
})

const signOut = Effect.gen(function*() {
  const cookie = yield* SessionCookie
  const id = yield* cookie.read
  if (Option.isSome(id)) yield* SpotifySession.signOut.pipe(SpotifySessions.withUser(id.value))
  return cookie.clear(HttpServerResponse.redirect("/", { status: 303 }))
})

/**
 * Whether a request comes from a page of ours. Browsers say so; SameSite cookies don't tell the ports and subdomains of
 * a site apart.
 */
const isOwn = ({ headers }: HttpServerRequest.HttpServerRequest) => {
  const { host, origin, "sec-fetch-site": site } = headers
  return (site === undefined || site === "same-origin")
    && (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host))
}

/** What changes something, for pages of ours alone. */
const own = <E, R>(handler: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => isOwn(request) ? handler : problemPage(foreign))

const query = HttpServerRequest.schemaSearchParams(Schema.Struct({
  range: Schema.optional(Schema.Literal("short_term", "medium_term", "long_term"))
})).pipe(Effect.orElseSucceed(() => ({ range: undefined })))

/** One part of the page may fail, the others are still worth seeing; without a sign-in nothing is. */
const part = <A, E extends Failure, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.either(effect).pipe(
    Effect.flatMap((result) =>
      result._tag === "Left" && result.left._tag === "ReauthorizationRequired"
        ? Effect.fail(result.left)
        : Effect.succeed(Either.mapLeft(result, problemOf))
    )
  )

const reauthorizeSoon = Effect.zipWith(
  SpotifySession.reauthorizeBy,
  DateTime.now,
  (date, now) => Option.filter(date, (date) => DateTime.lessThan(DateTime.subtractDuration(date, notice), now))
).pipe(
  // The hint isn't worth an error page.
  Effect.orElseSucceed(() => Option.none())
)

const shelf = (range: Pages.Range) =>
  Effect.all(
    {
      me: Users.me(),
      tracks: part(Users.topTracks({ time_range: range, limit: 12 })),
      playlists: part(Playlists.mine({ limit: 50 })),
      reauthorizeBy: reauthorizeSoon
    },
    { concurrency: "unbounded" }
  )

const home = Effect.gen(function*() {
  const cookie = yield* SessionCookie
  const id = yield* cookie.read
  if (Option.isNone(id)) return page(Pages.welcome())
  const { range = "short_term" } = yield* query
  return yield* shelf(range).pipe(
    SpotifySessions.withUser(id.value),
    Effect.map((found) => page(Pages.shelf({ range, ...found }))),
    Effect.catchTag("ReauthorizationRequired", ({ reason }) =>
      Effect.succeed(
        reason === "NotSignedIn"
          ? page(Pages.welcome())
          : cookie.clear(
            page(Pages.welcome("Spotify has ended your sign-in. Sign in again and everything is as it was."))
          )
      ))
  )
})

const asset = (name: string) =>
  Effect.orDie(
    HttpServerResponse.file(fileURLToPath(new URL(name, import.meta.url)), {
      headers: { "cache-control": "public, max-age=3600" }
    })
  )

/** No scripts, no styles and forms but our own, in nobody else's frame; and people's pages stay out of caches. */
const secure = Effect.map((response: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.setHeaders(response, {
    "cache-control": response.headers["cache-control"] ?? "no-store",
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' https: http://127.0.0.1:*; "
      + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff"
  })
)

export const app = HttpRouter.empty.pipe(
  HttpRouter.get("/", home),
  HttpRouter.get("/sign-in", beginSignIn),
  HttpRouter.get("/callback", finishSignIn),
  HttpRouter.post("/sign-out", own(signOut)),
  HttpRouter.get("/style.css", asset("style.css")),
  HttpRouter.get("/icon.svg", asset("icon.svg")),
  Effect.catchAll((failure) => {
    const problem = problemOf(failure)
    const log = problem.status >= 500 ? Effect.logWarning(failure.message) : Effect.void
    return Effect.zipRight(log, problemPage(problem))
  }),
  Effect.catchAllDefect((defect) =>
    Effect.zipRight(Effect.logError("A request failed", Cause.die(defect)), problemPage(unexpected))
  ),
  secure
)
