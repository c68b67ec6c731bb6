/**
 * Long writes to a playlist. Adding isn't idempotent: where a request had no answer, the playlist is read back and compared
 * with what should be there (reconciliation).
 */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SpotifyClient } from "../client/SpotifyClient.js"
import { InvalidInput, type SpotifyError } from "../core/SpotifyError.js"
import { capOf } from "../endpoint/bounds.js"
import type { Endpoint } from "../endpoint/Endpoint.js"
import * as Param from "../endpoint/parameters.js"
import type { PlaylistSnapshot } from "../model/Playlist.js"
import type * as BulkWrites from "./BulkWrites.js"
import { checker, run } from "./longWrite.js"
import { type ItemsFields, type Place, type Reader, reader } from "./playlistEntries.js"

type Uris = ReadonlyArray<string>

type Add = Endpoint<[id: string, options: { readonly uris: Uris; readonly position?: number }], PlaylistSnapshot>

/** An entry on its own, as it is checked before the first request. */
const entry = { uris: Param.uriArray(["track", "episode"], [1, 1]) }

// Clocks differ: what was added within this before a job started may be the job's own.
const slack = 60_000

const snapshotOf = ({ snapshot_id }: PlaylistSnapshot): string | undefined => snapshot_id

/** How the entries that were read compare with those that should be there. */
interface Likeness {
  /** Whether nothing contradicts: no entry that can be read is another one. */
  readonly isPossible: boolean
  /** Whether at least one entry was read and is the right one. */
  readonly isSeen: boolean
  /** Whether every entry was read and is the right one. */
  readonly isSame: boolean
}

const likeness = (places: ReadonlyArray<Place>, offset: number, uris: Uris): Likeness => {
  if (offset < 0 || offset + uris.length > places.length) return { isPossible: false, isSeen: false, isSame: false }
  const seen = uris.map((uri, i) => {
    const there = places[offset + i]?.uri
    return there === undefined ? undefined : there === uri
  })
  return {
    isPossible: !seen.includes(false),
    isSeen: seen.includes(true),
    isSame: seen.every((same) => same === true)
  }
}

/** Whether a place may be the work of a job that began then; undefined where nothing says so. */
const isRecent = (startedAt: DateTime.Utc) => ({ addedAt, uri }: Place): boolean | undefined =>
  // Spotify has no date for what was added long ago.
  addedAt === undefined ? (uri === undefined ? undefined : false) : addedAt >= startedAt.epochMillis - slack

type Settled = Effect.Effect<Option.Option<boolean>, SpotifyError, SpotifyClient>

/** The one of the two that holds; none where both or neither do, and it can't be told. */
const either = (isWritten: boolean, isNotWritten: boolean): Option.Option<boolean> =>
  isWritten === isNotWritten ? Option.none() : Option.some(isWritten)

const settleAtEnd = (read: Reader, id: string, batch: Uris, before: Uris, startedAt: DateTime.Utc): Settled =>
  Effect.gen(function*() {
    const total = yield* Effect.flatten(read.total(id))
    const length = Math.min(total, before.length + batch.length)
    const range = yield* Effect.flatten(read.range(id, total - length, length))
    if (range.total !== total) return Option.none()
    const { places } = range
    const written = likeness(places, length - before.length - batch.length, [...before, ...batch])
    if (before.length > 0) {
      const notWritten = likeness(places, length - before.length, before)
      if (written.isPossible === notWritten.isPossible) return Option.none()
      return written.isPossible ? either(written.isSeen, false) : either(false, notWritten.isSeen)
    }
    // The playlist may have ended with the same entries before.
    const recent = places.slice(-batch.length).map(isRecent(startedAt))
    return either(
      written.isSame && recent.every((is) => is === true),
      recent.every((is) => is === false)
    )
  }).pipe(Effect.catchTag("NoSuchElementException", () => Effect.succeedNone))

const settleAt = (
  read: Reader,
  id: string,
  position: number,
  batch: Uris,
  before: Uris,
  startedAt: DateTime.Utc
): Settled =>
  Effect.map(read.range(id, position - before.length, before.length + batch.length), (range) => {
    if (Option.isNone(range)) return Option.none()
    const { places } = range.value
    if (!likeness(places, 0, before).isPossible) return Option.none()
    const written = likeness(places, before.length, batch)
    if (!written.isPossible) return Option.some(false)
    const recent = places.slice(before.length).map(isRecent(startedAt))
    return either(
      written.isSame && recent.every((is) => is === true),
      recent.every((is) => is === false)
    )
  })

/** The whole playlist is the job's, so that its length tells. */
const settleWhole = (read: Reader, id: string, batch: Uris, written: number): Settled =>
  Effect.map(read.range(id, written, batch.length), (range) => {
    if (Option.isNone(range)) return Option.none()
    const { places, total } = range.value
    const there = likeness(places, 0, batch)
    const isWhole = total === written + batch.length
    if (written > 0) return either(isWhole && there.isPossible, total === written)
    // What can't be read may be there from before.
    return either(isWhole && there.isSame, !isWhole || !there.isPossible)
  })

export const addAll = (operation: string, { add, itemsFields }: {
  readonly add: Add
  readonly itemsFields: ItemsFields
}) => {
  const check = checker(operation, entry)
  const cap = capOf(operation, add.spec.body, "uris")
  const read = reader(itemsFields)
  return <E = never, R = never, E2 = never, R2 = never>(
    id: string,
    uris: BulkWrites.Source<E, R>,
    options: BulkWrites.AddOptions<E2, R2> = {}
  ): Effect.Effect<
    BulkWrites.Account,
    InvalidInput | BulkWrites.IncompleteWrite<E | E2>,
    SpotifyClient | R | R2
  > => {
    const { position } = options
    if (position !== undefined && !(Number.isSafeInteger(position) && position >= 0)) {
      return Effect.fail(InvalidInput.of(operation, "position", "a whole number from 0"))
    }
    return run(
      {
        operation,
        cap,
        check,
        send: (batch, { written }) =>
          Effect.map(
            add(id, { uris: batch, ...(position === undefined ? {} : { position: position + written }) }),
            snapshotOf
          ),
        settle: (batch, before, { startedAt, written }) =>
          position === undefined
            ? settleAtEnd(read, id, batch, before, startedAt)
            : settleAt(read, id, position + written, batch, before, startedAt)
      },
      uris,
      options
    )
  }
}

export const replaceAll = (operation: string, { add, itemsFields, replace }: {
  readonly add: Add
  readonly itemsFields: ItemsFields
  readonly replace: Endpoint<[id: string, options: { readonly uris: Uris }], PlaylistSnapshot>
}) => {
  const check = checker(operation, entry)
  const cap = Math.min(capOf(operation, add.spec.body, "uris"), capOf(operation, replace.spec.body, "uris"))
  const read = reader(itemsFields)
  return <E = never, R = never, E2 = never, R2 = never>(
    id: string,
    uris: BulkWrites.Source<E, R>,
    options?: BulkWrites.Options<E2, R2>
  ): Effect.Effect<
    BulkWrites.Account,
    InvalidInput | BulkWrites.IncompleteWrite<E | E2>,
    SpotifyClient | R | R2
  > =>
    run(
      {
        operation,
        cap,
        check,
        sendsNone: true,
        send: (batch, { written }) =>
          Effect.map(written === 0 ? replace(id, { uris: batch }) : add(id, { uris: batch }), snapshotOf),
        settle: (batch, _, { written }) => settleWhole(read, id, batch, written)
      },
      uris,
      options
    )
}

export const removeAll = (
  operation: string,
  remove: Endpoint<
    [id: string, options: { readonly items: ReadonlyArray<{ readonly uri: string }> }],
    PlaylistSnapshot
  >
) => {
  const check = checker(operation, entry)
  const cap = capOf(operation, remove.spec.body, "items")
  return <E = never, R = never, E2 = never, R2 = never>(
    id: string,
    uris: BulkWrites.Source<E, R>,
    options?: BulkWrites.Options<E2, R2>
  ): Effect.Effect<
    BulkWrites.Account,
    InvalidInput | BulkWrites.IncompleteWrite<E | E2>,
    SpotifyClient | R | R2
  > =>
    run(
      {
        operation,
        cap,
        check,
        // Without `snapshot_id`: Spotify was seen to refuse removals with one, and entries go wherever they stand anyway.
        send: (batch) => Effect.map(remove(id, { items: Array.from(new Set(batch), (uri) => ({ uri })) }), snapshotOf)
      },
      uris,
      options
    )
}
