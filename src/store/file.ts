/**
 * A file that the processes of a machine share: read anew only where another one wrote it, and written by group commit
 * under a write lock, with atomic replacement (temporary file, fsync, rename). A write is fenced by its lock file: an
 * owner whose lock was taken over can't write any more.
 */
import type { PlatformError } from "@effect/platform/Error"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as Option from "effect/Option"
import { TokenStoreError } from "../core/SpotifyError.js"
import { type Asked, group, shared } from "./groupCommit.js"
import {
  type Claim,
  isNotFound,
  type LockTimeout,
  type LockTimes,
  make as makeLocks,
  maxWait,
  split
} from "./lockFiles.js"

// Of a key's lock, under which a token is refreshed. A takeover by mistake would cost a second refresh, so it comes late.
// With the wait for a write of the dead owner, and a second for looks on a busy machine, it still takes ten seconds at
// most, as `layerFile` promises.
const refreshTimes: LockTimes = { heartbeat: Duration.seconds(1), staleAfter: Duration.seconds(7) }

// Of the write lock. A write is short, and a takeover by mistake does no harm: the write is fenced off and repeated.
const writeTimes: LockTimes = { heartbeat: Duration.millis(400), staleAfter: Duration.millis(1600) }

/** The write lock was taken over while its owner wrote: the write was fenced off, and nothing was changed. */
class LockLost extends Data.TaggedError("LockLost") {}

/** The key's lock that a change belongs to was taken over before its commit: nothing of it was written. */
class OwnerLost extends Data.TaggedError("OwnerLost") {}

/** The content isn't ours; the detail shows nothing of it. */
class Unreadable extends Data.TaggedError("Unreadable")<{ readonly detail: string }> {}

type Failure = PlatformError | LockTimeout | LockLost | OwnerLost | Unreadable

/** A lock that a fiber works under; `ended` matters to a forked fiber, which may outlive it. */
interface Owned {
  readonly name: string
  readonly claim: Claim
  ended: boolean
}

/** A change that waits for its commit. */
interface Change<A> extends Asked<Failure> {
  readonly owner: Owned | undefined
  /** Makes the change in a draft; gives whether there is anything to write, and what tells its caller. */
  readonly apply: (draft: A) => readonly [isChanged: boolean, succeed: Effect.Effect<unknown>]
}

/** How the content stands in the file. */
export interface Format<A> {
  readonly empty: A
  /** Fails with the reason, in words that show nothing of the content. What is as before may be taken from there. */
  readonly decode: (text: string, before: A | undefined) => Effect.Effect<A, string>
  /** With the revision near the start, where `revisionOf` finds it. */
  readonly encode: (content: A, revision: string) => string
  /** From the first `headLength` characters; none in a file that was written by others. */
  readonly revisionOf: (head: string) => string | undefined
  readonly headLength: number
  /** A copy that can be changed while others read the original. */
  readonly draft: (content: A) => A
}

/** A file with the entries of many users, shared by several processes. */
export interface SharedFile<A> {
  /** The content as it is now, not to be changed. */
  readonly read: (operation: string) => Effect.Effect<A, TokenStoreError>
  /**
   * Changes the content under the write lock. `f` changes the draft and gives its result and whether it changed anything;
   * it may run again, on another draft. Changes that come together are written together.
   */
  readonly update: <B>(
    operation: string,
    f: (draft: A) => readonly [B, isChanged: boolean],
    /** Where the fiber works under the lock of this key and has lost it, the update fails. */
    key: string
  ) => Effect.Effect<B, TokenStoreError>
  /** Locks a key; `name`, of letters and digits, is its part of the lock files' names. Others can read and update. */
  readonly withLock: <B, E, R>(
    key: string,
    name: string,
    effect: Effect.Effect<B, E, R>
  ) => Effect.Effect<B, E | TokenStoreError, R>
}

/** Opens a file, which need not exist, in a directory, which is made when it doesn't. */
export const open = <A>(
  fs: FileSystem.FileSystem,
  givenPath: string,
  format: Format<A>
): Effect.Effect<SharedFile<A>, TokenStoreError> =>
  Effect.gen(function*() {
    const fail = (operation: string) => (error: Failure) =>
      TokenStoreError.of(
        givenPath,
        operation,
        error._tag === "LockTimeout"
          ? `another process has held the lock for more than ${Duration.format(maxWait)}`
          : error._tag === "LockLost"
          ? "this process was too slow to write: others took its lock again and again"
          : error._tag === "OwnerLost"
          ? "this process stood still for so long that another one took its lock: nothing was written"
          : error._tag === "Unreadable"
          ? error.detail
          : error.message
      )

    // Renaming onto a symbolic link would replace the link and not the file.
    const path = yield* Effect.orElseSucceed(fs.realPath(givenPath), () => givenPath)
    const [directory] = split(path)
    const { list, lock } = makeLocks(fs, path)
    /** The locks that a fiber works under, by key. */
    const owned = FiberRef.unsafeMake<ReadonlyMap<string, Owned>>(new Map())
    const temporaryOf = (id: string) => `${path}.${id}.tmp`
    const forget = (file: string) => fs.remove(file, { force: true })

    yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 }).pipe(
      Effect.zipRight(fs.access(directory, { writable: true })),
      Effect.mapError(fail("open"))
    )

    /** The content of a file with this stamp. */
    interface Known {
      readonly stamp: string
      readonly content: A
    }
    let known: Known | undefined
    /** What a rename is about to put in the file's place. */
    let coming: Known | undefined

    /**
     * What tells one state of the file from all others: its revision, which each write draws anew, since an inode is used
     * again and a time is too coarse, and what an edit by hand changes. None where that can't be had.
     */
    const stampOf = (file: FileSystem.File, revision: string | undefined) =>
      Effect.map(file.stat, ({ ino, mtime, size }) =>
        revision === undefined || Option.isNone(mtime)
          ? undefined
          : `${revision} ${size} ${mtime.value.getTime()} ${Option.getOrElse(ino, () => 0)}`)

    const currentStamp = Effect.scoped(Effect.gen(function*() {
      const file = yield* fs.open(path, { flag: "r" })
      const head = yield* file.readAlloc(format.headLength)
      return yield* stampOf(
        file,
        Option.getOrUndefined(Option.map(head, (bytes) => format.revisionOf(new TextDecoder().decode(bytes))))
      )
    })).pipe(Effect.orElseSucceed(() => undefined))

    const current: Effect.Effect<A, PlatformError | Unreadable> = shared(Effect.gen(function*() {
      const stamp = yield* currentStamp
      if (stamp !== undefined) {
        const found = [known, coming].find((file) => file?.stamp === stamp)
        if (found !== undefined) return found.content
      }
      const text = yield* Effect.map(fs.readFileString(path), Option.some).pipe(
        Effect.catchIf(isNotFound, () => Effect.succeedNone)
      )
      if (Option.isNone(text)) return format.empty
      const content = yield* Effect.mapError(
        format.decode(text.value, known?.content),
        (detail) => new Unreadable({ detail })
      )
      // A stamp is older than what was read after it: at worst it is never met again.
      if (stamp !== undefined) known = { stamp, content }
      return content
    }))

    // The fencing: who takes over our lock removes our lock file, then our temporary file, and reads only then. We rename
    // the temporary file only if we still hold the lock once it is written. So if the lock is taken over meanwhile, either
    // the rename fails, or it comes before the new owner reads.
    const write = (claim: Claim, content: A) =>
      Effect.gen(function*() {
        const bytes = new TextEncoder().encode(format.encode(content, claim.id))
        const temporary = temporaryOf(claim.id)
        yield* Effect.gen(function*() {
          const stamp = yield* Effect.scoped(Effect.flatMap(
            fs.open(temporary, { flag: "wx", mode: 0o600 }),
            (file) =>
              file.writeAll(bytes).pipe(
                Effect.zipRight(file.sync),
                Effect.zipRight(Effect.orElseSucceed(stampOf(file, claim.id), () => undefined))
              )
          ))
          if (!(yield* claim.isHeld)) {
            return yield* new LockLost()
          }
          if (stamp !== undefined) coming = { stamp, content }
          yield* fs.rename(temporary, path)
          known = coming
        }).pipe(
          Effect.catchIf(isNotFound, () => new LockLost()),
          Effect.tapError(() => Effect.ignore(forget(temporary))),
          Effect.ensuring(Effect.sync(() => {
            coming = undefined
          }))
        )
        // Makes the rename durable, where the platform lets a directory be opened.
        yield* Effect.ignore(Effect.scoped(Effect.flatMap(fs.open(directory, { flag: "r" }), (file) => file.sync)))
      })

    const writeLock = lock({ name: "write", times: writeTimes, onDead: (id) => forget(temporaryOf(id)) })
    const writers = Effect.unsafeMakeSemaphore(1)

    /** Makes changes in a draft and writes it, under the write lock; gives what tells those who wait. */
    const commit = (changes: ReadonlyArray<Change<A>>) => (claim: Claim) =>
      Effect.uninterruptible(Effect.gen(function*() {
        const isOwned = changes.some(({ owner }) => owner !== undefined && !owner.ended)
        const locks = isOwned ? yield* list : new Map<string, ReadonlyArray<string>>()
        const [kept, lost] = partition(
          changes,
          ({ owner }) => owner === undefined || owner.ended || locks.get(owner.name)?.includes(owner.claim.id) === true
        )
        const tellLost = lost.map(({ fail }) => fail(Cause.fail(new OwnerLost())))
        if (kept.length === 0) return tellLost
        const draft = format.draft(yield* current)
        const applied = kept.map(({ apply }) => apply(draft))
        if (applied.some(([isChanged]) => isChanged)) yield* write(claim, draft)
        return [...tellLost, ...applied.map(([, succeed]) => succeed)]
      }))

    const commits = group<Failure, Change<A>>((changes) =>
      writers.withPermits(1)(writeLock<ReadonlyArray<Effect.Effect<unknown>>, Failure, never, Failure>(
        commit(changes),
        (error) => error
      )).pipe(
        Effect.retry({ times: 10, while: (error) => error._tag === "LockLost" }),
        Effect.flatMap((tell) => Effect.all(tell, { discard: true }))
      )
    )

    // Waits for the write lock, taking it over if it is stale. After that, a write which a key's dead owner had begun is
    // done or fenced off, also if the owner isn't dead and only stood still.
    const endWrites = shared(writers.withPermits(1)(Effect.ignore(writeLock(() => Effect.void, (error) => error))))

    // A file that others may read, a copy for example, gets the right mode before another token is written to it.
    yield* Effect.ignore(Effect.flatMap(
      fs.stat(path),
      ({ mode }) => (mode & 0o077) === 0 ? Effect.void : fs.chmod(path, 0o600)
    ))
    const read = (operation: string) => Effect.mapError(current, fail(operation))
    yield* read("open")

    return {
      read,
      update: <B>(operation: string, f: (draft: A) => readonly [B, boolean], key: string) =>
        Effect.uninterruptibleMask((restore) =>
          Effect.gen(function*() {
            const result = Deferred.unsafeMake<B, Failure>(FiberId.none)
            const change: Change<A> = {
              owner: (yield* FiberRef.get(owned)).get(key),
              apply: (draft) => {
                const [value, isChanged] = f(draft)
                return [isChanged, Deferred.succeed(result, value)]
              },
              fail: (cause) => Deferred.failCause(result, cause)
            }
            yield* commits.add(change)
            return yield* Effect.onInterrupt(
              restore(Deferred.await(result)),
              // What is in a commit ends with it: the caller's lock isn't given back before.
              () => commits.takeBack(change) ? Effect.void : Effect.ignore(Deferred.await(result))
            )
          })
        ).pipe(Effect.mapError(fail(operation))),
      withLock: (key, name, effect) =>
        lock({ name, times: refreshTimes, onDead: () => endWrites })(
          (claim) => {
            const mine: Owned = { name, claim, ended: false }
            return Effect.locallyWith(effect, owned, (locks) => new Map(locks).set(key, mine)).pipe(
              Effect.ensuring(Effect.sync(() => {
                mine.ended = true
              }))
            )
          },
          fail("withLock")
        )
    }
  })

const partition = <I>(items: ReadonlyArray<I>, isFirst: (item: I) => boolean) =>
  [items.filter(isFirst), items.filter((item) => !isFirst(item))] as const
