/**
 * The sessions of many users in one process: made when a user is needed, kept while in use, dropped when idle.
 *
 * Closing the layer waits for tokens that are on their way to the store, of all sessions at once: 20 seconds at most.
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
import * as Predicate from "effect/Predicate"
import * as Scope from "effect/Scope"
import { SpotifyClient } from "../client/SpotifyClient.js"
import { aDuration, type Allowed, aSecret, aText, checkOptions, someScopes } from "../core/input.js"
import { of as checks } from "../core/options.js"
import type { InvalidInput } from "../core/SpotifyError.js"
import { monotonic, sleepOn } from "../core/time.js"
import * as SpotifySession from "../session/SpotifySession.js"
import { make as makeTurns } from "../session/tokenTurns.js"
import { checkKey, make as makeSessions } from "../session/userSessions.js"
import type { TokenStore } from "../store/TokenStore.js"

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

/**
 * What the sessions of many users can do, by its short name.
 *
 * @since 0.2.0
 * @category models
 */
export type Service = SpotifySessions.Service

interface Shared {
  /**
   * How long a session that nobody uses stays in memory; 1 minute. Its token stays in the store. It may be 0 or
   * `Duration.infinity`.
   */
  readonly idleTimeToLive?: Duration.DurationInput | undefined
  /**
   * How many refreshes and sign-ins may be at the token endpoint at once, of all users together; 64. Others wait for their
   * turn, in the order in which they came, before they lock anything in the store.
   */
  readonly maxTokenRequests?: number | undefined
}

/**
 * The app, and what its sessions share.
 *
 * @since 0.1.0
 * @category options
 */
export interface AuthorizationCodeOptions extends Omit<SpotifySession.AuthorizationCodeOptions, "key">, Shared {}

/**
 * The app, and what its sessions share.
 *
 * @since 0.1.0
 * @category options
 */
export interface PkceOptions extends Omit<SpotifySession.PkceOptions, "key">, Shared {}

type Needs = TokenStore | HttpClient.HttpClient

const pkceOptions = {
  clientId: aText,
  redirectUri: aText,
  scopes: someScopes,
  accountsUrl: aText,
  idleTimeToLive: aDuration,
  maxTokenRequests: [Predicate.isNumber, "a whole number from 1"]
} satisfies { readonly [name: string]: Allowed }

const authorizationCodeOptions = { ...pkceOptions, clientSecret: aSecret }

/** A session in memory. */
interface Entry {
  readonly key: string
  readonly session: SpotifySession.SpotifySession.Service
  readonly close: Effect.Effect<void>
  holders: number
  idleSince: number
}

/**
 * One fiber drops what is idle, because a timer for each session (RcMap) takes more memory than the session itself.
 */
const make = (
  options: Shared & Parameters<typeof makeSessions>[0],
  allowed: { readonly [name: string]: Allowed }
): Effect.Effect<SpotifySessions.Service, InvalidInput, Needs | Scope.Scope> =>
  Effect.gen(function*() {
    yield* checkOptions("SpotifySessions", allowed, options ?? null)
    const idleTimeToLive = yield* checks("SpotifySessions")
      .millis("idleTimeToLive", options.idleTimeToLive ?? Duration.minutes(1), { zero: true, infinite: true })
    const maxTokenRequests = yield* checks("SpotifySessions")
      .whole("maxTokenRequests", options.maxTokenRequests ?? 64, 1)
    const sessionOf = yield* makeSessions(options, makeTurns(maxTokenRequests))
    const layerScope = yield* Effect.scope
    const entries = new Map<string, Entry>()
    /** Those that nobody holds, the one that has been idle for longest first. */
    const idle = new Set<Entry>()
    const someIdle = Effect.unsafeMakeLatch(false)
    let closed = false

    // In a fiber of its own, since it waits for a token that is on its way.
    const drop = (entry: Entry): Effect.Effect<void> =>
      Effect.suspend(() => {
        idle.delete(entry)
        entries.delete(entry.key)
        return Effect.asVoid(Effect.forkIn(Effect.uninterruptible(entry.close), layerScope))
      })

    const hold = (key: string): Effect.Effect<Entry, InvalidInput> =>
      Effect.suspend(() => {
        if (closed) return Effect.interrupt
        const known = entries.get(key)
        if (known !== undefined) {
          known.holders++
          idle.delete(known)
          return Effect.succeed(known)
        }
        const mistake = checkKey(key)
        if (mistake !== undefined) return mistake
        const entry = { key, ...sessionOf(key), holders: 1, idleSince: 0 }
        entries.set(key, entry)
        return Effect.succeed(entry)
      })

    const giveBack = (entry: Entry): Effect.Effect<void> =>
      Effect.flatMap(Effect.clock, (clock) => {
        if (--entry.holders > 0 || closed || idleTimeToLive === Number.POSITIVE_INFINITY) return Effect.void
        if (idleTimeToLive === 0) return drop(entry)
        entry.idleSince = monotonic(clock)
        idle.add(entry)
        return someIdle.open
      })

    const sweep = Effect.gen(function*() {
      const [oldest] = idle
      if (oldest === undefined) {
        someIdle.unsafeClose()
        return yield* someIdle.await
      }
      const clock = yield* Effect.clock
      const left = Math.ceil(oldest.idleSince + idleTimeToLive) - monotonic(clock)
      if (left > 0) return yield* sleepOn(clock, left)
      // It may have been taken up again meanwhile.
      if (idle.has(oldest)) yield* drop(oldest)
    })

    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        closed = true
        // All at once, since each may wait for a store that doesn't answer.
        return Effect.forEach(entries.values(), ({ close }) => close, { concurrency: "unbounded", discard: true })
      })
    )
    yield* Effect.forkScoped(Effect.forever(sweep))
    return {
      get: (key) => Effect.map(Effect.acquireRelease(hold(key), giveBack), (entry) => entry.session)
    }
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
    make(options, authorizationCodeOptions)
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
    make(options, pkceOptions)
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
