/** A folder for programs that the tests bundle, beside the packages that they load; it goes when the run ends. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"

const cache = fileURLToPath(new URL("../../node_modules/.cache/effect-spotify", import.meta.url))

export default function setup(): () => void {
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(`${cache}/test-`)
  process.env["TEST_PROCESS_FOLDER"] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
