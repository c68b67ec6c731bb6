import type * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import { globalValue } from "effect/GlobalValue"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import * as Schedule from "effect/Schedule"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as ScheduleIntervals from "effect/ScheduleIntervals"
import { expectedMarket, marketPattern, of as checks } from "../core/options.js"
import { defaultMaxWait, retryAfter, transient } from "../core/retry.js"
import {
  DecodeError,
  ForeignHost,
  InvalidInput,
  isTransient,
  RateLimited,
  type ReauthorizationRequired,
  type SpotifyError,
  TransportError
} from "../core/SpotifyError.js"
import { pathOf } from "../core/text.js"
import { monotonic, sleepOn } from "../core/time.js"
import type { SpotifySession } from "../session/SpotifySession.js"
import { defaultMaxBodySize } from "../transport/body.js"
import { Deadline, type Restore } from "../transport/deadline.js"
import { type Received, sendOf } from "../transport/transport.js"
import { detailOf, errorOf, isRateLimit } from "./answer.js"
import { Dispatcher, type Outcome, type Priority } from "./dispatcher.js"
import { sendable } from "./headers.js"
import type { Told } from "./pace.js"
import type { Options, Request, Response, ResponseInfo, SpotifyClient, Status } from "./service.js"

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
  description: "Requests to the Spotify Web API, by the status of their answer (\"none\" where there was none)",
  incremental: true
})
const requestsBy = new Map<string, Metric.Metric.Counter<number>>()

const rateLimited = Metric.counter("spotify_rate_limited", {
  description: "Answers 429 that meant the rate",
  incremental: true
})

const retries = Metric.counter("spotify_retries", { description: "Requests that were sent again", incremental: true })

const count = (fiber: AnyFiber, counter: Metric.Metric.Counter<number>): void =>
  counter.unsafeUpdate(1, fiber.getFiberRef(FiberRef.currentMetricLabels))

const countRequest = (fiber: AnyFiber, status: string): void => {
  let counter = requestsBy.get(status)
  if (counter === undefined) {
    counter = Metric.tagged(requests, "status", status)
    requestsBy.set(status, counter)
  }
  count(fiber, counter)
}

type AnyFiber = Fiber.RuntimeFiber<unknown, unknown>

const clockOf = (fiber: AnyFiber): Clock.Clock =>
  Context.get(fiber.getFiberRef(DefaultServices.currentServices), Clock.Clock)

interface Target {
  readonly url: string
  /** For errors: without host and query. */
  readonly path: string
}

class Answer implements Response {
  readonly status: number
  readonly text: string
  declare readonly headers: Received["headers"]
  readonly #received: Received

  get isCut(): boolean {
    return this.#received.isCut
  }

  // One getter for all, as in `received`, and yet a property of its own, which a spread takes along.
  static readonly #headers: PropertyDescriptor & ThisType<Answer> = {
    enumerable: true,
    get() {
      return this.#received.headers
    }
  }

  constructor(
    received: Received,
    readonly url: string,
    readonly outcome: Outcome,
    readonly accessToken: Redacted.Redacted
  ) {
    this.status = received.status
    this.text = received.text
    this.#received = received
    Object.defineProperty(this, "headers", Answer.#headers)
  }
}

const outcomeOf = (exit: Exit.Exit<Answer, unknown>): Outcome =>
  Exit.isSuccess(exit) ? exit.value.outcome : { _tag: "Unanswered" }

const answered: Outcome = { _tag: "Answered" }

const maxRedirects = 3

/** The options of a client, checked and with their defaults. */
export interface Settings {
  readonly base: URL
  readonly headers: { readonly [name: string]: string }
  readonly market: string | undefined
  readonly timeout: number
  readonly schedule: Schedule.Schedule<unknown, SpotifyError>
  readonly maxWait: number
  readonly maxLimited: number
  readonly maxInFlight: number
  readonly told: Told | undefined
  readonly maxBodySize: number
  readonly unreadable: "skip" | "fail" | undefined
}

const { address, millis, refused, whole } = checks("SpotifyClient")

const isMarket = (input: unknown): boolean => typeof input === "string" && marketPattern.test(input)

export const settingsOf = (options: Options): Either.Either<Settings, InvalidInput> =>
  Either.gen(function*() {
    const { market, requestsPer, retrySchedule: schedule = transient, unreadable } = options
    if (unreadable !== undefined && unreadable !== "skip" && unreadable !== "fail") {
      yield* refused("unreadable", "\"skip\" or \"fail\"")
    }
    if (market !== undefined && !isMarket(market)) yield* refused("market", expectedMarket)
    if (!Schedule.isSchedule(schedule)) yield* refused("retrySchedule", "a Schedule")
    if (requestsPer !== undefined && !Array.isArray(requestsPer)) {
      yield* refused("requestsPer", "a number of requests and a duration")
    }
    return {
      base: yield* address("baseUrl", options.baseUrl ?? apiUrl),
      headers: yield* sendable("SpotifyClient", { accept: "application/json", ...options.headers }),
      market,
      timeout: yield* millis("timeout", options.timeout ?? Duration.seconds(30), { infinite: true }),
      schedule,
      maxWait: yield* millis("maxWait", options.maxWait ?? defaultMaxWait, { zero: true, infinite: true }),
      maxLimited: yield* whole("maxRateLimitRetries", options.maxRateLimitRetries ?? 10, 0),
      maxInFlight: yield* whole("maxInFlight", options.maxInFlight ?? 64, 1),
      told: requestsPer === undefined ? undefined : {
        requests: yield* whole("requestsPer[0]", requestsPer[0], 1),
        window: yield* millis("requestsPer[1]", requestsPer[1])
      },
      maxBodySize: options.maxBodySize === Infinity
        ? Infinity
        : yield* whole("maxBodySize", options.maxBodySize ?? defaultMaxBodySize, 1),
      unreadable
    }
  })

export const make = (
  http: HttpClient.HttpClient,
  session: SpotifySession.Service,
  { base, headers, market, maxBodySize, maxInFlight, maxLimited, maxWait, schedule, timeout, told, unreadable }:
    Settings
): SpotifyClient.Service => {
  const start = sendOf(http)
  const basePath = base.pathname.replace(/\/$/, "")
  const baseUrl = base.origin + basePath
  const deadline = new Deadline(timeout)
  const dispatcher = new Dispatcher({ maxWait, maxInFlight, told })

  const foreign = (request: Request, path: string, host: string): ForeignHost =>
    new ForeignHost({
      operation: request.operation,
      method: request.method,
      path,
      host,
      allowed: base.host,
      message: `${request.operation}: this leads to ${host}; the access token is only sent to ${base.host}`
    })

  const resolve = (request: Request): Effect.Effect<Target, ForeignHost> =>
    /^\/(?!\/)/.test(request.url)
      ? Effect.succeed({ url: baseUrl + request.url, path: pathOf(request.url) })
      : follow(request, pathOf(request.url), request.url, base)

  /** Where a link leads, if that is the API's own host. */
  const follow = (
    request: Request,
    path: string,
    location: string,
    from: string | URL
  ): Effect.Effect<Target, ForeignHost> => {
    const url = URL.canParse(location, from) ? new URL(location, from) : undefined
    if (url === undefined || url.origin !== base.origin) {
      return Effect.fail(foreign(request, path, url?.host ?? location))
    }
    return Effect.succeed({
      url: url.href,
      path: url.pathname.startsWith(`${basePath}/`) ? url.pathname.slice(basePath.length) : url.pathname
    })
  }

  const lost = (request: Request, path: string, reason: TransportError["reason"], detail: string): TransportError =>
    new TransportError({
      operation: request.operation,
      method: request.method,
      path,
      reason,
      detail,
      message: `${request.operation}: no answer from Spotify${reason === "Timeout" ? " within " : ": "}${detail}`
    })

  const tooLarge = (request: Request, path: string, status: number): DecodeError => {
    const expected = `a body of at most ${maxBodySize} bytes`
    return new DecodeError({
      operation: request.operation,
      method: request.method,
      path,
      status,
      issuePath: "",
      expected,
      detail: "",
      message:
        `${request.operation}: the answer can't be read: ${expected} (ask for less at once, or raise maxBodySize)`
    })
  }

  /** One attempt, from the request to the end of the answer's body. */
  const send = (
    fiber: AnyFiber,
    clock: Clock.Clock,
    restore: Restore,
    request: Request,
    own: Request["headers"],
    target: Target,
    token: Redacted.Redacted
  ): Effect.Effect<Answer, TransportError> => {
    const message = {
      method: request.method,
      url: target.url,
      headers: { ...headers, ...own, authorization: `Bearer ${Redacted.value(token)}` },
      body: request.body,
      maxBodySize
    }
    const outcome = (received: Received): Outcome =>
      isRateLimit(received.status, received.text)
        ? { _tag: "Limited", wait: Option.getOrUndefined(Option.map(askedBy(clock, received), Duration.toMillis)) }
        : answered
    return Effect.matchEffect(
      deadline.run<Received, string, TransportError>(
        clock,
        restore,
        (done) => start(message, done, fiber),
        () => lost(request, target.path, "Timeout", Duration.format(Duration.millis(timeout)))
      ),
      {
        onFailure: (error) =>
          Effect.fail(Predicate.isString(error) ? lost(request, target.path, "Connection", error) : error),
        onSuccess: (received) => Effect.succeed(new Answer(received, target.url, outcome(received), token))
      }
    )
  }

  const rateLimitedError = (
    clock: Clock.Clock,
    request: Request,
    path: string,
    until: number,
    last: Answer | undefined
  ): RateLimited => {
    const millis = Math.ceil(Math.max(0, until - monotonic(clock)))
    const retryAfter = Duration.millis(millis)
    const retryAt = DateTime.unsafeMake(clock.unsafeCurrentTimeMillis() + millis)
    return new RateLimited({
      operation: request.operation,
      method: request.method,
      path,
      status: 429,
      detail: last === undefined ? "" : detailOf(last.text, last.accessToken),
      reason: undefined,
      retryAfter,
      retryAt,
      message: `${request.operation}: ${
        millis === 0
          ? "Spotify has answered 429 for longer than the client waits (maxWait)"
          : `Spotify asks to wait ${Duration.format(Duration.seconds(Math.ceil(millis / 1000)))}, until ${
            DateTime.formatIso(retryAt)
          }`
      }`
    })
  }

  const call = (
    fiber: AnyFiber,
    session: SpotifySession.Service,
    request: Request
  ): Effect.Effect<Response, SpotifyError> => {
    const own = request.headers && sendable(request.operation, request.headers)
    return own !== undefined && Either.isLeft(own)
      ? Effect.fail(own.left)
      : Effect.flatMap(resolve(request), (target) => callWith(fiber, session, request, own?.right, target))
  }

  const callWith = (
    fiber: AnyFiber,
    session: SpotifySession.Service,
    request: Request,
    own: Request["headers"],
    target: Target
  ): Effect.Effect<Response, SpotifyError> => {
    const clock = clockOf(fiber)
    const rank = fiber.getFiberRef(priority)
    let state: unknown = schedule.initial
    let limitedAt: number | undefined
    let sent = 0
    let renewed = false
    let limited = 0
    let redirects = 0

    const attempt = (target: Target, last?: Answer): Effect.Effect<Response, SpotifyError> =>
      Effect.suspend(() => {
        const shut = dispatcher.shut(monotonic(clock))
        if (shut !== undefined) return Effect.fail(rateLimitedError(clock, request, target.path, shut.until, last))
        const place = { clock, priority: rank, isRepeat: sent > 0, limitedAt }
        return Effect.matchEffect(
          Effect.flatMap(session.accessToken, (token) =>
            dispatcher.run(
              place,
              (waited, restore) => {
                sent++
                // The wait may have outlived the token.
                return waited
                  ? Effect.flatMap(
                    restore(session.accessToken),
                    (token) => send(fiber, clock, restore, request, own, target, token)
                  )
                  : send(fiber, clock, restore, request, own, target, token)
              },
              outcomeOf
            )),
          {
            onSuccess: (answer) => settle(target, answer),
            onFailure: (error) => {
              if (error._tag === "Shut") {
                return Effect.fail(rateLimitedError(clock, request, target.path, error.until, last))
              }
              limitedAt = undefined
              if (error._tag === "TransportError") observe("none")
              return repeat(target, error)
            }
          }
        )
      })

    const observe = (status: string): void => {
      countRequest(fiber, status)
      request.span?.attribute("http.request.resend_count", sent - 1)
    }

    const settle = (target: Target, answer: Answer): Effect.Effect<Response, SpotifyError> => {
      const { status } = answer
      limitedAt = undefined
      observe(String(status))
      request.span?.attribute("http.response.status_code", status)
      const isAnswer = (status >= 200 && status < 300) ||
        (status === 304 && own?.["if-none-match"] !== undefined)
      if (isAnswer) {
        return answer.isCut ? Effect.fail(tooLarge(request, target.path, status)) : Effect.succeed(answer)
      }
      if (status === 401 && !renewed) {
        renewed = true
        return Effect.matchEffect(session.renew(answer.accessToken), {
          onSuccess: () =>
            after(answer, 0, again(target, "401, with another token", answer), () => fail(target, answer)),
          onFailure: (error) => isUnrenewable(error) ? fail(target, answer) : Effect.fail(error)
        })
      }
      if (answer.outcome._tag === "Limited") {
        count(fiber, rateLimited)
        limitedAt = monotonic(clock)
        return limited++ < maxLimited
          ? again(target, "429, when Spotify allows it", answer)
          : Effect.fail(rateLimitedError(clock, request, target.path, dispatcher.opensAt(limitedAt), answer))
      }
      return isRedirect(status) ? redirect(target, answer) : fail(target, answer)
    }

    const redirect = (target: Target, answer: Answer): Effect.Effect<Response, SpotifyError> => {
      const location = answer.headers["location"]
      // A browser doesn't say where an answer leads, only that it leads elsewhere (status 0).
      if (location === undefined && answer.status === 0) {
        return Effect.fail(foreign(request, target.path, "a place that the browser hides"))
      }
      return location === undefined || request.method !== "GET" || redirects++ >= maxRedirects
        ? fail(target, answer)
        : Effect.flatMap(
          follow(request, target.path, location, target.url),
          (next) => after(answer, 0, attempt(next), () => fail(target, answer))
        )
    }

    /** Waits as long as the answer asks for, where that isn't longer than callers care to wait. */
    const after = (
      answer: Answer | undefined,
      delay: number,
      next: Effect.Effect<Response, SpotifyError>,
      otherwise: () => Effect.Effect<Response, SpotifyError>
    ): Effect.Effect<Response, SpotifyError> => {
      const asked = answer === undefined
        ? 0
        : Option.match(askedBy(clock, answer), { onNone: () => 0, onSome: Duration.toMillis })
      if (asked > maxWait) return otherwise()
      const wait = Math.max(asked, delay)
      return wait <= 0 ? next : Effect.zipRight(sleepOn(clock, wait), next)
    }

    const fail = (target: Target, answer: Answer): Effect.Effect<Response, SpotifyError> =>
      Effect.flatMap(
        errorOf(
          request,
          target.path,
          answer,
          session,
          answer.accessToken,
          Option.getOrUndefined(askedBy(clock, answer))
        ),
        (error) => repeat(target, error, answer)
      )

    // By hand, since a driver of the schedule reads the wall clock and sleeps no longer than effect's clock can.
    const repeat = (target: Target, error: SpotifyError, answer?: Answer): Effect.Effect<Response, SpotifyError> => {
      if (!request.idempotent || !isTransient(error)) return Effect.fail(error)
      const now = monotonic(clock)
      return Effect.flatMap(schedule.step(now, error, state), ([next, , decision]) => {
        state = next
        return ScheduleDecision.isDone(decision)
          ? Effect.fail(error)
          : after(
            answer,
            ScheduleIntervals.start(decision.intervals) - now,
            again(target, error.message),
            () => Effect.fail(error)
          )
      })
    }

    const again = (target: Target, why: string, last?: Answer): Effect.Effect<Response, SpotifyError> =>
      Effect.suspend(() => {
        count(fiber, retries)
        request.span?.event("sent again", clock.unsafeCurrentTimeNanos(), { why })
        return Effect.zipRight(Effect.logDebug(`${request.operation} is sent again: ${why}`), attempt(target, last))
      })

    return attempt(target)
  }

  const status = (clock: Clock.Clock): Status => {
    const now = monotonic(clock)
    const state = dispatcher.state(now)
    const wall = (time: number) => clock.unsafeCurrentTimeMillis() + (time - now)
    const { background, inFlight, interactive, limit, paced, pausedUntil, perSecond } = state
    return {
      inFlight,
      limit,
      waiting: interactive + background,
      background,
      waitingFor: interactive + background === 0
        ? Option.none()
        : Option.some(pausedUntil > 0 ? "pause" : paced > 0 ? "pace" : "limit"),
      pausedUntil: pausedUntil === 0 ? Option.none() : Option.some(wall(pausedUntil)),
      nextAt: paced === 0 ? Option.none() : Option.some(wall(paced)),
      requestsPerSecond: Option.fromNullable(perSecond)
    }
  }

  const of = (session: SpotifySession.Service): SpotifyClient.Service => ({
    session,
    market,
    unreadable,
    execute: (request) => Effect.withFiberRuntime((fiber) => call(fiber, session, request)),
    status: Effect.map(Effect.clock, status),
    onStatus: (listener) =>
      Effect.flatMap(
        Effect.zip(Effect.clock, Effect.runtime<never>()),
        ([clock, runtime]) =>
          Effect.asVoid(Effect.acquireRelease(
            Effect.sync(() => dispatcher.subscribe(harmless(runtime, () => listener(status(clock))))),
            (unsubscribe) => Effect.sync(unsubscribe)
          ))
      ),
    withSession: of
  })
  return of(session)
}

/** What a listener throws is no business of the call that happens to tell it; it is logged once. */
const harmless = (runtime: Runtime.Runtime<never>, listener: () => unknown): () => void => {
  let isReported = false
  const report = (cause: unknown): void => {
    if (isReported) return
    isReported = true
    Runtime.runFork(runtime)(
      Effect.logError("A listener of the client's status failed; it is told of on, its failures aren't", cause)
    )
  }
  return () => {
    const told = Either.try({ try: listener, catch: report })
    if (Either.isRight(told) && Predicate.isPromiseLike(told.right)) told.right.then(undefined, report)
  }
}

const askedBy = (clock: Clock.Clock, { headers }: Received | Answer): Option.Option<Duration.Duration> =>
  retryAfter(headers, clock.unsafeCurrentTimeMillis())

const isRedirect = (status: number): boolean => status === 0 || (status >= 300 && status < 400)

const isUnrenewable = (error: SpotifyError): error is ReauthorizationRequired =>
  error._tag === "ReauthorizationRequired" && error.reason === "NoRefreshToken"
