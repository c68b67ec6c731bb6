/** What can be seen of a fleet while it works, and what it comes to. */
import { Clock, Effect } from "effect"
import type { FakeSpotify } from "effect-spotify/testing"
import type { Fleet } from "./fleet.js"
import { isUpToDate, type Person } from "./spotify.js"

const api = { host: "api" } as const

/** A look at the fleet after each other; the rate is that since the look before. */
export const makeLook = ({ done, spotify, started, workers }: Fleet, people: ReadonlyArray<Person>) => {
  let before = { at: 0, requests: 0 }
  return Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    const requests = yield* spotify.count(api)
    const rate = Math.round((requests - before.requests) / Math.max(1, now - before.at) * 1000)
    before = { at: now, requests }
    const paused = Math.max(0, ...Array.from(workers.values(), ({ told }) => (told?.pausedUntil ?? now) - now))
    const waiting = paused === 0 ? "" : `, waiting for Spotify for ${Math.ceil(paused / 1000)} s`
    return {
      summary: `${done.exported} libraries and ${done.updated} playlists of ${people.length} users, ` +
        `${rate} requests a second${waiting}`,
      workers: Array.from(workers.values(), ({ pid, told }) =>
        told === undefined
          ? `${pid}  starting`
          : `${pid}  ${told.inFlight} requests on their way, ${told.waiting} calls waiting`),
      replaced: started() - workers.size
    }
  })
}

const refreshesOf = (requests: ReadonlyArray<FakeSpotify.SeenRequest>) =>
  requests.filter(({ body, path }) => path === "/api/token" && body.includes("grant_type=refresh_token")).length

/** What Spotify has seen and what it holds in the end. */
export const summary = ({ done, spotify, started, workers }: Fleet, people: ReadonlyArray<Person>) =>
  Effect.gen(function*() {
    const requests = yield* spotify.requests
    const right = yield* Effect.filter(people, (person) => isUpToDate(spotify, person))
    return {
      users: people.length,
      tracks: done.tracks,
      playlists: right.length,
      requests: requests.filter(({ host }) => host === "api").length,
      limited: requests.filter(({ status }) => status === 429).length,
      refreshes: refreshesOf(requests),
      replaced: started() - workers.size,
      failures: done.failures
    }
  })
