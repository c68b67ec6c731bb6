/**
 * Serves the browser example.
 *
 *   npx tsx examples/browser/start.ts
 *
 * Without VITE_SPOTIFY_CLIENT_ID it starts a FakeSpotify on a free port beside Vite's server and tells the page where.
 * With it the page talks to Spotify: register http://127.0.0.1:5173/ as a redirect URI in Spotify's dashboard. A build
 * for a host of your own is `VITE_SPOTIFY_CLIENT_ID=… npx vite build examples/browser`.
 */
import { NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Config, Console, Effect, Option } from "effect"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import { createServer as createViteServer } from "vite"
import { portOr } from "../support/server.js"
import * as Fake from "./fake.js"

const fake = Effect.gen(function*() {
  const { accountsUrl, apiUrl } = yield* Fake.serve
  yield* Console.log(`FakeSpotify: ${accountsUrl}`)
  // Vite hands the page what is in the environment under VITE_….
  Object.assign(process.env, {
    VITE_SPOTIFY_CLIENT_ID: "fake-client-id",
    VITE_SPOTIFY_ACCOUNTS_URL: accountsUrl,
    VITE_SPOTIFY_API_URL: apiUrl
  })
})

const program = Effect.gen(function*() {
  const clientId = yield* Config.option(Config.nonEmptyString("VITE_SPOTIFY_CLIENT_ID"))
  if (Option.isNone(clientId)) yield* fake
  const port = yield* portOr(5173)
  const vite = yield* Effect.acquireRelease(
    Effect.promise(() =>
      createViteServer({
        configFile: fileURLToPath(new URL("vite.config.ts", import.meta.url)),
        server: { port, strictPort: true }
      })
    ),
    // Vite waits for what it is still preparing, and may wait for ever.
    (vite) =>
      Effect.promise(() => vite.close()).pipe(
        Effect.interruptible,
        Effect.disconnect,
        Effect.timeoutOption("2 seconds")
      )
  )
  yield* Effect.promise(() => vite.listen())
  yield* Console.log(`Open ${vite.resolvedUrls?.local[0]}`)
  return yield* Effect.never
})

program.pipe(
  Effect.scoped,
  Effect.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })),
  NodeRuntime.runMain
)
