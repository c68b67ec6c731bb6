/** Other clients at the fake on a port: it answers them as Spotify does, which they were written for. */
import { NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Schema } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { execFile, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url))

const Outcome = Schema.parseJson(
  Schema.Struct({ calls: Schema.Number, failed: Schema.Record({ key: Schema.String, value: Schema.String }) })
)

class ScriptFailed extends Schema.TaggedError<ScriptFailed>()("ScriptFailed", { message: Schema.String }) {}

const OnAPort = FakeSpotify.layerServer().pipe(
  Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
)

/** Runs a script against the fake, and gives what it says of its calls. */
const outcomeOf = (command: string, script: string) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const { accessToken } = yield* spotify.issueToken()
    const args = [pathOf(`clients/${script}`), spotify.apiUrl, Redacted.value(accessToken)]
    const stdout = yield* Effect.async<string, ScriptFailed>((resume) => {
      const child = execFile(command, args, (error, stdout, stderr) => {
        resume(error === null ? Effect.succeed(stdout) : new ScriptFailed({ message: `${error.message}\n${stderr}` }))
      })
      return Effect.sync(() => child.kill())
    })
    return { spotify, ...yield* Schema.decode(Outcome)(stdout) }
  })

const missingIds = expect.stringContaining("Missing required field: ids")

// Spotify answers a player's command with a text that says nothing: it is done, and the client fails to read it.
const notJson = expect.stringContaining("is not valid JSON")

const installed = (name: string) => existsSync(pathOf(`../bench/node_modules/${name}/package.json`))

const npm = (name: string) => ({
  isMissing: !installed(name),
  title: installed(name) ? name : `${name} (skipped: npm ci --prefix test/bench installs it)`
})

const official = npm("@spotify/web-api-ts-sdk")

describe.skipIf(official.isMissing)(official.title, () => {
  it.live("is answered as Spotify answers it", () =>
    Effect.gen(function*() {
      const { calls, failed, spotify } = yield* outcomeOf(process.execPath, "officialSdk.js")
      expect(calls).toBe(81)
      expect(failed).toEqual({
        // A bare list of ids is refused: https://github.com/spotify/spotify-web-api-ts-sdk/issues/131
        "currentUser.albums.saveAlbums": missingIds,
        "currentUser.albums.removeSavedAlbums": missingIds,
        "currentUser.episodes.saveEpisodes": missingIds,
        "currentUser.tracks.saveTracks": missingIds,
        "currentUser.tracks.removeSavedTracks": missingIds,
        // https://github.com/spotify/spotify-web-api-ts-sdk/issues/127
        "player.startResumePlayback": notJson,
        "player.addItemToPlaybackQueue": notJson,
        "player.seekToPosition": notJson,
        "player.setRepeatMode": notJson,
        "player.setPlaybackVolume": notJson,
        "player.togglePlaybackShuffle": notJson,
        "player.skipToNext": notJson,
        "player.skipToPrevious": notJson,
        "player.pausePlayback": notJson,
        "player.transferPlayback": notJson
      })
      expect(yield* spotify.state.player()).toMatchObject({ repeat: "context", shuffle: true })
    }).pipe(Effect.provide(OnAPort)))
})

const webApiNode = npm("spotify-web-api-node")

describe.skipIf(webApiNode.isMissing)(webApiNode.title, () => {
  it.live("is answered as Spotify answers it", () =>
    Effect.gen(function*() {
      const { calls, failed, spotify } = yield* outcomeOf(process.execPath, "webApiNode.js")
      expect(calls).toBe(82)
      expect(failed).toEqual({
        addToMySavedAlbums: missingIds,
        removeFromMySavedAlbums: missingIds,
        addToMySavedShows: missingIds,
        removeFromMySavedShows: missingIds,
        removeTracksFromPlaylistByPosition: expect.stringContaining("Missing required field: tracks"),
        play: notJson,
        addToQueue: notJson,
        seek: notJson,
        setRepeat: notJson,
        setShuffle: notJson,
        setVolume: notJson,
        skipToNext: notJson,
        skipToPrevious: notJson,
        pause: notJson,
        transferMyPlayback: notJson
      })
      expect(yield* spotify.state.player()).toMatchObject({ repeat: "context", shuffle: true })
    }).pipe(Effect.provide(OnAPort)))
})

const python = spawnSync("python3", ["-c", "import spotipy"]).status === 0

describe.skipIf(!python)(python ? "spotipy" : "spotipy (skipped: no python3 with spotipy)", () => {
  it.live("is answered as Spotify answers it", () =>
    Effect.gen(function*() {
      const { calls, failed } = yield* outcomeOf("python3", "spotipy_calls.py")
      expect(calls).toBe(76)
      expect(failed).toEqual({})
    }).pipe(Effect.provide(OnAPort)))
})
