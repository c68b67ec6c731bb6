#!/usr/bin/env bash
# Node's fetch gives the beginning of a packed body that was cut as if it were all of it.
#
# Expected: A gzip body that ends before its end is an error, as node:zlib and undici's own decompress interceptor
#   make it.
# Happens: text() resolves with what could be unpacked, and nothing tells that the rest is missing. Unpacked by hand,
#   the same bytes fail with Z_BUF_ERROR.
# Versions: undici@7.30.2; Node 20.20.2
# Matters: An answer that a proxy or a full disk cut short is a shorter answer. JSON fails to parse; an export in
#   lines, a log or a CSV looks complete.
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
import { gunzipSync, gzipSync } from "node:zlib"
import { Agent, fetch as undiciFetch, interceptors, request } from "undici"

process.removeAllListeners("warning")
const whole = Array.from({ length: 10_000 }, (_, line) => `${line},${(line * 7919) % 9973}\n`).join("")
const packed = gzipSync(whole)
// Half of it, with a Content-Length that fits what is sent: to HTTP the message is whole.
const half = packed.subarray(0, packed.length / 2)
const server = createServer((_, response) => {
  response.writeHead(200, { "content-encoding": "gzip", "content-length": half.length }).end(half)
})
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
const url = `http://127.0.0.1:${server.address().port}`
const told = (text) => text === whole ? "whole" : whole.startsWith(text) && text !== "" ? "a part, no error" : "other"
const show = async (what, read) =>
  console.log(`${what}: ${await read().then(told, (error) => (error.cause ?? error).code ?? error.message)}`)
await show("fetch", async () => (await fetch(url)).text())
await show("undici's fetch", async () => (await undiciFetch(url)).text())
const dispatcher = new Agent().compose(interceptors.decompress())
await show("undici's interceptor", async () => (await request(url, { dispatcher })).body.text())
await show("node:zlib", async () => gunzipSync(half).toString())
await dispatcher.close()
server.close()
server.closeAllConnections()
JS

cat >seen.txt <<'TEXT'
fetch: a part, no error
undici's fetch: a part, no error
undici's interceptor: Z_BUF_ERROR
node:zlib: Z_BUF_ERROR
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
