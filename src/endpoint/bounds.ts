/** The caps of a declaration, read from its schemas: each number is said once, where the parameter is declared. */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

const maximumOf = (ast: AST.AST): number | undefined => {
  const schema = Option.getOrUndefined(AST.getJSONSchemaAnnotation(ast))
  for (const name of ["maximum", "maxItems"]) {
    if (Predicate.hasProperty(schema, name) && Predicate.isNumber(schema[name])) return schema[name]
  }
  if (AST.isRefinement(ast)) return maximumOf(ast.from)
  if (AST.isTransformation(ast)) return maximumOf(ast.to)
  // An optional parameter: itself or undefined.
  return AST.isUnion(ast) ? ast.types.map(maximumOf).find(Predicate.isNotUndefined) : undefined
}

/**
 * The largest number, or the most entries, that a parameter allows. A declaration that doesn't say it is a mistake of
 * the program, and no call can mend it.
 */
export const capOf = (operation: string, fields: Schema.Struct.Fields, name: string): number => {
  const signature = AST.getPropertySignatures(Schema.Struct(fields).ast).find((signature) => signature.name === name)
  const cap = signature === undefined ? undefined : maximumOf(signature.type)
  if (cap === undefined) throw new Error(`${operation}: the schema of ${name} says no maximum, as Schema.between does`)
  return cap
}
