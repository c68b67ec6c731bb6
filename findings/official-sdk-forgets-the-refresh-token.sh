#!/usr/bin/env bash
# The official SDK forgets the refresh token when Spotify does not send it again, and fails on a command that worked.
#
# Expected: A refresh answer without refresh_token leaves the old one (RFC 6749, 6; Spotify's page on refreshing says
#   so). A player command that was answered 200 has worked.
# Happens: After one refresh the kept token has no refresh_token, so that the next refresh sends "undefined".
#   pausePlayback fails with a SyntaxError, since the body of the 200 is no JSON.
# Versions: @spotify/web-api-ts-sdk@1.2.0; Node 20.20.2
# Matters: Since June 2026 Spotify sends no refresh token when refreshing, and since 2024 commands are answered with
#   an opaque text: users are signed out after two hours, and every command looks as if it had failed.
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

const sent = []
const answer = (url) => {
  if (url.includes("/api/token")) {
    return Response.json({ access_token: "next", token_type: "Bearer", expires_in: 3600, scope: "" })
  }
  // What Spotify answers a command with; see the SDK's issues 119 and 127.
  return url.includes("/me/player/") ? new Response("AgEBAAAA", { status: 200 }) : Response.json({ id: "somebody" })
}
globalThis.fetch = async (input, init) => {
  if (String(input).includes("/api/token")) sent.push(`refresh_token=${init.body.get("refresh_token")}`)
  return answer(String(input))
}
const over = { access_token: "first", token_type: "Bearer", expires_in: 3600, refresh_token: "kept", expires: 1 }
const api = SpotifyApi.withAccessToken("client-id", over)
await api.currentUser.profile()
// Two hours later.
const { now } = Date
Date.now = () => now() + 7_200_000
await api.currentUser.profile()
console.log(`refreshes: ${sent.join(", ")}`)
await api.player.pausePlayback("device").then(
  () => console.log("pausePlayback: done"),
  (error) => console.log(`pausePlayback: ${error.name}`)
)
JS

cat >seen.txt <<'TEXT'
refreshes: refresh_token=kept, refresh_token=undefined
pausePlayback: SyntaxError
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
