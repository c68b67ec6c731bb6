import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { ConfigProvider, Console, DateTime, Deferred, Effect, Fiber, Option, Stream } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import { build } from "esbuild"
import { mkdtempSync, rmSync } from "node:fs"
import { copyFile, readdir, symlink } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { afterAll, beforeAll, vi } from "vitest"
import { execute } from "../../src/cli/main.js"

const repository = fileURLToPath(new URL("../../", import.meta.url))
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href

/** Where the command is laid out as in the published package. */
export const installed = mkdtempSync(join(tmpdir(), "effect-spotify-"))

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

/** No screen to open a browser on. */
export const noScreen = () => {
  for (const name of ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY"]) vi.stubEnv(name, "")
}

export type Environment = Readonly<Record<string, string>>

/** By then it waits for the browser to come back: there is none to open. */
const waiting = /^ {2}(http\S+\/authorize\S+)$[^]*^No browser could be opened from here\.$/m

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

/** Starts the command as a process of its own, which takes a second. */
export const startProcess = (args: ReadonlyArray<string>, environment: Environment = {}, script = cli) =>
  Effect.gen(function*() {
    const child = yield* Command.make(
      process.execPath,
      ...script.endsWith(".ts") ? ["--import", tsx, script] : [script],
      ...args
    ).pipe(
      Command.env({ ...blank, ...environment }),
      Command.start
    )
    const authorizeUrl = yield* Deferred.make<string>()
    const stdout = yield* Effect.fork(Stream.mkString(Stream.decodeText(child.stdout)))
    const stderr = yield* Effect.fork(
      Stream.runFoldEffect(Stream.decodeText(child.stderr), "", (before, chunk) => {
        const all = before + chunk
        const url = waiting.exec(all)?.[1]
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

/** Runs the command as a process to its end. */
export const runProcess = (args: ReadonlyArray<string>, environment?: Environment, script?: string) =>
  Effect.scoped(Effect.flatMap(startProcess(args, environment, script), ({ ended }) => ended))

/** Starts the command in this process, with that environment and nothing of the machine's. */
export const start = (args: ReadonlyArray<string>, environment: Environment = {}) =>
  Effect.gen(function*() {
    const said = { stdout: "", stderr: "" }
    const to = (stream: keyof typeof said) => (...words: ReadonlyArray<unknown>) =>
      Effect.sync(() => {
        said[stream] += `${words.join(" ")}\n`
      })
    const console = yield* Console.consoleWith(Effect.succeed)
    const running = yield* execute(args).pipe(
      Effect.withConsole({ ...console, log: to("stdout"), error: to("stderr") }),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries({ ...blank, ...environment })))),
      Effect.provide(NodeContext.layer),
      Effect.forkScoped
    )
    const ended: Effect.Effect<Ended> = Effect.map(Fiber.join(running), (code) => ({ code, ...said }))
    /** What the command has printed, as soon as it has. */
    const printed = (pattern: RegExp) =>
      Effect.gen(function*() {
        while (true) {
          const found = pattern.exec(said.stdout + said.stderr)?.[1]
          if (found !== undefined) return found
          yield* Effect.sleep("5 millis")
        }
      }).pipe(
        Effect.raceFirst(Effect.flatMap(ended, ({ stderr }) => Effect.dieMessage(`It ended before that: ${stderr}`)))
      )
    return { ended, printed, running, authorizeUrl: printed(waiting) }
  })

/** Runs the command in this process to its end. */
export const run = (args: ReadonlyArray<string>, environment?: Environment) =>
  Effect.scoped(Effect.flatMap(start(args, environment), ({ ended }) => ended))

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
    yield* store.set("default", {
      accessToken: issued.accessToken,
      ...(issued.refreshToken === undefined ? {} : { refreshToken: issued.refreshToken }),
      scopes: issued.scopes,
      expiresAt: options.expired === true ? now : DateTime.unsafeMake(issued.expiresAt),
      authorizedAt: DateTime.subtract(now, { days: options.daysAgo })
    })
    return issued
  }).pipe(Effect.provide(TokenStore.layerFile(file)))

/** The token that is in the file. */
export const readToken = (file: string, key = "default") =>
  Effect.flatMap(TokenStore.TokenStore, (store) => store.get(key)).pipe(
    Effect.map(Option.getOrUndefined),
    Effect.provide(TokenStore.layerFile(file))
  )
