/**
 * Sends the operations: bearer token, refresh on 401, one pause for all fibers on 429, retries where a repeat does no
 * harm, timeouts, spans and metrics.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Dispatcher } from "../budget/dispatcher.js"
import type { Priority } from "../budget/priority.js"
import { RateBudget } from "../budget/RateBudget.js"
import type { InvalidInput } from "../core/SpotifyError.js"
import { SpotifySession } from "../session/SpotifySession.js"
import * as fiberRefs from "./fiberRefs.js"
import { make as makeClient } from "./make.js"
import { type Options, type ResponseInfo, SpotifyClient, type Status, type Unreadable } from "./service.js"
import { settingsOf } from "./settings.js"
import * as unreadable from "./unreadable.js"

export {
  type Options,
  type Request,
  type Response,
  type ResponseInfo,
  SpotifyClient,
  type Status,
  type Unreadable
} from "./service.js"

export type {
  /**
   * How urgent a call is: a background call waits while an interactive one does.
   *
   * @since 0.2.0
   * @category models
   */
  Priority
} from "../budget/priority.js"

/**
 * What a client can do, by its short name.
 *
 * @since 0.2.0
 * @category models
 */
export type Service = SpotifyClient.Service

/**
 * A client over the given session and HTTP client, and a `RateBudget` where there is one. With a scope around it, it
 * leaves the budget when that closes; without, by time.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options = {}
): Effect.Effect<SpotifyClient.Service, InvalidInput, SpotifySession | HttpClient.HttpClient> =>
  Effect.flatMap(
    Effect.all([settingsOf(options), SpotifySession, HttpClient.HttpClient, Effect.serviceOption(RateBudget)]),
    ([settings, session, http, budget]) =>
      Effect.map(
        Option.isSome(budget) ? budget.value.join(settings) : Effect.succeed(settings),
        (gate) => makeClient(http, session, settings, gate instanceof Dispatcher ? gate : new Dispatcher(settings))
      )
  )

/**
 * The client.
 *
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Layer, Redacted } from "effect"
 * import { SpotifyClient, SpotifySession } from "effect-spotify"
 *
 * const SpotifyLive = SpotifyClient.layer({ market: "SE" }).pipe(
 *   Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("…") })),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options?: Options
): Layer.Layer<SpotifyClient, InvalidInput, SpotifySession | HttpClient.HttpClient> =>
  Layer.scoped(SpotifyClient, make(options))

/**
 * Runs a program as another user, over the same connections and the same rate gate.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { SpotifyClient, type SpotifySession, Users } from "effect-spotify"
 *
 * declare const session: SpotifySession.SpotifySession.Service
 *
 * const me = Users.me().pipe(SpotifyClient.withSession(session))
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const withSession: {
  (
    session: SpotifySession.Service
  ): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R | SpotifyClient>
  <A, E, R>(self: Effect.Effect<A, E, R>, session: SpotifySession.Service): Effect.Effect<A, E, R | SpotifyClient>
} = dual(
  2,
  <A, E, R>(
    self: Effect.Effect<A, E, R>,
    session: SpotifySession.Service
  ): Effect.Effect<A, E, R | SpotifyClient> =>
    Effect.flatMap(SpotifyClient, (client) =>
      Effect.mapInputContext(
        self,
        (context: Context.Context<R | SpotifyClient>) =>
          Context.add(context, SpotifyClient, client.withSession(session))
      ))
)

/**
 * Gives the calls of a program a place in the queue: while an interactive call waits (the default), background calls do
 * too.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withPriority: {
  (priority: Priority): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, priority: Priority): Effect.Effect<A, E, R>
} = dual(
  2,
  <A, E, R>(self: Effect.Effect<A, E, R>, priority: Priority): Effect.Effect<A, E, R> =>
    Effect.locally(self, fiberRefs.priority, priority)
)

/**
 * Gives beside a program's result the status, headers and URL of the last operation in it that succeeded.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Albums, SpotifyClient } from "effect-spotify"
 *
 * const program = Effect.gen(function*() {
 *   const [album, response] = yield* SpotifyClient.withResponse(Albums.get("4aawyAB9vmqN3uQ7FjRGTy"))
 *   return [album.name, response._tag === "Some" ? response.value.headers["cache-control"] : undefined]
 * })
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const withResponse = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<readonly [A, Option.Option<ResponseInfo>], E, R> =>
  Effect.suspend(() => {
    let last: ResponseInfo | undefined
    return Effect.map(
      Effect.locally(self, fiberRefs.onResponse, (info) => {
        last = info
      }),
      (value) => [value, Option.fromNullable(last)]
    )
  })

/**
 * Gives beside a program's result what couldn't be read in the answers that it got, in the order in which they came.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Library, Paging, SpotifyClient } from "effect-spotify"
 *
 * const program = Effect.gen(function*() {
 *   const [tracks, unreadable] = yield* SpotifyClient.withUnreadable(Paging.collect(Library.tracks))
 *   for (const { expected, index, path } of unreadable) yield* Effect.log(`${index}: ${path}: ${expected}`)
 *   return tracks
 * })
 * ```
 *
 * @since 0.2.0
 * @category combinators
 */
export const withUnreadable: <A, E, R>(
  self: Effect.Effect<A, E, R>
) => Effect.Effect<readonly [A, ReadonlyArray<Unreadable>], E, R> = unreadable.collect

/**
 * What the client is doing now.
 *
 * @since 0.1.0
 * @category accessors
 */
export const status: Effect.Effect<Status, never, SpotifyClient> = Effect.flatMap(
  SpotifyClient,
  (client) => client.status
)

/**
 * What the client is doing, now and after each change; one who reads slowly misses what is no longer true.
 *
 * @example
 * ```ts
 * import { Console, DateTime, Stream } from "effect"
 * import { SpotifyClient } from "effect-spotify"
 *
 * const waits = SpotifyClient.statusChanges.pipe(
 *   Stream.filterMap((status) => status.pausedUntil),
 *   Stream.changes,
 *   Stream.runForEach((until) => Console.log(`Spotify asks us to wait until ${DateTime.formatIso(until)}`))
 * )
 * ```
 *
 * @since 0.1.0
 * @category accessors
 */
export const statusChanges: Stream.Stream<Status, never, SpotifyClient> = Stream.unwrap(
  Effect.map(SpotifyClient, (client) =>
    Stream.asyncPush<Status>(
      (emit) =>
        Effect.zipRight(
          client.onStatus((status) => emit.single(status)),
          Effect.map(client.status, (status) => emit.single(status))
        ),
      { bufferSize: 1, strategy: "sliding" }
    ))
)
