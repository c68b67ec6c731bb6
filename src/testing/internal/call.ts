import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Catalogue from "./catalogue.js"
import type { View } from "./catalogue.js"
import type { Incoming, Json, JsonObject, Reply, Result } from "./http.js"
import { apiOrigin, fail, isArray, isObject, json, parseJson } from "./http.js"
import type { User, World } from "./world.js"

/** One authenticated request to the Web API. */
export interface Call {
  readonly world: World
  readonly request: Incoming
  readonly query: URLSearchParams
  readonly params: Readonly<Record<string, string>>
  readonly scopes: ReadonlySet<string>
  readonly view: View
  readonly now: number
  /** Absent with a token of the client credentials flow. */
  readonly user: User | undefined
}

export interface UserCall extends Call {
  readonly user: User
}

export const ok = (value: Json): Result<Reply> => Either.right(json(value))

export const requireScopes = (call: Call, scopes: ReadonlyArray<string>): Result<void> =>
  scopes.every((scope) => call.scopes.has(scope)) ? Either.void : fail(403, "Insufficient client scope")

export const requireOneOf = (call: Call, scopes: ReadonlyArray<string>): Result<void> =>
  scopes.some((scope) => call.scopes.has(scope)) ? Either.void : fail(403, "Insufficient client scope")

const integer = (value: string): number | undefined => /^-?\d{1,15}$/.test(value) ? Number(value) : undefined

/** An integer parameter between `min` and `max`. */
export const number = (
  call: Call,
  name: string,
  fallback: number | undefined,
  min: number,
  max: number
): Result<number> => {
  const raw = call.query.get(name)
  if (raw === null) {
    return fallback === undefined ? fail(400, `Missing required field: ${name}`) : Either.right(fallback)
  }
  const value = integer(raw)
  return value === undefined || value < min || value > max ? fail(400, `Invalid ${name}`) : Either.right(value)
}

export const required = (call: Call, name: string): Result<string> => {
  const value = call.query.get(name)
  return value === null || value === "" ? fail(400, `Missing required field: ${name}`) : Either.right(value)
}

const list = (value: string | null): ReadonlyArray<string> | undefined =>
  value === null || value === "" ? undefined : value.split(",").map((part) => part.trim())

const capped = (values: ReadonlyArray<string>, max: number, what: string): Result<ReadonlyArray<string>> =>
  values.length > max ? fail(400, `Too many ${what} requested`) : Either.right(values)

const wellFormed = (ids: ReadonlyArray<string>): Result<ReadonlyArray<string>> =>
  ids.every(Catalogue.isId) ? Either.right(ids) : fail(400, "invalid id")

/** The ids of a comma-separated parameter. */
export const ids = (call: Call, max: number, name = "ids"): Result<ReadonlyArray<string>> =>
  Either.gen(function*() {
    const values = list(call.query.get(name))
    if (values === undefined) return yield* fail(400, `Missing required field: ${name}`)
    return yield* wellFormed(yield* capped(values, max, name))
  })

export const uris = (call: Call, max: number): Result<ReadonlyArray<string>> => {
  const values = list(call.query.get("uris"))
  return values === undefined ? fail(400, "Missing required field: uris") : capped(values, max, "uris")
}

/** The body as an object; no body is an empty one. */
export const body = (call: Call): Result<JsonObject> => {
  if (call.request.body === "") return Either.right({})
  return Option.match(parseJson(call.request.body), {
    onNone: () => fail(400, "Error parsing JSON."),
    // Spotify answers a bare array as if nothing had been sent.
    onSome: (value) => Either.right(isObject(value) ? value : {})
  })
}

export const strings = (value: Json | undefined): ReadonlyArray<string> | undefined =>
  isArray(value) && value.every((item) => typeof item === "string") ? value : undefined

/** The ids of the body's `ids`, or of the parameter of that name. */
export const idsFromBody = (call: Call, max: number): Result<ReadonlyArray<string>> =>
  Either.gen(function*() {
    const values = strings((yield* body(call))["ids"]) ?? list(call.query.get("ids"))
    if (values === undefined) return yield* fail(400, "Missing required field: ids")
    return yield* wellFormed(yield* capped(values, max, "ids"))
  })

/** The number in the catalogue of the thing that the path names. */
export const pathIndex = (call: Call, kind: keyof typeof Catalogue.size, name = "id"): Result<number> => {
  const id = call.params[name] ?? ""
  if (!Catalogue.isId(id)) return fail(400, "invalid id")
  const n = Catalogue.indexOf(call.world.own, kind, id)
  return n === undefined ? fail(404, "Resource not found") : Either.right(n)
}

export interface PageRequest {
  readonly limit: number
  readonly offset: number
}

export const pageRequest = (call: Call, defaultLimit: number, maxLimit: number): Result<PageRequest> =>
  Either.all({
    limit: number(call, "limit", defaultLimit, 1, maxLimit),
    offset: number(call, "offset", 0, 0, 100_000)
  })

/** Search and an artist's albums give Development Mode smaller pages. */
export const smallPageRequest = (call: Call): Result<PageRequest> =>
  call.view.mode === "development" ? pageRequest(call, 5, 10) : pageRequest(call, 20, 50)

const link = (path: string, query: URLSearchParams, values: Readonly<Record<string, string | number>>): string => {
  const params = new URLSearchParams(query)
  for (const [name, value] of Object.entries(values)) params.set(name, String(value))
  return `${apiOrigin}/v1${path}?${params}`
}

/** An offset page of `items` with links to its neighbours; `path` is the one below /v1. */
export const page = <A>(
  items: ReadonlyArray<A>,
  { limit, offset }: PageRequest,
  path: string,
  query: URLSearchParams,
  render: (item: A) => Json
): JsonObject => ({
  href: link(path, query, { offset, limit }),
  items: items.slice(offset, offset + limit).map(render),
  limit,
  next: offset + limit < items.length ? link(path, query, { offset: offset + limit, limit }) : null,
  offset,
  previous: offset > 0 ? link(path, query, { offset: Math.max(0, offset - limit), limit }) : null,
  total: items.length
})

export const pathOf = (call: Call): string => call.request.url.pathname.replace(/^\/v1/, "").replace(/\/$/, "")

export const cursorLink = link

/** The most common answer: a page of 20, at most 50. */
export const replyPage = <A>(call: Call, items: ReadonlyArray<A>, render: (item: A) => Json): Result<Reply> =>
  Either.map(pageRequest(call, 20, 50), (request) => json(page(items, request, pathOf(call), call.query, render)))
