#!/usr/bin/env bash
# undici's retry interceptor comes back after 30 seconds however long Retry-After is, and repeats PUT and DELETE.
#
# Expected: A client that is told to wait for an hour waits for an hour, or gives the 429 to its caller.
# Happens: Retry-After is cut to maxTimeout, 30 seconds by default, and then the request is sent again, up to five
#   times. A PUT and a DELETE that met 503 are sent twice; a POST is not.
# Versions: undici@7.30.2; Node 20.20.2
# Matters: Spotify's longest waits are hours: five more requests into a pause that was asked for. And what Spotify
#   calls PUT is not all safe to repeat: moving entries of a playlist is a PUT.
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
import { Agent, interceptors, request } from "undici"

let requests = 0
let answer
const server = createServer((_, response) => {
  requests++
  const [status, headers] = requests === 1 ? answer : [200, {}]
  response.writeHead(status, headers).end("{}")
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const url = `http://127.0.0.1:${server.address().port}`
const dispatcher = new Agent().compose(interceptors.retry())
// Waits of five seconds and more are told, and cut short.
const { setTimeout } = globalThis
let waits = []
globalThis.setTimeout = (run, ms, ...rest) => {
  if (ms >= 5000) waits.push(`${ms} ms`)
  return setTimeout(run, ms >= 5000 ? 1 : ms, ...rest)
}
for (const [method, ...first] of [
  ["GET", 429, { "retry-after": "3600" }],
  ["PUT", 503, {}],
  ["DELETE", 503, {}],
  ["POST", 503, {}]
]) {
  requests = 0
  waits = []
  answer = first
  await request(url, { method, dispatcher }).then(({ body }) => body.dump(), () => {})
  const waited = first[0] === 429 ? `; waited ${waits.join(", ")} for an hour` : ""
  console.log(`${method}, answered ${first[0]}: sent ${requests} times${waited}`)
}
await dispatcher.close()
server.close()
server.closeAllConnections()
JS

cat >seen.txt <<'TEXT'
GET, answered 429: sent 2 times; waited 30000 ms for an hour
PUT, answered 503: sent 2 times
DELETE, answered 503: sent 2 times
POST, answered 503: sent 1 times
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
