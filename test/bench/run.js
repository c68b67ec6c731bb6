/**
 * `npm run bench`: bundles the benchmark (as it is compiled, without what a loader adds) and runs it.
 *
 *   --check   compares with the targets, and fails where one is missed
 *   --write   writes docs/benchmarks.md
 *   --only=calls,memory,wire,http2,paging,decode,budget,writes,start,size,burst,fleet
 */
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

await build({
  entryPoints: [
    "main",
    "server",
    "burstChild",
    "tokenServer",
    "fleetChild",
    "memory/official",
    "memory/ours",
    "tlsServer"
  ].map((
    name
  ) => here(`${name}.ts`)),
  outdir: here(".out"),
  bundle: true,
  format: "esm",
  platform: "node",
  packages: "external",
  tsconfig: here("tsconfig.json"),
  logLevel: "warning"
})

spawn(process.execPath, ["--expose-gc", here(".out/main.js"), ...process.argv.slice(2)], { stdio: "inherit" })
  .on("close", (code) => {
    process.exitCode = code ?? 1
  })
