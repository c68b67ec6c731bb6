/**
 * `npx tsx test/soak/fleet.ts [rounds]`: the fleet of examples/fleet 20 times, of which a worker is killed each time at
 * another moment. Ends with 1 where a library isn't exported whole or a playlist isn't right, where anything was written
 * twice, and where more was read or refreshed again than was under way.
 */
import { Effect, Random } from "effect"
import startPostgres from "../utils/postgresCluster.js"
import makeFolder from "../utils/processFolder.js"

const rounds = Number(process.argv[2] ?? 20)

const removeFolder = makeFolder()
const stopPostgres = await startPostgres()
// It looks for PostgreSQL as it is loaded.
const { hasPostgres } = await import("../utils/postgres.js")
if (!hasPostgres) throw new Error("PostgreSQL is needed, or TEST_DATABASE_URL")
const { adding, reading, run } = await import("../examples/fleetKill.js")

let failed = 0
for (let i = 0; i < rounds; i++) {
  const cutting = i % 2 === 0 ? reading : adding
  const killing = await Effect.runPromise(Random.nextIntBetween(5, cutting === reading ? 40 : 100))
  const options = { users: 12, workers: 3, ending: Math.min(killing, 80), killing, cutting }
  const outcome = await Effect.runPromise(Effect.either(Effect.timeout(run(options), "3 minutes")))
  const isWhole = outcome._tag === "Right" && outcome.right.broken.length === 0
  if (!isWhole) failed++
  console.log(
    i + 1,
    `killed at ${cutting} after ${killing} requests`,
    JSON.stringify(outcome._tag === "Right" ? outcome.right : outcome.left)
  )
}
console.log(`${rounds - failed} of ${rounds} rounds ended as promised`)
await stopPostgres?.()
removeFolder()
process.exit(failed === 0 ? 0 : 1)
