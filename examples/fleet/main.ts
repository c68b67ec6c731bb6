/**
 * A fleet of workers that exports the libraries of many users, and brings a playlist of each up to date:
 *
 *   npx tsx examples/fleet/main.ts [--workers 4] [--users 200]
 *
 * It needs PostgreSQL, by DATABASE_URL or installed. Spotify is a fake one on a port, which allows 1500 requests in
 * any 30 seconds for all of them together, so that 200 users take about a minute. Kill any worker meanwhile, by `kill -9` and
 * a pid of the table: its jobs go on at the others, and another worker comes in its place.
 *
 * - `workflows.ts`  the two jobs of a user, as workflows of `@effect/workflow`: start reading here
 * - `worker.ts`     a process of `@effect/cluster` that does them
 * - `fleet.ts`      starts the workers and replaces them, and gives them the jobs
 * - `database.ts`, `postgres.ts`  where all of it is kept
 * - `spotify.ts`    the fake one and its users
 * - `progress.ts`   what you see
 *
 * What keeps a job whole:
 *
 * - Each page that is read is an activity, whose result is kept. A job that is taken over reads on from there.
 * - A long write tells its account before and after each request. What was on its way when a worker died is looked for
 *   in the playlist, and not sent a second time.
 * - A user's token is in `TokenStoreSql`, and refreshed by one process at a time.
 * - All draw on one `RateBudgetSql`, so that they keep to what Spotify allows the app.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Console, Duration, Effect, Schedule } from "effect"
import { parseArgs } from "node:util"
import * as Fleet from "./fleet.js"
import * as Postgres from "./postgres.js"
import * as Progress from "./progress.js"
import * as Spotify from "./spotify.js"

const { values } = parseArgs({
  options: { workers: { type: "string", default: "4" }, users: { type: "string", default: "200" } }
})

const people = Spotify.people(Number(values.users))

/** Lines that are written over each other in a terminal, and one after the other elsewhere. */
const show = (look: ReturnType<typeof Progress.makeLook>) => {
  let height = 0
  return Effect.map(look, ({ replaced, summary, workers }) => {
    if (!process.stdout.isTTY) {
      process.stdout.write(`${summary}\n`)
      return
    }
    const lines = [
      "worker",
      ...workers.map((worker) => `  ${worker}`),
      ...(replaced > 0 ? [`  ${replaced} ended before`] : []),
      summary
    ].map((line) => `\x1b[K${line.slice(0, process.stdout.columns - 1)}\n`)
    process.stdout.write(`${height === 0 ? "" : `\x1b[${height}A`}${lines.join("")}\x1b[J`)
    height = lines.length
  })
}

const program = Effect.gen(function*() {
  const server = yield* Postgres.server
  const fleet = yield* Fleet.start({
    run: `${Date.now()}`,
    people,
    workers: Number(values.workers),
    budget: Spotify.budget,
    server
  })
  const shown = show(Progress.makeLook(fleet, people))
  yield* Effect.forkScoped(
    Effect.repeat(shown, Schedule.spaced(process.stdout.isTTY ? "500 millis" : "2 seconds"))
  )
  const [duration] = yield* Effect.timed(fleet.finished)
  yield* shown
  const { failures, limited, playlists, refreshes, replaced, requests, tracks, users } = yield* Progress.summary(
    fleet,
    people
  )
  yield* Console.log(
    `${users} users in ${
      Math.round(Duration.toSeconds(duration))
    } s: ${tracks} tracks exported, ${playlists} playlists ` +
      `right, ${requests} requests, ${limited} answers 429, ${refreshes} refreshes, ${replaced} workers replaced`
  )
  yield* Effect.forEach(failures, (failure) => Console.error(failure), { discard: true })
}).pipe(Effect.scoped, Effect.provide(Spotify.layer(people)))

NodeRuntime.runMain(program)
