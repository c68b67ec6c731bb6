/** What an app was found to lack, remembered in one place, so that only one 403 is paid for it. */
import type { SpotifyClient } from "../client/SpotifyClient.js"

/**
 * Batch operations by their path, and by their id the operations whose pages are smaller in Development Mode. All copies of
 * a client, whatever their session, share its `withSession`, so that one stands for the app.
 */
const lost = new WeakMap<SpotifyClient.Service["withSession"], Set<string>>()

/** What the app of a client lacks, to be looked at and added to. */
export const lostBy = (client: SpotifyClient.Service): Set<string> => {
  let operations = lost.get(client.withSession)
  if (operations === undefined) {
    operations = new Set()
    lost.set(client.withSession, operations)
  }
  return operations
}

/** Says that a client made of another one is that of the same app. */
export const shareLost = (client: SpotifyClient.Service, of: SpotifyClient.Service): void => {
  lost.set(client.withSession, lostBy(of))
}
