#!/usr/bin/env bash
# The official SDK throws the refresh token away when one refresh fails.
#
# Expected: A refresh that met 503 is tried again later: the user's consent is as good as before, and only
#   invalid_grant ends it.
# Happens: With withUserAuthorization, an expired token whose refresh failed once is removed with its refresh token,
#   and the user is sent to Spotify to sign in. The call itself gives null and no error.
# Versions: @spotify/web-api-ts-sdk@1.2.0; Node 20.20.2
# Matters: Every user whose tab comes back from sleep while accounts.spotify.com or the network has a bad second has
#   to sign in again.
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
import { InMemoryCachingStrategy, SpotifyApi } from "@spotify/web-api-ts-sdk"

// What the SDK needs of a browser.
globalThis.window = { crypto: globalThis.crypto, location: { search: "" } }
console.warn = () => {}
console.error = () => {}
let refreshes = 0
globalThis.fetch = async () => {
  refreshes++
  return new Response("{}", { status: 503 })
}
const key = "spotify-sdk:AuthorizationCodeWithPKCEStrategy:token"
const cachingStrategy = new InMemoryCachingStrategy()
let redirected
const wentAway = new Promise((resolve) => redirected = resolve)
const api = SpotifyApi.withUserAuthorization("client-id", "https://example.org/callback", [], {
  cachingStrategy,
  fetch: async () => Response.json({ id: "somebody" }),
  redirectionStrategy: { redirect: async (url) => redirected(new URL(url)), onReturnFromRedirect: async () => {} }
})
const expired = { access_token: "a", token_type: "Bearer", expires_in: 3600, refresh_token: "kept", expires: 1 }
cachingStrategy.setCacheItem(key, expired)
console.log(`profile: ${JSON.stringify(await api.currentUser.profile())}, after ${refreshes} refresh`)
const { host, pathname } = await wentAway
console.log(`sent to ${host}${pathname}; the token that is kept: ${JSON.stringify(await cachingStrategy.get(key))}`)
JS

cat >seen.txt <<'TEXT'
profile: null, after 1 refresh
sent to accounts.spotify.com/authorize; the token that is kept: null
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
