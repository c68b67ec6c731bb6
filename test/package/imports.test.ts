import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const groups =
  "Albums Artists Audiobooks Browse Chapters Episodes Library Markets Player Playlists Recommendations Search Shows Tracks Users"
    .split(" ")

const src = new URL("../../src/", import.meta.url)

/** The modules that a module loads, itself among them; what it only takes types of isn't loaded. */
const loaded = (file: URL, seen = new Set<string>()): Set<string> => {
  if (seen.has(file.href)) return seen
  seen.add(file.href)
  const text = readFileSync(file, "utf8")
  for (const [, path = ""] of text.matchAll(/^(?:import|export)(?! type\b)[^"'=]*?from "(\.[^"]+)\.js"/gm)) {
    loaded(new URL(`${path}.ts`, file), seen)
  }
  return seen
}

describe("importing a group", () => {
  it.each(groups)("%s loads no other group and no list of all", (group) => {
    const names = [...loaded(new URL(`operations/${group}.ts`, src))].map((href) =>
      href.slice(src.href.length, -".ts".length)
    )
    expect(names).toContain("endpoint/Endpoint")
    expect(names.filter((name) => name === "index" || name.startsWith("operations/"))).toEqual([`operations/${group}`])
  })
})
