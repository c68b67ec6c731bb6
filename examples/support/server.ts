/** A server that says what to do where its port is taken. */
import { NodeHttpServer } from "@effect/platform-node"
import { Data, Layer, Predicate } from "effect"
import { createServer } from "node:http"

class PortUnavailable extends Data.TaggedError("PortUnavailable")<{ readonly message: string }> {}

export const serverOn = (address: { readonly host: string; readonly port: number }) =>
  NodeHttpServer.layer(createServer, address).pipe(
    Layer.mapError(({ cause }) => {
      const code = Predicate.hasProperty(cause, "code") ? String(cause.code) : String(cause)
      const where = `${address.host}:${address.port}`
      return new PortUnavailable({
        message: code === "EADDRINUSE"
          ? `${where} is taken by another program; PORT=… chooses another port`
          : `Can't listen on ${where}: ${code}`
      })
    })
  )
