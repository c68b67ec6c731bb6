/** Clients over every transport, and a server on a port that answers as it is told. */
import { FetchHttpClient, HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted, Schedule } from "effect"
import * as FetchTransport from "effect-spotify/FetchTransport"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as zlib from "node:zlib"
import { Agent, interceptors } from "undici"

/** As one that somebody has put around it: what is beneath can't be seen. */
const wrapped = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.transformResponse(Effect.map((response) => Object.create(response)))
  )
)

/** undici with its own interceptor for packed bodies. */
export const decompressing = Layer.provide(
  UndiciTransport.layerWithoutDispatcher,
  Layer.sync(
    NodeHttpClient.Dispatcher,
    () => new Agent().compose(interceptors.decompress({ skipErrorResponses: false }))
  )
)

/** `unpacks` says who unpacks a body; where that can't be seen, the library is careful with what it can't unpack. */
export const transports = [
  { name: "FetchHttpClient.layer", http: FetchHttpClient.layer, unpacks: "fetch" },
  { name: "NodeHttpClient.layerUndici", http: NodeHttpClient.layerUndici, unpacks: "us" },
  { name: "NodeHttpClient.layer", http: NodeHttpClient.layer, unpacks: "us" },
  { name: "FetchTransport", http: FetchTransport.layer, unpacks: "fetch" },
  { name: "UndiciTransport", http: UndiciTransport.layer, unpacks: "us" },
  { name: "fetch, wrapped", http: Layer.provide(wrapped, FetchHttpClient.layer), unpacks: "fetch" },
  { name: "undici, wrapped", http: Layer.provide(wrapped, NodeHttpClient.layerUndici), unpacks: "hidden" }
] as const

export interface Answer {
  readonly status?: number
  readonly headers?: { readonly [name: string]: string | ReadonlyArray<string> }
  /** Written one after the other; a function is called for more until it gives none. */
  readonly body: Uint8Array | (() => Uint8Array | undefined)
  /** Whether the connection ends there. */
  readonly breaksOff?: boolean
}

export interface Server {
  readonly url: string
  /** What it answers to everything from now on. */
  answer: Answer
  /** The headers of the requests, each name as it came. */
  readonly seen: Array<{ readonly [name: string]: string }>
  /** How many bytes of the last body went out, once it is over. */
  written: number
  /** How many answers are on their way. */
  open: number
}

const write = (server: Server, request: IncomingMessage, response: ServerResponse): void => {
  const { body, breaksOff = false, headers, status = 200 } = server.answer
  server.open++
  server.written = 0
  response.on("close", () => server.open--)
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value)
  response.writeHead(status)
  request.resume()
  if (breaksOff) {
    response.write(body instanceof Uint8Array ? body : "", () => response.destroy())
    return
  }
  if (body instanceof Uint8Array) {
    response.end(body)
    return
  }
  const next = (): void => {
    for (;;) {
      if (response.destroyed) return
      const chunk = body()
      if (chunk === undefined) return void response.end()
      server.written += chunk.length
      if (!response.write(chunk)) return void response.once("drain", next)
    }
  }
  next()
}

export const serve: Effect.Effect<Server & { readonly close: () => void }> = Effect.async((resume) => {
  const http = createServer((request, response) => {
    const pairs = request.rawHeaders.flatMap((name, i, all) => i % 2 === 0 ? [[name, all[i + 1] ?? ""]] : [])
    server.seen.push(Object.fromEntries(pairs))
    write(server, request, response)
  })
  const server: { -readonly [K in keyof Server]: Server[K] } & { readonly close: () => void } = {
    url: "",
    answer: { body: new Uint8Array() },
    seen: [],
    written: 0,
    open: 0,
    close: () => {
      http.closeAllConnections()
      http.close()
    }
  }
  // These clients repeat nothing, and on a busy machine more than Node's five seconds pass between two requests.
  http.keepAliveTimeout = 600_000
  http.listen(0, "127.0.0.1", () => {
    server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
    resume(Effect.succeed(server))
  })
})

export const clientOver = (
  http: Layer.Layer<HttpClient.HttpClient>,
  url: string,
  options: SpotifyClient.Options = {},
  accessToken = "a-token"
) =>
  SpotifyClient.layer({ baseUrl: `${url}/v1`, retrySchedule: Schedule.recurs(0), ...options }).pipe(
    Layer.provideMerge(Layer.orDie(SpotifySession.layerToken({ accessToken: Redacted.make(accessToken) }))),
    Layer.provideMerge(http)
  )

/** The content codings, by what a server writes in the header. */
export const codings: { readonly [label: string]: (bytes: Uint8Array) => Uint8Array } = {
  identity: (bytes) => bytes,
  gzip: (bytes) => zlib.gzipSync(bytes),
  "x-gzip": (bytes) => zlib.gzipSync(bytes),
  GZIP: (bytes) => zlib.gzipSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  "deflate ": (bytes) => zlib.deflateRawSync(bytes),
  br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  "gzip, br": (bytes) => zlib.brotliCompressSync(zlib.gzipSync(bytes)),
  "br,gzip": (bytes) => zlib.gzipSync(zlib.brotliCompressSync(bytes)),
  "deflate, gzip, gzip": (bytes) => zlib.gzipSync(zlib.gzipSync(zlib.deflateSync(bytes))),
  "identity, gzip": (bytes) => zlib.gzipSync(bytes),
  "br, identity": (bytes) => zlib.brotliCompressSync(bytes)
}
