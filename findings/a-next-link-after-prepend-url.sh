#!/usr/bin/env bash
# HttpClientRequest.prependUrl puts the base before an absolute URL too.
#
# Expected: A request for an absolute URL goes to that URL, as new URL(link, base) would have it.
# Happens: A client with a base address asks for base and link written one after the other. And without a slash at
#   either end, "me" after ".../v1" becomes "/v1me".
# Versions: effect@3.22.4, @effect/platform@0.97.2; Node 20.20.2
# Matters: Spotify's pages name the next one by its whole URL. The first page of a list is read, and every further one
#   is a 404.
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
const server = createServer((request, response) => {
  seen.push(request.url)
  response.writeHead(request.url === "/v1/me/tracks" || request.url.startsWith("/v1/me/tracks?") ? 200 : 404)
  response.end(JSON.stringify({ next: `${base}/v1/me/tracks?offset=20` }))
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const base = `http://127.0.0.1:${server.address().port}`
await Effect.runPromise(
  Effect.gen(function*() {
    const client = HttpClient.mapRequest(yield* HttpClient.HttpClient, HttpClientRequest.prependUrl(`${base}/v1`))
    const show = (what, { status }) => console.log(`${what}: ${status} ${seen.pop().replace(base, "BASE")}`)
    const first = yield* client.get("/me/tracks")
    show("/me/tracks", first)
    const { next } = yield* first.json
    show(next.replace(base, "BASE"), yield* client.get(next))
    show("me/tracks", yield* client.get("me/tracks"))
  }).pipe(Effect.provide(FetchHttpClient.layer))
)
server.close()
server.closeAllConnections()
JS

cat >seen.txt <<'TEXT'
/me/tracks: 200 /v1/me/tracks
BASE/v1/me/tracks?offset=20: 404 /v1BASE/v1/me/tracks?offset=20
me/tracks: 404 /v1me/tracks
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
