import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Schedule from "effect/Schedule"
import type { Told } from "../budget/pace.js"
import { attempt, readOptions } from "../core/input.js"
import { expectedMarket, marketPattern, of as checks } from "../core/options.js"
import { defaultMaxWait, transient } from "../core/retry.js"
import type { InvalidInput, SpotifyError } from "../core/SpotifyError.js"
import { defaultMaxBodySize } from "../transport/body.js"
import { sendable } from "./headers.js"
import type { Options } from "./service.js"

const apiUrl = "https://api.spotify.com/v1"

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

const names: { readonly [Name in keyof Options]-?: true } = {
  baseUrl: true,
  headers: true,
  market: true,
  timeout: true,
  retrySchedule: true,
  maxWait: true,
  maxRateLimitRetries: true,
  maxBodySize: true,
  maxInFlight: true,
  requestsPer: true,
  unreadable: true
}

export const settingsOf = (options: Options | null): Either.Either<Settings, InvalidInput> =>
  attempt("SpotifyClient", () =>
    Either.flatMap(
      readOptions("SpotifyClient", Object.keys(names), options),
      () => known(options ?? {})
    ))

const known = (options: Options): Either.Either<Settings, InvalidInput> =>
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
