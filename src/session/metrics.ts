import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import { memo } from "../core/memo.js"
import type { Token } from "../store/TokenStore.js"

const requests = Metric.counter("spotify.token.requests", {
  description: "Requests to the token endpoint, by grant type and outcome: ok, OAuth's code, or none without an answer",
  incremental: true
})

const signInAge = Metric.histogram(
  "spotify.sign_in.age",
  MetricBoundaries.fromIterable([1, 7, 30, 60, 90, 120, 150, 160, 170, 175, 180]),
  "How many days ago users whose tokens are refreshed signed in; after six months they have to again"
)

const requestsOf = memo((grantType, outcome) =>
  Metric.tagged(Metric.tagged(requests, "grant_type", grantType), "outcome", outcome)
)

/** `outcome` is `ok`, OAuth's code, or `none` without an answer. */
export const countTokenRequest = (grantType: string, outcome: string): Effect.Effect<void> =>
  Metric.increment(requestsOf(grantType, outcome))

export const tellSignInAge = ({ authorizedAt }: Token, now: number): Effect.Effect<void> =>
  authorizedAt === undefined
    ? Effect.void
    : Metric.update(signInAge, Duration.toDays(Duration.millis(now - authorizedAt.epochMillis)))
