/** Mutual exclusion by name: a mutex for the fibers of a process, and the Web Locks API for the tabs of an origin. */
import * as Effect from "effect/Effect"

/** Runs an effect while nobody else holds the name's lock. */
export interface Lock {
  <A, E, R>(name: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R>
}

/** A mutex for each name, for the fibers of this process; it is dropped when nobody holds it or waits for it. */
export const make = (): Lock => {
  const held = new Map<string, { readonly semaphore: Effect.Semaphore; users: number }>()
  return (name, effect) =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        const entry = held.get(name) ?? { semaphore: Effect.unsafeMakeSemaphore(1), users: 0 }
        entry.users++
        held.set(name, entry)
        return entry
      }),
      (entry) => entry.semaphore.withPermits(1)(effect),
      (entry) =>
        Effect.sync(() => {
          entry.users--
          if (entry.users === 0) {
            held.delete(name)
          }
        })
    )
}

/**
 * A lock for the fibers of this process and, where the Web Locks API exists, for all tabs and workers of the origin.
 *
 * The browser releases the lock of a tab that is closed.
 */
export const makeWeb = (): Lock => {
  const local = make()
  return (name, effect) =>
    local(
      name,
      Effect.suspend(() =>
        typeof navigator === "undefined" || !("locks" in navigator)
          ? effect
          : Effect.uninterruptibleMask((restore) =>
            Effect.flatMap(
              restore(webLock(navigator.locks, name)),
              (release) => Effect.ensuring(restore(Effect.zipRight(propagation, effect)), Effect.sync(release))
            )
          )
      )
    )
}

/**
 * Waits until what the lock's previous holder wrote to localStorage is visible in this tab: browsers may grant the lock a
 * moment before. A tab that read too early would refresh a token that has just been refreshed.
 */
const propagation = Effect.async<void>((resume) => {
  const timer = setTimeout(() => resume(Effect.void), 100)
  return Effect.sync(() => clearTimeout(timer))
})

const webLock = (locks: LockManager, name: string) =>
  Effect.async<() => void>((resume, signal) => {
    const granted = () =>
      new Promise<void>((release) => {
        // A lock that is granted while the fiber is being interrupted is released here: the fiber won't do it.
        signal.addEventListener("abort", () => release())
        if (signal.aborted) {
          release()
        }
        resume(Effect.succeed(release))
      })
    locks.request(name, { signal }, granted).catch((error: unknown) => {
      if (!signal.aborted) {
        resume(Effect.die(error))
      }
    })
  })
