/**
 * Group commit: what is asked for while a statement is under way goes together into the next one, so that a burst costs
 * few statements, transactions and connections, and a single call waits for nobody.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"

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

interface Entry<I, A, E> {
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
  let queue: Array<Entry<I, A, E>> = []
  let isRunning = false

  const take = (): ReadonlyArray<Entry<I, A, E>> => {
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
    queue = rest
    return taken
  }

  const attempt = (entries: ReadonlyArray<Entry<I, A, E>>): Effect.Effect<void> =>
    // Nobody may be left who asks.
    entries.length === 0 ? Effect.void : Effect.suspend(() => run(entries.map(({ item }) => item))).pipe(
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

  const drain: Effect.Effect<void> = Effect.suspend(() => {
    if (queue.length === 0) {
      isRunning = false
      return Effect.void
    }
    return turn.pipe(Effect.zipRight(Effect.suspend(() => attempt(take()))), Effect.zipRight(drain))
  })

  return (item) =>
    Effect.suspend(() => {
      const entry: Entry<I, A, E> = { item, result: Deferred.unsafeMake(FiberId.none) }
      queue.push(entry)
      if (!isRunning) {
        isRunning = true
        fork(drain)
      }
      return Effect.onInterrupt(Deferred.await(entry.result), () =>
        Effect.sync(() => {
          const index = queue.indexOf(entry)
          if (index >= 0) queue.splice(index, 1)
          else if (late !== undefined) fork(Effect.zipRight(Effect.exit(Deferred.await(entry.result)), late(item)))
        }))
    })
}
