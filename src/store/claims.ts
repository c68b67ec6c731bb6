/**
 * Mutual exclusion by claims (leases): a key is claimed in one statement, nothing of the database is held while the work
 * runs, and what it brought is written in one statement that checks the claim and the token that was found. A claim is
 * renewed while its work runs, so that only that of a process that died or stands still ends by itself.
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import { digest } from "../core/digest.js"
import { TokenStoreError } from "../core/SpotifyError.js"
import { monotonic, sleep } from "../core/time.js"
import {
  claimId,
  claimLifetime,
  type End,
  type EndRow,
  type Found,
  holderOf,
  isWaiting,
  makeOwner,
  type Mine,
  ownerOf,
  type Wanted,
  type WantedRow
} from "./claimSql.js"
import type { Database } from "./sqlDatabase.js"

/** How often claims are renewed. */
const renewal = Duration.toMillis(claimLifetime) / 3

/** For how long: work that never ends isn't to keep a user's key for ever. */
const longestWork = Duration.toMillis(Duration.minutes(5))

/**
 * The pauses of who looks for others' claims: a quarter of the time for which the one that changed last has been the same,
 * within these.
 */
const [shortestPause, longestPause] = [25, 1000]

/** A claim of ours. */
export interface Claim extends Mine {
  readonly tokenId: string
  readonly key: string
  /** The token in the table, as text; null for none. */
  found: string | null
  /** Since when it holds without being renewed, on the monotonic clock. */
  renewedAt: number
  readonly takenAt: number
}

interface Waiter {
  readonly wanted: Wanted
  /** Since when somebody has the claim, as far as it was seen, on the monotonic clock. */
  changedAt: number
  /** Who has the claim, as far as it is known. */
  holder: string | undefined
  /** Whether a statement is under way for it. */
  isAsking: boolean
  again: Deferred.Deferred<void, TokenStoreError>
}

const operation = "withLock"

const earlier = "a process of a release before 0.2"

/** The shared wait for claims of others: one statement for all who wait, and one back-off. */
const makeWaiting = ({ dialect, fork, read }: Database) => {
  const waiters = new Set<Waiter>()
  let isRunning = false
  let lastLook = -Infinity
  let newcomer = Deferred.unsafeMake<void>(FiberId.none)

  const tell = (waiter: Waiter, row: Found | undefined) => {
    const { owner } = waiter.wanted
    if (row !== undefined && row.holds && ownerOf(row.claim) !== owner && isWaiting(row.claim, owner)) {
      const holder = holderOf(row.claim)
      if (waiter.holder !== holder) waiter.changedAt = lastLook
      waiter.holder = holder
      return Effect.void
    }
    waiters.delete(waiter)
    return Deferred.succeed(waiter.again, undefined)
  }

  const look = Effect.suspend(() => {
    const now = [...waiters]
    return Effect.matchEffect(read(operation, dialect.claims.look(now.map(({ wanted }) => wanted.id))), {
      onFailure: (error) =>
        Effect.forEach(now, (waiter) => {
          waiters.delete(waiter)
          return Deferred.fail(waiter.again, error)
        }, { discard: true }),
      onSuccess: (rows) => {
        const byId = new Map(rows.map((row) => [row.id, row]))
        return Effect.forEach(now, (waiter) => tell(waiter, byId.get(waiter.wanted.id)), { discard: true })
      }
    })
  })

  const loop: Effect.Effect<void> = Effect.gen(function*() {
    const clock = yield* Effect.clock
    while (waiters.size > 0) {
      const jitter = yield* Random.nextRange(0.8, 1.2)
      const changedAt = Math.max(...Array.from(waiters, ({ changedAt }) => changedAt))
      const pause = jitter * Math.min(Math.max((monotonic(clock) - changedAt) / 4, shortestPause), longestPause)
      const rest = Math.min(lastLook + pause - monotonic(clock), pause)
      if (rest > 0) {
        newcomer = Deferred.unsafeMake(FiberId.none)
        const isOver = yield* Effect.raceFirst(
          Effect.as(sleep(rest), true),
          Effect.as(Deferred.await(newcomer), false)
        )
        if (!isOver) continue
      }
      lastLook = monotonic(clock)
      yield* look
    }
    isRunning = false
  })

  /** Waits until it may be worth to ask again. */
  return (waiter: Waiter): Effect.Effect<void, TokenStoreError> =>
    Effect.flatMap(Effect.clock, (clock) => {
      waiter.again = Deferred.unsafeMake(FiberId.none)
      waiters.add(waiter)
      if (!isRunning) {
        isRunning = true
        lastLook = monotonic(clock)
        fork(loop)
      }
      Deferred.unsafeDone(newcomer, Effect.void)
      return Effect.ensuring(Deferred.await(waiter.again), Effect.sync(() => waiters.delete(waiter)))
    })
}

/** Renews the claims whose work takes long, all in one statement. */
const makeRenewing = ({ dialect, fork, write }: Database) => {
  const claims = new Set<Claim>()
  let renewing: Fiber.RuntimeFiber<void> | undefined

  const renew = Effect.gen(function*() {
    const now = monotonic(yield* Effect.clock)
    const due = [...claims].filter((claim) => now - claim.renewedAt > renewal / 2 && now - claim.takenAt < longestWork)
    if (due.length === 0) return
    yield* write(operation, dialect.claims.renew(due.map(({ id, owner }) => ({ id, owner }))))
    for (const claim of due) claim.renewedAt = now
  })

  return {
    add: (claim: Claim): void => {
      claims.add(claim)
      renewing ??= fork(Effect.forever(Effect.zipRight(sleep(renewal), Effect.ignore(renew))))
    },
    // A timer would keep the process alive.
    delete: (claim: Claim): Effect.Effect<void> =>
      Effect.suspend(() => {
        claims.delete(claim)
        if (claims.size > 0 || renewing === undefined) return Effect.void
        const fiber = renewing
        renewing = undefined
        return Fiber.interruptFork(fiber)
      })
  }
}

/** The statements of claims, those of several users together. */
const makeStatements = ({ dialect, fork, grouped, write }: Database) => {
  const { claims } = dialect

  /** Best effort: what can't be given back ends by itself. */
  const leave = ({ id, owner }: Mine): Effect.Effect<void> =>
    write(operation, claims.leave([{ id, owner }])).pipe(
      Effect.retry(
        Schedule.exponential("50 millis").pipe(
          Schedule.union(Schedule.spaced("1 second")),
          Schedule.intersect(Schedule.recurs(20))
        )
      ),
      Effect.ignore
    )

  const nameOf = ({ id }: Mine) => id

  const take = grouped({
    operation,
    run: dialect.write,
    statement: claims.take,
    resultOf: ({ id }: Wanted, rows: ReadonlyMap<string, WantedRow>) => rows.get(id) ?? null,
    nameOf,
    late: leave
  })

  const end = grouped({
    operation,
    run: dialect.write,
    statement: claims.end,
    resultOf: ({ id }: End, rows: ReadonlyMap<string, EndRow>) => ({
      isMine: rows.has(id),
      isKept: rows.has(id.slice(claimId("").length))
    }),
    nameOf
  })

  return { take, end, leave: (claim: Mine): void => void fork(leave(claim)) }
}

export const makeClaims = (
  database: Database,
  store: string,
  host: string,
  tokenOf: (tokenId: string) => Effect.Effect<string | null, TokenStoreError>
) => {
  const { dialect, inTime, read, write } = database
  const statements = makeStatements(database)
  const renewing = makeRenewing(database)
  const wait = makeWaiting(database)

  const want = (key: string, tokenId: string) =>
    Effect.gen(function*() {
      const clock = yield* Effect.clock
      const waiter: Waiter = {
        wanted: { id: claimId(tokenId), key: asColumn(key), owner: makeOwner(host), lock: yield* dialect.lockOf(key) },
        changedAt: monotonic(clock),
        holder: undefined,
        isAsking: false,
        again: Deferred.unsafeMake(FiberId.none)
      }
      return waiter
    })

  /** The claim once it is ours. */
  const taken = (waiter: Waiter): Effect.Effect<WantedRow, TokenStoreError> =>
    Effect.suspend(() => {
      waiter.isAsking = true
      return statements.take.askPatiently(waiter.wanted)
    }).pipe(
      Effect.tap(() => Effect.sync(() => void (waiter.isAsking = false))),
      Effect.flatMap((row) => {
        if (row !== null && row.claim !== null && ownerOf(row.claim) === waiter.wanted.owner) {
          return Effect.succeed(row)
        }
        if (row !== null && !row.free) waiter.holder = earlier
        else if (row !== null && row.claim !== null) waiter.holder = holderOf(row.claim)
        else waiter.holder ??= "somebody"
        return Effect.zipRight(wait(waiter), taken(waiter))
      })
    )

  const why = ({ holder, isAsking }: Waiter) =>
    isAsking || holder === undefined ? statements.take.whyLate() : `its lock is held by ${holder}`

  /** Claims a key; waits for its turn where somebody else has it. */
  const acquire = (key: string, tokenId: string): Effect.Effect<Claim, TokenStoreError> =>
    Effect.gen(function*() {
      const waiter = yield* want(key, tokenId)
      const { id, owner } = waiter.wanted
      const { token } = yield* taken(waiter).pipe(
        // That there is none may be what the statement saw before it waited for the claim.
        Effect.flatMap((row) =>
          row.token === null ? Effect.map(tokenOf(tokenId), (token) => ({ token })) : Effect.succeed(row)
        ),
        inTime(operation, () => why(waiter)),
        Effect.onExit((exit) =>
          // One that is on its way is given back when it comes.
          Effect.sync(() => Exit.isSuccess(exit) || waiter.isAsking ? undefined : statements.leave(waiter.wanted))
        )
      )
      const now = monotonic(yield* Effect.clock)
      const claim: Claim = { id, owner, tokenId, key: waiter.wanted.key, found: token, renewedAt: now, takenAt: now }
      renewing.add(claim)
      return claim
    })

  /** Who has a claim that was lost. */
  const lost = ({ id, owner }: Claim) =>
    Effect.map(
      read(operation, dialect.claims.look([id])),
      ([row]) =>
        row === undefined || ownerOf(row.claim) === owner || row.claim === ""
          ? "its lock ended before the work did"
          : `its lock ended before the work did, and went to ${holderOf(row.claim)}`
    )

  const failure = (claim: Claim, operation: string, isMine: boolean) =>
    Effect.flatMap(
      isMine
        ? Effect.succeed("somebody changed the token without its lock meanwhile")
        : Effect.orElseSucceed(lost(claim), () => "its lock ended before the work did"),
      (reason) => TokenStoreError.of(store, operation, `${reason}. What was written under the lock isn't kept.`)
    )

  /** Gives a claim back, with the token that is to be kept, if any. */
  const release = (claim: Claim, next: string | null, updated: number): Effect.Effect<void, TokenStoreError> =>
    Effect.gen(function*() {
      yield* renewing.delete(claim)
      const { found, id, key, owner } = claim
      const { isKept, isMine } = yield* Effect.onError(
        statements.end.ask({ id, owner, key, before: found, next, updated }),
        () => Effect.sync(() => statements.leave(claim))
      )
      if (next !== null && !isKept) yield* failure(claim, operation, isMine)
    })

  /** Removes the token that was found, at once: whoever removes it wants to know whether it was still that one. */
  const remove = (claim: Claim): Effect.Effect<void, TokenStoreError> =>
    Effect.gen(function*() {
      const before = claim.found
      if (before === null) return
      const { id, owner, tokenId } = claim
      const removed = yield* write("remove", dialect.claims.remove({ id, owner, before }))
      claim.found = removed.length > 0 ? null : yield* tokenOf(tokenId)
      if (claim.found !== null) yield* failure(claim, "remove", claim.found !== before)
    })

  return { acquire, release, remove }
}

/** The key as in JSON, because a database knows neither NUL nor lone surrogates. */
export const asColumn = (key: string): string => JSON.stringify(key).slice(1, -1)

/** Of the keys that were asked for last, the oldest first: a refresh asks twice, and a hash takes a thread of its own. */
const tokenIds = new Map<string, string>()

export const tokenIdOf = (key: string): Effect.Effect<string> =>
  Effect.suspend(() => {
    const known = tokenIds.get(key)
    return known !== undefined ? Effect.succeed(known) : Effect.map(digest("token", key), (id) => {
      for (const oldest of tokenIds.keys()) {
        if (tokenIds.size < 1000) break
        tokenIds.delete(oldest)
      }
      tokenIds.set(key, id)
      return id
    })
  })
