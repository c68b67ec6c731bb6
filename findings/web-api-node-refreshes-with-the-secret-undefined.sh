#!/usr/bin/env bash
# spotify-web-api-node refreshes a PKCE session with the secret "undefined".
#
# Expected: A client without a secret refreshes by client_id in the body (RFC 6749, 3.2.1 and 6), or says that it
#   needs a secret.
# Happens: It sends Authorization: Basic of "client-id:undefined", and no client_id. The token that comes is given and
#   not kept: the next call sends the old one until it is set by hand.
# Versions: spotify-web-api-node@5.0.2, nock@13.5.6; Node 20.20.2
# Matters: PKCE is what Spotify tells apps without a server to use. Their refresh is refused as invalid_client, an
#   hour after everything worked.
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
nock("https://accounts.spotify.com").post("/api/token").reply(function(_, body) {
  const [scheme, credentials] = String(this.req.headers.authorization).split(" ")
  console.log(`${scheme} ${Buffer.from(credentials, "base64")}, ${body}`)
  return [200, { access_token: "next", expires_in: 3600, refresh_token: "new" }]
})
nock("https://api.spotify.com").get("/v1/me").reply(function() {
  console.log(`then: ${this.req.headers.authorization}`)
  return [200, {}]
})
const api = new SpotifyWebApi({ clientId: "client-id", accessToken: "first", refreshToken: "kept" })
await api.refreshAccessToken()
await api.getMe()
console.log(`kept: ${api.getAccessToken()}, ${api.getRefreshToken()}`)
JS

cat >seen.txt <<'TEXT'
Basic client-id:undefined, grant_type=refresh_token&refresh_token=kept
then: Bearer first
kept: first, kept
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
