#!/usr/bin/env bash
# Batched requests heed no concurrency, and a batch holds the same request more than once.
#
# Expected: With concurrency: 5 at most 5 requests come together; and a request that is made twice at a time is asked
#   for once.
# Happens: concurrency, even 1, is ignored where batching is on: the resolver gets all 60 at once. Equal requests
#   stand in the batch as often as they were made; with withRequestCaching(true) they stand there once.
# Versions: effect@3.22.4; Node 20.20.2
# Matters: Spotify takes 20 or 50 ids in a call and answers more with 400. A resolver must split what it gets
#   (RequestResolver.batchN) and take out what is double.
#
# It installs the packages in a temporary folder, runs them without any code of this repository, and fails where the
# output is another than the one at its end.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >npm.log
npm install --no-audit --no-fund --save-exact effect@3.22.4 >>npm.log 2>&1 || { cat npm.log; exit 1; }

cat >finding.mjs <<'JS'
import { Array, Effect, Request, RequestResolver } from "effect"

class GetTrack extends Request.TaggedClass("GetTrack") {}
let batches = []
const resolver = RequestResolver.makeBatched((requests) => {
  batches.push(requests.map(({ id }) => id))
  return Effect.forEach(requests, (request) => Request.succeed(request, request.id))
})
const get = (id) => Effect.request(new GetTrack({ id }), resolver)
const show = async (what, effect, told) => {
  batches = []
  await Effect.runPromise(effect)
  console.log(`${what}: ${batches.map(told).join(" and ")}`)
}
const size = (ids) => `${ids.length}`
const ids = Array.range(1, 60)
for (const concurrency of [undefined, 1, 5]) {
  const all = Effect.forEach(ids, get, { batching: true, concurrency })
  await show(`60 requests, concurrency ${concurrency ?? "not given"}`, all, size)
}
const split = RequestResolver.batchN(resolver, 20)
await show(
  "60 requests, batchN of 20",
  Effect.forEach(ids, (id) => Effect.request(new GetTrack({ id }), split), { batching: true }),
  size
)
const same = Effect.forEach([7, 7, 8, 7], get, { batching: true })
const list = (ids) => `[${ids}]`
await show("7, 7, 8 and 7", same, list)
await show("the same with withRequestCaching", Effect.withRequestCaching(same, true), list)
JS

cat >seen.txt <<'TEXT'
60 requests, concurrency not given: 60
60 requests, concurrency 1: 60
60 requests, concurrency 5: 60
60 requests, batchN of 20: 20 and 20 and 20
7, 7, 8 and 7: [7,7,8,7]
the same with withRequestCaching: [7,8]
TEXT

node finding.mjs | tee output.txt
diff seen.txt output.txt && echo "As it was found."
