/**
 * Request coalescing (single flight): who asks for what is being asked for already waits for that answer. A request belongs
 * to nobody: it runs in a fiber of its own, which ends when the last who wait for it are interrupted.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Tracer from "effect/Tracer"
import { Ahead, ahead } from "../budget/ahead.js"
import { priority } from "../client/fiberRefs.js"
import type { Request, Response, SpotifyClient } from "../client/SpotifyClient.js"
import type { SpotifyError } from "../core/SpotifyError.js"
import type { Restore } from "../core/time.js"
import type { SpotifySession } from "../session/SpotifySession.js"
import { decorate, headersKey } from "./decorate.js"

/** A request on its way, and how many wait for its answer. */
interface Flight {
  readonly answer: Deferred.Deferred<Response, SpotifyError>
  /** Where who began it didn't need it yet: it is needed once one of its callers needs it. */
  readonly ahead: Ahead | undefined
  callers: number
  fiber: Fiber.RuntimeFiber<unknown> | undefined
}

type Flights = Map<string, Flight>

/** Of the first caller's context what a request needs: it may outlive the rest, such as a transaction. */
const onlyForRequests = (caller: Context.Context<never>): Context.Context<never> =>
  Context.unsafeMake(new Map([...caller.unsafeMap].filter(([key]) => needed.has(key))))

const needed = new Set([FetchHttpClient.Fetch.key, FetchHttpClient.RequestInit.key, Tracer.ParentSpan.key])

export const make = (client: SpotifyClient.Service): SpotifyClient.Service => {
  const bySession = new WeakMap<SpotifySession.Service, Flights>()

  const flightsOf = (session: SpotifySession.Service): Flights => {
    let flights = bySession.get(session)
    if (flights === undefined) {
      flights = new Map()
      bySession.set(session, flights)
    }
    return flights
  }

  /** In a fiber of its own, so that the caller who began it may leave. */
  const start = (
    client: SpotifyClient.Service,
    request: Request,
    flights: Flights,
    key: string,
    early: Ahead | undefined
  ): Effect.Effect<Flight> => {
    const flight: Flight = {
      answer: Deferred.unsafeMake(FiberId.none),
      ahead: early?.isNeeded === false ? new Ahead() : undefined,
      callers: 1,
      fiber: undefined
    }
    need(flight, early)
    flights.set(key, flight)
    return client.execute(request).pipe(
      Effect.mapInputContext(onlyForRequests),
      Effect.locally(ahead, flight.ahead),
      Effect.interruptible,
      Effect.onExit((exit) => {
        forget(flights, key, flight)
        return Deferred.done(flight.answer, exit)
      }),
      Effect.exit,
      Effect.forkDaemon,
      Effect.map((fiber) => {
        flight.fiber = fiber
        return flight
      })
    )
  }

  const need = ({ ahead }: Flight, early: Ahead | undefined): void => {
    if (ahead === undefined) return
    if (early?.isNeeded === false) early.onNeed(() => ahead.need())
    else ahead.need()
  }

  const forget = (flights: Flights, key: string, flight: Flight): void => {
    if (flights.get(key) === flight) flights.delete(key)
  }

  const join = (
    flights: Flights,
    key: string,
    flight: Flight,
    restore: Restore
  ): Effect.Effect<Response, SpotifyError> =>
    Effect.onInterrupt(restore(Deferred.await(flight.answer)), () => {
      flight.callers -= 1
      if (flight.callers > 0 || flight.fiber === undefined) return Effect.void
      forget(flights, key, flight)
      return Fiber.interrupt(flight.fiber)
    })

  const share = (client: SpotifyClient.Service, request: Request): Effect.Effect<Response, SpotifyError> =>
    Effect.withFiberRuntime((fiber) => {
      const rank = fiber.getFiberRef(priority)
      const early = fiber.getFiberRef(ahead)
      const flights = flightsOf(client.session)
      const name = `${request.operation} ${request.url} ${headersKey(request.headers)}`
      const key = `${rank} ${name}`
      return Effect.uninterruptibleMask((restore) => {
        // Who is in a hurry doesn't wait with those who aren't; the other way round is welcome.
        const flight = flights.get(`interactive ${name}`) ?? flights.get(key)
        if (flight === undefined) {
          return Effect.flatMap(
            start(client, request, flights, key, early),
            (flight) => join(flights, key, flight, restore)
          )
        }
        need(flight, early)
        flight.callers += 1
        request.span?.attribute("spotify.shared", true)
        return join(flights, key, flight, restore)
      })
    })

  return decorate(
    client,
    (client, request) =>
      request.method === "GET" && request.fresh !== true ? share(client, request) : client.execute(request)
  )
}
