/**
 * The token store as one session sees it: what was granted and isn't kept yet is written ahead of everything else (an
 * outbox of one), offered again with backoff, and compared with what is there where a lock was lost (fencing by content).
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { Deadline } from "../core/deadline.js"
import { limited } from "../core/limited.js"
import { TokenStoreError } from "../core/SpotifyError.js"
import { explained } from "../store/record.js"
import type { Token, TokenStore } from "../store/TokenStore.js"
import { type Apart, patience, type Running, stopInClosing } from "./apart.js"

export const clearText = (secret: Redacted.Redacted | undefined): string | undefined => secret && Redacted.value(secret)

const hasOtherRefreshToken = (token: Token | undefined, refreshToken: Redacted.Redacted): boolean =>
  token?.refreshToken !== undefined && clearText(token.refreshToken) !== clearText(refreshToken)

const isSame = (a: Token | undefined, b: Token | undefined): boolean =>
  a === undefined || b === undefined
    ? a === b
    : clearText(a.accessToken) === clearText(b.accessToken) && clearText(a.refreshToken) === clearText(b.refreshToken)

/** Whether two tokens are of one sign-in. */
const isOfSameSignIn = (a: Token, b: Token): boolean => a.authorizedAt?.epochMillis === b.authorizedAt?.epochMillis

/** What Spotify gave out, with what was in the store when it was asked. */
export interface Granted {
  readonly token: Token
  readonly previous: Token | undefined
  readonly isSignIn: boolean
}

/**
 * Whether what was granted is later than what somebody else put into the store meanwhile, where a lock was lost: a
 * sign-in is later than all refreshes of the one before, and so is what a program put there by hand.
 */
const isLater = ({ isSignIn, previous, token }: Granted, other: Token): boolean => {
  if (isSignIn) {
    return (previous !== undefined && isOfSameSignIn(previous, other)) ||
      (other.authorizedAt !== undefined && other.authorizedAt.epochMillis <= (token.authorizedAt?.epochMillis ?? 0))
  }
  return clearText(other.accessToken) !== "" && isOfSameSignIn(token, other) &&
    other.expiresAt.epochMillis < token.expiresAt.epochMillis
}

/**
 * Kept as a pending sign-in where a token was removed because Spotify refused it: a process that stood still may wake
 * with its successor, which then belongs into the store. Without it, nobody is signed in because they signed out.
 */
export const refusedMark = "effect-spotify: the refresh token was refused"

/** For longer than any process stands still. */
const markLifetime = "7 days"

/** Tells refresh tokens apart without showing them. */
const markOf = (refreshToken: Redacted.Redacted | undefined): string =>
  String(Hash.string(clearText(refreshToken) ?? ""))

/** The longest pause between two offers of a token that the store doesn't take. */
const longestPause = Duration.seconds(30)

/** 200 milliseconds, doubled; jittered, since a store that fails does so for many users at once. */
const offers = Schedule.exponential("200 millis").pipe(
  Schedule.modifyDelay((_, delay) => Duration.min(delay, Duration.times(longestPause, 5 / 6))),
  // By a fifth at most.
  Schedule.jittered
)

/** A store of somebody's own says no more than its driver. */
const withReason = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | TokenStoreError> =>
  Effect.mapError(effect, (error) =>
    error instanceof TokenStoreError && error.detail !== explained(error.detail)
      ? TokenStoreError.of(error.store, error.operation, explained(error.detail))
      : error)

/** How long a store may be silent: longer than the stores of this library are by themselves. */
const storePatience = Duration.seconds(65)

const silent = (operation: string) =>
  TokenStoreError.of(
    "of the session",
    operation,
    `no answer for ${Duration.format(storePatience)}: somebody holds what it needs, for example a transaction ` +
      "of this program that waits for this call"
  )

/** Ends the wait for a silent store, for the sessions of an app. Outside of the caller's transaction, which may be undone, and so may wait for that one. */
export const makeAnswered = (fork: Apart["fork"]): Vault["answered"] => {
  const deadline = new Deadline(Duration.toMillis(storePatience))
  return (operation, effect) => limited(deadline, fork(withReason(effect)), () => silent(operation))
}

/** That Spotify refused a refresh token, kept in the token's place for a process that comes late with another. */
interface Refusal {
  /** Whether the store is empty because this refresh token was refused. A sign-out takes the mark away. */
  readonly isOf: (refreshToken: Redacted.Redacted | undefined) => Effect.Effect<boolean, TokenStoreError>
  /** Removes the token of a refresh token that Spotify refused; false where the store has another one meanwhile. */
  readonly remove: (refreshToken: Redacted.Redacted) => Effect.Effect<boolean>
  readonly forget: Effect.Effect<void>
}

/** For work under the key's lock. */
const makeRefusal = (
  store: TokenStore.Service,
  key: string,
  read: Effect.Effect<Token | undefined, TokenStoreError>
): Refusal => {
  const takeMark = store.takePending(key, refusedMark)
  const current = Effect.orElseSucceed(read, () => undefined)
  return {
    isOf: (refreshToken) =>
      Effect.flatMap(takeMark, (mark) =>
        Option.isNone(mark) ? Effect.succeed(false) : Effect.as(
          // It stays until a token is there: one that isn't kept yet may come after a sign-out.
          store.setPending(key, mark.value),
          mark.value.scopes[0] === markOf(refreshToken)
        )),
    remove: (refreshToken) =>
      Effect.gen(function*() {
        // Where a lock was lost, as when the machine slept, somebody else may have rotated the refresh token meanwhile.
        const found = yield* current
        if (found === undefined) return true
        if (hasOtherRefreshToken(found, refreshToken)) return false
        const now = yield* DateTime.now
        yield* Effect.ignore(store.setPending(key, {
          state: refusedMark,
          scopes: [markOf(refreshToken)],
          startedAt: DateTime.addDuration(now, markLifetime)
        }))
        const isRemoved = yield* Effect.isSuccess(store.remove(key))
        return isRemoved || !hasOtherRefreshToken(yield* current, refreshToken)
      }),
    forget: Effect.ignore(takeMark)
  }
}

/**
 * What of the store a session uses. What reads or writes it is for work under the lock, except for `find`.
 */
export interface Vault {
  readonly key: string
  /** The token in the store, without a lock. */
  readonly find: Effect.Effect<Option.Option<Token>, TokenStoreError>
  /** The token in the store, once that has what was granted before. */
  readonly stored: Effect.Effect<Token | undefined, TokenStoreError>
  /** Keeps what was granted just now, unless what is in the store came later; gives what is in the store then. */
  readonly save: (granted: Granted) => Effect.Effect<Token | undefined, TokenStoreError>
  /** Whether the store has to take something yet: a given token, or any. */
  readonly hasUnsaved: (token?: Token) => boolean
  /** Offers what the store hasn't taken until it does; whoever asked may not come again. */
  readonly keepTrying: Effect.Effect<void>
  /** Runs an effect under the key's lock. */
  readonly locked: <A extends Token | undefined, E>(
    effect: Effect.Effect<A, E>
  ) => Effect.Effect<A, E | TokenStoreError>
  /** A sign-in or a sign-out ends what was said of a refusal. */
  readonly refusal: Refusal
  /** Nothing of what was granted is to be kept any more. */
  readonly forget: () => void
  /** Ends the wait for a store that gives no answer, and runs outside of the caller's transaction. */
  readonly answered: <A, E>(operation: string, effect: Effect.Effect<A, E>) => Effect.Effect<A, E | TokenStoreError>
  /** Gives the store what it hasn't taken yet, a last time. */
  readonly close: Effect.Effect<void>
}

export const makeVault = (
  store: TokenStore.Service,
  key: string,
  apart: Apart,
  answered: Vault["answered"]
): Vault => {
  // What the store may not have taken: nobody uses it before it is kept.
  let unsaved: Granted | undefined
  let isStoring = false
  /** Whether it was told that the store doesn't take what it is offered. */
  let isTold = false

  const get = store.get(key)
  const read = Effect.map(get, Option.getOrUndefined)

  const refusal = makeRefusal(store, key, read)

  /** Keeps what was granted, unless what is in the store came later; gives what is in the store then. */
  const save = (granted: Granted, found: Token | undefined): Effect.Effect<Token | undefined, TokenStoreError> =>
    Effect.gen(function*() {
      const { isSignIn, previous, token } = granted
      unsaved = granted
      const isSuccessor = isSame(found, previous)
      if (!isSuccessor) {
        const belongs = found !== undefined
          ? isLater(granted, found)
          : isSignIn || (yield* refusal.isOf(previous?.refreshToken))
        if (!belongs) {
          unsaved = undefined
          return found
        }
        if (found !== undefined || isSignIn) unsaved = { ...granted, previous: found }
      }
      isStoring = true
      yield* Effect.ensuring(
        store.set(key, token),
        Effect.sync(() => {
          isStoring = false
        })
      )
      if (!isSuccessor && found === undefined) yield* refusal.forget
      return token
    })

  /** As `save`, of what was granted just now. A lock that isn't lost leaves what was there before. */
  const saveNew = (granted: Granted): Effect.Effect<Token | undefined, TokenStoreError> => {
    unsaved = granted
    return Effect.flatMap(Effect.orElseSucceed(read, () => granted.previous), (found) => save(granted, found))
  }

  const stored = Effect.flatMap(
    read,
    (found) => unsaved === undefined ? Effect.succeed(found) : save(unsaved, found)
  )

  // Some stores commit when the lock is given back, so that a token is kept only then.
  const locked = <A extends Token | undefined, E>(
    effect: Effect.Effect<A, E>
  ): Effect.Effect<A, E | TokenStoreError> =>
    Effect.tap(withReason(store.withLock(key, Effect.uninterruptible(effect))), (token) => {
      if (unsaved?.token === token) unsaved = undefined
      if (unsaved !== undefined || !isTold) return Effect.void
      isTold = false
      return Effect.logInfo(`The token store works again: it has the last token of "${key}"`)
    })

  const forget = (): void => {
    unsaved = undefined
    isTold = false
  }

  let trying: Running<unknown, unknown> | undefined

  const tellRefused = ({ message }: TokenStoreError) =>
    Effect.suspend(() => {
      if (isTold || unsaved === undefined) return Effect.void
      isTold = true
      return Effect.logWarning(
        `The token store doesn't take a new token of "${key}". It is kept in memory and offered again, at least every ${
          Duration.format(longestPause)
        }. ${message}`
      )
    })

  /** What a store doesn't take at once it may take soon, and whoever asked may not come again. */
  const keepTrying = Effect.suspend(() =>
    unsaved === undefined || trying !== undefined ? Effect.void : Effect.map(
      Effect.suspend(() => unsaved === undefined ? Effect.void : Effect.asVoid(locked(stored))).pipe(
        Effect.tapError(tellRefused),
        Effect.retry(offers),
        Effect.delay("100 millis"),
        Effect.ensuring(Effect.sync(() => {
          trying = undefined
        })),
        apart.fork
      ),
      (fiber) => {
        trying = fiber
      }
    )
  )

  /** What is lost with a token that was never kept; nothing where the one before it still serves. */
  const lossOf = ({ isSignIn, previous, token }: Granted): string | undefined => {
    if (isSignIn) return "the sign-in isn't kept"
    return token.refreshToken === undefined || !hasOtherRefreshToken(previous, token.refreshToken)
      ? undefined
      : "the store has the refresh token before it, which Spotify may not take any more"
  }

  const tellLost = (reason: string) => {
    const loss = unsaved && lossOf(unsaved)
    return loss === undefined
      ? Effect.void
      : Effect.logError(
        `The session of "${key}" ended before the token store took its last token: ${loss}, and the user may have to ` +
          `sign in again. ${reason}`
      )
  }

  const noAnswer = `The store gave no answer for ${Duration.format(patience)}.`

  const end = Effect.gen(function*() {
    if (trying !== undefined) yield* stopInClosing(apart, trying)
    if (unsaved === undefined) return
    // What a silent store was given already, it doesn't take a second time.
    if (isStoring) return yield* tellLost(noAnswer)
    let reason = noAnswer
    const last = yield* apart.fork(Effect.tapError(locked(stored), ({ message }) =>
      Effect.sync(() => {
        reason = message
      })))
    yield* apart.inClosing(Fiber.await(last))
    yield* tellLost(reason)
  })

  return {
    key,
    find: answered("get", get),
    stored,
    save: saveNew,
    hasUnsaved: (token) => unsaved !== undefined && (token === undefined || unsaved.token === token),
    keepTrying,
    locked,
    refusal,
    forget,
    answered,
    // Apart, since whoever closes a session may have nothing to do with it.
    close: Effect.suspend(() => trying === undefined && unsaved === undefined ? Effect.void : apart.run(end))
  }
}
