/** There `fetch` has unpacked what comes, and asks for it. */
import type * as OnNode from "./onNode.js"

export const builtin: typeof OnNode.builtin = undefined

export const asking: typeof OnNode.asking = (_, headers) => headers

export const isTooLarge: typeof OnNode.isTooLarge = (_): boolean => false

export const unpack: typeof OnNode.unpack = (bytes) => bytes

export const isReadable: typeof OnNode.isReadable = (_): _ is OnNode.Readable => false

export const readNode: typeof OnNode.readNode = () => {}
