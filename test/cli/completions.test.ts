import { NodeContext } from "@effect/platform-node"
import { beforeAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { run } from "../utils/signInCli.js"

const script = (shell: string) =>
  Effect.map(run(["--completions", shell]), ({ code, stderr, stdout }) => {
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    return stdout
  })

/** Whether a shell is here, since not every machine has all of them. */
const has = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0

describe("completions", () => {
  let bash = ""
  beforeAll(async () => {
    bash = await Effect.runPromise(Effect.provide(script("bash"), NodeContext.layer))
  })

  /** What bash offers where the cursor is behind the last of the words. */
  const offered = (...words: ReadonlyArray<string>): ReadonlyArray<string> => {
    const { stderr, stdout } = spawnSync("bash", [
      "--norc",
      "-c",
      [
        bash,
        `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})`,
        `COMP_CWORD=${words.length - 1}`,
        // As bash finds it: by the name of the command.
        "handler=$(complete -p effect-spotify | sed 's/.*-F \\([^ ]*\\) .*/\\1/')",
        "\"$handler\"",
        "printf '%s\\n' \"${COMPREPLY[@]}\""
      ].join("\n")
    ], { encoding: "utf8" })
    expect(stderr).toBe("")
    return stdout.trim().split("\n")
  }

  it.skipIf(!has("bash"))("complete commands, operations, options and their values in bash", () => {
    const commands = ["login", "logout", "whoami", "token", "doctor", "now", "api", "call", "fake"]
    expect(offered("effect-spotify", "")).toEqual(expect.arrayContaining(commands))
    expect(offered("effect-spotify", "log").toSorted()).toEqual(["login", "logout"])
    expect(offered("effect-spotify", "login", "--sc")).toEqual(["--scope"])
    expect(offered("effect-spotify", "fake", "--consent", "")).toEqual(["automatic", "page"])
    expect(offered("effect-spotify", "call", "Tracks.g")).toEqual(["Tracks.get"])
    expect(offered("effect-spotify", "call", "Tracks.get", "x", "--ma")).toEqual(["--market"])
    expect(offered("effect-spotify", "call", "Library.tracks", "--")).toContain("--all")
    expect(offered("effect-spotify", "--completions", "")).toEqual(["bash", "zsh", "fish"])
    expect(offered("effect-spotify", "api", "--store", "package.j")).toEqual(["package.json"])
  })

  for (const shell of ["bash", "zsh", "fish"]) {
    it.effect(`for ${shell} name all commands and operations, and are a script of it`, () =>
      Effect.gen(function*() {
        const text = yield* script(shell)
        for (const word of ["login", "fake", "Tracks.get", "Users.follows", "include_groups"]) {
          expect(text).toContain(word)
        }
        // fish refuses a completion that is with and without files.
        expect(text).not.toMatch(/ -f .* -F$/m)
        if (has(shell)) expect(spawnSync(shell, ["-n"], { input: text, encoding: "utf8" }).stderr).toBe("")
      }).pipe(Effect.provide(NodeContext.layer)))
  }

  it.effect("names the shells that there are", () =>
    Effect.map(
      run(["--completions", "tcsh"]),
      (ended) =>
        expect(ended).toEqual({ code: 2, stdout: "", stderr: "✗ --completions takes one of bash, zsh, fish\n" })
    ).pipe(
      Effect.provide(NodeContext.layer)
    ))
})
