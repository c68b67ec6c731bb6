/**
 * Ids, URIs and links of Spotify's things: each operation takes any of the three.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { instead, toWellFormed } from "./input.js"
import { InvalidInput } from "./SpotifyError.js"

/**
 * The kinds of things that have an id.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind = "album" | "artist" | "audiobook" | "chapter" | "episode" | "playlist" | "show" | "track" | "user"

/**
 * A kind and an id, as a URI or a link names them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Parsed {
  readonly kind: Kind
  readonly id: string
}

const kinds: ReadonlyArray<string> = [
  "album",
  "artist",
  "audiobook",
  "chapter",
  "episode",
  "playlist",
  "show",
  "track",
  "user"
] satisfies ReadonlyArray<Kind>

const isKind = (text: string): text is Kind => kinds.includes(text)

const base62 = /^[0-9A-Za-z]{22}$/

// User names are old and odd. What would lead a path elsewhere, or can't be written in one, is none.
const userName = /^(?!\.{1,2}$)[^\s\p{Cc}\p{Cs}/:]+$/u

const isId = (kind: Kind, id: string): boolean => (kind === "user" ? userName : base62).test(id)

// Spotify names an audiobook by a show's URI and a chapter by an episode's.
const alias: Partial<Record<Kind, Kind>> = { audiobook: "show", chapter: "episode" }

const article = (kind: string): string => (/^[aeu]/.test(kind) && kind !== "user" ? `an ${kind}` : `a ${kind}`)

const decode = (segment: string): string => {
  const decoded = Either.try(() => decodeURIComponent(segment))
  return Either.isRight(decoded) ? decoded.right : segment
}

/** `track ID`, or `user NAME playlist ID`, the old form of a playlist's name. */
const ofParts = (parts: ReadonlyArray<string>): Parsed | undefined => {
  const pair = parts.length === 4 && parts[0] === "user" && parts[2] === "playlist" ? parts.slice(2) : parts
  const [kind, id] = pair
  if (kind === undefined || id === undefined || pair.length !== 2 || !isKind(kind)) return undefined
  const plain = kind === "user" ? decode(id) : id
  return isId(kind, plain) ? { kind, id: plain } : undefined
}

const link =
  /^(?:https?:\/\/)?(?:open|play|embed)\.spotify\.com(?:\/+(?:(?:intl-[a-z\d-]+|embed(?:-[a-z]+)?)(?:\/+|(?=[?#]|$)))*([^?#]*))?(?:\?([^#]*))?(?:#|$)/i

const ofUri = (input: string): Parsed | undefined => {
  const [uri = ""] = input.split(/[?#]/, 1)
  return /^spotify:/i.test(uri) ? ofParts(uri.split(":").slice(1)) : undefined
}

const read = (input: string): Parsed | undefined => {
  const [found, path = "", query = ""] = link.exec(input) ?? []
  if (found === undefined) return ofUri(input)
  // A player that is embedded has it in its query.
  return ofParts(path.split("/").filter((part) => part !== "")) ?? ofUri(new URLSearchParams(query).get("uri") ?? "")
}

const textOf = (input: unknown): string => typeof input === "string" ? input.trim() : ""

/**
 * Reads a `spotify:` URI or an open.spotify.com link of any kind, as they are copied: with or without `https://`, of a
 * player that is embedded, in any language, with whatever is in the query. Short links (spotify.link) can't be read.
 *
 * @example
 * ```ts
 * import { SpotifyId } from "effect-spotify"
 *
 * SpotifyId.parse("https://open.spotify.com/track/7EjyzZcbLxW7PaaLua9Ksb?si=1")
 * // Right({ kind: "track", id: "7EjyzZcbLxW7PaaLua9Ksb" })
 * ```
 *
 * @see https://developer.spotify.com/documentation/web-api/concepts/spotify-uris-ids
 * @since 0.1.0
 * @category parsing
 */
export const parse = (input: string): Either.Either<Parsed, InvalidInput> => {
  const parsed = read(textOf(input))
  return parsed === undefined
    ? Either.left(
      InvalidInput.of("SpotifyId.parse", "uri", instead("a spotify: URI or an open.spotify.com link", input))
    )
    : Either.right(parsed)
}

/**
 * What `id` accepts for a kind, in words.
 *
 * @since 0.1.0
 * @category parsing
 */
export const expected = (kind: Kind): string =>
  kind === "user"
    ? "a user's id, spotify:user: URI or open.spotify.com link"
    : `${article(kind)}'s id (22 letters and digits), spotify:${kind}: URI or open.spotify.com link`

/**
 * The bare id of a thing of the given kind, from an id, a URI or a link; `undefined` for anything else, another kind's
 * URI among it.
 *
 * @since 0.1.0
 * @category parsing
 */
export const idOrUndefined = (kind: Kind, input: string): string | undefined => {
  const text = textOf(input)
  const parsed = read(text)
  if (parsed === undefined) return isId(kind, text) ? text : undefined
  return parsed.kind === kind || parsed.kind === alias[kind] ? parsed.id : undefined
}

/**
 * The bare id of a thing of the given kind, from an id, a URI or a link.
 *
 * @example
 * ```ts
 * import { SpotifyId } from "effect-spotify"
 *
 * SpotifyId.id("album", "spotify:album:4aawyAB9vmqN3uQ7FjRGTy") // Right("4aawyAB9vmqN3uQ7FjRGTy")
 * SpotifyId.id("track", "spotify:album:4aawyAB9vmqN3uQ7FjRGTy") // Left(InvalidInput)
 * ```
 *
 * @since 0.1.0
 * @category parsing
 */
export const id = (kind: Kind, input: string): Either.Either<string, InvalidInput> => {
  const found = idOrUndefined(kind, input)
  return found === undefined
    ? Either.left(InvalidInput.of("SpotifyId.id", "id", instead(expected(kind), input)))
    : Either.right(found)
}

/**
 * The `spotify:` URI of a thing, from a URI or a link of any kind; `undefined` for anything else.
 *
 * @since 0.1.0
 * @category parsing
 */
export const uriOption = (input: string): string | undefined => {
  const parsed = read(textOf(input))
  return parsed === undefined ? undefined : uri(parsed.kind, parsed.id)
}

const written = (kind: Kind, id: string): string => kind === "user" ? encodeURIComponent(toWellFormed(id)) : id

/**
 * The `spotify:` URI of a kind and an id.
 *
 * @since 0.1.0
 * @category constructors
 */
export const uri = (kind: Kind, id: string): string => `spotify:${alias[kind] ?? kind}:${written(kind, id)}`

/**
 * The open.spotify.com link of a kind and an id.
 *
 * @since 0.1.0
 * @category constructors
 */
export const url = (kind: Kind, id: string): string =>
  `https://open.spotify.com/${alias[kind] ?? kind}/${written(kind, id)}`
