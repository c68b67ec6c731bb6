/**
 * The schemas that answers are made of: open enums, members that may be absent or null, lists in one check. None of them
 * transforms, so that a body that is right needs no decoding.
 */
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as AST from "effect/SchemaAST"
import { checked } from "./compiledCheck.js"
import { sifted } from "./lenientDecoding.js"

/** A string of which some values are known. */
export type Open<Known extends string> = Known | (string & {})

/** A member that may be absent. */
export interface Optional<A> extends Schema.optionalWith<Schema.Schema<A>, { exact: true }> {}

/** A member that may be absent or null. */
export interface Nullish<A> extends Optional<A | null> {}

export const optional = <A>(schema: Schema.Schema<A>): Optional<A> => Schema.optionalWith(schema, { exact: true })

/** A union with a primitive as one check: `Schema.Union` costs more, and its error lists every member. */
export const or = <A, B>(schema: Schema.Schema<A>, is: (input: unknown) => input is B): Schema.Schema<A | B> =>
  Schema.declare<A | B, A | B, readonly [Schema.Schema<A>]>(
    [schema],
    {
      decode: (schema) => {
        const decode = ParseResult.decodeUnknownEither(schema)
        return (input, options) => is(input) ? ParseResult.succeed(input) : decode(input, options)
      },
      encode: (schema) => {
        const encode = ParseResult.encodeUnknownEither(schema)
        return (input, options) => is(input) ? ParseResult.succeed(input) : encode(input, options)
      }
    },
    {
      ...checked((checkOf) => {
        const check = checkOf(schema)
        return (input) => is(input) || check(input)
      }),
      ...sifted((siftOf) => siftOf(schema))
    }
  )

export const nullable = <A>(schema: Schema.Schema<A>): Schema.Schema<A | null> => or(schema, Predicate.isNull)

export const nullish = <A>(schema: Schema.Schema<A>): Nullish<A> => optional(nullable(schema))

/** Any string passes: Spotify adds values without notice. */
export const open = <const Known extends ReadonlyArray<string>>(..._known: Known): Schema.Schema<Open<Known[number]>> =>
  Schema.make(Schema.String.ast)

/** A list without objects in one check. Where each place has its meaning, a list of which one can't be read is odd itself. */
const flat = <A>(
  expected: Schema.Schema<A>,
  is: (input: unknown) => input is A,
  places: "fixed" | "free" = "free"
): Schema.Schema<ReadonlyArray<A>> => {
  const check = (input: unknown, _: AST.ParseOptions, ast: AST.Declaration) => {
    if (!Array.isArray(input)) return ParseResult.fail(new ParseResult.Type(ast, input))
    if (input.every(is)) return ParseResult.succeed<ReadonlyArray<A>>(input)
    const index = input.findIndex((element) => !is(element))
    const issue = new ParseResult.Type(expected.ast, input[index])
    return ParseResult.fail(new ParseResult.Composite(ast, input, new ParseResult.Pointer(index, input, issue)))
  }
  return Schema.declare([], { decode: () => check, encode: () => check }, {
    identifier: `ReadonlyArray<${String(expected.ast)}>`,
    ...checked(() => (input) => Array.isArray(input) && input.every(is)),
    ...(places === "free" ? sifted((siftOf) => siftOf(Schema.Array(expected))) : {})
  })
}

/** A list of strings in one check: `available_markets` is half of a page of tracks. */
export const strings = flat(Schema.String, Predicate.isString)

/** As `strings`, where entries were seen to be null. */
export const nullableStrings = flat(
  Schema.NullOr(Schema.String),
  (input): input is string | null => input === null || Predicate.isString(input)
)

export const numbers = flat(Schema.Number, Predicate.isNumber, "fixed")

export const booleans = flat(Schema.Boolean, Predicate.isBoolean, "fixed")

/** An object as it came, whose members aren't looked at. */
type Raw = { readonly [key: string]: unknown }

/**
 * A union whose member is looked up instead of tried: `pick` reads the raw object and gives its schema, so that the
 * choice is cheap and an error is the error of that member alone.
 */
export const choose = <S extends Schema.Schema.AnyNoContext>(
  identifier: string,
  pick: (input: Raw) => S
): Schema.Schema<Schema.Schema.Type<S>> =>
  Schema.declare([], {
    decode: () => (input, options, ast) =>
      Predicate.isReadonlyRecord(input)
        ? ParseResult.decodeUnknownEither(pick(input))(input, options)
        : ParseResult.fail(new ParseResult.Type(ast, input)),
    encode: () => (input, options, ast) =>
      Predicate.isReadonlyRecord(input)
        ? ParseResult.encodeUnknownEither(pick(input))(input, options)
        : ParseResult.fail(new ParseResult.Type(ast, input))
  }, {
    identifier,
    ...checked((checkOf) => (input) => Predicate.isReadonlyRecord(input) && checkOf(pick(input))(input)),
    ...sifted((siftOf) => (input, path, odd) =>
      Predicate.isReadonlyRecord(input) ? siftOf(pick(input))(input, path, odd) : input
    )
  })

/** Reads `schema` by its decoder alone, so that nothing is left that it doesn't know. */
export const decoded = <A>(schema: Schema.Schema<A>): Schema.Schema<A> => prepared(schema, (input) => input)

/** Reads `schema` from a body that sometimes comes in another wrapping, which `prepare` takes off where it is on. */
export const prepared = <A>(schema: Schema.Schema<A>, prepare: (input: unknown) => unknown): Schema.Schema<A> =>
  Schema.declare([schema], {
    decode: (schema) => {
      const decode = ParseResult.decodeUnknownEither(schema)
      return (input, options) => decode(prepare(input), options)
    },
    encode: (schema) => ParseResult.encodeUnknownEither(schema)
  }, sifted((siftOf) => (input, path, odd) => siftOf(schema)(prepare(input), path, odd)))
