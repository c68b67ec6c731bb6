/** One process that waits for five calls and for nothing else: its argument is the base URL. */
import { Effect, Layer, Redacted } from "effect"
import * as FetchTransport from "effect-spotify/FetchTransport"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { get } from "./client.js"

const session = SpotifySession.layerToken({ accessToken: Redacted.make("token") })
const client = SpotifyClient.layer({ baseUrl: process.argv[2], maxRateLimitRetries: 100 }).pipe(
  Layer.provide([session, FetchTransport.layer])
)

const statuses = await Effect.runPromise(
  Effect.provide(Effect.replicateEffect(get("/me"), 5, { concurrency: 5 }), client)
)
process.stdout.write(`${statuses.map(({ status }) => status).join(" ")}\n`)
