/**
 * One statement for many callers, by group commit: a burst costs few statements, transactions and connections, and a
 * single call waits for nobody.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import { type Asked, group } from "./groupCommit.js"

export interface Options<I, A, E> {
  /** One statement for all of them; a result for each, in their order. */
  readonly run: (items: ReadonlyArray<I>) => Effect.Effect<ReadonlyArray<A>, E>
  /** How many go together at most. */
  readonly limit: number
  /** Items of one name don't go together. */
  readonly nameOf?: (item: I) => string
  /** Whether an error may be that of one item alone, so that the others are tried without it. */
  readonly isOfOne: (error: E) => boolean
  /** Runs in the background what is nobody's own. */
  readonly fork: (effect: Effect.Effect<void>) => void
  /** Told of an item that was on its way when whoever asked was interrupted, once its statement has ended. */
  readonly late?: (item: I) => Effect.Effect<void>
}

interface Entry<I, A, E> extends Asked<E> {
  readonly item: I
  readonly result: Deferred.Deferred<A, E>
}

/** Lets come what else is on its way: a driver that works in this thread would keep it out. */
const turn = Effect.async<void>((resume) => {
  const done = () => resume(Effect.void)
  if (typeof setImmediate === "function") setImmediate(done)
  else setTimeout(done, 0)
})

export const make = <I, A, E>(options: Options<I, A, E>): (item: I) => Effect.Effect<A, E> => {
  const { fork, isOfOne, late, limit, nameOf, run } = options
  const take = (queue: ReadonlyArray<Entry<I, A, E>>) => {
    const taken: Array<Entry<I, A, E>> = []
    const rest: Array<Entry<I, A, E>> = []
    const names = new Set<string>()
    for (const entry of queue) {
      const name = nameOf?.(entry.item)
      if (taken.length === limit || (name !== undefined && names.has(name))) {
        rest.push(entry)
        continue
      }
      if (name !== undefined) names.add(name)
      taken.push(entry)
    }
    return [taken, rest] as const
  }

  const attempt = (entries: ReadonlyArray<Entry<I, A, E>>): Effect.Effect<void> =>
    Effect.suspend(() => run(entries.map(({ item }) => item))).pipe(
      Effect.flatMap((results) =>
        Effect.forEach(entries, (entry, index) => {
          const result = results[index]
          return result === undefined
            ? Deferred.die(entry.result, new Error("A statement gave too few results"))
            : Deferred.succeed(entry.result, result)
        }, { discard: true })
      ),
      Effect.catchAll((error) =>
        entries.length > 1 && isOfOne(error)
          ? Effect.forEach(entries, (entry) => attempt([entry]), { discard: true })
          : Effect.forEach(entries, (entry) => Deferred.fail(entry.result, error), { discard: true })
      ),
      Effect.catchAllCause((cause) =>
        Effect.forEach(entries, (entry) => Deferred.failCause(entry.result, cause), { discard: true })
      )
    )

  const { add, takeBack } = group<E, Entry<I, A, E>>(attempt, {
    before: turn,
    take,
    fork: (runs) => Effect.sync(() => fork(runs))
  })

  return (item) =>
    Effect.uninterruptibleMask((restore) => {
      const result = Deferred.unsafeMake<A, E>(FiberId.none)
      const entry: Entry<I, A, E> = { item, result, fail: (cause) => Deferred.failCause(result, cause) }
      return Effect.zipRight(
        add(entry),
        Effect.onInterrupt(restore(Deferred.await(result)), () =>
          Effect.sync(() => {
            if (takeBack(entry) || late === undefined) return
            fork(Effect.zipRight(Effect.exit(Deferred.await(result)), late(item)))
          }))
      )
    })
}
