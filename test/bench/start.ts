import { build } from "esbuild"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { interleaved, median, ratio, type Sample } from "./measure.js"

// Both this file and what it bundles end up in .out.
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const run = (file: string, origin: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, origin], { stdio: ["ignore", "ignore", "inherit"] })
    child.on("error", reject)
    child.on("close", (code) => code === 0 ? resolve() : reject(new Error(`${file} ended with ${code}`)))
  })

const bundle = async (name: string): Promise<string> => {
  const outfile = at(`./start-${name}.mjs`)
  await build({
    entryPoints: [at(`../start/${name}.js`)],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    logLevel: "warning"
  })
  return outfile
}

const wall = ({ wall }: Sample): number => wall

/** Import one group and make the first call, as a whole process. */
export const start = async (origin: string, rounds: number) => {
  const [ours, official, effect] = [await bundle("ours"), await bundle("official"), await bundle("effect")]
  const samples = await interleaved({
    ours: () => run(at("../start/ours.js"), origin),
    official: () => run(at("../start/official.js"), origin),
    effect: () => run(at("../start/effect.js"), origin),
    oursBundled: () => run(ours, origin),
    officialBundled: () => run(official, origin),
    effectBundled: () => run(effect, origin)
  }, rounds)
  return {
    modules: ratio(samples.ours, samples.official, wall),
    effectModules: ratio(samples.effect, samples.official, wall),
    bundled: ratio(samples.oursBundled, samples.officialBundled, wall),
    effectBundled: ratio(samples.effectBundled, samples.officialBundled, wall),
    millis: {
      ours: median(samples.ours.map(wall)),
      official: median(samples.official.map(wall)),
      oursBundled: median(samples.oursBundled.map(wall)),
      officialBundled: median(samples.officialBundled.map(wall))
    }
  }
}

const gzipped = async (entry: string, packages: "bundle" | "external") => {
  const { metafile, outputFiles: [file] } = await build({
    entryPoints: [at(entry)],
    outfile: at("./size.mjs"),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    packages,
    metafile: true,
    write: false,
    logLevel: "warning"
  })
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  return {
    kilobytes: gzipSync(file?.contents ?? "", { level: 9 }).length / 1000,
    modules: inputs.map(([name, { bytesInOutput }]) => ({
      name: name.replace(/^.*\/(?:node_modules|dist)\//, ""),
      bytes: bytesInOutput
    })).sort((a, b) => b.bytes - a.bytes)
  }
}

/** A browser program with one operation, minified and gzipped, in kB, and the largest of our own modules in bytes. */
export const size = async () => {
  const own = await gzipped("../../size/one-operation.js", "external")
  return {
    whole: (await gzipped("../../size/one-operation.js", "bundle")).kilobytes,
    own: own.kilobytes,
    largest: own.modules.slice(0, 12),
    effect: (await gzipped("../../size/effect-alone.js", "bundle")).kilobytes,
    official: (await gzipped("../start/official-browser.js", "bundle")).kilobytes
  }
}
