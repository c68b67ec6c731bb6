#!/usr/bin/env bash
# An error of the official SDK has neither the status nor Retry-After, and its types hide a null.
#
# Expected: A 429 is told from a 404 by a status, with the time to wait; and what may be null is so in its type.
# Happens: Every error is an Error with a sentence alone. That of a 429 says "The app has exceeded its rate limits."
#   and nothing of the header. getPlaybackState is typed as never null and gives null where nothing plays (204):
#   strict TypeScript lets .device pass, which throws.
# Versions: @spotify/web-api-ts-sdk@1.2.0, typescript@5.9.3; Node 20.20.2
# Matters: A caller who wants to wait as long as Spotify says has to take the answer apart himself (afterRequest), and
#   the program that compiles fails as soon as the user stops his music.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact @spotify/web-api-ts-sdk@1.2.0 typescript@5.9.3 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mts <<'JS'
import { SpotifyApi } from "@spotify/web-api-ts-sdk"

const token = { access_token: "token", token_type: "Bearer", expires_in: 3600, refresh_token: "kept" }
let answer: Response
const api = SpotifyApi.withAccessToken("client-id", token, { fetch: async () => answer })
for (const status of [404, 429, 502]) {
  answer = new Response("", { headers: { "retry-after": "7" }, status })
  await api.currentUser.profile().catch((error: unknown) =>
    console.log(`${status}: ${String(error)} Members: ${Object.keys(error as object).join(", ") || "none"}`)
  )
}
answer = new Response(null, { status: 204 })
const state = await api.player.getPlaybackState()
const deviceName = () => state.device.name
console.log(`nothing plays: ${state}`)
try {
  deviceName()
} catch (error) {
  console.log(String(error))
}
JS

cat >seen.txt <<'TEXT'
404: Error: Unrecognised response code: 404 - . Body:  Members: none
429: Error: The app has exceeded its rate limits. Members: none
502: Error: Unrecognised response code: 502 - . Body:  Members: none
nothing plays: null
TypeError: Cannot read properties of null (reading 'device')
TEXT

npx tsc --strict --skipLibCheck --target es2022 --module nodenext finding.mts && node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
