/** How a call's arguments become a request: checked and encoded by the schemas of the operation's parameters. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import type * as Tracer from "effect/Tracer"
import type { Request } from "../client/SpotifyClient.js"
import { encoder, illFormedAt, instead, readOptions, wellFormed } from "../core/input.js"
import { InvalidInput } from "../core/SpotifyError.js"
import * as SpotifyId from "../core/SpotifyId.js"
import type { IdKind, Refusal, Spec } from "./spec.js"

interface Sent {
  readonly [name: string]: unknown
}

// No slashes, and no "." or "..": a URL takes even an encoded ".." for a step up, to another path.
const category = /^(?!\.{1,2}$)[^\s\p{Cc}\p{Cs}/\\?#]+$/u

const idOf = (spec: Spec, kind: IdKind, input: unknown): Either.Either<string, InvalidInput> => {
  const text = typeof input === "string" ? input : ""
  const id = kind === "category" ? (category.test(text) ? text : undefined) : SpotifyId.idOrUndefined(kind, text)
  if (id !== undefined) return Either.right(encodeURIComponent(id))
  const expected = kind === "category" ? "a category's id" : SpotifyId.expected(kind)
  return Either.left(InvalidInput.of(spec.operation, "id", instead(expected, input)))
}

const developmentHint = (spec: Spec): string | undefined =>
  spec.quota === "extended"
    ? `apps in Development Mode have lost this operation${
      spec.deprecated === undefined ? "" : ` (${spec.deprecated.since})`
    }; ${spec.deprecated?.use === undefined ? "Spotify offers nothing in its place" : `use ${spec.deprecated.use}`}`
    : undefined

const queryOf = (spec: Spec, sent: { readonly [name: string]: unknown }): string => {
  let query = ""
  for (const name in spec.query) {
    const value = sent[name]
    if (value === undefined) continue
    const text = typeof value === "string" ? value : JSON.stringify(value)
    query += `${query === "" ? "?" : "&"}${encodeURIComponent(name)}=${encodeURIComponent(text)}`
  }
  return query
}

/** What a declaration has for its requests beside the `spec`; `Options` are the parameters before they are encoded. */
export interface Rules<in Options> {
  readonly check: ((options: Options) => Refusal | undefined) | undefined
  readonly idempotent: boolean | ((sent: Sent) => boolean)
  readonly upload: { readonly member: string; readonly contentType: string } | undefined
}

/** The options among the arguments of a call, with the client's market where they have none. */
const optionsReader = (
  spec: Spec,
  names: ReadonlyArray<string>,
  /** The names of what can't be left out, or all. */
  needed: () => ReadonlyArray<string>
) => {
  const place = spec.id === undefined ? 0 : 1
  const taken = names.length === 0 ? place : place + 1
  const takesMarket = "market" in spec.query
  return (
    args: ReadonlyArray<unknown>,
    market: string | undefined
  ): Either.Either<{ [name: string]: unknown }, InvalidInput> => {
    // Further arguments are let pass, since `Array.map` and the like give an index and the list. An object among them
    // is refused: those are options that would be ignored.
    if (taken > 0 && args.slice(taken).some((more) => Predicate.isRecord(more) && !Predicate.isIterable(more))) {
      return Either.left(
        InvalidInput.of(spec.operation, "options", names.length === 0 ? "left out: there are none" : "one object")
      )
    }
    if (names.length === 0) return Either.right({})
    const read = readOptions(spec.operation, names, args[place], needed)
    if (takesMarket && market !== undefined && Either.isRight(read)) read.right.market ??= market
    return read
  }
}

const jsonOf = (names: ReadonlyArray<string>, sent: Sent): Request["body"] => {
  const body: Record<string, unknown> = {}
  for (const name of names) {
    if (sent[name] !== undefined) body[name] = sent[name]
  }
  return Object.keys(body).length === 0
    ? undefined
    : { contentType: "application/json", text: JSON.stringify(body) }
}

/** Gives the function that makes an operation's requests; everything that is the same for all of them is done here. */
export const requestsOf = <Options>(spec: Spec, { check, idempotent, upload }: Rules<Options>) => {
  const { operation } = spec
  const members = Object.keys(spec.body)
  const names = [...Object.keys(spec.query), ...members]
  const options = Schema.make<Options, Sent>(Schema.Struct({ ...spec.query, ...spec.body }).ast)
  const encode = encoder(
    operation,
    check === undefined ? options : options.pipe(Schema.filter((given) => {
      const refusal = check(given)
      return refusal === undefined ? true : { path: [refusal.field], message: refusal.expected }
    }))
  )
  const optionsOf = optionsReader(spec, names, () => {
    const required = AST.getPropertySignatures(options.ast).flatMap(({ isOptional, name }) =>
      isOptional ? [] : String(name)
    )
    return required.length === 0 ? names : required
  })
  const bodyOf = (sent: Sent): Request["body"] =>
    upload === undefined
      ? jsonOf(members, sent)
      : { contentType: upload.contentType, text: String(sent[upload.member]) }

  const [before = "", after = ""] = spec.path.split(/\{[^}]+\}/)
  const forbiddenHint = developmentHint(spec)
  const limitHint = spec.developmentLimit === undefined
    ? undefined
    : `Development Mode allows a limit of at most ${spec.developmentLimit}`

  return (
    args: ReadonlyArray<unknown>,
    market: string | undefined,
    span: Tracer.Span
  ): Either.Either<Request, InvalidInput> => {
    const id = spec.id === undefined ? Either.right("") : idOf(spec, spec.id, args[0])
    if (Either.isLeft(id)) return Either.left(id.left)
    return Either.flatMap(
      optionsOf(args, market),
      (options) =>
        Either.flatMap(encode(options), (sent): Either.Either<Request, InvalidInput> => {
          const illFormed = illFormedAt(sent)
          return illFormed !== undefined
            ? Either.left(InvalidInput.of(operation, illFormed, wellFormed))
            : Either.right({
              operation,
              method: spec.method,
              url: `${before}${id.right}${after}${queryOf(spec, sent)}`,
              body: bodyOf(sent),
              idempotent: typeof idempotent === "function" ? idempotent(sent) : idempotent,
              scopes: spec.scopes,
              forbiddenHint,
              limitHint: Number(sent.limit) > Number(spec.developmentLimit) ? limitHint : undefined,
              span
            })
        })
    )
  }
}
