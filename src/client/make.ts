import type * as HttpClient from "@effect/platform/HttpClient"
import type * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Runtime from "effect/Runtime"
import type { Dispatcher } from "../budget/dispatcher.js"
import { monotonic } from "../core/time.js"
import type { SpotifySession } from "../session/SpotifySession.js"
import { Call, type Shared } from "./call.js"
import { sendable } from "./headers.js"
import { Sender } from "./send.js"
import type { SpotifyClient, Status } from "./service.js"
import type { Settings } from "./settings.js"

export const make = (
  http: HttpClient.HttpClient,
  session: SpotifySession.Service,
  settings: Settings,
  dispatcher: Dispatcher
): SpotifyClient.Service => {
  const sender = new Sender(http, settings)
  const shared: Shared = { settings, dispatcher, sender }

  const status = (clock: Clock.Clock): Status => {
    const now = monotonic(clock)
    const { background, fleet, inFlight, interactive, limit, paced, pausedUntil, perSecond } = dispatcher.state(now)
    const at = (time: number) =>
      time === 0
        ? Option.none()
        : Option.some(DateTime.unsafeMake(Math.ceil(clock.unsafeCurrentTimeMillis() + (time - now))))
    return {
      inFlight,
      limit,
      waiting: interactive + background,
      background,
      waitingFor: interactive + background === 0
        ? Option.none()
        : Option.some(pausedUntil > 0 ? "pause" : paced > 0 ? "pace" : "limit"),
      pausedUntil: at(pausedUntil),
      nextAt: at(paced),
      requestsPerSecond: Option.fromNullable(perSecond),
      fleet: Option.fromNullable(fleet)
    }
  }

  const of = (session: SpotifySession.Service): SpotifyClient.Service => ({
    session,
    market: settings.market,
    unreadable: settings.unreadable,
    execute: (request) => {
      const own = request.headers && sendable(request.operation, request.headers)
      return own !== undefined && Either.isLeft(own)
        ? Effect.fail(own.left)
        : Effect.withFiberRuntime((fiber) =>
          Effect.flatMap(
            sender.resolve(request),
            (target) => new Call(shared, session, fiber, request, own?.right).attempt(target)
          )
        )
    },
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
