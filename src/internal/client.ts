import type * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import { globalValue } from "effect/GlobalValue"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type { Options, Request, Response, ResponseInfo, SpotifyClient } from "../SpotifyClient.js"
import {
  ForeignHost,
  RateLimited,
  type ReauthorizationRequired,
  type SpotifyError,
  tokenOperation,
  TransportError
} from "../SpotifyError.js"
import type { SpotifySession } from "../SpotifySession.js"
import { errorOf, reasonOf } from "./answer.js"
import { Dispatcher, type Outcome, type Priority } from "./dispatcher.js"
import { guarded } from "./http.js"
import { defaultMaxWait, retryAfter, transient } from "./retry.js"
import { excerpt, pathOf, transportDetail } from "./text.js"

const apiUrl = "https://api.spotify.com/v1"

export const priority: FiberRef.FiberRef<Priority> = globalValue(
  "effect-spotify/priority",
  () => FiberRef.unsafeMake<Priority>("interactive")
)

export const onResponse: FiberRef.FiberRef<((info: ResponseInfo) => void) | undefined> = globalValue(
  "effect-spotify/onResponse",
  () => FiberRef.unsafeMake<((info: ResponseInfo) => void) | undefined>(undefined)
)

const requests = Metric.counter("spotify_requests", {
  description: "Answers of the Spotify Web API",
  incremental: true
})
const answers = new Map<number, Metric.Metric.Counter<number>>()

const count = (status: number): void => {
  let counter = answers.get(status)
  if (counter === undefined) {
    counter = Metric.tagged(requests, "status", String(status))
    answers.set(status, counter)
  }
  counter.unsafeUpdate(1, [])
}

const rateLimited = Metric.counter("spotify_rate_limited", { description: "Answers 429", incremental: true })
const retries = Metric.counter("spotify_retries", { description: "Requests sent again", incremental: true })

interface Answer extends Response {
  readonly wait: number | undefined
}

const failure = (request: Request, path: string) => ({ operation: request.operation, method: request.method, path })

const outcomeOf = (exit: Exit.Exit<Answer, unknown>): Outcome =>
  Exit.isFailure(exit)
    ? { _tag: "Unanswered" }
    : exit.value.status === 429 && reasonOf(exit.value.text) !== "QUOTA_EXCEEDED"
    ? { _tag: "Limited", wait: exit.value.wait }
    : { _tag: "Answered" }

const maxRedirects = 3

export const make = (
  http: HttpClient.HttpClient,
  session: SpotifySession.Service,
  options: Options
): SpotifyClient.Service => {
  const client = guarded(http)
  const base = new URL(options.baseUrl ?? apiUrl)
  const baseUrl = base.href.replace(/\/$/, "")
  const timeout = Duration.decode(options.timeout ?? Duration.seconds(30))
  const schedule = options.retrySchedule ?? transient
  const maxWait = Duration.toMillis(options.maxWait ?? defaultMaxWait)
  const maxLimited = options.maxRateLimitRetries ?? 10
  const dispatcher = new Dispatcher({ maxWait, maxInFlight: options.maxInFlight ?? 64 })
  const headers = { accept: "application/json", ...options.headers }

  const resolve = (request: Request): Effect.Effect<string, ForeignHost> => {
    if (!/^[a-z][a-z0-9+.-]*:|^\/\//i.test(request.url)) return Effect.succeed(`${baseUrl}${request.url}`)
    return sameHost(request, request.url, base)
  }

  const sameHost = (request: Request, location: string, from: URL): Effect.Effect<string, ForeignHost> =>
    Effect.flatMap(
      Effect.option(Effect.try(() => new URL(location, from))),
      Option.match({
        onNone: () => foreign(request, location),
        onSome: (url) => url.origin === base.origin ? Effect.succeed(url.href) : foreign(request, url.host)
      })
    )

  const foreign = (request: Request, host: string): Effect.Effect<never, ForeignHost> =>
    Effect.fail(
      new ForeignHost({
        ...failure(request, pathOf(request.url)),
        host,
        allowed: base.host,
        message: `${request.operation}: the answer leads to ${host}; the access token is only sent to ${base.host}`
      })
    )

  const send = (
    request: Request,
    url: string,
    token: Redacted.Redacted
  ): Effect.Effect<Answer, TransportError> => {
    let message = HttpClientRequest.make(request.method)(url, {
      headers: { ...headers, authorization: `Bearer ${Redacted.value(token)}` }
    })
    if (request.body !== undefined) {
      message = HttpClientRequest.bodyText(message, request.body.text, request.body.contentType)
    }
    const unreachable = (error: HttpClientError.HttpClientError) => {
      const detail = transportDetail(error)
      return Effect.fail(
        new TransportError({
          ...failure(request, pathOf(request.url)),
          reason: "Connection",
          detail,
          message: `${request.operation}: no answer from Spotify: ${detail}`
        })
      )
    }
    return client.execute(message).pipe(
      Effect.flatMap((response) =>
        Effect.zipWith(response.text, Clock.currentTimeMillis, (text, now): Answer => {
          const headers = response.headers
          return {
            status: response.status,
            headers,
            url,
            text,
            wait: response.status === 429
              ? Option.getOrUndefined(Option.map(retryAfter(headers, now), Duration.toMillis))
              : undefined
          }
        })
      ),
      Effect.catchAll(unreachable),
      Effect.timeoutFail({
        duration: timeout,
        onTimeout: () =>
          new TransportError({
            ...failure(request, pathOf(request.url)),
            reason: "Timeout",
            detail: Duration.format(timeout),
            message: `${request.operation}: no answer from Spotify within ${Duration.format(timeout)}`
          })
      })
    )
  }

  const rateLimitedError = (
    request: Request,
    until: number,
    answer: Option.Option<Answer>
  ): Effect.Effect<never, RateLimited> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const retryAt = DateTime.unsafeMake(until)
      const retryAfter = Duration.millis(Math.max(0, until - now))
      return Effect.fail(
        new RateLimited({
          ...failure(request, pathOf(request.url)),
          status: 429,
          detail: Option.match(answer, { onNone: () => "", onSome: (answer) => excerpt(answer.text) }),
          reason: undefined,
          retryAfter,
          retryAt,
          message: `${request.operation}: Spotify asks to wait ${Duration.format(retryAfter)}, until ${
            DateTime.formatIso(retryAt)
          }`
        })
      )
    })

  const execute = (session: SpotifySession.Service) => (request: Request): Effect.Effect<Response, SpotifyError> =>
    Effect.suspend(() => {
      let driver: Schedule.ScheduleDriver<unknown, SpotifyError> | undefined
      let renewed = false
      let limited = 0
      let redirects = 0

      const attempt = (url: string): Effect.Effect<Response, SpotifyError> =>
        Effect.flatMap(session.accessToken, () =>
          Effect.flatMap(FiberRef.get(priority), (priority) => {
            let token: Redacted.Redacted | undefined
            return Effect.matchEffect(
              dispatcher.run(
                priority,
                // Asked for again after the wait, which may have outlived the first one.
                Effect.flatMap(session.accessToken, (valid) => {
                  token = valid
                  return send(request, url, valid)
                }),
                outcomeOf
              ),
              {
                onSuccess: (answer) => settle(url, answer, token),
                onFailure: (error) =>
                  error._tag === "Shut" ? rateLimitedError(request, error.until, Option.none()) : again(url, error)
              }
            )
          }))

      const settle = (
        url: string,
        answer: Answer,
        token: Redacted.Redacted | undefined
      ): Effect.Effect<Response, SpotifyError> => {
        const { status } = answer
        count(status)
        if (status >= 200 && status < 300) {
          return Effect.map(FiberRef.get(onResponse), (listen) => {
            if (listen !== undefined) {
              listen({
                operation: request.operation,
                method: request.method,
                url,
                status,
                headers: answer.headers
              })
            }
            return answer
          })
        }
        if (status === 401 && !renewed && token !== undefined) {
          renewed = true
          return Effect.matchEffect(session.renew(token), {
            onSuccess: () => attempt(url),
            onFailure: (error) => isUnrenewable(error) ? fail(url, answer, token) : Effect.fail(error)
          })
        }
        if (status === 429 && outcomeOf(Exit.succeed(answer))._tag === "Limited") {
          const until = dispatcher.state().pausedUntil
          return Effect.zipRight(
            Metric.increment(rateLimited),
            limited++ < maxLimited
              ? Effect.zipRight(note(request, "429, waiting for Spotify", retries), attempt(url))
              : rateLimitedError(request, until, Option.some(answer))
          )
        }
        if ((status >= 300 && status < 400) || status === 0) {
          const location = answer.headers["location"]
          if (location === undefined) return status === 0 ? foreign(request, "another place") : fail(url, answer, token)
          return Effect.flatMap(
            sameHost(request, location, new URL(url)),
            (next) => request.method === "GET" && redirects++ < maxRedirects ? attempt(next) : fail(url, answer, token)
          )
        }
        return fail(url, answer, token)
      }

      const fail = (
        url: string,
        answer: Answer,
        token: Redacted.Redacted | undefined
      ): Effect.Effect<Response, SpotifyError> =>
        Effect.flatMap(errorOf(request, answer, session, token), (error) => again(url, error))

      const again = (url: string, error: SpotifyError): Effect.Effect<Response, SpotifyError> => {
        if (!request.idempotent || !isTransient(error)) return Effect.fail(error)
        const next = (driver: Schedule.ScheduleDriver<unknown, SpotifyError>) =>
          Effect.matchEffect(driver.next(error), {
            onFailure: () => Effect.fail(error),
            onSuccess: () => Effect.zipRight(note(request, error.message, retries), attempt(url))
          })
        return driver === undefined
          ? Effect.flatMap(Schedule.driver(schedule), (made) => {
            driver = made
            return next(made)
          })
          : next(driver)
      }

      return Effect.flatMap(resolve(request), attempt)
    })

  const of = (session: SpotifySession.Service): SpotifyClient.Service => ({
    session,
    market: options.market,
    execute: execute(session),
    status: Effect.sync(() => {
      const { pausedUntil, ...state } = dispatcher.state()
      return { ...state, pausedUntil: pausedUntil === 0 ? Option.none() : Option.some(pausedUntil) }
    }),
    withSession: of
  })
  return of(session)
}

const note = (
  request: Request,
  why: string,
  counter: Metric.Metric.Counter<number>
): Effect.Effect<void> =>
  Effect.zipRight(
    Metric.increment(counter),
    Effect.logDebug(`${request.operation} is sent again: ${why}`)
  )

const isTransient = (error: SpotifyError): boolean =>
  error._tag === "ServerError" || (error._tag === "TransportError" && error.operation !== tokenOperation)

const isUnrenewable = (error: { readonly _tag: string }): error is ReauthorizationRequired =>
  error._tag === "ReauthorizationRequired" && "reason" in error && error.reason === "NoRefreshToken"
