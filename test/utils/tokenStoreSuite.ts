/** What every token store does, told once. */
import { describe, expect, it } from "@effect/vitest"
import {
  DateTime,
  Deferred,
  Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Option,
  Redacted,
  Ref,
  Schema,
  type Scope,
  TestClock
} from "effect"
import { PendingSignIn, Token, TokenStore } from "effect-spotify/TokenStore"

export const makeToken = (name: string, scopes: ReadonlyArray<string> = ["user-read-email"]): Token => ({
  accessToken: Redacted.make(`access ${name}`),
  refreshToken: Redacted.make(`refresh ${name}`),
  expiresAt: DateTime.unsafeMake("2030-01-02T03:04:05.678Z"),
  scopes,
  authorizedAt: DateTime.unsafeMake("2029-12-01T00:00:00Z")
})

export const makePending = (state: string) =>
  Effect.map(DateTime.now, (startedAt): PendingSignIn => ({
    state,
    codeVerifier: Redacted.make(`verifier ${state}`),
    scopes: ["user-read-email"],
    startedAt
  }))

/** With the secrets in clear, since two different `Redacted` are equal to `expect`. */
export const clear = {
  token: Schema.encodeSync(Schema.OptionFromNullOr(Token)),
  pending: Schema.encodeSync(Schema.OptionFromNullOr(PendingSignIn))
}

export const expectToken = (actual: Option.Option<Token>, expected: Token) =>
  expect(clear.token(actual)).toEqual(clear.token(Option.some(expected)))

export const count = (key: string) =>
  Effect.flatMap(
    TokenStore,
    (store) => Effect.map(store.get(key), (token) => Number(Option.isSome(token) ? token.value.scopes[0] : 0))
  )

/** Adds one to the number that a key's token carries: loses some when two do it at once. */
export const increment = (key: string) =>
  Effect.gen(function*() {
    const before = yield* count(key)
    yield* Effect.yieldNow()
    yield* Effect.flatMap(TokenStore, (store) => store.set(key, makeToken("counter", [String(before + 1)])))
  })

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
  "\ud800",
  "\udc00",
  "\ufffd",
  "x".repeat(1000),
  `${"x".repeat(999)}y`,
  "😀".repeat(500)
]

/**
 * `place` makes an empty place for tokens; each time its layer is built, that opens the same place again.
 *
 * `oneAtATime`: a held lock keeps the whole store busy, not only its key. `forgets`: another layer doesn't see what the
 * first one kept. `locksAlone`: it does, but has a lock of its own.
 */
export const behaves = <E>(
  name: string,
  place: Effect.Effect<Layer.Layer<TokenStore, E>, unknown, Scope.Scope>,
  options?: { readonly oneAtATime?: boolean; readonly forgets?: boolean; readonly locksAlone?: boolean }
) => {
  const test = (title: string, body: Effect.Effect<void, unknown, TokenStore | Scope.Scope>) =>
    it.scoped(title, () => Effect.flatMap(place, (layer) => Effect.provide(body, layer)))

  describe(name, () => {
    test(
      "gives what was set, until it is removed",
      Effect.gen(function*() {
        const store = yield* TokenStore
        expect(yield* store.get("a")).toEqual(Option.none())
        yield* store.set("a", makeToken("1"))
        expectToken(yield* store.get("a"), makeToken("1"))
        yield* store.set("a", makeToken("2"))
        yield* store.set("b", makeToken("3"))
        expectToken(yield* store.get("a"), makeToken("2"))
        yield* store.remove("a")
        yield* store.remove("a")
        expect(yield* store.get("a")).toEqual(Option.none())
        expectToken(yield* store.get("b"), makeToken("3"))
      })
    )

    test(
      "keeps a token that lacks what may be missing",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const { accessToken, expiresAt } = makeToken("1")
        yield* store.set("a", { accessToken, expiresAt, scopes: [] })
        expectToken(yield* store.get("a"), { accessToken, expiresAt, scopes: [] })
      })
    )

    test(
      "keeps users apart, whatever their keys",
      Effect.gen(function*() {
        const store = yield* TokenStore
        for (const [index, key] of oddKeys.entries()) {
          yield* store.set(key, makeToken(String(index)))
          yield* store.setPending(key, yield* makePending(`state ${index}`))
        }
        for (const [index, key] of oddKeys.entries()) {
          expectToken(yield* store.get(key), makeToken(String(index)))
          expect(Option.isSome(yield* store.takePending(key, `state ${index}`))).toBe(true)
        }
        for (const key of oddKeys) {
          yield* store.withLock(key, store.remove(key))
        }
        for (const key of oddKeys) {
          expect(yield* store.get(key)).toEqual(Option.none())
        }
      })
    )

    test(
      "gives a pending sign-in once, and only to its key and state",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const [one, two] = [yield* makePending("one"), yield* makePending("two's \"state\"\n")]
        yield* store.setPending("a", one)
        yield* store.setPending("a", two)
        yield* store.setPending("b", { state: "three", scopes: [], startedAt: one.startedAt })
        expect(yield* store.takePending("b", one.state)).toEqual(Option.none())
        expect(yield* store.takePending("a", "three")).toEqual(Option.none())
        expect(yield* store.takePending("a", "")).toEqual(Option.none())
        expect(clear.pending(yield* store.takePending("a", two.state))).toEqual(clear.pending(Option.some(two)))
        expect(clear.pending(yield* store.takePending("a", one.state))).toEqual(clear.pending(Option.some(one)))
        expect(yield* store.takePending("a", one.state)).toEqual(Option.none())
        expect(clear.pending(yield* store.takePending("b", "three"))).toEqual({
          state: "three",
          scopes: [],
          startedAt: "1970-01-01T00:00:00.000Z"
        })
      })
    )

    test(
      "gives a pending sign-in to one of many that ask at once",
      Effect.gen(function*() {
        const store = yield* TokenStore
        yield* store.setPending("a", yield* makePending("one"))
        const taken = yield* Effect.all(
          Array.from({ length: 20 }, () => store.takePending("a", "one")),
          { concurrency: "unbounded" }
        )
        expect(taken.filter(Option.isSome)).toHaveLength(1)
      })
    )

    test(
      "keeps sign-ins that begin at once",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const states = Array.from({ length: 20 }, (_, index) => `state ${index}`)
        yield* Effect.forEach(
          states,
          (state) => Effect.flatMap(makePending(state), (pending) => store.setPending("a", pending)),
          { concurrency: "unbounded" }
        )
        const taken = yield* Effect.forEach(states, (state) => store.takePending("a", state), {
          concurrency: "unbounded"
        })
        expect(taken.filter(Option.isSome)).toHaveLength(20)
      })
    )

    test(
      "forgets a pending sign-in after an hour",
      Effect.gen(function*() {
        const store = yield* TokenStore
        yield* store.setPending("a", yield* makePending("one"))
        yield* store.setPending("a", yield* makePending("two"))
        yield* TestClock.adjust(Duration.minutes(59))
        yield* store.setPending("a", yield* makePending("three"))
        expect(Option.isSome(yield* store.takePending("a", "one"))).toBe(true)
        yield* TestClock.adjust(Duration.minutes(1))
        expect(yield* store.takePending("a", "two")).toEqual(Option.none())
        expect(Option.isSome(yield* store.takePending("a", "three"))).toBe(true)
      })
    )

    test(
      "lets one at a time through a key's lock",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const inside = yield* Ref.make(0)
        const most = yield* Ref.make(0)
        yield* Effect.all(
          Array.from({ length: 30 }, () =>
            store.withLock(
              "a",
              Ref.updateAndGet(inside, (n) => n + 1).pipe(
                Effect.tap((n) => Ref.update(most, (before) => Math.max(before, n))),
                Effect.zipRight(increment("a")),
                Effect.ensuring(Ref.update(inside, (n) => n - 1))
              )
            )),
          { concurrency: "unbounded" }
        )
        expect(yield* Ref.get(most)).toBe(1)
        expect(yield* count("a")).toBe(30)
      })
    )

    test(
      options?.oneAtATime ? "locks the whole store" : "doesn't let users wait for each other",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const entered = yield* Deferred.make<void>()
        const leave = yield* Deferred.make<void>()
        const holder = yield* Effect.fork(
          store.withLock("a", Effect.zipRight(Deferred.succeed(entered, undefined), Deferred.await(leave)))
        )
        yield* Deferred.await(entered)
        if (options?.oneAtATime) {
          const other = yield* Effect.fork(store.withLock("b", Deferred.isDone(leave)))
          yield* Effect.repeatN(Effect.yieldNow(), 50)
          yield* Deferred.succeed(leave, undefined)
          expect(yield* Fiber.join(other)).toBe(true)
        } else {
          yield* store.withLock("b", store.set("b", makeToken("b")))
          yield* store.set("a", makeToken("a"))
          expectToken(yield* store.get("a"), makeToken("a"))
          yield* Deferred.succeed(leave, undefined)
        }
        yield* Fiber.join(holder)
      })
    )

    test(
      "frees the lock when its holder succeeds, fails, dies or is interrupted, and keeps what was written",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const write = (name: string) => store.set("a", makeToken(name))
        expect(yield* store.withLock("a", Effect.as(write("success"), 42))).toBe(42)
        expectToken(yield* store.get("a"), makeToken("success"))

        expect(yield* store.withLock("a", Effect.zipRight(write("failure"), Effect.fail("no"))).pipe(Effect.flip))
          .toBe("no")
        expectToken(yield* store.get("a"), makeToken("failure"))

        const died = yield* Effect.exit(store.withLock("a", Effect.zipRight(write("defect"), Effect.die("bug"))))
        expect(died).toEqual(Exit.die("bug"))
        expectToken(yield* store.get("a"), makeToken("defect"))

        const entered = yield* Deferred.make<void>()
        const holder = yield* Effect.fork(
          store.withLock(
            "a",
            write("interruption").pipe(
              Effect.zipRight(Deferred.succeed(entered, undefined)),
              Effect.zipRight(Effect.never)
            )
          )
        )
        yield* Deferred.await(entered)
        expect(Exit.isInterrupted(yield* Fiber.interrupt(holder))).toBe(true)
        yield* store.withLock("a", Effect.void)
        expectToken(yield* store.get("a"), makeToken("interruption"))

        yield* Effect.flip(store.withLock("a", Effect.zipRight(store.remove("a"), Effect.fail("removed"))))
        expect(yield* store.get("a")).toEqual(Option.none())
      })
    )

    test(
      "lets go of a waiter that is interrupted",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const entered = yield* Deferred.make<void>()
        const leave = yield* Deferred.make<void>()
        const ran = yield* Ref.make(false)
        const holder = yield* Effect.fork(
          store.withLock("a", Effect.zipRight(Deferred.succeed(entered, undefined), Deferred.await(leave)))
        )
        yield* Deferred.await(entered)
        const waiters = yield* Effect.forEach(
          Array.from({ length: 5 }),
          () => Effect.fork(store.withLock("a", Ref.set(ran, true)))
        )
        yield* Effect.repeatN(Effect.yieldNow(), 10)
        // Ends although the lock is still held.
        yield* Fiber.interruptAll(waiters)
        yield* Deferred.succeed(leave, undefined)
        yield* Fiber.join(holder)
        expect(yield* Ref.get(ran)).toBe(false)
        yield* store.withLock("a", Ref.set(ran, true))
        expect(yield* Ref.get(ran)).toBe(true)
      })
    )

    test(
      "leaves the scope of the effect alone",
      Effect.gen(function*() {
        const store = yield* TokenStore
        const closed = yield* Ref.make(false)
        yield* Effect.scoped(Effect.gen(function*() {
          yield* store.withLock("a", Effect.addFinalizer(() => Ref.set(closed, true)))
          expect(yield* Ref.get(closed)).toBe(false)
        }))
        expect(yield* Ref.get(closed)).toBe(true)
      })
    )

    if (!options?.forgets) {
      it.scoped("keeps tokens and pending sign-ins for the next start", () =>
        Effect.gen(function*() {
          const layer = yield* place
          yield* Effect.gen(function*() {
            const store = yield* TokenStore
            yield* store.set("a", makeToken("1"))
            yield* store.setPending("a", yield* makePending("one"))
          }).pipe(Effect.provide(Layer.fresh(layer)))
          yield* Effect.gen(function*() {
            const store = yield* TokenStore
            expectToken(yield* store.get("a"), makeToken("1"))
            expect(Option.isSome(yield* store.takePending("a", "one"))).toBe(true)
          }).pipe(Effect.provide(Layer.fresh(layer)))
        }))
    }

    if (!options?.forgets && !options?.locksAlone) {
      it.scopedLive("shares its lock with others that opened the same place", () =>
        Effect.gen(function*() {
          const layer = yield* place
          yield* Effect.all(
            Array.from({ length: 4 }, () =>
              Effect.flatMap(TokenStore, (store) =>
                Effect.repeatN(store.withLock("a", increment("a")), 9)).pipe(
                  Effect.provide(Layer.fresh(layer))
                )),
            { concurrency: "unbounded" }
          )
          expect(yield* Effect.provide(count("a"), Layer.fresh(layer))).toBe(40)
        }))
    }
  })
}
