import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import type * as Mailbox from "effect/Mailbox"
import { printable } from "../core/text.js"

/**
 * Reads one line, shown as it is typed. `Terminal.readLine` shows nothing and takes Ctrl-C for a character; here Ctrl-C
 * and Ctrl-D interrupt.
 */
export const readLine = (
  terminal: Terminal.Terminal,
  input: Mailbox.ReadonlyMailbox<Terminal.UserInput>,
  prompt: string
): Effect.Effect<string> =>
  Effect.gen(function*() {
    const show = (text: string) => Effect.ignore(terminal.display(text))
    let line = ""
    yield* show(prompt)
    // Whatever ends the reading, what is printed next begins on its own line.
    yield* Effect.addFinalizer(() => show("\n"))
    while (true) {
      const { input: typed, key } = yield* input.take
      if (key.name === "return" || key.name === "enter") return line
      if (key.name === "backspace") {
        if (line !== "") yield* show("\b \b")
        line = line.slice(0, -1)
      } else if (typed._tag === "Some" && typed.value !== "" && printable(typed.value) === typed.value) {
        line += typed.value
        yield* show(typed.value)
      }
    }
  }).pipe(
    Effect.scoped,
    Effect.catchTag("NoSuchElementException", () => Effect.interrupt)
  )
