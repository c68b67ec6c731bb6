/** All that the command prints goes through here: for people without what a terminal obeys, for programs as JSON. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { stripVTControlCharacters } from "node:util"

// What `text.ts` and the help of the command line set: colours and weights, nothing that moves or clears.
const escape = "\u001b"
const styles = new RegExp(`${escape}\\[[0-9;]*m`, "g")
const controls = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Without control characters and marks that turn the direction of writing, whoever sent them; styles stay. */
const safe = (text: string): string => {
  const pieces = text.split(styles)
  const between = text.match(styles) ?? []
  return pieces.map((piece, i) => piece.replace(controls, "") + (between[i] ?? "")).join("")
}

/** Styles only where somebody sees them. */
export const withOutput = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Console.consoleWith((console) => {
    const clean = (stream: NodeJS.WriteStream) => (args: ReadonlyArray<unknown>) =>
      args.map((arg) => {
        if (typeof arg !== "string") return arg
        return stream.isTTY && stream.hasColors() ? safe(arg) : safe(stripVTControlCharacters(arg))
      })
    const [out, error] = [clean(process.stdout), clean(process.stderr)]
    return Effect.withConsole(self, {
      ...console,
      log: (...args) => console.log(...out(args)),
      error: (...args) => console.error(...error(args))
    })
  })

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

// JSON may hold these as they are, and a terminal would obey some.
const unescaped = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A value as JSON that loses nothing and that a terminal can't obey: one line, or indented. */
export const json = (value: unknown, form: "line" | "indented" = "indented"): Effect.Effect<void> =>
  Console.log(
    (JSON.stringify(value, undefined, form === "line" ? undefined : 2) ?? "null").replace(unescaped, escaped)
  )

/** How far something long is, on one line of the terminal that is written over; nothing where nobody sees it. */
export const progress = (done: number, total: number | undefined, what: string): Effect.Effect<void> =>
  Effect.sync(() => {
    // Between lines of results it would be in the way.
    if (!process.stderr.isTTY || process.stdout.isTTY) return
    process.stderr.write(`\r\u001b[K${done}${total === undefined ? "" : ` of ${total}`} ${what}`)
  })

/** Takes the line of `progress` away. */
export const progressEnd: Effect.Effect<void> = Effect.sync(() => {
  if (process.stderr.isTTY && !process.stdout.isTTY) process.stderr.write("\r\u001b[K")
})
