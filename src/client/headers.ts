import * as Either from "effect/Either"
import { InvalidInput } from "../core/SpotifyError.js"

/** What HTTP itself sets: sent by a caller they are refused, or break the message. */
const ofTheMessage = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade"
])

/** Headers by their names in lower case, or why they can't be sent. A name that is given twice counts the last time. */
export const sendable = (
  operation: string,
  headers: { readonly [name: string]: unknown }
): Either.Either<{ readonly [name: string]: string }, InvalidInput> => {
  const refused = (name: string, expected: string) =>
    Either.left(InvalidInput.of(operation, `headers[${JSON.stringify(name)}]`, expected))
  const fields: Record<string, string> = {}
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase()
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(given)) return refused(given, "a header's name: letters, digits and -")
    if (ofTheMessage.has(name)) return refused(given, "left out, since it is set by HTTP itself")
    if (typeof value !== "string" || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      return refused(given, "a text of one line in Latin-1, which is all that a header can hold")
    }
    fields[name] = value
  }
  return Either.right(fields)
}
