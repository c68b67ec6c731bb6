/**
 * The README's first hour, word for word, with the packed package: each line of its install table pasted into an empty
 * folder, with the imports that stand beside it; the fake, the sign-in and the programs in the folder of the line that has
 * the command; its test in the folder of the line for tests; and what docs/effect-4.md says. Uses the registry and port 4000.
 */
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "effect-spotify-install-"))
const read = (path: string): string => readFileSync(join(root, path), "utf8")

const environment = {
  ...process.env,
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_ignore_scripts: "true",
  npm_config_prefer_offline: "true",
  npm_config_update_notifier: "false",
  NO_COLOR: "1",
  // So that no browser opens.
  DISPLAY: "",
  WAYLAND_DISPLAY: "",
  BROWSER: ""
}

/** Runs a line of a shell and gives what it printed. */
const shell = (cwd: string, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", line], { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    let told = ""
    child.stdout.on("data", (data) => void (output += data))
    child.stderr.on("data", (data) => void (told += data))
    child.on("error", reject)
    child.on(
      "close",
      (code) => code === 0 ? resolve(output) : reject(new Error(`This fails: ${line}\n${output}${told}`))
    )
  })

const expectOutput = (what: string, output: string, expected: string): void => {
  if (output !== expected) throw new Error(`${what} prints\n${output}\nwhere the README says\n${expected}`)
  console.log(`ok  ${what}`)
}

interface Fence {
  readonly language: string
  readonly text: string
}

const fencesOf = (text: string): ReadonlyArray<Fence> =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({ language, text }))

/** The programs of a page, which begin with their file's name, and what they print, where that stands next to them. */
const programsOf = (fences: ReadonlyArray<Fence>) =>
  fences.flatMap(({ text }, i) => {
    const [, name] = /^\/\/ ([\w-]+\.m?[jt]s)\n/.exec(text) ?? []
    const next = fences[i + 1]
    return name === undefined ? [] : [{ name, text, output: next?.language === "text" ? next.text : undefined }]
  })

const only = <A>(all: ReadonlyArray<A>, what: string): A => {
  const [first] = all
  if (first === undefined) throw new Error(`The page has no ${what}`)
  return first
}

const readme = read("README.md")
const fences = fencesOf(readme)
const programs = programsOf(fences)
const program = (name: string) => only(programs.filter((program) => program.name === name), name)

const rows = [...readme.matchAll(/^\| ([^|]+?) +\| `(npm install [^`]+)` +\| (.+?) +\|$/gm)].map(
  ([, what = "", line = "", imports = ""]) => ({
    what,
    line,
    imports: [...imports.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name)
  })
)

/** Ends with its standard output, once it has the address to sign in at and a browser has been there. */
const login = (cwd: string, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", line], { cwd, env: environment })
    let output = ""
    let told = ""
    child.stdout.on("data", (data) => void (output += data))
    child.stderr.on("data", (data) => {
      const before = /http:\S+\/authorize\S+\n/.test(told)
      told += data
      const [address] = /http:\S+\/authorize\S+\n/.exec(told) ?? []
      if (!before && address !== undefined) void fetch(address.trim()).catch(reject)
    })
    child.on("close", (code) => code === 0 ? resolve(output) : reject(new Error(`${line}\n${output}${told}`)))
  })

/** The fake as a process, once it says that it runs. */
const fake = (cwd: string, line: string) =>
  new Promise<{ readonly stop: () => void }>((resolve, reject) => {
    const child = spawn("sh", ["-c", `exec ${line}`], { cwd, env: environment, detached: true })
    const stop = () => void (child.pid !== undefined && process.kill(-child.pid))
    let told = ""
    const listen = (data: Buffer) => {
      told += data.toString()
      if (told.includes("A fake Spotify is running")) resolve({ stop })
    }
    child.stdout.on("data", listen)
    child.stderr.on("data", listen)
    child.on("close", () => reject(new Error(`${line}\n${told}`)))
  })

try {
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], { cwd: root })
  const tarball = join(folder, only(readdirSync(folder).filter((name) => name.endsWith(".tgz")), "tarball"))

  const install = async (line: string): Promise<string> => {
    const cwd = mkdtempSync(join(folder, "empty-"))
    await shell(cwd, line.replace(/^npm install effect-spotify(?= )/, `npm install ${tarball}`))
    await shell(cwd, "npm ls")
    return cwd
  }

  const pasted = async ({ imports, line, what }: (typeof rows)[number]) => {
    const cwd = await install(line)
    // Its own runner alone can import @effect/vitest: the test below does.
    const names = ["effect-spotify", ...imports].filter((name) => name !== "@effect/vitest")
    const code = [...new Set(names)].map((name) => `await import("${name}")`).join("\n")
    await shell(cwd, `node --input-type=module -e '${code}'`)
    console.log(`ok  ${what}: ${line}`)
    return { cwd, line }
  }

  if (rows.length < 5) throw new Error("The README has no install table")
  // At the same time, since npm waits for the registry most of the time.
  const places = await Promise.all(rows.map(pasted))
  const place = (word: string) => only(places.filter(({ line }) => line.includes(word)), `line with ${word}`).cwd

  const first = place("@effect/cli")
  // The first of two with one name is the one for the fake.
  for (const { name, text } of programs.toReversed()) writeFileSync(join(first, name), text)
  const commands = fences.filter(({ language }) => language === "sh").map(({ text }) => text)
  const { stop } = await fake(first, only(commands.filter((line) => line.includes(" fake")), "fake").trim())
  try {
    const said = await login(first, only(commands.filter((line) => line.includes(" login")), "login"))
    if (!said.includes("Signed in")) throw new Error(said)
    console.log("ok  effect-spotify login")
    for (const name of ["first.ts", "playlist.ts"]) {
      expectOutput(name, await shell(first, `npx --no-install tsx ${name}`), program(name).output ?? "")
    }
    writeFileSync(join(first, "hello.ts"), said.slice(said.indexOf("import ")))
    expectOutput("the program of login", await shell(first, "npx --no-install tsx hello.ts"), "Hello Fake User\n")
  } finally {
    stop()
  }

  const tests = place("vitest")
  const test = only(fences.filter(({ text }) => text.includes("@effect/vitest")), "test")
  writeFileSync(join(tests, "spotify.test.ts"), test.text)
  await shell(tests, "npx --no-install vitest run")
  console.log("ok  the test")

  const page = fencesOf(read("docs/effect-4.md"))
  const both = await install(only(page.filter(({ language }) => language === "sh"), "install line").text.trim())
  const beside = only(programsOf(page), "program")
  writeFileSync(join(both, beside.name), beside.text)
  expectOutput("beside Effect 4", await shell(both, `node ${beside.name}`), beside.output ?? "")
} finally {
  rmSync(folder, { recursive: true, force: true })
}
