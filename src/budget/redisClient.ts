/** A connection to Redis that says nothing of its own, fails while it is away, and comes back by itself. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { Redis, type RedisOptions } from "ioredis"

/** What runs scripts: a client of one server or of a cluster. */
export interface Scripts {
  readonly evalsha: (sha: string, numberOfKeys: number, ...args: Array<string>) => Promise<unknown>
  readonly eval: (script: string, numberOfKeys: number, ...args: Array<string>) => Promise<unknown>
}

export interface Connection {
  /** Fails with what is wrong, in words. */
  readonly use: (send: (scripts: Scripts) => Promise<unknown>) => Effect.Effect<unknown, string>
  /** No answer came: the connection may be one to nobody. */
  readonly late: Effect.Effect<void>
}

/** The driver's message alone: its errors hold the command, and so a password. */
export const messageOf = (error: unknown): string =>
  Predicate.hasProperty(error, "message") && error.message !== "" ? String(error.message) : String(error)

/** How long a connection may take, and the longest time until the next try, in milliseconds. */
const connectTimeout = 1000
const maxDelay = 500

const decoded = (text: string): string => Either.getOrElse(Either.try(() => decodeURIComponent(text)), () => text)

/** What a URL says; the driver isn't told of the password, since it writes to stderr where a server wants none. */
const read = (url: string) => {
  const { hostname, password, pathname, port, protocol, username } = new URL(url)
  const options: RedisOptions = {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 6379),
    ...(protocol === "rediss:" ? { tls: {} } : {}),
    connectTimeout,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 5), maxDelay),
    // A report that waits would arrive when another one has been sent in its place.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    disableClientInfo: true
  }
  return { options, username: decoded(username), password: decoded(password), database: pathname.slice(1) }
}

/** A server that wants no password is as good as one that has got it. */
const wantsNone = /no password is set|without any password configured/

/** A connection that ends with the scope. */
export const connect = (url: Redacted.Redacted): Effect.Effect<Connection, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const { database, options, password, username } = read(Redacted.value(url))
        const client = new Redis(options)
        const waiting = new Set<() => void>()
        let isOpen = false
        let problem = "there is no connection"
        const tell = () => {
          // Who fails may wait again at once.
          const told = [...waiting]
          waiting.clear()
          for (const go of told) go()
        }
        const enter = async () => {
          if (password !== "") {
            const names = username === "" ? [] : [username]
            await client.call("AUTH", ...names, password).catch((error: unknown) => {
              if (!wantsNone.test(messageOf(error))) throw error
            })
          }
          if (database !== "" && database !== "0") await client.call("SELECT", database)
        }
        client.on("ready", () => {
          enter().then(
            () => {
              isOpen = true
              tell()
            },
            (error: unknown) => {
              problem = messageOf(error)
              tell()
              client.disconnect(true)
            }
          )
        })
        client.on("error", (error: unknown) => {
          problem = messageOf(error)
          tell()
        })
        client.on("close", () => {
          isOpen = false
          tell()
        })
        return {
          client,
          isOpen: () => isOpen && client.status === "ready",
          reopen: () => {
            if (!isOpen) return
            isOpen = false
            client.disconnect(true)
          },
          /** Until something has come of it. */
          opening: Effect.async<void>((resume) => {
            const go = () => resume(Effect.void)
            waiting.add(go)
            return Effect.sync(() => waiting.delete(go))
          }),
          problem: () => problem
        }
      }),
      ({ client }) => Effect.sync(() => client.disconnect())
    ),
    ({ client, isOpen, opening, problem, reopen }) => ({
      use: (send) =>
        Effect.suspend(() => isOpen() ? Effect.void : opening).pipe(
          Effect.flatMap(() =>
            isOpen() ? Effect.tryPromise({ try: () => send(client), catch: messageOf }) : Effect.fail(problem())
          ),
          Effect.mapError((message) => {
            // It ends just now; the driver speaks of its options.
            if (!message.startsWith("Stream isn't writeable")) return message
            reopen()
            return "the connection was lost"
          })
        ),
      late: Effect.sync(reopen)
    })
  )
