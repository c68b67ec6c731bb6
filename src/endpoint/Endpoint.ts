/**
 * Declares an operation once: the function that users call, and a `spec` that everything else reads.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type { Simplify } from "effect/Types"
import { onResponse } from "../client/fiberRefs.js"
import { type Request, type Response, SpotifyClient } from "../client/SpotifyClient.js"
import { attempt, readOptions } from "../core/input.js"
import type { Scope } from "../core/Scope.js"
import { useSpan } from "../core/span.js"
import type { DecodeError, SpotifyError } from "../core/SpotifyError.js"
import { capOf } from "./bounds.js"
import { type Codec, commandCodec, jsonCodec, optionCodec, writeCodec } from "./codec.js"
import type { CursorPage, Page } from "./Page.js"
import { requestsOf } from "./request.js"
import type { Deprecated, Fields, IdKind, Refusal, Spec } from "./spec.js"

export type { Deprecated, Fields, IdKind, Refusal, Spec } from "./spec.js"

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
  const requestOf = requestsOf<OptionsOf<Q, B>>(spec, { check, idempotent, upload })
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
