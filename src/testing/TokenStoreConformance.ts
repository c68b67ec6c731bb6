/**
 * What every token store promises, as checks for a store of your own, with whatever test runner you use.
 *
 * @since 0.2.0
 */
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { PendingSignIn, Token, TokenStore } from "../store/TokenStore.js"

/**
 * A store that doesn't do what it should.
 *
 * @since 0.2.0
 * @category errors
 */
export class ConformanceError extends Schema.TaggedError<ConformanceError>()("ConformanceError", {
  /** What was looked at. */
  what: Schema.String,
  expected: Schema.String,
  actual: Schema.String,
  message: Schema.String
}) {}

/**
 * One promise. `run` opens an empty place for itself, and fails with `ConformanceError` where the promise isn't kept.
 *
 * @since 0.2.0
 * @category models
 */
export interface Check<E> {
  readonly name: string
  readonly run: Effect.Effect<void, ConformanceError | E, Scope.Scope>
}

/**
 * What a store may do less; everything is promised unless told otherwise.
 *
 * @since 0.2.0
 * @category options
 */
export interface Options {
  /** Whether a held lock keeps its key busy, or the whole store; "key". */
  readonly lock?: "key" | "store" | undefined
  /** Whether a layer that is built anew at the same place finds what was kept; true. */
  readonly isPersistent?: boolean | undefined
  /** Whether layers at the same place, in one process or many, share their locks; true. */
  readonly hasSharedLock?: boolean | undefined
}

const show = (value: unknown): string => JSON.stringify(value) ?? String(value)

const expectEqual = (what: string, actual: unknown, expected: unknown): Effect.Effect<void, ConformanceError> =>
  show(actual) === show(expected)
    ? Effect.void
    : new ConformanceError({
      what,
      expected: show(expected),
      actual: show(actual),
      message: `${what}: expected ${show(expected)}, but it was ${show(actual)}`
    })

// In clear, since a Redacted shows nothing to compare.
const clearToken = Schema.encodeSync(Schema.OptionFromNullOr(Token))
const clearPending = Schema.encodeSync(Schema.OptionFromNullOr(PendingSignIn))

const tokenOf = (name: string, scopes: ReadonlyArray<string> = ["user-read-email"]): Token => ({
  accessToken: Redacted.make(`access ${name}`),
  refreshToken: Redacted.make(`refresh ${name}`),
  expiresAt: DateTime.unsafeMake("2030-01-02T03:04:05.678Z"),
  scopes,
  authorizedAt: DateTime.unsafeMake("2029-12-01T00:00:00Z")
})

const pendingOf = (state: string): Effect.Effect<PendingSignIn> =>
  Effect.map(DateTime.now, (startedAt) => ({
    state,
    codeVerifier: Redacted.make(`verifier ${state}`),
    scopes: ["user-read-email"],
    startedAt
  }))

const expectToken = (what: string, store: TokenStore.Service, key: string, expected: Token | undefined) =>
  Effect.flatMap(
    store.get(key),
    (actual) => expectEqual(what, clearToken(actual), clearToken(Option.fromNullable(expected)))
  )

const expectPending = (
  what: string,
  store: TokenStore.Service,
  key: string,
  state: string,
  expected: PendingSignIn | undefined
) =>
  Effect.flatMap(
    store.takePending(key, state),
    (actual) => expectEqual(what, clearPending(actual), clearPending(Option.fromNullable(expected)))
  )

const countOf = (store: TokenStore.Service, key: string) =>
  Effect.map(store.get(key), (token) => Number(Option.isSome(token) ? token.value.scopes[0] : 0))

/** Adds one to the number that a key's token carries: loses some when two do it at once. */
const increment = (store: TokenStore.Service, key: string) =>
  Effect.gen(function*() {
    const before = yield* countOf(store, key)
    yield* Effect.yieldNow()
    yield* store.set(key, tokenOf("counter", [String(before + 1)]))
  })

const times = <A>(n: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: n }, (_, index) => make(index))

const unbounded = { concurrency: "unbounded" } as const

const oddKeys = [
  "default",
  "Default",
  "",
  " ",
  "a b",
  "__proto__",
  "constructor",
  "it's \"quoted\" `so`",
  "two\nlines\r\n\ttab",
  "nul\u0000",
  "nul",
  "../../etc/passwd",
  "a/b",
  "a\\b",
  "100%",
  "'; DROP TABLE spotify_tokens; --",
  "åäö 中文 😀",
  "\ufffd",
  "x".repeat(1000),
  `${"x".repeat(999)}y`,
  "😀".repeat(500)
]

type Body = (store: TokenStore.Service) => Effect.Effect<void, unknown, Scope.Scope>

const keepsTokens: Body = (store) =>
  Effect.gen(function*() {
    yield* expectToken("an empty place", store, "a", undefined)
    yield* store.set("a", tokenOf("1"))
    yield* expectToken("what was set", store, "a", tokenOf("1"))
    yield* store.set("a", tokenOf("2"))
    yield* store.set("b", tokenOf("3"))
    yield* expectToken("what was set again", store, "a", tokenOf("2"))
    yield* store.remove("a")
    yield* store.remove("a")
    yield* expectToken("what was removed", store, "a", undefined)
    yield* expectToken("the token of another key", store, "b", tokenOf("3"))
  })

const keepsBareTokens: Body = (store) =>
  Effect.gen(function*() {
    const { accessToken, expiresAt } = tokenOf("1")
    const bare = { accessToken, expiresAt, scopes: [] }
    yield* store.set("a", bare)
    yield* expectToken("a token without a refresh token", store, "a", bare)
  })

const keepsUsersApart: Body = (store) =>
  Effect.gen(function*() {
    for (const [index, key] of oddKeys.entries()) {
      yield* store.set(key, tokenOf(String(index)))
      yield* store.setPending(key, yield* pendingOf(`state ${index}`))
    }
    for (const [index, key] of oddKeys.entries()) {
      yield* expectToken(`the token of the key ${show(key)}`, store, key, tokenOf(String(index)))
      const pending = yield* store.takePending(key, `state ${index}`)
      yield* expectEqual(`a sign-in of the key ${show(key)} is there`, Option.isSome(pending), true)
    }
    for (const key of oddKeys) yield* store.withLock(key, store.remove(key))
    for (const key of oddKeys) yield* expectToken(`the removed token of ${show(key)}`, store, key, undefined)
  })

const givesPendingOnce: Body = (store) =>
  Effect.gen(function*() {
    const [one, two] = [yield* pendingOf("one"), yield* pendingOf("two's \"state\"\n")]
    const three: PendingSignIn = { state: "three", scopes: [], startedAt: one.startedAt }
    yield* store.setPending("a", one)
    yield* store.setPending("a", two)
    yield* store.setPending("b", three)
    yield* expectPending("a sign-in of another key", store, "b", one.state, undefined)
    yield* expectPending("the state of another key", store, "a", "three", undefined)
    yield* expectPending("an empty state", store, "a", "", undefined)
    yield* expectPending("one of two sign-ins", store, "a", two.state, two)
    yield* expectPending("the other one", store, "a", one.state, one)
    yield* expectPending("one that was taken", store, "a", one.state, undefined)
    yield* expectPending("one without a verifier", store, "b", "three", three)
  })

const givesPendingToOne: Body = (store) =>
  Effect.gen(function*() {
    yield* store.setPending("a", yield* pendingOf("one"))
    const taken = yield* Effect.all(times(20, () => store.takePending("a", "one")), unbounded)
    yield* expectEqual("how many of 20 got it", taken.filter(Option.isSome).length, 1)
  })

const keepsPendingAtOnce: Body = (store) =>
  Effect.gen(function*() {
    const states = times(20, (index) => `state ${index}`)
    yield* Effect.forEach(
      states,
      (state) => Effect.flatMap(pendingOf(state), (pending) => store.setPending("a", pending)),
      unbounded
    )
    const taken = yield* Effect.forEach(states, (state) => store.takePending("a", state), unbounded)
    yield* expectEqual("how many of 20 are there", taken.filter(Option.isSome).length, 20)
  })

const forgetsPending: Body = (store) =>
  Effect.gen(function*() {
    const [one, two, three] = [yield* pendingOf("one"), yield* pendingOf("two"), yield* pendingOf("three")]
    yield* store.setPending("a", one)
    yield* store.setPending("a", two)
    yield* TestClock.adjust(Duration.minutes(59))
    yield* store.setPending("a", { ...three, startedAt: yield* DateTime.now })
    yield* expectPending("after 59 minutes", store, "a", "one", one)
    yield* TestClock.adjust(Duration.minutes(1))
    yield* expectPending("after an hour", store, "a", "two", undefined)
  })

const locksOneAtATime: Body = (store) =>
  Effect.gen(function*() {
    const inside = yield* Ref.make(0)
    const most = yield* Ref.make(0)
    yield* Effect.all(
      times(30, () =>
        store.withLock(
          "a",
          Ref.updateAndGet(inside, (n) => n + 1).pipe(
            Effect.tap((n) => Ref.update(most, (before) => Math.max(before, n))),
            Effect.zipRight(increment(store, "a")),
            Effect.ensuring(Ref.update(inside, (n) => n - 1))
          )
        )),
      unbounded
    )
    yield* expectEqual("how many were inside at once", yield* Ref.get(most), 1)
    yield* expectEqual("how many of 30 increments are kept", yield* countOf(store, "a"), 30)
  })

/** Holds a key's lock until told to leave it. */
const holding = (store: TokenStore.Service, key: string) =>
  Effect.gen(function*() {
    const entered = yield* Deferred.make<void>()
    const leave = yield* Deferred.make<void>()
    const holder = yield* Effect.fork(
      store.withLock(key, Effect.zipRight(Deferred.succeed(entered, undefined), Deferred.await(leave)))
    )
    yield* Deferred.await(entered)
    return { leave, left: Effect.zipRight(Deferred.succeed(leave, undefined), Fiber.join(holder)) }
  })

const locksTheStore: Body = (store) =>
  Effect.gen(function*() {
    const { leave, left } = yield* holding(store, "a")
    const other = yield* Effect.fork(store.withLock("b", Deferred.isDone(leave)))
    yield* Effect.repeatN(Effect.yieldNow(), 50)
    yield* left
    yield* expectEqual("whether the other waited", yield* Fiber.join(other), true)
  })

const locksTheKey: Body = (store) =>
  Effect.gen(function*() {
    const { left } = yield* holding(store, "a")
    yield* store.withLock("b", store.set("b", tokenOf("b")))
    yield* store.set("a", tokenOf("a"))
    yield* expectToken("what was set without the lock", store, "a", tokenOf("a"))
    yield* left
  })

const freesTheLock: Body = (store) =>
  Effect.gen(function*() {
    const write = (name: string) => store.set("a", tokenOf(name))
    const wrote = (name: string) => expectToken(`what was written before ${name}`, store, "a", tokenOf(name))
    yield* expectEqual("what the effect gives", yield* store.withLock("a", Effect.as(write("success"), 42)), 42)
    yield* wrote("success")

    const failed = yield* Effect.flip(store.withLock("a", Effect.zipRight(write("failure"), Effect.fail("no"))))
    yield* expectEqual("what the effect fails with", failed, "no")
    yield* wrote("failure")

    const died = yield* Effect.exit(store.withLock("a", Effect.zipRight(write("defect"), Effect.die("bug"))))
    yield* expectEqual("whether the effect's defect is its own", Equal.equals(died, Exit.die("bug")), true)
    yield* wrote("defect")

    const entered = yield* Deferred.make<void>()
    const holder = yield* Effect.fork(store.withLock(
      "a",
      write("interruption").pipe(
        Effect.zipRight(Deferred.succeed(entered, undefined)),
        Effect.zipRight(Effect.never)
      )
    ))
    yield* Deferred.await(entered)
    const exit = yield* Fiber.interrupt(holder)
    yield* expectEqual("whether it was interrupted", Exit.isInterrupted(exit), true)
    yield* store.withLock("a", Effect.void)
    yield* wrote("interruption")

    yield* Effect.flip(store.withLock("a", Effect.zipRight(store.remove("a"), Effect.fail("removed"))))
    yield* expectToken("what was removed before a failure", store, "a", undefined)
  })

const letsGoOfWaiters: Body = (store) =>
  Effect.gen(function*() {
    const ran = yield* Ref.make(false)
    const { left } = yield* holding(store, "a")
    const waiters = yield* Effect.all(times(5, () => Effect.fork(store.withLock("a", Ref.set(ran, true)))))
    yield* Effect.repeatN(Effect.yieldNow(), 10)
    // Ends although the lock is still held.
    yield* Fiber.interruptAll(waiters)
    yield* left
    yield* expectEqual("whether an interrupted waiter ran", yield* Ref.get(ran), false)
    yield* store.withLock("a", Ref.set(ran, true))
    yield* expectEqual("whether the lock is free", yield* Ref.get(ran), true)
  })

const leavesTheScope: Body = (store) =>
  Effect.gen(function*() {
    const closed = yield* Ref.make(false)
    yield* Effect.scoped(Effect.gen(function*() {
      yield* store.withLock("a", Effect.addFinalizer(() => Ref.set(closed, true)))
      yield* expectEqual("whether the lock closed the effect's scope", yield* Ref.get(closed), false)
    }))
    yield* expectEqual("whether the scope's owner closed it", yield* Ref.get(closed), true)
  })

/**
 * The checks of a store. `place` makes an empty place for tokens (a temporary file, a new table); each time its layer is
 * built, that opens the same place again.
 *
 * @example
 * ```ts
 * import { it } from "@effect/vitest"
 * import { Effect } from "effect"
 * import { TokenStore } from "effect-spotify"
 * import { TokenStoreConformance } from "effect-spotify/testing"
 *
 * // A store of your own; each test gets one that is empty.
 * const place = Effect.succeed(TokenStore.layerMemory)
 *
 * for (const { name, run } of TokenStoreConformance.checks(place, { isPersistent: false, hasSharedLock: false })) {
 *   it.scopedLive(name, () => run)
 * }
 * ```
 *
 * @since 0.2.0
 * @category checks
 */
export const checks = <E, E2>(
  place: Effect.Effect<Layer.Layer<TokenStore, E>, E2, Scope.Scope>,
  options: Options = {}
): ReadonlyArray<Check<unknown>> => {
  const { hasSharedLock = true, isPersistent = true, lock = "key" } = options
  const check = (name: string, body: Body): Check<unknown> => ({
    name,
    run: Effect.flatMap(place, (layer) => Effect.provide(Effect.flatMap(TokenStore, body), Layer.fresh(layer)))
  })

  const keepsForTheNextStart: Check<unknown> = {
    name: "keeps tokens and pending sign-ins for the next start",
    run: Effect.gen(function*() {
      const layer = yield* place
      const opened = <A, E, R>(use: (store: TokenStore.Service) => Effect.Effect<A, E, R>) =>
        Effect.provide(Effect.flatMap(TokenStore, use), Layer.fresh(layer))
      const pending = yield* pendingOf("one")
      yield* opened((store) => Effect.zipRight(store.set("a", tokenOf("1")), store.setPending("a", pending)))
      yield* opened((store) =>
        Effect.zipRight(
          expectToken("the token after the next start", store, "a", tokenOf("1")),
          expectPending("the sign-in after the next start", store, "a", "one", pending)
        )
      )
    })
  }

  const sharesItsLock: Check<unknown> = {
    name: "shares its lock with others that opened the same place",
    run: Effect.gen(function*() {
      const layer = yield* place
      const opened = <A, E, R>(use: (store: TokenStore.Service) => Effect.Effect<A, E, R>) =>
        Effect.provide(Effect.flatMap(TokenStore, use), Layer.fresh(layer))
      yield* Effect.all(
        times(4, () => opened((store) => Effect.repeatN(store.withLock("a", increment(store, "a")), 9))),
        unbounded
      )
      const kept = yield* opened((store) => countOf(store, "a"))
      yield* expectEqual("how many of 40 increments are kept", kept, 40)
    })
  }

  return [
    check("gives what was set, until it is removed", keepsTokens),
    check("keeps a token that lacks what may be missing", keepsBareTokens),
    check("keeps users apart, whatever their keys", keepsUsersApart),
    check("gives a pending sign-in once, and only to its key and state", givesPendingOnce),
    check("gives a pending sign-in to one of many that ask at once", givesPendingToOne),
    check("keeps sign-ins that begin at once", keepsPendingAtOnce),
    {
      name: "forgets a pending sign-in after an hour",
      run: Effect.flatMap(place, (layer) =>
        Effect.provide(
          Effect.flatMap(TokenStore, forgetsPending),
          Layer.provideMerge(Layer.fresh(layer), TestContext.TestContext)
        ))
    },
    check("lets one at a time through a key's lock", locksOneAtATime),
    lock === "store"
      ? check("locks the whole store", locksTheStore)
      : check("doesn't let users wait for each other", locksTheKey),
    check(
      "frees the lock when its holder succeeds, fails, dies or is interrupted, and keeps what was written",
      freesTheLock
    ),
    check("lets go of a waiter that is interrupted", letsGoOfWaiters),
    check("leaves the scope of the effect alone", leavesTheScope),
    ...(isPersistent ? [keepsForTheNextStart] : []),
    ...(isPersistent && hasSharedLock ? [sharesItsLock] : [])
  ]
}
