/**
 * The API report: the declarations that users' programs load, from the build, without comments. `npm run api` writes it to
 * docs/api-report.txt; `--check` fails where it is stale, so that a review sees what a change does to the public types.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const root = fileURLToPath(new URL("..", import.meta.url))
const dist = join(root, "dist")
const report = join(root, "docs/api-report.txt")
const printer = ts.createPrinter({ removeComments: true })

interface Manifest {
  readonly exports: { readonly [entry: string]: string | { readonly types: string } }
}
const { exports }: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

const texts = new Map<string, string>()
const load = (file: string): void => {
  if (texts.has(file)) return
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest)
  const text = printer.printFile(source)
  texts.set(file, text)
  for (const [, name = ""] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g)) {
    load(join(dirname(file), `${name}.d.ts`))
  }
}

const entries = new Map<string, string>()
for (const [entry, target] of Object.entries(exports)) {
  if (typeof target === "string") continue
  const file = join(root, target.types)
  entries.set(file, entry.replace(/^\./, "effect-spotify"))
  load(file)
}

const section = (file: string): string =>
  `// ${entries.get(file) ?? `not to be imported: ${relative(dist, file)}`}\n\n${texts.get(file)}`
const isPublic = (file: string): boolean => entries.has(file)
const files = [...texts.keys()].sort()
const text = [...files.filter(isPublic), ...files.filter((file) => !isPublic(file))].map(section).join("\n")

if (!process.argv.includes("--check")) {
  writeFileSync(report, text)
} else if (readFileSync(report, "utf8") !== text) {
  console.error("docs/api-report.txt is stale: npm run build && npm run api writes it; read what changed for users")
  process.exitCode = 1
}
