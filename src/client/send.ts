/** One attempt at a request: where it goes, and what comes of it. */
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type { Outcome } from "../budget/dispatcher.js"
import { Deadline } from "../core/deadline.js"
import { retryAfter } from "../core/retry.js"
import { ForeignHost, TransportError } from "../core/SpotifyError.js"
import { pathOf, type Redact, redactorOf } from "../core/text.js"
import type { Restore } from "../core/time.js"
import { type Received, sendOf } from "../transport/httpClient.js"
import { isRateLimit } from "./answer.js"
import type { Request, Response } from "./service.js"
import type { Settings } from "./settings.js"

/** Where a request goes. */
export interface Target {
  readonly url: string
  /** For errors: without host and query. */
  readonly path: string
}

const answered: Outcome = { _tag: "Answered" }

/** An answer as it came, a success or not. */
export class Answer implements Response {
  readonly status: number
  readonly text: string
  declare readonly headers: Received["headers"]
  readonly #received: Received
  readonly #token: Redacted.Redacted
  readonly #outcome: Outcome

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
    readonly redact: Redact,
    token: Redacted.Redacted,
    now: number
  ) {
    this.status = received.status
    this.text = received.text
    this.#received = received
    this.#token = token
    Object.defineProperty(this, "headers", Answer.#headers)
    this.#outcome = received.status === 429
      ? {
        _tag: isRateLimit(received.text) ? "Limited" : "Spent",
        wait: Option.getOrUndefined(this.retryAfter(now))
      }
      : answered
  }

  get isCut(): boolean {
    return this.#received.isCut
  }

  /** The access token that the request carried. */
  get token(): Redacted.Redacted {
    return this.#token
  }

  get outcome(): Outcome {
    return this.#outcome
  }

  /** How long it asks to wait, in milliseconds; `now` is wall time, for a date. */
  retryAfter(now: number): Option.Option<number> {
    return Option.map(retryAfter(this.headers, now), Duration.toMillis)
  }
}

export class Sender {
  private readonly start: ReturnType<typeof sendOf>
  private readonly deadline: Deadline
  private readonly basePath: string
  private readonly baseUrl: string
  private token: Redacted.Redacted | undefined
  private redact: Redact = (text) => text

  constructor(http: HttpClient.HttpClient, private readonly settings: Settings) {
    this.start = sendOf(http)
    this.deadline = new Deadline(settings.timeout)
    this.basePath = settings.base.pathname.replace(/\/$/, "")
    this.baseUrl = settings.base.origin + this.basePath
  }

  /** Where a request goes: a path below the base URL, or a link that leads there. */
  resolve(request: Request): Effect.Effect<Target, ForeignHost> {
    return /^\/(?!\/)/.test(request.url)
      ? Effect.succeed({ url: this.baseUrl + request.url, path: pathOf(request.url) })
      : this.follow(request, pathOf(request.url), request.url, this.settings.base)
  }

  /** Where a link leads, if that is the API's own host. */
  follow(
    request: Request,
    path: string,
    location: string,
    from: string | URL
  ): Effect.Effect<Target, ForeignHost> {
    const url = URL.canParse(location, from) ? new URL(location, from) : undefined
    if (url === undefined || url.origin !== this.settings.base.origin) {
      return Effect.fail(this.foreign(request, path, url?.host ?? location))
    }
    return Effect.succeed({
      url: url.href,
      path: url.pathname.startsWith(`${this.basePath}/`) ? url.pathname.slice(this.basePath.length) : url.pathname
    })
  }

  foreign({ method, operation }: Request, path: string, host: string): ForeignHost {
    const allowed = this.settings.base.host
    return new ForeignHost({
      operation,
      method,
      path,
      host,
      allowed,
      message: `${operation}: this leads to ${host}; the access token is only sent to ${allowed}`
    })
  }

  /** From the request to the end of the answer's body. */
  send(
    fiber: Fiber.RuntimeFiber<unknown, unknown>,
    clock: Clock.Clock,
    restore: Restore,
    request: Request,
    own: Request["headers"],
    target: Target,
    token: Redacted.Redacted
  ): Effect.Effect<Answer, TransportError> {
    const { headers, maxBodySize, timeout } = this.settings
    const message = {
      method: request.method,
      url: target.url,
      headers: { ...headers, ...own, authorization: `Bearer ${Redacted.value(token)}` },
      body: request.body,
      maxBodySize
    }
    return Effect.matchEffect(
      this.deadline.run<Received, string, TransportError>(
        clock,
        restore,
        (done) => this.start(message, done, fiber),
        () => unanswered(request, target.path, "Timeout", Duration.format(Duration.millis(timeout)))
      ),
      {
        onFailure: (error) =>
          Effect.fail(Predicate.isString(error) ? unanswered(request, target.path, "Connection", error) : error),
        onSuccess: (received) =>
          Effect.succeed(
            new Answer(received, target.url, this.redactorOf(token), token, clock.unsafeCurrentTimeMillis())
          )
      }
    )
  }

  /** One for all answers to a token. */
  private redactorOf(token: Redacted.Redacted): Redact {
    if (token !== this.token) {
      this.token = token
      this.redact = redactorOf([Redacted.value(token)])
    }
    return this.redact
  }
}

const unanswered = (
  { method, operation }: Request,
  path: string,
  reason: TransportError["reason"],
  detail: string
): TransportError =>
  new TransportError({
    operation,
    method,
    path,
    reason,
    detail,
    message: `${operation}: no answer from Spotify${reason === "Timeout" ? " within " : ": "}${detail}`
  })
