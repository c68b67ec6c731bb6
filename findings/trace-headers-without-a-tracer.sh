#!/usr/bin/env bash
# Every request of an HttpClient carries trace headers, though nobody has set up a tracer.
#
# Expected: Headers of tracing appear where there is a tracer that somebody looks at.
# Happens: b3 and traceparent are sent with each request, from the tracer that Effect has by itself.
# Versions: effect@3.22.4, @effect/platform@0.97.2; Node 20.20.2
# Matters: In a browser two headers that the server has not allowed make CORS refuse the call; elsewhere a stranger
#   gets ids that tie requests together.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 @effect/platform@0.97.2 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { FetchHttpClient, HttpClient } from "@effect/platform"
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
const get = (change = (client) => client) =>
  Effect.runPromise(
    Effect.flatMap(HttpClient.HttpClient, (client) => change(client).get(base)).pipe(
      Effect.provide(FetchHttpClient.layer)
    )
  )
await get()
await get(HttpClient.withTracerPropagation(false))
for (const { headers } of seen) {
  console.log(Object.keys(headers).filter((name) => name === "b3" || name === "traceparent").join(", ") || "none")
}
server.close()
server.closeAllConnections()
JS

cat >seen.txt <<'TEXT'
b3, traceparent
none
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
