/**
 * The sessions of many users in one process: made when a user is needed, kept while in use, dropped when idle.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Layer from "effect/Layer"
import * as RcMap from "effect/RcMap"
import * as Scope from "effect/Scope"
import { SpotifyClient } from "./SpotifyClient.js"
import type { InvalidInput } from "./SpotifyError.js"
import * as SpotifySession from "./SpotifySession.js"
import type { TokenStore } from "./TokenStore.js"

/**
 * The sessions of the users of a program.
 *
 * @since 0.1.0
 * @category tags
 */
export class SpotifySessions extends Context.Tag("effect-spotify/SpotifySessions")<
  SpotifySessions,
  SpotifySessions.Service
>() {}

/**
 * @since 0.1.0
 */
export declare namespace SpotifySessions {
  /**
   * What the sessions of many users can do.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Service {
    /** The session of a user's key, the same one for all who hold it; given back when the scope closes. */
    readonly get: (
      key: string
    ) => Effect.Effect<SpotifySession.SpotifySession.Service, InvalidInput, Scope.Scope>
  }
}

interface Idle {
  /** How long a session that nobody uses stays in memory; 1 minute. Its token stays in the store. */
  readonly idleTimeToLive?: Duration.DurationInput | undefined
}

/**
 * The app, and how long an idle session stays in memory.
 *
 * @since 0.1.0
 * @category options
 */
export interface AuthorizationCodeOptions extends Omit<SpotifySession.AuthorizationCodeOptions, "key">, Idle {}

/**
 * The app, and how long an idle session stays in memory.
 *
 * @since 0.1.0
 * @category options
 */
export interface PkceOptions extends Omit<SpotifySession.PkceOptions, "key">, Idle {}

const make = <R>(
  session: (key: string) => Effect.Effect<SpotifySession.SpotifySession.Service, InvalidInput, R>,
  options: Idle
): Effect.Effect<SpotifySessions.Service, InvalidInput, R | Scope.Scope> =>
  Effect.gen(function*() {
    // Made once and let go, so that bad options fail when the layer is built, not at the first user.
    yield* Effect.scoped(session("default"))
    const map = yield* RcMap.make({
      lookup: session,
      idleTimeToLive: options.idleTimeToLive ?? Duration.minutes(1)
    })
    return { get: (key) => RcMap.get(map, key) }
  })

/**
 * Sessions of the authorization code flow.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { SpotifySessions, Users } from "effect-spotify"
 *
 * const nameOf = (userKey: string) =>
 *   Users.me().pipe(
 *     Effect.map((me) => me.display_name),
 *     SpotifySessions.withUser(userKey)
 *   )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerAuthorizationCode = (
  options: AuthorizationCodeOptions
): Layer.Layer<SpotifySessions, InvalidInput, TokenStore | HttpClient.HttpClient> =>
  Layer.scoped(
    SpotifySessions,
    make((key) => SpotifySession.makeAuthorizationCode({ ...options, key }), options)
  )

/**
 * As `layerAuthorizationCode`, its options read from `Config`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerAuthorizationCodeConfig = (
  options: Config.Config.Wrap<AuthorizationCodeOptions>
): Layer.Layer<SpotifySessions, InvalidInput | ConfigError.ConfigError, TokenStore | HttpClient.HttpClient> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layerAuthorizationCode))

/**
 * Sessions of the authorization code flow with PKCE.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerPkce = (
  options: PkceOptions
): Layer.Layer<SpotifySessions, InvalidInput, TokenStore | HttpClient.HttpClient> =>
  Layer.scoped(
    SpotifySessions,
    make((key) => SpotifySession.makePkce({ ...options, key }), options)
  )

/**
 * As `layerPkce`, its options read from `Config`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerPkceConfig = (
  options: Config.Config.Wrap<PkceOptions>
): Layer.Layer<SpotifySessions, InvalidInput | ConfigError.ConfigError, TokenStore | HttpClient.HttpClient> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layerPkce))

/**
 * Runs a program as the user of a key: its operations and its `SpotifySession` are that user's, over the client's
 * connections and rate gate.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withUser: {
  (
    key: string
  ): <A, E, R>(
    self: Effect.Effect<A, E, R>
  ) => Effect.Effect<
    A,
    E | InvalidInput,
    Exclude<R, SpotifySession.SpotifySession | SpotifyClient> | SpotifySessions | SpotifyClient
  >
  <A, E, R>(
    self: Effect.Effect<A, E, R>,
    key: string
  ): Effect.Effect<
    A,
    E | InvalidInput,
    Exclude<R, SpotifySession.SpotifySession | SpotifyClient> | SpotifySessions | SpotifyClient
  >
} = dual(
  2,
  <A, E, R>(
    self: Effect.Effect<A, E, R>,
    key: string
  ): Effect.Effect<
    A,
    E | InvalidInput,
    Exclude<R, SpotifySession.SpotifySession | SpotifyClient> | SpotifySessions | SpotifyClient
  > =>
    Effect.gen(function*() {
      const client = yield* SpotifyClient
      const sessions = yield* SpotifySessions
      return yield* Effect.scopedWith((scope) =>
        Effect.flatMap(
          Scope.extend(sessions.get(key), scope),
          (session) =>
            Effect.provide(
              self,
              Context.make(SpotifySession.SpotifySession, session).pipe(
                Context.add(SpotifyClient, client.withSession(session))
              )
            )
        )
      )
    })
)
