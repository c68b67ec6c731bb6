import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")

describe("the README", () => {
  const readme = read("README.md")

  it("shows the test beside this one", () => {
    assert.include(readme, read("test/readme/testing.test.ts"))
  })

  it("names commands that exist", () => {
    const { scripts } = JSON.parse(read("package.json"))
    const named = [...readme.matchAll(/npm (?:run )?(\w+)/g)].flatMap(([, name]) => name ?? []).filter((name) =>
      name !== "install"
    )
    assert.isNotEmpty(named)
    assert.containsAllKeys(scripts, named)
  })
})
