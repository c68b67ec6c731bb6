import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type * as Tracer from "effect/Tracer"
import type { SpotifyError } from "../core/SpotifyError.js"
import type { SpotifySession } from "../session/SpotifySession.js"

/**
 * The client that operations need.
 *
 * @since 0.1.0
 * @category tags
 */
export class SpotifyClient extends Context.Tag("effect-spotify/SpotifyClient")<
  SpotifyClient,
  SpotifyClient.Service
>() {}

/**
 * @since 0.1.0
 */
export declare namespace SpotifyClient {
  /**
   * What a client can do.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Service {
    /** The session whose token requests carry. */
    readonly session: SpotifySession.Service
    /** The market that operations are asked for unless they name one. */
    readonly market: string | undefined
    /** What becomes of parts of an answer that can't be read: "skip" unless said. */
    readonly unreadable?: Options["unreadable"]
    /** Sends one request and gives the answer of a success, or a 304 that was asked for; everything else is an error. */
    readonly execute: (request: Request) => Effect.Effect<Response, SpotifyError>
    /** What is on its way, what waits, and why. */
    readonly status: Effect.Effect<Status>
    /**
     * Tells of the status after each change, until the scope closes; `statusChanges` is a stream of it. What a listener
     * throws is logged once and harms nobody.
     */
    readonly onStatus: (listener: (status: Status) => void) => Effect.Effect<void, never, Scope.Scope>
    /** The same client, pool and rate gate for another session. */
    readonly withSession: (session: SpotifySession.Service) => Service
  }
}

/**
 * One request to api.spotify.com.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  /** The operation's name, for errors and spans. */
  readonly operation: string
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  /** Path and query below the base URL (`/albums/…?market=SE`), or a whole URL of the same host, such as a page's `next`. */
  readonly url: string
  /** Beside the client's own, such as `if-none-match`. */
  readonly headers?: { readonly [name: string]: string } | undefined
  readonly body?: { readonly contentType: string; readonly text: string } | undefined
  /** Whether it may be sent again when nobody knows what came of it. */
  readonly idempotent: boolean
  /** Reads what is to be changed, so that no layer may give what was asked for before. */
  readonly fresh?: boolean | undefined
  /** The scopes that it needs, to name the missing one. */
  readonly scopes?: ReadonlyArray<string> | undefined
  /** What a 403 means where Development Mode has lost the operation. */
  readonly forbiddenHint?: string | undefined
  /** What a 400 means that is about the limit. */
  readonly limitHint?: string | undefined
  /** Told of the last answer's status, of how often it was sent again, and why. */
  readonly span?: Tracer.Span | undefined
}

/**
 * The answer of a success.
 *
 * @since 0.1.0
 * @category models
 */
export interface Response {
  readonly status: number
  readonly headers: { readonly [name: string]: string | undefined }
  /** Where it came from, without the query's values being changed. */
  readonly url: string
  /** Of a write, as much as came: it has happened, even where the connection broke within its answer's body. */
  readonly text: string
  /** Takes the access token of the request out of a text, so that a body which echoes it brings it into no error. */
  readonly redact?: ((text: string) => string) | undefined
  /**
   * Makes a layer that keeps answers forget this one. Operations run it where the body isn't what it should be; whoever reads
   * answers of `execute` may, too.
   *
   * @since 0.2.0
   */
  readonly forget?: Effect.Effect<void> | undefined
}

/**
 * What the client is doing.
 *
 * @since 0.1.0
 * @category models
 */
export interface Status {
  readonly inFlight: number
  /** How many may be on their way now: 16 at first and one after a pause, one more for each answer, up to the cap. */
  readonly limit: number
  /** How many calls wait, those in the background among them; not the pages that `Paging` reads ahead, which nobody needs yet. */
  readonly waiting: number
  readonly background: number
  /** What they wait for: the end of a pause that Spotify asked for, their turn at the pace, or an answer to another call. */
  readonly waitingFor: Option.Option<"pause" | "pace" | "limit">
  /** Until when Spotify has asked for a pause. */
  readonly pausedUntil: Option.Option<DateTime.Utc>
  /** When the next call may go, where it waits for the pace. */
  readonly nextAt: Option.Option<DateTime.Utc>
  /** The pace: what `requestsPer` says, or what 429s have taught. None while there was neither. */
  readonly requestsPerSecond: Option.Option<number>
  /**
   * Of a `RateBudget` that several clients share, once its engine has answered: how many draw on it, which part of it this
   * client was granted lately (0 to 1), and whether the engine answers. The pace is then that of all of them.
   *
   * @since 0.2.0
   */
  readonly fleet: Option.Option<{
    readonly members: number
    readonly share: number
    readonly isAvailable: boolean
  }>
}

/**
 * How the client behaves; everything has a default. What can't be right is `InvalidInput` where the client is made.
 *
 * @since 0.1.0
 * @category options
 */
export interface Options {
  /**
   * `https://api.spotify.com/v1`; replaced by tests. An http or https URL without credentials, query and fragment. The
   * bearer token goes to this host alone.
   */
  readonly baseUrl?: string | undefined
  /**
   * Sent with every request, for example `Accept-Language`; capitals make no difference. An `Authorization` never takes
   * the bearer token's place.
   */
  readonly headers?: { readonly [name: string]: string } | undefined
  /** An ISO 3166-1 alpha-2 code or `from_token`, for every operation that takes a market and isn't given one. */
  readonly market?: string | undefined
  /** How long one attempt may take, with its body; 30 seconds. Longer than 0; `Duration.infinity` sets no end. */
  readonly timeout?: Duration.DurationInput | undefined
  /**
   * Repeats of what failed with 5xx or a lost connection, where a repeat does no harm: half a second, doubled and
   * jittered, three times, and never before an answer's `Retry-After` is over.
   */
  readonly retrySchedule?: Schedule.Schedule<unknown, SpotifyError> | undefined
  /**
   * The longest pause that callers sit through; 60 seconds, 0 for none, `Duration.infinity` for any. A longer one after a
   * 429 fails at once with `RateLimited`, and so do those who have waited for so long while one 429 followed another; a
   * longer `Retry-After` of a 5xx fails with its `ServerError`.
   */
  readonly maxWait?: Duration.DurationInput | undefined
  /** How often one call is sent again after a 429; 10 times. A whole number from 0. */
  readonly maxRateLimitRetries?: number | undefined
  /**
   * How many bytes the body of an answer may have, unpacked; 32 MB, `Infinity` for any number. A success that has more is given up while it comes, with
   * a `DecodeError`. Of an error's body 1 MB is read at most, which changes nothing about the error.
   *
   * @since 0.2.0
   */
  readonly maxBodySize?: number | undefined
  /** How many requests may be on their way at once; 64. A whole number from 1. */
  readonly maxInFlight?: number | undefined
  /**
   * The budget, where you know it: so many requests in any time of this length, for example `[100, "30 seconds"]`, a
   * whole number from 1 and a duration longer than 0. Half of it may go at once, the rest is spread. Without it the client learns its pace from the first 429s.
   */
  readonly requestsPer?: readonly [requests: number, window: Duration.DurationInput] | undefined
  /**
   * What becomes of an answer of which a part can't be read. "skip", unless said: the rest of it arrives, and what is
   * missing is told in a warning once, by `withUnreadable`, and in the pages of `Paging`. "fail": `DecodeError`.
   */
  readonly unreadable?: "skip" | "fail" | undefined
}

/**
 * What is known of an answer besides its body.
 *
 * @since 0.1.0
 * @category models
 */
export interface ResponseInfo {
  readonly operation: string
  readonly method: string
  readonly url: string
  readonly status: number
  readonly headers: { readonly [name: string]: string | undefined }
}

/**
 * What is missing in an answer since it can't be read: an entry of a list, or a member that may be absent or null. It is
 * no more than that: an artist whose name is missing costs a track that artist, a track without a name is left out of its
 * list. In a list whose entries may be null (a playlist's, a batch's) it is null, so that the others keep their places.
 *
 * @since 0.2.0
 * @category models
 */
export interface Unreadable {
  readonly operation: string
  /**
   * Which entry it is or stands in: its place in the list as Spotify sent it, counted from 0 at the start of the whole
   * list where pages go by offset, and among the ids of a `getMany`. Undefined where it stands in no list.
   */
  readonly index: number | undefined
  /** What is missing, as its path inside the body: `items.3`. */
  readonly missing: string
  /** What can't be read in it: `items.3.track.name`. */
  readonly path: string
  /** What was expected there. */
  readonly expected: string
}
