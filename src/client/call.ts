/**
 * One call as a state machine: attempts, and what follows from what came of each.
 *
 * ```text
 * attempt ─ gate ─ request ─┬─ 2xx, or a 304 that was asked for ── the answer
 *    ▲                      ├─ 401, once ── another token ───────────┐
 *    │                      ├─ 429, a few times ── the gate opens ───┤
 *    │                      ├─ 3xx to a GET, on the same host ───────┤
 *    │                      ├─ 5xx, no answer ── backoff ────────────┤  where a repeat does no harm
 *    │                      └─ everything else ── the error          │
 *    └───────────────────────────────────────────────────────────────┘
 * ```
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as DefaultServices from "effect/DefaultServices"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as ScheduleDecision from "effect/ScheduleDecision"
import * as ScheduleIntervals from "effect/ScheduleIntervals"
import { type Ahead, ahead } from "../budget/ahead.js"
import type { Dispatcher, Outcome } from "../budget/dispatcher.js"
import type { Priority } from "../budget/priority.js"
import {
  DecodeError,
  isTransient,
  RateLimited,
  type ReauthorizationRequired,
  type SpotifyError,
  type TransportError
} from "../core/SpotifyError.js"
import { monotonic, type Restore, sleepOn } from "../core/time.js"
import type { SpotifySession } from "../session/SpotifySession.js"
import { detailOf, errorOf } from "./answer.js"
import { priority } from "./fiberRefs.js"
import { countRateLimited, countRequest, countRetry, countWait } from "./metrics.js"
import type { Answer, Sender, Target } from "./send.js"
import type { Request, Response } from "./service.js"
import type { Settings } from "./settings.js"

/** What the calls of a client share. */
export interface Shared {
  readonly settings: Settings
  readonly dispatcher: Dispatcher
  readonly sender: Sender
}

const maxRedirects = 3

const isRedirect = (status: number): boolean => status === 0 || (status >= 300 && status < 400)

const outcomeOf = (exit: Exit.Exit<Answer, unknown>): Outcome =>
  Exit.isSuccess(exit) ? exit.value.outcome : { _tag: "Unanswered" }

const isUnrenewable = (error: SpotifyError): error is ReauthorizationRequired =>
  error._tag === "ReauthorizationRequired" && error.reason === "NoRefreshToken"

const clockOf = (fiber: Fiber.RuntimeFiber<unknown, unknown>): Clock.Clock =>
  Context.get(fiber.getFiberRef(DefaultServices.currentServices), Clock.Clock)

export class Call {
  private readonly clock: Clock.Clock
  private readonly priority: Priority
  private readonly ahead: Ahead | undefined
  /** Of the schedule of repeats. */
  private backoff: unknown
  /** When the call itself got its last 429. */
  private limitedAt: number | undefined
  private sent = 0
  private sentAt = 0
  private limited = 0
  private redirects = 0
  private isRenewed = false

  constructor(
    private readonly shared: Shared,
    private readonly session: SpotifySession.Service,
    private readonly fiber: Fiber.RuntimeFiber<unknown, unknown>,
    private readonly request: Request,
    /** The request's own headers, checked. */
    private readonly own: Request["headers"]
  ) {
    this.clock = clockOf(fiber)
    // Whatever a program without types says.
    this.priority = fiber.getFiberRef(priority) === "background" ? "background" : "interactive"
    this.ahead = fiber.getFiberRef(ahead)
    this.backoff = shared.settings.schedule.initial
  }

  /** `last` is the answer that it follows. */
  attempt(target: Target, last?: Answer): Effect.Effect<Response, SpotifyError> {
    const { clock, session, shared: { dispatcher } } = this
    return Effect.suspend(() => {
      const begun = monotonic(clock)
      const shut = dispatcher.shut(begun, this.priority)
      if (shut !== undefined) return Effect.fail(this.rateLimitedError(target, shut.until, last))
      const place = {
        clock,
        priority: this.priority,
        isRepeat: this.sent > 0,
        ahead: this.ahead,
        limitedAt: this.limitedAt
      }
      return Effect.matchEffect(
        Effect.flatMap(session.accessToken, (token) => {
          this.tellOfToken(begun)
          return dispatcher.run(
            place,
            (since, restore) => {
              if (since === undefined) return this.send(restore, target, token)
              this.tellOfWait(since)
              // The wait may have outlived the token.
              return Effect.flatMap(restore(session.accessToken), (token) => this.send(restore, target, token))
            },
            outcomeOf
          )
        }),
        {
          onSuccess: (answer) => this.settle(target, answer),
          onFailure: (error) => {
            if (error._tag === "Shut") {
              return Effect.fail(error.error ?? this.rateLimitedError(target, error.until, last))
            }
            this.limitedAt = undefined
            if (error._tag === "TransportError") this.observe("none")
            return this.repeat(target, error)
          }
        }
      )
    })
  }

  private send(restore: Restore, target: Target, token: Redacted.Redacted): Effect.Effect<Answer, TransportError> {
    this.sent++
    this.sentAt = monotonic(this.clock)
    return this.shared.sender.send(this.fiber, this.clock, restore, this.request, this.own, target, token)
  }

  private settle(target: Target, answer: Answer): Effect.Effect<Response, SpotifyError> {
    const { status } = answer
    this.limitedAt = undefined
    this.observe(String(status))
    this.request.span?.attribute("http.response.status_code", status)
    const isSuccess = (status >= 200 && status < 300) ||
      (status === 304 && this.own?.["if-none-match"] !== undefined)
    if (isSuccess) return answer.isCut ? Effect.fail(this.tooLarge(target, status)) : Effect.succeed(answer)
    if (status === 401 && !this.isRenewed) return this.renew(target, answer)
    if (answer.outcome._tag === "Limited") return this.waitForGate(target, answer)
    return isRedirect(status) ? this.redirect(target, answer) : this.fail(target, answer)
  }

  private renew(target: Target, answer: Answer): Effect.Effect<Response, SpotifyError> {
    this.isRenewed = true
    return Effect.matchEffect(this.session.renew(answer.token), {
      onSuccess: () =>
        this.after(
          answer,
          0,
          this.again(target, "401, with another token", answer),
          () => this.fail(target, answer)
        ),
      onFailure: (error) => isUnrenewable(error) ? this.fail(target, answer) : Effect.fail(error)
    })
  }

  private waitForGate(target: Target, answer: Answer): Effect.Effect<Response, SpotifyError> {
    const { dispatcher, settings } = this.shared
    countRateLimited(this.fiber)
    this.limitedAt = monotonic(this.clock)
    return this.limited++ < settings.maxLimited
      ? this.again(target, "429, when Spotify allows it", answer)
      : Effect.fail(this.rateLimitedError(target, dispatcher.opensAt(this.limitedAt), answer))
  }

  private redirect(target: Target, answer: Answer): Effect.Effect<Response, SpotifyError> {
    const { request, shared: { sender } } = this
    const location = answer.headers["location"]
    // A browser doesn't say where an answer leads, only that it leads elsewhere (status 0).
    if (location === undefined && answer.status === 0) {
      return Effect.fail(sender.foreign(request, target.path, "a place that the browser hides"))
    }
    return location === undefined || request.method !== "GET" || this.redirects++ >= maxRedirects
      ? this.fail(target, answer)
      : Effect.flatMap(
        sender.follow(request, target.path, location, target.url),
        (next) => this.after(answer, 0, this.attempt(next), () => this.fail(target, answer))
      )
  }

  private fail(target: Target, answer: Answer): Effect.Effect<Response, SpotifyError> {
    const asked = answer.retryAfter(this.clock.unsafeCurrentTimeMillis())
    return Effect.flatMap(
      errorOf(
        this.request,
        target.path,
        answer,
        this.session,
        Option.getOrUndefined(Option.map(asked, Duration.millis))
      ),
      (error) => this.repeat(target, error, answer)
    )
  }

  // Stepped by hand, since a driver of the schedule reads the wall clock and sleeps no longer than effect's clock can.
  private repeat(target: Target, error: SpotifyError, answer?: Answer): Effect.Effect<Response, SpotifyError> {
    if (!this.request.idempotent || !isTransient(error)) return Effect.fail(error)
    const now = monotonic(this.clock)
    return Effect.flatMap(this.shared.settings.schedule.step(now, error, this.backoff), ([next, , decision]) => {
      this.backoff = next
      return ScheduleDecision.isDone(decision)
        ? Effect.fail(error)
        : this.after(
          answer,
          ScheduleIntervals.start(decision.intervals) - now,
          this.again(target, error.message),
          () => Effect.fail(error)
        )
    })
  }

  /** Waits as long as the answer asks for, where that isn't longer than callers care to wait. */
  private after(
    answer: Answer | undefined,
    delay: number,
    next: Effect.Effect<Response, SpotifyError>,
    otherwise: () => Effect.Effect<Response, SpotifyError>
  ): Effect.Effect<Response, SpotifyError> {
    const asked = answer === undefined
      ? 0
      : Option.getOrElse(answer.retryAfter(this.clock.unsafeCurrentTimeMillis()), () => 0)
    if (asked > this.shared.settings.maxWait) return otherwise()
    const wait = Math.max(asked, delay)
    return wait <= 0 ? next : Effect.zipRight(sleepOn(this.clock, wait), next)
  }

  private again(target: Target, why: string, last?: Answer): Effect.Effect<Response, SpotifyError> {
    return Effect.suspend(() => {
      countRetry(this.fiber)
      this.tell("sent again", { why })
      return Effect.zipRight(
        Effect.logDebug(`${this.request.operation} is sent again: ${why}`),
        this.attempt(target, last)
      )
    })
  }

  /** A token at hand takes no time; where it took some, it was refreshed, or the store asked. */
  private tellOfToken(since: number): void {
    const millis = monotonic(this.clock) - since
    if (millis >= 10) this.tell("waited for a token", { seconds: millis / 1000 })
  }

  private tellOfWait(since: number): void {
    // Nobody has waited for what left before it was needed.
    if (this.ahead?.isNeeded === false) return
    const millis = monotonic(this.clock) - since
    countWait(this.fiber, millis)
    this.tell("waited for its turn", { seconds: millis / 1000 })
  }

  private tell(event: string, attributes: { readonly [name: string]: unknown }): void {
    this.request.span?.event(event, this.clock.unsafeCurrentTimeNanos(), attributes)
  }

  private observe(status: string): void {
    countRequest(this.fiber, this.request.operation, status, monotonic(this.clock) - this.sentAt)
    this.request.span?.attribute("http.request.resend_count", this.sent - 1)
  }

  private rateLimitedError(target: Target, until: number, last: Answer | undefined): RateLimited {
    const { method, operation } = this.request
    const millis = Math.ceil(Math.max(0, until - monotonic(this.clock)))
    const retryAt = DateTime.unsafeMake(this.clock.unsafeCurrentTimeMillis() + millis)
    return new RateLimited({
      operation,
      method,
      path: target.path,
      status: 429,
      detail: last === undefined ? "" : detailOf(last),
      reason: undefined,
      retryAfter: Duration.millis(millis),
      retryAt,
      message: `${operation}: ${
        millis === 0
          ? "Spotify has answered 429 for longer than the client waits (maxWait)"
          : `Spotify asks to wait ${Duration.format(Duration.seconds(Math.ceil(millis / 1000)))}, until ${
            DateTime.formatIso(retryAt)
          }`
      }`
    })
  }

  private tooLarge(target: Target, status: number): DecodeError {
    const { method, operation } = this.request
    const expected = `a body of at most ${this.shared.settings.maxBodySize} bytes`
    return new DecodeError({
      operation,
      method,
      path: target.path,
      status,
      issuePath: "",
      expected,
      detail: "",
      message: `${operation}: the answer can't be read: ${expected} (ask for less at once, or raise maxBodySize)`
    })
  }
}
