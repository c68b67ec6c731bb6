/**
 * Validation compiled from a schema's AST: whether a body is already what decoding would make of it, in less time than the
 * decoder needs. It says yes or no; what is wrong is left to the decoder.
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

type Check = (input: unknown) => boolean

/** On a declaration: how to check what it stands for, since its own functions can only decode. */
const CheckId: unique symbol = Symbol.for("effect-spotify/Check")

/** Makes the check of a declaration with those of the schemas that it is made of. */
type MakeCheck = (checkOf: (schema: Schema.Schema.AnyNoContext) => Check) => Check

/** The annotation that gives a declaration its check. */
export const checked = (make: MakeCheck): { readonly [CheckId]: MakeCheck } => ({ [CheckId]: make })

const isMakeCheck = (input: unknown): input is MakeCheck => typeof input === "function"

const never: Check = () => false

const checks = new WeakMap<AST.AST, Check>()

const memoized = (ast: AST.AST): Check => {
  let check = checks.get(ast)
  if (check === undefined) {
    check = compile(ast)
    checks.set(ast, check)
  }
  return check
}

const property = ({ isOptional, name, type }: AST.PropertySignature) => {
  const check = memoized(type)
  return (input: { readonly [name: PropertyKey]: unknown }): boolean => {
    const value = input[name]
    return value === undefined && !Object.hasOwn(input, name) ? isOptional : check(value)
  }
}

const struct = ({ indexSignatures, propertySignatures }: AST.TypeLiteral): Check => {
  const [index, more] = indexSignatures
  // TypeScript's `{}` allows everything but null and undefined.
  if (more !== undefined || (index === undefined && propertySignatures.length === 0)) return never
  if (index !== undefined && !AST.isStringKeyword(index.parameter)) return never
  const properties = propertySignatures.map(property)
  const others = index === undefined ? undefined : memoized(index.type)
  return (input) => {
    if (!Predicate.isRecord(input)) return false
    for (const has of properties) {
      if (!has(input)) return false
    }
    return others === undefined || Object.values(input).every(others)
  }
}

const compile = (ast: AST.AST): Check => {
  switch (ast._tag) {
    case "StringKeyword":
      return Predicate.isString
    case "NumberKeyword":
      return Predicate.isNumber
    case "BooleanKeyword":
      return Predicate.isBoolean
    case "Literal":
      return (input) => input === ast.literal
    case "UnknownKeyword":
    case "AnyKeyword":
      return () => true
    case "Union": {
      const members = ast.types.map(memoized)
      return (input) => members.some((check) => check(input))
    }
    case "TupleType": {
      const [rest, ...more] = ast.rest
      if (rest === undefined || more.length > 0 || ast.elements.length > 0) return never
      const check = memoized(rest.type)
      return (input) => Array.isArray(input) && input.every(check)
    }
    case "TypeLiteral":
      return struct(ast)
    case "Suspend":
      return (input) => memoized(ast.f())(input)
    case "Declaration":
      return Option.match(AST.getAnnotation(ast, CheckId), {
        onNone: () => never,
        onSome: (make) => isMakeCheck(make) ? make(({ ast }) => memoized(ast)) : never
      })
    default:
      return never
  }
}

/**
 * Whether a body is already what the schema would make of it, but for members that the schema doesn't know. It is for
 * schemas that transform nothing: decoding builds each object anew, which costs more than all else in a call. What it
 * can't judge it refuses, and the schema's own decoder has the last word on that.
 */
export const checkOf = <A, I>(schema: Schema.Schema<A, I>): (input: unknown) => input is A => {
  const check = memoized(schema.ast)
  return (input): input is A => check(input)
}
