/** Reads a playlist for a write: uncached, without a market, and whole or not at all, so that each place is sure. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { SpotifyClient } from "../client/SpotifyClient.js"
import type { SpotifyError } from "../core/SpotifyError.js"
import { capOf } from "../endpoint/bounds.js"
import type * as Endpoint from "../endpoint/Endpoint.js"
import * as Shape from "../endpoint/schema.js"

// Entries are left undecoded: one that can't be read must not cost the others.
const Page = Schema.Struct({
  items: Schema.Array(Schema.Unknown),
  offset: Shape.optional(Schema.Unknown),
  total: Schema.Number
})

const content = "uri,linked_from(uri)"

const fields = `items(added_at,item(${content}),track(${content})),offset,total`

const concurrency = 4

/** Reads pages of a playlist by the members that are named. */
export interface ItemsFields {
  <A, I>(
    id: string,
    options: {
      readonly fields: string
      readonly additional_types: ReadonlyArray<"track" | "episode">
      readonly limit?: number | undefined
      readonly offset?: number | undefined
    },
    schema: Schema.Schema<A, I>
  ): Effect.Effect<A, SpotifyError, SpotifyClient>
  readonly spec: Endpoint.Spec
}

/** What is at a place of a playlist. An entry that can't be read has no `uri`, and is there all the same. */
export interface Place {
  readonly uri: string | undefined
  /** In epoch milliseconds. */
  readonly addedAt: number | undefined
}

interface Range {
  readonly places: ReadonlyArray<Place>
  /** How long the whole playlist is. */
  readonly total: number
}

/**
 * Reads what is to be changed: the entries as the playlist has them, while with a market Spotify shows other copies of
 * tracks, and as they are now.
 */
export const forWrite = <A, E, R>(read: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | SpotifyClient> =>
  Effect.updateService(read, SpotifyClient, (client) => ({
    ...client,
    market: undefined,
    execute: (request) => client.execute({ ...request, fresh: true })
  }))

const textOf = (object: unknown, member: string): string | undefined =>
  Predicate.isRecord(object) && Predicate.isString(object[member]) && object[member] !== "" ? object[member] : undefined

const placeOf = (entry: unknown): Place => {
  if (!Predicate.isRecord(entry)) return { uri: undefined, addedAt: undefined }
  const thing = entry["item"] ?? entry["track"]
  const uri = textOf(Predicate.isRecord(thing) ? thing["linked_from"] : undefined, "uri") ?? textOf(thing, "uri")
  const time = Date.parse(textOf(entry, "added_at") ?? "")
  return { uri, addedAt: Number.isNaN(time) ? undefined : time }
}

type Read<A> = Effect.Effect<A, SpotifyError, SpotifyClient>

/** Reads a playlist's entries for a write; none where the pages don't make one list, so that no place is sure. */
export const reader = (itemsFields: ItemsFields) => {
  const { operation, query } = itemsFields.spec
  const pageSize = capOf(operation, query, "limit")

  const page = (id: string, offset: number, limit: number): Read<Option.Option<Range>> =>
    Effect.map(
      forWrite(itemsFields(id, { fields, additional_types: ["track", "episode"], limit, offset }, Page)),
      (page) => {
        const { items, total } = page
        const isWhole = items.length === Math.max(0, Math.min(limit, total - offset)) &&
          (!Predicate.isNumber(page.offset) || page.offset === offset)
        return isWhole ? Option.some({ places: items.map(placeOf), total }) : Option.none()
      }
    )

  const joined = ([first, ...others]: ReadonlyArray<Option.Option<Range>>): Option.Option<Range> =>
    others.reduce<Option.Option<Range>>(
      (before, next) =>
        Option.flatMap(Option.all([before, next]), ([before, next]) =>
          before.total === next.total
            ? Option.some({ places: before.places.concat(next.places), total: next.total })
            : Option.none()),
      first ?? Option.none()
    )

  /** The entries from a place on, `count` of them where there are so many. */
  const range = (id: string, offset: number, count: number): Read<Option.Option<Range>> =>
    Effect.flatMap(page(id, offset, Math.max(1, Math.min(count, pageSize))), (first) => {
      if (Option.isNone(first)) return Effect.succeedNone
      const { places, total } = first.value
      if (count === 0) return Effect.succeedSome({ places: [], total })
      const end = Math.min(offset + count, total)
      const offsets: Array<number> = []
      for (let next = offset + places.length; next < end; next += pageSize) offsets.push(next)
      return Effect.map(
        Effect.forEach(offsets, (next) => page(id, next, Math.min(pageSize, end - next)), { concurrency }),
        (others) => joined([first, ...others])
      )
    })

  const all = (id: string): Read<Option.Option<ReadonlyArray<Place>>> =>
    Effect.map(range(id, 0, Infinity), Option.map(({ places }) => places))

  const total = (id: string): Read<Option.Option<number>> =>
    Effect.map(page(id, 0, 1), Option.map(({ total }) => total))

  return { all, range, total }
}

export type Reader = ReturnType<typeof reader>
