#!/usr/bin/env node
/**
 * The command `effect-spotify`: sign in to Spotify from a terminal, and look at what the sign-in gives.
 *
 * What it needs beyond the library are optional peers, so this file only looks whether they are there.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

const needed = ["@effect/cli", "@effect/platform-node", "@effect/printer", "@effect/printer-ansi"]

const isMissing = (name: string): boolean =>
  Either.isLeft(Either.try(() => createRequire(import.meta.url).resolve(`${name}/package.json`)))

const manifest: { readonly peerDependencies?: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8")
)

const withRange = (name: string): string => {
  const range = manifest.peerDependencies?.[name]
  return range === undefined ? name : `"${name}@${range}"`
}

const quoted = (word: string): string => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

const missing = needed.filter(isMissing)

if (missing.length === 0) {
  const { run } = await import("./main.js")
  run(process.argv)
} else {
  const packages = missing.map(withRange)
  const words = ["effect-spotify", ...process.argv.slice(2).map(quoted)].join(" ")
  // All of them, since npx takes nothing from a project that lacks some.
  const once = `  npx --yes -p effect-spotify ${needed.map((name) => `-p ${withRange(name)}`).join(" ")} ${words}`
  // npx has put the package where nobody can install anything beside it.
  const isFromNpx = /[\\/]_npx[\\/]/.test(import.meta.url)
  const library = ["effect-spotify", ...["effect", "@effect/platform"].map(withRange)]
  const install = `  npm install ${[...isFromNpx ? library : [], ...packages].join(" ")}\n  npx ${words}`
  Effect.runSync(Console.error(
    `The command effect-spotify needs ${missing.join(", ")}, which the library doesn't. ` +
      (isFromNpx
        ? `Run it with them:\n\n${once}\n\nor install it in a project:\n\n${install}`
        : `Install what is missing:\n\n${install}\n\nor run it without installing anything:\n\n${once}`)
  ))
  process.exitCode = 1
}
