/**
 * The Spotify that all contenders talk to, in a process of its own: bodies made once, keep-alive, no work for an answer.
 * Three ports: one answers at once, one after 50 ms, one takes 10 requests a second (10 at once).
 */
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { library, page, track } from "./bodies.js"

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

// A bucket of its own for each who asks: a port, and how often it said no.
process.on("message", (message) => {
  if (message === "limited") {
    refused = 0
    void serve(0, bucket(10, 10)).then((limited) => process.send?.({ limited }))
  } else if (message === "refused") process.send?.({ refused })
})
process.on("disconnect", () => process.exit(0))
process.send?.({ fast, slow })
