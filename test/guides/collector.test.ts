/** The tracing guide's program, with a collector. */
import { expect, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { bundled } from "../utils/bundle.js"
import { startCollector } from "../utils/collector.js"

it("sends its spans and metrics to the endpoint that it is told", async () => {
  const collector = await startCollector()
  const program = await bundled(new URL("../../examples/guides/tracing.ts", import.meta.url))
  await promisify(execFile)(process.execPath, [program], {
    env: { PATH: process.env["PATH"], OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }
  })
  collector.close()
  expect([...collector.paths()].toSorted()).toEqual(["/v1/metrics", "/v1/traces"])
  const spans = collector.spans()
  const job = spans.find(({ name }) => name === "nightly job")
  const calls = spans.filter(({ parentSpanId }) => parentSpanId === job?.spanId)
  expect(calls.map(({ name }) => name)).toEqual(["Users.me", "Tracks.get", "Tracks.get"])
  expect(calls[1]?.events.map(({ name }) => name)).toEqual(["sent again", "sent again", "waited for its turn"])
  expect(spans.map(({ name }) => name)).toContain("SpotifyAuth.requestToken")
})
