import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import { globalValue } from "effect/GlobalValue"
import type { DecodeError } from "../core/SpotifyError.js"
import type { SpotifyClient, Unreadable } from "./service.js"

type Tell = (all: ReadonlyArray<Unreadable>) => void

export const onUnreadable: FiberRef.FiberRef<Tell | undefined> = globalValue(
  "effect-spotify/onUnreadable",
  () => FiberRef.unsafeMake<Tell | undefined>(undefined)
)

/** Runs a program and keeps what in it couldn't be read; those around it are told all the same. */
export const collect = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<readonly [A, ReadonlyArray<Unreadable>], E, R> =>
  Effect.flatMap(FiberRef.get(onUnreadable), (tell) => {
    const found: Array<Unreadable> = []
    const keep: Tell = (all) => {
      found.push(...all)
      tell?.(all)
    }
    return Effect.map(Effect.locally(self, onUnreadable, keep), (value) => [value, found])
  })

/** Runs a program whose answers are parts of another: those around it are told where in that a part stands. */
export const at = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  index: (index: number | undefined) => number | undefined
): Effect.Effect<A, E, R> =>
  Effect.flatMap(FiberRef.get(onUnreadable), (tell) =>
    tell === undefined
      ? self
      : Effect.locally(
        self,
        onUnreadable,
        (all) => tell(all.map((one) => ({ ...one, index: index(one.index) })))
      ))

const jsonExpected = "JSON expected"

/** What is expected of a body that is no JSON. */
export const expectedOf = (body: string): string =>
  body.trim() === "" ? `${jsonExpected}, the body is empty` : jsonExpected

/** Whether an answer came that is only of another shape. */
export const isShape = (error: DecodeError): boolean => !error.expected.startsWith(jsonExpected)

const maxKinds = 1000

/** The kinds of oddity that each client has been warned of. All of its copies share its `withSession`. */
const warned = new WeakMap<SpotifyClient.Service["withSession"], Set<string>>()

const isNew = (client: SpotifyClient.Service, { expected, operation, path }: Unreadable): boolean => {
  let kinds = warned.get(client.withSession)
  if (kinds === undefined) {
    kinds = new Set()
    warned.set(client.withSession, kinds)
  }
  // Neither the place nor the value makes another kind.
  const kind = `${operation} ${path.replace(/(^|\.)\d+(?=\.|$)/g, "$1*")} ${expected.replace(/, actual .*/s, "")}`
  if (kinds.has(kind)) return false
  if (kinds.size >= maxKinds) kinds.clear()
  kinds.add(kind)
  return true
}

/** Tells those around the program, and in the log what is the first of its kind. */
export const report = (client: SpotifyClient.Service, all: ReadonlyArray<Unreadable>): Effect.Effect<void> =>
  Effect.zipRight(
    Effect.map(FiberRef.get(onUnreadable), (tell) => tell?.(all)),
    Effect.forEach(
      all.filter((one) => isNew(client, one)),
      ({ expected, missing, operation, path }) =>
        Effect.logWarning(
          `${operation}: ${missing === "" ? "an answer" : missing} can't be read and is missing, for ${
            path === missing ? "" : `${path}: `
          }${expected}. Others of this kind aren't told.`
        ),
      { discard: true }
    )
  )
