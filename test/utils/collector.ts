/** An OTLP collector as far as the tracing guide needs one: what it is sent over HTTP, as JSON. */
import { Schema } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const Value = Schema.Struct({
  stringValue: Schema.optional(Schema.String),
  intValue: Schema.optional(Schema.Union(Schema.String, Schema.Number)),
  doubleValue: Schema.optional(Schema.Number),
  boolValue: Schema.optional(Schema.Boolean)
})

const Attributes = Schema.optionalWith(Schema.Array(Schema.Struct({ key: Schema.String, value: Value })), {
  default: () => []
})

const Nanos = Schema.Union(Schema.String, Schema.Number)

const Span = Schema.Struct({
  name: Schema.String,
  spanId: Schema.String,
  parentSpanId: Schema.optional(Schema.NullOr(Schema.String)),
  startTimeUnixNano: Nanos,
  endTimeUnixNano: Nanos,
  attributes: Attributes,
  events: Schema.optionalWith(
    Schema.Array(Schema.Struct({ name: Schema.String, timeUnixNano: Nanos, attributes: Attributes })),
    { default: () => [] }
  )
})

export type Span = typeof Span.Type

const Traces = Schema.parseJson(Schema.Struct({
  resourceSpans: Schema.Array(Schema.Struct({
    scopeSpans: Schema.Array(Schema.Struct({ spans: Schema.Array(Span) }))
  }))
}))

/** Serves `/v1/traces` and what else there is on a port of 127.0.0.1. */
export const startCollector = async () => {
  const bodies: Array<{ readonly path: string; readonly body: string }> = []
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8")
    request.on("data", (text: string) => body += text)
    request.on("end", () => {
      bodies.push({ path: request.url ?? "", body })
      response.writeHead(200, { "content-type": "application/json" }).end("{}")
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths: () => new Set(bodies.map(({ path }) => path)),
    spans: (): ReadonlyArray<Span> =>
      bodies.flatMap(({ body, path }) =>
        path === "/v1/traces"
          ? Schema.decodeSync(Traces)(body).resourceSpans.flatMap(({ scopeSpans }) =>
            scopeSpans.flatMap(({ spans }) => spans)
          )
          : []
      ),
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}
