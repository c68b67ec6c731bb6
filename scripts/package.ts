/**
 * The package as a stranger gets it: packs it once, lints the tarball, installs it with its peers in an empty project,
 * runs a program and the command from there, and shows that nothing but the listed entries can be imported.
 */
import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "effect-spotify-package-"))

interface Manifest {
  readonly version: string
  readonly exports: { readonly [entry: string]: unknown }
  readonly devDependencies: { readonly [name: string]: string }
}

const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

const run = (cwd: string, command: string, ...args: ReadonlyArray<string>): string =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })

const step = (name: string, work: () => void): void => {
  work()
  console.log(`ok  ${name}`)
}

const insist = (condition: boolean, message: string): void => {
  if (!condition) throw new Error(message)
}

const pinned = (name: string): string => `${name}@${manifest.devDependencies[name] ?? "latest"}`

// Each imports what needs no optional peer, so that it must load in a project that has the required ones alone.
const program = `
import { Effect, Layer, Redacted } from "effect"
import { SpotifyClient, SpotifySession, Tracks } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"

const live = SpotifyClient.layer().pipe(
  Layer.provide(SpotifySession.layerClientCredentials({
    clientId: "fake-client-id",
    clientSecret: Redacted.make("fake-client-secret")
  })),
  Layer.provideMerge(FakeSpotify.layer())
)
const track = await Effect.runPromise(Tracks.get(FakeSpotify.trackId).pipe(Effect.provide(live)))
console.log(track.id === FakeSpotify.trackId ? "track read" : "another track")
`

const refusals = `
const refused = []
for (const entry of JSON.parse(process.argv[1])) {
  await import(entry).then(
    () => refused.push(entry),
    (error) => error.code === "ERR_PACKAGE_PATH_NOT_EXPORTED" || refused.push(entry + " " + error.code)
  )
}
console.log(JSON.stringify(refused))
`

try {
  run(root, "npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", folder)
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "")
  const files = run(folder, "tar", "-tzf", tarball).trim().split("\n").map((name) => name.replace("package/", ""))

  step("the tarball holds the build, the sources that its maps name, and no configuration", () => {
    insist(files.includes("dist/index.js"), "no dist/index.js: npm run build first")
    insist(
      files.every((name) => !/tsconfig|tsbuildinfo/.test(name)),
      `ships ${files.filter((name) => /tsconfig/.test(name)).join()}`
    )
    const maps = files.filter((name) => name.endsWith(".js.map"))
    const sources = maps.map((name) => name.replace(/^dist\/(.*)\.js\.map$/, "src/$1.ts"))
    insist(sources.every((name) => files.includes(name)), "a source map without its source")
  })
  step("publint", () => void run(root, "npx", "publint", "run", tarball, "--strict"))
  step("are the types wrong", () => void run(root, "npx", "attw", tarball, "--profile", "esm-only", "--no-emoji"))

  const app = mkdtempSync(join(folder, "app-"))
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }))
  const install = (...packages: ReadonlyArray<string>) =>
    run(
      app,
      "npm",
      "install",
      "--silent",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--prefer-offline",
      ...packages
    )

  step("installs with its required peers and runs a program", () => {
    install(tarball, pinned("effect"), pinned("@effect/platform"))
    writeFileSync(join(app, "program.js"), program)
    const said = run(app, "node", "program.js").trim()
    insist(said === "track read", said)
  })
  step("nothing but the listed entries can be imported", () => {
    const listed = new Set(Object.keys(manifest.exports).map((entry) => entry.replace(/^\./, "effect-spotify")))
    const others = files.filter((name) => /^dist\/.*\.js$/.test(name)).flatMap((name) => {
      const path = name.replace(/^dist\/(.*)\.js$/, "$1")
      const file = path.split("/").at(-1) ?? path
      return [`effect-spotify/${path}`, `effect-spotify/dist/${path}.js`, `effect-spotify/${file}`]
    }).filter((entry) => !listed.has(entry))
    const refused: ReadonlyArray<string> = JSON.parse(
      run(app, "node", "--input-type=module", "-e", refusals, JSON.stringify([...new Set(others)]))
    )
    insist(refused.length === 0, `can be imported: ${refused.slice(0, 10).join(", ")}`)
    insist(others.length > 100, "too few were tried")
  })
  step("the command runs from it", () => {
    install(...["@effect/platform-node", "@effect/cli", "@effect/printer", "@effect/printer-ansi"].map(pinned))
    const version = run(app, "npx", "--no-install", "effect-spotify", "--version").trim()
    insist(version === manifest.version, `--version says ${version}`)
  })
} finally {
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true })
}
