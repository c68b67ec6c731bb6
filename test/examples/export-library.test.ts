import { expect, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { bundled } from "../utils/bundle.js"

const root = fileURLToPath(new URL("../..", import.meta.url))

const example = new URL("../../examples/export-library.ts", import.meta.url)

/** Runs the example; `signal` is sent as soon as it has kept how far it is. */
const run = async (output: string, signal?: NodeJS.Signals) => {
  const program = await bundled(example)
  return new Promise<{ readonly code: number | null; readonly log: string; readonly isStopped: boolean }>(
    (resolve, reject) => {
      const { SPOTIFY_CLIENT_ID: _, ...env } = process.env
      const child = spawn(process.execPath, [program, output], { cwd: root, env })
      let log = ""
      child.stderr.on("data", (data: Buffer) => {
        log += data.toString()
        // A second one would end it at once.
        if (signal !== undefined && !child.killed && existsSync(`${output}.progress`)) child.kill(signal)
      })
      child.on("error", reject)
      child.on("close", (code) => resolve({ code, log, isStopped: existsSync(`${output}.progress`) }))
    }
  )
}

it.concurrent.each(["SIGINT", "SIGKILL"] as const)("goes on after %s, and writes each track once", async (signal) => {
  const directory = mkdtempSync(join(tmpdir(), "export-library-"))
  const output = join(directory, "tracks.jsonl")
  // On a busy machine it may come to its end before the signal reaches it.
  let stopped = await run(output, signal)
  while (!stopped.isStopped) stopped = await run(output, signal)
  if (signal === "SIGINT") expect(stopped.log).toContain("run it again to go on")
  // What a run that was killed while it wrote leaves behind its last whole page.
  appendFileSync(output, "{\"half\":")
  const finished = await run(output)
  expect(finished.code).toBe(0)
  expect(finished.log).toMatch(/Going on after [1-9]\d* tracks/)
  const uris = readFileSync(output, "utf8").trim().split("\n").map((line): unknown => JSON.parse(line).uri)
  expect(uris).toHaveLength(3000)
  expect(new Set(uris).size).toBe(3000)
  expect(finished.isStopped).toBe(false)
  rmSync(directory, { recursive: true })
}, 240_000)
