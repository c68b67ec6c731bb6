/** There `fetch` has unpacked what comes, and asks for it. */
import * as Effect from "effect/Effect"
import type * as OnNode from "./onNode.js"

export const builtin: typeof OnNode.builtin = undefined

export const asking: typeof OnNode.asking = (_, headers) => headers

export const isTooLarge: typeof OnNode.isTooLarge = () => false

export const unpack: typeof OnNode.unpack = (bytes) => bytes

export const codeByName: typeof OnNode.codeByName = () => undefined

export const meaningOf: typeof OnNode.meaningOf = (code) => code

export const readableOf: typeof OnNode.readableOf = () => undefined

export const readNode: typeof OnNode.readNode = () => Effect.never
