/**
 * What RFC 9111 says of an answer (may it be stored, is it fresh, how is it revalidated, may it be served stale), asked of
 * `http-cache-semantics`, as a private cache.
 */
import CachePolicy from "http-cache-semantics"
import type { Response } from "../client/SpotifyClient.js"

type Headers = { readonly [name: string]: string }

/** An answer as it is kept. */
export interface Kept {
  readonly status: number
  readonly url: string
  readonly headers: Headers
  readonly text: string
  /** The request's headers, where the answer varies by some. */
  readonly request: Headers
  /** When it came or was last confirmed, in epoch milliseconds. */
  readonly at: number
  /** The version of the user's data when it was asked for. */
  readonly write: string
}

let now = 0

class Policy extends CachePolicy {
  now(): number {
    return now
  }
}

/** Runs something at a given time: a policy asks for it as it is made and with each of its methods. */
const at = <A>(time: number, f: () => A): A => {
  now = time
  return f()
}

// Without heuristic freshness (RFC 9111, 4.2.2): only what Spotify allows is used again.
const options = { shared: false, cacheHeuristic: 0 }

const policyOf = ({ at: time, headers, request, status }: Kept): Policy =>
  at(time, () => new Policy({ method: "GET", headers: request }, { status, headers: { ...headers } }, options))

const asking = (headers: Headers) => ({ method: "GET", headers: { ...headers } })

const textsOf = (headers: CachePolicy.Headers): Headers => {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string") texts[name] = value
  }
  return texts
}

const secret = new Set([
  "authorization",
  "cookie",
  "proxy-authenticate",
  "proxy-authorization",
  "set-cookie",
  "set-cookie2",
  "www-authenticate"
])

/** By lower-case names, without those that may hold a secret. */
export const plain = (headers: { readonly [name: string]: string | undefined } = {}): Headers => {
  const texts: Record<string, string> = {}
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase()
    if (value !== undefined && !secret.has(name)) texts[name] = value
  }
  return texts
}

/** The answer to keep, where it may be kept and will be of use: fresh for a time, or with something to ask by. */
export const keep = (request: Headers, response: Response, write: string, time: number): Kept | undefined => {
  const { status, text, url } = response
  const headers = plain(response.headers)
  const kept = { status, url, headers, text, request: "vary" in headers ? request : {}, at: time, write }
  const policy = policyOf({ ...kept, request })
  const isOfUse = "etag" in headers || "last-modified" in headers || at(time, () => policy.timeToLive()) > 0
  return policy.storable() && isOfUse ? kept : undefined
}

/** Whether it answers a request as it is. */
export const satisfies = (kept: Kept, request: Headers, time: number): boolean => {
  const policy = policyOf(kept)
  return at(time, () => policy.satisfiesWithoutRevalidation(asking(request)))
}

/** The request's headers, and those that ask whether the answer is still the same. */
export const conditional = (kept: Kept, request: Headers): Headers =>
  textsOf(policyOf(kept).revalidationHeaders(asking(request)))

/** The headers of an answer that is given from the cache. */
export const headersOf = (kept: Kept, time: number): Headers => {
  const policy = policyOf(kept)
  return at(time, () => textsOf(policy.responseHeaders()))
}

/** What a 304 makes of it; none where that means another answer than this. */
export const confirmed = (
  kept: Kept,
  request: Headers,
  headers: Headers,
  write: string,
  time: number
): Kept | undefined => {
  const policy = policyOf(kept)
  const isNamed = "etag" in headers || "last-modified" in headers
  // A 304 that names nothing is about the one that was asked for.
  const { etag, "last-modified": modified } = kept.headers
  const named = {
    ...(etag === undefined || isNamed ? {} : { etag }),
    ...(modified === undefined || isNamed ? {} : { "last-modified": modified }),
    ...headers
  }
  const { matches, policy: next } = at(
    time,
    () => policy.revalidatedPolicy(asking(request), { status: 304, headers: named })
  )
  return matches ? { ...kept, headers: textsOf(next.toObject().resh), at: time, write } : undefined
}

/** Whether it may stand in for an answer that failed with such a status (`stale-if-error`). */
export const standsIn = (kept: Kept, request: Headers, status: number, time: number): boolean => {
  if (/\b(?:must-revalidate|no-cache)\b/i.test(kept.headers["cache-control"] ?? "")) return false
  const policy = policyOf(kept)
  return at(time, () => !policy.revalidatedPolicy(asking(request), { status, headers: {} }).modified)
}
