/** What the scripts of the other clients share. They have no types here, since they are no dependency of the library. */
import { createRequire } from "node:module"

/** The clients are those of the benchmark: `npm ci --prefix test/bench`. */
export const require = createRequire(new URL("../../bench/package.json", import.meta.url))

const [, , apiUrl = "", token = ""] = process.argv

export { apiUrl, token }

/** The id of the nth thing of a kind in the fake's catalogue, from 1. */
export const id = (kind, n) => kind + String(n).padStart(22 - kind.length, "0")

/** Makes the calls one after the other, and prints what each that failed says. */
export const run = async (calls) => {
  const failed = {}
  for (const [name, call] of Object.entries(calls)) {
    try {
      await call()
    } catch (error) {
      failed[name] = String(error?.message ?? error)
    }
  }
  console.log(JSON.stringify({ calls: Object.keys(calls).length, failed }))
}
