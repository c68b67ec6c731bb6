import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { type Request, type Response, SpotifyClient } from "../client/SpotifyClient.js"
import type { SpotifyError } from "../core/SpotifyError.js"
import { printable } from "../core/text.js"
import { about } from "./about.js"
import { parseJson, readText } from "./input.js"
import * as output from "./output.js"
import { CantDo, WrongCall } from "./problems.js"
import { asApp, flags, layer, settings } from "./settings.js"

const methods = ["GET", "POST", "PUT", "DELETE"] as const

const isMethod = (text: string): text is Request["method"] => Arr.contains(methods, text)

const usage = "effect-spotify api [GET|POST|PUT|DELETE] <path>, for example effect-spotify api GET /me/tracks"

/** A path below the API's own address, or a whole URL, which the client takes for its own host alone. */
const urlOf = (path: string): string =>
  /^[a-z][a-z0-9+.-]*:|^\/\//i.test(path) ? path : `/${path.replace(/^\//, "").replace(/^v1\//, "")}`

const execute = (
  method: Request["method"],
  url: string,
  body?: Request["body"]
): Effect.Effect<Response, SpotifyError, SpotifyClient> =>
  // Nobody knows of any path whether a write may be sent twice.
  Effect.flatMap(SpotifyClient, (client) =>
    client.execute({ operation: "api", method, url, body, idempotent: method === "GET" }))

interface List {
  readonly items: ReadonlyArray<unknown>
  readonly next: string | undefined
  readonly total: number | undefined
}

const listIn = (value: unknown): List | undefined =>
  Predicate.hasProperty(value, "items") && Array.isArray(value.items)
    ? {
      items: value.items,
      next: Predicate.hasProperty(value, "next") && Predicate.isString(value.next) ? value.next : undefined,
      total: Predicate.hasProperty(value, "total") && Predicate.isNumber(value.total) ? value.total : undefined
    }
    : undefined

/** The list that an answer is, or the only one that it has (a search of one kind, the artists that one follows). */
const listOf = (body: unknown): Effect.Effect<List, CantDo> => {
  const own = listIn(body)
  if (own !== undefined) return Effect.succeed(own)
  const found = Predicate.isRecord(body)
    ? Object.entries(body).flatMap(([name, value]) => {
      const list = listIn(value)
      return list === undefined ? [] : [{ name, list }]
    })
    : []
  const [first, ...others] = found
  if (first !== undefined && others.length === 0) return Effect.succeed(first.list)
  return new CantDo({
    message: first === undefined
      ? "--all reads lists, and this answer is none: leave --all out"
      : `--all reads one list, and this answer has several (${found.map(({ name }) => name).join(", ")}): ask for one`
  })
}

const jsonOf = ({ text }: Response): Effect.Effect<unknown, CantDo> =>
  Effect.mapError(parseJson(text, "The answer"), ({ message }) => new CantDo({ message }))

/** All items of a list, page by page as Spotify links them. */
const allItems = (url: string): Stream.Stream<unknown, SpotifyError | CantDo, SpotifyClient> =>
  Stream.suspend(() => {
    const seen = new Set<string>()
    let done = 0
    return Stream.paginateChunkEffect(url, (url) =>
      Effect.gen(function*() {
        if (seen.has(url)) {
          return yield* new CantDo({ message: `The list leads in a circle: ${url} comes for the second time` })
        }
        seen.add(url)
        const { items, next, total } = yield* listOf(yield* jsonOf(yield* execute("GET", url)))
        done += items.length
        yield* output.progress(done, total, "items")
        // An empty page is the end, whatever it links to.
        const rest = items.length === 0 ? Option.none() : Option.fromNullable(next)
        return [Chunk.unsafeFromArray(items), rest] as const
      }))
  }).pipe(Stream.ensuring(output.progressEnd))

/** Prints a stream of items: one to a line as they come, or all as one array. */
export const printItems = <E, R>(items: Stream.Stream<unknown, E, R>, asArray: boolean): Effect.Effect<void, E, R> =>
  asArray
    ? Effect.flatMap(Stream.runCollect(items), (items) => output.json(Chunk.toReadonlyArray(items)))
    : Stream.runForEach(items, (item) => output.json(item, "line"))

export const allOption = Options.boolean("all").pipe(
  Options.withDescription("Read a list to its end, and print each item as JSON on a line of its own")
)

export const arrayOption = Options.boolean("array").pipe(
  Options.withDescription("With --all: print one JSON array instead of lines")
)

const print = (response: Response): Effect.Effect<void> => {
  const text = response.text.trim()
  if (text === "") return Console.error(`Spotify answered ${response.status}, without a body`)
  return Effect.matchEffect(jsonOf(response), {
    // The player's commands answer with a text that means nothing.
    onFailure: () => Console.log(text.split("\n").map(printable).join("\n")),
    onSuccess: (value) => output.json(value)
  })
}

export const api = Command.make("api", {
  ...flags,
  app: asApp,
  all: allOption,
  array: arrayOption,
  body: Options.text("body").pipe(
    Options.withDescription("What to send: JSON, or @file or @- for what is in a file or comes in"),
    Options.optional
  ),
  contentType: Options.text("content-type").pipe(
    Options.withDescription("What the body is; for a playlist's cover it is image/jpeg, and the body base64"),
    Options.withDefault("application/json")
  ),
  words: Args.text({ name: "[method] path" }).pipe(
    Args.withDescription(
      "GET (unless given), POST, PUT or DELETE, and a path of the Web API such as /me/tracks?limit=50"
    ),
    Args.between(1, 2)
  )
}, ({ all, array, body, contentType, words, ...flags }) =>
  Effect.gen(function*() {
    const [first, second] = words
    const method = second === undefined ? "GET" : first.toUpperCase()
    if (!isMethod(method)) return yield* new WrongCall({ message: `${first} is no method: ${usage}` })
    const path = second ?? first
    if (second === undefined && isMethod(path.toUpperCase())) {
      return yield* new WrongCall({ message: `There is no path: ${usage}` })
    }
    if (all && method !== "GET") return yield* new WrongCall({ message: "--all goes with GET alone" })
    if (Option.isSome(body) && method === "GET") return yield* new WrongCall({ message: "A GET has no --body" })
    const text = Option.isNone(body) ? undefined : (yield* readText(body.value)).trim()
    if (text !== undefined && contentType === "application/json") yield* parseJson(text, "The --body")
    const send = all
      ? printItems(allItems(urlOf(path)), array)
      : Effect.flatMap(execute(method, urlOf(path), text === undefined ? undefined : { contentType, text }), print)
    yield* Effect.provide(send, layer(yield* settings(flags)))
  })).pipe(Command.withDescription(about.api))
