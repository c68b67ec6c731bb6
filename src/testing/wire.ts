/** From a request back to the operation and the arguments that it was made of. */
import * as Effect from "effect/Effect"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import type { Request } from "../client/SpotifyClient.js"
import type { Fields, Spec } from "../endpoint/Endpoint.js"
import * as Endpoints from "../operations/Endpoints.js"

interface Parts {
  readonly name: string
  readonly operations: ReadonlyArray<string>
}

const singleOf = ({ method, path }: Spec): Spec | undefined =>
  Endpoints.all.find((other) => other.method === method && other.path === `${path}/{id}`)

const compose = (): ReadonlyMap<unknown, Parts> => {
  const found = new Map<unknown, Parts>()
  for (const [group, members] of Object.entries(Endpoints.groups)) {
    for (const [member, endpoint] of Object.entries<unknown>(members)) {
      if (!Predicate.hasProperty(endpoint, "spec") || !Predicate.hasProperty(endpoint.spec, "operation")) continue
      const name = `${group}.${member}`
      const spec = Endpoints.all.find((spec) => spec === endpoint.spec)
      if (spec === undefined || spec.operation === name) continue
      const single = singleOf(spec)
      found.set(endpoint, { name, operations: single ? [spec.operation, single.operation] : [spec.operation] })
    }
  }
  return found
}

let composed: ReadonlyMap<unknown, Parts> | undefined

/** What a function is made of that has the spec of an operation and another answer than that. */
export const partsOf = (endpoint: unknown): Parts | undefined => (composed ??= compose()).get(endpoint)

const origin = "https://api.spotify.com/v1"

const urlOf = (request: Request): URL => new URL(request.url.startsWith("/") ? `${origin}${request.url}` : request.url)

const segmentsOf = (path: string): ReadonlyArray<string> => path.split("/").slice(1)

/** Whether a request is one of the operation, whatever its name: a batch goes by the name of those who asked. */
export const isOf = (spec: Spec, request: Request): boolean => {
  const expected = segmentsOf(spec.path)
  const actual = segmentsOf(urlOf(request).pathname.replace(/^\/v1(?=\/)/, ""))
  return spec.method === request.method && expected.length === actual.length &&
    expected.every((segment, i) => segment.startsWith("{") || segment === actual[i])
}

const specOf = (request: Request): Spec | undefined => Endpoints.all.find((spec) => isOf(spec, request))

/** The operation that a request is one of. */
export const nameOf = (request: Request): string => specOf(request)?.operation ?? request.operation

const idOf = (spec: Spec, request: Request): string => {
  const at = segmentsOf(spec.path).findIndex((segment) => segment.startsWith("{"))
  return decodeURIComponent(segmentsOf(urlOf(request).pathname.replace(/^\/v1(?=\/)/, ""))[at] ?? "")
}

interface Options {
  readonly [name: string]: unknown
}

/** What isn't a text is sent as JSON. */
const readQuery = (fields: Fields, query: URLSearchParams): Options => {
  const sent: Record<string, unknown> = {}
  for (const [name, text] of query) {
    const field = fields[name]
    if (field === undefined) continue
    const isText = Schema.is(Schema.encodedSchema(Schema.Struct({ [name]: field })))
    sent[name] = isText({ [name]: text }) ? text : JSON.parse(text)
  }
  return sent
}

const readBody = ({ body: fields }: Spec, body: Request["body"]): Options => {
  if (body === undefined) return {}
  const [first = ""] = Object.keys(fields)
  const read: unknown = body.contentType === "application/json" ? JSON.parse(body.text) : { [first]: body.text }
  return Predicate.isReadonlyRecord(read) ? read : {}
}

const optionsOf = (spec: Spec, request: Request): Effect.Effect<Options, ParseResult.ParseIssue> =>
  ParseResult.decodeUnknown(Schema.make<Options>(Schema.Struct({ ...spec.query, ...spec.body }).ast))({
    ...readQuery(spec.query, urlOf(request).searchParams),
    ...readBody(spec, request.body)
  })

/** The arguments of the operation: the id where it has one, then the options. */
export const argumentsOf = (
  spec: Spec,
  request: Request
): Effect.Effect<ReadonlyArray<unknown>, ParseResult.ParseIssue> =>
  Effect.map(
    optionsOf(spec, request),
    (options) => spec.id === undefined ? [options] : [idOf(spec, request), options]
  )

/** A request for many things by their ids, where there is an operation for one of them too. */
interface Batch {
  /** The path of the operation for one. */
  readonly single: string
  /** Where the answer has its list. */
  readonly member: string
  readonly arguments: Effect.Effect<
    readonly [ids: ReadonlyArray<string>, options: Options],
    ParseResult.ParseIssue
  >
}

export const batchOf = (request: Request): Batch | undefined => {
  const spec = specOf(request)
  const single = spec === undefined ? undefined : singleOf(spec)
  const [member] = spec?.success === undefined ? [] : AST.getPropertySignatures(spec.success.ast)
  if (spec === undefined || single === undefined || member === undefined || !("ids" in spec.query)) return undefined
  return {
    single: single.path,
    member: String(member.name),
    arguments: Effect.map(optionsOf(spec, request), ({ ids, ...options }) => [
      Array.isArray(ids) ? ids.map(String) : [],
      options
    ])
  }
}
