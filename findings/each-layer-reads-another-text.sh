#!/usr/bin/env bash
# What HttpClient's text is depends on its layer: packed answers stay packed, and a byte order mark stays in.
#
# Expected: The same answer has the same text and the same JSON over every HttpClient layer.
# Happens: The layer over fetch asks for packed answers and unpacks them; those over node:http and undici ask for none
#   and give the packed bytes as text. And over node:http text keeps a byte order mark, so that json fails, where
#   stream of the same answer drops it. node:http also closes each connection.
# Versions: effect@3.22.4, @effect/platform@0.97.2, @effect/platform-node@0.108.2, @effect/cluster@0.60.2,
#   @effect/rpc@0.76.2, @effect/sql@0.52.1, @effect/workflow@0.19.1; Node 20.20.2
# Matters: Behind a proxy or a CDN that packs whatever happens, or marks its JSON, every answer is a decode error over
#   one layer and fine over the other; without packing a page of Spotify's is some times as long on the wire.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 @effect/platform@0.97.2 @effect/platform-node@0.108.2 @effect/cluster@0.60.2 @effect/rpc@0.76.2 @effect/sql@0.52.1 @effect/workflow@0.19.1 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { FetchHttpClient, HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Option, Stream } from "effect"
import { createServer } from "node:http"
import { gzipSync } from "node:zlib"

const json = '{"name":"x"}'
const seen = []
const server = createServer((request, response) => {
  seen.push(request.headers)
  if (request.url === "/packed") response.setHeader("content-encoding", "gzip").end(gzipSync(json))
  else response.end(`\ufeff${json}`)
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const base = `http://127.0.0.1:${server.address().port}`
const layers = { fetch: FetchHttpClient.layer, "node:http": NodeHttpClient.layer, undici: NodeHttpClient.layerUndici }
const fits = (text) => text === json ? "read" : text.endsWith(json) ? "with the mark" : "packed bytes"
for (const [name, layer] of Object.entries(layers)) {
  await Effect.runPromise(
    Effect.gen(function*() {
      const client = yield* HttpClient.HttpClient
      const get = (path, read) => Effect.flatMap(client.get(base + path), read)
      const packed = yield* get("/packed", ({ text }) => text)
      const { connection, "accept-encoding": asked = "nothing" } = seen.pop()
      const marked = yield* get("/marked", ({ text }) => text)
      const parsed = Option.isSome(yield* Effect.option(get("/marked", ({ json }) => json))) ? "read" : "fails"
      const streamed = yield* get("/marked", ({ stream }) => Stream.mkString(Stream.decodeText(stream)))
      console.log(`${name}: asks for ${asked}, connection: ${connection}`)
      console.log(`  packed: text ${fits(packed)}`)
      console.log(`  marked: text ${fits(marked)}, stream ${fits(streamed)}, json ${parsed}`)
    }).pipe(Effect.provide(layer))
  )
}
server.close()
server.closeAllConnections()
JS

cat >seen.txt <<'TEXT'
fetch: asks for gzip, deflate, connection: keep-alive
  packed: text read
  marked: text read, stream read, json read
node:http: asks for nothing, connection: close
  packed: text packed bytes
  marked: text with the mark, stream read, json fails
undici: asks for nothing, connection: keep-alive
  packed: text packed bytes
  marked: text read, stream read, json read
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
