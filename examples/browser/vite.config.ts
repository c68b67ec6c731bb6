import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig({
  root: path("."),
  // This repository's own source. Where effect-spotify is installed, leave this out.
  resolve: {
    alias: [
      { find: /^effect-spotify$/, replacement: path("../../src/index.ts") },
      { find: /^effect-spotify\/(.+)$/, replacement: path("../../src/$1.ts") }
    ]
  },
  // Spotify takes no localhost as a redirect URI.
  server: { host: "127.0.0.1" },
  build: { target: "es2022" }
})
