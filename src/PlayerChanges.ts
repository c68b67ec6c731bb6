/**
 * Watching playback.
 *
 * @since 0.1.0
 */
import * as internal from "./internal/playerChanges.js"
import * as Player from "./Player.js"

export const changes = internal.changes(Player.state)
