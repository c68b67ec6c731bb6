/** Whose turn it is at the token endpoint: how many requests of an app's sessions are under way at once. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Vault } from "./vault.js"

/**
 * Runs an effect when it is its turn. Sessions that are made with it in their context share its turns; without it a
 * session takes no turns.
 */
export class TokenTurns extends Context.Reference<TokenTurns>()("effect-spotify/TokenTurns", {
  defaultValue: (): { readonly take: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> } => ({
    take: (effect) => effect
  })
}) {}

/** So many turns at once, in the order in which they were asked for. */
export const make = (turns: number): Context.Tag.Service<typeof TokenTurns> => ({
  take: Effect.unsafeMakeSemaphore(turns).withPermits(1)
})

/**
 * A vault whose lock is taken only when it is the session's turn at the token endpoint. The turn comes first, since
 * nothing of the store may be held while a session waits for a turn: other processes would wait with it.
 */
export const inTurn = (vault: Vault, turns: Context.Tag.Service<typeof TokenTurns>): Vault => ({
  ...vault,
  locked: (effect) => turns.take(vault.locked(effect))
})
