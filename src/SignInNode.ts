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
import * as SignIn from "./SignIn.js"

/** Closing a server waits for its connections, and a browser may hold some open that it never uses. */
const closeGrace = 500

const layerLoopbackServer = Layer.succeed(SignIn.LoopbackServer, {
  listen: ({ host, port }) =>
    Effect.gen(function*() {
      const node = createServer()
      const server = yield* NodeHttpServer.make(() => node, { host, port })
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
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
