import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import { memo } from "../core/memo.js"

type Caller = Fiber.RuntimeFiber<unknown, unknown>

const requests = Metric.counter("spotify.requests", {
  description: "Requests to the Spotify Web API, by operation and status of the answer (\"none\" where there was none)",
  incremental: true
})

const duration = Metric.histogram(
  "spotify.request.duration",
  // Those of OpenTelemetry's http.client.request.duration.
  MetricBoundaries.fromIterable([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]),
  "How long requests took, with the body of their answer, in seconds"
)

const wait = Metric.counter("spotify.wait", {
  description: "Seconds in which requests waited for their turn: for a pause, the pace, or a place",
  incremental: true
})

const rateLimited = Metric.counter("spotify.rate_limited", {
  description: "Answers 429 that meant the rate",
  incremental: true
})

const retries = Metric.counter("spotify.retries", { description: "Requests that were sent again", incremental: true })

/** Adds to a metric under the caller's tags. */
const add = <Type, In, Out>(caller: Caller, metric: Metric.Metric<Type, In, Out>, value: In): void =>
  metric.unsafeUpdate(value, caller.getFiberRef(FiberRef.currentMetricLabels))

const requestsOf = memo((operation, status) =>
  Metric.tagged(Metric.tagged(requests, "operation", operation), "status", status)
)
const durationOf = memo((operation) => Metric.tagged(duration, "operation", operation))

export const countRequest = (caller: Caller, operation: string, status: string, millis: number): void => {
  add(caller, requestsOf(operation, status), 1)
  add(caller, durationOf(operation), millis / 1000)
}

export const countRateLimited = (caller: Caller): void => add(caller, rateLimited, 1)

export const countRetry = (caller: Caller): void => add(caller, retries, 1)

export const countWait = (caller: Caller, millis: number): void => add(caller, wait, millis / 1000)
