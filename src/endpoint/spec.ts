/** What an operation's declaration says, for everything that reads it: requests, paging, batches, the command, the tests. */
import type * as Schema from "effect/Schema"
import type { Request } from "../client/SpotifyClient.js"
import type { Scope } from "../core/Scope.js"
import type * as SpotifyId from "../core/SpotifyId.js"

/**
 * What the id in a path names; a category has no URI.
 *
 * @since 0.1.0
 * @category models
 */
export type IdKind = SpotifyId.Kind | "category"

/**
 * Query and body parameters by Spotify's names; each schema's encoded side is what is sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fields extends Schema.Struct.Fields {}

/**
 * Since when an operation is deprecated, and what to use instead, where Spotify offers something.
 *
 * @since 0.1.0
 * @category models
 */
export interface Deprecated {
  readonly since: string
  readonly use?: string
}

/**
 * What is known of an operation.
 *
 * @since 0.1.0
 * @category models
 */
export interface Spec {
  /** Our name, for example `Albums.get`. */
  readonly operation: string
  /** Spotify's name, which is also that of its reference page. */
  readonly operationId: string
  readonly method: Request["method"]
  /** The path with its placeholder. */
  readonly path: string
  readonly id: IdKind | undefined
  readonly query: Fields
  readonly body: Fields
  /** The scopes that it can need; which ones a call needs may depend on what it touches. */
  readonly scopes: ReadonlyArray<Scope>
  /** `extended` where Development Mode has lost the operation. */
  readonly quota: "any" | "extended"
  /** The largest `limit` for apps in Development Mode, where that is less than for others. */
  readonly developmentLimit: number | undefined
  /** Whether a request may be sent again when nobody knows what came of it; `depends` where the arguments decide. */
  readonly idempotent: boolean | "depends"
  readonly deprecated: Deprecated | undefined
  /** The schema of the answer; none for a command, whose answer's body says nothing. */
  readonly success: Schema.Schema.AnyNoContext | undefined
  /** Spotify's reference page. */
  readonly reference: string
}

/**
 * Which parameter is wrong, and what is allowed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Refusal {
  readonly field: string
  readonly expected: string
}
