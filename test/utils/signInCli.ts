import { Command, FileSystem, Path } from "@effect/platform"
import { DateTime, Deferred, Effect, Fiber, Option, Stream } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import { build } from "esbuild"
import { mkdtempSync, rmSync } from "node:fs"
import { copyFile, readdir, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll } from "vitest"

const repository = fileURLToPath(new URL("../../", import.meta.url))
const installed = mkdtempSync(join(tmpdir(), "effect-spotify-"))

/** The command, laid out as in the published package. */
export const cli = join(installed, "dist", "cli", "bin.js")

/** Builds the command once for all tests of a file: loading the sources anew for each process takes three times as long. */
export const useCli = () => {
  beforeAll(async () => {
    const sources = join(repository, "src")
    const files = await readdir(sources, { recursive: true })
    await build({
      entryPoints: files.filter((name) => name.endsWith(".ts")).map((name) => join(sources, name)),
      outbase: sources,
      outdir: join(installed, "dist"),
      format: "esm",
      target: "node20",
      logLevel: "error"
    })
    await copyFile(join(repository, "package.json"), join(installed, "package.json"))
    await symlink(join(repository, "node_modules"), join(installed, "node_modules"), "junction")
  })
  afterAll(() => rmSync(installed, { recursive: true, force: true }))
}

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export type Environment = Readonly<Record<string, string>>

/** Nothing of the machine that the test runs on, and no screen to open a browser on. */
const blank: Environment = {
  BROWSER: "",
  DISPLAY: "",
  WAYLAND_DISPLAY: "",
  XDG_CONFIG_HOME: "",
  SPOTIFY_CLIENT_ID: "",
  SPOTIFY_CLIENT_SECRET: "",
  SPOTIFY_REDIRECT_URI: "",
  SPOTIFY_TOKEN_FILE: ""
}

/** Starts the command as a process of its own. */
export const start = (args: ReadonlyArray<string>, environment: Environment = {}, script = cli) =>
  Effect.gen(function*() {
    const child = yield* Command.make(process.execPath, script, ...args).pipe(
      Command.env({ ...blank, ...environment }),
      Command.start
    )
    const authorizeUrl = yield* Deferred.make<string>()
    const stdout = yield* Effect.fork(Stream.mkString(Stream.decodeText(child.stdout)))
    const stderr = yield* Effect.fork(
      Stream.runFoldEffect(Stream.decodeText(child.stderr), "", (before, chunk) => {
        const all = before + chunk
        // By then it waits: there is no browser to open.
        const url = /^ {2}(http\S+\/authorize\S+)$[^]*^No browser could be opened from here\.$/m.exec(all)?.[1]
        return Effect.as(url === undefined ? Effect.void : Deferred.succeed(authorizeUrl, url), all)
      })
    )
    const ended: Effect.Effect<Ended> = Effect.gen(function*() {
      return {
        stdout: yield* Fiber.join(stdout),
        stderr: yield* Fiber.join(stderr),
        code: yield* child.exitCode
      }
    }).pipe(Effect.orDie)
    return {
      child,
      ended,
      /** The address that the command printed for the browser. */
      authorizeUrl: Effect.raceFirst(
        Deferred.await(authorizeUrl),
        Effect.flatMap(ended, ({ stderr }) => Effect.dieMessage(`It ended before it printed an address: ${stderr}`))
      )
    }
  })

/** Runs the command to its end. */
export const run = (args: ReadonlyArray<string>, environment?: Environment, script?: string) =>
  Effect.scoped(Effect.flatMap(start(args, environment, script), ({ ended }) => ended))

/** A new home directory, and what points the command at the fake. */
export const makeEnvironment = Effect.gen(function*() {
  const { accountsUrl, apiUrl } = yield* FakeSpotify.FakeSpotify
  const home = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
  const file = (yield* Path.Path).join(home, "tokens.json")
  return {
    home,
    file,
    environment: {
      HOME: home,
      USERPROFILE: home,
      SPOTIFY_ACCOUNTS_URL: accountsUrl,
      SPOTIFY_API_URL: apiUrl,
      SPOTIFY_CLIENT_ID: "fake-client-id",
      SPOTIFY_REDIRECT_URI: "http://127.0.0.1/callback",
      SPOTIFY_TOKEN_FILE: file
    }
  }
})

/** Puts a token in the file, as if somebody had signed in with PKCE some days ago. */
export const putToken = (file: string, options: {
  readonly daysAgo: number
  readonly scopes?: ReadonlyArray<string>
  readonly expired?: boolean
}) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const store = yield* TokenStore.TokenStore
    const issued = yield* spotify.issueToken({
      pkce: true,
      ...(options.scopes === undefined ? {} : { scopes: options.scopes })
    })
    const now = yield* DateTime.now
    yield* store.set("fake-client-id with PKCE", {
      accessToken: issued.accessToken,
      ...(issued.refreshToken === undefined ? {} : { refreshToken: issued.refreshToken }),
      scopes: issued.scopes,
      expiresAt: options.expired === true ? now : DateTime.unsafeMake(issued.expiresAt),
      authorizedAt: DateTime.subtract(now, { days: options.daysAgo })
    })
    return issued
  }).pipe(Effect.provide(TokenStore.layerFile(file)))

/** The token that is in the file. */
export const readToken = (file: string, key = "fake-client-id with PKCE") =>
  Effect.flatMap(TokenStore.TokenStore, (store) => store.get(key)).pipe(
    Effect.map(Option.getOrUndefined),
    Effect.provide(TokenStore.layerFile(file))
  )
