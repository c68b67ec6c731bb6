/** `effect-spotify call`: any operation by its declaration, from which its options and its help are made. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Arr from "effect/Array"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import type * as Stream from "effect/Stream"
import type { SpotifyClient } from "../client/SpotifyClient.js"
import { nearest } from "../core/input.js"
import type { SpotifyError } from "../core/SpotifyError.js"
import * as SpotifyId from "../core/SpotifyId.js"
import type { Spec } from "../endpoint/Endpoint.js"
import * as Paging from "../endpoint/Paging.js"
import * as Endpoints from "../operations/Endpoints.js"
import { allOption, arrayOption, printItems } from "./api.js"
import { readNamed } from "./input.js"
import * as output from "./output.js"
import { type CantDo, WrongCall } from "./problems.js"
import { asApp, flags, layer, settings } from "./settings.js"

const groups: { readonly [group: string]: object } = Endpoints.groups

/** What a text of the command line is to be, by the operation's own schema, which says itself what is wrong with it. */
interface Parameter {
  readonly name: string
  readonly expected: string
  readonly isRequired: boolean
  readonly isList: boolean
  readonly read: (given: ReadonlyArray<string>) => Effect.Effect<unknown, CantDo, FileSystem.FileSystem>
}

const described = (ast: AST.AST): string => {
  const own = Option.getOrUndefined(AST.getDescriptionAnnotation(ast))
  if (own !== undefined) return own
  if (AST.isUnion(ast)) {
    return Arr.findFirst(ast.types, (type) => !AST.isUndefinedKeyword(type)).pipe(
      Option.map(described),
      Option.getOrElse(() => "")
    )
  }
  return AST.isRefinement(ast) ? described(ast.from) : ""
}

const partsOf = (ast: AST.AST): ReadonlyArray<AST.AST> =>
  AST.isUnion(ast) ? ast.types.flatMap(partsOf) : AST.isRefinement(ast) ? partsOf(ast.from) : [ast]

const isText = (ast: AST.AST): boolean => AST.isStringKeyword(ast) || AST.isLiteral(ast)

/** A list of texts, each of which may be an argument of its own; a list of objects is JSON. */
const isTexts = (ast: AST.AST): boolean =>
  AST.isTupleType(ast) && ast.rest.every(({ type }) => partsOf(type).every(isText))

// What is none of it goes on as the text that it is, and the schema refuses it in its own words.
const orText = (text: string, parse: () => unknown): Effect.Effect<unknown> =>
  Effect.orElseSucceed(Effect.try(parse), () => text)

const readOne = (
  parts: ReadonlyArray<AST.AST>,
  text: string
): Effect.Effect<unknown, CantDo, FileSystem.FileSystem> => {
  // Bytes are in a file.
  if (parts.some(AST.isDeclaration) && text.startsWith("@")) return readNamed(text)
  if (parts.some(isText)) return Effect.succeed(text)
  // Numbers, true and false, lists of objects.
  return orText(text, () => JSON.parse(text))
}

const parametersOf = (spec: Spec): ReadonlyArray<Parameter> =>
  AST.getPropertySignatures(Schema.Struct({ ...spec.query, ...spec.body }).ast).map((signature) => {
    const parts = partsOf(AST.typeAST(signature.type)).filter((part) => !AST.isUndefinedKeyword(part))
    const isList = parts.some(isTexts)
    return {
      name: String(signature.name),
      expected: described(signature.type),
      isRequired: !signature.isOptional,
      isList,
      read: (given) =>
        isList
          ? Effect.succeed(
            given.flatMap((text) => text.split(",")).map((text) => text.trim()).filter((text) => text !== "")
          )
          : readOne(parts, given.at(-1) ?? "")
    }
  })

interface Operation {
  (...args: ReadonlyArray<unknown>): Effect.Effect<unknown, SpotifyError, SpotifyClient>
}

interface Found {
  readonly spec: Spec
  readonly call: Operation
  /** The same, read to the end of the list, where it is one. */
  readonly stream:
    | ((...args: ReadonlyArray<unknown>) => Stream.Stream<unknown, Paging.PageError, SpotifyClient>)
    | undefined
}

/** The names of all operations. */
export const names: ReadonlyArray<string> = Endpoints.all.map(({ operation }) => operation)

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/g, "")

/** The operation of a name, or which one was probably meant. */
export const find = (name: string): Effect.Effect<Found, WrongCall> => {
  const spec = Endpoints.all.find(({ operation }) => operation === name) ??
    Endpoints.all.find(({ operation }) => plain(operation) === plain(name))
  if (spec === undefined) {
    // The group may be forgotten.
    const meant = nearest(name, names) ??
      names.find((operation) => plain(operation.slice(operation.indexOf(".") + 1)) === plain(name))
    return new WrongCall({
      message: `There is no operation ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}` +
        `${meant === undefined ? ":" : ""} effect-spotify call --help lists all ${names.length}`
    })
  }
  const [group = "", member = ""] = spec.operation.split(".")
  const operation: unknown = Reflect.get(groups[group] ?? {}, member)
  if (!Predicate.isFunction(operation)) return Effect.dieMessage(`${spec.operation} is nowhere`)
  return Effect.succeed({
    spec,
    // What is given is checked by the operation itself, against its declaration.
    call: (...args) => Reflect.apply(operation, undefined, args),
    stream: Predicate.hasProperty(operation, "page")
      ? (...args) => Reflect.apply(Paging.stream, undefined, [operation, ...args])
      : undefined
  })
}

const helpOf = ({ deprecated, developmentLimit, method, path, quota, reference, scopes }: Spec, isList: boolean) =>
  HelpDoc.blocks([
    `${method} ${path}`,
    `Scopes: ${scopes.length === 0 ? "none" : scopes.join(", ")}`,
    ...deprecated === undefined
      ? []
      : [`Deprecated since ${deprecated.since}${deprecated.use === undefined ? "" : `: use ${deprecated.use}`}`],
    ...quota === "extended" ? ["Apps in Development Mode don't have it"] : [],
    ...developmentLimit === undefined ? [] : [`Development Mode allows a limit of at most ${developmentLimit}`],
    ...isList ? ["Answers with a page of a list; --all reads it to its end"] : [],
    reference
  ].map((line) => HelpDoc.p(line)))

/** The command of one operation. */
export const commandOf = ({ call, spec, stream }: Found) => {
  const parameters = parametersOf(spec)
  const options = Object.fromEntries(parameters.map(({ expected, isList, isRequired, name }) => {
    const text = Options.text(name).pipe(Options.withDescription(expected))
    // A list may be given in one option, with commas, or in several.
    const given = isList
      ? isRequired ? Options.atLeast(text, 1) : Options.repeated(text)
      : isRequired
      ? Options.map(text, Arr.of)
      : Options.map(Options.optional(text), Arr.fromOption)
    return [name, Options.map(given, (texts): ReadonlyArray<string> => texts)]
  }))
  const id = spec.id === undefined
    ? Args.map(Args.none, () => Option.none<string>())
    : Args.map(
      Args.text({ name: "id" }).pipe(
        Args.withDescription(spec.id === "category" ? "a category's id" : SpotifyId.expected(spec.id))
      ),
      Option.some
    )
  const lists = stream === undefined
    ? { all: Options.map(Options.none, () => false), array: Options.map(Options.none, () => false) }
    : { all: allOption, array: arrayOption }
  return Command.make(`effect-spotify call ${spec.operation}`, {
    parameters: options,
    ...flags,
    app: asApp,
    ...lists,
    id
  }, ({ all, array, id, parameters: given, ...flags }) =>
    Effect.gen(function*() {
      const values: { [name: string]: unknown } = {}
      for (const { isRequired, name, read } of parameters) {
        const texts = given[name] ?? []
        if (texts.length > 0 || isRequired) values[name] = yield* read(texts)
      }
      const args = [...Option.toArray(id), ...parameters.length === 0 ? [] : [values]]
      const run = stream !== undefined && all
        ? printItems(stream(...args), array)
        : Effect.flatMap(call(...args), (answer) => {
          if (spec.success === undefined) return Console.error(`${spec.operation} is done`)
          return output.json(Option.isOption(answer) ? Option.getOrNull(answer) : answer)
        })
      yield* Effect.provide(run, layer(yield* settings(flags)))
    }).pipe(
      Effect.catchIf(
        (error) => error._tag === "InvalidInput" && error.operation === spec.operation,
        (error) =>
          new WrongCall({
            message: `${error.message.replace(/^\S+: /, "")}. effect-spotify call ${spec.operation} --help shows all`
          })
      )
    )).pipe(Command.withDescription(helpOf(spec, stream !== undefined)))
}

/** The words after the operation, with `-q` for `--q` and `--device_id` for `--device-id`, as the declaration has them. */
export const normalized = ({ spec }: Found, words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const known = new Set(Object.keys({ ...spec.query, ...spec.body }))
  return words.map((word) => {
    const [, name = "", rest = ""] = /^--([\w-]+)(=[^]*)?$/.exec(word) ?? []
    const own = name.replaceAll("-", "_")
    if (!known.has(own)) return word
    return `${own.length === 1 ? "-" : "--"}${own}${rest}`
  })
}

/** All operations, a line for each. */
export const list = (): string => {
  const width = Math.max(...names.map((name) => name.length))
  return Endpoints.all.map(({ deprecated, method, operation, path }) =>
    `  ${operation.padEnd(width)}  ${method.padEnd(6)} ${path}${deprecated === undefined ? "" : "  (deprecated)"}`
  ).join("\n")
}
