/**
 * The Spotify that all contenders talk to, in a process of its own: bodies made once, keep-alive, no work for an answer.
 * Four ports: one answers at once, one after 50 ms, one over a link that all its answers share (50 Mbit/s, 50 ms away,
 * packed when asked), one takes 10 requests a second (10 at once).
 */
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import { library, page, savedPage, track } from "./bodies.js"

const trackBody = Buffer.from(JSON.stringify(track(0, 10, 180)))
const tooMany = Buffer.from(JSON.stringify({ error: { status: 429, message: "API rate limit exceeded" } }))

const pages = new Map<number, Buffer>()
const pageBody = (url: string, offset: number): Buffer => {
  let body = pages.get(offset)
  if (body === undefined) {
    body = Buffer.from(JSON.stringify(page(url, offset, 50)))
    pages.set(offset, body)
  }
  return body
}

const send = (response: ServerResponse, status: number, body: Buffer, headers: Record<string, string> = {}) => {
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length, ...headers })
  response.end(body)
}

const savedPages = new Map<number, { readonly plain: Buffer; readonly packed: Buffer }>()
const savedBody = (url: string, offset: number) => {
  let body = savedPages.get(offset)
  if (body === undefined) {
    const plain = Buffer.from(JSON.stringify(savedPage(url, offset, 50)))
    body = { plain, packed: gzipSync(plain) }
    savedPages.set(offset, body)
  }
  return body
}

const bytesPerMilli = 50_000_000 / 8 / 1000

/** A link's answers take turns, a piece each. */
const link = (() => {
  const queue: Array<{ readonly response: ServerResponse; rest: Buffer }> = []
  let paidUntil = 0
  let timer: NodeJS.Timeout | undefined
  const pump = () => {
    const now = performance.now()
    while (queue.length > 0 && paidUntil <= now) {
      const first = queue.shift()
      if (first === undefined) break
      const piece = first.rest.subarray(0, 1460 * 4)
      paidUntil = Math.max(paidUntil, now - 5) + piece.length / bytesPerMilli
      first.rest = first.rest.subarray(piece.length)
      if (first.rest.length === 0) first.response.end(piece)
      else {
        first.response.write(piece)
        queue.push(first)
      }
    }
    timer = queue.length > 0 ? setTimeout(pump, Math.max(1, paidUntil - now)) : undefined
  }
  return (response: ServerResponse, body: Buffer) => {
    queue.push({ response, rest: body })
    timer ??= setTimeout(pump, 0)
  }
})()

/** 429s that were given. */
let refused = 0

const bucket = (rate: number, burst: number) => {
  let tokens = burst
  let last = Date.now()
  return () => {
    const now = Date.now()
    tokens = Math.min(burst, tokens + (now - last) * rate / 1000)
    last = now
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}

const serve = (latency: number, isAllowed: () => boolean): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      const reply = () => {
        if (!isAllowed()) {
          refused++
          return send(response, 429, tooMany, { "retry-after": "1" })
        }
        const url = request.url ?? "/"
        if (url.startsWith("/v1/tracks/")) return send(response, 200, trackBody)
        if (url.startsWith("/v1/me/tracks")) {
          const offset = Number(/[?&]offset=(\d+)/.exec(url)?.[1] ?? 0)
          return send(response, 200, pageBody(`http://${request.headers.host}/v1/me/tracks`, offset))
        }
        send(response, 404, Buffer.from("{}"))
      }
      if (latency > 0) setTimeout(reply, latency)
      else reply()
    })
    server.keepAliveTimeout = 60_000
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
  })

const fast = await serve(0, () => true)
const slow = await serve(50, () => true)
for (let offset = 0; offset < library; offset += 50) pageBody(`http://127.0.0.1:${slow}/v1/me/tracks`, offset)

const linked = await new Promise<number>((resolve) => {
  const server = createServer((request, response) => {
    const offset = Number(/[?&]offset=(\d+)/.exec(request.url ?? "")?.[1] ?? 0)
    const { packed, plain } = savedBody(`http://${request.headers.host}/v1/me/tracks`, offset)
    const isPacked = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "")
    const body = isPacked ? packed : plain
    setTimeout(() => {
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": body.length,
        ...(isPacked ? { "content-encoding": "gzip" } : {})
      })
      link(response, body)
    }, 50)
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo
    for (let offset = 0; offset < library; offset += 50) savedBody(`http://127.0.0.1:${port}/v1/me/tracks`, offset)
    resolve(port)
  })
})

// A bucket of its own for each who asks: a port, and how often it said no.
process.on("message", (message) => {
  if (message === "limited") {
    refused = 0
    void serve(0, bucket(10, 10)).then((limited) => process.send?.({ limited }))
  } else if (message === "refused") process.send?.({ refused })
})
process.on("disconnect", () => process.exit(0))
process.send?.({ fast, slow, linked })
