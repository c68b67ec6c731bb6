/**
 * Signs a user in from a terminal: the browser goes to Spotify and comes back to a server that listens on this machine
 * for as long as the sign-in takes.
 *
 * @since 0.1.0
 */
import * as Command from "@effect/platform/Command"
import * as CommandExecutor from "@effect/platform/CommandExecutor"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import type * as HttpServer from "@effect/platform/HttpServer"
import type * as HttpServerError from "@effect/platform/HttpServerError"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Terminal from "@effect/platform/Terminal"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Scope_ from "effect/Scope"
import { aBoolean, aDuration, checkOptions, someScopes } from "../core/input.js"
import { of as checks } from "../core/options.js"
import type * as Scope from "../core/Scope.js"
import { InvalidInput } from "../core/SpotifyError.js"
import type { SignInError } from "../core/SpotifyError.js"
import { excerpt, printable } from "../core/text.js"
import { sleep } from "../core/time.js"
import { SpotifySession } from "../session/SpotifySession.js"
import type { Token } from "../store/TokenStore.js"
import * as page from "./page.js"
import { readLine } from "./terminal.js"

/**
 * Starts the server that the browser comes back to; `SignInNode.layer` has the one of Node.
 *
 * @since 0.1.0
 * @category tags
 */
export class LoopbackServer extends Context.Tag("effect-spotify/SignIn/LoopbackServer")<
  LoopbackServer,
  LoopbackServer.Service
>() {}

/**
 * @since 0.1.0
 */
export declare namespace LoopbackServer {
  /**
   * What a loopback server can do.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Service {
    /**
     * Listens until the scope closes, on any free port when `port` is 0. Answers that are on their way by then still
     * arrive.
     */
    readonly listen: (
      address: { readonly host: string; readonly port: number }
    ) => Effect.Effect<HttpServer.HttpServer, HttpServerError.ServeError, Scope_.Scope>
  }
}

/**
 * Opens the user's browser.
 *
 * @since 0.1.0
 * @category tags
 */
export class Browser extends Context.Tag("effect-spotify/SignIn/Browser")<Browser, Browser.Service>() {}

/**
 * @since 0.1.0
 */
export declare namespace Browser {
  /**
   * What a browser can do.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Service {
    /** Shows a page, and tells whether there is a browser to show it in. */
    readonly open: (url: URL) => Effect.Effect<boolean>
  }
}

/**
 * The port that the redirect URI names can't be listened on.
 *
 * `detail` is the system's code, for example `EADDRINUSE`.
 *
 * @since 0.1.0
 * @category errors
 */
export class PortUnavailable extends Schema.TaggedError<PortUnavailable>()("PortUnavailable", {
  host: Schema.String,
  port: Schema.Number,
  detail: Schema.String,
  message: Schema.String
}) {}

/**
 * The browser didn't come back in time: the user closed the tab, or never opened the page.
 *
 * @since 0.1.0
 * @category errors
 */
export class SignInTimeout extends Schema.TaggedError<SignInTimeout>()("SignInTimeout", {
  timeout: Schema.DurationFromMillis,
  message: Schema.String
}) {}

/**
 * What a sign-in from a terminal fails with.
 *
 * @since 0.1.0
 * @category errors
 */
export type LoopbackError = SignInError | PortUnavailable | SignInTimeout

/**
 * What a sign-in from a terminal asks for.
 *
 * @since 0.1.0
 * @category options
 */
export interface LoopbackOptions {
  /** The scopes to ask for; those of the session unless given. */
  readonly scopes?: ReadonlyArray<Scope.Scope> | undefined
  /** Makes Spotify ask again a user who agreed before, who may choose another account then. */
  readonly showDialog?: boolean | undefined
  /** How long to wait for the browser to come back; 5 minutes. Longer than 0; `Duration.infinity` waits for ever. */
  readonly timeout?: Duration.DurationInput | undefined
}

const loopbackOptions = { scopes: someScopes, showDialog: aBoolean, timeout: aDuration }

/** The commands that open a page in the browser, each of which ends at once and leaves the browser running. */
const browserCommand = (platform: string, url: string): Command.Command => {
  switch (platform) {
    case "darwin":
      return Command.make("open", url)
    case "win32":
      return Command.make("rundll32", "url.dll,FileProtocolHandler", url)
    default:
      // In the background, since xdg-open may last as long as the browser that it starts; never where there is no
      // screen, since it starts a text browser then.
      return Command.make(
        "sh",
        "-c",
        "[ -n \"$DISPLAY$WAYLAND_DISPLAY$BROWSER\" ] && command -v xdg-open >/dev/null || exit 1\n" +
          "xdg-open \"$1\" </dev/null >/dev/null 2>&1 &",
        "sh",
        url
      )
  }
}

/**
 * Opens the browser by the system's own command: `open`, `rundll32` or `xdg-open`. `platform` is Node's
 * `process.platform`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerBrowser = (platform: string): Layer.Layer<Browser, never, CommandExecutor.CommandExecutor> =>
  Layer.effect(
    Browser,
    Effect.map(CommandExecutor.CommandExecutor, (executor): Browser.Service => ({
      open: (url) =>
        Effect.match(executor.exitCode(browserCommand(platform, url.href)), {
          onFailure: () => false,
          onSuccess: (code) => code === 0
        })
    }))
  )

/** Where a redirect URI leads; the port is 0 where it names none. */
interface Loopback {
  readonly redirectUri: string
  readonly host: string
  readonly port: number
}

const loopbackOf = (redirectUri: string | undefined): Either.Either<Loopback, InvalidInput> => {
  if (redirectUri === undefined) {
    return Either.left(
      InvalidInput.of("SignIn.loopback", "session", "one with a sign-in (authorization code or PKCE)")
    )
  }
  const parts = /^http:\/\/(?:(127\.0\.0\.1)|\[(::1)\])(?::([1-9]\d*))?(?=[/?]|$)/i.exec(redirectUri)
  const host = parts?.[1] ?? parts?.[2]
  return host === undefined
    ? Either.left(
      InvalidInput.of(
        "SignIn.loopback",
        "redirectUri",
        `on this machine (http://127.0.0.1/… or http://[::1]/…, with a port or without), not ${excerpt(redirectUri)}`
      )
    )
    : Either.right({ redirectUri, host, port: Number(parts?.[3] ?? 0) })
}

/** Spotify takes a loopback URI that is registered without a port with any port. */
const withPort = (redirectUri: string, port: number): string =>
  redirectUri.replace(/^http:\/\/[^/?]+/i, (origin) => `${origin}:${port}`)

const unavailable = ({ host, port }: Loopback, error: HttpServerError.ServeError): PortUnavailable => {
  const detail = Predicate.hasProperty(error.cause, "code") ? String(error.cause.code) : "unknown reason"
  const otherwise = "register a redirect URI with another port, or http://127.0.0.1/callback, which takes any free one"
  return new PortUnavailable({
    host,
    port,
    detail,
    message: detail === "EADDRINUSE"
      ? `Port ${port} of ${host} is in use: end the program that has it (another sign-in?), or ${otherwise}`
      : `Can't listen on port ${port} of ${host} (${detail}): ${otherwise}`
  })
}

/** What keeps a callback from being the one that is waited for. */
const objection = (callback: URL, state: string): string | undefined => {
  const query = callback.searchParams
  if (query.get("state") !== state) return "It belongs to another sign-in: use the address that the terminal shows now."
  return query.has("code") || query.has("error")
    ? undefined
    : "It is incomplete: neither code nor error is in it."
}

const parseUrl = (text: string, base: string): URL | undefined =>
  Either.getOrUndefined(Either.try(() => new URL(text, base)))

/**
 * Signs a user in from a terminal and keeps the token in the session's store.
 *
 * Listens at the session's redirect URI, which must be on `127.0.0.1` or `[::1]`; one that is registered without a port
 * gets any free port. Prints the address to sign in at (on standard error), opens the browser there and waits for it to
 * come back. Where the browser runs on another machine, the address that it ends at can be pasted in the terminal. A
 * callback of another sign-in is turned away and the waiting goes on; one that comes twice does no harm.
 *
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Effect, Layer } from "effect"
 * import { SpotifySession, TokenStore } from "effect-spotify"
 * import * as SignIn from "effect-spotify/SignIn"
 * import * as SignInNode from "effect-spotify/SignInNode"
 *
 * const SessionLive = SpotifySession.layerPkce({
 *   clientId: "…",
 *   redirectUri: "http://127.0.0.1:8888/callback",
 *   scopes: ["user-library-read"]
 * }).pipe(Layer.provide([TokenStore.layerMemory, FetchHttpClient.layer]))
 *
 * // A valid access token: the one that is kept, or that of a new sign-in.
 * const accessToken = SpotifySession.accessToken.pipe(
 *   Effect.catchTag("ReauthorizationRequired", () => Effect.map(SignIn.loopback(), (token) => token.accessToken)),
 *   Effect.provide([SessionLive, SignInNode.layer])
 * )
 * ```
 *
 * @see https://datatracker.ietf.org/doc/html/rfc8252#section-7.3
 * @since 0.1.0
 * @category sign-in
 */
export const loopback = (
  options: LoopbackOptions = {}
): Effect.Effect<
  Token,
  LoopbackError,
  SpotifySession | LoopbackServer | Browser | Terminal.Terminal
> =>
  Effect.scoped(Effect.gen(function*() {
    yield* checkOptions("SignIn.loopback", loopbackOptions, options)
    const session = yield* SpotifySession
    const loopbackServer = yield* LoopbackServer
    const browser = yield* Browser
    const terminal = yield* Terminal.Terminal
    const timeout = yield* checks("SignIn.loopback")
      .millis("timeout", options.timeout ?? Duration.minutes(5), { infinite: true })

    const registered = yield* loopbackOf(session.redirectUri)
    const server = yield* Effect.mapError(loopbackServer.listen(registered), (error) => unavailable(registered, error))
    const redirectUri = registered.port === 0 && server.address._tag === "TcpAddress"
      ? withPort(registered.redirectUri, server.address.port)
      : registered.redirectUri

    const authorizeUrl = yield* session.authorizeUrl({
      scopes: options.scopes,
      showDialog: options.showDialog,
      redirectUri: redirectUri === registered.redirectUri ? undefined : redirectUri
    })
    const state = authorizeUrl.searchParams.get("state") ?? ""

    const callback = yield* Deferred.make<URL>()
    const outcome = yield* Deferred.make<Token, SignInError>()

    const app: HttpApp.Default = Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const url = parseUrl(request.url, redirectUri)
      if (request.method !== "GET" || url === undefined || url.pathname !== new URL(redirectUri).pathname) {
        return page.nothingHere
      }
      const refusal = objection(url, state)
      if (refusal !== undefined) return page.ignored(refusal)
      yield* Deferred.succeed(callback, url)
      return page.ofOutcome(yield* Effect.exit(Deferred.await(outcome)))
    })
    // Untraced, since a span would show the code.
    yield* server.serve(app).pipe(HttpMiddleware.withTracerDisabledWhenEffect(() => true))
    yield* Effect.addFinalizer(() => Deferred.interrupt(outcome))

    yield* Console.error(`To sign in to Spotify, open this address in your browser:\n\n  ${authorizeUrl.href}\n`)
    const opening = yield* Effect.forkScoped(browser.open(authorizeUrl))

    const pasted = Effect.gen(function*() {
      const opened = yield* Effect.timeoutTo(Fiber.join(opening), {
        duration: "2 seconds",
        onSuccess: identity,
        onTimeout: () => true
      })
      if (!opened) yield* Console.error("No browser could be opened from here.")
      if (!(yield* terminal.isTTY)) return yield* Effect.never
      yield* Console.error("If the browser ends at a page that can't be reached, paste the address of that page here.")
      const input = yield* terminal.readInput
      while (true) {
        const line = (yield* readLine(terminal, input, "> ")).trim()
        const url = parseUrl(line, redirectUri)
        if (url?.search !== undefined && url.search !== "") {
          const refusal = objection(url, state)
          if (refusal === undefined) return url
          yield* Console.error(refusal)
        } else if (line !== "") {
          yield* Console.error(
            `That isn't the address that the browser ended at: it begins with ${printable(redirectUri)}?`
          )
        }
      }
    })

    const received = yield* Effect.raceFirst(Deferred.await(callback), Effect.scoped(pasted)).pipe(
      Effect.raceFirst(Effect.zipRight(
        sleep(timeout),
        Effect.failSync(() =>
          new SignInTimeout({
            timeout: Duration.millis(timeout),
            message: `The browser didn't come back from Spotify within ${
              Duration.format(Duration.millis(timeout))
            }; start the sign-in again and open the address that it shows`
          })
        )
      ))
    )
    yield* Effect.intoDeferred(session.handleCallback(received), outcome)
    return yield* Deferred.await(outcome)
  }))

/**
 * Nobody is signed in, and there is no terminal to sign in from, as in a service or in CI.
 *
 * @since 0.2.0
 * @category errors
 */
export class TerminalUnavailable extends Schema.TaggedError<TerminalUnavailable>()("TerminalUnavailable", {
  key: Schema.String,
  message: Schema.String
}) {}

/**
 * Goes between a session and what needs it, and signs the user in by `loopback` where nobody is signed in yet or the
 * sign-in has ended. Whoever signed in once isn't asked again, as long as the store keeps the token. Without a terminal it
 * is `TerminalUnavailable` at once: nobody would see the address to sign in at.
 *
 * `SignInNode.layerTerminal` has what this needs on Node.
 *
 * @since 0.2.0
 * @category layers
 */
export const layerTerminal = (
  options: LoopbackOptions = {}
): Layer.Layer<
  SpotifySession,
  LoopbackError | TerminalUnavailable,
  SpotifySession | LoopbackServer | Browser | Terminal.Terminal
> =>
  Layer.effect(
    SpotifySession,
    Effect.tap(SpotifySession, (session) =>
      Effect.catchTag(session.accessToken, "ReauthorizationRequired", () =>
        Effect.gen(function*() {
          const terminal = yield* Terminal.Terminal
          if (yield* terminal.isTTY) {
            return yield* loopback(options)
          }
          return yield* new TerminalUnavailable({
            key: session.key,
            message: `Nobody is signed in as "${printable(session.key)}", and there is no terminal to sign in from. ` +
              "Run this once in a terminal, or npx effect-spotify login with the same file (--store) and key (--key)"
          })
        })))
  )
