import * as Duration from "effect/Duration"
import * as ParseResult from "effect/ParseResult"

/** How long a pending sign-in waits for its callback. */
export const pendingLifetime = Duration.hours(1)

/** Where a stored value stopped making sense; never the value, which may hold secrets. */
export const describe = (error: ParseResult.ParseError): string => {
  const path = ParseResult.ArrayFormatter.formatErrorSync(error)[0]?.path ?? []
  return path.length === 0 ? "it isn't JSON of the right shape" : `what it has at ${path.join(".")} isn't right`
}
