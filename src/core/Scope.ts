/**
 * The scopes that Spotify knows, what a program needs of them and what a session lacks.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Every scope, as Spotify lists them.
 *
 * @see https://developer.spotify.com/documentation/web-api/concepts/scopes
 * @since 0.1.0
 * @category constants
 */
export const all = [
  "app-remote-control",
  "playlist-modify-private",
  "playlist-modify-public",
  "playlist-read-collaborative",
  "playlist-read-private",
  "streaming",
  "ugc-image-upload",
  "user-follow-modify",
  "user-follow-read",
  "user-library-modify",
  "user-library-read",
  "user-modify-playback-state",
  "user-read-currently-playing",
  "user-read-email",
  "user-read-playback-position",
  "user-read-playback-state",
  "user-read-private",
  "user-read-recently-played",
  "user-top-read"
] as const

/**
 * One scope.
 *
 * @since 0.1.0
 * @category models
 */
export type Scope = (typeof all)[number]

/**
 * Schema of one scope.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Scope: Schema.Schema<Scope> = Schema.Literal(...all).annotations({ identifier: "Scope" })

/**
 * Anything that declares the scopes it needs: an operation, or its `spec`.
 *
 * @since 0.1.0
 * @category models
 */
export type Scoped =
  | { readonly spec: { readonly scopes: ReadonlyArray<Scope> } }
  | { readonly scopes: ReadonlyArray<Scope> }

/**
 * The scopes that a program made of these operations needs, each once, in alphabetical order.
 *
 * @example
 * ```ts
 * import { Library, Player, Scope } from "effect-spotify"
 *
 * Scope.required(Library.tracks, Player.play) // ["user-library-read", "user-modify-playback-state"]
 * ```
 *
 * @since 0.1.0
 * @category accessors
 */
export const required = (...operations: ReadonlyArray<Scoped>): ReadonlyArray<Scope> => {
  const needed = new Set(
    operations.flatMap((operation) => "spec" in operation ? operation.spec.scopes : operation.scopes)
  )
  return all.filter((scope) => needed.has(scope))
}

/**
 * The needed scopes that aren't granted.
 *
 * @since 0.1.0
 * @category accessors
 */
export const missing = (granted: ReadonlyArray<string>, needed: ReadonlyArray<Scope>): ReadonlyArray<Scope> =>
  needed.filter((scope) => !granted.includes(scope))

/**
 * Reads the space-separated list of a token answer; scopes that are new to this library stay in it.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-3.3
 * @since 0.1.0
 * @category decoding
 */
export const parse = (text: string): ReadonlyArray<string> => text.split(" ").filter((scope) => scope !== "")
