import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as BulkWrites from "../BulkWrites.js"
import type { Endpoint } from "../Endpoint.js"
import type { PlaylistSnapshot } from "../model/Playlist.js"
import * as Paging from "../Paging.js"
import type { SpotifyClient } from "../SpotifyClient.js"
import type { InvalidInput, SpotifyError } from "../SpotifyError.js"
import { checker, run } from "./bulkWrites.js"
import * as Param from "./param.js"
import { type ItemsFields, paged, uriOf } from "./playlistEntries.js"

type Uris = ReadonlyArray<string>

type Add = Endpoint<[id: string, options: { readonly uris: Uris; readonly position?: number }], PlaylistSnapshot>

interface Place {
  readonly uri: string | undefined
  readonly isRecent: boolean
}

const cap = 100

const fields = { uris: Param.uriArray(["track", "episode"], [1, cap]) }

// Clocks differ: what was added within this before a job started may be the job's own.
const slack = 60_000

const snapshotOf = ({ snapshot_id }: PlaylistSnapshot): string => snapshot_id

const isAt = (there: ReadonlyArray<Place>, offset: number, uris: Uris): boolean =>
  offset >= 0 && uris.every((uri, i) => there[offset + i]?.uri === uri)

const reader = (itemsFields: ItemsFields) => {
  const operation = paged(itemsFields)
  const from = (id: string, offset: number, count: number, startedAt: number) =>
    Paging.stream(operation, id, { offset, limit: Math.max(1, Math.min(count, 50)) }).pipe(
      Stream.take(count),
      Stream.map((entry): Place => ({
        uri: uriOf(entry),
        isRecent: Date.parse(entry?.added_at ?? "") >= startedAt - slack
      })),
      Stream.runCollect,
      Effect.map(Chunk.toReadonlyArray)
    )
  const total = (id: string): Effect.Effect<number, SpotifyError, SpotifyClient> =>
    Effect.map(operation(id, { limit: 1 }), (page) => page.total)
  return { from, total }
}

type Settled = Effect.Effect<Option.Option<boolean>, SpotifyError, SpotifyClient>

/** One of the two, or neither of them, or both: then it can't be told. */
const either = (isWritten: boolean, isNotWritten: boolean): Option.Option<boolean> =>
  isWritten === isNotWritten ? Option.none() : Option.some(isWritten)

const settleAtEnd = (
  read: ReturnType<typeof reader>,
  id: string,
  batch: Uris,
  before: Uris,
  startedAt: number
): Settled =>
  Effect.gen(function*() {
    const total = yield* read.total(id)
    const length = Math.min(total, before.length + batch.length)
    const there = yield* read.from(id, total - length, length, startedAt)
    if (there.length !== length) return Option.none()
    const isWritten = isAt(there, length - before.length - batch.length, [...before, ...batch])
    if (before.length > 0) return either(isWritten, isAt(there, length - before.length, before))
    // The playlist may have ended with the same entries before.
    const tail = there.slice(-batch.length)
    return either(isWritten && tail.every(({ isRecent }) => isRecent), !tail.some(({ isRecent }) => isRecent))
  })

const settleAt = (
  read: ReturnType<typeof reader>,
  id: string,
  position: number,
  batch: Uris,
  before: Uris,
  startedAt: number
): Settled =>
  Effect.gen(function*() {
    const there = yield* read.from(id, position - before.length, before.length + batch.length, startedAt)
    if (!isAt(there, 0, before)) return Option.none()
    const after = there.slice(before.length)
    if (!isAt(after, 0, batch)) return Option.some(false)
    return either(after.every(({ isRecent }) => isRecent), !after.some(({ isRecent }) => isRecent))
  })

export const addAll = (operation: string, { add, itemsFields }: {
  readonly add: Add
  readonly itemsFields: ItemsFields
}) => {
  const check = checker(operation, fields)
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
  const check = checker(operation, fields)
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
        // The whole playlist is this job's, so that its length tells.
        settle: (batch, _, { startedAt, written }) =>
          Effect.gen(function*() {
            const total = yield* read.total(id)
            const there = yield* read.from(id, written, batch.length, startedAt)
            const isWritten = total === written + batch.length && isAt(there, 0, batch)
            return either(isWritten, written === 0 ? !isWritten : total === written)
          })
      },
      uris,
      options
    )
}

export const removeAll = (
  operation: string,
  remove: Endpoint<
    [id: string, options: { readonly items: ReadonlyArray<{ readonly uri: string }>; readonly snapshot_id?: string }],
    PlaylistSnapshot
  >
) => {
  const check = checker(operation, fields)
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
        send: (batch, { snapshot_id }) =>
          Effect.map(
            remove(id, {
              items: Array.from(new Set(batch), (uri) => ({ uri })),
              ...(snapshot_id === undefined ? {} : { snapshot_id })
            }),
            snapshotOf
          )
      },
      uris,
      options
    )
}
