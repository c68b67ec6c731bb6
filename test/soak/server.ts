/**
 * The Spotify of the soak, in a process of its own, so that the heap that is measured is the client's: tokens that soon
 * end, by the clock and also unannounced, and faults at odds that are the same in every run.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** What the server has seen. */
export interface Seen {
  readonly requests: number
  readonly faults: { readonly [fault: string]: number }
  /** Tokens that were granted. */
  readonly grants: number
  /** Those of them that were asked for though the one before was good for more than half of its life. */
  readonly early: number
  /** Requests with a token that was never granted. */
  readonly strangers: number
  /** Writes that took effect twice. */
  readonly twice: number
}

/** In seconds, and in requests after which a token is refused though it has time left. */
const life = 8
const uses = 6000

const send = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  const text = Buffer.from(typeof body === "string" ? body : JSON.stringify(body))
  response.writeHead(status, { "content-type": "application/json", "content-length": text.length, ...headers })
  response.end(text)
}

const error = (status: number) => ({ error: { status, message: "Something" } })

let token = ""
let grantedAt = -Infinity
let usedFor = 0
let tokenRequests = 0
const skipped = new Set<string>()
const seen = { requests: 0, grants: 0, early: 0, strangers: 0, twice: 0 }
const faults: Record<string, number> = {}

const isOver = () => usedFor >= uses || performance.now() - grantedAt >= life * 1000

const grant = (response: ServerResponse) => {
  if (++tokenRequests % 4 === 0) return send(response, 503, error(503))
  if (!isOver() && performance.now() - grantedAt < life * 500) seen.early++
  seen.grants++
  token = `token-${seen.grants}`
  grantedAt = performance.now()
  usedFor = 0
  send(response, 200, { access_token: token, token_type: "Bearer", expires_in: life, scope: "" })
}

const track = (id: string) => ({
  id,
  name: "Sinnerman",
  artists: [{ id: "a", name: "Nina", type: "artist", uri: "spotify:artist:a", href: "https://h/a" }],
  disc_number: 1,
  duration_ms: 613_000,
  explicit: false,
  external_ids: {},
  external_urls: {},
  href: "https://h/t",
  is_local: false,
  preview_url: null,
  track_number: 1,
  type: "track",
  uri: `spotify:track:${id}`,
  album: {
    album_type: "album",
    artists: [],
    external_urls: {},
    href: "https://h/b",
    id: "b",
    images: [],
    name: "Pastel Blues",
    release_date: "1965",
    release_date_precision: "year",
    total_tracks: 9,
    type: "album",
    uri: "spotify:album:b"
  }
})

/** What the operation does, and its answer. */
const perform = (request: IncomingMessage): readonly [status: number, body: unknown] => {
  const url = new URL(request.url ?? "/", "http://server")
  const id = /^\/v1\/tracks\/(\w+)$/.exec(url.pathname)?.[1]
  if (id !== undefined) return [200, track(id)]
  if (url.pathname === "/v1/me/player/next") {
    const command = url.searchParams.get("device_id") ?? ""
    if (skipped.has(command)) seen.twice++
    skipped.add(command)
  }
  return [204, ""]
}

/** One fault in so many requests. Those that take effect can't be seen by the client. */
const odds: ReadonlyArray<
  readonly [name: string, every: number, (request: IncomingMessage, response: ServerResponse) => void]
> = [
  ["429", 9973, (_, response) => send(response, 429, error(429), { "retry-after": "1" })],
  ["no answer", 7919, (request) => void perform(request)],
  ["HTML", 997, (request, response) => {
    perform(request)
    send(response, 200, "<html>Welcome</html>", { "content-type": "text/html" })
  }],
  ["403", 887, (_, response) => send(response, 403, error(403))],
  ["reset", 389, (_, response) => void response.socket?.resetAndDestroy()],
  ["reset after", 367, (request, response) => {
    perform(request)
    response.socket?.resetAndDestroy()
  }],
  ["cut", 349, (request, response) => {
    perform(request)
    response.socket?.end("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"id\":")
  }],
  ["502", 101, (_, response) => send(response, 502, error(502))],
  ["502 after", 97, (request, response) => {
    perform(request)
    send(response, 502, error(502))
  }]
]

const serve = (request: IncomingMessage, response: ServerResponse) => {
  request.resume()
  if (request.url === "/api/token") return grant(response)
  const n = ++seen.requests
  const given = request.headers.authorization?.replace(/^Bearer /, "") ?? ""
  if (given !== token || isOver()) {
    if (!/^token-\d+$/.test(given)) seen.strangers++
    return send(response, 401, error(401))
  }
  usedFor++
  const [name, , fault] = odds.find(([, every]) => n % every === 0) ?? []
  if (name !== undefined && fault !== undefined) {
    faults[name] = (faults[name] ?? 0) + 1
    return fault(request, response)
  }
  const [status, body] = perform(request)
  send(response, status, body)
}

const server = createServer(serve)
server.keepAliveTimeout = 600_000
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }))

process.on("message", () => process.send?.({ ...seen, faults } satisfies Seen))
process.on("disconnect", () => process.exit(0))
