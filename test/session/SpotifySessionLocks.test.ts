import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, FiberId, FiberRef, Layer, Option, Redacted, TestClock } from "effect"
import type { Scope as SpotifyScope } from "effect-spotify/Scope"
import { TokenStoreError } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import * as FastCheck from "effect/FastCheck"
import { confidential, settle, signIn, tokenEndpoint, untilTokenRequests } from "../utils/session.js"

/**
 * A store that several processes share, whose lock can be lost: the next one gets it while its owner goes on. `fenced`:
 * whoever lost it can't write any more, and a write takes a second.
 */
const makeShared = (fenced: boolean) =>
  Effect.gen(function*() {
    const inner = yield* Effect.provide(TokenStore.TokenStore, Layer.fresh(TokenStore.layerMemory))
    const working = FiberRef.unsafeMake<object | undefined>(undefined)
    const waiting: Array<{ readonly id: object; readonly granted: Deferred.Deferred<void> }> = []
    let owner: object | undefined
    const grant = Effect.suspend(() => {
      const next = waiting.shift()
      owner = next?.id
      return next === undefined ? Effect.void : Deferred.succeed(next.granted, undefined)
    })
    const acquire = Effect.suspend(() => {
      const id = {}
      if (owner === undefined) {
        owner = id
        return Effect.succeed(id)
      }
      const granted = Deferred.unsafeMake<void>(FiberId.none)
      waiting.push({ id, granted })
      return Effect.as(Deferred.await(granted), id)
    })
    const guard = <A, E>(effect: Effect.Effect<A, E>) =>
      Effect.flatMap(FiberRef.get(working), (id): Effect.Effect<A, E | TokenStoreError> =>
        !fenced || id === undefined || id === owner
          ? effect
          : TokenStoreError.of("shared", "write", "the lock is lost"))
    const write = <A, E>(effect: Effect.Effect<A, E>) =>
      fenced ? Effect.delay(guard(effect), "1 second") : effect
    const store: TokenStore.TokenStore.Service = {
      ...inner,
      set: (key, token) =>
        write(inner.set(key, token)),
      remove: (key) => write(inner.remove(key)),
      setPending: (key, pending) => guard(inner.setPending(key, pending)),
      takePending: (key, state) => guard(inner.takePending(key, state)),
      withLock: (_, effect) =>
        Effect.acquireUseRelease(
          Effect.interruptible(acquire),
          (id) => Effect.locally(effect, working, id),
          (id) => id === owner ? grant : Effect.void
        )
    }
    return { store, lose: Effect.suspend(() => owner === undefined ? Effect.void : grant) }
  })

type Shared = Effect.Effect.Success<ReturnType<typeof makeShared>>

const session = ({ store }: Shared) =>
  SpotifySession.makeAuthorizationCode(confidential).pipe(Effect.provideService(TokenStore.TokenStore, store))

const clear = (token: Option.Option<TokenStore.Token>) =>
  Option.getOrUndefined(Option.map(token, ({ accessToken }) => Redacted.value(accessToken)))

const pass = (seconds: number) => Effect.zipRight(TestClock.adjust(`${seconds} seconds`), settle)

/** Lets time pass until all have ended, whatever with. */
const allEnded = (fibers: ReadonlyArray<Fiber.Fiber<unknown, unknown>>) =>
  Effect.gen(function*() {
    const all = yield* Effect.fork(Fiber.awaitAll(fibers))
    for (let steps = 0; Option.isNone(yield* Fiber.poll(all)); steps++) {
      if (steps === 60) return yield* Effect.dieMessage("It still waits after five minutes")
      yield* pass(5)
    }
  })

const slowly = (seconds: number) =>
  Effect.flatMap(
    FakeSpotify.FakeSpotify,
    (spotify) => spotify.failNext(FakeSpotify.slow(`${seconds} seconds`), { on: tokenEndpoint })
  )

const rotating = FakeSpotify.layer({ refreshTokens: "rotate" })

for (const fenced of [false, true]) {
  describe(fenced ? "a lock without which nothing can be written" : "a lock that is lost unnoticed", () => {
    const two = Effect.gen(function*() {
      const shared = yield* makeShared(fenced)
      const [one, other] = [yield* session(shared), yield* session(shared)]
      const signingIn = yield* Effect.fork(signIn(one, { scopes: ["streaming"] }))
      yield* allEnded([signingIn])
      yield* TestClock.adjust("1 hour")
      return { shared, one, other }
    })

    /** The first one's answer is on its way, and its lock is lost. */
    const standstill = Effect.gen(function*() {
      const all = yield* two
      yield* slowly(8)
      const refreshing = yield* Effect.fork(Effect.either(all.one.accessToken))
      yield* untilTokenRequests(2)
      yield* pass(1)
      yield* all.shared.lose
      return { ...all, refreshing }
    })

    it.scoped("keeps what a refresh brings after another one was refused and removed the token", () =>
      Effect.gen(function*() {
        const { one, other, refreshing, shared } = yield* standstill
        const refused = yield* Effect.fork(Effect.flip(other.accessToken))
        yield* pass(3)
        expect(yield* Fiber.join(refused)).toMatchObject({ _tag: "ReauthorizationRequired" })
        expect(yield* shared.store.get("default")).toEqual(Option.none())
        yield* allEnded([refreshing])
        const token = yield* Effect.map(Effect.flatten(Fiber.join(refreshing)), Redacted.value)
        expect(clear(yield* shared.store.get("default"))).toBe(token)
        // Both go on with it, and it is alive.
        expect(Redacted.value(yield* other.accessToken)).toBe(token)
        const again = yield* Effect.fork(one.refresh)
        yield* allEnded([again])
        yield* Fiber.join(again)
      }).pipe(Effect.provide(rotating)))

    it.scoped("doesn't undo a sign-out", () =>
      Effect.gen(function*() {
        const { one, other, refreshing, shared } = yield* standstill
        const signingOut = yield* Effect.fork(other.signOut)
        yield* allEnded([signingOut, refreshing])
        yield* Fiber.join(signingOut)
        expect(yield* shared.store.get("default")).toEqual(Option.none())
        expect(yield* Effect.flip(one.accessToken)).toMatchObject({ reason: "NotSignedIn" })
      }).pipe(Effect.provide(rotating)))

    it.scoped("doesn't undo a sign-out after a refusal either", () =>
      Effect.gen(function*() {
        const { other, refreshing, shared } = yield* standstill
        const refused = yield* Effect.fork(Effect.flip(other.accessToken))
        yield* pass(3)
        yield* Fiber.join(refused)
        const signingOut = yield* Effect.fork(other.signOut)
        yield* allEnded([signingOut, refreshing])
        expect(yield* shared.store.get("default")).toEqual(Option.none())
      }).pipe(Effect.provide(rotating)))

    it.scoped("doesn't put a refresh in the place of a later sign-in", () =>
      Effect.gen(function*() {
        const { one, other, refreshing, shared } = yield* standstill
        const signingIn = yield* Effect.fork(signIn(other, { scopes: ["user-top-read"] }))
        yield* allEnded([signingIn, refreshing])
        const token = yield* Fiber.join(signingIn)
        expect(clear(yield* shared.store.get("default"))).toBe(Redacted.value(token.accessToken))
        expect(yield* Effect.map(Effect.flatten(Fiber.join(refreshing)), Redacted.value)).toBe(
          Redacted.value(token.accessToken)
        )
        expect(Redacted.value(yield* one.accessToken)).toBe(Redacted.value(token.accessToken))
      }).pipe(Effect.provide(rotating)))

    it.scoped("doesn't put an earlier sign-in in the place of a later one", () =>
      Effect.gen(function*() {
        const { one, other, shared } = yield* two
        yield* slowly(8)
        const first = yield* Effect.fork(signIn(one, { scopes: ["streaming"] }))
        yield* untilTokenRequests(2)
        yield* pass(1)
        yield* shared.lose
        const second = yield* Effect.fork(signIn(other, { scopes: ["user-top-read"] }))
        yield* allEnded([first, second])
        const kept = Option.getOrThrow(yield* shared.store.get("default"))
        expect(kept.scopes).toEqual(["user-top-read"])
        expect(Redacted.value(yield* one.accessToken)).toBe(Redacted.value(kept.accessToken))
      }).pipe(Effect.provide(rotating)))

    it.scoped("doesn't put an earlier refresh in the place of a later one, where refresh tokens stay", () =>
      Effect.gen(function*() {
        const { one, other, refreshing, shared } = yield* standstill
        const later = yield* Effect.fork(other.refresh)
        yield* allEnded([later, refreshing])
        const token = yield* Fiber.join(later)
        const kept = Option.getOrThrow(yield* shared.store.get("default"))
        expect(Redacted.value(kept.accessToken)).toBe(Redacted.value(token.accessToken))
        expect(Redacted.value(yield* one.accessToken)).toBe(Redacted.value(token.accessToken))
      }).pipe(Effect.provide(FakeSpotify.layer())))
  })
}

type Event =
  | {
    readonly what: "refresh" | "signIn" | "signOut"
    readonly by: 0 | 1 | 2
    readonly slow: number
    readonly wait: number
  }
  | { readonly what: "lose"; readonly wait: number }

const by = FastCheck.constantFrom(0 as const, 1 as const, 2 as const)
const wait = FastCheck.integer({ min: 1, max: 4 })
const slow = FastCheck.integer({ min: 0, max: 9 })
const lose = FastCheck.record({ what: FastCheck.constant("lose" as const), wait })
const act = <W extends "refresh" | "signIn" | "signOut">(what: W) =>
  FastCheck.record({ what: FastCheck.constant(what), by, slow, wait })

/** A process that stands still in the middle of a refresh, and what another one does meanwhile. */
const standstills = (event: FastCheck.Arbitrary<Event>): FastCheck.Arbitrary<ReadonlyArray<Event>> =>
  FastCheck.tuple(
    FastCheck.record({ what: FastCheck.constant("refresh" as const), by, slow: FastCheck.constant(9), wait }),
    lose,
    event
  )

const eventsOf = (...arbitraries: ReadonlyArray<FastCheck.Arbitrary<Event>>) => {
  const event = FastCheck.oneof(...arbitraries)
  return FastCheck.array(FastCheck.oneof(FastCheck.tuple(event), standstills(event)), { maxLength: 5 }).map((all) =>
    all.flat()
  )
}

const scopes: ReadonlyArray<SpotifyScope> = ["streaming", "user-top-read", "user-read-email", "user-library-read"]

/** No two sign-ins ask for the same, whatever becomes of them. */
const scopesOf = (n: number) => scopes.filter((_, bit) => ((n >> bit) & 1) === 1)

/** Plays events on three processes with one store, and gives what the store ends with. */
const play = (events: ReadonlyArray<Event>, fenced: boolean) =>
  Effect.gen(function*() {
    const shared = yield* makeShared(fenced)
    const sessions = [yield* session(shared), yield* session(shared), yield* session(shared)] as const
    const first = yield* Effect.fork(signIn(sessions[0], { scopes: ["playlist-read-private"] }))
    yield* allEnded([first])
    const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
    let signedOut = false
    let begun = 0
    const unsure: Array<string> = []
    const signIns: Array<TokenStore.Token> = [yield* Fiber.join(first)]
    for (const event of events) {
      if (event.what === "lose") {
        yield* shared.lose
      } else {
        const session = sessions[event.by]
        if (event.slow > 0 && event.what !== "signOut") yield* slowly(event.slow)
        const effect: Effect.Effect<unknown, unknown, FakeSpotify.FakeSpotify> = event.what === "refresh"
          ? session.refresh
          : event.what === "signOut"
          ? Effect.tap(session.signOut, () => Effect.sync(() => signedOut = true))
          : Effect.tapBoth(
            signIn(session, { scopes: scopesOf(++begun) }),
            {
              onFailure: (error) => Effect.sync(() => unsure.push(error._tag)),
              onSuccess: (token) => Effect.sync(() => signIns.push(token))
            }
          )
        fibers.push(yield* Effect.fork(effect))
      }
      yield* pass(event.wait)
    }
    yield* allEnded(fibers)
    const kept = Option.getOrUndefined(yield* shared.store.get("default"))
    const latest = signIns.reduce((a, b) =>
      (b.authorizedAt?.epochMillis ?? 0) > (a.authorizedAt?.epochMillis ?? 0) ? b : a
    )
    // A new process: only what is kept counts.
    const refreshing = yield* Effect.fork(
      Effect.either(Effect.flatMap(session(shared), (session) => session.refresh))
    )
    yield* allEnded([refreshing])
    return { kept, latest, unsure, signedOut, refreshed: yield* Fiber.join(refreshing) }
  }).pipe(Effect.scoped, Effect.provide(Layer.fresh(rotating)))

it.effect("a sign-out isn't undone by a refresh that the store couldn't take before it", () => {
  const by = (by: 0 | 1 | 2, what: "refresh" | "signOut", slow: number, wait: number): Event => ({
    what,
    by,
    slow,
    wait
  })
  const lost = (wait: number): Event => ({ what: "lose", wait })
  const before = [by(0, "refresh", 2, 1), by(2, "refresh", 9, 1), lost(2), by(0, "refresh", 0, 4)]
  const after = [by(0, "refresh", 9, 3), lost(1), by(0, "refresh", 0, 1)]
  return Effect.map(play([...before, by(1, "signOut", 0, 1), ...after], true), ({ kept, signedOut }) => {
    expect(signedOut).toBe(true)
    expect(kept).toBeUndefined()
  })
})

describe("any order of refreshes and lost locks", () => {
  for (const fenced of [false, true]) {
    const name = fenced ? "fenced" : "unnoticed"

    it.effect.prop(
      `and sign-ins ends with the token that Spotify granted last (${name})`,
      {
        events: eventsOf(lose, act("refresh"), act("signIn"))
      },
      ({ events }) =>
        Effect.map(play(events, fenced), ({ kept, latest, refreshed, unsure }) => {
          const keptAt = kept?.authorizedAt?.epochMillis ?? -1
          const latestAt = latest.authorizedAt?.epochMillis ?? 0
          // One that lost its lock twice says that it couldn't be kept, and its token may be kept later all the same.
          expect(unsure).toEqual(unsure.map(() => "TokenStoreError"))
          if (unsure.length > 0 && keptAt > latestAt) expect(kept?.scopes).not.toEqual(latest.scopes)
          else expect(keptAt).toBe(latestAt)
          // It is alive: what was granted before it, Spotify no longer takes.
          expect(refreshed).toMatchObject({ _tag: "Right" })
        }),
      { timeout: 120_000, fastCheck: { numRuns: 25 } }
    )

    it.effect.prop(
      `and a sign-out ends signed out (${name})`,
      {
        before: eventsOf(lose, act("refresh")),
        out: act("signOut"),
        after: eventsOf(lose, act("refresh"))
      },
      ({ after, before, out }) =>
        Effect.map(play([...before, out, ...after], fenced), ({ kept, refreshed, signedOut }) => {
          // Where its lock was lost, it says so.
          if (!signedOut) return
          expect(kept).toBeUndefined()
          expect(refreshed).toMatchObject({ _tag: "Left", left: { reason: "NotSignedIn" } })
        }),
      { timeout: 120_000, fastCheck: { numRuns: 25 } }
    )
  }
})
