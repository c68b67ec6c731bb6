import type * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Request, Response, SpotifyClient } from "../client/SpotifyClient.js"
import { digest } from "../core/digest.js"
import { aFunction, checkOptions } from "../core/input.js"
import { of as checks } from "../core/options.js"
import { type InvalidInput, isTransient, type SpotifyError } from "../core/SpotifyError.js"
import { ownerOf } from "../session/owner.js"
import { conditional, confirmed, headersOf, keep, type Kept, plain, satisfies, standsIn } from "./cachePolicy.js"
import { decorate } from "./decorate.js"

/**
 * How the cache behaves; everything has a default.
 *
 * @since 0.1.0
 * @category options
 */
export interface Options {
  /**
   * How long an answer is used at most after it came or was last confirmed, whatever Spotify allows; 7 days. It may be 0
   * or `Duration.infinity`.
   */
  readonly timeToLive?: Duration.DurationInput | undefined
  /** Which GETs go through the cache; all. The others are neither answered from it nor kept. */
  readonly when?: ((request: Request) => boolean) | undefined
}

const Texts = Schema.Record({ key: Schema.String, value: Schema.String })

const Entry: Schema.Schema<Kept, string> = Schema.parseJson(Schema.Struct({
  status: Schema.Number,
  url: Schema.String,
  headers: Texts,
  text: Schema.String,
  request: Texts,
  at: Schema.Number,
  write: Schema.String
}))

const decode = Schema.decodeOption(Entry)
const encode = Schema.encodeSync(Entry)

/** What no write changes: Spotify's catalogue. */
const catalogue = new Set([
  "albums",
  "artists",
  "audio-analysis",
  "audio-features",
  "audiobooks",
  "browse",
  "chapters",
  "episodes",
  "markets",
  "recommendations",
  "search",
  "shows",
  "tracks"
])

const isCatalogue = (url: string): boolean => catalogue.has(/^(?:https?:\/\/[^/]+\/v1)?\/([^/?]+)/.exec(url)?.[1] ?? "")

const keyOf = (...parts: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.map(digest(...parts), (hash) => `effect-spotify-${hash}`)

/** The cache is a help: what it can't do is left undone. */
const helping = <A, E>(what: string, effect: Effect.Effect<A, E>): Effect.Effect<Option.Option<A>> =>
  Effect.catchAllCause(Effect.asSome(effect), (cause) =>
    Cause.isInterruptedOnly(cause)
      ? Effect.interrupt
      : Effect.as(Effect.logDebug(`The response cache couldn't ${what}`, cause), Option.none()))

/**
 * What was kept later than now is from a clock that was set back since: it would seem new until it is that time again.
 * The clocks of those who share a store may differ by so much, in milliseconds.
 */
const maxSkew = 60_000

interface Place {
  readonly key: string
  readonly kept: Kept | undefined
  readonly write: string
}

const conditions = ["if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "range"]

/** A request that brings its own conditions, or wants nothing kept. */
const isApart = (headers: Readonly<Record<string, string>>): boolean =>
  conditions.some((name) => name in headers) || /\bno-store\b/i.test(headers["cache-control"] ?? "")

const isEchoed = ({ headers, redact, text, url }: Response): boolean =>
  redact !== undefined &&
  [text, url, ...Object.values(headers)].some((value) => value !== undefined && redact(value) !== value)

const known = { timeToLive: [() => true, ""], when: aFunction } as const

export const timeToLiveOf = (options: Options): Either.Either<number, InvalidInput> =>
  Either.flatMap(
    checkOptions("ResponseCache", known, options),
    () =>
      checks("ResponseCache").millis("timeToLive", options.timeToLive ?? Duration.days(7), {
        zero: true,
        infinite: true
      })
  )

export const make = (
  client: SpotifyClient.Service,
  store: KeyValueStore.KeyValueStore,
  timeToLive: number,
  options: Options
): SpotifyClient.Service => {
  const isWanted = options.when ?? (() => true)
  /** The last writes that the store may not know of. */
  const untold = new Map<string, string>()

  const lastWrite = (owner: Redacted.Redacted): Effect.Effect<string, unknown> =>
    Effect.map(
      Effect.flatMap(keyOf("writes", Redacted.value(owner)), (key) => store.get(key)),
      (told) => `${Option.getOrElse(told, () => "")} ${untold.get(Redacted.value(owner)) ?? ""}`
    )

  const remember = (owner: Redacted.Redacted) => (write: number) => {
    untold.set(Redacted.value(owner), write.toString(36))
  }

  /** All that was kept of the user before is to be confirmed. */
  const written = (owner: Redacted.Redacted): Effect.Effect<void> =>
    Effect.flatMap(Random.next, (write) =>
      Effect.flatMap(
        helping(
          "keep that something was written",
          Effect.flatMap(keyOf("writes", Redacted.value(owner)), (key) => store.set(key, write.toString(36)))
        ),
        Option.match({
          onNone: () => Effect.sync(() => remember(owner)(write)),
          onSome: () => Effect.void
        })
      ))

  const placeOf = (client: SpotifyClient.Service, request: Request): Effect.Effect<Place | undefined, unknown> =>
    Effect.flatMap(ownerOf(client.session), (owner) => {
      if (owner === undefined) return Effect.succeed(undefined)
      return Effect.gen(function*() {
        const key = yield* keyOf("answer", Redacted.value(owner), request.url)
        const write = isCatalogue(request.url) ? "" : yield* lastWrite(owner)
        const now = yield* Clock.currentTimeMillis
        const found = yield* store.get(key)
        const kept = Option.getOrUndefined(Option.flatMap(found, decode))
        if (kept === undefined && Option.isSome(found)) {
          yield* Effect.logDebug("The response cache can't read an answer")
        }
        const isOfUse = kept !== undefined && now - kept.at < timeToLive && kept.at - now <= maxSkew
        return { key, write, kept: isOfUse ? kept : undefined }
      })
    })

  const read = (client: SpotifyClient.Service, request: Request): Effect.Effect<Response, SpotifyError> => {
    const headers = plain(request.headers)
    if (request.fresh === true || isApart(headers) || !isWanted(request)) return client.execute(request)
    return Effect.flatMap(helping("look for an answer", placeOf(client, request)), (found) => {
      const place = Option.getOrUndefined(found)
      return place === undefined ? client.execute(request) : answer(client, request, headers, place)
    })
  }

  const answer = (
    client: SpotifyClient.Service,
    request: Request,
    headers: Readonly<Record<string, string>>,
    place: Place
  ): Effect.Effect<Response, SpotifyError> => {
    const { key, kept, write } = place

    const tell = (what: string) => request.span?.attribute("spotify.cache", what)

    const save = (answer: Kept) => helping("keep an answer", store.set(key, encode(answer)))

    const remove = helping("forget an answer", store.remove(key))

    /** What can't be decoded is of no use, however long Spotify allows it. */
    const forgettable = (response: Response): Response => ({
      ...response,
      forget: Effect.zipRight(remove, response.forget ?? Effect.void)
    })

    const fetched = (response: Response): Effect.Effect<Response> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const answer = isEchoed(response) ? undefined : keep(headers, response, write, now)
        if (answer !== undefined) return Effect.as(save(answer), forgettable(response))
        return Effect.as(kept === undefined ? Effect.void : remove, response)
      })

    const fetch = Effect.suspend(() => {
      tell("miss")
      return Effect.flatMap(client.execute(request), fetched)
    })

    if (kept === undefined) return fetch
    const isUnchanged = kept.write === write

    const give = (kept: Kept, what: string, response?: Response): Effect.Effect<Response> =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        tell(what)
        return {
          ...response,
          status: kept.status,
          headers: headersOf(kept, now),
          url: kept.url,
          text: kept.text,
          forget: remove
        }
      })

    const notModified = (response?: Response): Effect.Effect<Response, SpotifyError> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const next = confirmed(kept, headers, plain(response?.headers), write, now)
        return next === undefined ? fetch : Effect.zipRight(save(next), give(next, "confirmed", response))
      })

    const failed = (error: SpotifyError): Effect.Effect<Response, SpotifyError> => {
      // The client only knows a 304 for an answer where it was asked for by an ETag.
      if (error._tag === "UnexpectedStatus" && error.status === 304) return notModified()
      if (!isUnchanged || !isTransient(error)) return Effect.fail(error)
      const status = error._tag === "ServerError" ? error.status : 504
      return Effect.flatMap(
        Clock.currentTimeMillis,
        (now) => standsIn(kept, headers, status, now) ? give(kept, "stale") : Effect.fail(error)
      )
    }

    const ask = Effect.suspend(() =>
      Effect.matchEffect(client.execute({ ...request, headers: conditional(kept, headers) }), {
        onFailure: failed,
        onSuccess: (response) => {
          if (response.status === 304) return notModified(response)
          tell("changed")
          return fetched(response)
        }
      })
    )

    return Effect.flatMap(
      Clock.currentTimeMillis,
      (now) => isUnchanged && satisfies(kept, headers, now) ? give(kept, "hit") : ask
    )
  }

  const write = (client: SpotifyClient.Service, request: Request): Effect.Effect<Response, SpotifyError> =>
    Effect.flatMap(helping("tell who writes", ownerOf(client.session)), (found) => {
      const owner = Option.getOrUndefined(found)
      if (owner === undefined) return client.execute(request)
      return client.execute(request).pipe(
        Effect.tapBoth({
          onFailure: (error) => isTransient(error) ? written(owner) : Effect.void,
          onSuccess: () => written(owner)
        }),
        // Nobody knows how far it came, and whoever interrupts doesn't wait for a store.
        Effect.onInterrupt(() => Effect.map(Random.next, remember(owner)))
      )
    })

  return decorate(
    client,
    (client, request) => request.method === "GET" ? read(client, request) : write(client, request)
  )
}
