import { FetchHttpClient, HttpClient, HttpServer, Terminal } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { Console, Deferred, Effect, Fiber, Layer, Mailbox, Option } from "effect"
import * as SignIn from "effect-spotify/SignIn"
import * as SignInNode from "effect-spotify/SignInNode"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import { createServer } from "node:http"

/** A fake Spotify on a port of its own, and a client to play the browser with. */
export const layerSpotify = (options?: FakeSpotify.Options) =>
  FakeSpotify.layerServer(options).pipe(
    Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })),
    Layer.orDie,
    Layer.provideMerge(FetchHttpClient.layer)
  )

/** A session with PKCE and an empty store. */
export const layerSession = (redirectUri = "http://127.0.0.1/callback") =>
  Layer.unwrapEffect(Effect.map(FakeSpotify.FakeSpotify, ({ accountsUrl }) =>
    SpotifySession.layerPkce({
      clientId: "fake-client-id",
      redirectUri,
      scopes: ["user-library-read"],
      accountsUrl
    }))).pipe(Layer.provideMerge(TokenStore.layerMemory))

/** A terminal whose keyboard is a mailbox. */
export const makeTerminal = (isTTY: boolean) =>
  Effect.map(Mailbox.make<Terminal.UserInput>(), (keyboard) => {
    const shown: Array<string> = []
    const press = (name: string, input?: string) =>
      keyboard.offer({
        input: Option.fromNullable(input),
        key: { name, ctrl: false, meta: false, shift: false }
      })
    return {
      shown: () => shown.join(""),
      press,
      type: (text: string) => Effect.forEach(text, (character) => press(character, character), { discard: true }),
      ctrlC: keyboard.end,
      terminal: Terminal.Terminal.of({
        columns: Effect.succeed(80),
        rows: Effect.succeed(24),
        isTTY: Effect.succeed(isTTY),
        readInput: Effect.succeed(keyboard),
        readLine: Effect.dieMessage("not used"),
        display: (text) => Effect.sync(() => void shown.push(text))
      })
    }
  })

/**
 * Starts a sign-in and gives the address that the browser is to open, with the fiber that waits for it to come back and
 * what the person has been told so far.
 */
export const start = (
  { browser, server, terminal, ...options }: SignIn.LoopbackOptions & {
    readonly terminal?: Terminal.Terminal
    readonly browser?: boolean
    readonly server?: SignIn.LoopbackServer.Service
  } = {}
) =>
  Effect.gen(function*() {
    const opened = yield* Deferred.make<URL>()
    const told: Array<string> = []
    const console = yield* Console.consoleWith(Effect.succeed)
    const silent = yield* makeTerminal(false)
    const fiber = yield* SignIn.loopback(options).pipe(
      Effect.provideService(SignIn.Browser, {
        open: (url) => Effect.as(Deferred.succeed(opened, url), browser ?? true)
      }),
      Effect.provideService(Terminal.Terminal, terminal ?? silent.terminal),
      server === undefined ? (self) => self : Effect.provideService(SignIn.LoopbackServer, server),
      Effect.provide(SignInNode.layer),
      Effect.withConsole({ ...console, error: (...args) => Effect.sync(() => void told.push(args.join(" "))) }),
      Effect.fork
    )
    const url = yield* Effect.raceFirst(Deferred.await(opened), Effect.zipRight(Fiber.join(fiber), Effect.never))
    return { url, fiber, told: () => told.join("\n") }
  })

/** What the browser shows at an address. */
export const visit = (url: string | URL) =>
  Effect.gen(function*() {
    const response = yield* HttpClient.get(url)
    return { status: response.status, page: yield* response.text }
  })

/** The same server, with a look at each request that reaches it. */
export const watched = (onRequest: Effect.Effect<unknown>) =>
  Effect.map(SignIn.LoopbackServer, (inner): SignIn.LoopbackServer.Service => ({
    listen: (address) =>
      Effect.map(inner.listen(address), (server) =>
        HttpServer.make({
          address: server.address,
          serve: (app) => server.serve(Effect.zipRight(onRequest, app))
        }))
  })).pipe(Effect.provide(SignInNode.layer))
