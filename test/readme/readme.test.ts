import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"

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
  it("and the docs name the versions of packages that this one is made for", () => {
    const { devDependencies, peerDependencies } = JSON.parse(read("package.json"))
    const ranges: { readonly [name: string]: string } = { ...devDependencies, ...peerDependencies }
    const docs = readdirSync(new URL("../../docs", import.meta.url), { recursive: true, encoding: "utf8" })
    const pinned = ["README.md", ...docs.filter((name) => /^(?!api\/).*\.md$/.test(name)).map((name) => `docs/${name}`)]
      .flatMap((path) => [...read(path).matchAll(/npm install ([^`\n]*)/g)].flatMap(([, line = ""]) => line.split(" ")))
      .flatMap((word) => /^(@?[\w/-]+)@([\d.]+)$/.exec(word)?.slice(1, 3).join(" ") ?? [])
    const wrong = [...new Set(pinned)].filter((pin) => {
      const [name = "", version] = pin.split(" ")
      return !ranges[name]?.replace("^", "").startsWith(`${version}.`)
    })
    assert.isAbove(pinned.length, 20)
    assert.deepStrictEqual(wrong, [])
  })
})
