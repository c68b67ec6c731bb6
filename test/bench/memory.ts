/** The peak of a process' memory (RSS): 3,000 calls, 50 at once, each client in processes of its own. */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { median } from "./measure.js"

const peakOf = (file: string, args: ReadonlyArray<string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), args)
    child.on("message", ({ megabytes }: { readonly megabytes: number }) => resolve(megabytes))
    child.on("exit", (code) => reject(new Error(`${file} ended with ${code}`)))
  })

export const memory = async (origin: string, rounds: number) => {
  const peaks = { official: [] as Array<number>, undici: [] as Array<number>, fetch: [] as Array<number> }
  for (let round = 0; round < rounds; round++) {
    peaks.official.push(await peakOf("./memory/official.js", [origin]))
    peaks.undici.push(await peakOf("./memory/ours.js", [origin, "undici"]))
    peaks.fetch.push(await peakOf("./memory/ours.js", [origin, "fetch"]))
  }
  const toOfficial = (of: ReadonlyArray<number>) => median(of.map((peak, i) => peak / (peaks.official[i] ?? peak)))
  return {
    official: median(peaks.official),
    undici: toOfficial(peaks.undici),
    fetch: toOfficial(peaks.fetch)
  }
}
