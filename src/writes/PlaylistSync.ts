/**
 * Making a playlist equal to a list: the plan, and what can stand in its way.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { InvalidInput, SpotifyError } from "../core/SpotifyError.js"
import { Cause } from "./cause.js"
import { ofLists, planning } from "./jobInput.js"
import * as internal from "./plan.js"
import { type Place, place, type Plan, type PlanOptions, PlaylistPlan, uris } from "./plan.js"

export { type Place, type Plan, type PlanOptions, PlaylistPlan, Step } from "./plan.js"

/**
 * How a playlist is synced.
 *
 * @since 0.1.0
 * @category options
 */
export interface Options<out E = never, out R = never> extends PlanOptions {
  /** Writes nothing, and gives the plan. */
  readonly dryRun?: boolean | undefined
  /** Told after each step how many are done. */
  readonly onProgress?: ((done: number, plan: PlaylistPlan) => Effect.Effect<void, E, R>) | undefined
}

/**
 * What was done (or with `dryRun` would be), and the playlist's version after it.
 *
 * The playlist was read back, and is equal to the plan's `result`. At the places that are `unread` something stands that
 * can't be read; nothing contradicts that it is what was written there, which Spotify took.
 *
 * @since 0.1.0
 * @category models
 */
export interface Outcome {
  readonly plan: PlaylistPlan
  readonly snapshotId: string
  readonly unread: ReadonlyArray<Place>
}

/**
 * No request can make the playlist equal to the list; nothing was written.
 *
 * `unwritable` are local files of the list that the playlist hasn't got, which nobody can add. `unremovable` are entries
 * of the playlist that the list hasn't got, and that can't be removed alone.
 *
 * @since 0.1.0
 * @category errors
 */
export class ImpossibleSync extends Schema.TaggedError<ImpossibleSync>()("ImpossibleSync", {
  unwritable: uris,
  unremovable: Schema.Array(place),
  message: Schema.String
}) {}

/**
 * The playlist has changed since it was read; nothing was written. Plan again.
 *
 * @since 0.1.0
 * @category errors
 */
export class PlaylistChanged extends Schema.TaggedError<PlaylistChanged>()("PlaylistChanged", {
  playlist: Schema.String,
  /** The version that was read. */
  expected: Schema.String,
  actual: Schema.String,
  message: Schema.String
}) {}

/**
 * A step failed: those before it are done, and it is itself where `inDoubt` is true and the answer was lost. Or all are
 * done, and the playlist as it was read back (`found`) isn't what it should be, or can't be read (the cause says why). To
 * sync again goes on from there, since it reads what the playlist has become.
 *
 * @since 0.1.0
 * @category errors
 */
export class IncompleteSync<out E = never> extends Schema.TaggedError<IncompleteSync<unknown>>()("IncompleteSync", {
  plan: PlaylistPlan,
  done: Schema.Number,
  inDoubt: Schema.Boolean,
  /** What was read back, null where an entry can't be read. */
  found: Schema.optional(Schema.Array(Schema.NullOr(Schema.String))),
  cause: Schema.optional(Cause),
  message: Schema.String
}) {
  declare readonly cause: SpotifyError | E | undefined
}

const impossible = ({ unremovable, unwritable }: internal.Impossible): ImpossibleSync => {
  const some = (texts: ReadonlyArray<string>) => `${texts.slice(0, 3).join(", ")}${texts.length > 3 ? ", …" : ""}`
  const reasons = [
    ...(unwritable.length === 0 ? [] : [`the playlist hasn't got, and nobody can add: ${some(unwritable)}`]),
    ...(unremovable.length === 0 ? [] : [
      `can't be removed alone: ${
        some(unremovable.map(({ index, uri }) => `${uri ?? "an entry without content"} at ${index}`))
      } (unremovable: "leave" leaves them, addedAt: "forget" replaces everything)`
    ])
  ]
  return new ImpossibleSync({
    unwritable,
    unremovable,
    message: `The playlist can't be made equal to the list: ${reasons.join("; ")}`
  })
}

/**
 * The plan that makes a playlist's entries equal to a list of `spotify:` uris: removes, inserts and moves, or a
 * replacement where nothing stays, with the fewest requests that are found. Nothing is read or written.
 *
 * @example
 * ```ts
 * import { PlaylistSync } from "effect-spotify"
 *
 * PlaylistSync.plan(
 *   ["spotify:track:7EjyzZcbLxW7PaaLua9Ksb", "spotify:track:1301WleyT98MSxVHPZCA6M"],
 *   ["spotify:track:1301WleyT98MSxVHPZCA6M", "spotify:track:7EjyzZcbLxW7PaaLua9Ksb"]
 * ) // Right: one step, { _tag: "Move", rangeStart: 1, insertBefore: 0, rangeLength: 1 }
 * ```
 *
 * @since 0.1.0
 * @category planning
 */
export const plan = (
  current: ReadonlyArray<string | null>,
  wanted: ReadonlyArray<string>,
  options?: PlanOptions
): Either.Either<Plan, InvalidInput | ImpossibleSync> =>
  Either.flatMap(
    ofLists("PlaylistSync.plan", planning)(current, wanted, options),
    () => Either.mapLeft(internal.plan(current, wanted, options), impossible)
  )
