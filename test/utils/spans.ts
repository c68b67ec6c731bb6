import { Tracer } from "effect"

/** A tracer that keeps what its spans were told: their name, attributes and events. */
export const keepingSpans = () => {
  const all: Array<
    {
      readonly name: string
      readonly attributes: Record<string, unknown>
      readonly events: Array<readonly [name: string, attributes: Record<string, unknown> | undefined]>
    }
  > = []
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind, options) => {
      const attributes = new Map<string, unknown>(Object.entries(options?.attributes ?? {}))
      const events: (typeof all)[number]["events"] = []
      all.push({
        name,
        events,
        get attributes() {
          return Object.fromEntries(attributes)
        }
      })
      return {
        _tag: "Span",
        spanId: String(all.length),
        traceId: "1",
        sampled: true,
        name,
        parent,
        context,
        links,
        kind,
        attributes,
        status: { _tag: "Started", startTime },
        attribute: (key, value) => void attributes.set(key, value),
        event: (name, _, attributes) => void events.push([name, attributes]),
        addLinks: () => {},
        end: () => {}
      }
    },
    context: (f) => f()
  })
  return { all, tracer }
}
