/**
 * A web app with users: they sign in with Spotify and see what they play most and their playlists.
 *
 *   npx tsx examples/web-app/main.ts
 *
 * Open http://127.0.0.1:8888. Without credentials it starts a FakeSpotify beside itself. All settings:
 *
 *   SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET   the app in Spotify's dashboard
 *   SPOTIFY_REDIRECT_URI                       as registered there; http://127.0.0.1:PORT/callback
 *   SESSION_SECRET                             signs the cookies; without it, a restart signs everybody out
 *   DATABASE_URL                               postgres://…; without it, tokens are in the SQLite file of
 *   SQLITE_FILE                                tokens.db beside this file
 *   HOST, PORT                                 127.0.0.1, 8888; several processes may share one database
 *
 * A browser's key in the token store is the id in its signed cookie (SessionCookie.ts). Whoever goes on the internet
 * with this puts https in front of it, and registers that address as the redirect URI.
 */
import { HttpMiddleware, HttpServer } from "@effect/platform"
import { NodeRuntime } from "@effect/platform-node"
import { LibsqlClient } from "@effect/sql-libsql"
import { PgClient } from "@effect/sql-pg"
import { Config, Effect, Layer, Option } from "effect"
import { SpotifyClient, SpotifySession, SpotifySessions } from "effect-spotify"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import { fileURLToPath } from "node:url"
import * as Sandbox from "../support/sandbox.js"
import { portOr, serverOn } from "../support/server.js"
import { app } from "./app.js"
import * as SessionCookie from "./SessionCookie.js"

const Database = Layer.unwrapEffect(
  Effect.map(
    Config.all({
      url: Config.option(Config.redacted(Config.nonEmptyString("DATABASE_URL"))),
      file: Config.withDefault(
        Config.nonEmptyString("SQLITE_FILE"),
        fileURLToPath(new URL("tokens.db", import.meta.url))
      )
    }),
    ({ file, url }) =>
      Option.isSome(url) ? PgClient.layer({ url: url.value }) : LibsqlClient.layer({ url: `file:${file}` })
  )
)

/** Of the registered URI, or of where the server listens. */
const redirectUri = Effect.flatMap(
  HttpServer.HttpServer,
  ({ address }) =>
    Config.withDefault(Config.nonEmptyString("SPOTIFY_REDIRECT_URI"), `${HttpServer.formatAddress(address)}/callback`)
)

const credentials = Config.all({
  clientId: Sandbox.clientId,
  clientSecret: Sandbox.clientSecret,
  accountsUrl: Sandbox.accountsUrl
})

const Sessions = Layer.unwrapEffect(
  Effect.map(
    Effect.all([credentials, redirectUri]),
    ([credentials, redirectUri]) =>
      Layer.merge(
        SpotifySessions.layerAuthorizationCode({ ...credentials, redirectUri }),
        SessionCookie.layer({ secure: redirectUri.startsWith("https:") })
      )
  )
)

const Client = Layer.unwrapEffect(
  Effect.map(Sandbox.apiUrl, (baseUrl) => SpotifyClient.layer({ baseUrl }))
).pipe(
  // What isn't called as a user would be called as the app.
  Layer.provide(Layer.unwrapEffect(Effect.map(credentials, SpotifySession.layerClientCredentials)))
)

const Server = Layer.unwrapEffect(
  Effect.map(
    Config.all({
      host: Config.withDefault(Config.nonEmptyString("HOST"), "127.0.0.1"),
      port: portOr(8888)
    }),
    serverOn
  )
)

HttpServer.serve(app).pipe(
  // The URL of a callback holds the code, which has no place in a trace.
  HttpMiddleware.withTracerDisabledWhen((request) => request.url.startsWith("/callback")),
  HttpServer.withLogAddress,
  Layer.provide(Layer.merge(Sessions, Client)),
  Layer.provide(TokenStoreSql.layer()),
  Layer.provide(Database),
  Layer.provide(Server),
  Layer.provide(Sandbox.layer({ consent: "page" })),
  Layer.launch,
  NodeRuntime.runMain
)
