/**
 * Carries out a sync under optimistic concurrency: nothing is written where the version isn't the one that was read. The
 * playlist is read back in the end, and what another version put out of order is mended.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { SpotifyClient } from "../client/SpotifyClient.js"
import { DecodeError, InvalidInput, isInDoubt, type SpotifyError } from "../core/SpotifyError.js"
import * as SpotifyId from "../core/SpotifyId.js"
import type { Endpoint, Spec } from "../endpoint/Endpoint.js"
import * as Param from "../endpoint/parameters.js"
import type { PlaylistSnapshot } from "../model/Playlist.js"
import { checker } from "./longWrite.js"
import { isLocal } from "./plan.js"
import { forWrite, type ItemsFields, type Reader, reader } from "./playlistEntries.js"
import {
  type ImpossibleSync,
  IncompleteSync,
  type Options,
  type Outcome,
  type Place,
  plan,
  type PlanOptions,
  PlaylistChanged,
  type PlaylistPlan,
  type Step
} from "./PlaylistSync.js"
import { age, forget, lastWrite, type Written } from "./playlistVersions.js"

type Uris = ReadonlyArray<string>

export interface Operations {
  readonly getFields: <A, I>(
    id: string,
    options: { readonly fields: string },
    schema: Schema.Schema<A, I>
  ) => Effect.Effect<A, SpotifyError, SpotifyClient>
  readonly itemsFields: ItemsFields
  readonly add: Endpoint<[id: string, options: { readonly uris: Uris; readonly position: number }], PlaylistSnapshot>
  readonly remove: Endpoint<
    [id: string, options: { readonly items: ReadonlyArray<{ readonly uri: string }> }],
    PlaylistSnapshot
  >
  readonly move: Endpoint<
    [id: string, options: { range_start: number; insert_before: number; range_length: number; snapshot_id?: string }],
    PlaylistSnapshot
  >
  readonly replace: Endpoint<[id: string, options: { readonly uris: Uris }], PlaylistSnapshot>
}

const Version = Schema.Struct({ snapshot_id: Schema.String })

/** A playlist's version, and the app's own write that made it where reads don't know of that yet. */
interface Seen {
  readonly snapshot_id: string
  readonly own: Written | undefined
}

/** The version of the app's own last write wins over that of a read, which may be older. */
const seen = ({ getFields }: Operations, id: string): Effect.Effect<Seen, SpotifyError, SpotifyClient> =>
  Effect.gen(function*() {
    const { snapshot_id } = yield* forWrite(getFields(id, { fields: "snapshot_id" }, Version))
    const own = yield* lastWrite(id)
    if (own === undefined) return { snapshot_id, own }
    if (own.snapshot_id !== snapshot_id) return { snapshot_id: own.snapshot_id, own }
    // Reads know of it: from now on another version is somebody else's.
    yield* forget(id)
    return { snapshot_id, own: undefined }
  })

const unchanged = (
  operation: string,
  operations: Operations,
  { playlist, snapshotId }: PlaylistPlan
): Effect.Effect<void, SpotifyError | PlaylistChanged, SpotifyClient> =>
  Effect.flatMap(seen(operations, playlist), (actual) =>
    actual.snapshot_id === snapshotId ? Effect.void : Effect.fail(
      new PlaylistChanged({
        playlist,
        expected: snapshotId,
        actual: actual.snapshot_id,
        message: `${operation}: the playlist ${playlist} has changed since it was read; nothing was written`
      })
    ))

/** How often a read is asked again that doesn't show what was written, and after how long: Spotify takes 0.6 seconds. */
const looks = ["500 millis", "1 second", "2 seconds", "4 seconds"] as const

// After this a write is readable.
const readableAfter = 2000

type Entries = ReadonlyArray<string | null>

const entriesOf = (
  operation: string,
  { all }: Reader,
  spec: Spec,
  id: string
): Effect.Effect<Entries, SpotifyError, SpotifyClient> => {
  const look = (
    [wait, ...more]: ReadonlyArray<typeof looks[number]>
  ): Effect.Effect<Entries, SpotifyError, SpotifyClient> =>
    Effect.flatMap(
      all(id),
      Option.match({
        onSome: (places) => Effect.succeed(places.map(({ uri }) => uri ?? null)),
        onNone: () => wait === undefined ? Effect.fail(unfit(operation, spec)) : Effect.delay(look(more), wait)
      })
    )
  return look(looks)
}

const unfit = (operation: string, { method, path }: Spec): DecodeError =>
  new DecodeError({
    operation,
    method,
    path,
    status: 200,
    issuePath: "items",
    expected: "as many entries as the playlist has",
    detail: "",
    message: `${operation}: the pages of the playlist don't make one list, so that no entry's place is sure`
  })

const isLike = (found: Entries, wanted: Entries): boolean =>
  found.length === wanted.length && found.every((uri, i) => uri === wanted[i] || uri === null || wanted[i] === null)

/** Whether two lists hold the same in another order, but for what can't be read. */
const isReordered = (found: Entries, wanted: Entries): boolean => {
  const sorted = (entries: Entries) => entries.filter((uri) => uri !== null).toSorted()
  const [a, b] = [sorted(found), sorted(wanted)]
  return a.length === b.length && a.every((uri, i) => uri === b[i])
}

const write = (
  operations: Operations,
  id: string,
  step: Step,
  snapshot_id: string | undefined
): Effect.Effect<PlaylistSnapshot, SpotifyError, SpotifyClient> => {
  switch (step._tag) {
    // Without `snapshot_id`: Spotify was seen to refuse removals with one, and entries go wherever they stand anyway.
    case "Remove":
      return operations.remove(id, { items: step.uris.map((uri) => ({ uri })) })
    case "Insert":
      return operations.add(id, { uris: step.uris, position: step.position })
    case "Move": {
      const { insertBefore, rangeLength, rangeStart } = step
      const move = { range_start: rangeStart, insert_before: insertBefore, range_length: rangeLength }
      return operations.move(id, snapshot_id === undefined ? move : { ...move, snapshot_id })
    }
    case "Replace":
      return operations.replace(id, { uris: step.uris })
  }
}

const unreadable = (places: ReadonlyArray<Place>): ReadonlyArray<Place> => places.filter(({ uri }) => uri === null)

/** Every request succeeded, and yet the playlist read back isn't what it should be. */
class Unlike<E>
  extends Data.TaggedError("Unlike")<{ readonly error: IncompleteSync<E>; readonly isMendable: boolean }>
{}

type Failure<E> = SpotifyError | PlaylistChanged | IncompleteSync<E>

/** Carries out a plan for a playlist and reads it back. */
const carryOut = (operation: string, operations: Operations) => {
  const read = reader(operations.itemsFields)
  return <E, R>(
    plan: PlaylistPlan,
    onProgress: Options<E, R>["onProgress"]
  ): Effect.Effect<Outcome, Failure<E> | Unlike<E>, SpotifyClient | R> => {
    const { kept, leftover, playlist, result, steps } = plan
    const incomplete = (
      done: number,
      inDoubt: boolean,
      why: string,
      more: { readonly cause?: SpotifyError | E | undefined; readonly found?: Entries }
    ) =>
      new IncompleteSync<E>({
        plan,
        done,
        inDoubt,
        cause: undefined,
        ...more,
        message: `${operation} stopped after ${done} of ${steps.length} steps${why}`
      })
    const reason = (cause: SpotifyError | E) => `: ${Predicate.isError(cause) ? cause.message : String(cause)}`
    const stopped = (done: number, inDoubt: boolean) => (cause: SpotifyError | E) =>
      incomplete(done, inDoubt, `${inDoubt ? ", the next one in doubt" : ""}${reason(cause)}`, { cause })
    const notReadBack = (done: number) => (cause: SpotifyError) =>
      incomplete(done, true, `, and can't read what has come of them${reason(cause)}`, { cause })

    // Removing by uri may have removed entries that couldn't be read, and then the places of later steps are wrong.
    const doubtsRemoved = steps.findLastIndex(({ _tag }) => _tag === "Remove") + 1
    const isDoubted = leftover.some(({ uri }) => uri === null)
    const checkRemoved = (done: number): Effect.Effect<void, IncompleteSync<E> | Unlike<E>, SpotifyClient> =>
      done !== doubtsRemoved || !isDoubted ? Effect.void : Effect.flatMap(
        Effect.mapError(read.total(playlist), notReadBack(done)),
        (total) =>
          Option.contains(total, kept + leftover.length) ? Effect.void : Effect.fail(
            new Unlike({
              error: incomplete(done, false, ": they removed what couldn't be read, so that the others don't fit", {}),
              isMendable: true
            })
          )
      )

    const readBack = (
      result: Entries,
      [wait, ...more]: ReadonlyArray<typeof looks[number]> = looks
    ): Effect.Effect<Outcome["unread"], IncompleteSync<E> | Unlike<E>, SpotifyClient> =>
      Effect.flatMap(
        Effect.mapError(
          entriesOf(operation, read, operations.itemsFields.spec, playlist),
          notReadBack(steps.length)
        ),
        (found) => {
          if (isLike(found, result)) {
            return Effect.succeed(
              found.flatMap((uri, index) => uri === null ? [{ index, uri: result[index] ?? null }] : [])
            )
          }
          if (wait !== undefined) return Effect.delay(readBack(result, more), wait)
          const index = result.findIndex((_, i) => !isLike(found.slice(i, i + 1), result.slice(i, i + 1)))
          const at = index < 0 ? result.length : index
          const said = (uri: string | null | undefined) => uri === undefined ? "nothing" : uri ?? "something unreadable"
          return Effect.fail(
            new Unlike({
              error: incomplete(
                steps.length,
                true,
                `: the playlist as read back has ${said(found[at])} at ${at}, not ${said(result[at])}`,
                { found }
              ),
              isMendable: isReordered(found, result)
            })
          )
        }
      )

    return Effect.gen(function*() {
      yield* unchanged(operation, operations, plan)
      let snapshot_id: string | undefined = plan.snapshotId
      let done = 0
      for (const step of steps) {
        const first = write(operations, playlist, step, snapshot_id)
        const written: PlaylistSnapshot = yield* Effect.mapError(
          // The version that was read may be outdated, and lack these places: once more without it.
          done === 0 && step._tag === "Move"
            ? Effect.catchTag(first, "BadRequest", () => write(operations, playlist, step, undefined))
            : first,
          (error) => stopped(done, isInDoubt(error))(error)
        )
        snapshot_id = written.snapshot_id
        done++
        if (onProgress !== undefined) yield* Effect.mapError(onProgress(done, plan), stopped(done, false))
        yield* checkRemoved(done)
      }
      const unread = done === 0 || result === undefined ? unreadable(leftover) : yield* readBack(result)
      return { plan, snapshotId: snapshot_id ?? (yield* seen(operations, playlist)).snapshot_id, unread }
    })
  }
}

export const apply = (operation: string, operations: Operations) => {
  const run = carryOut(operation, operations)
  return <E = never, R = never>(
    plan: PlaylistPlan,
    { onProgress }: Pick<Options<E, R>, "onProgress"> = {}
  ): Effect.Effect<Outcome, Failure<E>, SpotifyClient | R> =>
    Effect.mapError(run(plan, onProgress), (error) => error instanceof Unlike ? error.error : error)
}

const maxRounds = 3

export const sync = (operation: string, operations: Operations) => {
  const read = reader(operations.itemsFields)
  const check = checker(operation, { uris: Param.uriArray(["track", "episode"], [1, 1]) })
  const run = carryOut(operation, operations)

  const wantedOf = (wanted: Iterable<string>): Either.Either<Uris, InvalidInput> =>
    Either.all(Array.from(wanted, (uri) => isLocal(uri) ? Either.right(uri) : check(uri)))

  /** What the playlist holds, with what the app wrote last: a read may be from before that. */
  const currentOf = (playlist: string, own: Written | undefined): Effect.Effect<Entries, SpotifyError, SpotifyClient> =>
    Effect.flatMap(
      entriesOf(operation, read, operations.itemsFields.spec, playlist),
      (entries) =>
        own === undefined || own.shows(entries) ? Effect.succeed(entries) : Effect.flatMap(
          age(own),
          (age) => age >= readableAfter ? Effect.succeed(entries) : Effect.delay(currentOf(playlist, own), looks[0])
        )
    )

  const planFor = (
    playlist: string,
    uris: Uris,
    { addedAt, unremovable }: PlanOptions
  ): Effect.Effect<PlaylistPlan, SpotifyError | ImpossibleSync, SpotifyClient> =>
    Effect.gen(function*() {
      const { own, snapshot_id } = yield* seen(operations, playlist)
      const current = yield* currentOf(playlist, own)
      const planned = yield* plan(current, uris, { addedAt, unremovable })
      return { ...planned, playlist, snapshotId: snapshot_id }
    })

  /**
   * Where a step was done in another version than it was meant for, the order is wrong, and one goes on from what the
   * playlist has become. Where others were at work too, that is theirs to see and isn't undone.
   */
  const makeEqual = <E, R>(
    playlist: string,
    uris: Uris,
    options: Options<E, R>,
    before?: { readonly round: number; readonly error: IncompleteSync<E>; readonly plan: PlaylistPlan }
  ): Effect.Effect<Outcome, Failure<E> | ImpossibleSync, SpotifyClient | R> =>
    Effect.gen(function*() {
      const planned = yield* planFor(playlist, uris, options)
      if (options.dryRun === true) {
        yield* unchanged(operation, operations, planned)
        return { plan: planned, snapshotId: planned.snapshotId, unread: unreadable(planned.leftover) }
      }
      const whole = before === undefined
        ? planned
        : { ...before.plan, steps: [...before.plan.steps, ...planned.steps], result: planned.result }
      return yield* Effect.matchEffect(run(planned, options.onProgress), {
        onSuccess: (outcome) => Effect.succeed({ ...outcome, plan: whole }),
        onFailure: (failure) => {
          if (!(failure instanceof Unlike)) return Effect.fail(failure)
          const { error, isMendable } = failure
          const round = (before?.round ?? 1) + 1
          if (!isMendable || round > maxRounds) return Effect.fail(error)
          const done = whole.steps.slice(0, whole.steps.length - planned.steps.length + error.done)
          return makeEqual(playlist, uris, options, { round, error, plan: { ...whole, steps: done } })
        }
      })
    }).pipe(
      // Where mending fails, the error is still that of what was written.
      Effect.mapError((error) => before === undefined || error instanceof IncompleteSync ? error : before.error)
    )

  return <E = never, R = never>(
    id: string,
    wanted: Iterable<string>,
    options: Options<E, R> = {}
  ): Effect.Effect<Outcome, Failure<E> | ImpossibleSync, SpotifyClient | R> => {
    const playlist = SpotifyId.idOrUndefined("playlist", id)
    return playlist === undefined
      ? Effect.fail(InvalidInput.of(operation, "id", `${SpotifyId.expected("playlist")}, not "${id}"`))
      : Effect.flatMap(wantedOf(wanted), (uris) => makeEqual(playlist, uris, options))
  }
}
