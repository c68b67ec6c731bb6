#!/usr/bin/env bash
# An error of spotify-web-api-node for an answer that is no JSON says "[object Object]" and loses the text.
#
# Expected: The error of a 429 or a 502 has what the server wrote, or at least its status in the message.
# Happens: The message is "[object Object]" and the body is empty; only statusCode and headers tell. A command that
#   was answered 200 with an opaque text as JSON is a SyntaxError.
# Versions: spotify-web-api-node@5.0.2, nock@13.5.6; Node 20.20.2
# Matters: Spotify answers 429 with the text "Too many requests", proxies answer 502 in HTML, and commands have been
#   answered by an opaque text since 2024. The log of such an app says "[object Object]".
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact spotify-web-api-node@5.0.2 nock@13.5.6 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import nock from "nock"
import { createRequire } from "node:module"

process.removeAllListeners("warning")
const SpotifyWebApi = createRequire(import.meta.url)("spotify-web-api-node")
nock.disableNetConnect()
const api = new SpotifyWebApi({ accessToken: "token" })
const show = (what, error) => console.log(`${what}: ${error.name}: ${error.message}; ${JSON.stringify(error.body)}`)
for (const [status, type, text] of [
  [429, "text/plain", "Too many requests"],
  [502, "text/html", "<html>Bad gateway</html>"],
  [403, "application/json", '{"error":{"status":403,"message":"Insufficient client scope"}}']
]) {
  nock("https://api.spotify.com").get("/v1/me").reply(status, text, { "content-type": type })
  await api.getMe().catch((error) => show(status, error))
}
const json = { "content-type": "application/json" }
nock("https://api.spotify.com").put("/v1/me/player/pause").reply(200, "AgEBAAAA", json)
await api.pause().catch(({ name }) => console.log(`pause, answered 200: ${name}`))
JS

cat >seen.txt <<'TEXT'
429: WebapiError: [object Object]; {}
502: WebapiError: [object Object]; {}
403: WebapiRegularError: An error occurred while communicating with Spotify's Web API.
Details: Insufficient client scope.; {"error":{"status":403,"message":"Insufficient client scope"}}
pause, answered 200: SyntaxError
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
