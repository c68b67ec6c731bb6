import type { Json, JsonObject } from "./http.js"
import { isArray, isObject } from "./http.js"

/** Splits at the commas that are in no parentheses. */
const split = (source: string): ReadonlyArray<string> => {
  const parts: Array<string> = [""]
  let depth = 0
  for (const character of source) {
    depth += character === "(" ? 1 : character === ")" ? -1 : 0
    if (character === "," && depth === 0) parts.push("")
    else parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "")
}

const select = (value: Json | undefined, source: string): Json | undefined => {
  if (isArray(value)) return value.map((item) => select(item, source) ?? null)
  if (!isObject(value)) return value
  const parts = split(source)
  if (parts.some((part) => part.startsWith("!"))) {
    const excluded = parts.map((part) => part.replace(/^!/, ""))
    return Object.fromEntries(Object.entries(value).filter(([key]) => !excluded.includes(key)))
  }
  const selected: Record<string, Json | undefined> = {}
  for (const part of parts) {
    const [, name = "", dotted, inner] = /^([^.(]+)(?:\.(.+)|\((.*)\))?$/s.exec(part) ?? []
    const member = value[name]
    if (member === undefined) continue
    const rest = dotted ?? inner
    const now = rest === undefined ? member : select(member, rest)
    const before = selected[name]
    selected[name] = isObject(before) && isObject(now) ? { ...before, ...now } : now
  }
  return selected
}

/** The `fields` parameter of playlists: `name,items(total,items(added_at,item.name))`, and `!` leaves out. */
export const filterFields = (value: JsonObject, fields: string | null): Json =>
  fields === null || fields === "" ? value : select(value, fields) ?? {}
