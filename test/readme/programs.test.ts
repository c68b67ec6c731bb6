/** The programs of the README, as they stand there but for ports and files, against a fake Spotify on a port. */
import { NodeHttpServer } from "@effect/platform-node"
import { afterAll, assert, describe, expect, it, vi } from "@effect/vitest"
import { ConfigProvider, Console, Deferred, Effect, Fiber, Layer, Logger, ManagedRuntime, Predicate } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { createServer as createNetServer } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const readme = readFileSync(join(root, "README.md"), "utf8")

/** The blocks that begin with their file's name; what one prints stands in the next block, where that is a text. */
const fences = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
  language,
  text
}))
const blocks = fences.flatMap(({ text }, i) => {
  const [, name] = /^\/\/ ([\w-]+)\.ts\n/.exec(text) ?? []
  const next = fences[i + 1]
  return name === undefined ? [] : [{ name, code: text, output: next?.language === "text" ? next.text : undefined }]
})
const outputOf = (name: string) => blocks.find((block) => block.name === name)?.output

const fake = ManagedRuntime.make(
  FakeSpotify.layerServer({ consent: "page" }).pipe(
    Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }))
  )
)
const spotify = await fake.runPromise(FakeSpotify.FakeSpotify)

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createNetServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" ? address?.port ?? 0 : 0))
    })
  })
const ports = { redirect: await freePort(), server: await freePort() }

// In the project, where its packages are found.
const folder = mkdtempSync(join(root, "test/readme/.scratch-"))
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await fake.dispose()
})

const write = (name: string, code: string) =>
  writeFileSync(
    join(folder, name),
    code
      .replaceAll("http://127.0.0.1:4000", spotify.accountsUrl)
      .replaceAll("8888", `${ports.redirect}`)
      .replaceAll("3000", `${ports.server}`)
      .replaceAll(/layerFile\("([\w.]+)"\)/g, (_, file) => `layerFile(${JSON.stringify(join(folder, file))})`)
      .replace(/^NodeRuntime\.runMain\(/m, "export const main = (")
  )

// Of two with one name, the second is another way to write the first.
const alternatives = blocks.filter(({ name }, i) => blocks.findIndex((block) => block.name === name) < i)
for (const { code, name } of blocks.filter((block) => !alternatives.includes(block))) write(`${name}.ts`, code)

const codeOf = (name: string) => blocks.find((block) => block.name === name)?.code ?? ""

/** So that a test can answer in the network's place. */
const overFetch = (code: string) =>
  code.replace(
    "import * as UndiciTransport from \"effect-spotify/UndiciTransport\"",
    "import { FetchHttpClient as UndiciTransport } from \"@effect/platform\""
  )

interface Program {
  readonly main: Effect.Effect<unknown, unknown>
}
const isProgram = (module: object): module is Program => "main" in module && Effect.isEffect(module.main)

/** Runs a program and gives what it prints; `listen` hears each line, those on standard error too. */
const run = (name: string, listen: (line: string) => Effect.Effect<unknown> = () => Effect.void) =>
  Effect.gen(function*() {
    // Vitest doesn't end where it prints the error of a program that doesn't compile.
    const module: object = yield* Effect.promise(() =>
      import(/* @vite-ignore */ join(folder, `${name}.ts`)).catch((error: unknown) =>
        assert.fail(`${name}.ts: ${Predicate.hasProperty(error, "message") ? String(error.message) : "no module"}`)
      )
    )
    if (!isProgram(module)) return assert.fail(`${name}.ts starts nothing`)
    let output = ""
    const console = yield* Console.consoleWith(Effect.succeed)
    const error = (line: unknown) => Effect.asVoid(listen(String(line)))
    const log = (line: unknown) => Effect.zipRight(Effect.sync(() => void (output += `${line}\n`)), error(line))
    yield* Effect.withConsole(module.main, { ...console, log, error })
    return output
  })

/** Plays the browser: agrees at Spotify as a user, and gives where that leads. */
const agree = (address: string, user: string) =>
  Effect.promise(async () => {
    const body = new URLSearchParams({ decision: "agree", user })
    const answer = await fetch(address, { method: "POST", body, redirect: "manual" })
    return answer.headers.get("location") ?? ""
  })

const realFetch = globalThis.fetch
const stubFetch = (answer: (url: string, init?: RequestInit) => Promise<Response>) =>
  vi.stubGlobal("fetch", (input: URL | string, init?: RequestInit) => answer(String(input), init))
const unstub = Effect.sync(() => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
})

describe("the README's programs", () => {
  it("are all run here", () => {
    expect(blocks.map(({ name }) => name).sort()).toEqual(
      ["first", "playlist", "server", "sign-in", "spotify", "spotify"]
    )
  })

  it.live("sign-in.ts, with a browser that agrees", () =>
    Effect.gen(function*() {
      // So that it opens no browser of the person who runs the tests.
      vi.stubEnv("PATH", "")
      const output = yield* run("sign-in", (line) => {
        const [address] = /http:\S+\/authorize\S+/.exec(line) ?? []
        return address === undefined
          ? Effect.void
          : Effect.fork(
            Effect.flatMap(agree(address, "fake-user"), (callback) => Effect.promise(() => fetch(callback)))
          )
      }).pipe(Effect.ensuring(unstub))
      assert.strictEqual(output, outputOf("sign-in"))
    }))

  it.live.each(["first", "playlist"])("%s.ts, with the token of that sign-in", (name) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* run(name), outputOf(name))
    }))

  it.live("server.ts, with two users", () =>
    Effect.gen(function*() {
      const address = `http://127.0.0.1:${ports.server}`
      const isListening = yield* Deferred.make<void>()
      const logger = Logger.make(({ message }) => {
        if (String(message).includes(address)) Deferred.unsafeDone(isListening, Effect.void)
      })
      const server = yield* Effect.fork(Effect.provide(run("server"), Logger.add(logger)))
      yield* Effect.raceFirst(Deferred.await(isListening), Fiber.join(server))

      const get = (url: string, cookie = "") =>
        Effect.promise(() => fetch(url, { redirect: "manual", headers: { cookie } }))
      const textOf = (response: Response) => Effect.promise(() => response.text())
      const signIn = (user: string) =>
        Effect.gen(function*() {
          const login = yield* get(`${address}/login`)
          const [cookie = ""] = (login.headers.get("set-cookie") ?? "").split(";")
          const callback = yield* agree(login.headers.get("location") ?? "", user)
          const signedIn = yield* get(callback, cookie)
          assert.strictEqual(signedIn.headers.get("location"), "/")
          return cookie
        })

      const cookies = yield* Effect.all([signIn("fake-user"), signIn("other-user")], { concurrency: 2 })
      const pages = yield* Effect.forEach(cookies, (cookie) => Effect.flatMap(get(`${address}/`, cookie), textOf))
      assert.deepStrictEqual(pages, ["Fake User has 120 saved tracks\n", "Other User has 15 saved tracks\n"])

      assert.strictEqual((yield* get(`${address}/`)).headers.get("location"), "/login")
      const foreign = yield* get(`${address}/callback?code=x&state=y`, cookies[0])
      assert.strictEqual(foreign.status, 400)
      assert.include(yield* textOf(foreign), "start the sign-in again")
      yield* Fiber.interrupt(server)
    }))

  it.live("first.ts with the layer for an app of one's own, at Spotify's own address", () =>
    Effect.gen(function*() {
      const [own] = alternatives
      write("spotify-own.ts", overFetch(own?.code ?? ""))
      write("first-own.ts", codeOf("first").replace("spotify.js", "spotify-own.js"))
      const asked: Array<string> = []
      stubFetch((url, init) => {
        asked.push(new URL(url).origin)
        return realFetch(url.replace("https://api.spotify.com/v1", spotify.apiUrl), init)
      })
      const output = yield* run("first-own").pipe(Effect.withConfigProvider(ConfigProvider.fromMap(
        new Map([
          ["SPOTIFY_CLIENT_ID", "fake-client-id"],
          ["SPOTIFY_CLIENT_SECRET", "fake-client-secret"],
          ["SPOTIFY_REDIRECT_URI", "http://127.0.0.1:8888/callback"]
        ])
      )))
      assert.strictEqual(output, outputOf("first"))
      assert.deepStrictEqual([...new Set(asked)], ["https://api.spotify.com"])
    }).pipe(Effect.ensuring(unstub)))

  it.live.each(["first", "playlist"])(
    "%s.ts prints names without what a terminal obeys",
    (name) =>
      Effect.gen(function*() {
        const hostile = "A\u001b]0;owned\u0007B\u001b[2JC\u009b31mD\rE\u0008F"
        stubFetch(async (url, init) => {
          const response = await realFetch(url, init)
          const text = await response.text()
          const changed = text.replaceAll(/"(display_name|name)":"[^"]*"/g, `"$1":${JSON.stringify(hostile)}`)
          return new Response(changed, { status: response.status, headers: { "content-type": "application/json" } })
        })
        write("spotify-fetch.ts", overFetch(codeOf("spotify")))
        write(`${name}-fetch.ts`, codeOf(name).replace("spotify.js", "spotify-fetch.js"))
        const output = yield* run(`${name}-fetch`)
        assert.include(output, "A]0;ownedB[2JC31mDEF")
        assert.notMatch(output, /[^\P{Cc}\n]/u)
      }).pipe(Effect.ensuring(unstub))
  )
})
