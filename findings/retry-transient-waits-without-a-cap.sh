#!/usr/bin/env bash
# On Effect 4 HttpClient.retryTransient waits as long as Retry-After says, however long that is.
#
# Expected: A wait of a day is told to the caller, or there is an option for the longest one.
# Happens: The fiber sleeps for the day: the first timer after the answer is one of 86,400,000 ms. A POST is repeated
#   here too.
# Versions: effect@4.1.0; Node 20.20.2
# Matters: Spotify has sent Retry-After: 86400. A program hangs without a word where it should say "come back
#   tomorrow".
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@4.1.0 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { Effect } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
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
// A sleep of more than an hour is told, and then cut short.
const { setTimeout } = globalThis
globalThis.setTimeout = (run, ms, ...rest) => {
  if (ms > 3_600_000) console.log(`sleeps for ${ms} ms`)
  return setTimeout(run, ms > 3_600_000 ? 1 : ms, ...rest)
}
answer = (n) => n === 1 ? [429, { "retry-after": "86400" }] : [200, {}]
await Effect.runPromise(
  Effect.flatMap(HttpClient.HttpClient, (client) =>
    client.pipe(HttpClient.retryTransient({ times: 3 })).execute(HttpClientRequest.post(`${base}/add`))).pipe(
      Effect.provide(FetchHttpClient.layer)
    )
)
console.log(seen.map(({ line }) => line).join(", "))
server.close()
server.closeAllConnections()
JS

cat >seen.txt <<'TEXT'
sleeps for 86400000 ms
POST /add, POST /add
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
