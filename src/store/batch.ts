/**
 * One statement for many callers, by group commit: a burst costs few statements, transactions and connections, and a
 * single call waits for nobody.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
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
  /** Told of an item that was on its way when nobody waited for it any more, once its statement has ended. */
  readonly late?: (item: I) => Effect.Effect<void>
}

type Done<A, E> = (result: Exit.Exit<A, E>) => void

interface Entry<I, A, E> extends Asked<E> {
  readonly item: I
  done: Done<A, E>
}

/** Lets come what else is on its way: a driver that works in this thread would keep it out. */
const turn = Effect.async<void>((resume) => {
  const done = () => resume(Effect.void)
  if (typeof setImmediate === "function") setImmediate(done)
  else setTimeout(done, 0)
})

/** Asks for an item and tells its result; gives what is to be called when nobody waits for it any more. */
export const make = <I, A, E>(options: Options<I, A, E>): (item: I, done: Done<A, E>) => () => void => {
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

  const tell = (entries: ReadonlyArray<Entry<I, A, E>>, result: Exit.Exit<A, E>) =>
    Effect.sync(() => {
      for (const { done } of entries) done(result)
    })

  const attempt = (entries: ReadonlyArray<Entry<I, A, E>>): Effect.Effect<void> =>
    Effect.suspend(() => run(entries.map(({ item }) => item))).pipe(
      Effect.map((results) => {
        for (const [index, { done }] of entries.entries()) {
          const result = results[index]
          done(result === undefined ? Exit.die(new Error("A statement gave too few results")) : Exit.succeed(result))
        }
      }),
      Effect.catchAllCause((cause) =>
        entries.length > 1 && Option.exists(Cause.failureOption(cause), isOfOne)
          ? Effect.forEach(entries, (entry) => attempt([entry]), { discard: true })
          : tell(entries, Exit.failCause(cause))
      )
    )

  const { enqueue, takeBack } = group<E, Entry<I, A, E>>(attempt, { before: turn, take })

  return (item, done) => {
    const entry: Entry<I, A, E> = {
      item,
      done,
      fail: (cause) => Effect.sync(() => entry.done(Exit.failCause(cause)))
    }
    const runs = enqueue(entry)
    if (runs !== undefined) fork(runs)
    return () => {
      if (takeBack(entry) || late === undefined) return
      entry.done = () => fork(late(item))
    }
  }
}
