/**
 * What `SignIn` needs, on Node.
 *
 * @since 0.1.0
 */
import * as NodeCommandExecutor from "@effect/platform-node/NodeCommandExecutor"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import type { Socket } from "node:net"
import type { SpotifySession } from "../session/SpotifySession.js"
import * as SignIn from "./SignIn.js"

/** How long an answer that is on its way may hold the server up, in milliseconds. */
const closeGrace = 5_000

const layerLoopbackServer = Layer.succeed(SignIn.LoopbackServer, {
  listen: ({ host, port }) =>
    Effect.gen(function*() {
      const node = createServer()
      const sockets = new Set<Socket>()
      node.on("connection", (socket) => {
        sockets.add(socket)
        socket.on("close", () => sockets.delete(socket))
      })
      const server = yield* NodeHttpServer.make(() => node, { host, port })
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          // A browser opens spare connections that it may never use; the server would wait for them to end.
          for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
          setTimeout(() => node.closeAllConnections(), closeGrace).unref()
        })
      )
      return server
    })
})

/**
 * A server, the user's browser and the terminal.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<SignIn.LoopbackServer | SignIn.Browser | Terminal.Terminal> = Layer.mergeAll(
  layerLoopbackServer,
  Layer.provide(
    SignIn.layerBrowser(process.platform),
    Layer.provide(NodeCommandExecutor.layer, NodeFileSystem.layer)
  ),
  NodeTerminal.layer
)

/**
 * Signs the user in from the terminal where nobody is signed in, once: goes between a session and what needs it.
 *
 * Without a terminal (a service, CI) it is `TerminalUnavailable`, whose message says how to sign in elsewhere.
 *
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { NodeFileSystem } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { SpotifyClient, SpotifySession, TokenStore } from "effect-spotify"
 * import * as SignInNode from "effect-spotify/SignInNode"
 *
 * const SpotifyLive = SpotifyClient.layer().pipe(
 *   Layer.provide(SignInNode.layerTerminal({ scopes: ["user-library-read"] })),
 *   Layer.provide(SpotifySession.layerPkce({
 *     clientId: "…",
 *     redirectUri: "http://127.0.0.1:8888/callback"
 *   })),
 *   Layer.provide(TokenStore.layerFile("tokens.json")),
 *   Layer.provide([FetchHttpClient.layer, NodeFileSystem.layer])
 * )
 * ```
 *
 * @since 0.2.0
 * @category layers
 */
export const layerTerminal = (
  options?: SignIn.LoopbackOptions
): Layer.Layer<SpotifySession, SignIn.LoopbackError | SignIn.TerminalUnavailable, SpotifySession> =>
  Layer.provide(SignIn.layerTerminal(options), layer)
