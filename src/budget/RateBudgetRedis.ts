/**
 * A rate budget in Redis, for processes on any number of machines, by `ioredis`.
 *
 * @since 0.2.0
 */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type Allowed, aSecret, attempt } from "../core/input.js"
import { BudgetUnavailable, InvalidInput } from "../core/SpotifyError.js"
import { type BudgetOptions, checkBudget, whenUnavailable } from "./budgetOptions.js"
import { sendable } from "./decide.js"
import { make, RateBudget } from "./RateBudget.js"
import { connect, type Connection, messageOf } from "./redisClient.js"
import { script } from "./redisScript.js"
import type { Grant, Report } from "./report.js"

/**
 * What is used of a client of `ioredis`, be it of one server or of a cluster.
 *
 * @since 0.2.0
 * @category models
 */
export interface Client {
  readonly status: string
  readonly evalsha: (sha: string, numberOfKeys: number, ...args: Array<string>) => Promise<unknown>
  readonly eval: (script: string, numberOfKeys: number, ...args: Array<string>) => Promise<unknown>
}

/**
 * Which budget, and where its Redis is.
 *
 * @since 0.2.0
 * @category models
 */
export interface Options extends BudgetOptions {
  /**
   * Where Redis is: `redis://user:password@host:6379/0`, or `rediss:` for TLS. The client that is made of it is closed with
   * the scope.
   */
  readonly url?: Redacted.Redacted | undefined
  /**
   * A client of one's own in the place of `url`, which stays open. It should have `maxRetriesPerRequest: 0` and an `error`
   * listener: else the reports of a time without Redis arrive after it, and the driver writes to stderr.
   */
  readonly client?: Client | undefined
}

/**
 * The options that can stand in a configuration.
 *
 * @since 0.2.0
 * @category models
 */
export interface ConfigOptions extends BudgetOptions {
  readonly url: Redacted.Redacted
}

const patience = Duration.seconds(1)

const isUrl = (input: unknown): boolean => {
  if (!aSecret[0](input) || !Redacted.isRedacted(input)) return false
  const text = String(Redacted.value(input))
  return /^rediss?:\/\/[^\s/]+(?:\/\d*)?$/i.test(text) && URL.canParse(text)
}

const aUrl: Allowed = [isUrl, "a URL such as redis://:password@localhost:6379/0, as Redacted", true]

const aClient: Allowed = [
  (input) => Predicate.hasProperty(input, "evalsha") && Predicate.isFunction(input.evalsha),
  "a client of ioredis"
]

const check = (options: Options): Either.Either<void, InvalidInput> =>
  attempt(
    "RateBudgetRedis",
    () =>
      Either.flatMap(
        checkBudget("RateBudgetRedis", { url: aUrl, client: aClient, onUnavailable: whenUnavailable }, options),
        () =>
          (options.url === undefined) === (options.client === undefined)
            ? Either.left(InvalidInput.of("RateBudgetRedis", "url", `given, or a client in its place: ${aUrl[1]}`))
            : Either.void
      )
  )

const Answer = Schema.parseJson(Schema.Union(
  Schema.Struct({ refused: Schema.String }),
  Schema.Struct({
    grant: Schema.Struct({
      opening: Schema.Number,
      pause: Schema.Number,
      quota: Schema.Number,
      slots: Schema.Array(Schema.Number),
      inFlight: Schema.optional(Schema.Number),
      reportAfter: Schema.Number,
      requestsPerSecond: Schema.optional(Schema.Number),
      members: Schema.Number,
      share: Schema.Number,
      told: Schema.optional(Schema.Struct({ requests: Schema.Number, window: Schema.Number }))
    })
  })
))

const decodeAnswer = ParseResult.decodeUnknownEither(Answer)

/** Of the script, as Redis names it. */
const shaOf = (text: string): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-1", new TextEncoder().encode(text))),
    (bytes) => Encoding.encodeHex(new Uint8Array(bytes))
  )

/** A client of somebody's own: it fails at once where it is without a connection. */
const own = (client: Client): Connection => ({
  use: (send) =>
    Effect.suspend(() =>
      ["reconnecting", "close", "end"].includes(client.status)
        ? Effect.fail(`there is no connection: the client's status is "${client.status}"`)
        : Effect.tryPromise({ try: () => send(client), catch: messageOf })
    ),
  late: Effect.void
})

const makeBudget = (
  options: Options
): Effect.Effect<RateBudget.Service, InvalidInput, Scope.Scope> =>
  Effect.gen(function*() {
    yield* check(options)
    const { client, key, onUnavailable, url } = options
    const place = `effect-spotify:budget:${key}`
    const engine = `Redis, ${JSON.stringify(place)}`
    const unavailable = (detail: string) => BudgetUnavailable.of(key, engine, detail)
    const sha = yield* shaOf(script)
    const redis = url === undefined ? client === undefined ? undefined : own(client) : yield* connect(url)
    if (redis === undefined) return yield* InvalidInput.of("RateBudgetRedis", "url", `given: ${aUrl[1]}`)

    const decision = (report: Report): Effect.Effect<unknown, string> => {
      const json = JSON.stringify(sendable(report))
      return Effect.catchIf(
        redis.use((client) => client.evalsha(sha, 1, place, json)),
        (message) => message.startsWith("NOSCRIPT"),
        () => redis.use((client) => client.eval(script, 1, place, json))
      )
    }

    const grantOf = (answer: unknown): Either.Either<Grant, string> => {
      const decoded = decodeAnswer(answer)
      if (Either.isLeft(decoded)) return Either.left("the answer isn't the script's")
      if ("refused" in decoded.right) {
        return Either.left(
          `what is kept there isn't this library's budget: ${decoded.right.refused}. It was left as it is`
        )
      }
      const { inFlight, requestsPerSecond, told, ...grant } = decoded.right.grant
      return Either.right({ ...grant, inFlight, requestsPerSecond, told })
    }

    return make({
      key,
      onUnavailable,
      report: (report) =>
        decision(report).pipe(
          // Whether by the time below or by the caller's.
          Effect.onInterrupt(() => redis.late),
          Effect.timeoutTo({
            duration: patience,
            onSuccess: grantOf,
            onTimeout: () => Either.left(`no answer for ${Duration.format(patience)}`)
          }),
          Effect.flatten,
          Effect.mapError(unavailable)
        )
    })
  })

/**
 * Keeps the budget in Redis (tested with 7), under `effect-spotify:budget:` and its key: one script, which runs as one step,
 * takes a report and decides by the time of the server alone. What nobody uses is gone after ten minutes.
 *
 * Where Redis doesn't answer within a second, or refuses, or something else is kept under that key, the budget is
 * unavailable (see `onUnavailable`) until it answers.
 *
 * Fails with `InvalidInput` for options that can't be right.
 *
 * @example
 * ```ts
 * import { Redacted } from "effect"
 * import * as RateBudgetRedis from "effect-spotify/RateBudgetRedis"
 *
 * const layer = RateBudgetRedis.layer({ key: "my-app", url: Redacted.make("redis://localhost:6379") })
 * ```
 *
 * @since 0.2.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<RateBudget, InvalidInput> =>
  Layer.scoped(RateBudget, makeBudget(options))

/**
 * As `layer`, its options read from `Config`.
 *
 * @example
 * ```ts
 * import { Config } from "effect"
 * import * as RateBudgetRedis from "effect-spotify/RateBudgetRedis"
 *
 * const layer = RateBudgetRedis.layerConfig({
 *   key: Config.string("SPOTIFY_CLIENT_ID"),
 *   url: Config.redacted("REDIS_URL")
 * })
 * ```
 *
 * @since 0.2.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<ConfigOptions>
): Layer.Layer<RateBudget, InvalidInput | ConfigError.ConfigError> =>
  Layer.scoped(RateBudget, Effect.flatMap(Config.unwrap(options), makeBudget))
