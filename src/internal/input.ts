import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import type * as Schema from "effect/Schema"
import { InvalidInput } from "../SpotifyError.js"

/** Where the first thing is wrong, and what should be there. */
export const firstIssue = (issue: ParseResult.ParseIssue): { readonly path: string; readonly message: string } => {
  const [first] = ParseResult.ArrayFormatter.formatIssueSync(issue)
  return first === undefined
    ? { path: "", message: "another shape expected" }
    : { path: first.path.join("."), message: first.message }
}

/** Encodes the arguments, or says which one is wrong and what is allowed. */
export const encoder = <A, I>(operation: string, schema: Schema.Schema<A, I>) => {
  const encode = ParseResult.encodeUnknownEither(schema)
  return (input: unknown): Either.Either<I, InvalidInput> =>
    Either.mapLeft(encode(input), (issue) => {
      const { message, path } = firstIssue(issue)
      const expected = message === "is missing" ? "given" : message.replace(/^Expected /, "")
      return InvalidInput.of(operation, path === "" ? "options" : path, expected)
    })
}
