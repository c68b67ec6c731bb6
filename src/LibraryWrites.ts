/**
 * Writes of any length to the library.
 *
 * @since 0.1.0
 */
import * as Writes from "./internal/libraryWrites.js"
import * as Library from "./Library.js"

export const saveAll = Writes.writeAll("Library.saveAll", Library.save)

export const removeAll = Writes.writeAll("Library.removeAll", Library.remove)

export const containsAll = Writes.containsAll("Library.containsAll", Library.contains)
