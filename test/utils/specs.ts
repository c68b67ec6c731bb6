/** Reads from an operation's declaration what the contract says of its parameters. */
import { Option, Schema, SchemaAST as AST } from "effect"
import type { Endpoint } from "effect-spotify"
import type { Parameter, Parameters } from "./contract.js"

type Limits = { -readonly [K in keyof Parameter]?: Parameter[K] }

const known = Schema.decodeUnknownOption(Schema.Struct({
  type: Schema.optional(Schema.String),
  minimum: Schema.optional(Schema.Number),
  maximum: Schema.optional(Schema.Number),
  minItems: Schema.optional(Schema.Number),
  maxItems: Schema.optional(Schema.Number)
}))

const read = (ast: AST.AST, into: Limits): void => {
  const { maxItems, maximum, minItems, minimum, type } = Option.getOrElse(
    Option.flatMap(AST.getJSONSchemaAnnotation(ast), known),
    (): Schema.Schema.Type<typeof Schema.Object> & Record<string, undefined> => ({})
  )
  if (type === "integer") into.type = "integer"
  if (minimum !== undefined) into.min = minimum
  if (maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER) into.max = maximum
  if (minItems !== undefined) into.minItems = minItems
  if (maxItems !== undefined) into.maxItems = maxItems
  switch (ast._tag) {
    case "Refinement":
      return read(ast.from, into)
    case "Transformation":
      return read(ast.to, into)
    case "TupleType":
      // The entries of a list of words, whose values are those of the parameter.
      ast.rest.filter((rest) => AST.isLiteral(rest.type) || isWords(rest.type)).forEach((rest) => read(rest.type, into))
      return
    case "Literal":
      if (typeof ast.literal === "string") into.values = [...into.values ?? [], ast.literal]
      return
    case "Union":
      if (isWords(ast)) ast.types.forEach((type) => read(type, into))
  }
}

const isWords = (ast: AST.AST): boolean => AST.isUnion(ast) && ast.types.every(AST.isLiteral)

const typeOf = (encoded: AST.AST): Parameter["type"] => {
  switch (encoded._tag) {
    case "NumberKeyword":
      return "number"
    case "BooleanKeyword":
      return "boolean"
    case "TupleType":
      return "array"
    case "TypeLiteral":
      return "object"
    case "Union": {
      const [type = "string", ...others] = new Set(encoded.types.map(typeOf))
      if (others.length > 0) throw new Error(`a parameter of several types: ${encoded.toString()}`)
      return type
    }
    default:
      return "string"
  }
}

const withoutUndefined = (ast: AST.AST): AST.AST =>
  AST.isUnion(ast) ? AST.Union.make(ast.types.filter((type) => !AST.isUndefinedKeyword(type))) : ast

export const parametersOf = (fields: Endpoint.Fields): Parameters => {
  const schema = Schema.Struct(fields)
  const signatures = AST.getPropertySignatures(schema.ast)
  const encoded = AST.getPropertySignatures(Schema.encodedSchema(schema).ast)
  return Object.fromEntries(signatures.map((signature, index) => {
    const limits: Limits = {}
    read(withoutUndefined(signature.type), limits)
    const type = typeOf(withoutUndefined(encoded[index]?.type ?? signature.type))
    return [
      String(signature.name),
      { ...limits, type: limits.type ?? type, ...(signature.isOptional ? {} : { required: true }) }
    ]
  }))
}
