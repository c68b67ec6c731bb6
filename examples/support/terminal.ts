/**
 * A console for other people's words. The name of a track may hold escape sequences, which a terminal obeys, and marks
 * that turn the direction of writing around; here they are left out.
 */
import { Console, Effect, Layer } from "effect"

const clean = (text: unknown) =>
  typeof text === "string"
    ? text.replace(/[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    : text

export const layer = Layer.unwrapEffect(
  Console.consoleWith((console) =>
    Effect.succeed(Console.setConsole({
      ...console,
      log: (...args) => console.log(...args.map(clean)),
      error: (...args) => console.error(...args.map(clean))
    }))
  )
)
