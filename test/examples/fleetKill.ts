/** The fleet of examples/fleet, of which a worker is killed, and what has come of the jobs. */
import { SqlClient } from "@effect/sql"
import { Array as Arr, Clock, Effect, Layer, Option } from "effect"
import type { FakeSpotify } from "effect-spotify/testing"
import { build } from "esbuild"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import * as Database from "../../examples/fleet/database.js"
import * as Fleet from "../../examples/fleet/fleet.js"
import * as Progress from "../../examples/fleet/progress.js"
import * as Spotify from "../../examples/fleet/spotify.js"
import { postgresUrl } from "../utils/postgres.js"

const budget: Spotify.Budget = { requests: 200, seconds: 10 }

const program = `${process.env["TEST_PROCESS_FOLDER"]}/fleet/worker.mjs`

/** As `bundled` of test/utils does, whose banner and that of msgpackr declare the same name. */
const bundleWorker = Effect.promise(() =>
  build({
    entryPoints: [fileURLToPath(new URL("../../examples/fleet/worker.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: "import { createRequire } from \"node:module\"; const require = createRequire(import.meta.url)" },
    external: ["pg", "pg-cursor", "pg-connection-string", "msgpackr"],
    logLevel: "warning"
  })
)

export interface Outcome {
  /** What isn't as promised. */
  readonly broken: ReadonlyArray<string>
  readonly requests: number
  readonly limited: number
  readonly refreshes: number
  /** Pages that were read a second time, and those that were being read as a worker was killed. */
  readonly pagesAgain: number
  readonly pages: number
  /** Refreshes beyond one for each token that ended, and those that the worker was at when it was killed. */
  readonly refreshesAgain: number
  readonly claims: number
  /** Its requests whose answer came to nobody. */
  readonly cut: number
  readonly replaced: number
  /** How long the rest took. */
  readonly seconds: number
}

const count = (texts: Iterable<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

/** Whether Spotify has done it; it does so as a request arrives. */
const isDone = ({ status }: FakeSpotify.SeenRequest) => status === undefined || status < 300

const refreshTokenOf = ({ body, path }: FakeSpotify.SeenRequest): ReadonlyArray<string> =>
  path === "/api/token" ? [new URLSearchParams(body).get("refresh_token")].filter((token) => token !== null) : []

export const reading = "GET /me/tracks"
export const adding = "POST /playlists/{playlist_id}/items"

interface Body {
  readonly uris?: ReadonlyArray<string>
}

/** The entries that were added to playlists, each with its playlist. */
const added = (requests: ReadonlyArray<FakeSpotify.SeenRequest>) =>
  requests.filter((request) => request.operation === adding && isDone(request)).flatMap(
    ({ body, path }) => {
      const { uris = [] }: Body = JSON.parse(body)
      return uris.map((uri) => `${path} ${uri}`)
    }
  )

/**
 * Ends all tokens after `ending` requests; after `killing` of them, kills a worker that has just sent one of the operation
 * `cutting`; and waits for the rest.
 */
export const run = (options: {
  readonly users: number
  readonly workers: number
  readonly ending: number
  readonly killing: number
  readonly cutting: string
}) => {
  const people = Spotify.people(options.users)
  return Effect.gen(function*() {
    yield* bundleWorker
    const fleet = yield* Fleet.start({
      run: crypto.randomUUID().replaceAll("-", "_"),
      people,
      workers: options.workers,
      budget,
      server: postgresUrl,
      program
    })
    const { spotify } = fleet
    const rows = <A extends object>(
      statement: (sql: SqlClient.SqlClient) => Effect.Effect<ReadonlyArray<A>, unknown>
    ) =>
      Effect.provide(
        Effect.flatMap(SqlClient.SqlClient, statement),
        Layer.fresh(Database.layer(fleet.database, 1))
      )
    const pause = Effect.promise(() => setTimeout(5))
    const seen = (requests: number) =>
      Effect.repeat(Effect.zipRight(pause, spotify.count({ host: "api" })), { until: (count) => count >= requests })
    // Where no such request comes any more, one that has just sent another.
    const sender = Effect.zipRight(pause, spotify.requests).pipe(
      Effect.map(Arr.filter(({ host, outcome }) => host === "api" && outcome === "pending")),
      Effect.map((pending) =>
        Arr.findLast(pending, ({ operation }) => operation === options.cutting).pipe(
          Option.orElse(() => fleet.done.exported < people.length ? Option.none() : Arr.last(pending))
        )
      ),
      Effect.repeat({ until: Option.isSome }),
      Effect.flatten,
      Effect.map(({ headers }) => Number(String(headers["user-agent"]).replace("fleet/", "")))
    )

    const kill = Effect.gen(function*() {
      yield* seen(options.ending)
      yield* spotify.expireAccessTokens
      yield* seen(options.killing)
      const pid = yield* sender
      process.kill(pid, "SIGKILL")
      const at = yield* Clock.currentTimeMillis
      const [found = { pages: 0, claims: 0 }] = yield* rows((sql) =>
        sql<{ readonly pages: number; readonly claims: number }>`SELECT
          (SELECT count(*)::integer FROM cluster_messages
            WHERE tag = 'activity' AND NOT processed AND payload LIKE '%page from%') AS pages,
          (SELECT count(*)::integer FROM spotify_tokens
            WHERE kind = 'claim' AND substr(value, 25, 8) = ${String(pid).padStart(8, "0")}
            AND updated_at > extract(epoch FROM clock_timestamp()) * 1000) AS claims`
      )
      return { ...found, pid, at }
    })

    const [{ at, claims, pages, pid }] = yield* Effect.all([kill, fleet.finished], { concurrency: "unbounded" })
    const seconds = ((yield* Clock.currentTimeMillis) - at) / 1000
    const summary = yield* Progress.summary(fleet, people)
    const requests = yield* spotify.requests
    const broken: Array<string> = [...fleet.done.failures]

    const exported = yield* rows((sql) =>
      sql<{ readonly user_key: string; readonly position: number; readonly uri: string }>`SELECT * FROM exported
        ORDER BY user_key, position`
    )
    for (const { id, saved } of people) {
      const own = exported.filter(({ user_key }) => user_key === id)
      const isWhole = own.length === saved.length &&
        own.every(({ position, uri }, i) => position === i && uri === saved[i])
      if (!isWhole) broken.push(`${id}: ${own.length} rows for ${saved.length} tracks, or not the same`)
    }
    if (summary.playlists !== people.length) broken.push(`${summary.playlists} of ${people.length} playlists are right`)
    for (const [entry, times] of count(added(requests))) if (times > 1) broken.push(`${entry} was added ${times} times`)

    const read = requests.filter((request) => request.operation === reading && request.status === 200).length
    const pagesAgain = read - people.reduce((sum, { saved }) => sum + Math.ceil(saved.length / 50), 0)
    if (pagesAgain > pages) broken.push(`${pagesAgain} pages were read again, and ${pages} were being read`)

    const refreshes = count(requests.flatMap(refreshTokenOf))
    const refreshesAgain = Array.from(refreshes.values(), (times) => Math.max(0, times - 2)).reduce((a, b) => a + b, 0)
    if (refreshesAgain > claims) {
      broken.push(`${refreshesAgain} refreshes more than tokens that ended, and ${claims} were under way`)
    }
    const { limited, replaced } = summary
    return {
      broken,
      requests: summary.requests,
      limited,
      refreshes: summary.refreshes,
      pagesAgain,
      pages,
      refreshesAgain,
      claims,
      cut: requests.filter(({ headers, time }) =>
        headers["user-agent"] === `fleet/${pid}` && time + Spotify.latency > at
      ).length,
      replaced,
      seconds
    } satisfies Outcome
  }).pipe(Effect.scoped, Effect.provide(Layer.fresh(Spotify.layer(people, budget, "1 hour"))))
}
