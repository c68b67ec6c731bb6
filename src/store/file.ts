/**
 * A JSON file that the processes of a machine share: lock files with heartbeat and stale takeover, read-modify-write
 * under a write lock, and atomic replacement (temporary file, fsync, rename). A write is fenced by its lock file: an owner
 * whose lock was taken over can't write any more.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { TokenStoreError } from "../core/SpotifyError.js"
import { monotonic } from "../core/time.js"

interface LockTimes {
  /** How often the owner of a lock touches its lock file. */
  readonly heartbeat: Duration.Duration
  /** After how long without a heartbeat a lock is stale, and others take it over. */
  readonly staleAfter: Duration.Duration
}

// Of a key's lock, under which a token is refreshed. A takeover by mistake would cost a second refresh, so it comes late.
// With the wait for a write of the dead owner it still takes ten seconds at most, as `layerFile` promises.
const refreshTimes: LockTimes = { heartbeat: Duration.seconds(1), staleAfter: Duration.seconds(7) }

// Of the write lock. A write is short, and a takeover by mistake does no harm: the write is fenced off and repeated.
const writeTimes: LockTimes = { heartbeat: Duration.millis(400), staleAfter: Duration.seconds(2) }

const maxWait = Duration.seconds(60)

/** Of the time between two looks at the lock files, what counts at most, in milliseconds: a look on a busy machine. */
const longestLook = 250

/** The wait for a lock took longer than `maxWait`. */
class LockTimeout extends Data.TaggedError("LockTimeout") {}

/** The write lock was taken over while its owner wrote: the write was fenced off, and nothing was changed. */
class LockLost extends Data.TaggedError("LockLost") {}

/** The key's lock that a write belongs to was taken over before the write: nothing was changed. */
class OwnerLost extends Data.TaggedError("OwnerLost") {}

const isNotFound = (error: PlatformError | LockLost | OwnerLost): boolean =>
  error._tag === "SystemError" && error.reason === "NotFound"

/** Directory and last name of a path of any platform. */
const split = (path: string): readonly [directory: string, name: string] => {
  const start = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1
  return [path.slice(0, start) || ".", path.slice(start)]
}

/** A lock that was acquired. No other one has its id. */
interface Claim {
  readonly id: string
  /** False when our heartbeat stopped for so long that others took the lock over. */
  readonly isHeld: Effect.Effect<boolean, PlatformError>
}

/** The modification time of a lock file, and for how many milliseconds of our waiting it hasn't changed. */
interface Seen {
  readonly time: number
  readonly still: number
}

/**
 * A lock file with heartbeat and stale takeover, for the processes of a machine.
 *
 * Whoever wants the lock creates a file `<path>.<random id>.lock` of its own and then looks for others: of two that come
 * at the same time at least the later one sees the other, and withdraws. As no name is used twice, a takeover, which
 * removes the file of a dead owner, can't remove the lock of a living one, as it can where all use one lock file.
 *
 * The owner touches its file at each heartbeat. A lock is stale when its file's time hasn't changed for `staleAfter` of
 * our own waiting. The clocks of two processes are never compared, and of the time between two looks no more counts than
 * `longestLook`, so that a machine's sleep makes no lock stale.
 */
const makeLock = (options: {
  readonly fs: FileSystem.FileSystem
  readonly path: string
  readonly times: LockTimes
  /** Cleans up after the dead owner with this id, under the new owner's lock. */
  readonly onDead: (id: string) => Effect.Effect<void, PlatformError>
}) => {
  const { fs, path, times } = options
  const [directory, name] = split(path)
  const staleAfter = Duration.toMillis(times.staleAfter)
  const fileOf = (id: string) => `${path}.${id}.lock`
  const pattern = /^\.([0-9a-f]{32})\.lock$/

  const listIds = Effect.map(
    fs.readDirectory(directory),
    (files) => files.flatMap((file) => file.startsWith(name) ? pattern.exec(file.slice(name.length))?.[1] ?? [] : [])
  )

  const timeOf = (id: string) =>
    Effect.map(fs.stat(fileOf(id)), (info) => Option.map(info.mtime, (time) => time.getTime()))

  const look = Effect.fnUntraced(function*(seen: Map<string, Seen>, since: number) {
    const dead: Array<string> = []
    let living = false
    for (const id of yield* listIds) {
      const time = yield* Effect.catchIf(timeOf(id), isNotFound, () => Effect.succeedNone)
      if (Option.isSome(time)) {
        const before = seen.get(id)
        const still = before?.time === time.value ? before.still + since : 0
        seen.set(id, { time: time.value, still })
        if (still < staleAfter) {
          living = true
        } else {
          dead.push(id)
        }
      }
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
      const pause = yield* Random.nextIntBetween(10, 50)
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

/** A lock that a fiber works under; `ended` matters to a forked fiber, which may outlive it. */
interface Owned {
  readonly claim: Claim
  ended: boolean
}

/** One JSON file with the entries of many users, shared by several processes. */
export interface SharedFile<A> {
  readonly read: (operation: string) => Effect.Effect<A, TokenStoreError>
  /** Read-modify-write under the write lock; content that `f` gives back as the same object isn't written. */
  readonly update: <B>(
    operation: string,
    f: (content: A) => readonly [B, A],
    /** Where the fiber works under the lock of this key and has lost it, the update fails. */
    key?: string
  ) => Effect.Effect<B, TokenStoreError>
  /** Locks a key; `name`, of letters and digits, is its part of the lock files' names. Others can read and update. */
  readonly withLock: <B, E, R>(
    key: string,
    name: string,
    effect: Effect.Effect<B, E, R>
  ) => Effect.Effect<B, E | TokenStoreError, R>
}

/** Opens a file, which need not exist, in a directory, which is made when it doesn't. */
export const open = <A>(options: {
  readonly fs: FileSystem.FileSystem
  readonly path: string
  readonly empty: A
  /** Fails with the reason, in words that show nothing of the content. */
  readonly decode: (text: string) => Effect.Effect<A, string>
  readonly encode: (content: A) => Effect.Effect<string>
}): Effect.Effect<SharedFile<A>, TokenStoreError> =>
  Effect.gen(function*() {
    const { fs } = options
    const fail = (operation: string) => (error: PlatformError | LockTimeout | LockLost | OwnerLost) =>
      TokenStoreError.of(
        options.path,
        operation,
        error._tag === "LockTimeout"
          ? `another process has held the lock for more than ${Duration.format(maxWait)}`
          : error._tag === "LockLost"
          ? "this process was too slow to write: others took its lock again and again"
          : error._tag === "OwnerLost"
          ? "this process stood still for so long that another one took its lock: nothing was written"
          : error.message
      )

    // Renaming onto a symbolic link would replace the link and not the file.
    const path = yield* Effect.orElseSucceed(fs.realPath(options.path), () => options.path)
    const [directory] = split(path)
    /** The locks that a fiber works under, by key. */
    const owned = FiberRef.unsafeMake<ReadonlyMap<string, Owned>>(new Map())
    const temporaryOf = (id: string) => `${path}.${id}.tmp`
    const forget = (file: string) => fs.remove(file, { force: true })

    yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 }).pipe(
      Effect.zipRight(fs.access(directory, { writable: true })),
      Effect.mapError(fail("open"))
    )

    const read = (operation: string): Effect.Effect<A, TokenStoreError> =>
      Effect.matchEffect(fs.readFileString(path), {
        onFailure: (error) => isNotFound(error) ? Effect.succeed(options.empty) : Effect.fail(fail(operation)(error)),
        onSuccess: (text) =>
          Effect.mapError(options.decode(text), (detail) => TokenStoreError.of(options.path, operation, detail))
      })

    // The fencing: who takes over our lock removes our lock file, then our temporary file, and reads only then. We rename
    // the temporary file only if we still hold the lock once it is written. So if the lock is taken over meanwhile, either
    // the rename fails, or it comes before the new owner reads.
    const write = (claim: Claim, content: A) =>
      Effect.gen(function*() {
        const bytes = new TextEncoder().encode(yield* options.encode(content))
        const temporary = temporaryOf(claim.id)
        yield* Effect.gen(function*() {
          yield* Effect.scoped(Effect.flatMap(
            fs.open(temporary, { flag: "wx", mode: 0o600 }),
            (file) => Effect.zipRight(file.writeAll(bytes), file.sync)
          ))
          if (!(yield* claim.isHeld)) {
            return yield* new LockLost()
          }
          yield* fs.rename(temporary, path)
        }).pipe(
          Effect.catchIf(isNotFound, () => new LockLost()),
          Effect.tapError(() => Effect.ignore(forget(temporary)))
        )
        // Makes the rename durable, where the platform lets a directory be opened.
        yield* Effect.ignore(Effect.scoped(Effect.flatMap(fs.open(directory, { flag: "r" }), (file) => file.sync)))
      })

    const writeLock = makeLock({
      fs,
      path: `${path}.write`,
      times: writeTimes,
      onDead: (id) => forget(temporaryOf(id))
    })
    const writers = Effect.unsafeMakeSemaphore(1)

    const checkOwner = (key: string | undefined) =>
      Effect.flatMap(FiberRef.get(owned), (locks) => {
        const lock = key === undefined ? undefined : locks.get(key)
        return lock === undefined || lock.ended
          ? Effect.void
          : Effect.flatMap(lock.claim.isHeld, (isHeld) => isHeld ? Effect.void : new OwnerLost())
      })

    // Waits for the write lock, taking it over if it is stale. After that, a write which the key's dead owner had begun is
    // done or fenced off, also if the owner isn't dead and only stood still.
    const endWrites = Effect.ignore(writeLock(() => Effect.void, fail("withLock")))

    // A file that others may read, a copy for example, gets the right mode before another token is written to it.
    yield* Effect.ignore(Effect.flatMap(
      fs.stat(path),
      ({ mode }) => (mode & 0o077) === 0 ? Effect.void : fs.chmod(path, 0o600)
    ))
    yield* read("open")

    return {
      read,
      update: (operation, f, key) =>
        writers.withPermits(1)(writeLock(
          (claim) =>
            Effect.uninterruptible(Effect.gen(function*() {
              yield* checkOwner(key)
              const content = yield* read(operation)
              const [result, next] = f(content)
              if (next !== content) yield* write(claim, next)
              return result
            })),
          fail(operation)
        )).pipe(
          Effect.retry({ times: 10, while: (error) => error._tag === "LockLost" }),
          Effect.mapError((error) => error._tag === "TokenStoreError" ? error : fail(operation)(error))
        ),
      withLock: (key, name, effect) =>
        makeLock({ fs, path: `${path}.${name}`, times: refreshTimes, onDead: () => endWrites })(
          (claim) => {
            const lock: Owned = { claim, ended: false }
            return Effect.locallyWith(effect, owned, (locks) => new Map(locks).set(key, lock)).pipe(
              Effect.ensuring(Effect.sync(() => {
                lock.ended = true
              }))
            )
          },
          fail("withLock")
        )
    }
  })
