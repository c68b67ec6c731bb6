/// <reference types="vite/types/importMeta.d.ts" />
/**
 * A single-page app without a server: PKCE, the token in localStorage, the user's saved albums as a wall of covers.
 *
 *   npx tsx examples/browser/start.ts
 *
 * `effect` is imported by module, not from its barrel: that makes the page a good deal smaller.
 */
import * as BrowserKeyValueStore from "@effect/platform-browser/BrowserKeyValueStore"
import * as BrowserRuntime from "@effect/platform-browser/BrowserRuntime"
import * as BrowserStream from "@effect/platform-browser/BrowserStream"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Library from "effect-spotify/Library"
import * as Paging from "effect-spotify/Paging"
import * as SpotifyAuth from "effect-spotify/SpotifyAuth"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import type * as SpotifyError from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as TokenStore from "effect-spotify/TokenStore"
import * as Users from "effect-spotify/Users"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as View from "./view.js"

/** This page; as it is registered at Spotify. */
const redirectUri = `${location.origin}${location.pathname}`

const session = SpotifySession.layerPkceConfig({
  clientId: Config.nonEmptyString("VITE_SPOTIFY_CLIENT_ID"),
  accountsUrl: Config.withDefault(Config.nonEmptyString("VITE_SPOTIFY_ACCOUNTS_URL"), SpotifyAuth.accountsUrl),
  redirectUri: Config.succeed(redirectUri),
  scopes: Config.succeed(["user-library-read" as const])
})

const client = Layer.unwrapEffect(
  Effect.map(
    Config.withDefault(Config.nonEmptyString("VITE_SPOTIFY_API_URL"), "https://api.spotify.com/v1"),
    (baseUrl) => SpotifyClient.layer({ baseUrl })
  )
)

const tokens = "effect-spotify/"

const SpotifyLive = client.pipe(
  Layer.provideMerge(session),
  Layer.provide(TokenStore.layerKeyValueStore({ prefix: tokens })),
  Layer.provide([BrowserKeyValueStore.layerLocalStorage, FetchHttpClient.layer]),
  Layer.provide(Layer.setConfigProvider(ConfigProvider.fromJson(import.meta.env)))
)

const explain = (error: SpotifyError.SpotifyError | SpotifyError.SignInError): string => {
  switch (error._tag) {
    case "AuthorizationDenied":
      return error.error === "access_denied" ? "You said no. Nothing was shared." : `${error.message}.`
    case "StateMismatch":
      return "That sign-in was used before, is too old, or began in another browser. Start it again."
    case "TokenEndpointUnreachable":
    case "TransportError":
      // Spotify's 429 has no CORS headers, so that a browser can't tell it, or its Retry-After, from a lost connection.
      return "No answer from Spotify. You may be offline, or it wants us to slow down: wait a minute, then try again."
    case "RateLimited":
      return `Spotify wants us to slow down. Try again after ${
        DateTime.formatLocal(error.retryAt, { timeStyle: "medium" })
      }.`
    case "ServerError":
      return "Spotify has trouble at the moment. Try again in a minute."
    case "TokenStoreError":
      return `This browser doesn't let the page keep your sign-in: ${error.detail}.`
    default:
      return `${error.message}.`
  }
}

/** Where Spotify has sent the user back; gives what there is to say about it. */
const finishSignIn = Effect.suspend(() => {
  const url = new URL(location.href)
  if (!url.searchParams.has("code") && !url.searchParams.has("error")) return Effect.succeed("")
  // A code serves once: a reload or a bookmark must not send it again.
  history.replaceState(null, "", redirectUri)
  return Effect.match(SpotifySession.handleCallback(url), { onFailure: explain, onSuccess: () => "" })
})

const signIn = (notice: string) =>
  Effect.gen(function*() {
    yield* View.signIn(notice)
    const url = yield* SpotifySession.authorizeUrl()
    location.assign(url)
    return yield* Effect.never
  })

/** Reads on whenever the user has come to the end of what is there; after trouble, from where it was. */
const albums = (
  view: Effect.Effect.Success<ReturnType<typeof View.library>>,
  from?: Paging.Position
): Effect.Effect<void, SpotifyError.ReauthorizationRequired, SpotifyClient.SpotifyClient> =>
  Paging.pages(Library.albums, { limit: 48, from }).pipe(
    Stream.runForEach((page) =>
      Effect.zipRight(
        view.append(page.items, page.next && page.total),
        page.next === undefined ? Effect.void : view.wantsMore
      )
    ),
    Effect.catchAll((error) =>
      error._tag === "ReauthorizationRequired"
        ? Effect.fail(error)
        : Effect.zipRight(view.failed(explain(error)), albums(view, error.position))
    )
  )

const library = Effect.gen(function*() {
  const view = yield* Effect.flatMap(Users.me(), View.library)
  yield* Effect.raceFirst(Effect.zipRight(albums(view), Effect.never), view.signOut)
  yield* SpotifySession.signOut
})

const page = Effect.gen(function*() {
  let notice = yield* finishSignIn
  while (true) {
    yield* library.pipe(
      Effect.zipRight(Effect.sync(() => {
        notice = "You are signed out."
      })),
      Effect.catchTag(
        "ReauthorizationRequired",
        ({ reason }) =>
          signIn(
            reason === "NotSignedIn" ? notice : "Spotify has ended your sign-in. Sign in again to see your albums."
          )
      ),
      Effect.catchAll((error) => View.problem(explain(error)))
    )
  }
})

/** The user has signed in or out in another tab. */
const changedElsewhere = BrowserStream.fromEventListenerWindow("storage").pipe(
  Stream.filter(({ key, newValue, oldValue }) =>
    key === null || key.startsWith(`${tokens}token/`) && (newValue === null) !== (oldValue === null)
  ),
  Stream.runHead,
  Effect.zipRight(Effect.sync(() => location.reload()))
)

Effect.raceFirst(page, changedElsewhere).pipe(
  Effect.provide(SpotifyLive),
  Effect.catchAll((error) => View.problem(`This page isn't set up: ${error.message}`)),
  BrowserRuntime.runMain
)
