/**
 * Each call is a span, with what became of it, and the client counts what it does.
 *
 *   npx tsx examples/guides/tracing.ts
 */
import { Console, Effect, Exit, Layer, Metric, MetricState, Option, Tracer } from "effect"
import { SpotifyClient, SpotifySession, Tracks, Users } from "effect-spotify"
import { FakeSpotify } from "effect-spotify/testing"
import * as Guide from "../support/guide.js"

/** A tracer that keeps the spans. In production this is `NodeSdk.layer` of @effect/opentelemetry. */
const collecting = (spans: Array<Tracer.Span>) =>
  Layer.setTracer(Tracer.make({
    context: (f) => f(),
    span: (name, parent, context, links, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      const events: Array<string> = []
      let status: Tracer.SpanStatus = { _tag: "Started", startTime }
      const span: Tracer.Span = {
        _tag: "Span",
        spanId: String(spans.length + 1),
        traceId: "1",
        sampled: true,
        name,
        parent,
        context,
        links,
        kind,
        attributes,
        get status() {
          return status
        },
        attribute: (key, value) => void attributes.set(key, value),
        addLinks: () => undefined,
        event: (name, _, attributes) => {
          events.push(`${name}: ${attributes?.["why"]}`)
          span.attribute("events", events.join(", "))
        },
        end: (endTime, exit) => {
          status = { _tag: "Ended", startTime, endTime, exit }
        }
      }
      spans.push(span)
      return span
    }
  }))

const SpotifyLive = Layer.unwrapEffect(Effect.gen(function*() {
  const { accessToken } = yield* (yield* FakeSpotify.FakeSpotify).issueToken()
  return SpotifyClient.layer().pipe(Layer.provide(SpotifySession.layerToken({ accessToken })))
})).pipe(Layer.provideMerge(FakeSpotify.layer()))

const describe = ({ attributes, name, parent, status }: Tracer.Span) => {
  const outcome = status._tag === "Ended" && Exit.isSuccess(status.exit) ? "ok" : "failed"
  const details = [...attributes].map(([key, value]) => `${key}=${String(value)}`).join(" ")
  return `${Option.isSome(parent) ? "  " : ""}${name} ${outcome} ${details}`.trimEnd()
}

export const program = Effect.gen(function*() {
  const spans: Array<Tracer.Span> = []
  yield* Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    yield* Users.me()
    yield* spotify.failNext(FakeSpotify.reply(503))
    yield* Tracks.get("7EjyzZcbLxW7PaaLua9Ksb")
    yield* Effect.ignore(Tracks.get("0000000000000000000000"))
  }).pipe(
    Effect.withSpan("my program"),
    Effect.tagMetrics("program", "mine"),
    Effect.provide(Layer.provideMerge(SpotifyLive, collecting(spans)))
  )
  yield* Console.log(spans.map(describe).join("\n"))

  const metrics = (yield* Metric.snapshot).flatMap(({ metricKey: { name, tags }, metricState }) => {
    const isMine = tags.some(({ key }) => key === "program") && name.startsWith("spotify_")
    const status = tags.flatMap(({ key, value }) => key === "status" ? [` ${value}`] : []).join("")
    return isMine && MetricState.isCounterState(metricState) ? [`${name}${status}: ${metricState.count}`] : []
  })
  yield* Console.log(metrics.toSorted().join("\n"))
})

Guide.run(import.meta.url, program)
