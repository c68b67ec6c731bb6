import { describe, expect, it } from "vitest"
import { unfenced } from "../../scripts/examples.js"

const comment = (...lines: ReadonlyArray<string>) =>
  ["/**", ...lines.map((line) => ` * ${line}`.trimEnd()), " */", ""].join("\n")

describe("an @example", () => {
  it("is checked in a fence of TypeScript", () => {
    expect(unfenced(comment("Gives.", "", "@example", "```ts", "Albums.get(1)", "```"))).toEqual([])
  })

  it.each([
    ["without a fence", ["@example", "Albums.get(1)"]],
    ["on the tag's own line", ["@example Albums.get(1)"]],
    ["that ends the comment", ["@example"]],
    ["in a fence without a language", ["@example", "```", "Albums.get(1)", "```"]],
    ["after an empty line", ["@example", "", "Albums.get(1)"]]
  ])("%s is told by its line", (_, lines) => {
    expect(unfenced(comment("Gives.", "", ...lines))).toEqual([4])
  })

  it("in a comment of one line is told too", () => {
    expect(unfenced("/** @example Albums.get(1) */\n")).toEqual([1])
  })
})
