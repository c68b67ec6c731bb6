import * as Args from "@effect/cli/Args"
import type * as CliApp from "@effect/cli/CliApp"
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import * as Options from "@effect/cli/Options"
import * as ValidationError from "@effect/cli/ValidationError"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { nearest } from "../core/input.js"
import * as Scope from "../core/Scope.js"
import { printable } from "../core/text.js"
import * as Users from "../operations/Users.js"
import * as SpotifySession from "../session/SpotifySession.js"
import * as SignIn from "../signIn/SignIn.js"
import { about } from "./about.js"
import { api } from "./api.js"
import { type Entry, isShell, scriptOf, shells } from "./completions.js"
import { doctor } from "./doctor.js"
import { explain } from "./explain.js"
import { fake } from "./fake.js"
import { now } from "./now.js"
import * as output from "./output.js"
import { Unhealthy, WrongCall } from "./problems.js"
import { programOf } from "./program.js"
import { asJson, flags, layer, settings } from "./settings.js"
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

const describe = (user: Effect.Effect.Success<ReturnType<typeof Users.me>>): string => {
  const rows = Object.entries({
    id: user.id,
    email: user.email,
    plan: user.product,
    country: user.country,
    profile: user.external_urls?.spotify
  })
  return `${text.bold(printable(user.display_name ?? user.id))}\n` +
    text.table(rows.flatMap(([label, value]) => value === null || value === undefined ? [] : [[label, value]]))
}

// Loaded for a sign-in alone, since its server is a quarter of what starting takes.
const signInNode = Layer.unwrapEffect(
  Effect.map(Effect.promise(() => import("../signIn/SignInNode.js")), (module) => module.layer)
)

const login = Command.make("login", {
  ...flags,
  json: asJson,
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
}, ({ json, scopes, showDialog, ...flags }) =>
  Effect.gen(function*() {
    const chosen = yield* settings(flags)
    yield* Effect.gen(function*() {
      yield* SignIn.loopback({
        scopes: scopes.length === 0 ? defaultScopes : scopes,
        showDialog: showDialog || undefined
      })
      const until = yield* SpotifySession.reauthorizeBy
      const user = yield* Users.me()
      if (json) {
        return yield* output.json({
          user,
          scopes: yield* SpotifySession.scopes,
          until: Option.getOrNull(Option.map(until, DateTime.formatIso)),
          store: chosen.store,
          key: (yield* SpotifySession.SpotifySession).key
        })
      }
      yield* Console.log(
        `${text.green("✓")} Signed in until ${
          Option.match(until, { onNone: () => "further notice", onSome: text.date })
        }; the token is in ${printable(chosen.store)}${
          chosen.key === undefined ? "" : ` under the key ${printable(chosen.key)}`
        }`
      )
      yield* Console.log(describe(user))
      yield* Console.log(
        `\n${text.dim("A program that uses it, for example as hello.ts for npx tsx hello.ts:")}\n\n${programOf(chosen)}`
      )
    }).pipe(Effect.provide([layer(chosen), signInNode]))
  })).pipe(Command.withDescription(about.login))

const logout = Command.make("logout", { ...flags, json: asJson }, ({ json, ...flags }) =>
  Effect.gen(function*() {
    const chosen = yield* settings(flags)
    const isEmpty = yield* Effect.gen(function*() {
      const session = yield* SpotifySession.SpotifySession
      // What can't be read any more can still be removed.
      const isEmpty = yield* Effect.match(session.token, { onFailure: () => false, onSuccess: Option.isNone })
      yield* session.signOut
      return isEmpty
    }).pipe(Effect.provide(layer(chosen)))
    if (json) return yield* output.json({ signedOut: !isEmpty, store: chosen.store })
    if (isEmpty) return yield* Console.log(`Nobody was signed in: there is no token in ${printable(chosen.store)}`)
    yield* Console.log(
      `${text.green("✓")} Signed out: the token is no longer in ${printable(chosen.store)}\n` +
        text.dim("  Spotify still lists the app at https://www.spotify.com/account/apps, where you can remove it")
    )
  })).pipe(Command.withDescription(about.logout))

const whoami = Command.make("whoami", { ...flags, json: asJson }, ({ json, ...flags }) =>
  Effect.gen(function*() {
    const user = yield* Effect.provide(Users.me(), layer(yield* settings(flags)))
    yield* json ? output.json(user) : Console.log(describe(user))
  })).pipe(Command.withDescription(about.whoami))

const token = Command.make("token", { ...flags, json: asJson }, ({ json, ...flags }) =>
  Effect.gen(function*() {
    yield* Effect.gen(function*() {
      const accessToken = Redacted.value(yield* SpotifySession.accessToken)
      if (!json) return yield* Console.log(accessToken)
      const kept = yield* SpotifySession.token
      yield* output.json({
        accessToken,
        expiresAt: Option.getOrNull(Option.map(kept, ({ expiresAt }) => DateTime.formatIso(expiresAt))),
        scopes: Option.match(kept, { onNone: () => [], onSome: ({ scopes }) => scopes })
      })
    }).pipe(Effect.provide(layer(yield* settings(flags))))
  })).pipe(Command.withDescription(about.token))

const checkup = Command.make("doctor", { ...flags, json: asJson }, ({ json, ...flags }) =>
  Effect.gen(function*() {
    const healthy = yield* doctor(yield* settings(flags), json)
    if (!healthy) return yield* new Unhealthy()
  })).pipe(Command.withDescription(about.doctor))

// For the list of commands; one with an operation is made from that operation's declaration.
const call = Command.make("call", {
  operation: Args.text({ name: "operation" }),
  rest: Args.repeated(Args.text({ name: "arguments" }))
}, () => Effect.void).pipe(
  Command.withDescription(about.call)
)

const { version }: { readonly version: string } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8")
)

const name = "effect-spotify"

const command = Command.make(name).pipe(
  Command.withDescription(
    "Sign in to Spotify from the terminal, look at what the sign-in gives, and call the Web API."
  ),
  Command.withSubcommands([login, logout, whoami, token, checkup, now, api, call, fake])
)

const runCommand = Command.run(command, { name, version })

const commandNames = Object.keys(about)

/** Each with what it is for; what it takes, its own help says. */
const list = `${name} ${version}: sign in to Spotify from a terminal, and call its Web API

  ${name} <command> [options]

${text.table(Object.entries(about))}

${name} <command> --help shows what a command takes. ${name} --completions bash (or zsh, fish) prints a script that
completes commands, operations and options in your shell. ${name} --version, -v`

const loadCall = Effect.promise(() => import("./call.js"))

const completions = (shell: string | undefined) =>
  Effect.gen(function*() {
    if (!isShell(shell)) {
      return yield* new WrongCall({ message: `--completions takes one of ${shells.join(", ")}` })
    }
    const { commandOf, find, names } = yield* loadCall
    const operations = yield* Effect.forEach(names, (name) =>
      Effect.map(find(name), (found): Entry => ({
        words: ["call", name],
        description: `${found.spec.method} ${found.spec.path}`,
        usage: Command.getUsage(commandOf(found))
      })))
    const descriptions: { readonly [name: string]: string } = about
    const usages = HashMap.toEntries(Command.getSubcommands(command))
    const entries = usages.map(([name, command]): Entry => ({
      words: [name],
      description: descriptions[name] ?? "",
      usage: CommandDescriptor.getUsage(command)
    }))
    yield* Console.log(scriptOf(shell, [...entries, ...operations]))
  })

const asksForHelp = (word: string): boolean => word === "--help" || word === "-h"

const runCall = (words: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const module = yield* loadCall
    const [operation, ...rest] = words
    if (operation === undefined || asksForHelp(operation)) {
      return yield* Console.log(
        `effect-spotify call <operation> [arguments], with any of these; --help after one shows what it takes\n\n${module.list()}`
      )
    }
    const found = yield* module.find(operation)
    yield* Command.run(module.commandOf(found), { name, version })(["node", name, ...module.normalized(found, rest)])
  })

const dispatch = (words: ReadonlyArray<string>) => {
  const [first = "", second] = words
  if (words.length === 0 || asksForHelp(first)) return Console.log(list)
  if (first === "-v") return runCommand(["node", name, "--version"])
  if (first.startsWith("--completions")) return completions(/=(.*)$/.exec(first)?.[1] ?? second)
  if (first === "call") return runCall(words.slice(1))
  if (first !== "" && !first.startsWith("-") && !commandNames.includes(first)) {
    const meant = nearest(first, commandNames)
    return new WrongCall({
      message: `There is no command ${first}${meant === undefined ? "" : `; did you mean '${meant}'?`}` +
        `${meant === undefined ? ":" : ""} effect-spotify --help lists what there is`
    })
  }
  return runCommand(["node", name, ...words])
}

const fail = (message: string, code = 1) =>
  Effect.as(Console.error(`${text.red("✗")} ${message.split("\n").map(printable).join("\n")}`), code)

/** Runs the command with its words: 0 is a success, 1 a failure, 2 a wrong call. */
export const execute = (words: ReadonlyArray<string>): Effect.Effect<number, never, CliApp.CliApp.Environment> =>
  dispatch(words).pipe(
    Effect.as(0),
    Effect.catchAll((error) => {
      if (ValidationError.isValidationError(error)) return Effect.succeed(2)
      if (error._tag === "Unhealthy") return Effect.succeed(1)
      return fail(explain(error), error._tag === "WrongCall" ? 2 : 1)
    }),
    Effect.catchAllDefect((defect) => fail(Cause.pretty(Cause.die(defect)))),
    output.withOutput,
    Effect.provide([
      CliConfig.layer({ showBuiltIns: false }),
      Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.stringLogger))
    ])
  )

/** Runs the command as a process, which ends with 130 after Ctrl-C. */
export const run = (args: ReadonlyArray<string>): void => {
  // Whoever reads the output may have had enough of it, as head does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0)
  })
  execute(args.slice(2)).pipe(
    Effect.provide(NodeContext.layer),
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
}
