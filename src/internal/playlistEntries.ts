import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.js"
import type { SpotifyClient } from "../SpotifyClient.js"
import type { SpotifyError } from "../SpotifyError.js"
import * as Shape from "./schema.js"

const Content = Schema.Struct({
  uri: Shape.nullish(Schema.String),
  linked_from: Shape.nullish(Schema.Struct({ uri: Shape.nullish(Schema.String) }))
})

const Entry = Schema.Struct({
  added_at: Shape.nullish(Schema.String),
  item: Shape.nullish(Content),
  track: Shape.nullish(Shape.or(Content, Predicate.isBoolean))
})

interface Entry extends Schema.Schema.Type<typeof Entry> {}

// A write can't do without the total, as a reader can.
const EntriesPage = Schema.Struct({
  items: Schema.Array(Shape.nullable<Entry>(Entry)),
  limit: Schema.Number,
  next: Shape.nullish(Schema.String),
  offset: Shape.nullish(Schema.Number),
  total: Schema.Number
})

const content = "uri,linked_from(uri)"

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

/** What is at each place of a playlist, and no more than that: `Paging` reads it. */
export const paged = (itemsFields: ItemsFields) =>
  Endpoint.offsetPagedAt(
    Object.assign(
      (id: string, options?: { readonly limit?: number | undefined; readonly offset?: number | undefined }) =>
        itemsFields(id, {
          ...options,
          additional_types: ["track", "episode"],
          fields: `items(added_at,item(${content}),track(${content})),limit,next,offset,total`
        }, EntriesPage),
      { spec: itemsFields.spec }
    ),
    50,
    (page) => page,
    { repeats: true }
  )

/** The uri that the playlist itself has: where a market was asked for, Spotify may show another copy of a track. */
export const uriOf = (entry: Entry | null): string | undefined => {
  const item = entry?.item ?? entry?.track
  return Predicate.isRecord(item) ? item.linked_from?.uri ?? item.uri ?? undefined : undefined
}
