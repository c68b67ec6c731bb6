/** One process with a session on a shared token file: its argument is the options as JSON. */
import { FetchHttpClient, FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted, Schedule } from "effect"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as TokenStore from "effect-spotify/TokenStore"

const { directory, name, ...options }: {
  readonly accountsUrl: string
  readonly clientId: string
  readonly redirectUri: string
  readonly directory: string
  readonly name: string
} = JSON.parse(process.argv[2] ?? "")

// Says that it is ready, and waits for the sign to start, so that all processes ask at the same moment.
const waitForStart = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  yield* fs.writeFileString(`${directory}/${name}.ready`, "")
  yield* Effect.repeat(fs.exists(`${directory}/start`), {
    until: (exists) => exists,
    schedule: Schedule.spaced("5 millis")
  })
})

Effect.gen(function*() {
  yield* waitForStart
  const asked = Array.from({ length: 20 }, () => SpotifySession.accessToken)
  const tokens = new Set((yield* Effect.all(asked, { concurrency: "unbounded" })).map(Redacted.value))
  yield* Console.log([...tokens].join(" "))
}).pipe(
  Effect.provide(
    SpotifySession.layerPkce(options).pipe(
      Layer.provide([TokenStore.layerFile(`${directory}/tokens.json`), FetchHttpClient.layer]),
      Layer.provideMerge(NodeContext.layer)
    )
  ),
  NodeRuntime.runMain
)
