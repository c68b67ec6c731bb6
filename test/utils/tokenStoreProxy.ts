/** A TCP proxy that can be cut off, in front of a database. */
import { Effect } from "effect"
import { connect, createServer, type Server, type Socket } from "node:net"

export interface Proxy {
  readonly port: number
  /** Closes all connections and accepts none. */
  readonly cut: Effect.Effect<void>
  readonly restore: Effect.Effect<void>
}

export const makeProxy = (target: { readonly host: string; readonly port: number }) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const sockets = new Set<Socket>()
      let server: Server
      const listen = (port: number) =>
        new Promise<void>((resolve, reject) => {
          server = createServer((socket) => {
            const upstream = connect(target)
            for (const [from, to] of [[socket, upstream], [upstream, socket]] as const) {
              sockets.add(from)
              from.on("error", () => {}).on("close", () => {
                sockets.delete(from)
                to.destroy()
              })
              from.pipe(to)
            }
          })
          server.once("error", reject).listen(port, "127.0.0.1", resolve)
        })
      const cut = () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          sockets.forEach((socket) => socket.destroy())
        })
      await listen(0)
      const address = server!.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      return { port, cut: Effect.promise(cut), restore: Effect.promise(() => listen(port)) }
    }),
    (proxy) => proxy.cut
  )
