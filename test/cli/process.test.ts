import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { createRequire } from "node:module"
import { dirname } from "node:path"
import { layerSpotify, visit } from "../utils/signIn.js"
import { cli, installed, makeEnvironment, readToken, runProcess, startProcess, useCli } from "../utils/signInCli.js"

// Each step starts a process, which takes long on a machine that is busy.
const timeout = 300_000

const layer = (options?: FakeSpotify.Options) => Layer.merge(layerSpotify(options), NodeContext.layer)

useCli()

describe("effect-spotify as a process", () => {
  it.scopedLive("login with a client secret and chosen scopes, into the default file", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { environment, home } = yield* makeEnvironment
      const login = yield* startProcess(
        [
          "login",
          "--client-id",
          "fake-client-id",
          "--scope",
          "user-top-read",
          "--scope",
          "user-read-email",
          "--show-dialog"
        ],
        {
          ...environment,
          SPOTIFY_CLIENT_ID: "another",
          SPOTIFY_CLIENT_SECRET: "fake-client-secret",
          SPOTIFY_TOKEN_FILE: ""
        }
      )
      const url = new URL(yield* login.authorizeUrl)
      expect(url.searchParams.get("scope")).toBe("user-top-read user-read-email")
      expect(url.searchParams.get("show_dialog")).toBe("true")
      expect(url.searchParams.has("code_challenge")).toBe(false)
      yield* visit(yield* spotify.authorize(url))
      const { code, stdout } = yield* login.ended
      expect(code).toBe(0)
      const file = /the token is in (.*)$/m.exec(stdout)?.[1] ?? ""
      // What was printed is a program that runs as it is.
      const fs = yield* FileSystem.FileSystem
      const program = stdout.slice(stdout.indexOf("import "))
      const hello = (yield* Path.Path).join(installed, "hello.ts")
      yield* fs.writeFileString(hello, program)
      expect(yield* runProcess([], { SPOTIFY_CLIENT_SECRET: "fake-client-secret" }, hello)).toEqual({
        code: 0,
        stderr: "",
        stdout: "Hello Fake User\n"
      })
      expect(file.startsWith(home)).toBe(true)
      expect((yield* readToken(file, "default"))?.scopes).toEqual([
        "user-top-read",
        "user-read-email"
      ])
    }).pipe(Effect.provide(layer())), timeout)

  it.scopedLive("login ends with 130 when it is interrupted", () =>
    Effect.gen(function*() {
      const { environment } = yield* makeEnvironment
      const login = yield* startProcess(["login"], environment)
      const redirectUri = new URL(yield* login.authorizeUrl).searchParams.get("redirect_uri") ?? ""
      yield* login.child.kill("SIGINT")
      expect((yield* login.ended).code).toBe(130)
      expect(yield* Effect.isFailure(visit(redirectUri))).toBe(true)
    }).pipe(Effect.provide(layer())), timeout)
})

describe("without its optional peers", () => {
  /** The command in a folder without some of them. */
  const installIn = (root: string) =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const copied = path.join(root, "node_modules", "effect-spotify", "dist", "cli", "bin.js")
      yield* fs.makeDirectory(path.dirname(copied), { recursive: true })
      yield* fs.makeDirectory(path.join(root, "node_modules", "@effect"), { recursive: true })
      yield* fs.copyFile(cli, copied)
      yield* fs.writeFileString(
        path.join(root, "node_modules", "effect-spotify", "package.json"),
        JSON.stringify({ type: "module", peerDependencies: { "@effect/cli": "^0.77.0", effect: "^3.22.0" } })
      )
      const installed = (name: string) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
      for (const name of ["effect", "@effect/platform-node"]) {
        yield* fs.symlink(installed(name), path.join(root, "node_modules", name))
      }
      return copied
    })

  const once =
    "npx --yes -p effect-spotify -p \"@effect/cli@^0.77.0\" -p @effect/platform-node -p @effect/printer -p @effect/printer-ansi " +
    "effect-spotify login --key 'my key'\n"

  it.scopedLive("names what to install in the project that it is in", () =>
    Effect.gen(function*() {
      const copied = yield* installIn(yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped())
      const { code, stderr, stdout } = yield* runProcess(["login", "--key", "my key"], {}, copied)
      expect([code, stdout]).toEqual([1, ""])
      expect(stderr).toContain(
        "npm install \"@effect/cli@^0.77.0\" @effect/printer @effect/printer-ansi\n  npx effect-spotify login --key 'my key'\n"
      )
      expect(stderr).toContain(once)
    }).pipe(Effect.provide(NodeContext.layer)), timeout)

  it.scopedLive("names all that there is to install where npx has fetched it", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const root = (yield* Path.Path).join(yield* fs.makeTempDirectoryScoped(), "_npx", "0123456789abcdef")
      const { code, stderr } = yield* runProcess(["login", "--key", "my key"], {}, yield* installIn(root))
      expect(code).toBe(1)
      expect(stderr.indexOf(once)).toBeLessThan(stderr.indexOf("npm install"))
      expect(stderr).toContain(
        "npm install effect-spotify \"effect@^3.22.0\" @effect/platform \"@effect/cli@^0.77.0\" @effect/printer"
      )
    }).pipe(Effect.provide(NodeContext.layer)), timeout)
})
