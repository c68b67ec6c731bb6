/** One process of a fleet: its argument is where Spotify and the budget are, and how many calls it makes, as JSON. */
import { NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Redacted } from "effect"
import * as Markets from "effect-spotify/Markets"
import * as RateBudgetRedis from "effect-spotify/RateBudgetRedis"
import * as RateBudgetSql from "effect-spotify/RateBudgetSql"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as UndiciTransport from "effect-spotify/UndiciTransport"

export interface Task {
  readonly api: string
  readonly engine: "redis" | "postgres"
  readonly url: string
  readonly key: string
  readonly perSecond: number | undefined
  readonly calls: number
}

const { api, calls, engine, key, perSecond, url }: Task = JSON.parse(process.argv[2] ?? "")

const BudgetLive = engine === "redis"
  ? RateBudgetRedis.layer({ key, url: Redacted.make(url) })
  : Layer.provide(RateBudgetSql.layer({ key }), PgClient.layer({ url: Redacted.make(url), maxConnections: 2 }))

const ClientLive = SpotifyClient.layer({
  baseUrl: api,
  maxRateLimitRetries: 100,
  requestsPer: perSecond === undefined ? undefined : [perSecond, "1 second"]
}).pipe(
  Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make(`token-${process.pid}`) })),
  Layer.provide([UndiciTransport.layer, BudgetLive])
)

NodeRuntime.runMain(
  Effect.replicateEffect(Markets.get(), calls, { concurrency: 25, discard: true }).pipe(
    Effect.provide(ClientLive)
  )
)
