/** A Spotify on a port of this machine, with the users whose libraries are exported. */
import { NodeHttpServer } from "@effect/platform-node"
import { Duration, Effect, Layer, Option } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { createServer } from "node:http"

export const app = { clientId: "fleet", clientSecret: "fleet-secret" }

/** What Spotify allows the app: so many requests in any time of this length. */
export interface Budget {
  readonly requests: number
  readonly seconds: number
}

export const budget: Budget = { requests: 1500, seconds: 30 }

/** How long an answer takes, in milliseconds. */
export const latency = 40

export interface Person {
  readonly id: string
  /** The library, newest first. */
  readonly saved: ReadonlyArray<string>
  /** The playlist that shall hold all of it. */
  readonly playlist: string
  /** What that holds at first: the library of some time ago, with tracks that have left it since. */
  readonly before: ReadonlyArray<string>
}

/** Different libraries of 130 to 170 tracks, which are three or four pages. */
const person = (n: number): Person => {
  const track = (i: number) => FakeSpotify.uri("track", (n * 3571 + i * 7) % 144_000)
  const saved = Array.from({ length: 130 + (n * 37) % 41 }, (_, i) => track(i))
  const gone = Array.from({ length: 20 }, (_, i) => track(1000 + i))
  return {
    id: `listener-${n + 1}`,
    saved,
    playlist: FakeSpotify.seedId("playlist", n),
    before: [...gone, ...saved.slice(105)]
  }
}

export const people = (count: number): ReadonlyArray<Person> => Array.from({ length: count }, (_, n) => person(n))

export const layer = (
  people: ReadonlyArray<Person>,
  { requests, seconds }: Budget = budget,
  // Short for Spotify, which gives an hour: so that tokens end while the job runs.
  tokenLifetime: Duration.DurationInput = "45 seconds"
) =>
  FakeSpotify.layerServer({
    ...app,
    budget: { requests, window: Duration.seconds(seconds) },
    latency,
    tokenLifetime,
    seed: {
      users: people.map(({ id, saved }) => ({ id, saved })),
      playlists: people.map(({ before, id }) => ({ name: "All that I have saved", owner: id, items: before }))
    }
  }).pipe(Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })))

/** Whether a playlist holds the library, each track once and in order. */
export const isUpToDate = (spotify: FakeSpotify.Service, { playlist, saved }: Person) =>
  Effect.map(
    spotify.state.playlist(playlist),
    Option.exists(({ uris }) => uris.length === saved.length && uris.every((uri, i) => uri === saved[i]))
  )
