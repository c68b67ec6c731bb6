/**
 * A small Spotify on a port of 127.0.0.1 that breaks on the wire as one is told: what `FakeSpotify`, which speaks of whole
 * answers, can't do. Each world has its own path, tokens, library, playlist and player.
 */
import { Effect } from "effect"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { gzipSync } from "node:zlib"

/** An answer as it would be sent. */
export interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Buffer
}

/** What goes wrong with a request: whether it takes effect, and what becomes of its answer. */
export interface Fault {
  readonly applies: boolean
  readonly answer: (response: ServerResponse, answer: Answer, links: Links) => void
}

/** Where a redirect may lead. */
export interface Links {
  readonly same: string
  readonly foreign: string
}

export interface World {
  readonly apiUrl: string
  readonly accountsUrl: string
  /** Another host. */
  readonly foreignUrl: string
  readonly saved: Set<string>
  readonly playlist: Array<{ readonly uri: string; readonly added_at: string }>
  skips: number
  /** The access token that was granted last, the only one that is good. */
  granted: string
  spent: boolean
  readonly requests: Array<string>
  /** The fault of the nth request of this kind, counted from 0. */
  faultOf: (request: string, n: number) => Fault | undefined
  /** Whether a page's `next` leads to the other host. */
  leadsAway: boolean
}

const json = (body: unknown, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(body))
})

const send = (response: ServerResponse, { body, headers, status }: Answer): void => {
  response.writeHead(status, { ...headers, "content-length": body.length })
  response.end(body)
}

const socketOf = (response: ServerResponse): Socket => {
  if (response.socket === null) throw new Error("the connection is gone")
  return response.socket
}

const head = ({ body, headers, status }: Answer): string =>
  [
    `HTTP/1.1 ${status} Whatever`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
    "",
    ""
  ].join("\r\n")

/** In place of the answer. */
export const instead = (status: number, body: unknown, headers: Record<string, string> = {}): Fault => ({
  applies: false,
  answer: (response) => send(response, { ...json(body, status), headers: { ...json(body).headers, ...headers } })
})

/** Spotify's JSON for an error of the API. */
export const apiError = (status: number, reason?: string, headers?: Record<string, string>): Fault =>
  instead(status, { error: { status, message: "Something", reason } }, headers)

/** The answer changed on its way. */
export const changed = (change: (answer: Answer) => Answer): Fault => ({
  applies: true,
  answer: (response, answer) => send(response, change(answer))
})

/** A body where the answer would have none. */
const withBody = (answer: Answer): Answer =>
  answer.body.length > 0 ? answer : { ...answer, status: 200, body: Buffer.from("{\"some\":\"body\"}") }

export const afterApplying = (fault: Fault): Fault => ({ ...fault, applies: true })

export const resetBefore: Fault = {
  applies: false,
  answer: (response) => void socketOf(response).resetAndDestroy()
}

export const resetAfter: Fault = afterApplying(resetBefore)

export const resetWithin: Fault = {
  applies: true,
  answer: (response, answer) => {
    const socket = socketOf(response)
    socket.write(head(answer).slice(0, 30), () => socket.resetAndDestroy())
  }
}

export const cut: Fault = {
  applies: true,
  answer: (response, answer) => {
    const whole = withBody(answer)
    socketOf(response).end(
      Buffer.concat([Buffer.from(head(whole)), whole.body.subarray(0, whole.body.length / 2)])
    )
  }
}

/** Half of an answer, and then nothing more. */
export const stalled: Fault = {
  applies: true,
  answer: (response, answer) => {
    const whole = withBody(answer)
    socketOf(response).write(
      Buffer.concat([Buffer.from(head(whole)), whole.body.subarray(0, whole.body.length / 2)])
    )
  }
}

/** Never answered. */
export const slow: Fault = { applies: true, answer: () => {} }

export const empty: Fault = changed((answer) => ({ ...answer, body: Buffer.alloc(0) }))

export const html: Fault = changed((answer) => ({
  ...withBody(answer),
  headers: { "content-type": "text/html" },
  body: Buffer.from("<html><body>Welcome to the hotel's network</body></html>")
}))

export const withByteOrderMark: Fault = changed((answer) => {
  const whole = withBody(answer)
  return { ...whole, body: Buffer.concat([Buffer.from([0xEF, 0xBB, 0xBF]), whole.body]) }
})

export const packed: Fault = changed((answer) => {
  const whole = withBody(answer)
  return { ...whole, headers: { ...whole.headers, "content-encoding": "gzip" }, body: gzipSync(whole.body) }
})

export const redirect = (to: keyof Links, status = 302): Fault => ({
  applies: false,
  answer: (response, _, links) => send(response, { ...json({}, status), headers: { location: links[to] } })
})

const page = ({ apiUrl, foreignUrl, leadsAway }: World, url: URL, all: ReadonlyArray<unknown>): Answer => {
  const limit = Number(url.searchParams.get("limit") ?? 20)
  const offset = Number(url.searchParams.get("offset") ?? 0)
  const rest = `${url.pathname.replace(/^.*\/v1/, "")}?offset=${offset + limit}&limit=${limit}`
  return json({
    href: `${apiUrl}${rest}`,
    items: all.slice(offset, offset + limit),
    limit,
    offset,
    total: all.length,
    previous: null,
    next: offset + limit < all.length ? `${leadsAway ? foreignUrl : apiUrl}${rest}` : null
  })
}

const savedTracks = Array.from({ length: 120 }, (_, n) => ({
  added_at: "2026-11-01T00:00:00Z",
  track: {
    artists: [{ id: "a", name: "Nina", type: "artist", uri: "spotify:artist:a", href: "https://h/a" }],
    disc_number: 1,
    duration_ms: 1000,
    explicit: false,
    external_ids: {},
    external_urls: {},
    href: "https://h/t",
    id: `t${n}`,
    is_local: false,
    name: `Track ${n}`,
    preview_url: null,
    track_number: 1,
    type: "track",
    uri: `spotify:track:t${n}`,
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
  }
}))

const none: Answer = { status: 204, headers: {}, body: Buffer.alloc(0) }

/** What a request brings about, and its answer. */
const apply = (world: World, request: string, url: URL, body: string): Answer => {
  switch (request) {
    case "POST /api/token": {
      if (new URLSearchParams(body).get("grant_type") === "authorization_code") {
        if (world.spent) return json({ error: "invalid_grant", error_description: "Invalid authorization code" }, 400)
        world.spent = true
      }
      world.granted = `token-${world.requests.length}`
      return json({
        access_token: world.granted,
        token_type: "Bearer",
        expires_in: 3600,
        refresh_token: `refresh-${world.requests.length}`,
        scope: ""
      })
    }
    case "GET /me":
      return json({ id: "somebody", display_name: "Some Body", type: "user", uri: "spotify:user:somebody" })
    case "GET /me/tracks":
      return page(world, url, savedTracks)
    case "PUT /me/library":
      for (const uri of (url.searchParams.get("uris") ?? "").split(",")) world.saved.add(uri)
      return none
    case "POST /me/player/next":
      world.skips++
      return none
    case "GET /playlists/{id}/items":
      return page(world, url, world.playlist.map(({ added_at, uri }) => ({ added_at, item: { type: "track", uri } })))
    case "POST /playlists/{id}/items": {
      const { uris } = JSON.parse(body) as { readonly uris: ReadonlyArray<string> }
      const added_at = new Date().toISOString()
      world.playlist.push(...uris.map((uri) => ({ uri, added_at })))
      return json({ snapshot_id: `snapshot-${world.playlist.length}` }, 201)
    }
    default:
      return json({ error: { status: 404, message: "Service not found" } }, 404)
  }
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const serve = async (worlds: ReadonlyArray<World>, request: IncomingMessage, response: ServerResponse) => {
  const url = new URL(request.url ?? "/", "http://server")
  const [, index = "", path = ""] = /^\/(\d+)(?:\/v1)?(\/.*)$/.exec(url.pathname) ?? []
  const world = worlds[Number(index)]
  const body = await textOf(request)
  if (world === undefined) return send(response, json({}, 404))
  const name = `${request.method} ${path.replace(/^\/playlists\/[^/]+/, "/playlists/{id}")}`
  const fault = world.faultOf(name, world.requests.filter((seen) => seen === name).length)
  world.requests.push(name)
  const isRefused = path !== "/api/token" && request.headers.authorization !== `Bearer ${world.granted}`
  const answer = isRefused
    ? json({ error: { status: 401, message: "The access token expired" } }, 401)
    : fault?.applies === false
    ? none
    : apply(world, name, url, body)
  if (fault === undefined || isRefused) return send(response, answer)
  fault.answer(response, answer, { same: request.url ?? "", foreign: world.foreignUrl })
}

const listen = (server: Server) =>
  Effect.acquireRelease(
    Effect.async<number>((resume) => {
      // A connection that is kept must not be closed while a request is on its way over it.
      server.keepAliveTimeout = 600_000
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

/** Makes worlds; `foreign` are the requests that another host has got. */
export const make = Effect.gen(function*() {
  const worlds: Array<World> = []
  const foreign: Array<string> = []
  const port = yield* listen(createServer((request, response) => void serve(worlds, request, response)))
  const foreignPort = yield* listen(createServer((request, response) => {
    foreign.push(`${request.method} ${request.url}`)
    response.end("{}")
  }))
  return {
    foreign,
    /** Nobody listens there: the port is taken by this server, at another address. */
    refusedUrl: `http://[::1]:${port}`,
    world: (faultOf: World["faultOf"] = () => undefined): World => {
      const url = `http://127.0.0.1:${port}/${worlds.length}`
      const world: World = {
        apiUrl: `${url}/v1`,
        accountsUrl: url,
        foreignUrl: `http://127.0.0.1:${foreignPort}/v1`,
        saved: new Set(),
        playlist: [],
        skips: 0,
        granted: "token-at-first",
        spent: false,
        requests: [],
        faultOf,
        leadsAway: false
      }
      worlds.push(world)
      return world
    }
  }
})
