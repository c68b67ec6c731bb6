#!/usr/bin/env bash
# A Duration of NaN is zero, and on Effect 3 so is a negative one.
#
# Expected: A time that is no number, or less than nothing, is refused where it is read.
# Happens: Duration.decode gives zero for NaN, for -5 and for "-5 seconds", and so does Config.duration; a text like
#   "soon" is refused. A Schedule.spaced of such a time repeats without a pause. Effect 4 keeps negatives and gives
#   zero for NaN.
# Versions: effect@3.22.4, four@npm:effect@4.1.0; Node 20.20.2
# Matters: Retry-After may be a date (RFC 9110, 10.2.3): Duration.seconds(Number(header)) is then no wait at all, and
#   a client that means to be polite asks as fast as it can.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 four@npm:effect@4.1.0 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import * as Three from "effect"
import * as Four from "four"

const { Config, ConfigProvider, Effect, Schedule } = Three
const told = (decode, input) => {
  try {
    return decode(input)
  } catch {
    return "refused"
  }
}
const three = (input) => `${Three.Duration.toMillis(Three.Duration.decode(input))} ms`
const four = (input) => `${Four.Duration.toMillis(Four.Duration.fromInputUnsafe(input))} ms`
for (const input of [NaN, -5, "-5 seconds", "soon"]) {
  console.log(`${input}: on 3.22.4 ${told(three, input)}, on 4.1.0 ${told(four, input)}`)
}
const provider = ConfigProvider.fromMap(new Map([["PAUSE", "-5 seconds"]]))
const pause = Effect.runSync(Effect.withConfigProvider(Config.duration("PAUSE"), provider))
console.log(`Config.duration of "-5 seconds" on 3.22.4: ${three(pause)}`)

const header = "Wed, 02 Dec 2026 07:28:00 GMT"
let asked = 0
const { setTimeout } = globalThis
const waits = []
globalThis.setTimeout = (run, ms, ...rest) => {
  if (ms > 0) waits.push(ms)
  return setTimeout(run, ms, ...rest)
}
await Effect.runPromise(Effect.repeat(
  Effect.sync(() => asked++),
  Schedule.intersect(Schedule.spaced(Three.Duration.seconds(Number(header))), Schedule.recurs(99))
))
console.log(`asked ${asked} times, waited ${waits.length} times`)
JS

cat >seen.txt <<'TEXT'
NaN: on 3.22.4 0 ms, on 4.1.0 0 ms
-5: on 3.22.4 0 ms, on 4.1.0 -5 ms
-5 seconds: on 3.22.4 0 ms, on 4.1.0 -5000 ms
soon: on 3.22.4 refused, on 4.1.0 refused
Config.duration of "-5 seconds" on 3.22.4: 0 ms
asked 100 times, waited 0 times
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
