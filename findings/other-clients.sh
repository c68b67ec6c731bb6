#!/usr/bin/env bash
# What three other clients of the Web API do where this library promises something; the README's table says it in words.
#
# Expected: One refresh for all calls that find the token over; a 429 is waited out; a command that was answered 200 has
#   worked; a playlist is added to at the path that both quota modes have (/items); an answer of another shape is told.
# Happens: The official SDK refreshes once for each call, fails on a 429 and on a command's success. spotify-web-api-node
#   refreshes nothing by itself and fails on a 429; @soundify/web-api does the first by a function of the program's and the
#   second by an option. All three add at /tracks, and take any JSON for a track.
# Versions: @spotify/web-api-ts-sdk@1.2.0, @soundify/web-api@1.1.5, spotify-web-api-node@5.0.2; Node 20.20.2
# Matters: Whoever chooses a client wants to know.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact \
  @spotify/web-api-ts-sdk@1.2.0 @soundify/web-api@1.1.5 spotify-web-api-node@5.0.2 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { createRequire } from "node:module"
import { createServer } from "node:http"
import { getCurrentUser, addItemsToPlaylist, getTrack, pausePlayback, SpotifyClient } from "@soundify/web-api"
import { SpotifyApi } from "@spotify/web-api-ts-sdk"

const require = createRequire(import.meta.url)

// A Spotify that says what it was asked: the token "old" is over, "limited" meets a 429 once.
let asked = []
let limited = true
const server = createServer(async (request, response) => {
  asked.push(`${request.method} ${request.url.split("?")[0]}`)
  request.resume()
  const token = request.headers.authorization
  const json = (status, body, headers = {}) => {
    response.writeHead(status, { "content-type": "application/json", ...headers })
    response.end(JSON.stringify(body))
  }
  if (request.url === "/api/token") {
    setTimeout(() => json(200, { access_token: "new", token_type: "Bearer", expires_in: 3600, scope: "" }), 100)
  } else if (token === "Bearer old") {
    json(401, { error: { status: 401, message: "The access token expired" } })
  } else if (token === "Bearer limited" && limited) {
    limited = false
    json(429, { error: { status: 429, message: "API rate limit exceeded" } }, { "retry-after": "1" })
  } else if (request.url.startsWith("/v1/me/player/")) {
    response.writeHead(200, { "content-type": "text/plain" })
    response.end("AgEBAAAA")
  } else if (request.url.startsWith("/v1/tracks/")) {
    json(200, { id: 7, name: null })
  } else {
    json(200, { id: "somebody", snapshot_id: "x" })
  }
})
await new Promise((done) => server.listen(0, "127.0.0.1", done))
const { port } = server.address()
const origin = `http://127.0.0.1:${port}`

// Two of them have Spotify's hosts in the code.
const { fetch } = globalThis
globalThis.fetch = (input, init) =>
  fetch(String(input).replace(/^https:\/\/(api|accounts)\.spotify\.com/, origin), init)
const Request = require("spotify-web-api-node/src/base-request")
const { build } = Request.builder().constructor.prototype
Request.builder().constructor.prototype.build = function() {
  return build.call(this.withHost("127.0.0.1").withPort(port).withScheme("http"))
}
const Node = require("spotify-web-api-node")

const sdk = (access_token, expires) =>
  SpotifyApi.withAccessToken("client-id", {
    access_token,
    token_type: "Bearer",
    expires_in: 3600,
    refresh_token: "r",
    expires
  })
const later = Date.now() + 3_600_000

const clients = {
  "@spotify/web-api-ts-sdk": {
    refresh: () => {
      const api = sdk("old", 1)
      return () => api.currentUser.profile()
    },
    limited: () => sdk("limited", later).currentUser.profile(),
    pause: () => sdk("new", later).player.pausePlayback("device"),
    add: () => sdk("new", later).playlists.addItemsToPlaylist("list", ["spotify:track:7EjyzZcbLxW7PaaLua9Ksb"]),
    odd: () => sdk("new", later).tracks.get("7EjyzZcbLxW7PaaLua9Ksb")
  },
  "@soundify/web-api": {
    refresh: () => {
      const api = new SpotifyClient("old", {
        refresher: async () => {
          const response = await globalThis.fetch(`${origin}/api/token`, { method: "POST" })
          return (await response.json()).access_token
        }
      })
      return () => getCurrentUser(api)
    },
    limited: () => getCurrentUser(new SpotifyClient("limited")),
    limitedWaiting: () => getCurrentUser(new SpotifyClient("limited", { waitForRateLimit: true })),
    pause: () => pausePlayback(new SpotifyClient("new"), "device"),
    add: () => addItemsToPlaylist(new SpotifyClient("new"), "list", ["spotify:track:7EjyzZcbLxW7PaaLua9Ksb"]),
    odd: () => getTrack(new SpotifyClient("new"), "7EjyzZcbLxW7PaaLua9Ksb")
  },
  "spotify-web-api-node": {
    refresh: () => {
      const api = new Node({ clientId: "id", clientSecret: "secret", accessToken: "old", refreshToken: "r" })
      return () => api.getMe()
    },
    limited: () => new Node({ accessToken: "limited" }).getMe(),
    pause: () => new Node({ accessToken: "new" }).pause(),
    add: () => new Node({ accessToken: "new" }).addTracksToPlaylist("list", ["spotify:track:7EjyzZcbLxW7PaaLua9Ksb"]),
    odd: () => new Node({ accessToken: "new" }).getTrack("7EjyzZcbLxW7PaaLua9Ksb").then(({ body }) => body)
  }
}

const outcome = (promise, show = () => "done") =>
  promise.then(show, (error) => `fails with ${error.statusCode ?? error.status ?? error.name}`)

for (const [name, client] of Object.entries(clients)) {
  console.log(name)
  const say = (what, text) => console.log(`  ${what.padEnd(36)}  ${text}`)
  asked = []
  const call = client.refresh()
  const results = await Promise.all(Array.from({ length: 20 }, () => outcome(call())))
  const refreshes = asked.filter((path) => path === "POST /api/token").length
  say("20 calls at once, the token is over", `${[...new Set(results)].join()}; refreshes: ${refreshes}`)
  limited = true
  say("429, Retry-After: 1", await outcome(client.limited()))
  limited = true
  if (client.limitedWaiting) say("  with waitForRateLimit", await outcome(client.limitedWaiting()))
  say("a command answered 200", await outcome(client.pause()))
  asked = []
  await client.add()
  say("adding to a playlist asks", asked.join())
  say("a track without a name", await outcome(client.odd(), (track) => `is given as ${JSON.stringify(track)}`))
}
server.close()
JS

cat >seen.txt <<'TEXT'
@spotify/web-api-ts-sdk
  20 calls at once, the token is over   done; refreshes: 20
  429, Retry-After: 1                   fails with Error
  a command answered 200                fails with SyntaxError
  adding to a playlist asks             POST /v1/playlists/list/tracks
  a track without a name                is given as {"id":7,"name":null}
@soundify/web-api
  20 calls at once, the token is over   done; refreshes: 1
  429, Retry-After: 1                   fails with 429
    with waitForRateLimit               done
  a command answered 200                done
  adding to a playlist asks             POST /v1/playlists/list/tracks
  a track without a name                is given as {"id":7,"name":null}
spotify-web-api-node
  20 calls at once, the token is over   fails with 401; refreshes: 0
  429, Retry-After: 1                   fails with 429
  a command answered 200                done
  adding to a playlist asks             POST /v1/playlists/list/tracks
  a track without a name                is given as {"id":7,"name":null}
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
