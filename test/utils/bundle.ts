/** Programs that tests start in processes of their own. */
import { build } from "esbuild"
import { basename } from "node:path"
import { fileURLToPath } from "node:url"

const built = new Map<string, Promise<string>>()

/**
 * A program's file as one that starts fast: loading effect module by module takes a process seconds. Once for all test
 * files of a runner's process.
 */
export const bundled = (program: URL): Promise<string> => {
  const file = fileURLToPath(program)
  const make = async () => {
    const outdir = `${process.env["TEST_PROCESS_FOLDER"]}/${process.pid}`
    await build({
      entryPoints: [file],
      outdir,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true,
      platform: "node",
      format: "esm",
      // What some packages require of Node.
      banner: { js: "import { createRequire } from \"node:module\"; const require = createRequire(import.meta.url)" },
      external: ["@libsql/client", "pg", "pg-cursor", "pg-connection-string"],
      logLevel: "warning"
    })
    return `${outdir}/${basename(file, ".ts")}.mjs`
  }
  const path = built.get(file) ?? make()
  built.set(file, path)
  return path
}
