/** Starts `tokenStoreChild.ts`, one process with a token store of its own. */
import { Data, Effect, Random } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { bundled } from "./bundle.js"

const program = new URL("./tokenStoreChild.ts", import.meta.url)

export class ProcessFailed extends Data.TaggedError("ProcessFailed")<{ readonly message: string }> {}

export interface StoreProcess {
  readonly pid: number
  /** Waits for a line of output that starts with the word. */
  readonly said: (word: string) => Effect.Effect<string, ProcessFailed>
  /** What it has said so far. */
  readonly lines: Effect.Effect<ReadonlyArray<string>>
  /** Waits for the end, which has to be a good one. */
  readonly finished: Effect.Effect<void, ProcessFailed>
  /** SIGSTOP and SIGCONT. */
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** SIGKILL, and waits until the process is gone. */
  readonly kill: Effect.Effect<void>
}

/** `place` is a JSON text that `tokenStoreChild.ts` turns into a layer. */
export const start = (place: object, command: string, ...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.map(Effect.promise(() => bundled(program)), (file): StoreProcess => {
      const process_ = spawn(
        process.execPath,
        [file, JSON.stringify(place), command, ...args],
        { stdio: ["ignore", "pipe", "pipe"] }
      )
      const exited = once(process_, "exit")
      const lines: Array<string> = []
      const listeners = new Set<() => void>()
      let errors = ""
      let ended = false
      const tell = () => listeners.forEach((listener) => listener())
      createInterface({ input: process_.stdout }).on("line", (line) => {
        lines.push(line)
        tell()
      })
      process_.stderr.on("data", (data) => {
        errors += data
      })
      process_.on("close", () => {
        ended = true
        tell()
      })
      return {
        pid: process_.pid ?? 0,
        said: (word) =>
          Effect.async((resume) => {
            const listener = () => {
              const line = lines.find((line) => line.startsWith(word))
              if (line !== undefined) {
                listeners.delete(listener)
                resume(Effect.succeed(line))
              } else if (ended) {
                listeners.delete(listener)
                resume(new ProcessFailed({ message: `ended without ${word}: ${lines.join("\n")}\n${errors}` }))
              }
            }
            listeners.add(listener)
            listener()
          }),
        lines: Effect.sync(() => [...lines]),
        finished: Effect.flatMap(Effect.promise(() => exited), ([code]) =>
          code === 0
            ? Effect.void
            : new ProcessFailed({ message: `exit code ${code}: ${lines.join("\n")}\n${errors}` })),
        signal: (signal) => Effect.sync(() => void process_.kill(signal)),
        kill: Effect.promise(async () => {
          process_.kill("SIGKILL")
          await exited
        })
      }
    }),
    (process_) => process_.kill
  )

/** A real pause of random length, to meet the other process anywhere in its work. */
export const pauseUpTo = (millis: number) =>
  Effect.flatMap(
    Random.nextIntBetween(0, millis),
    (pause) => Effect.promise(() => new Promise((resolve) => setTimeout(resolve, pause)))
  )
