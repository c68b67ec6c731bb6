#!/usr/bin/env bash
# HttpClient.retryTransient repeats a POST, and on Effect 3 it ignores Retry-After.
#
# Expected: A retry of what is transient leaves alone what must not happen twice (RFC 9110, 9.2.2), and waits as long
#   as the server says.
# Happens: A POST that met 503 or 429 is sent again at once, with its body; Retry-After: 1 is not waited for.
# Versions: effect@3.22.4, @effect/platform@0.97.2; Node 20.20.2
# Matters: A client for an API with rate limits that uses it adds entries to a playlist twice, skips two tracks, and
#   turns one 429 into several.
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
import { FetchHttpClient, HttpClient, HttpClientRequest } from "@effect/platform"
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
const post = HttpClientRequest.post(`${base}/add`).pipe(HttpClientRequest.bodyUnsafeJson({ track: 1 }))
for (const status of [503, 429]) {
  seen.length = 0
  answer = (n) => n === 1 ? [status, { "retry-after": "1" }] : [200, {}]
  const started = Date.now()
  await Effect.runPromise(
    Effect.flatMap(HttpClient.HttpClient, (client) =>
      client.pipe(HttpClient.retryTransient({ times: 3 })).execute(post)).pipe(Effect.provide(FetchHttpClient.layer))
  )
  const waited = Date.now() - started >= 1000 ? "after the second" : "without the second"
  console.log(`${status}: ${seen.map(({ body, line }) => `${line} ${body}`).join(", ")}; ${waited}`)
}
server.close()
server.closeAllConnections()
JS

cat >seen.txt <<'TEXT'
503: POST /add {"track":1}, POST /add {"track":1}; without the second
429: POST /add {"track":1}, POST /add {"track":1}; without the second
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
