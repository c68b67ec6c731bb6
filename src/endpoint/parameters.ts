/**
 * The schemas of query and body parameters: validation before anything is sent, with a message that says what is allowed,
 * and encoding to what Spotify takes.
 */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { instead, shown } from "../core/input.js"
import { expectedMarket, marketPattern } from "../core/options.js"
import * as SpotifyId from "../core/SpotifyId.js"

/** A schema whose failure says what is allowed. */
const saying = <A, I>(schema: Schema.Schema<A, I>, expected: string): Schema.Schema<A, I> =>
  schema.annotations({ message: () => ({ message: expected, override: true }), description: expected })

export const integer = (min: number, max: number = Number.MAX_SAFE_INTEGER): Schema.Schema<number> =>
  saying(
    Schema.Int.pipe(Schema.between(min, max)),
    max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`
  )

export const number = (min: number, max: number): Schema.Schema<number> =>
  saying(Schema.Finite.pipe(Schema.between(min, max)), `a number from ${min} to ${max}`)

export const finite: Schema.Schema<number> = saying(Schema.Finite, "a number")

export const oneOf = <const L extends ReadonlyArray<string>>(...literals: L): Schema.Schema<L[number]> =>
  saying(Schema.Literal(...literals), `one of ${literals.join(", ")}`)

/** The same, but for what is wrong inside of it, which says so itself. */
const outside = <A, I>(schema: Schema.Schema<A, I>, expected: string): Schema.Schema<A, I> =>
  schema.annotations({
    message: ({ actual }) => Array.isArray(actual) ? expected : instead(expected, actual),
    description: expected
  })

export const text: Schema.Schema<string> = saying(Schema.NonEmptyString, "a text that isn't empty")

export const anyText: Schema.Schema<string> = saying(Schema.String, "a text")

export const Market: Schema.Schema<string> = saying(
  Schema.String.pipe(Schema.pattern(marketPattern)),
  expectedMarket
)

/*
 * What an editor says of a parameter is the comment at its member here, or in an operation's own declaration, on a line of
 * its own; scripts/hovers.ts adds what the schema allows.
 */

export const market = {
  /**
   * The country whose catalogue is shown: what can't be played there is marked or left out. The client's `market` or the
   * user's own country unless said.
   */
  market: Schema.optional(Market)
}

/** How many things a list gives. */
export const limit = (max: number) => ({
  /** How many to give at most; mostly 20 unless said. */
  limit: Schema.optional(integer(1, max))
})

/** The place in a list, by offset. */
export const page = (max: number) => ({
  /** How many the page has at most; mostly 20 unless said. */
  limit: Schema.optional(integer(1, max)),
  /** The place in the list of the first one to give, counted from 0; the first unless said. */
  offset: Schema.optional(integer(0))
})

/** The parameters of several groups. A spread would keep a bundler from leaving out an operation that nobody uses. */
export const all = <
  A extends Schema.Struct.Fields,
  B extends Schema.Struct.Fields,
  C extends Schema.Struct.Fields = {}
>(
  a: A,
  b: B,
  c?: C
): A & B & C => Object.assign({}, a, b, c)

export const boolean: Schema.Schema<boolean> = saying(Schema.Boolean, "true or false")

export const Locale: Schema.Schema<string> = saying(
  Schema.String.pipe(Schema.pattern(/^[a-z]{2}_[A-Z]{2}$/)),
  "an ISO 639-1 language and an ISO 3166-1 alpha-2 country (\"sv_SE\")"
)

/** A list whose entries are checked as they are written out; `maxItems` keeps the cap for those who read the schema. */
const list = <A extends string, I>(
  encoded: Schema.Schema<I>,
  item: Schema.Schema<A>,
  encode: (input: A) => string | undefined,
  wrap: (encoded: ReadonlyArray<string>) => I,
  unwrap: (encoded: I) => ReadonlyArray<string>,
  [min, max]: readonly [min: number, max: number],
  expected: string
): Schema.Schema<ReadonlyArray<A>, I> => {
  const size = max === Infinity ? `${min} or more` : min === max ? `${max} of them` : `${min} to ${max} of them`
  const inputs = outside(Schema.Array(item), `${expected}: ${size}`)
  const jsonSchema = max === Infinity ? { minItems: min } : { minItems: min, maxItems: max }
  return Schema.transformOrFail(encoded, inputs, {
    strict: true,
    decode: (encoded) => ParseResult.decodeUnknown(inputs)(unwrap(encoded)),
    encode: (inputs, _, ast) => {
      const refuse = (message: string) => ParseResult.fail(new ParseResult.Type(ast, inputs, message))
      if (inputs.length < min || inputs.length > max) return refuse(`${expected}: ${size}, not ${inputs.length}`)
      const encoded: Array<string> = []
      for (const input of inputs) {
        const one = encode(input)
        if (one === undefined) return refuse(`${expected}, unlike ${shown(input)}`)
        encoded.push(one)
      }
      return ParseResult.succeed(wrap(encoded))
    }
  }).annotations({ description: `${expected}: ${size}`, jsonSchema })
}

const joined = <A extends string>(
  item: Schema.Schema<A>,
  encode: (input: A) => string | undefined,
  max: number,
  expected: string
): Schema.Schema<ReadonlyArray<A>, string> =>
  list(
    Schema.String,
    item,
    encode,
    (encoded) => encoded.join(","),
    (encoded) => encoded === "" ? [] : encoded.split(","),
    [1, max],
    expected
  )

const array = (
  encode: (input: string) => string | undefined,
  size: readonly [min: number, max: number],
  expected: string
): Schema.Schema<ReadonlyArray<string>> =>
  list(Schema.Array(Schema.String), anyText, encode, (encoded) => encoded, (encoded) => encoded, size, expected)

const idsExpected = (kind: SpotifyId.Kind): string => `a list, each ${SpotifyId.expected(kind)}`

/** Ids, URIs or links of one kind, joined by commas for a query. */
export const ids = (kind: SpotifyId.Kind, max: number): Schema.Schema<ReadonlyArray<string>, string> =>
  joined(anyText, (input) => SpotifyId.idOrUndefined(kind, input), max, idsExpected(kind))

/** Things of one kind, by their ids. */
export const several = (kind: SpotifyId.Kind, max: number) => ({
  /** The ones that are meant. */
  ids: ids(kind, max)
})

/** Ids, URIs or links of artists or of users; which of them is another parameter's matter. */
export const followedIds = (max: number): Schema.Schema<ReadonlyArray<string>, string> =>
  joined(
    anyText,
    (input) => SpotifyId.idOrUndefined("artist", input) ?? SpotifyId.idOrUndefined("user", input),
    max,
    "a list of ids, spotify: URIs or open.spotify.com links (artist, user)"
  )

/** Texts without a comma, joined by commas. */
export const texts = (max: number, expected: string): Schema.Schema<ReadonlyArray<string>, string> =>
  joined(anyText, (input) => /^[^,]+$/.test(input) ? input : undefined, max, expected)

/** Ids, URIs or links of one kind, as a list for a body. */
export const idArray = (kind: SpotifyId.Kind, max: number): Schema.Schema<ReadonlyArray<string>> =>
  array((input) => SpotifyId.idOrUndefined(kind, input), [1, max], idsExpected(kind))

const plainUri = /^spotify:([a-z]+):[0-9A-Za-z]{22}$/

// The kind stays the one that was given: `SpotifyId.uri` would make a show of an audiobook, and the library knows both.
const uriOf = (kinds: ReadonlyArray<SpotifyId.Kind>, input: string): string | undefined => {
  // What a long write has checked comes here once more, in the form in which it is sent.
  const plain = plainUri.exec(input)?.[1]
  if (plain !== undefined && kinds.some((kind) => kind === plain)) return input
  const parsed = SpotifyId.parse(input)
  if (Either.isLeft(parsed) || !kinds.includes(parsed.right.kind)) return undefined
  const { id, kind } = parsed.right
  return kind === "user" ? SpotifyId.uri(kind, id) : `spotify:${kind}:${id}`
}

const urisExpected = (kinds: ReadonlyArray<SpotifyId.Kind>): string =>
  `a list of spotify: URIs or open.spotify.com links (${kinds.join(", ")})`

/** URIs or links of any of the kinds, joined by commas for a query. */
export const uris = (
  kinds: ReadonlyArray<SpotifyId.Kind>,
  max: number
): Schema.Schema<ReadonlyArray<string>, string> =>
  joined(anyText, (input) => uriOf(kinds, input), max, urisExpected(kinds))

/** URIs or links of any of the kinds, as a list for a body. */
export const uriArray = (
  kinds: ReadonlyArray<SpotifyId.Kind>,
  size: readonly [min: number, max: number]
): Schema.Schema<ReadonlyArray<string>> => array((input) => uriOf(kinds, input), size, urisExpected(kinds))

/** A list of any texts, for a body. */
export const textArray = (
  size: readonly [min: number, max: number],
  expected: string
): Schema.Schema<ReadonlyArray<string>> => array((input) => input === "" ? undefined : input, size, expected)

const single = (encode: (input: string) => string | undefined, expected: string): Schema.Schema<string> =>
  Schema.transformOrFail(Schema.String, outside(Schema.String, expected), {
    strict: true,
    decode: ParseResult.succeed,
    encode: (input, _, ast) => {
      const encoded = encode(input)
      return encoded === undefined
        ? ParseResult.fail(new ParseResult.Type(ast, input, instead(expected, input)))
        : ParseResult.succeed(encoded)
    }
  }).annotations({ description: expected })

/** An id, URI or link of one kind. */
export const id = (kind: SpotifyId.Kind): Schema.Schema<string> =>
  single((input) => SpotifyId.idOrUndefined(kind, input), SpotifyId.expected(kind))

/** A URI or link of any of the kinds; `more` takes what is none, and is still allowed. */
export const uri = (kinds: ReadonlyArray<SpotifyId.Kind>, more?: RegExp): Schema.Schema<string> =>
  single(
    (input) => uriOf(kinds, input) ?? (more?.test(input) === true ? input : undefined),
    `a spotify: URI or an open.spotify.com link (${kinds.join(", ")})`
  )

/** One of the literals or several, joined. */
export const literals = <const L extends ReadonlyArray<string>>(
  ...allowed: L
): Schema.Schema<ReadonlyArray<L[number]>, string> =>
  joined<L[number]>(
    saying(Schema.Literal(...allowed), `one of ${allowed.join(", ")}`),
    (input) => input,
    allowed.length,
    `a list of ${allowed.join(", ")}`
  )

/** The kinds of items that the caller can handle besides tracks. */
export const additionalTypes = {
  /** The kinds that you can handle: an episode is given as one only where it is named. */
  additional_types: Schema.optional(literals("track", "episode"))
}

/** Where in a context to start: the item's place from 0, or its URI or link. */
export const offsetInContext = (
  kinds: ReadonlyArray<SpotifyId.Kind>
): Schema.Schema<{ readonly position: number } | { readonly uri: string }> =>
  Schema.Union(Schema.Struct({ position: integer(0) }), Schema.Struct({ uri: uri(kinds) })).annotations({
    message: () => ({ message: "{ position } from 0 or { uri }", override: true })
  })

/** A list of objects, whose members say themselves what is wrong with them. */
const objects = <A, I>(
  entry: Schema.Schema<A, I>,
  max: number,
  form: string,
  expected: string,
  isRight: (entry: A) => boolean = () => true
) => {
  const size = `${expected}: 1 to ${max} of them`
  return outside(
    outside(Schema.Array(outside(entry, form)), size).pipe(
      Schema.filter((entries) => entries.length >= 1 && entries.length <= max && entries.every(isRight), {
        jsonSchema: { minItems: 1, maxItems: max }
      })
    ),
    size
  )
}

/** How many entries of a playlist one request adds, removes or replaces by. */
export const maxPlaylistEntries = 100

/** Entries of a playlist by URI or link, as Spotify wants them in a body. */
export const playlistEntries = (
  kinds: ReadonlyArray<SpotifyId.Kind>,
  max: number
): Schema.Schema<ReadonlyArray<{ readonly uri: string }>> =>
  objects(Schema.Struct({ uri: uri(kinds) }), max, "{ uri }", `a list of { uri } (${kinds.join(", ")})`)

/** In one line, as it is sent. */
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)

const maxCover = 256 * 1024
const coverExpected = "a JPEG as bytes or base64 text, whose base64 has 256 KB at most"

/** A picture as it is uploaded: base64 text. */
export const Jpeg: Schema.Schema<Uint8Array | string, string> = Schema.transformOrFail(
  Schema.String,
  Schema.Union(Schema.Uint8ArrayFromSelf, Schema.String),
  {
    strict: true,
    decode: ParseResult.succeed,
    encode: (input, _, ast) => {
      const refuse = (what: string) =>
        ParseResult.fail(new ParseResult.Type(ast, undefined, `${coverExpected}, ${what}`))
      const encoded = typeof input === "string" ? input.trim() : Encoding.encodeBase64(input)
      if (/^data:/i.test(encoded)) return refuse("not a data: URL: only what follows its comma")
      // FF D8 FF, which is how each JPEG starts.
      if (!encoded.startsWith("/9j/")) return refuse("not another kind of file")
      if (encoded.length > maxCover) return refuse(`not ${Math.ceil(encoded.length / 1024)} KB`)
      return isBase64(encoded) ? ParseResult.succeed(encoded) : refuse("not broken base64 or base64 in lines")
    }
  }
).annotations({ description: coverExpected })

const utc = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?Z$/

/** Whether it is a time that there was: of the 30th of February JavaScript makes one in March. */
const isTime = (text: string): boolean => {
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(utc.exec(text)?.[1] ?? " ")
}

/** Ids, URIs or links, each with the time that it shall have been added at. */
export const timestampedIds = (
  kind: SpotifyId.Kind,
  max: number
): Schema.Schema<ReadonlyArray<{ readonly id: string; readonly added_at: string }>> =>
  objects(
    Schema.Struct({ id: id(kind), added_at: anyText }),
    max,
    "{ id, added_at }",
    `a list of { id, added_at } (${SpotifyId.expected(kind)}; ISO 8601 in UTC)`,
    ({ added_at }) => isTime(added_at)
  )
