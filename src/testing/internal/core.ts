import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Accounts } from "./accounts.js"
import { challengeOf } from "./accounts.js"
import type { Handle } from "./adapters.js"
import { ConnectionReset } from "./adapters.js"
import * as Api from "./api.js"
import { picture } from "./catalogue.js"
import type { Fault, Faults } from "./faults.js"
import { accountsOrigin, apiOrigin, empty, imageOrigin, text } from "./http.js"
import type { Incoming, Reply } from "./http.js"
import type { RateLimit } from "./rate.js"
import { tooManyRequests } from "./rate.js"
import type { World } from "./world.js"

/** What was seen of one request, filled in as it goes on. */
export interface Entry {
  readonly request: Incoming
  readonly host: string
  readonly time: number
  status: number | undefined
  outcome: "pending" | "answered" | "lost" | "aborted"
}

export interface Core {
  readonly world: World
  readonly accounts: Accounts
  readonly faults: Faults
  readonly rate: RateLimit
  readonly retryAfter: boolean
  readonly latency: Duration.Duration
  entries: Array<Entry>
}

const hosts: Readonly<Record<string, string>> = {
  [accountsOrigin]: "accounts",
  [apiOrigin]: "api",
  [imageOrigin]: "images"
}

/** On a port one server plays all three hosts, and the path tells which. */
const hostOfPath = (path: string): string =>
  // A browser asks for the icon of a page: that of the consent page here.
  path === "/authorize" || path === "/api/token" || path === "/favicon.ico"
    ? "accounts"
    : path.startsWith("/image/")
    ? "images"
    : "api"

const respond = (core: Core, host: string, request: Incoming, now: number): Effect.Effect<Reply> => {
  const path = request.url.pathname
  switch (host) {
    case "api": {
      const wait = core.rate.take(now)
      return Effect.succeed(
        wait > 0
          ? tooManyRequests(core.retryAfter ? Math.max(1, Math.ceil(wait / 1000)) : undefined)
          : Api.respond(core.world, core.accounts, request, now)
      )
    }
    case "images":
      return Effect.succeed({
        status: 200,
        headers: { "content-type": "image/svg+xml", "cache-control": "public, max-age=31536000" },
        body: picture(path.replace("/image/", ""))
      })
    default: {
      if (path === "/authorize" && (request.method === "GET" || request.method === "POST")) {
        return Effect.succeed(core.accounts.authorize(request, now))
      }
      if (path !== "/api/token") return Effect.succeed(text("Not found", 404))
      if (request.method !== "POST") return Effect.succeed(empty(405))
      const verifier = new URLSearchParams(request.body).get("code_verifier")
      return Effect.map(
        verifier === null ? Effect.succeed(undefined) : challengeOf(verifier),
        (challenge) => core.accounts.token(request, challenge, now)
      )
    }
  }
}

const reset = new ConnectionReset({ message: "connection reset by FakeSpotify" })

const outcomeOf = (fault: Fault | undefined, reply: Reply): Effect.Effect<Reply, ConnectionReset> => {
  const outcome = fault?.outcome ?? "pass"
  switch (outcome) {
    case "pass":
      return Effect.succeed(reply)
    case "reset":
      return Effect.fail(reset)
    case "cutOff":
      return Effect.succeed({ ...reply, body: reply.body.slice(0, reply.body.length / 2) })
    case "brokenOff":
      return Effect.succeed({ ...reply, brokenOff: true })
    default:
      return Effect.succeed(outcome)
  }
}

const answer = (core: Core, entry: Entry): Effect.Effect<Reply, ConnectionReset> => {
  const { host, request, time } = entry
  const fault = core.faults.take(host, request)
  const delay = fault?.delay === undefined ? core.latency : Duration.decode(fault.delay)
  return Effect.gen(function*() {
    const reply = fault === undefined || fault.applied
      ? yield* respond(core, host, request, time)
      : empty(200)
    if (Duration.greaterThan(delay, Duration.zero)) yield* Effect.sleep(delay)
    return yield* outcomeOf(fault, reply)
  })
}

const settle = (core: Core, entry: Entry): Effect.Effect<Reply, ConnectionReset> =>
  // An entry that is there has somebody who says what became of it.
  Effect.uninterruptibleMask((restore) => {
    core.entries.push(entry)
    return restore(answer(core, entry)).pipe(
      Effect.tapBoth({
        onSuccess: (reply) =>
          Effect.sync(() => {
            entry.outcome = "answered"
            entry.status = reply.status
          }),
        onFailure: () =>
          Effect.sync(() => {
            entry.outcome = "lost"
          })
      }),
      Effect.onInterrupt(() =>
        Effect.sync(() => {
          entry.outcome = "aborted"
        })
      )
    )
  })

/** Requests to any URL: only Spotify's own hosts answer. */
export const handleByOrigin = (core: Core): Handle => (request) =>
  Effect.flatMap(Clock.currentTimeMillis, (time) => {
    const host = hosts[request.url.origin]
    const entry: Entry = {
      request,
      host: host ?? request.url.host,
      time,
      status: undefined,
      outcome: "pending"
    }
    if (host !== undefined) return settle(core, entry)
    core.entries.push({ ...entry, outcome: "lost" })
    return Effect.fail(new ConnectionReset({ message: `FakeSpotify does not know the host ${request.url.host}` }))
  })

export const handleByPath = (core: Core): Handle => (request) =>
  Effect.flatMap(Clock.currentTimeMillis, (time) =>
    settle(core, {
      request,
      host: hostOfPath(request.url.pathname),
      time,
      status: undefined,
      outcome: "pending"
    }))
