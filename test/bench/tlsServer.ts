/** The same answers over TLS, by HTTP/1.1 or HTTP/2 as the client asks; one port answers at once, one after 50 ms. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createSecureServer } from "node:http2"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { library, savedPage, track } from "./bodies.js"

const folder = mkdtempSync(join(tmpdir(), "effect-spotify-tls-"))
const made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
execFileSync("openssl", [
  ...made.split(" "),
  "-keyout",
  join(folder, "key.pem"),
  "-out",
  join(folder, "cert.pem")
], { stdio: "ignore" })
const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(folder, name), "utf8"))
rmSync(folder, { recursive: true })

const packedOf = (body: unknown) => gzipSync(JSON.stringify(body))
const trackBody = packedOf(track(0, 10, 180))
const pages = Array.from(
  { length: library / 50 },
  (_, i) => packedOf(savedPage("https://localhost/v1/me/tracks", i * 50, 50))
)

let connections = 0
let protocols = new Set<string>()

const serve = (latency: number): Promise<number> =>
  new Promise((resolve) => {
    const server = createSecureServer({ allowHTTP1: true, key, cert }, (request, response) => {
      const offset = /[?&]offset=(\d+)/.exec(request.url)?.[1]
      const page = request.url.startsWith("/v1/me/tracks") ? pages[Number(offset ?? 0) / 50] : undefined
      setTimeout(() => {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
        response.end(page ?? trackBody)
      }, latency)
    })
    server.on("secureConnection", (socket) => {
      connections++
      protocols.add(socket.alpnProtocol || "http/1.1")
    })
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
  })

process.on("message", () => {
  process.send?.({ connections, protocols: [...protocols] })
  connections = 0
  protocols = new Set()
})
process.on("disconnect", () => process.exit(0))
process.send?.({ certificate: cert, ports: [await serve(0), await serve(50)] })
