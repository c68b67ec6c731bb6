/**
 * Writes of any length: what is accounted for while they run and when they end.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { SpotifyError } from "../core/SpotifyError.js"
import { optional } from "../endpoint/schema.js"
import { Cause } from "./cause.js"

const account = Schema.Struct({
  written: Schema.NonNegativeInt,
  failed: Schema.Array(Schema.String),
  inDoubt: Schema.Array(Schema.String),
  snapshotId: optional(Schema.String),
  startedAt: Schema.DateTimeUtc
}).annotations({ identifier: "Account" })

/**
 * How far a job has come: a checkpoint, to be kept as JSON by its schema and given to `resume`.
 *
 * `written` counts the entries from the first one on that are written. Those after them are in `failed` where Spotify
 * refused them, in `inDoubt` where they were sent and no answer says what came of them, and else not yet sent.
 * `snapshotId` is the playlist's version after the last write.
 *
 * @since 0.1.0
 * @category models
 */
export interface Account extends Schema.Schema.Type<typeof account> {}

/**
 * An account as JSON has it.
 *
 * @since 0.2.0
 * @category models
 */
export interface AccountEncoded extends Schema.Schema.Encoded<typeof account> {}

/**
 * The schema of {@link Account}, by which it is kept.
 *
 * @example
 * ```ts
 * import { Schema } from "effect"
 * import { BulkWrites } from "effect-spotify"
 *
 * const json = Schema.parseJson(BulkWrites.Account)
 * const keep = Schema.encode(json) // from an account to a text
 * const read = Schema.decode(json) // and back, for `resume`
 * ```
 *
 * @since 0.1.0
 * @category schemas
 */
export const Account: Schema.Schema<Account, AccountEncoded> = account

/**
 * What to write: anything that can be iterated, or a stream.
 *
 * @since 0.1.0
 * @category models
 */
export type Source<E = never, R = never> = Iterable<string> | Stream.Stream<string, E, R>

/**
 * How a job is run.
 *
 * @since 0.1.0
 * @category options
 */
export interface Options<out E = never, out R = never> {
  /** Goes on from where a job with the same entries stopped; what is in doubt is settled by reading before it is sent. */
  readonly resume?: Account | undefined
  /**
   * Told before each request, whose entries are in doubt from then on, and after it. Kept as a file, an account lets a
   * job go on after a crash.
   */
  readonly onProgress?: ((account: Account) => Effect.Effect<void, E, R>) | undefined
}

/**
 * How entries are added to a playlist: at its end, or before the entry at `position`, counted from 0.
 *
 * @since 0.1.0
 * @category options
 */
export interface AddOptions<out E = never, out R = never> extends Options<E, R> {
  readonly position?: number | undefined
}

/**
 * A job stopped before its end. The account says what is written; given to `resume`, it lets the job go on.
 *
 * The cause is the operation's error, or that of the stream or of `onProgress`; it is undefined where a doubt that was
 * resumed can't be settled, since what was read back is neither as before nor as it should be.
 *
 * @since 0.1.0
 * @category errors
 */
export class IncompleteWrite<out E = never> extends Schema.TaggedError<IncompleteWrite<unknown>>()("IncompleteWrite", {
  operation: Schema.String,
  account: Account,
  cause: Schema.optional(Cause),
  message: Schema.String
}) {
  declare readonly cause: SpotifyError | E | undefined
}
