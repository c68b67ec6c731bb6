/**
 * Lenient decoding (partial results): takes out of a body the smallest parts that can't be decoded, an entry of a list or a
 * member that may be absent or null, and says what they were.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { firstIssue } from "../core/input.js"
import { checkOf } from "./compiledCheck.js"

/** What is taken out of a body, where in it the fault is, and what was expected there. */
export interface Odd {
  readonly missing: string
  readonly path: string
  readonly expected: string
}

/** Gives the input without what can't be read, the input itself where there is nothing to take out. */
type Sift = (input: unknown, path: string, odd: Array<Odd>) => unknown

/** On a declaration: how to sift what it stands for. */
const SiftId: unique symbol = Symbol.for("effect-spotify/Sift")

type MakeSift = (siftOf: (schema: Schema.Schema.AnyNoContext) => Sift) => Sift

/** The annotation that gives a declaration its way to sift. */
export const sifted = (make: MakeSift): { readonly [SiftId]: MakeSift } => ({ [SiftId]: make })

const isMakeSift = (input: unknown): input is MakeSift => typeof input === "function"

type Fault = ReturnType<typeof firstIssue>

const within = (path: string, member: PropertyKey): string => path === "" ? String(member) : `${path}.${String(member)}`

/** What the decoder finds wrong with a value; the compiled check is asked first, since it is quicker where nothing is. */
const faultOf = (ast: AST.AST, input: unknown): Fault | undefined => {
  const schema = Schema.make<unknown, unknown>(ast)
  if (checkOf(schema)(input)) return undefined
  return Option.getOrUndefined(Option.map(Either.getLeft(ParseResult.decodeUnknownEither(schema)(input)), firstIssue))
}

const takesNull = (ast: AST.AST): boolean => faultOf(ast, null) === undefined

/** Takes out a part, and forgets the faults that were found inside of it (those from `mark` on). */
const takeOut = (odd: Array<Odd>, mark: number, missing: string, fault: Fault): void => {
  odd.length = mark
  odd.push({ missing, path: fault.path === "" ? missing : within(missing, fault.path), expected: fault.message })
}

const members = ({ propertySignatures }: AST.TypeLiteral): Sift => (input, path, odd) => {
  if (!Predicate.isReadonlyRecord(input)) return input
  const result: Record<PropertyKey, unknown> = { ...input }
  let isChanged = false
  for (const { isOptional, name, type } of propertySignatures) {
    const isThere = Object.hasOwn(input, name)
    if (!isThere && isOptional) continue
    const place = within(path, name)
    const mark = odd.length
    const value = isThere ? siftOf(type)(input[String(name)], place, odd) : undefined
    const fault = faultOf(type, value)
    if (fault === undefined) {
      if (value === input[String(name)]) continue
      result[name] = value
    } else if (isOptional) {
      takeOut(odd, mark, place, fault)
      Reflect.deleteProperty(result, name)
    } else if (takesNull(type)) {
      takeOut(odd, mark, place, isThere ? fault : { path: "", message: "is missing" })
      result[name] = null
    } else {
      // It can't be left out: whatever holds it is to be taken out instead, for this fault.
      return result
    }
    isChanged = true
  }
  return isChanged ? result : input
}

const entries = (type: AST.AST): Sift => (input, path, odd) => {
  if (!Array.isArray(input)) return input
  const sift = siftOf(type)
  const result: Array<unknown> = []
  let isChanged = false
  input.forEach((entry: unknown, index) => {
    const mark = odd.length
    const place = within(path, index)
    const value = sift(entry, place, odd)
    const fault = faultOf(type, value)
    if (fault === undefined) result.push(value)
    else {
      takeOut(odd, mark, place, fault)
      if (takesNull(type)) result.push(null)
    }
    isChanged ||= fault !== undefined || value !== entry
  })
  return isChanged ? result : input
}

const oneOf = (types: ReadonlyArray<AST.AST>): Sift => (input, path, odd) => {
  const mark = odd.length
  for (const type of types) {
    const value = siftOf(type)(input, path, odd)
    if (faultOf(type, value) === undefined) return value
    odd.length = mark
  }
  return input
}

const asItIs: Sift = (input) => input

const make = (ast: AST.AST): Sift => {
  switch (ast._tag) {
    case "TypeLiteral":
      return members(ast)
    case "TupleType": {
      const [rest, ...more] = ast.rest
      // Nothing is taken out of a tuple, where each place has its meaning.
      return rest === undefined || more.length > 0 || ast.elements.length > 0 ? asItIs : entries(rest.type)
    }
    case "Union":
      return oneOf(ast.types)
    case "Suspend":
      return siftOf(ast.f())
    case "Refinement":
    case "Transformation":
      return siftOf(ast.from)
    case "Declaration":
      return Option.match(AST.getAnnotation(ast, SiftId), {
        onNone: () => asItIs,
        onSome: (make) => isMakeSift(make) ? make(({ ast }) => siftOf(ast)) : asItIs
      })
    default:
      return asItIs
  }
}

const siftOf = (ast: AST.AST): Sift => {
  const check = checkOf(Schema.make<unknown, unknown>(ast))
  return (input, path, odd) => check(input) ? input : make(ast)(input, path, odd)
}

/**
 * Takes out of a body what can't be read, as little as the schema allows: an entry of a list, or a member that may be
 * absent or null. An entry whose type has null becomes null, so that those after it keep their places; any other is left
 * out. The schema is the only judge of what is odd: Spotify sends other oddities every year.
 */
export const sift = <A, I>(
  schema: Schema.Schema<A, I>,
  body: unknown
): { readonly body: unknown; readonly odd: ReadonlyArray<Odd> } => {
  const odd: Array<Odd> = []
  return { body: siftOf(schema.ast)(body, "", odd), odd }
}
