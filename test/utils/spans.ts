import { Tracer } from "effect"

/** A tracer that keeps what its spans were told: their name and attributes. */
export const keepingSpans = () => {
  const all: Array<{ readonly name: string; readonly attributes: Record<string, unknown> }> = []
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind, options) => {
      const attributes = new Map<string, unknown>(Object.entries(options?.attributes ?? {}))
      all.push({
        name,
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
        event: () => {},
        addLinks: () => {},
        end: () => {}
      }
    },
    context: (f) => f()
  })
  return { all, tracer }
}
