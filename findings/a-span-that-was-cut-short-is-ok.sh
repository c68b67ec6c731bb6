#!/usr/bin/env bash
# The span of an interrupted call is exported as OK.
#
# Expected: A call that a timeout ended is an error in the trace, or at least not a success: its status stays unset.
# Happens: @effect/opentelemetry sets the status to OK and marks the span by the attribute status.interrupted. A call
#   that failed is an ERROR.
# Versions: effect@3.22.4, @effect/platform@0.97.2, @effect/opentelemetry@0.64.1, @opentelemetry/api@1.9.1,
#   @opentelemetry/resources@2.12.1, @opentelemetry/sdk-logs@0.223.1, @opentelemetry/sdk-metrics@2.12.1,
#   @opentelemetry/sdk-trace-base@2.12.1, @opentelemetry/sdk-trace-node@2.12.1, @opentelemetry/sdk-trace-web@2.12.0,
#   @opentelemetry/semantic-conventions@1.45.0; Node 20.20.2
# Matters: A board that counts errors by status shows a day on which every call to Spotify timed out as one without
#   errors. Count status.interrupted as well.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 @effect/platform@0.97.2 @effect/opentelemetry@0.64.1 @opentelemetry/api@1.9.1 @opentelemetry/resources@2.12.1 @opentelemetry/sdk-logs@0.223.1 @opentelemetry/sdk-metrics@2.12.1 @opentelemetry/sdk-trace-base@2.12.1 @opentelemetry/sdk-trace-node@2.12.1 @opentelemetry/sdk-trace-web@2.12.0 @opentelemetry/semantic-conventions@1.45.0 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { NodeSdk } from "@effect/opentelemetry"
import { SpanStatusCode } from "@opentelemetry/api"
import { SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { Effect } from "effect"

const exporter = {
  export: (spans, done) => {
    for (const { attributes, name, status } of spans) {
      console.log(`${name}: ${SpanStatusCode[status.code]}, status.interrupted ${attributes["status.interrupted"]}`)
    }
    done({ code: 0 })
  },
  shutdown: async () => {}
}
const layer = NodeSdk.layer(() => ({
  resource: { serviceName: "example" },
  spanProcessor: new SimpleSpanProcessor(exporter)
}))
const call = (name, effect) => Effect.withSpan(effect, name)
await Effect.runPromise(
  Effect.gen(function*() {
    yield* call("works", Effect.void)
    yield* Effect.ignore(call("fails", Effect.fail("gone")))
    yield* Effect.ignore(Effect.timeout(call("times out", Effect.never), "10 millis"))
  }).pipe(Effect.provide(layer))
)
JS

cat >seen.txt <<'TEXT'
works: OK, status.interrupted undefined
fails: ERROR, status.interrupted undefined
times out: OK, status.interrupted true
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
