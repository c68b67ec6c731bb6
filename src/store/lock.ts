import * as Effect from "effect/Effect"

/** Runs an effect while nobody else holds the name's lock. */
export interface Lock {
  <A, E, R>(name: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R>
}

/** A lock for the fibers of this process. A name that nobody holds or waits for takes no memory. */
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
 * The browser lets go of a lock when its tab is closed.
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
 * What another tab wrote to localStorage reaches this one a moment after its lock does: browsers don't order the two. A
 * tab that read too early would refresh what has just been refreshed.
 */
const propagation = Effect.async<void>((resume) => {
  const timer = setTimeout(() => resume(Effect.void), 100)
  return Effect.sync(() => clearTimeout(timer))
})

const webLock = (locks: LockManager, name: string) =>
  Effect.async<() => void>((resume, signal) => {
    const granted = () =>
      new Promise<void>((release) => {
        // The grant can arrive while the fiber is being interrupted, and then nobody else would release it.
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
