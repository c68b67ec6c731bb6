/** Draws the trace of the tracing guide's program, as a collector gets it, into docs/images/trace.svg. */
import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { type Span, startCollector } from "../test/utils/collector.js"

const collector = await startCollector()
const program = fileURLToPath(new URL("../examples/guides/tracing.ts", import.meta.url))
await promisify(execFile)(process.execPath, ["--import", "tsx", program], {
  env: { PATH: process.env["PATH"], OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }
})
collector.close()

const millis = (nanos: string | number): number => Number(BigInt(nanos) / 1000n) / 1000
const spans = collector.spans().toSorted((a, b) => millis(a.startTimeUnixNano) - millis(b.startTimeUnixNano))
const start = Math.min(...spans.map((span) => millis(span.startTimeUnixNano)))
const end = Math.max(...spans.map((span) => millis(span.endTimeUnixNano)))

const [width, left, right, row, top] = [960, 210, 120, 40, 44]
const x = (at: number): number => left + (at - start) / (end - start) * (width - left - right)
const height = top + spans.length * row + 24

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;")

const attribute = (of: { readonly attributes: Span["attributes"] }, name: string): string | undefined => {
  const value = of.attributes.find(({ key }) => key === name)?.value
  const text = value?.stringValue ?? value?.intValue ?? value?.doubleValue
  return text === undefined ? undefined : String(text)
}

const took = (span: Span): string => {
  const time = millis(span.endTimeUnixNano) - millis(span.startTimeUnixNano)
  return time < 1000 ? `${Math.max(1, Math.round(time))} ms` : `${(time / 1000).toFixed(2)} s`
}

const bar = (span: Span, index: number): string => {
  const y = top + index * row
  const [from, to] = [x(millis(span.startTimeUnixNano)), x(millis(span.endTimeUnixNano))]
  const status = attribute(span, "http.response.status_code")
  const fill = status === undefined ? "#7b8794" : Number(status) < 400 ? "#1a7f4b" : "#b3261e"
  const indent = span.parentSpanId ? 14 : 0
  const events = span.events.filter(({ name }) => name !== "exception").map((event) => {
    const at = x(millis(event.timeUnixNano))
    const seconds = attribute(event, "seconds")
    const text = attribute(event, "why") ?? (seconds && `${Number(seconds).toFixed(2)} s`) ?? ""
    return `<circle cx="${at.toFixed(1)}" cy="${y + 9}" r="4" fill="#fff" stroke="#1f2933" stroke-width="1.5">` +
      `<title>${escaped(`${event.name}: ${text}`)}</title></circle>`
  })
  const label = [status, took(span)].filter((text) => text !== undefined).join(", ")
  // An error is seen by its colour.
  const told = span.events.filter(({ name }) => name !== "exception").map((event) => {
    const seconds = attribute(event, "seconds")
    return seconds === undefined ? event.name : `${event.name} ${Number(seconds).toFixed(2)} s`
  }).join(" · ")
  return [
    `<text x="${12 + indent}" y="${y + 14}">${escaped(span.name)}</text>`,
    `<rect x="${from.toFixed(1)}" y="${y}" width="${
      Math.max(3, to - from).toFixed(1)
    }" height="18" rx="3" fill="${fill}"/>`,
    ...events,
    `<text x="${(Math.max(to, from + 3) + 8).toFixed(1)}" y="${y + 14}" class="small">${escaped(label)}</text>`,
    ...(told === "" ? [] : [`<text x="${from.toFixed(1)}" y="${y + 31}" class="small">${escaped(told)}</text>`])
  ].join("\n")
}

const step = [100, 200, 250, 500, 1000, 2000].find((step) => (end - start) / step <= 6) ?? 5000
const ticks = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => {
  const at = x(start + i * step).toFixed(1)
  return `<line x1="${at}" y1="26" x2="${at}" y2="${height - 12}" stroke="#d5dbe1"/>` +
    `<text x="${at}" y="18" class="small" text-anchor="middle">${i * step} ms</text>`
})

writeFileSync(
  new URL("../docs/images/trace.svg", import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="A job's trace: its calls, their repeats and waits">
<style>text { font: 13px system-ui, sans-serif; fill: #1f2933 } .small { font-size: 11px; fill: #52606d }</style>
<rect width="100%" height="100%" rx="6" fill="#fff"/>
${ticks.join("\n")}
${spans.map(bar).join("\n")}
</svg>
`
)
