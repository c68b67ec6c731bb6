/**
 * What an editor shows of the options of each operation: the comment of the parameter's declaration in src, and what its
 * schema allows. TypeScript drops such comments where it infers a type, so that they are written into the declarations of
 * dist. Fails where an option has none, in src or in dist.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import type { Spec } from "../src/endpoint/Endpoint.js"
import * as Endpoints from "../src/operations/Endpoints.js"

const root = fileURLToPath(new URL("..", import.meta.url))
const groups = [...new Set(Endpoints.all.map(({ operation }) => operation.split(".")[0] ?? ""))]

/** An option of an exported operation. */
interface Hover {
  readonly group: string
  readonly operation: string
  readonly option: string
  readonly comment: string
}

const isOptions = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  !type.isUnion() && !checker.isArrayLikeType(type) &&
  (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0 &&
  type.getCallSignatures().length === 0 && type.getProperty("~standard") === undefined &&
  type.getProperty("ast") === undefined

/** The types of the arguments, those of a rest one by one. */
const argumentsOf = (checker: ts.TypeChecker, signature: ts.Signature): ReadonlyArray<ts.Type> =>
  signature.parameters.flatMap((parameter) => {
    const type = checker.getTypeOfSymbol(parameter)
    return checker.isTupleType(type) ? checker.getTypeArguments(type as ts.TypeReference) : [type]
  }).flatMap((type) => {
    const given = checker.getNonNullableType(type)
    return given.isUnion() ? given.types : [given]
  })

/** The options of all operations of a folder, with what an editor says of them. */
const hoversOf = (folder: "src" | "dist"): ReadonlyArray<Hover> => {
  const extension = folder === "src" ? "ts" : "d.ts"
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const files = groups.map((group) => join(root, folder, "operations", `${group}.${extension}`))
  const program = ts.createProgram(files, options)
  const checker = program.getTypeChecker()
  return groups.flatMap((group, index) => {
    const file = program.getSourceFile(files[index] ?? "")
    const module = file && checker.getSymbolAtLocation(file)
    if (module === undefined) throw new Error(`${folder} has no ${group}: npm run build first`)
    return checker.getExportsOfModule(module).flatMap((symbol) => {
      const type = checker.getTypeOfSymbol(symbol)
      if (type.getProperty("spec") === undefined) return []
      return type.getCallSignatures().flatMap((signature) =>
        argumentsOf(checker, signature).filter((type) => isOptions(checker, type)).flatMap((type) =>
          checker.getPropertiesOfType(type).flatMap((option): ReadonlyArray<Hover> =>
            // Of a union: what isn't there beside another one.
            (checker.getTypeOfSymbol(option).flags & ts.TypeFlags.Undefined) !== 0 ? [] : [{
              group,
              operation: symbol.name,
              option: option.name,
              comment: ts.displayPartsToString(option.getDocumentationComment(checker)).trim()
            }]
          )
        )
      )
    })
  })
}

const allowedBy = ({ body, query }: Spec, option: string): string | undefined => {
  const signature = AST.getPropertySignatures(Schema.Struct({ ...query, ...body }).ast).find(({ name }) =>
    name === option
  )
  if (signature === undefined) return undefined
  const types = AST.isUnion(signature.type) ? [signature.type, ...signature.type.types] : [signature.type]
  return types.flatMap((type) => Option.toArray(AST.getDescriptionAnnotation(type)))[0]
}

// What the type says already.
const plain = ["a text", "a text that isn't empty", "true or false", "a number"]

/** The comment, and what is allowed as the schema says it. */
const textOf = (spec: Spec | undefined, { comment, option }: Hover): string => {
  const allowed = spec === undefined ? undefined : allowedBy(spec, option)
  const said = comment.replaceAll(/\s+/g, " ")
  return allowed === undefined || plain.includes(allowed) ? said : `${said} Takes ${allowed}.`
}

const specs = new Map<string, Spec>()
for (const group of groups) {
  const module: object = await import(`../src/operations/${group}.ts`)
  for (const [name, value] of Object.entries(module)) {
    if (typeof value === "function" && "spec" in value) specs.set(`${group}.${name}`, value.spec)
  }
}

const failOn = (folder: string, hovers: ReadonlyArray<Hover>): boolean => {
  const silent = hovers.filter(({ comment }) => comment === "")
  for (const { group, operation, option } of silent) {
    console.error(`${folder}: ${group}.${operation} says nothing of ${option}`)
  }
  return silent.length > 0
}

/** Writes the comments into the declarations of a group, each before its member and in its line, for the maps' sake. */
const write = (group: string, comments: ReadonlyMap<string, string>): void => {
  const path = join(root, "dist", "operations", `${group}.d.ts`)
  const text = readFileSync(path, "utf8")
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const places: Array<readonly [place: number, comment: string]> = []
  const visit = (operation: string) => (node: ts.Node): void => {
    if (ts.isPropertySignature(node) && ts.getJSDocCommentsAndTags(node).length === 0) {
      const comment = comments.get(`${operation}.${node.name.getText(source)}`)
      // Only an option, and no member of one.
      if (comment !== undefined) places.push([node.getStart(source), `/** ${comment.replaceAll("*/", "*\\/")} */ `])
      return
    }
    ts.forEachChild(node, visit(operation))
  }
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue
    for (const declaration of statement.declarationList.declarations) {
      visit(declaration.name.getText(source))(declaration)
    }
  }
  const written = places.reduceRight(
    (text, [place, comment]) => text.slice(0, place) + comment + text.slice(place),
    text
  )
  writeFileSync(path, written)
}

const hovers = hoversOf("src")
if (process.argv.includes("--list")) {
  for (const hover of hovers) {
    console.log(
      `${hover.group}.${hover.operation} ${hover.option}: ${
        textOf(specs.get(`${hover.group}.${hover.operation}`), hover)
      }`
    )
  }
}
if (failOn("src", hovers)) process.exitCode = 1
else if (!process.argv.includes("--list")) {
  for (const group of groups) {
    write(
      group,
      new Map(
        hovers.filter((hover) => hover.group === group).map((hover) => [
          `${hover.operation}.${hover.option}`,
          textOf(specs.get(`${group}.${hover.operation}`), hover)
        ])
      )
    )
  }
  const written = hoversOf("dist")
  if (failOn("dist", written)) process.exitCode = 1
  else console.log(`${written.length} options of ${specs.size} operations say in an editor what they take`)
}
