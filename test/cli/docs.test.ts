import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { readFileSync } from "node:fs"
import { about } from "../../src/cli/about.js"
import { programOf } from "../../src/cli/program.js"
import { run } from "../utils/signInCli.js"

const page = readFileSync(new URL("../../docs/command.md", import.meta.url), "utf8")

const settings = {
  clientId: "my-client-id",
  clientSecret: undefined,
  redirectUri: "http://127.0.0.1:8888/callback",
  store: "tokens.json",
  key: undefined,
  app: false,
  accountsUrl: undefined,
  apiUrl: undefined
}

describe("docs/command.md", () => {
  // `npm run check:docs` compiles them there.
  it("shows the programs that login prints", () => {
    expect(page).toContain(`\`\`\`ts\n${programOf({ ...settings, key: "work" })}\`\`\``)
    expect(page).toContain(`\`\`\`ts\n${programOf({ ...settings, clientSecret: Redacted.make("secret") })}\`\`\``)
  })

  it.effect("has a section for each command, and all of their options", () =>
    Effect.gen(function*() {
      for (const name of Object.keys(about)) {
        expect(page).toContain(`\n## ${name}\n`)
        if (name === "call") continue
        const { stdout } = yield* run([name, "--help"])
        for (const [option] of stdout.matchAll(/^--[a-z-]+/gm)) expect(page).toContain(option)
      }
    }).pipe(Effect.provide(NodeContext.layer)))
})
