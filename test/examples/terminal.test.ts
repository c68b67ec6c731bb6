/** What others call their things is printed by every example, and obeyed by no terminal. */
import { describe, expect, it } from "@effect/vitest"
import { Console, Effect } from "effect"
import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Terminal from "../../examples/support/terminal.js"

const root = fileURLToPath(new URL("../..", import.meta.url))
const hostile = "A\u001b]0;owned\u0007B\u001b[2JC\u009b31mD\rE\u0008F"
const obeyed = /[^\P{Cc}\n]/u

describe("a console for other people's words", () => {
  it.effect("leaves out what a terminal obeys", () =>
    Effect.gen(function*() {
      const lines: Array<string> = []
      const console = yield* Console.consoleWith(Effect.succeed)
      const write = (...words: ReadonlyArray<unknown>) => Effect.sync(() => void lines.push(words.join(" ")))
      yield* Effect.zipRight(Console.log(`${hostile}\u202e`), Console.error(hostile)).pipe(
        Effect.provide(Terminal.layer),
        Effect.withConsole({ ...console, log: write, error: write })
      )
      expect(lines).toEqual(["A]0;ownedB[2JC31mDEF", "A]0;ownedB[2JC31mDEF"])
    }))

  // The sandbox, the users who are signed in and the guides bring it along.
  const bringers = ["support/terminal.js", "support/sandbox.js", "support/signedIn.js", "support/guide.js"]
  const programs = ["examples", "examples/guides"].flatMap((folder) =>
    readdirSync(join(root, folder)).filter((name) => name.endsWith(".ts")).map((name) => `${folder}/${name}`)
  ).filter((name) => name !== "examples/program.ts")

  it.each(programs)("is that of %s", (name) => {
    const source = readFileSync(join(root, name), "utf8")
    expect(bringers.filter((bringer) => source.includes(`/${bringer}"`))).not.toEqual([])
  })

  it.each(bringers.slice(1))("comes with %s", (name) => {
    const source = readFileSync(join(root, "examples", name.replace(/js$/, "ts")), "utf8")
    expect(source).toMatch(/(?:provide|provideMerge|merge|Merge)\([^;]*Terminal\.layer/)
  })
})

it("program.ts prints names without what a terminal obeys", async () => {
  const directory = mkdtempSync(join(tmpdir(), "effect-spotify-"))
  try {
    const end = new Date(Date.now() + 86_400_000).toISOString()
    writeFileSync(
      join(directory, "tokens.json"),
      JSON.stringify({
        version: 1,
        tokens: [{ key: "default", token: { accessToken: "t", expiresAt: end, scopes: [] } }],
        pending: []
      })
    )
    const spotify = join(directory, "spotify.mjs")
    writeFileSync(
      spotify,
      `const name = ${JSON.stringify(hostile)}
const track = { type: "track", id: "7EjyzZcbLxW7PaaLua9Ksb", uri: "spotify:track:7EjyzZcbLxW7PaaLua9Ksb", name,
  artists: [], album: { type: "album", album_type: "album", id: "a", uri: "spotify:album:a", name, artists: [], images: [],
    total_tracks: 1, release_date: "2026", release_date_precision: "year", external_urls: {}, href: "" },
  duration_ms: 1, explicit: false, disc_number: 1, track_number: 1, is_local: false, external_urls: {}, href: "" }
globalThis.fetch = async (input) => {
  const { pathname } = new URL(input)
  return Response.json(
    pathname === "/v1/me" ? { type: "user", id: "u", uri: "spotify:user:u", display_name: name } :
    pathname === "/v1/me/tracks" ? { href: "", items: [{ added_at: "2026-01-01T00:00:00Z", track }], limit: 20,
      offset: 0, total: 1, next: null, previous: null } : track
  )
}
`
    )
    const { code, output } = await new Promise<{ readonly code: number | null; readonly output: string }>(
      (resolve, reject) => {
        const child = spawn(
          process.execPath,
          [
            "--import",
            join(root, "node_modules/tsx/dist/loader.mjs"),
            "--import",
            spotify,
            join(root, "examples/program.ts")
          ],
          {
            cwd: directory,
            env: {
              ...process.env,
              TSX_TSCONFIG_PATH: join(root, "tsconfig.json"),
              SPOTIFY_CLIENT_ID: "id",
              SPOTIFY_CLIENT_SECRET: "secret",
              SPOTIFY_REDIRECT_URI: "http://127.0.0.1/callback",
              NO_COLOR: "1"
            }
          }
        )
        let output = ""
        for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => void (output += data))
        child.on("error", reject).on("close", (code) => resolve({ code, output }))
      }
    )
    expect(output).toContain("A]0;ownedB[2JC31mDEF looks at A]0;ownedB[2JC31mDEF\nA]0;owned")
    expect(output).not.toMatch(obeyed)
    expect(code).toBe(0)
  } finally {
    rmSync(directory, { recursive: true })
  }
}, 60_000)
