/**
 * Everything that must be true of a commit, in one list: `npm run check` stops at the first step that fails;
 * `--keep-going` runs them all and ends with the test runner's count, as CI wants it. Names after that run those alone.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const steps: ReadonlyArray<readonly [name: string, script: string]> = [
  ["types", "check:types"],
  ["Effect diagnostics", "check:effect"],
  ["lint", "check:lint"],
  ["format", "check:format"],
  ["docs", "check:docs"],
  ["tests", "test"],
  ["type tests", "test:types"],
  ["build", "build"],
  ["package", "check:package"],
  ["size", "check:size"],
  ["quickstart", "quickstart"]
]

const root = fileURLToPath(new URL("..", import.meta.url))
const keepGoing = process.argv.includes("--keep-going")
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith("--"))
const report = join(mkdtempSync(join(tmpdir(), "effect-spotify-check-")), "report.json")

const said: Array<string> = []
let failed = 0

for (const [name, script] of steps) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.log(`\n── ${name}`)
  const start = Date.now()
  const more = script === "test" ? ["--", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`] : []
  const { status } = spawnSync("npm", ["run", "-s", script, ...more], { cwd: root, stdio: "inherit" })
  const seconds = `${Math.round((Date.now() - start) / 1000)}`.padStart(4)
  said.push(`${status === 0 ? "ok    " : "FAILED"} ${seconds} s  ${name}`)
  if (status === 0) continue
  failed++
  if (!keepGoing) break
}

interface Assertion {
  readonly fullName: string
  readonly status: string
  readonly failureMessages: ReadonlyArray<string>
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: ReadonlyArray<Assertion>
  }>
}

const isFailure = ({ status }: Assertion): boolean => status === "failed"

/** What failed, once more at the end, and the count; a file that doesn't load counts as one failure. */
const summary = ({ numFailedTests, numPassedTests, testResults }: Report): string => {
  const broken = testResults.filter(({ assertionResults, status }) =>
    status === "failed" && !assertionResults.some(isFailure)
  )
  const failures = testResults.flatMap(({ assertionResults, name }) =>
    assertionResults.filter(isFailure).map(({ failureMessages, fullName }) =>
      `FAILED ${name}\n  ${fullName}\n  ${(failureMessages[0] ?? "").slice(0, 2000)}`
    )
  )
  return [
    ...broken.map(({ message, name }) => `FAILED ${name}\n${message}`),
    ...failures,
    `${numPassedTests} passed, ${numFailedTests + broken.length} failed`
  ].join("\n")
}

console.log(`\n${said.join("\n")}\n`)
if (keepGoing && (asked.length === 0 || asked.includes("tests"))) {
  try {
    console.log(summary(JSON.parse(readFileSync(report, "utf8"))))
  } catch (error) {
    console.log(`The tests left no report: ${String(error)}\n0 passed, 1 failed`)
  }
}
process.exitCode = failed === 0 ? 0 : 1
