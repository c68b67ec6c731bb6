import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { memo } from "../core/memo.js"

const reports = Metric.counter("spotify.budget.reports", {
  description: "Reports to the engine of a shared rate budget, by outcome",
  incremental: true
})

const members = Metric.gauge("spotify.budget.members", {
  description: "How many clients draw on a shared rate budget, as its engine said last"
})

const reportsOf = memo((outcome) => Metric.tagged(reports, "outcome", outcome))

/** `count` where the engine has answered. */
export const tellReport = (count: number | undefined): Effect.Effect<void> =>
  Effect.zipRight(
    Metric.increment(reportsOf(count === undefined ? "unavailable" : "ok")),
    count === undefined ? Effect.void : Metric.set(members, count)
  )
