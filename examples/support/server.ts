/** A server on the port that PORT names, which says what to do where it is taken. */
import { NodeHttpServer } from "@effect/platform-node"
import { Config, ConfigError, Data, Either, Layer, Predicate, Schema } from "effect"
import { createServer } from "node:http"

class PortUnavailable extends Data.TaggedError("PortUnavailable")<{ readonly message: string }> {}

const readPort = Schema.decodeEither(Schema.NumberFromString.pipe(Schema.int(), Schema.between(0, 65_535)))

/** PORT; an empty one counts as none, as in a file of variables that was copied and not filled in. */
export const portOr = (fallback: number): Config.Config<number> =>
  Config.nonEmptyString("PORT").pipe(
    Config.mapOrFail((text) =>
      Either.mapLeft(
        readPort(text),
        () => ConfigError.InvalidData(["PORT"], `Expected a number from 0 to 65535, not "${text}"`)
      )
    ),
    Config.withDefault(fallback)
  )

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
