/**
 * The diff of two lists as few requests: what stays is matched, what is gone removed, what is new inserted, and the rest
 * moved, around a longest increasing subsequence.
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as SpotifyId from "../core/SpotifyId.js"
import { maxPlaylistEntries } from "../endpoint/parameters.js"
import { blockMoves, longestIncreasing } from "./blockMoves.js"

/**
 * One request of a plan.
 *
 * - `Remove`: removes up to 100 uris, each wherever it stands
 * - `Insert`: adds up to 100 entries before the one at `position`
 * - `Move`: moves `rangeLength` entries from `rangeStart` on before the one at `insertBefore`
 * - `Replace`: puts up to 100 entries in place of everything
 *
 * @since 0.1.0
 * @category models
 */
export type Step = Data.TaggedEnum<{
  Remove: { readonly uris: ReadonlyArray<string> }
  Insert: { readonly position: number; readonly uris: ReadonlyArray<string> }
  Move: { readonly rangeStart: number; readonly insertBefore: number; readonly rangeLength: number }
  Replace: { readonly uris: ReadonlyArray<string> }
}>

/**
 * Makes and matches {@link Step}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Step: Data.TaggedEnum.Constructor<Step> = Data.taggedEnum<Step>()

/**
 * An entry of a playlist: `uri` is null where Spotify no longer has the thing, or where it can't be read.
 *
 * @since 0.1.0
 * @category models
 */
export interface Place {
  readonly index: number
  readonly uri: string | null
}

/**
 * What makes a playlist equal to a list, in one request a step.
 *
 * `kept`, `added` and `removed` count entries; only the kept ones keep their `added_at`. `readded` are uris of which the
 * list has fewer than the playlist: Spotify removes all copies of a track at once, so that what stays has to be added
 * anew. `leftover` are entries that stay although the list hasn't got them. What can't be read may be what is to be
 * added, so that in such a playlist what is added is removed first. `result` is what the playlist holds in the end, place
 * by place, null where it can't be read.
 *
 * @since 0.1.0
 * @category models
 */
export interface Plan {
  readonly steps: ReadonlyArray<Step>
  readonly kept: number
  readonly added: number
  readonly removed: number
  readonly readded: ReadonlyArray<string>
  readonly leftover: ReadonlyArray<Place>
  readonly result?: ReadonlyArray<string | null> | undefined
}

/**
 * The plan for a playlist as it was at a version; it can be carried out as long as that is the playlist's version.
 *
 * @since 0.1.0
 * @category models
 */
export interface PlaylistPlan extends Plan {
  readonly playlist: string
  readonly snapshotId: string
}

export const uris = Schema.Array(Schema.String)

export const place: Schema.Schema<Place> = Schema.Struct({ index: Schema.Number, uri: Schema.NullOr(Schema.String) })

const step: Schema.Schema<Step> = Schema.Union(
  Schema.TaggedStruct("Remove", { uris }),
  Schema.TaggedStruct("Insert", { position: Schema.Number, uris }),
  Schema.TaggedStruct("Move", { rangeStart: Schema.Number, insertBefore: Schema.Number, rangeLength: Schema.Number }),
  Schema.TaggedStruct("Replace", { uris })
)

/**
 * The schema of {@link PlaylistPlan}, by which one is kept until it is carried out.
 *
 * @since 0.2.0
 * @category schemas
 */
export const PlaylistPlan: Schema.Schema<PlaylistPlan> = Schema.Struct({
  steps: Schema.Array(step),
  kept: Schema.Number,
  added: Schema.Number,
  removed: Schema.Number,
  readded: uris,
  leftover: Schema.Array(place),
  result: Schema.optional(Schema.Array(Schema.NullOr(Schema.String))),
  playlist: Schema.String,
  snapshotId: Schema.String
}).annotations({ identifier: "PlaylistPlan" })

/**
 * What is done at what price.
 *
 * @since 0.1.0
 * @category options
 */
export interface PlanOptions {
  /**
   * `keep` (default): what stays keeps its `added_at`, however many requests that takes. `forget`: replaces everything
   * where that takes fewer.
   */
  readonly addedAt?: "keep" | "forget" | undefined
  /**
   * Local files and entries that can't be read can't be removed but by replacing everything. `fail` (default): where the
   * list hasn't got them, nothing is done. `leave`: they stay behind the entry that they follow now.
   */
  readonly unremovable?: "fail" | "leave" | undefined
}

type Uris = ReadonlyArray<string>

const cap = maxPlaylistEntries

export const isLocal = (uri: string): boolean => typeof uri === "string" && uri.startsWith("spotify:local:")

/** Whether it can be added, and removed by its uri. */
const isPlain = (uri: string): boolean =>
  Either.match(SpotifyId.parse(uri), {
    onLeft: () => false,
    onRight: ({ kind }) => kind === "track" || kind === "episode"
  })

const chunksOf = (uris: Uris): ReadonlyArray<Uris> =>
  Array.from({ length: Math.ceil(uris.length / cap) }, (_, i) => uris.slice(i * cap, (i + 1) * cap))

const inserts = (uris: Uris, position: number): ReadonlyArray<Step> =>
  chunksOf(uris).map((uris, i) => ({ _tag: "Insert", position: position + i * cap, uris }))

const countOf = (uris: Iterable<string | null>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const uri of uris) {
    if (uri !== null) counts.set(uri, (counts.get(uri) ?? 0) + 1)
  }
  return counts
}

/** Replaces everything, which also removes what can't be removed by its uri. */
const byReplacing = (current: ReadonlyArray<string | null>, wanted: Uris): Plan => {
  const had = new Set(current)
  return {
    steps: [{ _tag: "Replace", uris: wanted.slice(0, cap) }, ...inserts(wanted.slice(cap), cap)],
    kept: 0,
    added: wanted.length,
    removed: current.length,
    readded: [...new Set(wanted)].filter((uri) => had.has(uri)),
    leftover: [],
    result: wanted
  }
}

/** For each kept entry its place in the wanted list; neighbours stay neighbours where that can be. */
const matched = (kept: Uris, wanted: Uris): ReadonlyArray<number> => {
  const free = new Map<string, Set<number>>()
  wanted.forEach((uri, i) => {
    const places = free.get(uri)
    if (places === undefined) free.set(uri, new Set([i]))
    else places.add(i)
  })
  const places: Array<number | undefined> = kept.map(() => undefined)
  const take = (entry: number, place: number | undefined): void => {
    const uri = kept[entry]
    if (uri === undefined || place === undefined || places[entry] !== undefined) return
    if (free.get(uri)?.delete(place) === true) places[entry] = place
  }
  const only = (uri: string): number | undefined => {
    const all = free.get(uri)
    return all?.size === 1 ? all.values().next().value : undefined
  }
  kept.forEach((uri, i) => take(i, only(uri)))
  const next = (place: number | undefined, step: number) => place === undefined ? undefined : place + step
  for (let i = 1; i < kept.length; i++) take(i, next(places[i - 1], 1))
  for (let i = kept.length - 2; i >= 0; i--) take(i, next(places[i + 1], -1))
  kept.forEach((uri, i) => {
    take(i, places[i] ?? free.get(uri)?.values().next().value)
    if (i + 1 < kept.length) take(i + 1, next(places[i], 1))
  })
  return places.map((place) => place ?? 0)
}

// Weighing moves against inserts costs the square of the number of blocks.
const maxWeighed = 2500

/**
 * Which blocks stay where they are, so that moving the others and inserting between those that stay takes the fewest
 * requests. `added(a, b)` counts what is to be inserted between the places a and b.
 */
const staying = (
  blocks: ReadonlyArray<{ readonly start: number; readonly end: number }>,
  count: number,
  added: (from: number, to: number) => number
): ReadonlySet<number> => {
  if (blocks.length > maxWeighed) return longestIncreasing(blocks.map(({ start }) => start))
  const cost: Array<number> = []
  const previous: Array<number> = []
  let best = Infinity
  let last = -1
  blocks.forEach(({ end, start }, i) => {
    let least = Math.ceil(added(0, start) / cap)
    previous[i] = -1
    for (let j = 0; j < i; j++) {
      const before = blocks[j]
      if (before === undefined || before.end > start) continue
      const price = (cost[j] ?? 0) + Math.ceil(added(before.end, start) / cap)
      if (price < least) {
        least = price
        previous[i] = j
      }
    }
    cost[i] = least - 1
    const total = least - 1 + Math.ceil(added(end, count) / cap)
    if (total < best) {
      best = total
      last = i
    }
  })
  const found = new Set<number>()
  for (let i = last; i >= 0; i = previous[i] ?? -1) found.add(i)
  return found
}

/**
 * The inserts that give a list of the places from 0 up to `count`, in any order, of which `kept` are there: few, since
 * what is moved later need not part an insert.
 */
const gaps = (
  kept: ReadonlyArray<number>,
  count: number
): ReadonlyArray<{ readonly after: number | undefined; readonly places: ReadonlyArray<number> }> => {
  const rank = new Map(kept.toSorted((a, b) => a - b).map((place, i) => [place, i]))
  const blockOf = new Map<number, number>()
  const blocks: Array<{ start: number; end: number }> = []
  kept.forEach((place, i) => {
    const before = kept[i - 1]
    const last = blocks.at(-1)
    if (before === undefined || last === undefined || (rank.get(before) ?? 0) + 1 !== rank.get(place)) {
      blocks.push({ start: place, end: place + 1 })
    } else last.end = place + 1
    blockOf.set(place, blocks.length - 1)
  })
  const missing = [0]
  for (let place = 0; place < count; place++) missing.push((missing[place] ?? 0) + (rank.has(place) ? 0 : 1))
  const stays = staying(blocks, count, (from, to) => (missing[to] ?? 0) - (missing[from] ?? 0))

  const found: Array<{ after: number | undefined; places: ReadonlyArray<number> }> = []
  const add = (after: number | undefined, places: ReadonlyArray<number>) => {
    if (places.length > 0) found.push({ after, places })
  }
  let anchor: number | undefined
  let before: number | undefined
  let carried: ReadonlyArray<number> = []
  let gap: Array<number> = []
  for (let place = 0; place < count; place++) {
    const block = blockOf.get(place)
    if (block === undefined) {
      gap.push(place)
      continue
    }
    if (before !== undefined && blockOf.get(before) === block) add(before, gap)
    else {
      carried = carried.concat(gap)
      if (stays.has(block)) {
        add(anchor, carried)
        carried = []
      }
    }
    gap = []
    before = place
    if (stays.has(block)) anchor = place
  }
  add(anchor, carried.concat(gap))
  return found
}

/** The places beside the list's where a playlist holds it in order, among nothing but what can't be removed. */
const besides = (current: ReadonlyArray<string | null>, wanted: Uris): ReadonlySet<number> | undefined => {
  const others = new Set<number>()
  let found = 0
  const isUnremovable = current.every((uri, index) => {
    if (uri !== null && uri === wanted[found]) {
      found++
      return true
    }
    others.add(index)
    return uri === null || !isPlain(uri)
  })
  return isUnremovable && found === wanted.length ? others : undefined
}

/** Removes, inserts and moves, so that every entry that can stay does. */
const byEditing = (current: ReadonlyArray<string | null>, wanted: Uris): Plan => {
  const had = countOf(current)
  const wants = countOf(wanted)
  const excess = (uri: string): number => (had.get(uri) ?? 0) - (wants.get(uri) ?? 0)
  // An unreadable entry may be a copy of what is to be added. Removing that uri first removes the copy too, so that it is there once.
  const doubted = current.includes(null) ? [...wants.keys()].filter((uri) => isPlain(uri) && !had.has(uri)) : []
  const gone = new Set([...had.keys()].filter((uri) => isPlain(uri) && excess(uri) > 0))
  const unwanted = new Map([...had.keys()].map((uri) => [uri, isPlain(uri) ? 0 : Math.max(0, excess(uri))]))

  const others = besides(current, wanted)
  const leftover: Array<Place> = []
  const entries: Array<{ readonly uri: string; readonly isLeft: false } | { readonly isLeft: true }> = []
  for (let index = current.length - 1; index >= 0; index--) {
    const uri = current[index] ?? null
    const surplus = uri === null ? 1 : unwanted.get(uri) ?? 0
    if (others === undefined ? uri === null || surplus > 0 : others.has(index)) {
      if (uri !== null) unwanted.set(uri, surplus - 1)
      leftover.unshift({ index, uri })
      entries.push({ isLeft: true })
    } else if (uri !== null && !gone.has(uri)) entries.push({ uri, isLeft: false })
  }
  entries.reverse()

  const kept = entries.flatMap((entry) => entry.isLeft ? [] : [entry.uri])
  const places = others === undefined ? matched(kept, wanted) : wanted.map((_, place) => place)
  // What is left stays behind the entry that it follows, and counts as wanted there.
  const followers = new Map<number, number>()
  let last = -1
  let n = 0
  for (const { isLeft } of entries) {
    if (isLeft) followers.set(last, (followers.get(last) ?? 0) + 1)
    else last = places[n++] ?? -1
  }
  const shift: Array<number> = []
  let shifted = followers.get(-1) ?? 0
  for (let place = 0; place < wanted.length; place++) {
    shift.push(place + shifted)
    shifted += followers.get(place) ?? 0
  }
  const uriAt = new Map(wanted.map((uri, place) => [shift[place] ?? place, uri]))
  n = 0
  let previous = -1
  let list: ReadonlyArray<number> = entries.map(({ isLeft }) => {
    previous = isLeft ? previous + 1 : shift[places[n++] ?? 0] ?? 0
    return previous
  })

  const result: Array<string | null> = Array.from({ length: wanted.length + leftover.length }, () => null)
  uriAt.forEach((uri, place) => {
    result[place] = uri
  })
  list.filter((_, i) => entries[i]?.isLeft === true).forEach((place, i) => {
    result[place] = leftover[i]?.uri ?? null
  })

  const steps: Array<Step> = chunksOf([...gone, ...doubted]).map((uris) => ({ _tag: "Remove", uris }))
  for (const { after, places } of gaps(list, wanted.length + leftover.length)) {
    const position = after === undefined ? 0 : list.indexOf(after) + 1
    steps.push(...inserts(places.flatMap((place) => uriAt.get(place) ?? []), position))
    list = [...list.slice(0, position), ...places, ...list.slice(position)]
  }
  for (const { before, length, start } of blockMoves(list)) {
    steps.push({ _tag: "Move", rangeStart: start, insertBefore: before, rangeLength: length })
  }
  return {
    steps,
    kept: kept.length,
    added: wanted.length - kept.length,
    removed: current.length - kept.length - leftover.length,
    readded: [...gone].filter((uri) => wants.has(uri)),
    leftover,
    result
  }
}

/** What no request can do. */
export interface Impossible {
  readonly unwritable: Uris
  readonly unremovable: ReadonlyArray<Place>
}

/** The plan that makes a playlist equal to a list of uris. */
export const plan = (
  current: ReadonlyArray<string | null>,
  wanted: Uris,
  { addedAt = "keep", unremovable = "fail" }: PlanOptions = {}
): Either.Either<Plan, Impossible> => {
  const had = countOf(current)
  const unwritable = [...countOf(wanted)].flatMap(([uri, count]) =>
    isPlain(uri) || count <= (had.get(uri) ?? 0) ? [] : [uri]
  )
  const edited = byEditing(current, wanted)
  const { kept, leftover, steps } = edited
  const price = Math.max(1, Math.ceil(wanted.length / cap))
  const isBetter = leftover.length > 0
    ? addedAt === "forget" && unremovable === "fail"
    : kept === 0
    ? price <= steps.length
    : addedAt === "forget" && price < steps.length
  if (isBetter && wanted.every(isPlain)) return Either.right(byReplacing(current, wanted))
  const isImpossible = unwritable.length > 0 || (leftover.length > 0 && unremovable === "fail")
  return isImpossible ? Either.left({ unwritable, unremovable: leftover }) : Either.right(edited)
}
