import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as SpotifyId from "../SpotifyId.js"

/** A schema whose failure says what is allowed. */
export const saying = <A, I>(schema: Schema.Schema<A, I>, expected: string): Schema.Schema<A, I> =>
  schema.annotations({ message: () => ({ message: expected, override: true }), description: expected })

export const integer = (min: number, max: number = Number.MAX_SAFE_INTEGER): Schema.Schema<number> =>
  saying(
    Schema.Int.pipe(Schema.between(min, max)),
    max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`
  )

export const number = (min: number, max: number): Schema.Schema<number> =>
  saying(Schema.Finite.pipe(Schema.between(min, max)), `a number from ${min} to ${max}`)

export const oneOf = <const L extends ReadonlyArray<string>>(...literals: L): Schema.Schema<L[number]> =>
  saying(Schema.Literal(...literals), `one of ${literals.join(", ")}`)

export const text: Schema.Schema<string> = saying(Schema.NonEmptyString, "a text that isn't empty")

export const Market: Schema.Schema<string> = saying(
  Schema.String.pipe(Schema.pattern(/^(?:[A-Z]{2}|from_token)$/)),
  "an ISO 3166-1 alpha-2 country code (\"SE\") or from_token"
)

/** A list that is joined by commas; the contract's caps can be read from its `maxItems`. */
const list = <A extends string>(
  item: Schema.Schema<A>,
  encode: (input: A) => string | undefined,
  max: number,
  expected: string
): Schema.Schema<ReadonlyArray<A>, string> => {
  const size = `1 to ${max} of them`
  return Schema.transformOrFail(Schema.String, Schema.Array(item), {
    strict: true,
    decode: (joined) => ParseResult.decodeUnknown(Schema.Array(item))(joined === "" ? [] : joined.split(",")),
    encode: (inputs, _, ast) => {
      const refuse = (message: string) => ParseResult.fail(new ParseResult.Type(ast, inputs, message))
      if (inputs.length < 1 || inputs.length > max) return refuse(`${expected}: ${size}, not ${inputs.length}`)
      const encoded: Array<string> = []
      for (const input of inputs) {
        const one = encode(input)
        if (one === undefined) return refuse(`${expected}, unlike "${input}"`)
        encoded.push(one)
      }
      return ParseResult.succeed(encoded.join(","))
    }
  }).annotations({ description: `${expected}: ${size}`, jsonSchema: { type: "string", maxItems: max } })
}

/** Ids, URIs or links of one kind, joined as Spotify wants them. */
export const ids = (kind: SpotifyId.Kind, max: number): Schema.Schema<ReadonlyArray<string>, string> =>
  list(Schema.String, (input) => SpotifyId.idOption(kind, input), max, `a list, each ${SpotifyId.expected(kind)}`)

/** URIs or links of any of the kinds, joined. */
export const uris = (
  kinds: ReadonlyArray<SpotifyId.Kind>,
  max: number
): Schema.Schema<ReadonlyArray<string>, string> =>
  list(Schema.String, (input) => uriOf(kinds, input), max, urisExpected(kinds))

export const uriOf = (kinds: ReadonlyArray<SpotifyId.Kind>, input: string): string | undefined => {
  const parsed = SpotifyId.parse(input)
  return Either.isRight(parsed) && kinds.includes(parsed.right.kind)
    ? SpotifyId.uri(parsed.right.kind, parsed.right.id)
    : undefined
}

export const urisExpected = (kinds: ReadonlyArray<SpotifyId.Kind>): string =>
  `a list of spotify: URIs or open.spotify.com links (${kinds.join(", ")})`

/** One of the literals or several, joined. */
export const literals = <const L extends ReadonlyArray<string>>(
  ...allowed: L
): Schema.Schema<ReadonlyArray<L[number]>, string> =>
  saying(
    list<L[number]>(Schema.Literal(...allowed), (input) => input, allowed.length, `a list of ${allowed.join(", ")}`),
    `a list of ${allowed.join(", ")}`
  )
