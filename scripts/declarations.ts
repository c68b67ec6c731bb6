/**
 * Says how large the declaration files are that `import … from "effect-spotify"` loads, without their comments, and
 * fails above the limit.
 */
import { readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const limit = 143_300
const dist = fileURLToPath(new URL("../dist", import.meta.url))
const printer = ts.createPrinter({ removeComments: true })

const sizes = new Map<string, { readonly all: number; readonly types: number }>()
const load = (file: string): void => {
  if (sizes.has(file)) return
  const text = readFileSync(file, "utf8")
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const types = printer.printFile(source)
  sizes.set(file, { all: text.length, types: types.length })
  for (const [, name = ""] of types.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g)) {
    load(join(dirname(file), `${name}.d.ts`))
  }
}
load(join(dist, "index.d.ts"))

const total = (of: "all" | "types") => [...sizes.values()].reduce((sum, size) => sum + size[of], 0)
const kilo = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
const largest = [...sizes].sort(([, a], [, b]) => b.types - a.types).slice(0, 3)

console.log(
  `${sizes.size} declaration files: ${kilo(total("types"))} of types (at most ${kilo(limit)}), ` +
    `${kilo(total("all"))} with their comments; largest: ` +
    largest.map(([file, size]) => `${relative(dist, file)} ${kilo(size.types)}`).join(", ")
)
process.exitCode = total("types") > limit ? 1 : 0
