import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../../", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "effect-spotify-rooms-"))

afterAll(() => rmSync(folder, { recursive: true }))

const up = /Imports go down only, and this one runs up from \w+\. The order: cli > testing > .* > core\./
const inside = /A private file of another room: .* The order: cli > testing > .* > core\./
const barrel = /Import the module \(effect\/Effect\)/
const apart = /Groups never import each other/

const bad: ReadonlyArray<readonly [file: string, specifier: string, says: RegExp]> = [
  ["core/SpotifyError.ts", "../transport/FetchTransport.js", up],
  ["client/send.ts", "../testing/FakeSpotify.js", up],
  ["writes/blockMoves.ts", "../operations/Albums.js", up],
  ["session/vault.ts", "../client/SpotifyClient.js", up],
  ["store/lock.ts", "../session/tokenEndpoint.js", up],
  ["endpoint/Endpoint.ts", "../model/Album.js", up],
  ["model/Album.ts", "../endpoint/compiledCheck.js", inside],
  ["client/call.ts", "../session/vault.js", inside],
  ["operations/Albums.ts", "../client/send.js", inside],
  ["index.ts", "./store/seal.js", inside],
  ["operations/Albums.ts", "./Tracks.js", apart],
  ["testing/FakeSpotify.ts", "../model/Album.js", up],
  ["testing/internal/operations/browse.ts", "../../../endpoint/parameters.js", up],
  ["operations/Albums.ts", "../testing/index.js", up],
  ["cli/fake.ts", "../testing/internal/routes.js", inside],
  ["core/text.ts", "effect", barrel]
]

const good: ReadonlyArray<readonly [file: string, specifier: string]> = [
  ["client/call.ts", "./send.js"],
  ["client/call.ts", "../core/deadline.js"],
  ["operations/Albums.ts", "../endpoint/parameters.js"],
  ["operations/Endpoints.ts", "./Tracks.js"],
  ["cli/fake.ts", "../testing/index.js"],
  ["testing/FakeSpotify.ts", "../core/SpotifyId.js"],
  ["testing/internal/routes.ts", "./operations/browse.js"],
  ["index.ts", "./store/TokenStore.js"],
  ["core/text.ts", "effect/Effect"]
]

/** What the linter says of a file in that place whose only import it is. */
const lint = (file: string, specifier: string): string => {
  const cwd = mkdtempSync(join(folder, "tree-"))
  const path = join("src", file)
  cpSync(join(root, ".oxlintrc.rooms.json"), join(cwd, ".oxlintrc.json"))
  mkdirSync(dirname(join(cwd, path)), { recursive: true })
  writeFileSync(join(cwd, path), `import * as it from "${specifier}"\nexport const that = it\n`)
  const oxlint = join(root, "node_modules/.bin/oxlint")
  return spawnSync(oxlint, ["-A", "all", path], { cwd, encoding: "utf8" }).stdout.replaceAll(/\s+/g, " ")
}

describe("the order of the rooms", () => {
  it.each(bad)("%s may not import %s, and is told the order", (file, specifier, says) => {
    expect(lint(file, specifier)).toMatch(says)
  })

  it.each(good)("%s may import %s", (file, specifier) => {
    expect(lint(file, specifier)).toContain("Found 0 warnings and 0 errors")
  })
})
