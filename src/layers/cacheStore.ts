/**
 * Where a response cache keeps what it has: an answer by its user and URL, and a version of each user's data that every
 * write of theirs changes, which invalidates all that was kept before it. The store may fail: the cache then does without.
 */
import type * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { SpotifyClient } from "../client/SpotifyClient.js"
import { digest } from "../core/digest.js"
import { ownerOf } from "../session/owner.js"
import type { Kept } from "./cachePolicy.js"

const Texts = Schema.Record({ key: Schema.String, value: Schema.String })

const Entry: Schema.Schema<Kept, string> = Schema.parseJson(Schema.Struct({
  status: Schema.Number,
  url: Schema.String,
  headers: Texts,
  text: Schema.String,
  request: Texts,
  at: Schema.Number,
  write: Schema.String
}))

const decode = Schema.decodeOption(Entry)
const encode = Schema.encodeSync(Entry)

/** What no write changes: Spotify's catalogue. */
const catalogue = new Set([
  "albums",
  "artists",
  "audio-analysis",
  "audio-features",
  "audiobooks",
  "browse",
  "chapters",
  "episodes",
  "markets",
  "recommendations",
  "search",
  "shows",
  "tracks"
])

const isCatalogue = (url: string): boolean => catalogue.has(/^(?:https?:\/\/[^/]+\/v1)?\/([^/?]+)/.exec(url)?.[1] ?? "")

const keyOf = (...parts: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.map(digest(...parts), (hash) => `effect-spotify-${hash}`)

/** The cache is a help: what it can't do is left undone. */
const helping = <A, E>(what: string, effect: Effect.Effect<A, E>): Effect.Effect<Option.Option<A>> =>
  Effect.catchAllCause(Effect.asSome(effect), (cause) =>
    Cause.isInterruptedOnly(cause)
      ? Effect.interrupt
      : Effect.as(Effect.logDebug(`The response cache couldn't ${what}`, cause), Option.none()))

/**
 * What was kept later than now is from a clock that was set back since: it would seem new until it is that time again.
 * The clocks of those who share a store may differ by so much, in milliseconds.
 */
const maxSkew = 60_000

/** The place of one answer: what is kept there, if that is of use, and the version of the user's data now. */
export interface Place {
  readonly kept: Kept | undefined
  readonly version: string
  readonly save: (answer: Kept) => Effect.Effect<unknown>
  readonly remove: Effect.Effect<unknown>
}

/** What the cache does for one client's session is left undone where its user isn't known. */
export interface CacheStore {
  readonly find: (session: SpotifyClient.Service["session"], url: string) => Effect.Effect<Option.Option<Place>>
  /** Changes the version of the user's data; `told` keeps that in the store, where others who share it learn of it. */
  readonly invalidate: (
    session: SpotifyClient.Service["session"]
  ) => Effect.Effect<Option.Option<{ readonly told: Effect.Effect<void>; readonly here: Effect.Effect<void> }>>
}

/** `timeToLive` in milliseconds. */
export const make = (store: KeyValueStore.KeyValueStore, timeToLive: number): CacheStore => {
  /** The versions that the store may not know of. */
  const untold = new Map<string, string>()

  const versionKey = (owner: Redacted.Redacted) => keyOf("writes", Redacted.value(owner))

  const versionOf = (owner: Redacted.Redacted): Effect.Effect<string, unknown> =>
    Effect.map(
      Effect.flatMap(versionKey(owner), (key) => store.get(key)),
      (told) => `${Option.getOrElse(told, () => "")} ${untold.get(Redacted.value(owner)) ?? ""}`
    )

  const remember = (owner: Redacted.Redacted) => (version: number): void => {
    untold.set(Redacted.value(owner), version.toString(36))
  }

  const tell = (owner: Redacted.Redacted): Effect.Effect<void> =>
    Effect.flatMap(Random.next, (version) =>
      Effect.flatMap(
        helping(
          "keep that something was written",
          Effect.flatMap(versionKey(owner), (key) => store.set(key, version.toString(36)))
        ),
        Option.match({
          onNone: () => Effect.sync(() => remember(owner)(version)),
          onSome: () => Effect.void
        })
      ))

  const placeOf = (owner: Redacted.Redacted, url: string): Effect.Effect<Place, unknown> =>
    Effect.gen(function*() {
      const key = yield* keyOf("answer", Redacted.value(owner), url)
      const version = isCatalogue(url) ? "" : yield* versionOf(owner)
      const now = yield* Clock.currentTimeMillis
      const found = yield* store.get(key)
      const kept = Option.getOrUndefined(Option.flatMap(found, decode))
      if (kept === undefined && Option.isSome(found)) {
        yield* Effect.logDebug("The response cache can't read an answer")
      }
      const isOfUse = kept !== undefined && now - kept.at < timeToLive && kept.at - now <= maxSkew
      return {
        kept: isOfUse ? kept : undefined,
        version,
        save: (answer) => helping("keep an answer", store.set(key, encode(answer))),
        remove: helping("forget an answer", store.remove(key))
      }
    })

  return {
    find: (session, url) =>
      Effect.map(
        helping(
          "look for an answer",
          Effect.flatMap(
            ownerOf(session),
            (owner) => owner === undefined ? Effect.succeed(undefined) : placeOf(owner, url)
          )
        ),
        Option.flatMap(Option.fromNullable)
      ),
    invalidate: (session) =>
      Effect.map(
        helping("tell who writes", ownerOf(session)),
        (owner) =>
          Option.map(Option.flatMap(owner, Option.fromNullable), (owner) => ({
            told: tell(owner),
            here: Effect.map(Random.next, remember(owner))
          }))
      )
  }
}
