/**
 * Writes of any length: what is accounted for while they run and when they end.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { SpotifyError } from "../core/SpotifyError.js"
import { optional } from "../endpoint/schema.js"

const account = Schema.Struct({
  written: Schema.Number,
  failed: Schema.Array(Schema.String),
  inDoubt: Schema.Array(Schema.String),
  snapshot_id: optional(Schema.String),
  startedAt: Schema.Number
}).annotations({ identifier: "Account" })

/**
 * How far a job has come. Plain data, to be kept as JSON and given to `resume`.
 *
 * `written` counts the entries from the first one on that are written. Those after them are in `failed` where Spotify
 * refused them, in `inDoubt` where they were sent and no answer says what came of them, and else not yet sent.
 * `snapshot_id` is the playlist's version after the last write, `startedAt` is in Unix milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Account extends Schema.Schema.Type<typeof account> {}

/**
 * The schema of {@link Account}.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Account: Schema.Schema<Account> = account

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
export class IncompleteWrite<out E = never> extends Data.TaggedError("IncompleteWrite")<{
  readonly operation: string
  readonly account: Account
  readonly cause: unknown
  readonly message: string
}> {
  declare readonly cause: SpotifyError | E | undefined
}
