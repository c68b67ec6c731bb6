/**
 * The API reference from the doc comments: `npm run docs` writes it to docs/api, and llms.txt, which says in one file what
 * there is. `--check` fails where an export has no sentence, a link leads nowhere or llms.txt is stale.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Application, Comment, type DeclarationReflection, LogLevel, ReflectionKind } from "typedoc"

const root = new URL("../", import.meta.url)
const at = (path: string) => fileURLToPath(new URL(path, root))
const isCheck = process.argv.includes("--check")

interface Manifest {
  readonly description: string
  readonly homepage: string
  readonly exports: { readonly [entry: string]: string | { readonly default: string } }
}
const manifest: Manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"))

const sourceOf = (target: string) => at(target.replace("./dist/", "src/").replace(/\.js$/, ".ts"))
const entries = new Map(
  Object.entries(manifest.exports).flatMap(([entry, target]) =>
    typeof target === "string" ? [] : [[sourceOf(target.default), entry.replace(/^\./, "effect-spotify")] as const]
  )
)

const app = await Application.bootstrap({ options: at("docs/typedoc.json"), entryPoints: [...entries.keys()] })
if (isCheck) app.logger.level = LogLevel.Warn
const project = await app.convert()
if (project === undefined) process.exit(1)

/** What the file says of itself. TypeDoc takes a file's first comment for its own only where it has a tag for that. */
for (const module of project.children ?? []) {
  const file = module.sources?.[0]?.fullFileName ?? ""
  const [, comment = ""] = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, "utf8")) ?? []
  const text = comment.replaceAll(/^ \* ?/gm, "").replace(/^@[\s\S]*/m, "").trim()
  if (text === "") app.logger.error(`${file} doesn't say what it holds`)
  module.comment = new Comment([{ kind: "text", text }])
}
app.validate(project)

const textOf = (comment: Comment | undefined): string =>
  (comment?.summary ?? []).map(({ text }) => text).join("").replaceAll(/\s+/g, " ").trim()

/** Its first sentence. */
const sentenceOf = (reflection: DeclarationReflection): string => {
  const text = textOf(reflection.comment ?? reflection.signatures?.[0]?.comment)
  return /^.*?[.:](?= [A-Z`]|$)/.exec(text)?.[0] ?? text
}

const checkDocumented = (parent: string, { children = [] }: DeclarationReflection): void => {
  for (const child of children) {
    if (child.kind === ReflectionKind.Reference) continue
    const name = `${parent}.${child.name}`
    if (child.kind === ReflectionKind.Namespace) checkDocumented(name, child)
    else if (sentenceOf(child) === "") app.logger.error(`${name} has no sentence on what it is`)
  }
}
for (const module of project.children ?? []) checkDocumented(module.name, module)

const modules = (project.children ?? []).map((module) => {
  const source = module.sources?.[0]?.fullFileName ?? ""
  const name = entries.get(source) ?? module.name
  const members = (module.children ?? []).filter(({ kind }) => kind !== ReflectionKind.Reference)
  const lines = members
    .filter(({ kind }) => kind !== ReflectionKind.Namespace)
    .map((member) => `- \`${member.name}\`: ${sentenceOf(member)}`)
  return { name, text: [`## ${name}`, "", textOf(module.comment), "", ...lines].join("\n") }
}).sort((a, b) => a.name < b.name ? -1 : 1)

const llms = `# effect-spotify

> ${manifest.description}

Guides, each around a program that runs: docs/guides. Errors, sign-in, stores: README.md. All operations of the Web API
with their paths, scopes and quota modes: docs/operations.md. From other clients: docs/migration.md.

${modules.map(({ text }) => text).join("\n\n")}
`

const file = at("docs/llms.txt")
if (!isCheck) {
  writeFileSync(file, llms)
  await app.generateDocs(project, at("docs/api"))
} else if (readFileSync(file, "utf8") !== llms) {
  app.logger.error("docs/llms.txt is stale: npm run docs writes it")
}
process.exitCode = app.logger.hasWarnings() || app.logger.hasErrors() ? 1 : 0
