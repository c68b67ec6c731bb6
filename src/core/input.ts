import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { InvalidInput } from "./SpotifyError.js"
import { excerpt } from "./text.js"

/** Half of a surrogate pair: such a text has no UTF-8, so that it can be sent nowhere. */
const half = /\p{Cs}/gu

/** Whether a text can be sent. */
export const isWellFormed = (text: string): boolean => text.search(half) === -1

/** A text that can be sent, with U+FFFD where it can't. */
export const toWellFormed = (text: string): string => text.replace(half, "\ufffd")

// Nobody but Spotify's server can tell where these lead.
const shortLink =
  /^\s*(?:https?:\/\/)?(?:[\w-]+\.)*(?:spotify\.link|spotify\.app\.link|spoti\.fi|tospotify\.com)(?:\/|$)/i

/** A value in a message: short, and whatever it is. */
export const shown = (input: unknown): string => {
  switch (typeof input) {
    case "string":
      return `"${excerpt(toWellFormed(input.slice(0, 1000)))}"${
        shortLink.test(input) ? " (a short link: open it, and take the open.spotify.com link that it leads to)" : ""
      }`
    case "object":
      return input === null ? "null" : Array.isArray(input) ? "a list" : "an object"
    case "function":
    case "symbol":
      return `a ${typeof input}`
    default:
      return String(input)
  }
}

/** What is allowed, and what was given instead. */
export const instead = (expected: string, input: unknown): string => `${expected}, not ${shown(input)}`

const plain = (name: string): string => name.replace(/[_-]/g, "").toLowerCase()

/** How many letters are to be changed, added or left out. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= b.length; j++) {
      const [left = 0, up = 0, corner = 0] = [row[j - 1], above[j], above[j - 1]]
      row.push(Math.min(left + 1, up + 1, corner + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
  }
  return row[b.length] ?? 0
}

/** Which of the names is most likely meant; undefined where none is near. */
export const nearest = (name: string, names: ReadonlyArray<string>): string | undefined => {
  let found: string | undefined
  let least = name.length < 4 ? 2 : 3
  for (const other of names) {
    const steps = name.length > 50 ? least : distance(plain(name), plain(other))
    if (steps < least) {
      least = steps
      found = other
    }
  }
  return found
}

/** What is said of an option that there isn't. */
const noSuch = (name: string, names: ReadonlyArray<string>): string => {
  const meant = nearest(name, names)
  return meant !== undefined
    ? `spelt ${meant}, or left out: there is no option of this name`
    : `left out: the options are ${names.join(", ")}`
}

/** An example of options, by what was given in their place. */
const form = (names: ReadonlyArray<string>, given: unknown): string =>
  instead(
    `an object such as { ${
      names.slice(0, 3).map((name, i) => `${name}: ${i === 0 && Predicate.isString(given) ? shown(given) : "…"}`)
        .join(", ")
    } }`,
    given
  )

/** Reads options, of which each must be known; what is undefined counts as absent. `needed` names some for an example. */
export const readOptions = (
  operation: string,
  names: ReadonlyArray<string>,
  given: unknown,
  needed: () => ReadonlyArray<string> = () => names
): Either.Either<{ [name: string]: unknown }, InvalidInput> => {
  const options: { [name: string]: unknown } = {}
  if (given === undefined || given === null) return Either.right(options)
  if (!Predicate.isRecord(given) || Predicate.isIterable(given)) {
    return Either.left(InvalidInput.of(operation, "options", form(needed(), given)))
  }
  for (const name of Object.keys(given)) {
    const value = given[name]
    if (value === undefined) continue
    if (!names.includes(name)) return Either.left(InvalidInput.of(operation, shortened(name), noSuch(name, names)))
    options[name] = value
  }
  return Either.right(options)
}

/** What an option may be, in code and in words; what was given in a secret's place may be the secret, and isn't shown. */
export type Allowed = readonly [is: (input: unknown) => boolean, expected: string, isSecret?: true]

/** Checks the options of a function that has no schema of them. */
export const checkOptions = (
  operation: string,
  allowed: { readonly [name: string]: Allowed },
  given: unknown
): Either.Either<void, InvalidInput> =>
  attempt(operation, () => {
    const names = Object.keys(allowed)
    if (given === null) return Either.left(InvalidInput.of(operation, "options", form(names, given)))
    return Either.flatMap(readOptions(operation, names, given), (options) => {
      for (const name of names) {
        const [is, expected, isSecret] = allowed[name] ?? anything
        if (options[name] !== undefined && !is(options[name])) {
          return Either.left(
            InvalidInput.of(operation, name, isSecret === true ? expected : instead(expected, options[name]))
          )
        }
      }
      return Either.void
    })
  })

const anything: Allowed = [() => true, ""]

export const aText: Allowed = [
  (input) => Predicate.isString(input) && isWellFormed(input),
  "a text without halves of surrogate pairs"
]

export const aBoolean: Allowed = [Predicate.isBoolean, "true or false"]

export const aFunction: Allowed = [Predicate.isFunction, "a function"]

export const aDuration: Allowed = [
  (input) => Option.isSome(Duration.decodeUnknown(input)),
  "a duration such as \"5 seconds\""
]

export const aSecret: Allowed = [
  (input) => Redacted.isRedacted(input) && aText[0](Redacted.value(input)),
  "a text of Redacted.make",
  true
]

/** The first that is another thing ends the search, a hole among them. */
export const isListOf = (input: unknown, is: (entry: unknown) => boolean): boolean =>
  Array.isArray(input) && input.findIndex((entry) => !is(entry)) === -1

/** A function, since a bundler keeps what is written out of another's members. */
export const someSecrets = (): Allowed => [(input) => isListOf(input, aSecret[0]), `a list, each ${aSecret[1]}`, true]

/** What can stand in a header and in a form: visible ASCII without white space. */
export const isCredential = (text: unknown): boolean => Predicate.isString(text) && /^[!-~]+$/.test(text)

export const someScopes: Allowed = [(input) => isListOf(input, isCredential), "a list of scopes"]

export const fromZero: Allowed = [(input) => Number.isSafeInteger(input) && Number(input) >= 0, "a whole number from 0"]

export const fromOne: Allowed = [(input) => Number.isSafeInteger(input) && Number(input) >= 1, "a whole number from 1"]

export const oneOf = (...values: ReadonlyArray<string>): Allowed => [
  (input) => Predicate.isString(input) && values.includes(input),
  `one of ${values.join(", ")}`
]

/** A function whose arguments are looked at before it is called. */
export const guarded = <Args extends ReadonlyArray<unknown>, A, E, R>(
  operation: string,
  f: (...args: Args) => Effect.Effect<A, E, R>,
  check: (...args: ReadonlyArray<unknown>) => Either.Either<unknown, InvalidInput>
): (...args: Args) => Effect.Effect<A, E | InvalidInput, R> =>
(...args) => Effect.flatMap(attempt(operation, () => check(...args)), () => f(...args))

const shortened = (name: string): string => toWellFormed(name.slice(0, 100))

/** Does what reads arguments: whatever they are, an accessor that throws and a list without an end of nesting among them. */
export const attempt = <A>(
  operation: string,
  f: () => Either.Either<A, InvalidInput>
): Either.Either<A, InvalidInput> =>
  Either.flatMap(
    Either.try({
      try: f,
      catch: () => InvalidInput.of(operation, "options", "plain values: these can't be read")
    }),
    identity
  )

/** Where in what is sent a text is that can't be sent. */
export const illFormedAt = (value: unknown): string | undefined => {
  if (Predicate.isString(value)) return isWellFormed(value) ? undefined : ""
  if (!Predicate.isObject(value)) return undefined
  for (const [name, member] of Object.entries(value)) {
    const path = illFormedAt(member)
    if (path !== undefined) return path === "" ? name : `${name}.${path}`
  }
  return undefined
}

/** What is said of such a text. */
export const wellFormed = aText[1]

/** What the schema itself says of an issue, where that isn't for the issues within it to say. */
const saidOf = (issue: ParseResult.ParseIssue): string | undefined => {
  if (!("ast" in issue)) return undefined
  const annotation = Option.getOrUndefined(AST.getMessageAnnotation(issue.ast))
  const said = annotation?.(issue)
  const { message, override } = Predicate.hasProperty(said, "override") ? said : { message: said, override: false }
  const isOfInner = issue._tag === "Composite" || (issue._tag === "Refinement" && issue.kind === "From") ||
    (issue._tag === "Transformation" && issue.kind !== "Transformation")
  return Predicate.isString(message) && (override || !isOfInner) ? message : undefined
}

/**
 * The first issue from the outside that says what is allowed, and the schema of the object or list that it is in. Unlike
 * the formatters of `ParseResult` it shows no value, which may be of any size and depth.
 */
const firstOf = (issue: ParseResult.ParseIssue) => {
  let path: ReadonlyArray<PropertyKey> = []
  let current = issue
  let parent: AST.AST | undefined
  while (true) {
    const said = saidOf(current)
    if (said !== undefined) return { path, issue: current, parent, said }
    switch (current._tag) {
      case "Pointer":
        path = path.concat(current.path)
        current = current.issue
        continue
      case "Composite": {
        const [first] = Array.isArray(current.issues) ? current.issues : [current.issues]
        parent = current.ast
        current = first
        continue
      }
      case "Refinement":
      case "Transformation":
        current = current.issue
        continue
      default:
        return { path, issue: current, parent, said: undefined }
    }
  }
}

/** Where the first thing is wrong. */
export const issuePath = (issue: ParseResult.ParseIssue): string => pathText(firstOf(issue).path)

const pathText = (path: ReadonlyArray<PropertyKey>): string => path.map((name) => shortened(String(name))).join(".")

/** Where the first thing is wrong, and what should be there. */
export const firstIssue = (issue: ParseResult.ParseIssue): { readonly path: string; readonly message: string } => {
  // It shows the value that it met, and dies of one that is nested deeply.
  const formatted = Either.try(() => ParseResult.ArrayFormatter.formatIssueSync(issue)[0])
  return Either.isRight(formatted) && formatted.right !== undefined
    ? { path: formatted.right.path.map(String).join("."), message: formatted.right.message }
    : { path: issuePath(issue), message: "another shape expected" }
}

/** Encodes the arguments, or says which one is wrong and what is allowed. */
export const encoder = <A, I>(operation: string, schema: Schema.Schema<A, I>) => {
  const encode = ParseResult.encodeUnknownEither(schema, { onExcessProperty: "error" })
  return (input: unknown): Either.Either<I, InvalidInput> =>
    Either.mapLeft(encode(input), (first) => {
      const { issue, parent, path, said } = firstOf(first)
      return InvalidInput.of(operation, pathText(path) || "options", said ?? expectedIn(issue, path, parent))
    })
}

const expectedIn = (
  issue: ParseResult.ParseIssue,
  path: ReadonlyArray<PropertyKey>,
  parent: AST.AST | undefined
): string => {
  switch (issue._tag) {
    case "Missing":
      return "given"
    case "Unexpected":
      return noSuch(
        String(path.at(-1)),
        parent === undefined ? [] : AST.getPropertySignatures(parent).map(({ name }) => String(name))
      )
    case "Type":
      return issue.message ?? instead(String(issue.ast), issue.actual)
    default:
      return instead("another value", issue.actual)
  }
}
