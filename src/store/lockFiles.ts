/** Locks between the processes of a machine: a file for each holder and each waiter, with heartbeat and stale takeover. */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { monotonic } from "../core/time.js"
import { shared } from "./groupCommit.js"

export interface LockTimes {
  /** How often the owner of a lock touches its lock file. */
  readonly heartbeat: Duration.Duration
  /** After how long without a heartbeat a lock is stale, and others take it over. */
  readonly staleAfter: Duration.Duration
}

export const maxWait = Duration.seconds(60)

/** Of the time between two looks at the lock files, what counts at most, in milliseconds: a look on a busy machine. */
const longestLook = 250

/** How much of its waiting, in milliseconds, passes between a waiter's questions for a lock file's time. */
const timeEvery = 500

/** For so long, in milliseconds, a waiter looks often. */
const eager = 2000

/** The wait for a lock took longer than `maxWait`. */
export class LockTimeout extends Data.TaggedError("LockTimeout") {}

export const isNotFound = (error: { readonly _tag: string; readonly reason?: string }): boolean =>
  error._tag === "SystemError" && error.reason === "NotFound"

/** Directory and last name of a path of any platform. */
export const split = (path: string): readonly [directory: string, name: string] => {
  const start = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1
  return [path.slice(0, start) || ".", path.slice(start)]
}

/** A lock that was acquired. No other one has its id. */
export interface Claim {
  readonly id: string
  /** False when our heartbeat stopped for so long that others took the lock over. */
  readonly isHeld: Effect.Effect<boolean, PlatformError>
}

/** The ids of lock files, by the name of their lock. */
export type LockFiles = ReadonlyMap<string, ReadonlyArray<string>>

/** A lock file's time, for how many milliseconds of our waiting it hasn't changed, and how long ago we asked for it. */
interface Seen {
  readonly time: number | undefined
  readonly still: number
  readonly asked: number
}

/** The lock files beside a file, in a directory that all locks of it look at together. */
export const make = (fs: FileSystem.FileSystem, path: string) => {
  const [directory, fileName] = split(path)
  const pattern = /^([0-9a-z]+)\.([0-9a-f]{32})\.lock$/
  const start = `${fileName}.`

  /** What there is once it was asked for: who asks while the directory is read waits for the next reading. */
  const list: Effect.Effect<LockFiles, PlatformError> = shared(
    Effect.map(Effect.suspend(() => fs.readDirectory(directory)), (files) => {
      const found = new Map<string, Array<string>>()
      for (const file of files) {
        const [, name, id] = (file.startsWith(start) ? pattern.exec(file.slice(start.length)) : null) ?? []
        if (name === undefined || id === undefined) continue
        const ids = found.get(name)
        if (ids === undefined) found.set(name, [id])
        else ids.push(id)
      }
      return found
    })
  )

  /**
   * A lock with heartbeat and stale takeover.
   *
   * Whoever wants the lock creates a file `<path>.<name>.<random id>.lock` of its own and then looks for others: of two
   * that come at the same time at least the later one sees the other, and withdraws. As no name is used twice, a takeover,
   * which removes the file of a dead owner, can't remove the lock of a living one, as it can where all use one lock file.
   *
   * The owner touches its file at each heartbeat. A lock is stale when its file's time hasn't changed for `staleAfter` of
   * our own waiting. The clocks of two processes are never compared, and of the time between two looks no more counts than
   * `longestLook`, so that a machine's sleep makes no lock stale.
   */
  const lock = (options: {
    readonly name: string
    readonly times: LockTimes
    /** Cleans up after the dead owner with this id, under the new owner's lock. */
    readonly onDead: (id: string) => Effect.Effect<void, PlatformError>
  }) => {
    const { name, times } = options
    const staleAfter = Duration.toMillis(times.staleAfter)
    const fileOf = (id: string) => `${path}.${name}.${id}.lock`
    const listIds = Effect.map(list, (files) => files.get(name) ?? [])

    const timeOf = (id: string) =>
      fs.stat(fileOf(id)).pipe(
        Effect.map((info) => Option.map(info.mtime, (time) => time.getTime())),
        Effect.catchIf(isNotFound, () => Effect.succeedNone)
      )

    const look = Effect.fnUntraced(function*(seen: Map<string, Seen>, since: number) {
      const dead: Array<string> = []
      let living = false
      for (const id of yield* listIds) {
        const before = seen.get(id)
        const waited = (before?.still ?? 0) + since
        const asked = (before?.asked ?? timeEvery) + since
        // A listing costs one reading for all who wait, a time one for each.
        if (before !== undefined && asked < timeEvery && waited < staleAfter) {
          seen.set(id, { ...before, still: waited, asked })
          living = true
          continue
        }
        const time = yield* timeOf(id)
        if (Option.isNone(time)) continue
        const still = before?.time === time.value ? waited : 0
        seen.set(id, { time: time.value, still, asked: 0 })
        if (still < staleAfter) living = true
        else dead.push(id)
      }
      return { dead, living }
    })

    const attempt = Effect.fnUntraced(function*(seen: Map<string, Seen>, since: number) {
      const { dead, living } = yield* look(seen, since)
      if (living) {
        return Option.none<Claim>()
      }
      const id = Encoding.encodeHex(crypto.getRandomValues(new Uint8Array(16)))
      yield* fs.writeFileString(fileOf(id), "", { flag: "wx", mode: 0o600 })
      return yield* Effect.gen(function*() {
        const others = yield* listIds
        if (others.some((other) => other !== id && !dead.includes(other))) {
          yield* fs.remove(fileOf(id))
          return Option.none<Claim>()
        }
        for (const other of dead) {
          yield* fs.remove(fileOf(other), { force: true })
          yield* options.onDead(other)
        }
        return Option.some<Claim>({ id, isHeld: fs.exists(fileOf(id)) })
      }).pipe(Effect.tapError(() => Effect.ignore(fs.remove(fileOf(id)))))
    })

    const acquire = Effect.fnUntraced(function*(
      pausing: (pause: Effect.Effect<void>) => Effect.Effect<void>
    ) {
      const clock = yield* Effect.clock
      const seen = new Map<string, Seen>()
      let since = 0
      let waited = 0
      while (waited < Duration.toMillis(maxWait)) {
        const before = monotonic(clock)
        const claim = yield* attempt(seen, since)
        if (Option.isSome(claim)) {
          return claim.value
        }
        const pause = yield* waited < eager ? Random.nextIntBetween(10, 50) : Random.nextIntBetween(50, 150)
        yield* pausing(Effect.sleep(pause))
        since = Math.min(Math.max(monotonic(clock) - before, pause), longestLook)
        waited += since
      }
      return yield* new LockTimeout()
    })

    const showLife = (id: string) =>
      Clock.currentTimeMillis.pipe(
        Effect.flatMap((now) => fs.utimes(fileOf(id), new Date(now), new Date(now))),
        Effect.delay(times.heartbeat),
        Effect.forever,
        Effect.ignore,
        Effect.interruptible
      )

    return <A, E, R, E2>(
      use: (claim: Claim) => Effect.Effect<A, E, R>,
      onError: (error: PlatformError | LockTimeout) => E2
    ): Effect.Effect<A, E | E2, R> =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          const claim = yield* Effect.mapError(acquire(restore), onError)
          const heart = yield* Effect.forkDaemon(showLife(claim.id))
          return yield* Effect.ensuring(
            restore(use(claim)),
            Effect.zipRight(Fiber.interrupt(heart), Effect.ignore(fs.remove(fileOf(claim.id))))
          )
        })
      )
  }

  return { list, lock }
}
