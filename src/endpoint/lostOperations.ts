import type { SpotifyClient } from "../client/SpotifyClient.js"

/**
 * What an app turned out not to have: batch operations, and pages of more than Development Mode gives. All copies of a
 * client, whatever their session, share its `withSession`, so that one stands for the app.
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
