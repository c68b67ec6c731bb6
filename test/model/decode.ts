import { Either, ParseResult, Schema } from "effect"
import { expect } from "vitest"

export const decode = <A>(schema: Schema.Schema<A>, body: unknown): A =>
  Either.getOrThrowWith(
    ParseResult.decodeUnknownEither(schema)(body),
    (issue) => new Error(ParseResult.TreeFormatter.formatIssueSync(issue))
  )

/** Where in the body decoding fails, dotted; undefined where it succeeds. */
export const failsAt = <A>(schema: Schema.Schema<A>, body: unknown): string | undefined =>
  Either.match(ParseResult.decodeUnknownEither(schema)(body), {
    onLeft: (issue) => ParseResult.ArrayFormatter.formatIssueSync(issue)[0]?.path.join("."),
    onRight: () => undefined
  })

/** Decodes, and expects the encoder to give back what was decoded. */
export const roundTrip = <A>(schema: Schema.Schema<A>, body: unknown): A => {
  const value = decode(schema, body)
  expect(Schema.encodeSync(schema)(value)).toEqual(value)
  return value
}
