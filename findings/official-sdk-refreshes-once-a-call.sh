#!/usr/bin/env bash
# The official SDK refreshes a token once for each call that finds it expired, and by another fetch than it was given.
#
# Expected: Ten calls at a time that find an expired token make one refresh and share its answer; and the fetch in the
#   configuration is the one that is used.
# Happens: Each of the ten asks for a token of its own. Tokens are asked for with the global fetch, past config.fetch.
# Versions: @spotify/web-api-ts-sdk@1.2.0; Node 20.20.2
# Matters: A burst is as many requests at the token endpoint as there are calls. A proxy, a fake or a log that was
#   given as fetch doesn't see them, and a test with a fake asks Spotify.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact @spotify/web-api-ts-sdk@1.2.0 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { SpotifyApi } from "@spotify/web-api-ts-sdk"

const asked = { configured: [], global: [] }
globalThis.fetch = async (url) => {
  asked.global.push(new URL(url).pathname)
  return Response.json({ access_token: "next", token_type: "Bearer", expires_in: 3600, refresh_token: "kept" })
}
const fetch = async (url) => {
  asked.configured.push(new URL(url).pathname)
  return Response.json({ id: "somebody" })
}
const expired = { access_token: "first", token_type: "Bearer", expires_in: 3600, refresh_token: "kept", expires: 1 }
const api = SpotifyApi.withAccessToken("client-id", expired, { fetch })
await Promise.all(Array.from({ length: 10 }, () => api.currentUser.profile()))
for (const [name, paths] of Object.entries(asked)) {
  console.log(`${name} fetch: ${[...new Set(paths)].map((path) => `${paths.length} of ${path}`).join(", ")}`)
}
JS

cat >seen.txt <<'TEXT'
configured fetch: 10 of /v1/me
global fetch: 10 of /api/token
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
