import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { CantDo, WrongCall } from "./problems.js"

/** What `@file` names, or `@-` for the standard input. */
export const readNamed = (name: string): Effect.Effect<Uint8Array, CantDo, FileSystem.FileSystem> =>
  name === "@-"
    ? Effect.try({
      try: () => readFileSync(0),
      catch: () => new CantDo({ message: "The standard input can't be read" })
    })
    : FileSystem.FileSystem.pipe(
      Effect.flatMap((files) => files.readFile(name.slice(1))),
      Effect.mapError(() => new CantDo({ message: `The file ${name.slice(1)} can't be read` }))
    )

/** A text that was given, or that is in the file which `@file` names. */
export const readText = (given: string): Effect.Effect<string, CantDo, FileSystem.FileSystem> =>
  given.startsWith("@")
    ? Effect.map(readNamed(given), (bytes) => new TextDecoder().decode(bytes))
    : Effect.succeed(given)

export const parseJson = (text: string, where: string): Effect.Effect<unknown, WrongCall> =>
  Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: (error) => new WrongCall({ message: `${where} is no JSON: ${error instanceof Error ? error.message : ""}` })
  })
