import * as Duration from "effect/Duration"
import type * as ParseResult from "effect/ParseResult"
import { issuePath } from "../core/input.js"

/** How long a pending sign-in waits for its callback. */
export const pendingLifetime = Duration.hours(1)

/** Where a stored value stopped making sense; never the value, which may hold secrets. */
export const describe = (error: ParseResult.ParseError): string => {
  const path = issuePath(error.issue)
  return path === "" ? "it isn't JSON of the right shape" : `what it has at ${path} isn't right`
}
