import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Metric from "effect/Metric"

const requests = Metric.counter("spotify_requests", {
  description: "Requests to the Spotify Web API, by the status of their answer (\"none\" where there was none)",
  incremental: true
})
const requestsBy = new Map<string, Metric.Metric.Counter<number>>()

export const rateLimited = Metric.counter("spotify_rate_limited", {
  description: "Answers 429 that meant the rate",
  incremental: true
})

export const retries = Metric.counter("spotify_retries", {
  description: "Requests that were sent again",
  incremental: true
})

export const count = (fiber: Fiber.RuntimeFiber<unknown, unknown>, counter: Metric.Metric.Counter<number>): void =>
  counter.unsafeUpdate(1, fiber.getFiberRef(FiberRef.currentMetricLabels))

export const countRequest = (fiber: Fiber.RuntimeFiber<unknown, unknown>, status: string): void => {
  let counter = requestsBy.get(status)
  if (counter === undefined) {
    counter = Metric.tagged(requests, "status", status)
    requestsBy.set(status, counter)
  }
  count(fiber, counter)
}
