import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as ValidationError from "@effect/cli/ValidationError"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { stripVTControlCharacters } from "node:util"
import * as Scope from "../core/Scope.js"
import { printable } from "../core/text.js"
import * as Users from "../operations/Users.js"
import * as SpotifySession from "../session/SpotifySession.js"
import * as SignIn from "../signIn/SignIn.js"
import { doctor } from "./doctor.js"
import { explain } from "./explain.js"
import { flags, layer, settings } from "./settings.js"
import * as text from "./text.js"

/** Reading the person's own things; nothing that changes any. */
const defaultScopes: ReadonlyArray<Scope.Scope> = [
  "playlist-read-collaborative",
  "playlist-read-private",
  "user-follow-read",
  "user-library-read",
  "user-read-currently-playing",
  "user-read-email",
  "user-read-playback-state",
  "user-read-private",
  "user-read-recently-played",
  "user-top-read"
]

const me = Effect.gen(function*() {
  const user = yield* Users.me()
  const rows = Object.entries({
    id: user.id,
    email: user.email,
    plan: user.product,
    country: user.country,
    profile: user.external_urls?.spotify
  })
  return `${text.bold(printable(user.display_name ?? user.id))}\n` +
    text.table(rows.flatMap(([label, value]) => value === null || value === undefined ? [] : [[label, value]]))
})

// Loaded for a sign-in alone, since its server is a quarter of what starting takes.
const signInNode = Layer.unwrapEffect(
  Effect.map(Effect.promise(() => import("../signIn/SignInNode.js")), (module) => module.layer)
)

const login = Command.make("login", {
  ...flags,
  scopes: Options.text("scope").pipe(
    Options.withDescription(
      `A scope to ask for, and again for each further one; unless given, those that only read. Any of ${
        Scope.all.join(", ")
      }`
    ),
    Options.repeated,
    Options.filterMap(
      Option.liftPredicate(Schema.is(Schema.Array(Scope.Scope))),
      `--scope takes ${Scope.all.join(", ")}`
    )
  ),
  showDialog: Options.boolean("show-dialog").pipe(
    Options.withDescription("Let Spotify ask again, to sign in as somebody else")
  )
}, ({ scopes, showDialog, ...flags }) =>
  Effect.gen(function*() {
    const chosen = yield* settings(flags)
    yield* Effect.gen(function*() {
      yield* SignIn.loopback({
        scopes: scopes.length === 0 ? defaultScopes : scopes,
        showDialog: showDialog || undefined
      })
      const until = yield* SpotifySession.reauthorizeBy
      yield* Console.log(
        `${text.green("✓")} Signed in until ${
          Option.match(until, { onNone: () => "further notice", onSome: text.date })
        }; the token is in ${printable(chosen.store)}`
      )
      yield* Console.log(yield* me)
    }).pipe(Effect.provide([layer(chosen), signInNode]))
  })).pipe(Command.withDescription("Sign in with your browser and keep the token"))

const logout = Command.make("logout", flags, (flags) =>
  Effect.gen(function*() {
    const chosen = yield* settings(flags)
    const isEmpty = yield* Effect.gen(function*() {
      const session = yield* SpotifySession.SpotifySession
      // What can't be read any more can still be removed.
      const isEmpty = yield* Effect.match(session.token, { onFailure: () => false, onSuccess: Option.isNone })
      yield* session.signOut
      return isEmpty
    }).pipe(Effect.provide(layer(chosen)))
    if (isEmpty) return yield* Console.log(`Nobody was signed in: there is no token in ${printable(chosen.store)}`)
    yield* Console.log(
      `${text.green("✓")} Signed out: the token is no longer in ${printable(chosen.store)}\n` +
        text.dim("  Spotify still lists the app at https://www.spotify.com/account/apps, where you can remove it")
    )
  })).pipe(Command.withDescription("Forget the token"))

const whoami = Command.make("whoami", flags, (flags) =>
  Effect.gen(function*() {
    yield* Console.log(yield* Effect.provide(me, layer(yield* settings(flags))))
  })).pipe(Command.withDescription("Show who is signed in"))

const token = Command.make("token", flags, (flags) =>
  Effect.gen(function*() {
    const accessToken = yield* Effect.provide(SpotifySession.accessToken, layer(yield* settings(flags)))
    yield* Console.log(Redacted.value(accessToken))
  })).pipe(
    Command.withDescription("Print a valid access token: curl -H \"Authorization: Bearer $(effect-spotify token)\" …")
  )

/** The doctor has said what is wrong already. */
class Unhealthy extends Data.TaggedError("Unhealthy") {}

const checkup = Command.make("doctor", flags, (flags) =>
  Effect.gen(function*() {
    const healthy = yield* doctor(yield* settings(flags))
    if (!healthy) return yield* new Unhealthy()
  })).pipe(Command.withDescription("Look at all that a sign-in depends on, and say what to do"))

const { version }: { readonly version: string } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8")
)

const command = Command.make("effect-spotify").pipe(
  Command.withDescription("Sign in to Spotify from the terminal, and look at what the sign-in gives."),
  Command.withSubcommands([login, logout, whoami, token, checkup])
)

const cli = Command.run(command, { name: "effect-spotify", version })

/** Without colours where nobody sees them. */
const withPlainText = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Console.consoleWith((console) => {
    const plain = (stream: NodeJS.WriteStream) => (args: ReadonlyArray<unknown>) =>
      stream.isTTY && stream.hasColors()
        ? args
        : args.map((arg) => typeof arg === "string" ? stripVTControlCharacters(arg) : arg)
    const [out, error] = [plain(process.stdout), plain(process.stderr)]
    return Effect.withConsole(self, {
      ...console,
      log: (...args) => console.log(...out(args)),
      error: (...args) => console.error(...error(args))
    })
  })

const fail = (message: string) =>
  Effect.as(Console.error(`${text.red("✗")} ${message.split("\n").map(printable).join("\n")}`), 1)

/** Runs the command: 0 is a success, 1 a failure, 2 a wrong call, 130 Ctrl-C. */
export const run = (args: ReadonlyArray<string>): void =>
  cli(args).pipe(
    Effect.as(0),
    Effect.catchAll((error) => {
      if (ValidationError.isValidationError(error)) return Effect.succeed(2)
      return error._tag === "Unhealthy" ? Effect.succeed(1) : fail(explain(error))
    }),
    Effect.catchAllDefect((defect) => fail(Cause.pretty(Cause.die(defect)))),
    withPlainText,
    Effect.provide([
      NodeContext.layer,
      CliConfig.layer({ showBuiltIns: false }),
      Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.stringLogger))
    ]),
    NodeRuntime.runMain({
      disableErrorReporting: true,
      disablePrettyLogger: true,
      teardown: (exit, onExit) =>
        onExit(
          Exit.match(exit, {
            onSuccess: Number,
            onFailure: (cause) => Cause.isInterruptedOnly(cause) ? 130 : 1
          })
        )
    })
  )
