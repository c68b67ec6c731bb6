/**
 * A private HTTP cache in front of a client (RFC 9111): an answer is given while it is fresh, revalidated by a conditional
 * GET after that, and given stale where Spotify fails and the answer allows it (`stale-if-error`, RFC 5861).
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Request, Response, SpotifyClient } from "../client/SpotifyClient.js"
import { aFunction, checkOptions } from "../core/input.js"
import { of as checks } from "../core/options.js"
import { type InvalidInput, isTransient, type SpotifyError } from "../core/SpotifyError.js"
import { conditional, confirmed, headersOf, keep, type Kept, plain, satisfies, standsIn } from "./cachePolicy.js"
import type { CacheStore, Place } from "./cacheStore.js"
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

/** Answers a GET from its place where that may be, and otherwise asks Spotify and keeps what comes. */
const answer = (
  client: SpotifyClient.Service,
  request: Request,
  headers: Readonly<Record<string, string>>,
  { kept, remove, save, version }: Place
): Effect.Effect<Response, SpotifyError> => {
  const tell = (what: string) => request.span?.attribute("spotify.cache", what)

  /** What can't be decoded is of no use, however long Spotify allows it. */
  const forgettable = (response: Response): Response => ({
    ...response,
    forget: Effect.zipRight(remove, response.forget ?? Effect.void)
  })

  const fetched = (response: Response): Effect.Effect<Response> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const answer = isEchoed(response) ? undefined : keep(headers, response, version, now)
      if (answer !== undefined) return Effect.as(save(answer), forgettable(response))
      return Effect.as(kept === undefined ? Effect.void : remove, response)
    })

  const fetch = Effect.suspend(() => {
    tell("miss")
    return Effect.flatMap(client.execute(request), fetched)
  })

  if (kept === undefined) return fetch
  const isUnchanged = kept.write === version

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
      const next = confirmed(kept, headers, plain(response?.headers), version, now)
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

  const revalidate = Effect.suspend(() =>
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
    (now) => isUnchanged && satisfies(kept, headers, now) ? give(kept, "hit") : revalidate
  )
}

export const make = (
  client: SpotifyClient.Service,
  store: CacheStore,
  isWanted: (request: Request) => boolean
): SpotifyClient.Service => {
  const read = (client: SpotifyClient.Service, request: Request): Effect.Effect<Response, SpotifyError> => {
    const headers = plain(request.headers)
    if (request.fresh === true || isApart(headers) || !isWanted(request)) return client.execute(request)
    return Effect.flatMap(
      store.find(client.session, request.url),
      Option.match({
        onNone: () => client.execute(request),
        onSome: (place) => answer(client, request, headers, place)
      })
    )
  }

  const write = (client: SpotifyClient.Service, request: Request): Effect.Effect<Response, SpotifyError> =>
    Effect.flatMap(
      store.invalidate(client.session),
      Option.match({
        onNone: () => client.execute(request),
        onSome: ({ here, told }) =>
          client.execute(request).pipe(
            Effect.tapBoth({
              onFailure: (error) => isTransient(error) ? told : Effect.void,
              onSuccess: () => told
            }),
            // Nobody knows how far it came, and whoever interrupts doesn't wait for a store.
            Effect.onInterrupt(() => here)
          )
      })
    )

  return decorate(
    client,
    (client, request) => request.method === "GET" ? read(client, request) : write(client, request)
  )
}
