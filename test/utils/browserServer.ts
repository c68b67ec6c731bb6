/** Starts an example that serves pages, in a process of its own, as a person would. */
import { Command } from "@effect/platform"
import { Deferred, Effect, Stream } from "effect"
import { fileURLToPath } from "node:url"

/** Waits for the line that says where it listens; that line and all others are in `output`. */
export const start = (example: string, settings: Record<string, string>) =>
  Effect.gen(function*() {
    const file = fileURLToPath(new URL(`../../examples/${example}`, import.meta.url))
    const process_ = yield* Command.make(process.execPath, "--import", "tsx", file).pipe(
      // Nothing of this machine's own settings.
      Command.env({ PORT: "0", ...settings }, { extendEnv: false }),
      Command.start
    )
    const output: Array<string> = []
    const listening = yield* Deferred.make<string>()
    yield* Stream.merge(process_.stdout, process_.stderr).pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.runForEach((line) => {
        output.push(line)
        const url = /(?:Listening on|Open) (http\S+)/.exec(line)?.[1]
        return url === undefined ? Effect.void : Deferred.succeed(listening, url)
      }),
      Effect.zipRight(Effect.suspend(() => Deferred.die(listening, new Error(output.join("\n"))))),
      Effect.forkScoped
    )
    return { url: yield* Deferred.await(listening), output }
  })
