/** What others call their things is printed by every example, and obeyed by no terminal. */
import { describe, expect, it } from "@effect/vitest"
import { Console, Effect } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Terminal from "../../examples/support/terminal.js"

const root = fileURLToPath(new URL("../..", import.meta.url))
const hostile = "A\u001b]0;owned\u0007B\u001b[2JC\u009b31mD\rE\u0008F"

describe("a console for other people's words", () => {
  it.effect("leaves out what a terminal obeys", () =>
    Effect.gen(function*() {
      const lines: Array<string> = []
      const console = yield* Console.consoleWith(Effect.succeed)
      const write = (...words: ReadonlyArray<unknown>) => Effect.sync(() => void lines.push(words.join(" ")))
      yield* Effect.zipRight(Console.log(`${hostile}\u202e`), Console.error(hostile)).pipe(
        Effect.provide(Terminal.layer),
        Effect.withConsole({ ...console, log: write, error: write })
      )
      expect(lines).toEqual(["A]0;ownedB[2JC31mDEF", "A]0;ownedB[2JC31mDEF"])
    }))

  // The sandbox, the users who are signed in and the guides bring it along.
  const bringers = ["support/terminal.js", "support/sandbox.js", "support/signedIn.js", "support/guide.js"]
  const programs = ["examples", "examples/guides"].flatMap((folder) =>
    readdirSync(join(root, folder)).filter((name) => name.endsWith(".ts")).map((name) => `${folder}/${name}`)
  )

  it.each(programs)("is that of %s", (name) => {
    const source = readFileSync(join(root, name), "utf8")
    expect(bringers.filter((bringer) => source.includes(`/${bringer}"`))).not.toEqual([])
  })

  it.each(bringers.slice(1))("comes with %s", (name) => {
    const source = readFileSync(join(root, "examples", name.replace(/js$/, "ts")), "utf8")
    expect(source).toMatch(/(?:provide|provideMerge|merge|Merge)\([^;]*Terminal\.layer/)
  })
})
