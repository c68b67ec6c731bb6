/**
 * Writes of any length to playlists.
 *
 * @since 0.1.0
 */
import * as Sync from "./internal/playlistSync.js"
import * as Writes from "./internal/playlistWrites.js"
import * as Playlists from "./Playlists.js"

export const addAll = Writes.addAll("Playlists.addAll", { add: Playlists.addItems, itemsFields: Playlists.itemsFields })

export const replaceAll = Writes.replaceAll("Playlists.replaceAll", {
  add: Playlists.addItems,
  itemsFields: Playlists.itemsFields,
  replace: Playlists.replaceItems
})

export const removeAll = Writes.removeAll("Playlists.removeAll", Playlists.removeItems)

const operations = {
  getFields: Playlists.getFields,
  itemsFields: Playlists.itemsFields,
  add: Playlists.addItems,
  remove: Playlists.removeItems,
  move: Playlists.moveItems,
  replace: Playlists.replaceItems
}

export const sync = Sync.sync("Playlists.sync", operations)

export const applySync = Sync.apply("Playlists.applySync", operations)
