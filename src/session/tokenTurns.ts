/** Whose turn it is at the token endpoint: how many requests of an app's sessions are under way at once. */
import * as Effect from "effect/Effect"
import type { Vault } from "./vault.js"

/** Runs an effect when it is its turn. */
export type TakeTurn = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** So many turns at once, in the order in which they were asked for. */
export const make = (turns: number): TakeTurn => Effect.unsafeMakeSemaphore(turns).withPermits(1)

/**
 * A vault whose lock is taken only when it is the session's turn at the token endpoint. The turn comes first, since
 * nothing of the store may be held while a session waits for a turn: other processes would wait with it.
 */
export const inTurn = (vault: Vault, take: TakeTurn): Vault => ({
  ...vault,
  locked: (effect) => take(vault.locked(effect))
})
