/**
 * Read-your-writes consistency: Spotify's reads are eventually consistent, and tell a playlist's old version for a while,
 * so that the app's own last write to each is remembered.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { SpotifyClient } from "../client/SpotifyClient.js"
import { isInDoubt } from "../core/SpotifyError.js"
import * as SpotifyId from "../core/SpotifyId.js"
import type { Endpoint } from "../endpoint/Endpoint.js"
import type { PlaylistSnapshot } from "../model/Playlist.js"

type Uris = ReadonlyArray<string>

/** A playlist's entries as they were read, null where one can't be. */
type Entries = ReadonlyArray<string | null>

/** Whether entries that were read show what a write has changed. */
type Shows = (entries: Entries) => boolean

/** A write that was answered, of which reads may not know yet. */
export interface Written {
  readonly snapshot_id: string
  /** In nanoseconds of the monotonic clock. */
  readonly at: bigint
  readonly shows: Shows
}

const seconds = 1_000_000_000n

// Reads were seen to tell the old `snapshot_id` for 30 seconds.
const lag = 60n * seconds

/** The last writes of each app, by playlist. All copies of a client share its `withSession`, so that one stands for the app. */
const writes = new WeakMap<SpotifyClient.Service["withSession"], Map<string, Written>>()

const writesOf = ({ withSession }: SpotifyClient.Service, now: bigint): Map<string, Written> => {
  const found = writes.get(withSession) ?? new Map<string, Written>()
  writes.set(withSession, found)
  for (const [id, { at }] of found) {
    if (now - at < lag) break
    found.delete(id)
  }
  return found
}

const withWrites = <A>(f: (writes: Map<string, Written>, now: bigint) => A): Effect.Effect<A, never, SpotifyClient> =>
  Effect.zipWith(SpotifyClient, Clock.currentTimeNanos, (client, now) => f(writesOf(client, now), now))

/** The app's last write to a playlist, as long as reads may not know of it. */
export const lastWrite = (playlist: string): Effect.Effect<Written | undefined, never, SpotifyClient> =>
  withWrites((writes) => writes.get(playlist))

export const forget = (playlist: string): Effect.Effect<void, never, SpotifyClient> =>
  withWrites((writes) => {
    writes.delete(playlist)
  })

/** How old a write is, in milliseconds. */
export const age = ({ at }: Written): Effect.Effect<number> =>
  Effect.map(Clock.currentTimeNanos, (now) => Number((now - at) / 1_000_000n))

/** Keeps what a write makes of a playlist: a read may tell the version from before it for a while. */
export const remembering = <Args extends ReadonlyArray<unknown>>(
  endpoint: Endpoint<[id: string, ...Args], PlaylistSnapshot>,
  showing: (...args: Args) => Shows
): Endpoint<[id: string, ...Args], PlaylistSnapshot> => {
  const keep = (id: string, snapshot_id: string | undefined, args: Args) =>
    withWrites((writes, at) => {
      const playlist = SpotifyId.idOrUndefined("playlist", id) ?? id
      // Inserted anew, so that the map stays sorted by age.
      writes.delete(playlist)
      if (snapshot_id !== undefined) writes.set(playlist, { snapshot_id, at, shows: showing(...args) })
    })
  return Object.assign(
    (id: string, ...args: Args) =>
      Effect.tapBoth(endpoint(id, ...args), {
        onSuccess: ({ snapshot_id }) => keep(id, snapshot_id, args),
        onFailure: (error) => isInDoubt(error) ? keep(id, undefined, args) : Effect.void
      }),
    { spec: endpoint.spec }
  )
}

/** In the form in which they are read; only a sync soon after the write asks for it. */
const canonical = (uris: Uris): () => Uris => {
  const given = [...uris]
  return () => given.map((uri) => SpotifyId.uriOption(uri) ?? uri)
}

const isAt = (entries: Entries, offset: number, uris: Uris): boolean =>
  offset >= 0 && offset + uris.length <= entries.length &&
  uris.every((uri, i) => entries[offset + i] === null || entries[offset + i] === uri)

export const added = (
  { position, uris }: { readonly uris: Uris; readonly position?: number | undefined }
): Shows => {
  const those = canonical(uris)
  return (entries) => isAt(entries, position ?? entries.length - uris.length, those())
}

export const removed = (items: ReadonlyArray<{ readonly uri: string }>): Shows => {
  const those = canonical(items.map(({ uri }) => uri))
  return (entries) => {
    const gone = new Set(those())
    return !entries.some((uri) => uri !== null && gone.has(uri))
  }
}

/** What a move has changed can't be seen without what was there before. */
export const updated = (options?: { readonly uris?: Uris | undefined }): Shows => {
  if (options?.uris === undefined) return () => false
  const { length } = options.uris
  const those = canonical(options.uris)
  return (entries) => entries.length === length && isAt(entries, 0, those())
}
