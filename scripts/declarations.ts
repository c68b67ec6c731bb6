/** Says how large the declaration files are without their comments, and fails above the limit. */
import { Console, Effect } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"

const limit = 120_000
const dist = new URL("../dist", import.meta.url).pathname

const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".d.ts"))
const printer = ts.createPrinter({ removeComments: true })
const sizes = files.map((name) => {
  const text = readFileSync(join(dist, name), "utf8")
  const types = printer.printFile(ts.createSourceFile(name, text, ts.ScriptTarget.Latest))
  return { name, all: text.length, types: types.length }
})
const types = sizes.reduce((sum, file) => sum + file.types, 0)
const all = sizes.reduce((sum, file) => sum + file.all, 0)

const kilo = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
const largest = sizes.toSorted((a, b) => b.types - a.types).slice(0, 3)

Effect.runSync(Console.log(
  `${files.length} declaration files: ${kilo(types)} of types (at most ${kilo(limit)}), ${kilo(all)} with their ` +
    `comments; largest: ${largest.map((file) => `${file.name} ${kilo(file.types)}`).join(", ")}`
))
process.exitCode = types > limit ? 1 : 0
