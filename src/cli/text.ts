import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import { printable } from "../core/text.js"

const ansi = (code: number) => (text: string): string => `\u001b[${code}m${text}\u001b[0m`

export const bold = ansi(1)
export const dim = ansi(2)
export const red = ansi(31)
export const green = ansi(32)
export const yellow = ansi(33)

/** Lines of a label and what belongs to it, which is somebody else's text, the labels as wide as the widest. */
export const table = (rows: ReadonlyArray<readonly [label: string, value: string]>): string => {
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows.map(([label, value]) => `  ${dim(label.padEnd(width))}  ${printable(value)}`).join("\n")
}

const count = (amount: number, unit: string): string => `${amount} ${unit}${amount === 1 ? "" : "s"}`

/** A length of time in its largest unit. */
export const roughly = (duration: Duration.Duration): string => {
  const minutes = Math.floor(Duration.toMinutes(duration))
  if (minutes < 1) return "a moment"
  if (minutes < 120) return count(minutes, "minute")
  return minutes < 48 * 60 ? count(Math.floor(minutes / 60), "hour") : count(Math.floor(minutes / 60 / 24), "day")
}

/** Words in lines of a width. */
export const wrap = (text: string, width: number): ReadonlyArray<string> =>
  text.split(" ").reduce<ReadonlyArray<string>>((lines, word) => {
    const last = lines.at(-1)
    return last === undefined || last.length + 1 + word.length > width
      ? [...lines, word]
      : [...lines.slice(0, -1), `${last} ${word}`]
  }, [])

export const date = DateTime.formatIsoDateUtc
