import { Console, Effect } from "effect"
import * as Spotify from "effect-spotify"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const read = (path: string) => readFileSync(resolve(root, path), "utf8")
const namesIn = (folder: string, extension: string) =>
  readdirSync(resolve(root, folder)).filter((name) => name.endsWith(extension)).map((name) =>
    name.slice(0, -extension.length)
  )

interface Guide {
  readonly program: Effect.Effect<unknown, unknown>
}

const modules = import.meta.glob<Guide>("../../examples/guides/*.ts")
const programs = new Map(
  Object.entries(modules).map(([path, load]) => [path.replace(/^.*\/(.+)\.ts$/, "$1"), load])
)

/** What the program prints. */
const printed = (load: () => Promise<Guide>): Promise<string> =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const console = yield* Console.consoleWith(Effect.succeed)
    const log = (...words: ReadonlyArray<unknown>) => Effect.sync(() => void lines.push(words.join(" ")))
    const { program } = yield* Effect.promise(load)
    yield* Effect.withConsole(program, { ...console, log })
    return lines.join("\n")
  }).pipe(Effect.runPromise)

// All at once, since some of them wait.
delete process.env["SPOTIFY_CLIENT_ID"]
const outputs = new Map([...programs].map(([name, load]) => [name, printed(load)]))
for (const output of outputs.values()) output.catch(() => undefined)

const pages = namesIn("docs/guides", ".md").filter((name) => name !== "README")

const fenced = (language: string) => new RegExp(`^\`\`\`${language}\\n[\\s\\S]*?^\`\`\`$`, "m")

describe("the guides", () => {
  it("are one page for each program, and all in the index", () => {
    const index = read("docs/guides/README.md")
    expect([...programs.keys()].filter((name) => !pages.includes(name))).toEqual([])
    expect(pages.filter((name) => !index.includes(`(${name}.md)`))).toEqual([])
  })

  // `npx vitest run test/guides -u` writes the program and what it prints into the page.
  it.each([...programs.keys()])("%s quotes its program and what that prints", async (name) => {
    const source = read(`examples/guides/${name}.ts`)
    const code = source.slice(source.indexOf("*/\n") + 3).trimEnd()
    const output = await outputs.get(name)
    const page = read(`docs/guides/${name}.md`)
    expect(page).toMatch(fenced("ts"))
    expect(page).toMatch(fenced("text"))
    expect(page).toContain(`(../../examples/guides/${name}.ts)`)
    const quoting = page
      .replace(fenced("ts"), () => `\`\`\`ts\n${code}\n\`\`\``)
      .replace(fenced("text"), () => `\`\`\`text\n${output}\n\`\`\``)
    await expect(quoting).toMatchFileSnapshot(resolve(root, `docs/guides/${name}.md`))
  })
})

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...["docs", "docs/guides", "docs/migration"].flatMap((folder) =>
    existsSync(resolve(root, folder)) ? namesIn(folder, ".md").map((name) => `${folder}/${name}.md`) : []
  )
]

const anchorsOf = (text: string) =>
  [...text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  )

describe.each(documents)("%s", (path) => {
  const text = read(path)
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, "")

  it("links to what there is", () => {
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target)
    const broken = links.filter((target) => !/^https?:/.test(target)).filter((target) => {
      const [file = "", anchor] = target.split("#")
      const full = file === "" ? resolve(root, path) : resolve(root, dirname(path), file)
      return !existsSync(full) || (anchor !== undefined && !anchorsOf(readFileSync(full, "utf8")).includes(anchor))
    })
    expect(broken).toEqual([])
  })

  it("names nothing of the library that there isn't", () => {
    const groups = new Map<string, object>(Object.entries(Spotify))
    const named = [...prose.matchAll(/`([A-Z]\w+)\.(\w+)/g)]
    const missing = named.filter(([, group = "", member = ""]) => {
      const found = groups.get(group)
      return found !== undefined && !(member in found) && !/^[A-Z]/.test(member)
    })
    expect(missing.map(([text]) => text)).toEqual([])
  })
})
