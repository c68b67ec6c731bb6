/**
 * Each call is a span, with what became of it, and the client counts what it does.
 *
 *   npx tsx examples/guides/tracing.ts
 *
 * With OTEL_EXPORTER_OTLP_ENDPOINT (http://127.0.0.1:4318) spans, metrics and logs go to a collector there.
 */
import { NodeSdk, Otlp } from "@effect/opentelemetry"
import { FetchHttpClient } from "@effect/platform"
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { Config, Console, Effect, Layer, Metric, MetricState, Option, Redacted } from "effect"
import { SpotifyClient, SpotifySession, TokenStore, Tracks, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

const resource = { serviceName: "guide" }
const spans = new InMemorySpanExporter()

const TracingLive = Layer.unwrapEffect(Effect.map(
  Config.option(Config.nonEmptyString("OTEL_EXPORTER_OTLP_ENDPOINT")),
  Option.match({
    onNone: () => NodeSdk.layer(() => ({ resource, spanProcessor: new SimpleSpanProcessor(spans) })),
    onSome: (baseUrl) => Otlp.layerJson({ baseUrl, resource }).pipe(Layer.provide(FetchHttpClient.layer))
  })
))

/** A user who signed in before, and whose access token is over. */
const StoreLive = Layer.effect(
  TokenStore.TokenStore,
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const store = yield* TokenStore.TokenStore
    const { refreshToken } = yield* spotify.issueToken()
    if (refreshToken !== undefined) yield* store.set("default", TokenStore.fromRefreshToken(refreshToken))
    return store
  })
).pipe(Layer.provide(TokenStore.layerMemory))

const SpotifyLive = SpotifyClient.layer({ market: "SE" }).pipe(
  Layer.provide(SpotifySession.layerAuthorizationCode({
    clientId: "fake-client-id",
    clientSecret: Redacted.make("fake-client-secret"),
    redirectUri: "http://127.0.0.1:8888/callback"
  })),
  Layer.provide(StoreLive),
  Layer.provideMerge(FakeSpotify.layer())
)

const nightly = Effect.gen(function*() {
  const spotify = yield* FakeSpotify.FakeSpotify
  yield* spotify.failNext(FakeSpotify.slow("50 millis"), { on: { host: "accounts" } })
  yield* Users.me()
  yield* spotify.failNext([FakeSpotify.reply(503), FakeSpotify.tooManyRequests(1)])
  yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb")
  yield* Effect.ignore(Tracks.get("0000000000000000000000"))
}).pipe(Effect.withSpan("nightly job"), Effect.tagMetrics("program", "guide"))

/** Times and waits are left out: they differ from run to run. */
const describe = ({ attributes, events, name, parentSpanContext }: ReadableSpan) => [
  `${parentSpanContext === undefined ? "" : "  "}${name}`,
  ...Object.entries(attributes).map(([key, value]) => `      ${key}: ${value}`),
  ...events.flatMap(({ attributes, name }) => name === "sent again" ? [`    * ${name}: ${attributes?.["why"]}`] : [])
]

export const program = Effect.gen(function*() {
  yield* Effect.zipRight(
    nightly,
    Effect.suspend(() => Console.log(spans.getFinishedSpans().flatMap(describe).join("\n")))
  ).pipe(Effect.provide(Layer.provideMerge(SpotifyLive, TracingLive)))

  const counts = (yield* Metric.snapshot).flatMap(({ metricKey: { name, tags }, metricState }) => {
    const own = tags.filter(({ key }) => key !== "program").map(({ key, value }) => ` ${key}=${value}`).join("")
    return tags.some(({ value }) => value === "guide") && MetricState.isCounterState(metricState) &&
        name.startsWith("spotify.") && name !== "spotify.wait"
      ? [`${name}${own}: ${metricState.count}`]
      : []
  })
  yield* Console.log(counts.toSorted().join("\n"))
})

Guide.run(import.meta.url, program)
