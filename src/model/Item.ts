/**
 * What a playlist, the player or the queue holds: a track or an episode, in any of the shapes that Spotify gives them.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Shape from "../endpoint/schema.js"
import { Episode, TrackShapedEpisode } from "./Episode.js"
import { LocalTrack, Track } from "./Track.js"

/**
 * An item of a `type` or shape that this version does not know, with all of its members as they came.
 *
 * @since 0.1.0
 * @category models
 */
export interface UnknownItem {
  readonly type?: string | null
  readonly [key: string]: unknown
}

const unknownItem: Schema.Schema<UnknownItem> = Schema.Struct(
  { type: Shape.nullish(Schema.String) },
  { key: Schema.String, value: Schema.Unknown }
).annotations({ identifier: "UnknownItem" })

/**
 * A track, a local file, an episode (in its own shape or that of a track), or something new. `isTrack` and the other
 * guards of this module tell which.
 *
 * @since 0.1.0
 * @category models
 */
export type Item = Track | LocalTrack | Episode | TrackShapedEpisode | UnknownItem

interface Marks {
  readonly episode?: unknown
  readonly id?: unknown
  readonly is_local?: unknown
  readonly show?: unknown
  readonly type?: unknown
  readonly uri?: unknown
}

const isLocal = (item: Marks): boolean =>
  item.is_local === true || (typeof item.uri === "string" && item.uri.startsWith("spotify:local:"))

// Its own mark was seen to be false.
const isMarked = (item: Marks): boolean =>
  item.episode === true || (typeof item.uri === "string" && item.uri.startsWith("spotify:episode:"))

const schemaOf = (item: Marks) => {
  const type = typeof item.type === "string" ? item.type.toLowerCase() : undefined
  if ((item.id === null || item.id === undefined) && (isLocal(item) || (type === "track" && item.id === null))) {
    return LocalTrack
  }
  if (type === "episode" && Predicate.isRecord(item.show)) return Episode
  if ((type === "episode" || (type === "track" && isMarked(item))) && "album" in item) return TrackShapedEpisode
  return type === "track" ? Track : unknownItem
}

/**
 * The schema of {@link Item}. The `type` member decides, in any case, and an error is that of the shape decided for.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Item: Schema.Schema<Item> = Shape.choose("Item", schemaOf)

/**
 * What may stand where an item is expected.
 *
 * @since 0.1.0
 * @category models
 */
export type MaybeItem = Item | boolean | null | undefined

const isA = (item: MaybeItem, schema: ReturnType<typeof schemaOf>): boolean =>
  typeof item === "object" && item !== null && schemaOf(item) === schema

/**
 * Is it a track of Spotify's catalogue?
 *
 * @since 0.1.0
 * @category guards
 */
export const isTrack = (item: MaybeItem): item is Track => isA(item, Track)

/**
 * Is it a file on the user's own device?
 *
 * @since 0.1.0
 * @category guards
 */
export const isLocalTrack = (item: MaybeItem): item is LocalTrack => isA(item, LocalTrack)

/**
 * Is it an episode, in its own shape or in that of a track?
 *
 * @since 0.1.0
 * @category guards
 */
export const isEpisode = (item: MaybeItem): item is Episode | TrackShapedEpisode =>
  isA(item, Episode) || isTrackShapedEpisode(item)

/**
 * Is it an episode that is given as if it were a track?
 *
 * @since 0.1.0
 * @category guards
 */
export const isTrackShapedEpisode = (item: MaybeItem): item is TrackShapedEpisode => isA(item, TrackShapedEpisode)

/**
 * Is it of a `type` or shape that this version does not know?
 *
 * @since 0.1.0
 * @category guards
 */
export const isUnknownItem = (item: MaybeItem): item is UnknownItem => isA(item, unknownItem)
