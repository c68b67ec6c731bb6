/**
 * Declares an operation once: the function that users call, and a `spec` that everything else reads.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import type * as Tracer from "effect/Tracer"
import type { Simplify } from "effect/Types"
import { onResponse } from "../client/fiberRefs.js"
import { type Request, type Response, SpotifyClient, type Unreadable } from "../client/SpotifyClient.js"
import { expectedOf, report } from "../client/unreadable.js"
import { attempt, encoder, firstIssue, illFormedAt, instead, readOptions, wellFormed } from "../core/input.js"
import type { Scope } from "../core/Scope.js"
import { useSpan } from "../core/span.js"
import { DecodeError, InvalidInput, type SpotifyError } from "../core/SpotifyError.js"
import * as SpotifyId from "../core/SpotifyId.js"
import { excerpt, pathOf } from "../core/text.js"
import { capOf } from "./bounds.js"
import { checkOf } from "./compiledCheck.js"
import { type Odd, sift } from "./lenientDecoding.js"
import type { CursorPage, Page } from "./Page.js"

/**
 * What the id in a path names; a category has no URI.
 *
 * @since 0.1.0
 * @category models
 */
export type IdKind = SpotifyId.Kind | "category"

/**
 * Query and body parameters by Spotify's names; each schema's encoded side is what is sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fields extends Schema.Struct.Fields {}

/**
 * Since when an operation is deprecated, and what to use instead, where Spotify offers something.
 *
 * @since 0.1.0
 * @category models
 */
export interface Deprecated {
  readonly since: string
  readonly use?: string
}

/**
 * What is known of an operation.
 *
 * @since 0.1.0
 * @category models
 */
export interface Spec {
  /** Our name, for example `Albums.get`. */
  readonly operation: string
  /** Spotify's name, which is also that of its reference page. */
  readonly operationId: string
  readonly method: Request["method"]
  /** The path with its placeholder. */
  readonly path: string
  readonly id: IdKind | undefined
  readonly query: Fields
  readonly body: Fields
  /** The scopes that it can need; which ones a call needs may depend on what it touches. */
  readonly scopes: ReadonlyArray<Scope>
  /** `extended` where Development Mode has lost the operation. */
  readonly quota: "any" | "extended"
  /** The largest `limit` for apps in Development Mode, where that is less than for others. */
  readonly developmentLimit: number | undefined
  /** Whether a request may be sent again when nobody knows what came of it; `depends` where the arguments decide. */
  readonly idempotent: boolean | "depends"
  readonly deprecated: Deprecated | undefined
  /** The schema of the answer; none for a command, whose answer's body says nothing. */
  readonly success: Schema.Schema.AnyNoContext | undefined
  /** Spotify's reference page. */
  readonly reference: string
}

/**
 * An operation: call it, or read its `spec`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Endpoint<in Args extends ReadonlyArray<unknown>, out A> {
  (...args: Args): Effect.Effect<A, SpotifyError, SpotifyClient>
  readonly spec: Spec
}

/**
 * An operation that answers with one page of a list.
 *
 * @since 0.1.0
 * @category models
 */
export interface Paged<in Args extends ReadonlyArray<unknown>, in out A, out Item> extends Endpoint<Args, A> {
  readonly page: OffsetPaging<A, Item> | CursorPaging<A, Item>
}

/**
 * Pages by `offset` and `limit`; `maxLimit` is the largest page that Spotify gives.
 *
 * @since 0.1.0
 * @category models
 */
export interface OffsetPaging<in A, out Item> {
  readonly _tag: "Offset"
  readonly maxLimit: number
  readonly select: (answer: A) => Page<Item>
  /** Whether the same entry may stand in the list more than once, as in a playlist. */
  readonly repeats?: boolean | undefined
  /** Where Spotify ends to show a list that may be longer. */
  readonly reach?: number | undefined
}

/**
 * What paging is to know of a list by offset.
 *
 * @since 0.2.0
 * @category paging
 */
export interface PagedOptions {
  /** Whether the same entry may stand in the list more than once, as in a playlist; otherwise a page twice is an error. */
  readonly repeats?: boolean | undefined
  /** The end of what Spotify shows of a list that may be longer: no page is asked for beyond it. */
  readonly reach?: number | undefined
}

/**
 * Pages by cursor.
 *
 * @since 0.1.0
 * @category models
 */
export interface CursorPaging<in A, out Item> {
  readonly _tag: "Cursor"
  readonly maxLimit: number
  readonly select: (answer: A) => CursorPage<Item>
}

type OptionalField = { readonly _TypeToken: "?:" }

// Over the keys of the fields, unlike `Schema.Struct.Type`, so that an editor shows a field's comment at the option.
type TypeOf<F extends Fields> =
  & { readonly [K in keyof F as F[K] extends OptionalField ? never : K]: Schema.Schema.Type<F[K]> }
  & { readonly [K in keyof F as F[K] extends OptionalField ? K : never]?: Schema.Schema.Type<F[K]> }

type OptionsOf<Q extends Fields, B extends Fields> = Simplify<TypeOf<Q> & TypeOf<B>>

type OptionsArgument<O> = [keyof O] extends [never] ? [] : {} extends O ? [options?: O] : [options: O]

/**
 * The arguments of an operation: the id when the path has one, then the options.
 *
 * @since 0.1.0
 * @category models
 */
export type Arguments<Id, Q extends Fields, B extends Fields> = Id extends string
  ? [id: string, ...OptionsArgument<OptionsOf<Q, B>>]
  : OptionsArgument<OptionsOf<Q, B>>

/**
 * The declaration of an operation.
 *
 * @since 0.1.0
 * @category models
 */
export interface Declaration<Id extends IdKind | undefined, Q extends Fields, B extends Fields> {
  readonly operationId: string
  readonly method: Request["method"]
  readonly path: `/${string}`
  readonly id?: Id
  readonly query?: Q
  /** Sent as JSON. */
  readonly body?: B
  /** Sends this member of `body` alone, as it is. */
  readonly upload?: { readonly member: string & keyof B; readonly contentType: string }
  readonly scopes?: ReadonlyArray<Scope>
  readonly quota?: "extended"
  readonly developmentLimit?: number
  /** What the schemas of single parameters can't say: gives the name of the wrong one and what is allowed. */
  readonly check?: (options: OptionsOf<Q, B>) => Refusal | undefined
  /** By default everything but a POST; where it depends on the arguments, `sent` has them as they are sent. */
  readonly idempotent?: boolean | ((sent: { readonly [name: string]: unknown }) => boolean)
  readonly deprecated?: Deprecated
}

/**
 * Which parameter is wrong, and what is allowed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Refusal {
  readonly field: string
  readonly expected: string
}

interface Codec<A> {
  readonly read: (
    spec: Spec,
    response: Response,
    request: Request,
    client: SpotifyClient.Service
  ) => Effect.Effect<A, DecodeError>
}

const decodeError = (
  spec: Spec,
  request: Request,
  response: Response,
  issuePath: string,
  issue: string
): DecodeError => {
  // The decoder's message quotes the value, which may be the whole body: shortened, and without secrets.
  const expected = excerpt(issue, response.redact)
  return new DecodeError({
    operation: spec.operation,
    method: spec.method,
    path: pathOf(request.url),
    status: response.status,
    issuePath,
    expected,
    detail: excerpt(response.text, response.redact),
    message: `${spec.operation}: ${
      spec.method === "GET" ? "" : `it is done (${response.status}), and `
    }the answer can't be read${issuePath === "" ? "" : ` at ${issuePath}`}: ${expected}`
  })
}

const unreadable = (spec: Spec, request: Request, response: Response, odd: ReadonlyArray<Odd>) => {
  const offset = Number(/[?&]offset=(\d+)/.exec(request.url)?.[1] ?? 0)
  return odd.map(({ expected, missing, path }): Unreadable => {
    const place = /(?:^|\.)(\d+)(?:\.|$)/.exec(missing)?.[1]
    return {
      operation: spec.operation,
      index: place === undefined ? undefined : offset + Number(place),
      missing,
      path,
      expected: excerpt(expected, response.redact)
    }
  })
}

const jsonCodec = <A, I>(success: Schema.Schema<A, I>): Codec<A> => {
  const decode = ParseResult.decodeUnknownEither(success)
  const check: (input: unknown) => input is A = checkOf(success)
  return {
    read: (spec, response, request, client) => {
      const json = Either.try((): unknown => JSON.parse(response.text))
      if (Either.isLeft(json)) {
        return Either.left(decodeError(spec, request, response, "", expectedOf(response.text)))
      }
      if (check(json.right)) return Either.right(json.right)
      const fail = (issue: ParseResult.ParseIssue) => {
        const { message, path } = firstIssue(issue)
        return Either.left(decodeError(spec, request, response, path, message))
      }
      const decoded = decode(json.right)
      if (Either.isRight(decoded)) return Either.right(decoded.right)
      if (client.unreadable === "fail") return fail(decoded.left)
      const { body, odd } = sift(success, json.right)
      const rest = check(body) ? Either.right(body) : decode(body)
      return Either.isLeft(rest)
        ? fail(rest.left)
        : Effect.as(report(client, unreadable(spec, request, response, odd)), rest.right)
    }
  }
}

const writeCodec = <A, I>(
  success: Schema.Schema<A, I>,
  salvage: (body: string, response: Response, request: Request) => Option.Option<A>
): Codec<A> => {
  const codec = jsonCodec(success)
  return {
    read: (spec, response, request, client) =>
      Effect.matchEffect(codec.read(spec, response, request, { ...client, unreadable: "skip" }), {
        onFailure: (error) =>
          Option.match(salvage(response.text, response, request), {
            onNone: () => Effect.fail(error),
            onSome: Effect.succeed
          }),
        // A body that decodes may still lack the id or version by which the caller knows the result.
        onSuccess: (value) =>
          Effect.succeed(Option.getOrElse(salvage(JSON.stringify(value), response, request), () => value))
      })
  }
}

const commandCodec: Codec<void> = { read: () => Effect.void }

const optionCodec = <A, I>(success: Schema.Schema<A, I>): Codec<Option.Option<A>> => {
  const codec = jsonCodec(success)
  return {
    read: (spec, response, request, client) =>
      response.status === 204 || response.text.trim() === ""
        ? Either.right(Option.none())
        : Effect.map(codec.read(spec, response, request, client), Option.some)
  }
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

const declare = <Id extends IdKind | undefined, Q extends Fields, B extends Fields>(
  operation: string,
  declaration: Declaration<Id, Q, B>,
  success: Schema.Schema.AnyNoContext | undefined
): <A>(codec: Codec<A>) => Endpoint<Arguments<Id, Q, B>, A> => {
  const { check, idempotent = declaration.method !== "POST", upload } = declaration
  const spec: Spec = {
    operation,
    operationId: declaration.operationId,
    method: declaration.method,
    path: declaration.path,
    id: declaration.id,
    query: declaration.query ?? {},
    body: declaration.body ?? {},
    scopes: declaration.scopes ?? [],
    quota: declaration.quota ?? "any",
    developmentLimit: declaration.developmentLimit,
    idempotent: typeof idempotent === "function" ? "depends" : idempotent,
    deprecated: declaration.deprecated,
    success,
    reference: `https://developer.spotify.com/documentation/web-api/reference/${declaration.operationId}`
  }
  const forbiddenHint = developmentHint(spec)
  const [before = "", after = ""] = spec.path.split(/\{[^}]+\}/)
  const takesMarket = "market" in spec.query
  const members = Object.keys(spec.body)
  const names = [...Object.keys(spec.query), ...members]
  const place = spec.id === undefined ? 0 : 1
  const limitHint = spec.developmentLimit === undefined
    ? undefined
    : `Development Mode allows a limit of at most ${spec.developmentLimit}`
  const options = Schema.make<OptionsOf<Q, B>, { readonly [name: string]: unknown }>(
    Schema.Struct({ ...spec.query, ...spec.body }).ast
  )
  const encode = encoder(
    operation,
    check === undefined ? options : options.pipe(Schema.filter((given) => {
      const refusal = check(given)
      return refusal === undefined ? true : { path: [refusal.field], message: refusal.expected }
    }))
  )

  const bodyOf = (sent: { readonly [name: string]: unknown }): Request["body"] => {
    if (upload !== undefined) return { contentType: upload.contentType, text: String(sent[upload.member]) }
    const body: Record<string, unknown> = {}
    for (const name of members) {
      if (sent[name] !== undefined) body[name] = sent[name]
    }
    return Object.keys(body).length === 0
      ? undefined
      : { contentType: "application/json", text: JSON.stringify(body) }
  }

  /** The names of what can't be left out, or all. */
  const needed = (): ReadonlyArray<string> => {
    const required = AST.getPropertySignatures(options.ast).flatMap(({ isOptional, name }) =>
      isOptional ? [] : String(name)
    )
    return required.length === 0 ? names : required
  }

  const optionsOf = (
    args: ReadonlyArray<unknown>,
    market: string | undefined
  ): Either.Either<{ [name: string]: unknown }, InvalidInput> => {
    const taken = names.length === 0 ? place : place + 1
    // Further arguments are let pass, since `Array.map` and the like give an index and the list. An object among them
    // is refused: those are options that would be ignored.
    if (taken > 0 && args.slice(taken).some((more) => Predicate.isRecord(more) && !Predicate.isIterable(more))) {
      return Either.left(
        InvalidInput.of(operation, "options", names.length === 0 ? "left out: there are none" : "one object")
      )
    }
    if (names.length === 0) return Either.right({})
    const read = readOptions(operation, names, args[place], needed)
    if (takesMarket && market !== undefined && Either.isRight(read)) read.right.market ??= market
    return read
  }

  const requestOf = (
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

  const spanAttributes = { "http.request.method": spec.method, "url.template": spec.path }

  return <A>({ read }: Codec<A>) => {
    const received = (
      client: SpotifyClient.Service,
      request: Request,
      response: Response
    ): Effect.Effect<A, DecodeError> =>
      Effect.withFiberRuntime((fiber) => {
        fiber.getFiberRef(onResponse)?.({
          operation,
          method: request.method,
          url: response.url,
          status: response.status,
          headers: response.headers
        })
        const result = read(spec, response, request, client)
        const { forget } = response
        return forget === undefined ? result : Effect.tapError(result, () => forget)
      })

    const call = (...args: Arguments<Id, Q, B>): Effect.Effect<A, SpotifyError, SpotifyClient> =>
      Effect.flatMap(SpotifyClient, (client) =>
        useSpan(operation, spanAttributes, (span) => {
          const request = attempt(operation, () => requestOf(args, client.market, span))
          return Either.isLeft(request)
            ? Effect.fail(request.left)
            : Effect.flatMap(client.execute(request.right), (response) => received(client, request.right, response))
        }))

    return Object.assign(call, { spec })
  }
}

/**
 * Declares an operation that answers with a body. A body that is already what `success` would make of it is given as it
 * came, with the members that the schema doesn't know; any other is decoded. An entry of a list that can't be read is left
 * out, or null where the schema has null for it, and so is a member that may be absent or null: see
 * `SpotifyClient.Unreadable`.
 *
 * @example
 * ```ts
 * import { Schema } from "effect"
 * import { Endpoint } from "effect-spotify"
 *
 * const get = Endpoint.make("Albums.get", {
 *   operationId: "get-an-album",
 *   method: "GET",
 *   path: "/albums/{id}",
 *   id: "album",
 *   query: { market: Schema.optional(Schema.String) },
 *   success: Schema.Struct({ name: Schema.String })
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <
  A,
  I,
  Id extends IdKind | undefined = undefined,
  Q extends Fields = {},
  B extends Fields = {}
>(
  operation: string,
  declaration: Declaration<Id, Q, B> & { readonly success: Schema.Schema<A, I> }
): Endpoint<Arguments<Id, Q, B>, A> =>
  declare(operation, declaration, declaration.success)(jsonCodec(declaration.success))

/**
 * Declares an operation that may answer with nothing (204).
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeOption = <
  A,
  I,
  Id extends IdKind | undefined = undefined,
  Q extends Fields = {},
  B extends Fields = {}
>(
  operation: string,
  declaration: Declaration<Id, Q, B> & { readonly success: Schema.Schema<A, I> }
): Endpoint<Arguments<Id, Q, B>, Option.Option<A>> =>
  declare(operation, declaration, declaration.success)(optionCodec(declaration.success))

/**
 * Declares a write that answers with a body. What was answered with a success has happened, whatever the body is:
 * `salvage` reads it, or gives what is left of it. Where that is none, the write ends as one of `make` does.
 *
 * @since 0.2.0
 * @category constructors
 */
export const makeWrite = <
  A,
  I,
  Id extends IdKind | undefined = undefined,
  Q extends Fields = {},
  B extends Fields = {}
>(
  operation: string,
  declaration: Declaration<Id, Q, B> & {
    readonly success: Schema.Schema<A, I>
    readonly salvage: (body: string, response: Response, request: Request) => Option.Option<A>
  }
): Endpoint<Arguments<Id, Q, B>, A> =>
  declare(operation, declaration, declaration.success)(writeCodec(declaration.success, declaration.salvage))

/**
 * Declares a command: whatever body its success has is ignored, since the player's commands answer with an opaque text.
 *
 * @since 0.1.0
 * @category constructors
 */
export const command = <
  Id extends IdKind | undefined = undefined,
  Q extends Fields = {},
  B extends Fields = {}
>(
  operation: string,
  declaration: Declaration<Id, Q, B>
): Endpoint<Arguments<Id, Q, B>, void> => declare(operation, declaration, undefined)(commandCodec)

/**
 * An operation whose answer depends on what was asked for: gives an endpoint for the schema of an answer.
 *
 * @since 0.1.0
 * @category models
 */
export interface Generic<in Args extends ReadonlyArray<unknown>> {
  <A, I>(success: Schema.Schema<A, I>): Endpoint<Args, A>
  readonly spec: Spec
}

/**
 * Declares an operation whose answer depends on what was asked for; `success` is the schema of the whole answer.
 *
 * @since 0.1.0
 * @category constructors
 */
export const generic = <
  Id extends IdKind | undefined = undefined,
  Q extends Fields = {},
  B extends Fields = {}
>(
  operation: string,
  declaration: Declaration<Id, Q, B> & { readonly success: Schema.Schema.AnyNoContext }
): Generic<Arguments<Id, Q, B>> => {
  const of = declare(operation, declaration, declaration.success)
  return Object.assign(
    <A, I>(success: Schema.Schema<A, I>): Endpoint<Arguments<Id, Q, B>, A> => of(jsonCodec(success)),
    { spec: of(commandCodec).spec }
  )
}

/**
 * The same operation under other arguments: its options are made of others, which have the given names.
 *
 * @since 0.1.0
 * @category combinators
 */
export const mapInput = <Given extends ReadonlyArray<unknown>, Args extends ReadonlyArray<unknown>, A>(
  endpoint: Endpoint<Args, A>,
  f: (...args: Given) => Args,
  names: ReadonlyArray<string>
): Endpoint<Given, A> => {
  const { id, operation } = endpoint.spec
  const read = (args: Given) =>
    Either.map(readOptions(operation, names, args[id === undefined ? 0 : 1]), () => f(...args))
  return Object.assign(
    (...args: Given) => Effect.flatMap(attempt(operation, () => read(args)), (args) => endpoint(...args)),
    { spec: endpoint.spec }
  )
}

const maxLimitOf = ({ spec }: { readonly spec: Spec }): number => capOf(spec.operation, spec.query, "limit")

/** A new function: the operation that was given stays as it is. */
const withPage = <Args extends ReadonlyArray<unknown>, A, Item>(
  endpoint: Endpoint<Args, A>,
  page: Paged<Args, A, Item>["page"]
): Paged<Args, A, Item> => Object.assign((...args: Args) => endpoint(...args), { spec: endpoint.spec, page })

/**
 * Says that an operation's answer holds a page by offset. The largest page is what the schema of its `limit` allows
 * (`Schema.between`).
 *
 * @since 0.1.0
 * @category paging
 */
export const offsetPagedAt = <Args extends ReadonlyArray<unknown>, A, Item>(
  endpoint: Endpoint<Args, A>,
  select: (answer: A) => Page<Item>,
  options: PagedOptions = {}
): Paged<Args, A, Item> => withPage(endpoint, { _tag: "Offset", maxLimit: maxLimitOf(endpoint), select, ...options })

/**
 * Says that an operation's answer is a page by offset. The largest page is what the schema of its `limit` allows
 * (`Schema.between`).
 *
 * @since 0.1.0
 * @category paging
 */
export const offsetPaged = <Args extends ReadonlyArray<unknown>, Item>(
  endpoint: Endpoint<Args, Page<Item>>,
  options: PagedOptions = {}
): Paged<Args, Page<Item>, Item> => offsetPagedAt(endpoint, (page) => page, options)

/**
 * Says that an operation's answer holds a page by cursor. The largest page is what the schema of its `limit` allows
 * (`Schema.between`).
 *
 * @since 0.1.0
 * @category paging
 */
export const cursorPagedAt = <Args extends ReadonlyArray<unknown>, A, Item>(
  endpoint: Endpoint<Args, A>,
  select: (answer: A) => CursorPage<Item>
): Paged<Args, A, Item> => withPage(endpoint, { _tag: "Cursor", maxLimit: maxLimitOf(endpoint), select })
