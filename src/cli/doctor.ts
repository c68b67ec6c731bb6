import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import { existsSync } from "node:fs"
import { SpotifyClient } from "../client/SpotifyClient.js"
import type { SpotifyError } from "../core/SpotifyError.js"
import { printable } from "../core/text.js"
import * as Users from "../operations/Users.js"
import * as SpotifyAuth from "../session/SpotifyAuth.js"
import * as SpotifySession from "../session/SpotifySession.js"
import { explain } from "./explain.js"
import * as output from "./output.js"
import { getClientId, layer, type Settings } from "./settings.js"
import * as text from "./text.js"

/** What one look gave: good, worth a thought, or broken, and what to do then. */
interface Finding {
  readonly label: string
  readonly mark: "good" | "doubtful" | "bad"
  readonly found: string
  readonly advice?: string | undefined
}

const finding = (mark: Finding["mark"]) => (label: string, found: string, advice?: string): Finding => ({
  label,
  mark,
  found,
  advice
})
const good = finding("good")
const doubtful = finding("doubtful")
const bad = finding("bad")

const login = "Run effect-spotify login"

/** A file that isn't there yet is no fault, and nothing to tick either. */
const tokenFile = ({ key, store }: Settings): Finding => {
  const found = key === undefined ? store : `${store}, under the key ${key}`
  return existsSync(store) ? good("token file", found) : doubtful("token file", `${found}, which isn't there yet`)
}

const client = ({ clientId, clientSecret }: Settings): Finding =>
  clientId === undefined
    ? bad("client id", "none", getClientId)
    : good("client id", `${clientId}, ${clientSecret === undefined ? "with PKCE" : "with a client secret"}`)

const redirect = ({ redirectUri }: Settings): Finding =>
  Either.match(SpotifyAuth.checkRedirectUri(redirectUri), {
    onLeft: ({ expected }) =>
      bad("redirect URI", redirectUri, `Register another in the dashboard and set SPOTIFY_REDIRECT_URI: ${expected}`),
    onRight: ({ hostname, port, protocol }) => {
      if (protocol !== "http:") {
        return doubtful(
          "redirect URI",
          redirectUri,
          "login can only listen on this machine: register http://127.0.0.1:8888/callback too"
        )
      }
      return good(
        "redirect URI",
        redirectUri,
        port === ""
          ? `The dashboard must have http://${hostname} with this path and no port`
          : "The dashboard must have exactly this one"
      )
    }
  })

const accessToken = (expiresAt: DateTime.Utc, now: DateTime.Utc): Finding =>
  good("access token", `good for ${text.roughly(DateTime.distanceDuration(expiresAt, now))}, renewed by itself`)

const granted = (scopes: ReadonlyArray<string>): Finding =>
  scopes.length === 0
    ? doubtful("scopes", "none", "Public data only; for more run effect-spotify login with --scope")
    : good("scopes", scopes.join(" "))

const age = (authorizedAt: Option.Option<DateTime.Utc>, now: DateTime.Utc): Finding =>
  Option.match(authorizedAt, {
    onNone: () => doubtful("sign-in", "of unknown date", "It ends six months after you agreed, with an error then"),
    onSome: (since) => {
      const until = DateTime.add(since, { months: 6 })
      const left = DateTime.distanceDurationEither(now, until)
      const found = `since ${text.date(since)} (${text.roughly(DateTime.distanceDuration(since, now))} ago), ` +
        `ends ${text.date(until)}`
      return Either.isRight(left) && Duration.greaterThan(left.right, "30 days")
        ? good("sign-in", found)
        : doubtful("sign-in", found, `Spotify ends every sign-in after six months. ${login}`)
    }
  })

/** A deprecated operation that costs Spotify little and that Development Mode answers with 403. */
const quotaMode = Effect.flatMap(
  SpotifyClient,
  (client) => client.execute({ operation: "doctor", method: "GET", url: "/markets", idempotent: true })
).pipe(
  Effect.match({
    onSuccess: () => good("quota mode", "extended, or an app that is older than February 2026: everything answers"),
    onFailure: (error): Finding =>
      error._tag === "Forbidden"
        ? good(
          "quota mode",
          "Development Mode: operations that are marked as deprecated answer 403",
          "Use what their documentation names instead; five users at most, added in the dashboard under User Management"
        )
        : doubtful("quota mode", "unknown", explain(error))
  })
)

const user = (error: SpotifyError): Finding =>
  bad(
    "calls",
    "Spotify refuses them",
    error._tag === "Forbidden"
      ? `${
        explain(error)
      }. In Development Mode the dashboard must list you under User Management, and the app's owner ` +
        "needs Premium"
      : explain(error)
  )

const signedIn = Effect.gen(function*() {
  const renewed = yield* Effect.either(SpotifySession.accessToken)
  if (Either.isLeft(renewed)) return [bad("sign-in", "none that works", explain(renewed.left))]
  const token = yield* SpotifySession.token
  if (Option.isNone(token)) return [bad("sign-in", "none", login)]
  const now = yield* DateTime.now
  const me = yield* Effect.either(Users.me())
  return [
    age(Option.fromNullable(token.value.authorizedAt), now),
    accessToken(token.value.expiresAt, now),
    granted(token.value.scopes),
    ...Either.isLeft(me)
      ? [user(me.left)]
      : [good("calls", `as ${me.right.display_name ?? me.right.id} (${me.right.id})`), yield* quotaMode]
  ]
})

const marks = { good: text.green("✓"), doubtful: text.yellow("!"), bad: text.red("✗") }

const show = (findings: ReadonlyArray<Finding>): string => {
  const width = Math.max(...findings.map(({ label }) => label.length))
  const indent = width + 4
  // Not a terminal: lines as long as they are.
  const room = (process.stdout.columns ?? Number.POSITIVE_INFINITY) - indent
  const block = (words: string, style: (line: string) => string) =>
    text.wrap(printable(words), room).map(style).join(`\n${" ".repeat(indent)}`)
  return findings.map(({ advice, found, label, mark }) =>
    `${marks[mark]} ${text.bold(label.padEnd(width))}  ${block(found, identity)}` +
    (advice === undefined ? "" : `\n${" ".repeat(indent)}${block(advice, text.dim)}`)
  ).join("\n")
}

/** Looks at all that a sign-in depends on and tells whether it is in order. */
export const doctor = (settings: Settings, json: boolean): Effect.Effect<boolean> =>
  Effect.gen(function*() {
    const before = [client(settings), redirect(settings), tokenFile(settings)]
    const after = before.some(({ mark }) => mark === "bad")
      ? []
      : yield* signedIn.pipe(
        Effect.provide(layer(settings)),
        Effect.catchAll((error) => Effect.succeed([bad("token", "none that can be read", explain(error))]))
      )
    const findings = [...before, ...after]
    yield* json ? output.json(findings) : Console.log(show(findings))
    return findings.every(({ mark }) => mark !== "bad")
  })
