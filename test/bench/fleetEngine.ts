/** Where the fleet's budget is kept. */
import { PgClient } from "@effect/sql-pg"
import { Layer, Redacted } from "effect"
import type { RateBudget } from "effect-spotify/RateBudget"
import * as RateBudgetRedis from "effect-spotify/RateBudgetRedis"
import * as RateBudgetSql from "effect-spotify/RateBudgetSql"

export interface Engine {
  readonly kind: "redis" | "postgres"
  readonly url: string
  readonly key: string
}

export const budgetLayer = ({ key, kind, url }: Engine): Layer.Layer<RateBudget> =>
  Layer.orDie(
    kind === "redis"
      ? RateBudgetRedis.layer({ key, url: Redacted.make(url) })
      : Layer.provide(
        RateBudgetSql.layer({ key }),
        PgClient.layer({ url: Redacted.make(url), maxConnections: 4 })
      )
  )
