import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

const { exports }: { readonly exports: { readonly [entry: string]: string | { readonly default: string } } } = JSON
  .parse(readFileSync(path("../../package.json"), "utf8"))

export default defineConfig({
  root: path("."),
  // This repository's own source. Where effect-spotify is installed, leave this out.
  resolve: {
    alias: Object.entries(exports).flatMap(([entry, target]) =>
      typeof target === "string" ? [] : [{
        find: new RegExp(`^${entry.replace(/^\./, "effect-spotify")}$`),
        replacement: path(target.default.replace("./dist/", "../../src/").replace(/\.js$/, ".ts"))
      }]
    )
  },
  // Spotify takes no localhost as a redirect URI.
  server: { host: "127.0.0.1" },
  build: { target: "es2022" }
})
