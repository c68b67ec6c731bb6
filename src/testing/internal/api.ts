import * as Either from "effect/Either"
import * as Hash from "effect/Hash"
import type { Accounts } from "./accounts.js"
import * as Catalogue from "./catalogue.js"
import { apiError, fail } from "./http.js"
import type { Incoming, Reply, Result } from "./http.js"
import { findRoute } from "./routes.js"
import type { World } from "./world.js"

interface Bearer {
  readonly userId: string | undefined
  readonly scopes: ReadonlySet<string>
}

const authenticate = (accounts: Accounts, header: string | undefined, now: number): Result<Bearer> => {
  if (header === undefined || header === "") return fail(401, "No token provided")
  const [, value] = /^Bearer (\S+)$/i.exec(header) ?? []
  if (value === undefined) return fail(400, "Only valid bearer authentication supported")
  const token = accounts.accessTokens.get(value)
  if (token === undefined) return fail(401, "Invalid access token")
  if (token.expiresAt <= now) return fail(401, "The access token expired")
  return Either.right({ userId: token.userId, scopes: new Set(token.scopes) })
}

const market = (query: URLSearchParams): Result<string | undefined> => {
  const value = query.get("market")
  return value === null || value === "from_token" || Catalogue.markets.includes(value)
    ? Either.right(value ?? undefined)
    : fail(400, "Invalid market code")
}

const maxAge = { public: "public, max-age=3600", private: "private, max-age=0" }

/** A good answer to a GET can be kept and asked about. */
const cacheable = (request: Incoming, cache: "public" | "private", reply: Reply): Reply => {
  if (request.method !== "GET" || reply.status !== 200) return reply
  const etag = `"${(Hash.string(reply.body) >>> 0).toString(16)}-${reply.body.length.toString(16)}"`
  const headers = { ...reply.headers, etag, "cache-control": maxAge[cache] }
  const known = request.headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//, ""))
  return known?.includes(etag) ? { status: 304, headers: { etag, "cache-control": maxAge[cache] }, body: "" } : {
    ...reply,
    headers
  }
}

/** api.spotify.com: one request, answered at once. */
export const respond = (world: World, accounts: Accounts, request: Incoming, now: number): Reply => {
  const path = request.url.pathname.replace(/^\/v1(?=\/)/, "")
  const found = request.url.pathname.startsWith("/v1/") ? findRoute(request.method, path) : undefined
  return Either.merge(Either.gen(function*() {
    const bearer = yield* authenticate(accounts, request.headers["authorization"], now)
    if (found === undefined) return apiError(404, "Service not found")
    const { params, route } = found
    if (world.mode === "development" && route.development !== undefined) return route.development
    const query = request.url.searchParams
    const reply = yield* route.handle({
      world,
      request,
      query,
      params,
      scopes: bearer.scopes,
      view: {
        mode: world.mode,
        market: yield* market(query),
        resumePoints: bearer.scopes.has("user-read-playback-position"),
        own: world.own
      },
      now,
      user: bearer.userId === undefined ? undefined : world.users.get(bearer.userId)
    })
    return cacheable(request, route.cache, reply)
  }))
}
