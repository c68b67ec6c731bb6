import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import * as Users from "effect-spotify/Users"
import { beforeAll } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import { layerSpotify, visit } from "../utils/signIn.js"
import { makeEnvironment, noScreen, putToken, readToken, run, start } from "../utils/signInCli.js"

const layer = (options?: FakeSpotify.Options) => Layer.merge(layerSpotify(options), NodeContext.layer)

const escape = "\u001b"

beforeAll(() => noScreen())

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
    }).pipe(Effect.provide(layer())))

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
    }).pipe(Effect.provide(layer())))

  it.scopedLive("login keeps the token under the key that a program's session reads, or another", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { environment, file } = yield* makeEnvironment
      const signIn = (...words: ReadonlyArray<string>) =>
        Effect.gen(function*() {
          const login = yield* start(["login", ...words], environment)
          yield* visit(yield* spotify.authorize(yield* login.authorizeUrl))
          return yield* login.ended
        })
      expect((yield* signIn()).stdout).not.toContain("key")
      const name = Effect.map(Users.me(), ({ display_name }) => display_name)
      const session = (key?: string) =>
        SpotifyClient.layer({ baseUrl: spotify.apiUrl }).pipe(
          Layer.provide(SpotifySession.layerPkce({
            clientId: "fake-client-id",
            redirectUri: "http://127.0.0.1/callback",
            accountsUrl: spotify.accountsUrl,
            key
          })),
          Layer.provide(TokenStore.layerFile(file))
        )
      expect(yield* Effect.provide(name, session())).toBe("Fake User")

      expect((yield* Effect.flip(Effect.provide(name, session("work"))))._tag).toBe("ReauthorizationRequired")
      const { stdout } = yield* signIn("--key", "work")
      expect(stdout).toContain(`${file} under the key work\n`)
      expect(stdout).toContain("key: \"work\"")
      expect(yield* Effect.provide(name, session("work"))).toBe("Fake User")
      expect((yield* run(["whoami", "--key", "work"], environment)).code).toBe(0)
      yield* run(["logout", "--key", "work"], environment)
      expect((yield* run(["whoami", "--key", "work"], environment)).code).toBe(1)
      expect((yield* run(["whoami"], environment)).code).toBe(0)
    }).pipe(Effect.provide(layer())))

  it.scopedLive("speaks JSON to programs", () =>
    Effect.gen(function*() {
      const { environment, file } = yield* makeEnvironment
      const { accessToken } = yield* putToken(file, { daysAgo: 1 })
      const json = (...words: ReadonlyArray<string>) =>
        Effect.map(run([...words, "--json"], environment), ({ stdout }) => JSON.parse(stdout))
      expect(yield* json("whoami")).toMatchObject({ id: "fake-user", display_name: "Fake User" })
      expect(yield* json("token")).toMatchObject({
        accessToken: Redacted.value(accessToken),
        scopes: expect.arrayContaining(["user-read-email"])
      })
      expect(yield* json("doctor")).toContainEqual({ label: "token file", mark: "good", found: file })
      expect(yield* json("logout")).toEqual({ signedOut: true, store: file })
      expect(yield* json("logout")).toEqual({ signedOut: false, store: file })
    }).pipe(Effect.provide(layer())))

  it.scopedLive("tells its version and its commands, in the short spellings too", () =>
    Effect.gen(function*() {
      for (const word of ["--version", "-v"]) {
        expect((yield* run([word])).stdout.trim()).toBe(manifest.version)
      }
      const list = yield* run(["--help"])
      expect(list.stdout).toContain(manifest.version)
      for (const words of [[], ["-h"]]) expect(yield* run(words)).toEqual(list)
      expect((yield* run(["login", "-h"])).stdout).toContain("--show-dialog")
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scopedLive("names no module of the library to people", () =>
    Effect.gen(function*() {
      const { environment, file } = yield* makeEnvironment
      yield* putToken(file, { daysAgo: 1 })
      const broken = [
        run(["whoami"], { ...environment, SPOTIFY_API_URL: "nowhere" }),
        run(["whoami"], { ...environment, SPOTIFY_ACCOUNTS_URL: "nowhere" }),
        run(["login"], { ...environment, SPOTIFY_REDIRECT_URI: "http://localhost/callback" }),
        run(["login"], { ...environment, SPOTIFY_REDIRECT_URI: "https://example.com/callback" }),
        run(["api", "/nowhere"], environment),
        run(["call", "Tracks.get", "0000000000000000000000"], environment),
        run(["whoami"], { ...environment, SPOTIFY_CLIENT_ID: "" })
      ]
      for (const ended of broken) {
        const { code, stderr } = yield* ended
        expect(code).toBe(1)
        expect(stderr).toMatch(/^✗ [^\n]+\n$/)
        expect(stderr).not.toMatch(/Spotify(?:Session|Client|Auth)|SignIn|TokenStore|Users\.me|Tracks\.get: /)
      }
    }).pipe(Effect.provide(layer())))

  it.scopedLive("login tells when the user declined and ends with 1", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { environment } = yield* makeEnvironment
      const login = yield* start(["login"], environment)
      yield* visit(yield* spotify.authorize(yield* login.authorizeUrl, { approve: false }))
      const { code, stderr, stdout } = yield* login.ended
      expect([code, stdout]).toEqual([1, ""])
      expect(stderr.endsWith("✗ The user declined the sign-in\n")).toBe(true)
    }).pipe(Effect.provide(layer())))

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
    }).pipe(Effect.provide(layer())))

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
      }).pipe(Effect.provide(layer()))
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
    }).pipe(Effect.provide(layer())))

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
      }).pipe(Effect.provide(layer({ mode: "development" })))
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
    }).pipe(Effect.provide(layer())))

  it.scopedLive("says what is missing, and ends with 1", () =>
    Effect.gen(function*() {
      const { environment, file } = yield* makeEnvironment
      const nobody = yield* run(["doctor"], environment)
      expect(nobody.code).toBe(1)
      expect(nobody.stdout).toContain(`! token file    ${file}, which isn't there yet\n`)
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
    }).pipe(Effect.provide(layer())))
})
