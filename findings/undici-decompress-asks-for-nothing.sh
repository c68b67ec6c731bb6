#!/usr/bin/env bash
# undici's decompress interceptor asks for no packed answer, and fails on a raw deflate that fetch reads.
#
# Expected: With interceptors.decompress a request says what it can unpack; and undici's two ways to ask read the same
#   answers.
# Happens: No accept-encoding is sent, so that a server has no reason to pack. Content-Encoding: deflate without the
#   zlib frame, which servers do send, is Z_DATA_ERROR, where undici's own fetch and Node's read it.
# Versions: undici@7.30.2; Node 20.20.2
# Matters: Who composes the interceptor to save bytes saves none until accept-encoding is set by hand, and with
#   "deflate" in it some servers' answers can't be read.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact undici@7.30.2 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { createServer } from "node:http"
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { Agent, fetch as undiciFetch, interceptors, request } from "undici"

process.removeAllListeners("warning")
const pack = {
  "/gzip": ["gzip", gzipSync],
  "/deflate": ["deflate", deflateSync],
  "/raw-deflate": ["deflate", deflateRawSync]
}
let asked
const server = createServer(({ headers, url }, response) => {
  asked = headers["accept-encoding"] ?? "nothing"
  const [encoding, packed] = pack[url]
  response.writeHead(200, { "content-encoding": encoding }).end(packed("read"))
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const base = `http://127.0.0.1:${server.address().port}`
const dispatcher = new Agent().compose(interceptors.decompress())
const ways = {
  "request and decompress": async (url) => (await request(url, { dispatcher })).body.text(),
  "undici's fetch": async (url) => (await undiciFetch(url)).text(),
  "Node's fetch": async (url) => (await fetch(url)).text()
}
for (const [name, read] of Object.entries(ways)) {
  const told = []
  for (const path of Object.keys(pack)) {
    told.push(`${path.slice(1)} ${await read(base + path).catch((error) => error.code ?? error.message)}`)
  }
  console.log(`${name} asks for ${asked}: ${told.join(", ")}`)
}
await dispatcher.close()
server.close()
server.closeAllConnections()
JS

cat >seen.txt <<'TEXT'
request and decompress asks for nothing: gzip read, deflate read, raw-deflate Z_DATA_ERROR
undici's fetch asks for gzip, deflate: gzip read, deflate read, raw-deflate read
Node's fetch asks for gzip, deflate: gzip read, deflate read, raw-deflate read
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
