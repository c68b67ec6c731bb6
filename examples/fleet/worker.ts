/** One worker of the fleet: `fleet.ts` starts it, and tells it by its argument where everything is. */
import { ClusterWorkflowEngine, RunnerAddress } from "@effect/cluster"
import { NodeClusterSocket, NodeRuntime } from "@effect/platform-node"
import { Duration, Effect, Layer, Logger, LogLevel, Option, Redacted, Schedule, Schema } from "effect"
import { SpotifyClient, SpotifySession, SpotifySessions } from "effect-spotify"
import * as RateBudgetSql from "effect-spotify/RateBudgetSql"
import * as TokenStoreSql from "effect-spotify/TokenStoreSql"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import * as Database from "./database.js"
import { sharding } from "./sharding.js"
import { app } from "./spotify.js"
import { Task, type Told } from "./task.js"
import { ExportLibraryLive, UpdatePlaylistLive } from "./workflows.js"

const credentials = { clientId: app.clientId, clientSecret: Redacted.make(app.clientSecret) }

const main = (task: typeof Task.Type) => {
  const Tokens = TokenStoreSql.layer()
  const Spotify = SpotifyClient.layer({
    baseUrl: task.apiUrl,
    headers: { "user-agent": `fleet/${process.pid}` },
    requestsPer: [task.budget.requests, Duration.seconds(task.budget.seconds)],
    // Nobody waits for a job's call, so that it may wait for as long as Spotify says.
    maxWait: "1 day",
    maxRateLimitRetries: 1000
  }).pipe(
    Layer.provide(SpotifySession.layerClientCredentials({ ...credentials, accountsUrl: task.accountsUrl })),
    Layer.merge(SpotifySessions.layerAuthorizationCode({
      ...credentials,
      redirectUri: "http://127.0.0.1:8888/callback",
      accountsUrl: task.accountsUrl
    })),
    Layer.provide(Tokens),
    // Connections of its own: the budget has to answer at once, whatever the jobs do.
    Layer.provide(
      Layer.provide(RateBudgetSql.layer({ key: app.clientId }), Layer.fresh(Database.layer(task.database, 2)))
    ),
    Layer.provide(UndiciTransport.layer)
  )
  const Cluster = ClusterWorkflowEngine.layer.pipe(
    Layer.provide(NodeClusterSocket.layer({
      storage: "sql",
      shardingConfig: { ...sharding, runnerAddress: Option.some(RunnerAddress.make("127.0.0.1", task.port)) }
    }))
  )
  return Layer.mergeAll(ExportLibraryLive, UpdatePlaylistLive, Layer.scopedDiscard(Effect.forkScoped(tell))).pipe(
    Layer.provide(Cluster),
    Layer.provide(Spotify),
    Layer.provide(Database.layer(task.database)),
    Layer.provide(Logger.minimumLogLevel(LogLevel.Warning))
  )
}

/** What the table shows of this worker. */
const tell = Effect.repeat(
  Effect.map(SpotifyClient.status, ({ inFlight, pausedUntil, waiting }) => {
    const told: Told = { inFlight, waiting, pausedUntil: Option.getOrUndefined(pausedUntil)?.epochMillis }
    process.send?.(told)
  }),
  Schedule.spaced("500 millis")
)

// Who started it is gone.
process.once("disconnect", () => process.exit(1))

Schema.decode(Task)(process.argv[2] ?? "").pipe(
  Effect.flatMap((task) => Layer.launch(main(task))),
  NodeRuntime.runMain
)
