/**
 * The declarations of a program over the package, as a library of a user's emits them: that of test/package/userProgram.ts
 * and one that exports again whatever each public entry has. Fails where TypeScript can't name a type in them, or names it
 * by a path that nobody can import. Reads dist as it is published, by `exports`.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const root = fileURLToPath(new URL("..", import.meta.url))
const { exports }: { readonly exports: { readonly [entry: string]: unknown } } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8")
)
const entries = Object.keys(exports).filter((entry) => entry !== "./package.json").map((entry) =>
  entry.replace(/^\./, "effect-spotify")
)

const app = mkdtempSync(join(tmpdir(), "effect-spotify-types-"))
const installed = join(app, "node_modules")

const install = (): void => {
  mkdirSync(join(installed, "effect-spotify"), { recursive: true })
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(installed, name))
  }
  cpSync(join(root, "package.json"), join(installed, "effect-spotify", "package.json"))
  cpSync(join(root, "dist"), join(installed, "effect-spotify", "dist"), { recursive: true })
  ts.sys.writeFile(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }))
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  declaration: true,
  emitDeclarationOnly: true,
  types: [],
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"]
}

/** Exports again each value of each entry, so that its type is written anew. */
const again = (): string => {
  const imports = entries.map((entry, index) => `import * as E${index} from "${entry}"`).join("\n")
  const file = join(app, "entries.ts")
  ts.sys.writeFile(file, imports)
  const program = ts.createProgram([file], options)
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(file)
  const lines = source?.statements.flatMap((statement, index) => {
    if (!ts.isImportDeclaration(statement)) return []
    const module = checker.getSymbolAtLocation(statement.moduleSpecifier)
    if (module === undefined) throw new Error(`${entries[index]} can't be imported: npm run build first`)
    return checker.getExportsOfModule(module).flatMap(({ flags, name }) =>
      (flags & ts.SymbolFlags.Value) !== 0 && (flags & ts.SymbolFlags.ValueModule) === 0
        ? [`export const e${index}_${name} = E${index}.${name}`]
        : []
    )
  })
  return [imports, ...lines ?? []].join("\n")
}

/** What in a declaration file stands under a name that can't be imported. */
const unnamed = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:from |import\()"([^"]*effect-spotify[^"]*|\.[^"]*)"/g)].flatMap(([, name = ""]) =>
    entries.includes(name) ? [] : [name]
  )

try {
  install()
  const files = [join(app, "again.ts"), join(app, "program.ts")] as const
  ts.sys.writeFile(files[0], again())
  ts.sys.writeFile(files[1], readFileSync(join(root, "test", "package", "userProgram.ts"), "utf8"))
  const program = ts.createProgram(files, options)
  const leaked: Array<string> = []
  let written = 0
  const { diagnostics } = program.emit(undefined, (_, text) => {
    written += text.length
    leaked.push(...unnamed(text))
  })
  const all = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
  const problems = [
    ...new Set(all.map(({ code, messageText }) => `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`)),
    ...new Set(leaked.map((name) => `names ${name}, which nobody can import`))
  ]
  for (const problem of problems) console.error(problem)
  console.log(`declarations of a user's program: ${written} characters, ${problems.length} problems`)
  process.exitCode = problems.length === 0 && written > 10_000 ? 0 : 1
} finally {
  rmSync(app, { recursive: true, force: true })
}
