#!/usr/bin/env bash
# undici over HTTP/2 opens a connection for each request of a burst, and on a single one it asks one thing at a time.
#
# Expected: With allowH2 the requests of a burst share few connections and are on their way side by side: that is what
#   HTTP/2's streams are for, and maxConcurrentStreams is 100.
# Happens: 50 requests at once open 50 connections, each with a TLS handshake, as over HTTP/1.1. With connections: 1
#   they take turns, one on its way at a time, since pipelining (1 unless told) counts for streams too. With
#   pipelining: 100 beside it all 50 share the one connection; but where the server speaks HTTP/1.1 alone, the same
#   options send pipelined requests.
# Versions: undici@7.30.2; Node 20.20.2
# Matters: Who sets allowH2 and a connection limit to be gentle to an API gets one request per round trip: 50 calls 50 ms
#   away take 2.8 seconds instead of 0.06.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end. It needs openssl, for a certificate.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact undici@7.30.2 >>npm.log 2>&1 || { cat npm.log; exit 1; }
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout key.pem -out cert.pem 2>>npm.log

cat >finding.mjs <<'JS'
import { readFileSync } from "node:fs"
import { createSecureServer } from "node:http2"
import { Agent, request } from "undici"

const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(name))
let connections = 0
let now = 0
let most = 0
const server = createSecureServer({ allowHTTP1: true, key, cert }, (_, response) => {
  most = Math.max(most, ++now)
  setTimeout(() => {
    now--
    response.end("done")
  }, 50)
})
server.on("secureConnection", ({ alpnProtocol }) => {
  if (alpnProtocol === "h2") connections++
})
await new Promise((resolve) => server.listen(0, "localhost", resolve))
const origin = `https://localhost:${server.address().port}`
for (
  const options of [
    { allowH2: true },
    { allowH2: true, connections: 1 },
    { allowH2: true, connections: 1, pipelining: 100 }
  ]
) {
  const dispatcher = new Agent({ ...options, connect: { ca: cert } })
  const burst = () =>
    Promise.all(Array.from({ length: 50 }, async () => (await request(origin, { dispatcher })).body.text()))
  connections = 0
  await burst()
  most = 0
  await burst()
  console.log(`${JSON.stringify(options)}: ${connections} connections, at most ${most} requests on their way`)
  await dispatcher.destroy()
}
process.exit()
JS

cat >seen.txt <<'TEXT'
{"allowH2":true}: 50 connections, at most 50 requests on their way
{"allowH2":true,"connections":1}: 1 connections, at most 1 requests on their way
{"allowH2":true,"connections":1,"pipelining":100}: 1 connections, at most 50 requests on their way
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
