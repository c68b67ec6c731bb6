/** Writes the table of operations into docs/operations.md; with --check, fails when it is stale. */
import { Array, Console, Effect } from "effect"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import type { Spec } from "../src/endpoint/Endpoint.js"
import * as Endpoints from "../src/operations/Endpoints.js"

const file = new URL("../docs/operations.md", import.meta.url)

const repeatable: Record<"true" | "false" | "depends", string> = { true: "yes", false: "no", depends: "when replacing" }

const row = (spec: Spec): ReadonlyArray<string> => [
  `[${spec.operation}](${spec.reference})`,
  `\`${spec.method} ${spec.path}\``,
  spec.scopes.map((scope) => `\`${scope}\``).join(" "),
  spec.quota === "any" ? "both" : "extended only",
  repeatable[`${spec.idempotent}`],
  spec.deprecated === undefined
    ? ""
    : `${spec.deprecated.since}${spec.deprecated.use === undefined ? "" : `; use \`${spec.deprecated.use}\``}`
]

const head = ["Operation", "Request", "Scopes", "Quota mode", "Repeated", "Deprecated"]

const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}

const groups = Object.entries(Array.groupBy(Endpoints.all, (spec) => spec.operation.split(".")[0] ?? ""))

const page = `# Operations

The ${Endpoints.all.length} operations of the Web API, written from the declarations by \`scripts/operations.ts\`. Each name leads to
its reference page. Scopes are those that an operation can need; which ones a call needs may depend on
what it touches. Apps in Development Mode have lost the operations of the extended quota mode. "Repeated" tells whether a
request may be sent again when nobody knows what came of it.

${groups.map(([group, specs]) => `## ${group}\n\n${table(specs.map(row))}\n`).join("\n")}`

const stale = !existsSync(file) || readFileSync(file, "utf8") !== page

if (!process.argv.includes("--check")) {
  mkdirSync(new URL(".", file), { recursive: true })
  writeFileSync(file, page)
} else if (stale) {
  Effect.runSync(Console.error("docs/operations.md is stale: npx tsx scripts/operations.ts writes it"))
  process.exitCode = 1
}
