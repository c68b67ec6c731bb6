import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { createRequire } from "node:module"
import { dirname } from "node:path"
import { layerSpotify, visit } from "../utils/signIn.js"
import { cli, makeEnvironment, putToken, readToken, run, start, useCli } from "../utils/signInCli.js"

// Each step starts a process, which takes long on a machine that is busy.
const timeout = 300_000

const layer = (options?: FakeSpotify.Options) => Layer.merge(layerSpotify(options), NodeContext.layer)

const escape = "\u001b"

useCli()

describe("effect-spotify", () => {
  it.scopedLive("login, whoami, token, logout", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { environment, file } = yield* makeEnvironment

      const login = yield* start(["login"], environment)
      const url = new URL(yield* login.authorizeUrl)
      expect(url.searchParams.get("scope")?.split(" ")).toContain("user-library-read")
      expect(url.searchParams.get("scope")).not.toContain("modify")
      expect((yield* visit(yield* spotify.authorize(url))).status).toBe(200)
      const signedIn = yield* login.ended
      expect(signedIn).toMatchObject({ code: 0 })
      expect(signedIn.stdout).toMatch(/^✓ Signed in until \d{4}-\d\d-\d\d; the token is in /)
      expect(signedIn.stdout).toContain("fake-user")
      expect(signedIn.stderr).toContain("No browser could be opened from here.")
      expect(signedIn.stderr).not.toContain("paste")

      const whoami = yield* run(["whoami"], environment)
      expect(whoami).toMatchObject({ code: 0, stderr: "" })
      expect(whoami.stdout).toMatch(/^ {2}id {7}fake-user$/m)

      const token = yield* run(["token"], environment)
      const kept = yield* readToken(file)
      expect(token).toEqual({ code: 0, stderr: "", stdout: `${kept && Redacted.value(kept.accessToken)}\n` })
      for (const { stderr, stdout } of [signedIn, whoami]) {
        expect(stdout + stderr).not.toContain(token.stdout.trim())
        expect(stdout + stderr).not.toContain(escape)
      }

      const logout = yield* run(["logout"], environment)
      expect(logout).toMatchObject({ code: 0, stderr: "" })
      expect(logout.stdout).toContain("https://www.spotify.com/account/apps")
      expect(yield* readToken(file)).toBeUndefined()
      expect((yield* run(["logout"], environment)).stdout).toBe(
        `Nobody was signed in: there is no token in ${file}\n`
      )
      expect(yield* run(["whoami"], environment)).toEqual({
        code: 1,
        stdout: "",
        stderr: "✗ Nobody is signed in. Run effect-spotify login\n"
      })
    }).pipe(Effect.provide(layer())), timeout)

  it.scopedLive("prints Spotify's words without what a terminal obeys", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { environment, file } = yield* makeEnvironment
      const hostile = "A\u001b]0;owned\u0007B\u001b[2JC\u009b31mD\rE\u202e"
      const obeyed = /[^\P{Cc}\n]|\u202e/u
      const me = { id: hostile, uri: "spotify:user:u", type: "user", display_name: hostile, email: hostile }
      yield* putToken(file, { daysAgo: 1 })
      for (const command of ["whoami", "doctor"]) {
        for (const answer of [FakeSpotify.reply(200, { json: me }), FakeSpotify.reply(403, { text: hostile })]) {
          yield* spotify.failNext(answer, { on: { path: "/v1/me" } })
          const { stderr, stdout } = yield* run([command], environment)
          expect(stdout + stderr).toContain("]0;owned")
          expect(stdout + stderr).not.toMatch(obeyed)
        }
      }
      yield* spotify.failNext(FakeSpotify.oauthError("invalid_request", hostile), { on: { path: "/api/token" } })
      yield* putToken(file, { daysAgo: 1, expired: true })
      const { stderr } = yield* run(["token"], environment)
      expect(stderr).toContain("]0;owned")
      expect(stderr).not.toMatch(obeyed)
    }).pipe(Effect.provide(layer())), timeout)

  it.scopedLive("login with a client secret and chosen scopes, into the default file", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { environment, home } = yield* makeEnvironment
      const login = yield* start(
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
      expect(file.startsWith(home)).toBe(true)
      expect((yield* readToken(file, "fake-client-id with a secret"))?.scopes).toEqual([
        "user-top-read",
        "user-read-email"
      ])
    }).pipe(Effect.provide(layer())), timeout)

  it.scopedLive("login tells when the user declined and ends with 1", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { environment } = yield* makeEnvironment
      const login = yield* start(["login"], environment)
      yield* visit(yield* spotify.authorize(yield* login.authorizeUrl, { approve: false }))
      const { code, stderr, stdout } = yield* login.ended
      expect([code, stdout]).toEqual([1, ""])
      expect(stderr.endsWith("✗ The user declined the sign-in\n")).toBe(true)
    }).pipe(Effect.provide(layer())), timeout)

  it.scopedLive("login ends with 130 when it is interrupted", () =>
    Effect.gen(function*() {
      const { environment } = yield* makeEnvironment
      const login = yield* start(["login"], environment)
      const redirectUri = new URL(yield* login.authorizeUrl).searchParams.get("redirect_uri") ?? ""
      yield* login.child.kill("SIGINT")
      expect((yield* login.ended).code).toBe(130)
      expect(yield* Effect.isFailure(visit(redirectUri))).toBe(true)
    }).pipe(Effect.provide(layer())), timeout)

  it.scopedLive("renews the token by itself, and says when the sign-in has ended", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { environment, file } = yield* makeEnvironment
      const { accessToken } = yield* putToken(file, { daysAgo: 1, expired: true })
      const token = yield* run(["token", "--store", file], {
        ...environment,
        SPOTIFY_TOKEN_FILE: "/nowhere/tokens.json"
      })
      expect(token).toMatchObject({ code: 0, stderr: "" })
      expect(token.stdout).toMatch(/^\S+\n$/)
      expect(token.stdout.trim()).not.toBe(Redacted.value(accessToken))

      yield* spotify.revokeAccessTokens
      yield* spotify.revokeRefreshTokens()
      expect(yield* run(["whoami"], environment)).toEqual({
        code: 1,
        stdout: "",
        stderr: "✗ The sign-in has ended: six months are over, or you removed the app from your account. " +
          "Run effect-spotify login\n"
      })
    }).pipe(Effect.provide(layer())), timeout)

  it.scopedLive(
    "ends with 2 when it is called wrongly, and shows help without colours in a pipe",
    () =>
      Effect.gen(function*() {
        const { environment } = yield* makeEnvironment
        const unknown = yield* run(["whomai"], environment)
        expect(unknown).toMatchObject({ code: 2, stdout: "" })
        expect(unknown.stderr).toContain("'whoami'")
        const scope = yield* run(["login", "--scope", "everything"], environment)
        expect(scope).toMatchObject({ code: 2, stdout: "" })
        expect(scope.stderr).toContain("user-library-read")
        const help = yield* run(["--help"], environment)
        expect(help).toMatchObject({ code: 0, stderr: "" })
        expect(help.stdout).toContain("doctor")
        for (const { stderr, stdout } of [unknown, scope, help]) expect(stdout + stderr).not.toContain(escape)
      }).pipe(Effect.provide(layer())),
    timeout
  )
})

describe("doctor", () => {
  it.scopedLive("finds everything in order", () =>
    Effect.gen(function*() {
      const { environment, file } = yield* makeEnvironment
      yield* putToken(file, { daysAgo: 3, scopes: ["user-library-read", "user-top-read"] })
      const { code, stderr, stdout } = yield* run(["doctor"], environment)
      expect([code, stderr]).toEqual([0, ""])
      expect(stdout).not.toMatch(/^[!✗]/m)
      expect(stdout).toMatch(/^✓ client id +fake-client-id, with PKCE$/m)
      expect(stdout).toMatch(/^✓ redirect URI +http:\/\/127\.0\.0\.1\/callback$/m)
      expect(stdout).toContain(`✓ token file    ${file}\n`)
      expect(stdout).toMatch(/^✓ sign-in +since \d{4}-\d\d-\d\d \(3 days ago\), ends \d{4}-\d\d-\d\d$/m)
      expect(stdout).toMatch(/^✓ access token +good for \d+ minutes?, renewed by itself$/m)
      expect(stdout).toMatch(/^✓ scopes +user-library-read user-top-read$/m)
      expect(stdout).toMatch(/^✓ calls +as .+ \(fake-user\)$/m)
      expect(stdout).toMatch(/^✓ quota mode +extended/m)
      expect(stdout).not.toContain(escape)
    }).pipe(Effect.provide(layer())), timeout)

  it.scopedLive(
    "knows Development Mode, a sign-in that soon ends and one without scopes",
    () =>
      Effect.gen(function*() {
        const { environment, file } = yield* makeEnvironment
        yield* putToken(file, { daysAgo: 170, scopes: [] })
        const { code, stdout } = yield* run(["doctor"], environment)
        expect(code).toBe(0)
        expect(stdout).toMatch(/^! sign-in .*\n .*Run effect-spotify login$/m)
        expect(stdout).toMatch(/^! scopes +none$/m)
        expect(stdout).toMatch(/^✓ quota mode +Development Mode/m)
      }).pipe(Effect.provide(layer({ mode: "development" }))),
    timeout
  )

  it.scopedLive("says that Spotify refuses the user, and what that can be", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { environment, file } = yield* makeEnvironment
      yield* putToken(file, { daysAgo: 1 })
      yield* spotify.failNext(FakeSpotify.reply(403, { text: "User not registered in the Developer Dashboard" }), {
        on: { path: "/v1/me" }
      })
      const { code, stdout } = yield* run(["doctor"], environment)
      expect(code).toBe(1)
      expect(stdout).toMatch(/^✗ calls +Spotify refuses them\n.*User not registered.*User Management/m)
    }).pipe(Effect.provide(layer())), timeout)

  it.scopedLive("says what is missing, and ends with 1", () =>
    Effect.gen(function*() {
      const { environment, file } = yield* makeEnvironment
      const nobody = yield* run(["doctor"], environment)
      expect(nobody.code).toBe(1)
      expect(nobody.stdout).toMatch(/^✗ sign-in +none that works\n +Nobody is signed in\. Run effect-spotify login$/m)

      const misconfigured = yield* run(["doctor"], {
        ...environment,
        SPOTIFY_CLIENT_ID: "",
        SPOTIFY_REDIRECT_URI: "http://localhost:8888/callback"
      })
      expect(misconfigured.code).toBe(1)
      expect(misconfigured.stdout).toMatch(/^✗ client id +none\n +Create an app at https:\/\/developer\.spotify\.com/m)
      expect(misconfigured.stdout).toMatch(/^✗ redirect URI .*localhost.*\n.*Spotify refuses localhost$/m)

      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(file, "not ours")
      const broken = yield* run(["doctor"], environment)
      expect(broken.code).toBe(1)
      expect(broken.stdout).toContain(`Token store ${file}`)
      expect(yield* fs.readFileString(file)).toBe("not ours")
    }).pipe(Effect.provide(layer())), timeout)
})

describe("without its optional peers", () => {
  it.scopedLive("names what to install", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const root = yield* fs.makeTempDirectoryScoped()
      const copied = path.join(root, "dist", "cli", "bin.js")
      yield* fs.makeDirectory(path.dirname(copied), { recursive: true })
      yield* fs.makeDirectory(path.join(root, "node_modules", "@effect"), { recursive: true })
      yield* fs.copyFile(cli, copied)
      yield* fs.writeFileString(
        path.join(root, "package.json"),
        JSON.stringify({ type: "module", peerDependencies: { "@effect/cli": "^0.77.0" } })
      )
      const installed = (name: string) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
      for (const name of ["effect", "@effect/platform-node"]) {
        yield* fs.symlink(installed(name), path.join(root, "node_modules", name))
      }
      const { code, stderr, stdout } = yield* run(["login"], {}, copied)
      expect([code, stdout]).toEqual([1, ""])
      expect(stderr).toContain("npm install \"@effect/cli@^0.77.0\" @effect/printer @effect/printer-ansi\n")
      expect(stderr).toContain(
        "npx -p effect-spotify -p \"@effect/cli@^0.77.0\" -p @effect/printer -p @effect/printer-ansi effect-spotify"
      )
    }).pipe(Effect.provide(NodeContext.layer)), timeout)
})
