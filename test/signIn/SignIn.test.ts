import { Command, CommandExecutor, FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import {
  Cause,
  Deferred,
  Effect,
  Exit,
  FastCheck,
  Fiber,
  Layer,
  Option,
  Redacted,
  Ref,
  TestClock,
  Tracer
} from "effect"
import * as SignIn from "effect-spotify/SignIn"
import * as SignInNode from "effect-spotify/SignInNode"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import { request } from "node:http"
import { connect } from "node:net"
import { untilAwaited } from "../utils/session.js"
import { layerSession, layerSpotify, makeTerminal, start, visit, watched } from "../utils/signIn.js"

const layer = (options?: FakeSpotify.Options, redirectUri?: string) =>
  Layer.provideMerge(layerSession(redirectUri), layerSpotify(options))

/** A port of 127.0.0.1 that something listens on until the scope closes. */
const takenPort = Effect.gen(function*() {
  const { listen } = yield* SignIn.LoopbackServer
  const { address } = yield* listen({ host: "127.0.0.1", port: 0 })
  return address._tag === "TcpAddress" ? address.port : 0
}).pipe(Effect.provide(SignInNode.layer))

/** A port that was free a moment ago. */
const freePort = Effect.scoped(takenPort)

const codeOf = (callback: string) => new URL(callback).searchParams.get("code") ?? ""

const foreign = (callback: string, params: Readonly<Record<string, string>> = {}) => {
  const url = new URL(callback)
  for (const [name, value] of Object.entries({ state: "another-state", ...params })) url.searchParams.set(name, value)
  return url
}

/** Asks for a path as it stands; `fetch` would mend it. */
const raw = ({ hostname, port }: URL, path: string) =>
  new Promise<{ readonly status: number; readonly page: string }>((resolve, reject) => {
    request({ hostname, port, path, agent: false }, (response) => {
      let page = ""
      response.setEncoding("utf8").on("data", (chunk) => {
        page += chunk
      }).on("end", () => resolve({ status: response.statusCode ?? 0, page }))
    }).on("error", reject).end()
  })

describe("loopback", () => {
  it.live("signs in at the registered port and keeps the token", () =>
    Effect.gen(function*() {
      const redirectUri = `http://127.0.0.1:${yield* freePort}/callback`
      yield* Effect.gen(function*() {
        const spotify = yield* FakeSpotify.FakeSpotify
        const { fiber, told, url } = yield* start({ scopes: ["user-top-read"], showDialog: true })
        expect(url.searchParams.get("redirect_uri")).toBe(redirectUri)
        expect(url.searchParams.get("scope")).toBe("user-top-read")
        expect(url.searchParams.get("show_dialog")).toBe("true")
        expect(told()).toContain(`\n  ${url.href}\n`)

        const { page, status } = yield* visit(yield* spotify.authorize(url))
        expect(status).toBe(200)
        expect(page).toContain("Signed in to Spotify")
        const token = yield* Fiber.join(fiber)
        expect(token.scopes).toEqual(["user-top-read"])
        expect(yield* SpotifySession.token).toEqual(Option.some(token))
        expect(yield* Effect.isFailure(visit(redirectUri))).toBe(true)
      }).pipe(Effect.provide(layer({ redirectUris: [redirectUri] }, redirectUri)))
    }).pipe(
      // Somebody else may have taken the port since.
      Effect.retry({ times: 5, while: ({ _tag }) => _tag === "PortUnavailable" })
    ))

  it.live("takes a free port when the registered URI has none", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const [one, two] = [yield* start(), yield* start()]
      const ports = [one, two].map(({ url }) => new URL(url.searchParams.get("redirect_uri") ?? "").port)
      expect(new Set(ports).size).toBe(2)
      for (const { fiber, url } of [two, one]) {
        expect((yield* visit(yield* spotify.authorize(url))).status).toBe(200)
        expect((yield* Fiber.join(fiber)).scopes).toEqual(["user-library-read"])
      }
      const exchanges = (yield* spotify.requests).filter(({ path }) => path === "/api/token")
      expect(exchanges.map(({ body }) => new URLSearchParams(body).get("redirect_uri"))).toEqual(
        [two, one].map(({ url }) => url.searchParams.get("redirect_uri"))
      )
    }).pipe(Effect.provide(layer({ redirectUris: ["http://127.0.0.1/callback"] }))))

  it.live("listens on IPv6 too", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { fiber, url } = yield* start()
      expect(url.searchParams.get("redirect_uri")).toMatch(/^http:\/\/\[::1\]:\d+\/$/)
      expect((yield* visit(yield* spotify.authorize(url))).status).toBe(200)
      yield* Fiber.join(fiber)
    }).pipe(Effect.provide(layer({}, "http://[::1]/"))))

  it.live("tells terminal and browser that the user declined", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { fiber, url } = yield* start()
      const { page, status } = yield* visit(yield* spotify.authorize(url, { approve: false }))
      expect(status).toBe(403)
      expect(page).toContain("You declined at Spotify")
      expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({
        _tag: "AuthorizationDenied",
        error: "access_denied"
      })
      expect(yield* SpotifySession.token).toEqual(Option.none())
    }).pipe(Effect.provide(layer())))

  it.live("tells terminal and browser that the exchange failed, with Spotify's words escaped", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.oauthError("invalid_client", "<b>Invalid</b> client"), {
        on: { path: "/api/token" }
      })
      const { fiber, url } = yield* start()
      const { page, status } = yield* visit(yield* spotify.authorize(url))
      expect(status).toBe(500)
      expect(page).toContain("&lt;b&gt;Invalid&lt;/b&gt; client")
      expect(page).not.toContain("<b>")
      expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({ _tag: "OAuthError", error: "invalid_client" })
    }).pipe(Effect.provide(layer())))

  it.live("turns the callback of another sign-in away and goes on waiting", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { fiber, url } = yield* start()
      const callback = yield* spotify.authorize(url)
      const { origin } = new URL(callback)

      for (const other of [foreign(callback), foreign(callback, { error: "access_denied" })]) {
        const { page, status } = yield* visit(other)
        expect(status).toBe(400)
        expect(page).toContain("It belongs to another sign-in")
      }
      expect((yield* visit(new URL("/callback", origin))).status).toBe(400)
      const cutOff = new URL(callback)
      cutOff.searchParams.delete("code")
      expect((yield* visit(cutOff)).page).toContain("It is incomplete")
      expect((yield* visit(new URL("/favicon.ico", origin))).status).toBe(404)
      expect(yield* Effect.promise(() => fetch(callback, { method: "HEAD" }).then(({ status }) => status))).toBe(404)
      expect(yield* spotify.count({ path: "/api/token" })).toBe(0)

      expect((yield* visit(callback)).status).toBe(200)
      yield* Fiber.join(fiber)
    }).pipe(Effect.provide(layer())))

  it.live("takes any callback for a value, shows nothing of it, and ends for its own alone", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { fiber, told, url } = yield* start()
      const callback = new URL(yield* spotify.authorize(url))
      const own = callback.searchParams.get("state") ?? ""
      const text = FastCheck.oneof(
        FastCheck.string({ unit: "binary", maxLength: 12 }),
        FastCheck.constantFrom("", "access_denied", `${own}x`, own.slice(1), "\u001b[2J", "<b>call 0800</b>")
      )
      const pair = (...names: ReadonlyArray<string>) => FastCheck.tuple(FastCheck.constantFrom(...names), text)
      // Most are whole but for the state.
      const parameters = FastCheck.tuple(
        FastCheck.constantFrom("", "another", own.slice(1), own.slice(0, -1), `${own}x`, own.toUpperCase()),
        pair("code", "error"),
        FastCheck.array(pair("code", "error", "error_description", "STATE", "__proto__"), { maxLength: 3 })
      ).map(([state, one, more]) => [["state", state], one, ...more])
      const query = FastCheck.oneof(
        parameters.map((pairs) => `?${new URLSearchParams(pairs)}`),
        // What no program would send, and a person who edits an address may.
        FastCheck.array(FastCheck.constantFrom("%", "%zz", "&", "=", "state=", "code=x", "?", "[]", "%00", "%ff"), {
          maxLength: 8
        }).map((parts) => `?${parts.join("")}`)
      )
      const paths = FastCheck.constantFrom(
        callback.pathname,
        "/",
        `${callback.pathname}/`,
        "//evil",
        "/%zz",
        "//",
        "//["
      )
      yield* Effect.promise(() =>
        FastCheck.assert(
          FastCheck.asyncProperty(paths, query, async (path, query) => {
            const { page, status } = await raw(callback, `${path}${query}`)
            expect([400, 404]).toContain(status)
            expect(page).toMatch(/It belongs to another sign-in|Nothing here|^$/)
            expect(page).not.toContain("0800")
          }),
          { numRuns: 50 }
        )
      )
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      expect(told()).not.toContain("0800")
      expect(yield* spotify.count({ path: "/api/token" })).toBe(0)
      expect((yield* visit(callback)).status).toBe(200)
      yield* Fiber.join(fiber)
    }).pipe(Effect.provide(layer())))

  it.live("answers a callback that comes twice both times and exchanges the code once", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* SpotifySession.SpotifySession
      const seen = yield* Ref.make(0)
      const both = yield* Deferred.make<void>()
      const server = yield* watched(
        Effect.flatMap(Ref.updateAndGet(seen, (count) => count + 1), (count) =>
          count === 2 ? Deferred.succeed(both, undefined) : Effect.void)
      )
      const { fiber, url } = yield* start({ server }).pipe(
        Effect.provideService(SpotifySession.SpotifySession, {
          ...session,
          handleCallback: (callback) =>
            Effect.zipRight(Deferred.await(both), session.handleCallback(callback))
        })
      )
      const callback = yield* spotify.authorize(url)
      const pages = yield* Effect.all([visit(callback), visit(callback)], { concurrency: 2 })
      expect(pages.map(({ status }) => status)).toEqual([200, 200])
      yield* Fiber.join(fiber)
      expect(yield* spotify.count({ path: "/api/token" })).toBe(1)
    }).pipe(Effect.provide(layer())))

  it.scopedLive("says which port is taken and what to do", () =>
    Effect.gen(function*() {
      const port = yield* takenPort
      const error = yield* Effect.flip(start()).pipe(
        Effect.provide(layer({}, `http://127.0.0.1:${port}/callback`))
      )
      expect(error).toMatchObject({ _tag: "PortUnavailable", host: "127.0.0.1", port, detail: "EADDRINUSE" })
      expect(error.message).toBe(
        `Port ${port} of 127.0.0.1 is in use: end the program that has it (another sign-in?), or register a redirect ` +
          "URI with another port, or http://127.0.0.1/callback, which takes any free one"
      )
    }))

  it.live("refuses a redirect URI that isn't on this machine and a session without a sign-in", () =>
    Effect.gen(function*() {
      const elsewhere = yield* Effect.flip(start()).pipe(Effect.provide(layer({}, "https://example.com/callback")))
      expect(elsewhere).toMatchObject({ _tag: "InvalidInput", field: "redirectUri" })
      expect(elsewhere.message).toContain("not https://example.com/callback")
      const withoutUser = yield* Effect.flip(start()).pipe(
        Effect.provide(SpotifySession.layerToken({ accessToken: Redacted.make("a-token") }))
      )
      expect(withoutUser).toMatchObject({ _tag: "InvalidInput", field: "session" })
    }))

  it.effect("gives up after five minutes and frees the port", () =>
    Effect.gen(function*() {
      const { fiber, url } = yield* start()
      yield* untilAwaited("5 minutes")
      yield* TestClock.adjust("299 seconds")
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* TestClock.adjust("1 second")
      const error = yield* Effect.flip(Fiber.join(fiber))
      expect(error).toMatchObject({ _tag: "SignInTimeout" })
      expect(error.message).toBe(
        "The browser didn't come back from Spotify within 5m; start the sign-in again and open the address that it shows"
      )
      expect(yield* Effect.isFailure(visit(url.searchParams.get("redirect_uri") ?? ""))).toBe(true)
    }).pipe(Effect.provide(layer())))

  it.live("ends though a browser holds a connection open that it never uses", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { fiber, url } = yield* start()
      const { hostname, port } = new URL(url.searchParams.get("redirect_uri") ?? "")
      const spare = connect(Number(port), hostname)
      yield* Effect.async<void>((resume) => void spare.on("connect", () => resume(Effect.void)))
      const ended = Effect.async<void>((resume) => void spare.on("close", () => resume(Effect.void)))
      expect((yield* visit(yield* spotify.authorize(url))).status).toBe(200)
      yield* Effect.zip(Fiber.join(fiber), ended, { concurrent: true })
    }).pipe(Effect.provide(layer())))

  it.live("tells the browser when the program ends in the middle of the exchange", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const session = yield* SpotifySession.SpotifySession
      const exchanging = yield* Deferred.make<void>()
      const { fiber, url } = yield* start().pipe(
        Effect.provideService(SpotifySession.SpotifySession, {
          ...session,
          handleCallback: () => Effect.zipRight(Deferred.succeed(exchanging, undefined), Effect.never)
        })
      )
      const page = yield* Effect.fork(visit(yield* spotify.authorize(url)))
      yield* Deferred.await(exchanging)
      yield* Fiber.interrupt(fiber)
      expect(yield* Fiber.join(page)).toMatchObject({
        status: 500,
        page: expect.stringContaining("The sign-in was called off")
      })
    }).pipe(Effect.provide(layer())))

  it.live("shows the code nowhere: not in the terminal, not in a span", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const spans: Array<Tracer.Span> = []
      const tracer = Tracer.make({
        context: (f) => f(),
        span: (name, parent, context, links, startTime, kind) => {
          const attributes = new Map<string, unknown>()
          const span: Tracer.Span = {
            _tag: "Span",
            name,
            spanId: "",
            traceId: "",
            parent,
            context,
            status: { _tag: "Started", startTime },
            attributes,
            links,
            sampled: true,
            kind,
            attribute: (key, value) => void attributes.set(key, value),
            event: () => {},
            addLinks: () => {},
            end: () => {}
          }
          spans.push(span)
          return span
        }
      })
      const { callback, told } = yield* Effect.gen(function*() {
        const { fiber, told, url } = yield* start()
        const callback = yield* spotify.authorize(url)
        yield* visit(foreign(callback))
        yield* Effect.zip(visit(callback), Fiber.join(fiber), { concurrent: true })
        return { callback, told: told() }
      }).pipe(Effect.withSpan("sign in"), Effect.withTracer(tracer))
      expect(spans.map(({ name }) => name)).toContain("sign in")
      // The test plays the browser over a traced client, so only the server's spans count.
      const served = spans.filter(({ kind }) => kind === "server" || kind === "internal")
      expect(JSON.stringify(served.map(({ attributes, name }) => [name, [...attributes]]))).not.toContain(
        codeOf(callback)
      )
      expect(served.map(({ kind }) => kind)).not.toContain("server")
      expect(told).not.toContain(codeOf(callback))
    }).pipe(Effect.provide(layer())))
})

describe("pasting", () => {
  it.live("takes the callback's address from the keyboard", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { press, shown, terminal, type } = yield* makeTerminal(true)
      const { fiber, told, url } = yield* start({ terminal, browser: false })
      const callback = yield* spotify.authorize(url)

      yield* press("return")
      yield* type("hello")
      yield* press("return", "\r")
      yield* type(foreign(callback).href)
      yield* press("enter", "\n")
      yield* type(` ${callback}x`)
      yield* press("backspace", "\x7f")
      yield* press("left")
      yield* press("return", "\r")

      const token = yield* Fiber.join(fiber)
      expect(token.scopes).toEqual(["user-library-read"])
      expect(told()).toContain("No browser could be opened from here.")
      expect(told()).toContain("paste the address of that page here")
      const origin = url.searchParams.get("redirect_uri")
      expect(told()).toContain(`That isn't the address that the browser ended at: it begins with ${origin}?`)
      expect(told()).toContain("It belongs to another sign-in")
      expect(shown()).toBe(`> \n> hello\n> ${foreign(callback).href}\n>  ${callback}x\b \b\n`)
    }).pipe(Effect.provide(layer())))

  it.live("still takes the browser's callback, and gives the keyboard back", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      const { shown, terminal, type } = yield* makeTerminal(true)
      const { fiber, told, url } = yield* start({ terminal })
      yield* type("half an addr")
      yield* Effect.repeat(Effect.sleep("1 millis"), { until: () => shown().endsWith("addr") })
      expect(told()).not.toContain("No browser could be opened")
      yield* visit(yield* spotify.authorize(url))
      yield* Fiber.join(fiber)
      expect(shown()).toBe("> half an addr\n")
    }).pipe(Effect.provide(layer())))

  it.live("is interrupted by Ctrl-C", () =>
    Effect.gen(function*() {
      const { ctrlC, terminal } = yield* makeTerminal(true)
      const { fiber } = yield* start({ terminal })
      yield* ctrlC
      const exit = yield* Fiber.await(fiber)
      expect(Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause)).toBe(true)
    }).pipe(Effect.provide(layer())))
})

describe("layerBrowser", () => {
  const url = new URL("https://accounts.spotify.com/authorize?client_id=a&state=$HOME;b")

  const open = (platform: string) =>
    Effect.flatMap(SignIn.Browser, (browser) => browser.open(url)).pipe(Effect.provide(SignIn.layerBrowser(platform)))

  const set = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }

  const environment = (variables: Readonly<Record<string, string | undefined>>) =>
    Effect.forEach(Object.entries(variables), ([name, value]) => {
      const before = process.env[name]
      return Effect.acquireRelease(
        Effect.sync(() => set(name, value)),
        () => Effect.sync(() => set(name, before))
      )
    })

  it.effect("uses the command of the platform", () =>
    Effect.gen(function*() {
      const started: Array<ReadonlyArray<string>> = []
      const executor = yield* CommandExecutor.CommandExecutor
      const record: CommandExecutor.CommandExecutor["exitCode"] = (command) => {
        started.push(...Command.flatten(command).map(({ args, command }) => [command, ...args]))
        return Effect.succeed(CommandExecutor.ExitCode(started.length - 1))
      }
      const opened = yield* Effect.all([open("darwin"), open("win32")]).pipe(
        Effect.provideService(CommandExecutor.CommandExecutor, { ...executor, exitCode: record })
      )
      expect(started).toEqual([["open", url.href], ["rundll32", "url.dll,FileProtocolHandler", url.href]])
      expect(opened).toEqual([true, false])
    }).pipe(Effect.provide(NodeContext.layer)))

  it.scopedLive.skipIf(process.platform === "win32")(
    "starts xdg-open where there is a screen",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* fs.makeTempDirectoryScoped()
        const seen = `${directory}/seen`
        yield* fs.writeFileString(
          `${directory}/xdg-open`,
          `#!/bin/sh\nprintf %s "$1" > "${seen}.part" && mv "${seen}.part" "${seen}"\n`
        )
        yield* fs.chmod(`${directory}/xdg-open`, 0o755)
        const nowhere = { DISPLAY: undefined, WAYLAND_DISPLAY: undefined, BROWSER: undefined }

        yield* environment({ ...nowhere, PATH: `${directory}:${process.env["PATH"]}` })
        expect(yield* open("linux")).toBe(false)
        yield* environment({ DISPLAY: ":0" })
        expect(yield* open("linux")).toBe(true)
        yield* Effect.repeat(Effect.sleep("5 millis"), { until: () => fs.exists(seen) })
        expect(yield* fs.readFileString(seen)).toBe(url.href)
      }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("gives false where there is no such command", () =>
    Effect.gen(function*() {
      yield* environment({ PATH: "/nonexistent", DISPLAY: ":0" })
      for (const platform of ["darwin", "win32", "linux"]) expect(yield* open(platform)).toBe(false)
    }).pipe(Effect.provide(NodeContext.layer)))
})
