import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import { constTrue } from "effect/Function"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import {
  aBoolean,
  type Allowed,
  aText,
  attempt,
  checkOptions,
  fromOne,
  fromZero,
  instead,
  isListOf,
  oneOf,
  someScopes
} from "../../core/input.js"
import { isBelowZero } from "../../core/options.js"
import { InvalidInput } from "../../core/SpotifyError.js"
import type { Fault } from "./faults.js"

type Checked = Either.Either<void, InvalidInput>

interface Members {
  readonly [name: string]: Allowed
}

/** Looked at by itself. */
const anything: Allowed = [constTrue, ""]

const time = (least: number, most: number, expected: string): Allowed => [
  (input) => {
    const given = isBelowZero(input) ? Option.none() : Option.map(Duration.decodeUnknown(input), Duration.toMillis)
    return Option.exists(given, (millis) => millis >= least && millis <= most)
  },
  expected
]

const aTime = time(0, Infinity, "a duration such as \"5 seconds\"")

const anEnd = time(0, Number.MAX_SAFE_INTEGER, "a duration such as \"5 seconds\", with an end")

const aWindow = time(1, Number.MAX_SAFE_INTEGER, "a duration such as \"5 seconds\", longer than 0 and with an end")

const aName: Allowed = [(input) => aText[0](input) && input !== "", "a text that isn't empty"]

const someTexts: Allowed = [(input) => isListOf(input, aText[0]), "a list of texts"]

const aRate: Allowed = [(input) => Predicate.isNumber(input) && input > 0 && input < Infinity, "a number above 0"]

const aMode = oneOf("extended", "development")

const refused = (operation: string, field: string, expected: string) =>
  Either.left(InvalidInput.of(operation, field, expected))

const memberOf = (given: unknown, name: string): unknown => Predicate.isRecord(given) ? given[name] : undefined

/** Looks at the members of one option, by its own name before theirs. */
const inside = (
  operation: string,
  field: string,
  members: Members,
  needed: ReadonlyArray<string>,
  given: unknown
): Checked => {
  if (given === undefined) return Either.void
  const checked = Either.mapLeft(
    checkOptions(operation, members, given),
    (error) => InvalidInput.of(operation, error.field === "options" ? field : `${field}.${error.field}`, error.expected)
  )
  const missing = needed.find((name) => memberOf(given, name) === undefined)
  return Either.isRight(checked) && missing !== undefined
    ? refused(operation, `${field}.${missing}`, "given")
    : checked
}

const each = (
  operation: string,
  field: string,
  members: Members,
  needed: ReadonlyArray<string>,
  given: unknown
): Checked => {
  if (given === undefined) return Either.void
  if (!Array.isArray(given)) return refused(operation, field, instead("a list", given))
  const all = Either.all(Array.from(
    given,
    (one: unknown, i) => inside(operation, `${field}[${i}]`, members, needed, one ?? null)
  ))
  return Either.map(all, () => undefined)
}

const app: Members = { clientId: aName, clientSecret: aName, redirectUris: someTexts }

const user: Members = {
  id: aName,
  display_name: [(input) => input === null || aText[0](input), "a text or null"],
  email: aText,
  country: [(input) => Predicate.isString(input) && /^[A-Z]{2}$/.test(input), "an ISO 3166-1 alpha-2 country code"],
  product: oneOf("premium", "free")
}

const playlists: Members = {
  snapshotLag: aTime,
  entriesLag: aTime,
  unreadable: someTexts,
  relinked: [
    (input) => Predicate.isRecord(input) && isListOf(Object.values(input), aText[0]),
    "an object with a URI for each URI"
  ]
}

const fake: Members = {
  ...app,
  clients: anything,
  consent: oneOf("automatic", "page"),
  users: anything,
  tokenLifetime: anEnd,
  refreshTokens: oneOf("keep", "rotate"),
  refreshTokenLifetime: aTime,
  mode: aMode,
  budget: anything,
  bucket: anything,
  latency: aTime,
  seed: anything,
  librarySize: fromZero,
  activeDevice: aBoolean,
  playlists: anything
}

const budget: Members = { requests: fromOne, window: aWindow, retryAfter: aBoolean }

const bucket: Members = { rate: aRate, burst: fromOne, retryAfter: aBoolean }

/** Looks at the options of a fake. */
export const ofFake = (options: unknown): Checked =>
  attempt("FakeSpotify", () =>
    Either.gen(function*() {
      const of = (name: string) => memberOf(options, name)
      yield* checkOptions("FakeSpotify", fake, options)
      yield* each("FakeSpotify", "clients", app, ["clientId"], of("clients"))
      yield* each("FakeSpotify", "users", user, ["id"], of("users"))
      yield* inside("FakeSpotify", "budget", budget, ["requests", "window"], of("budget"))
      yield* inside("FakeSpotify", "bucket", bucket, ["rate", "burst"], of("bucket"))
      yield* inside("FakeSpotify", "playlists", playlists, [], of("playlists"))
      if (of("budget") !== undefined && of("bucket") !== undefined) {
        yield* refused("FakeSpotify", "bucket", "left out where there is a budget")
      }
      if (of("seed") !== undefined && of("librarySize") !== undefined) {
        yield* refused("FakeSpotify", "librarySize", "left out where there is a seed, which says what is saved")
      }
      if (memberOf(of("seed"), "users") !== undefined && of("users") !== undefined) {
        yield* refused("FakeSpotify", "users", "left out where the seed has users")
      }
    }))

/** Nobody is there twice. */
export const ofUsers = (users: ReadonlyArray<{ readonly id: string }>, field: string): Checked => {
  const twice = users.findIndex(({ id }, i) => users.findIndex((other) => other.id === id) !== i)
  return twice === -1
    ? Either.void
    : refused("FakeSpotify", `${field}[${twice}].id`, `another one: ${users[twice]?.id} is there twice`)
}

export const unknownUser = (operation: string, id: unknown, users: ReadonlyMap<string, unknown>) =>
  refused(operation, "user", instead(`one of ${[...users.keys()].join(", ")}`, id))

const match: Members = {
  method: oneOf("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"),
  path: [
    (input) => input instanceof RegExp || (Predicate.isString(input) && input.startsWith("/")),
    "a path that begins with a slash, or a RegExp"
  ],
  host: oneOf("accounts", "api")
}

/** Looks at which requests are counted. */
export const ofMatch = (options: unknown): Checked => checkOptions("FakeSpotify.count", match, options)

const parts = ["pass", "reset", "cutOff", "brokenOff"]

const isHeader = ([name, value]: readonly [string, unknown]): boolean =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) && Predicate.isString(value) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)

const reply: Members = {
  status: [
    (input) => Number.isInteger(input) && Number(input) >= 200 && Number(input) <= 599,
    "a status from 200 to 599"
  ],
  headers: [
    (input) => Predicate.isRecord(input) && Object.entries(input).every(isHeader),
    "names of headers, each with a text of one line in Latin-1"
  ],
  body: [Predicate.isString, "a text"],
  brokenOff: aBoolean
}

const fault: Members = {
  applied: aBoolean,
  delay: aTime,
  outcome: [
    (input) => Predicate.isRecord(input) || (Predicate.isString(input) && parts.includes(input)),
    `a reply or one of ${parts.join(", ")}`
  ],
  refused: anything
}

/** Looks at faults, which may be written by hand, how often they are to come, and for which requests. */
export const ofFaults = (faults: ReadonlyArray<Fault>, options: unknown): Checked =>
  attempt("FakeSpotify.failNext", () =>
    Either.gen(function*() {
      const operation = "FakeSpotify.failNext"
      for (const one of faults) {
        if (one?.refused !== undefined) yield* Either.left(one.refused)
        yield* inside(operation, "fault", fault, ["applied", "outcome"], one ?? null)
        if (typeof one.outcome === "object") {
          yield* inside(operation, "fault.outcome", reply, ["status", "headers", "body"], one.outcome)
        }
      }
      yield* checkOptions(operation, { times: fromOne, on: anything }, options)
      yield* inside(operation, "on", match, [], memberOf(options, "on"))
    }))

/** Looks at what a token is to be. */
export const ofToken = (options: unknown, users: ReadonlyMap<string, unknown>): Checked =>
  checkOptions("FakeSpotify.issueToken", {
    scopes: someScopes,
    user: [
      (input) => input === null || (Predicate.isString(input) && users.has(input)),
      `null or one of ${[...users.keys()].join(", ")}`
    ],
    expiresIn: anEnd,
    pkce: aBoolean,
    clientId: aText
  }, options)

/** Looks at a quota mode. */
export const ofMode = (mode: unknown): Checked =>
  aMode[0](mode) ? Either.void : refused("FakeSpotify.setMode", "mode", instead(aMode[1], mode))

/** Looks at where a user is to agree, and whether. */
export const ofConsent = (url: unknown, options: unknown): Either.Either<URL, InvalidInput> =>
  attempt("FakeSpotify.authorize", () =>
    Either.flatMap(
      checkOptions("FakeSpotify.authorize", { approve: aBoolean, user: aText }, options),
      () =>
        URL.canParse(String(url))
          ? Either.right(new URL(String(url)))
          : refused("FakeSpotify.authorize", "url", instead("a URL", url))
    ))

/** What a reply is made of: one body at most. */
export const ofReply = (body: unknown): Checked =>
  Either.flatMap(
    checkOptions("FakeSpotify.reply", { json: anything, text: aText, html: aText, headers: anything }, body),
    () => {
      const [, second] = ["json", "text", "html"].filter((name) => memberOf(body, name) !== undefined)
      return second === undefined ? Either.void : refused("FakeSpotify.reply", second, "left out: a reply has one body")
    }
  )

/** JSON's text, where it can hold the value. */
export const ofJson = (value: unknown): Either.Either<string, InvalidInput> =>
  Option.match(Option.filter(json(value), Predicate.isString), {
    onNone: () => refused("FakeSpotify.reply", "json", "what JSON can hold"),
    onSome: Either.right
  })

const json = Option.liftThrowable((value: unknown): unknown => JSON.stringify(value))

/** Seconds to wait; a text may be anything, as what Spotify is known to send. */
export const ofRetryAfter = (retryAfter: unknown): Checked =>
  retryAfter === undefined || Predicate.isString(retryAfter) || (Predicate.isNumber(retryAfter) && retryAfter >= 0)
    ? Either.void
    : refused("FakeSpotify.tooManyRequests", "retryAfter", instead("a number from 0, or a text", retryAfter))
