import { readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const root = new URL("../", import.meta.url)

interface Manifest {
  readonly exports: { readonly [entry: string]: string | { readonly default: string } }
}

const { exports }: Manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"))

export default defineConfig({
  root: fileURLToPath(root),
  resolve: {
    // What a user can import, from the sources instead of the build.
    alias: Object.entries(exports).flatMap(([entry, target]) =>
      typeof target === "string" ? [] : [{
        find: new RegExp(`^${entry.replace(/^\./, "effect-spotify")}$`),
        replacement: fileURLToPath(new URL(target.default.replace("./dist/", "src/").replace(/\.js$/, ".ts"), root))
      }]
    )
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/utils/postgresCluster.ts", "test/utils/processFolder.ts"],
    // A process loads effect once, not once a file.
    isolate: false,
    // One a core: with more, a runner's process may not be heard for a minute on a busy machine, which ends the run.
    maxWorkers: availableParallelism(),
    minWorkers: availableParallelism(),
    // For a hang; a busy machine is slow.
    testTimeout: 240_000,
    hookTimeout: 240_000
  }
})
