/**
 * Type-checks the code of the README, of docs and of every `@example` in src, as one program. An `@example` without a
 * fence of TypeScript would escape it, and fails.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript"

const root = fileURLToPath(new URL("..", import.meta.url))

const filesIn = (folder: string, extension: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name}`)

const fenced = (text: string) =>
  [...text.matchAll(/^[ \t]*(?:\* )?```ts\n([\s\S]*?)^[ \t]*(?:\* ?)?```/gm)].map((match) => match[1] ?? "")

/** The lines of the `@example`s that no fence of TypeScript follows. */
export const unfenced = (text: string): ReadonlyArray<number> =>
  [...text.matchAll(/^[ \t]*(?:\/\*)?\* @example\b(?![^\n]*\n[ \t]*\* ```ts\n)/gm)].map(({ index }) =>
    text.slice(0, index).split("\n").length
  )

const uncommented = (code: string) => code.replaceAll(/^[ \t]*\* ?/gm, "")

const main = (): void => {
  const codes = new Map<string, string>()
  const unchecked: Array<string> = []
  // Not `docs/api`, which `npm run docs` makes of these.
  const pages = filesIn("docs", ".md").filter((file) => !file.startsWith("docs/api/"))
  for (const file of [...filesIn("src", ".ts"), "README.md", ...pages]) {
    const text = readFileSync(join(root, file), "utf8")
    for (const line of unfenced(text)) unchecked.push(`${file}:${line}`)
    // A guide quotes its program, whose imports are relative to where that stands.
    const folder = file.startsWith("docs/guides/") ? "examples/guides" : "."
    for (const [index, code] of fenced(text).entries()) {
      // A block that begins with its file's name can be imported by those after it.
      const name = /^\/\/ ([\w-]+\.ts)\n/.exec(code)?.[1]
      const path = name === undefined ? undefined : join(root, folder, name)
      codes.set(
        path === undefined || codes.has(path)
          ? join(root, folder, `${file.replaceAll("/", "-")}.${index + 1}.ts`)
          : path,
        `${file.endsWith(".md") ? code : uncommented(code)}\nexport {}\n`
      )
    }
  }

  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
    ts.sys,
    root
  )
  const options: ts.CompilerOptions = { ...config.options, noUnusedLocals: false, noUnusedParameters: false }
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile, readFile } = host
  host.fileExists = (name) => codes.has(name) || fileExists(name)
  host.readFile = (name) => codes.get(name) ?? readFile(name)
  host.getSourceFile = (name, ...rest) => {
    const code = codes.get(name)
    return code === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, code, rest[0])
  }

  const program = ts.createProgram([...codes.keys()], options, host)
  const problems = [...codes.keys()].flatMap((name) => {
    const file = program.getSourceFile(name)
    return file === undefined
      ? []
      : [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
  })

  for (const place of unchecked) console.log(`${place}: an @example without a fence of ts, which nobody checks`)
  console.log(
    ts.formatDiagnostics(problems, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => "\n"
    }) + `${codes.size} examples type-check${problems.length === 0 ? "" : `, except for ${problems.length} errors`}`
  )
  process.exitCode = problems.length + unchecked.length === 0 ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
