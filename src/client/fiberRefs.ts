/** What a program says of the calls that it makes in some region of it. */
import * as FiberRef from "effect/FiberRef"
import { globalValue } from "effect/GlobalValue"
import type { Priority } from "../budget/priority.js"
import type { ResponseInfo } from "./service.js"

export const priority: FiberRef.FiberRef<Priority> = globalValue(
  "effect-spotify/priority",
  () => FiberRef.unsafeMake<Priority>("interactive")
)

export const onResponse: FiberRef.FiberRef<((info: ResponseInfo) => void) | undefined> = globalValue(
  "effect-spotify/onResponse",
  () => FiberRef.unsafeMake<((info: ResponseInfo) => void) | undefined>(undefined)
)
