#!/usr/bin/env bash
# Whether an HttpClient follows a redirect depends on its layer, and HttpClient.followRedirects sends the body again after a 303.
#
# Expected: One request gives one result over any HttpClient; and after a 303 the next request is a GET without a body
#   (RFC 9110, 15.4.4).
# Happens: The layer over fetch follows a 302 by itself, the one over undici gives the 302. HttpClient.followRedirects
#   over undici answers a 303 with the same method, body and Authorization header.
# Versions: effect@3.22.4, @effect/platform@0.97.2, @effect/platform-node@0.108.2, @effect/cluster@0.60.2,
#   @effect/rpc@0.76.2, @effect/sql@0.52.1, @effect/workflow@0.19.1; Node 20.20.2
# Matters: A bearer token may leave for another host, and a write may happen twice, when only the layer of a program
#   changes.
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
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect } from "effect"
import { createServer } from "node:http"

const seen = []
let answer = () => [200, {}]
const server = createServer((request, response) => {
  let body = ""
  request.on("data", (data) => body += data)
  request.on("end", () => {
    seen.push({ line: `${request.method} ${request.url}`, body, headers: request.headers })
    const [status, headers] = answer(seen.length)
    response.writeHead(status, headers).end("{}")
  })
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const base = `http://127.0.0.1:${server.address().port}`
const send = async (layer, request, change = (client) => client) => {
  seen.length = 0
  const response = await Effect.runPromise(
    Effect.flatMap(HttpClient.HttpClient, (client) => change(client).execute(request)).pipe(Effect.provide(layer))
  )
  const requests = seen.map(({ body, headers, line }) => `${line} ${body} ${headers.authorization ?? ""}`.trim())
  return `${response.status} after ${requests.join(", ")}`
}
answer = (n) => n === 1 ? [302, { location: "/second" }] : [200, {}]
console.log(`fetch:  ${await send(FetchHttpClient.layer, HttpClientRequest.get(`${base}/first`))}`)
console.log(`undici: ${await send(NodeHttpClient.layerUndici, HttpClientRequest.get(`${base}/first`))}`)
answer = (n) => n === 1 ? [303, { location: "/second" }] : [200, {}]
const post = HttpClientRequest.post(`${base}/first`).pipe(
  HttpClientRequest.bodyUnsafeJson({ n: 1 }),
  HttpClientRequest.bearerToken("token")
)
console.log(`followRedirects: ${await send(NodeHttpClient.layerUndici, post, HttpClient.followRedirects(2))}`)
server.close()
process.exit()
JS

cat >seen.txt <<'TEXT'
fetch:  200 after GET /first, GET /second
undici: 302 after GET /first
followRedirects: 200 after POST /first {"n":1} Bearer token, POST /second {"n":1} Bearer token
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
