/** A proxy on a free port of 127.0.0.1, which makes tunnels (CONNECT) and counts them. */
import { Effect } from "effect"
import { createServer } from "node:http"
import { connect } from "node:net"

export const startProxy = Effect.acquireRelease(
  Effect.async<{ readonly url: string; readonly tunnels: Effect.Effect<number>; readonly close: () => void }>(
    (resume) => {
      let tunnels = 0
      const server = createServer((_, response) => response.writeHead(405).end())
      server.on("connect", ({ url }, socket) => {
        tunnels++
        const { hostname, port } = new URL(`http://${url}`)
        const upstream = connect(Number(port), hostname, () => {
          socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
          upstream.pipe(socket)
          socket.pipe(upstream)
        })
        upstream.on("error", () => socket.destroy())
        socket.on("error", () => upstream.destroy())
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({
          url: `http://127.0.0.1:${port}`,
          tunnels: Effect.sync(() => tunnels),
          close: () => server.close()
        }))
      })
    }
  ),
  ({ close }) => Effect.sync(close)
)
