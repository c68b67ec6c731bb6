import { HttpClient, type HttpClientRequest } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import {
  Config,
  ConfigProvider,
  Context,
  DateTime,
  Effect,
  Exit,
  Fiber,
  Layer,
  Option,
  Queue,
  Redacted,
  Scheduler,
  Scope,
  TestClock
} from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import { TokenStoreError } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as SpotifySessions from "effect-spotify/SpotifySessions"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import * as Users from "effect-spotify/Users"
import {
  clientId,
  confidential,
  inTime,
  publicClient,
  redirectUri,
  settle,
  signIn,
  storedToken,
  storeWith,
  tokenEndpoint,
  tokenRequests,
  until,
  untilTokenRequests
} from "../utils/session.js"

const { withUser } = SpotifySessions

/** The client whose gate all users share; on its own it would call as nobody. */
const client = (options?: SpotifyClient.Options) =>
  Layer.provide(
    SpotifyClient.layer(options),
    Layer.orDie(SpotifySession.layerToken({ accessToken: Redacted.make("nobody") }))
  )

const layer = (
  { fake, store = TokenStore.layerMemory, ...options }: Partial<SpotifySessions.PkceOptions> & {
    readonly fake?: FakeSpotify.Options
    readonly store?: Layer.Layer<TokenStore.TokenStore>
  } = {}
) =>
  Layer.mergeAll(Layer.orDie(SpotifySessions.layerPkce({ ...publicClient, ...options })), client()).pipe(
    Layer.provideMerge(store),
    Layer.provideMerge(FakeSpotify.layer(fake))
  )

/** Somebody signed in before, as a user of the fake, and the store has the token. */
const seed = (key: string, user = "fake-user") =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const store = yield* TokenStore.TokenStore
    const { accessToken, expiresAt, refreshToken, scopes } = yield* spotify.issueToken({ user, pkce: true })
    yield* store.set(key, {
      accessToken,
      expiresAt: DateTime.unsafeMake(expiresAt),
      scopes,
      ...(refreshToken === undefined ? {} : { refreshToken })
    })
  })

const get = (key: string) => Effect.flatMap(SpotifySessions.SpotifySessions, (sessions) => sessions.get(key))

/** The session of a key, held for no longer than it takes to look. */
const look = (key: string) => Effect.scoped(get(key))

const id = Effect.map(Users.me(), (me) => me.id)

const accessToken = Effect.map(SpotifySession.accessToken, Redacted.value)

const apiRequests = Effect.flatMap(FakeSpotify.FakeSpotify, (spotify) => spotify.count({ path: "/v1/me" }))

/** Runs many at once. */
const crowd = <A, E, R>(n: number, effect: Effect.Effect<A, E, R>) =>
  Effect.all(Array.from({ length: n }, () => effect), { concurrency: "unbounded" })

describe("a session", () => {
  it.scoped("is the same for all who hold its key, and another for each key", () =>
    Effect.gen(function*() {
      const first = yield* get("alice")
      expect(first.key).toBe("alice")
      expect(yield* get("alice")).toBe(first)
      expect(yield* look("alice")).toBe(first)
      expect(yield* Effect.orDie(withUser(SpotifySession.SpotifySession, "alice"))).toBe(first)
      expect(new Set(yield* crowd(100, get("alice")))).toEqual(new Set([first]))

      const bob = yield* get("bob")
      expect(bob).not.toBe(first)
      expect(bob.key).toBe("bob")
      // However long: it is held.
      for (let day = 0; day < 2; day++) {
        yield* TestClock.adjust("1 day")
        expect(yield* look("alice")).toBe(first)
      }
    }).pipe(Effect.provide(layer())))

  it.scoped("is one also where two fibers make it at once", () =>
    Effect.gen(function*() {
      // Lets the other fiber in every few steps; a yield takes some itself, which must not yield in their turn.
      const stepwise: Scheduler.Scheduler = {
        shouldYield: (fiber) => fiber.currentOpCount >= 12 ? 0 : false,
        scheduleTask: (task, priority, fiber) => Scheduler.defaultScheduler.scheduleTask(task, priority, fiber)
      }
      const [first, second] = yield* Effect.withScheduler(
        Effect.all([get("alice"), get("alice")], { concurrency: 2 }),
        stepwise
      )
      expect(second).toBe(first)
      expect(yield* get("alice")).toBe(first)
    }).pipe(Effect.provide(layer())))

  it.effect("is dropped when nobody has used it for a minute, and made anew with the token from the store", () =>
    Effect.gen(function*() {
      yield* seed("alice")
      const before = yield* storedToken("alice")
      const first = yield* look("alice")
      expect(yield* withUser(accessToken, "alice")).toBe(before?.accessToken)
      yield* TestClock.adjust("59 seconds")
      expect(yield* look("alice")).toBe(first)
      // Looking began the minute anew.
      yield* TestClock.adjust("59 seconds")
      expect(yield* look("alice")).toBe(first)
      yield* TestClock.adjust("1 minute")
      expect(yield* look("alice")).not.toBe(first)
      expect(yield* withUser(accessToken, "alice")).toBe(before?.accessToken)
      expect(yield* withUser(id, "alice")).toBe("fake-user")
      expect(yield* tokenRequests).toBe(0)
    }).pipe(Effect.provide(layer())))

  for (
    const [idleTimeToLive, kept, dropped] of [
      ["10 minutes", "9 minutes", "10 minutes"],
      ["3 seconds", "2 seconds", "3 seconds"]
    ] as const
  ) {
    it.effect(`is dropped after an idleTimeToLive of ${idleTimeToLive}`, () =>
      Effect.gen(function*() {
        const first = yield* look("alice")
        yield* TestClock.adjust(kept)
        expect(yield* look("alice")).toBe(first)
        yield* TestClock.adjust(dropped)
        expect(yield* look("alice")).not.toBe(first)
      }).pipe(Effect.provide(layer({ idleTimeToLive }))))
  }

  it.effect("is dropped at once with an idleTimeToLive of 0", () =>
    Effect.gen(function*() {
      const first = yield* look("alice")
      expect(yield* look("alice")).not.toBe(first)
    }).pipe(Effect.provide(layer({ idleTimeToLive: 0 }))))

  it.scoped("isn't dropped while a call is on its way", () =>
    Effect.gen(function*() {
      yield* seed("alice")
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.slow("25 seconds"))
      const first = yield* look("alice")
      const call = yield* Effect.fork(withUser(id, "alice"))
      yield* until(apiRequests, (n) => n === 1)
      yield* TestClock.adjust("24 seconds")
      expect(yield* look("alice")).toBe(first)
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(call)).toBe("fake-user")
      // Only now does the time begin.
      yield* TestClock.adjust("9 seconds")
      expect(yield* look("alice")).toBe(first)
      yield* TestClock.adjust("10 seconds")
      expect(yield* look("alice")).not.toBe(first)
    }).pipe(Effect.provide(layer({ idleTimeToLive: "10 seconds" }))))

  it.effect("that is dropped doesn't lose a token that the store hasn't taken", () => {
    let isFull = false
    const store = storeWith((store) => ({
      set: (key, token) =>
        Effect.suspend(() =>
          isFull ? Effect.fail(TokenStoreError.of("a store", "set", "disk full")) : store.set(key, token)
        )
    }))
    return Effect.gen(function*() {
      yield* seed("alice")
      const before = yield* storedToken("alice")
      yield* TestClock.adjust("1 hour")
      isFull = true
      expect(yield* Effect.flip(withUser(accessToken, "alice"))).toMatchObject({ _tag: "TokenStoreError" })
      expect(yield* storedToken("alice")).toEqual(before)
      isFull = false
      yield* TestClock.adjust("1 minute")
      yield* settle
      const after = yield* storedToken("alice")
      expect(after?.refreshToken).not.toBe(before?.refreshToken)
      expect(yield* withUser(accessToken, "alice")).toBe(after?.accessToken)
      expect(yield* tokenRequests).toBe(1)
    }).pipe(Effect.provide(layer({ store, fake: { refreshTokens: "rotate" } })))
  })

  it.effect("is over when the layer's scope closes, after a token that is on its way", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(
        Layer.provide(
          Layer.merge(SpotifySessions.layerPkce(publicClient), client()),
          Layer.effectContext(Effect.context<TokenStore.TokenStore | HttpClient.HttpClient>())
        ),
        scope
      )
      yield* seed("alice")
      const before = yield* storedToken("alice")
      yield* TestClock.adjust("1 hour")
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* spotify.failNext(FakeSpotify.slow("5 seconds"), { on: tokenEndpoint })
      const user = yield* Effect.fork(Effect.provide(withUser(accessToken, "alice"), context))
      yield* untilTokenRequests(1)
      yield* Fiber.interruptFork(user)
      const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* settle
      expect(Option.isNone(yield* Fiber.poll(closing))).toBe(true)
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(closing)
      expect((yield* storedToken("alice"))?.refreshToken).not.toBe(before?.refreshToken)
    }).pipe(Effect.provide(Layer.merge(FakeSpotify.layer({ refreshTokens: "rotate" }), TokenStore.layerMemory))))
})

/** Token requests that wait until they are let through, told by their refresh tokens and codes. */
const makeGate = Effect.gen(function*() {
  const open = yield* Queue.unbounded<void>()
  const arrived: Array<string> = []
  const form = ({ body }: HttpClientRequest.HttpClientRequest) =>
    new URLSearchParams(body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "")
  const layer = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(
      HttpClient.HttpClient,
      HttpClient.transform((effect, request) => {
        if (!request.url.endsWith(tokenEndpoint.path)) return effect
        arrived.push(form(request).get("refresh_token") ?? form(request).get("grant_type") ?? "")
        return Effect.zipRight(Queue.take(open), effect)
      })
    )
  )
  return {
    arrived,
    layer,
    letThrough: (requests: number) =>
      Effect.zipRight(Queue.offerAll(open, Array.from({ length: requests }, () => undefined)), settle)
  }
})

describe("maxTokenRequests", () => {
  const users = Array.from({ length: 100 }, (_, i) => ({ id: `user-${i}` }))
  const names = users.map(({ id }) => id)

  /** Sessions behind the gate, and users whose tokens are over; gives their refresh tokens. */
  const gated = <A, E>(
    options: Partial<SpotifySessions.PkceOptions>,
    body: (
      gate: Effect.Effect.Success<typeof makeGate>,
      refreshTokens: ReadonlyArray<string>,
      locks: { readonly held: number }
    ) => Effect.Effect<
      A,
      E,
      | SpotifySessions.SpotifySessions
      | SpotifyClient.SpotifyClient
      | TokenStore.TokenStore
      | FakeSpotify.FakeSpotify
      | Scope.Scope
    >
  ) =>
    Effect.gen(function*() {
      const gate = yield* makeGate
      const locks = { held: 0 }
      const store = storeWith((store) => ({
        withLock: (key, effect) =>
          store.withLock(
            key,
            Effect.acquireUseRelease(
              Effect.sync(() => locks.held++),
              () => effect,
              () => Effect.sync(() => locks.held--)
            )
          )
      }))
      const sessions = Layer.orDie(SpotifySessions.layerPkce({ ...publicClient, ...options }))
      yield* Effect.gen(function*() {
        yield* Effect.forEach(names, (name) => seed(name, name))
        yield* TestClock.adjust("1 hour")
        const tokens = yield* Effect.forEach(names, storedToken)
        yield* Effect.ensuring(
          body(gate, tokens.map((token) => token?.refreshToken ?? ""), locks),
          // A session waits for what is at the endpoint.
          Effect.forkDaemon(Effect.zipRight(settle, gate.letThrough(1000)))
        )
      }).pipe(
        Effect.scoped,
        Effect.provide(
          Layer.merge(Layer.provide(sessions, gate.layer), client()).pipe(
            Layer.provideMerge(store),
            Layer.provideMerge(FakeSpotify.layer({ users }))
          )
        )
      )
    })

  it.effect("is 64: of a hundred at once the others wait for their turn, in order, and hold nothing of the store", () =>
    gated({}, ({ arrived, letThrough }, refreshTokens, locks) =>
      Effect.gen(function*() {
        const all = yield* Effect.fork(
          Effect.forEach(names, (name) => withUser(accessToken, name), { concurrency: "unbounded" })
        )
        yield* settle
        expect(arrived).toEqual(refreshTokens.slice(0, 64))
        expect(locks.held).toBe(64)
        yield* letThrough(1)
        expect(arrived).toEqual(refreshTokens.slice(0, 65))
        yield* letThrough(10)
        expect(arrived).toEqual(refreshTokens.slice(0, 75))
        expect(locks.held).toBe(64)
        yield* letThrough(1000)
        expect(arrived).toEqual(refreshTokens)
        expect(new Set(yield* Fiber.join(all)).size).toBe(100)
        expect(locks.held).toBe(0)
      })))

  it.effect("counts sign-ins too, and gives the turn of a session that is dropped to the next one", () =>
    gated(
      { maxTokenRequests: 2, idleTimeToLive: 0 },
      ({ arrived, letThrough }, refreshTokens) =>
        Effect.gen(function*() {
          const spotify = yield* FakeSpotify.FakeSpotify
          // Its challenge is made by Web Crypto, which takes as long as it takes.
          const callback = yield* Effect.flatMap(
            withUser(SpotifySession.authorizeUrl(), "newcomer"),
            (url) => spotify.authorize(url)
          )
          const ask = (i: number) => Effect.zipLeft(Effect.fork(withUser(accessToken, `user-${i}`)), settle)
          const [first, second, third, fourth] = [yield* ask(0), yield* ask(1), yield* ask(2), yield* ask(3)]
          const newcomer = yield* Effect.zipLeft(
            Effect.fork(withUser(SpotifySession.handleCallback(callback), "newcomer")),
            settle
          )
          const last = yield* ask(4)
          const sent = (n: number) => [...refreshTokens.slice(0, 2), refreshTokens[3], "authorization_code"].slice(0, n)
          expect(arrived).toEqual(sent(2))
          // One that waits leaves the queue, one that is at the endpoint is waited for.
          expect(Exit.isInterrupted(yield* Fiber.interrupt(third))).toBe(true)
          expect(Exit.isInterrupted(yield* Fiber.interrupt(first))).toBe(true)
          yield* settle
          expect(arrived).toEqual(sent(2))
          yield* letThrough(1)
          expect(arrived).toEqual(sent(3))
          yield* letThrough(1)
          expect(arrived).toEqual(sent(4))
          yield* letThrough(10)
          expect(arrived).toEqual([...sent(4), refreshTokens[4]])
          yield* Effect.forEach([second, fourth, newcomer, last], (fiber) => Fiber.join<unknown, unknown>(fiber))
        })
    ))

  it.effect("lets the layer close at once while others wait for their turn, and sends nothing for them", () =>
    Effect.gen(function*() {
      let requests: ReadonlyArray<string> = []
      yield* gated({ maxTokenRequests: 1 }, ({ arrived }) =>
        Effect.gen(function*() {
          requests = arrived
          yield* Effect.forEach(names, (name) => Effect.forkDaemon(withUser(accessToken, name)))
          yield* settle
          expect(arrived.length).toBe(1)
        }))
      expect(requests.length).toBe(1)
    }))
})

describe("withUser", () => {
  it.effect("signs users in side by side and calls as each of them", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* Effect.forEach(["alice", "bob"], (key, i) =>
        withUser(
          Effect.gen(function*() {
            const url = yield* SpotifySession.authorizeUrl()
            yield* SpotifySession.handleCallback(
              yield* spotify.authorize(url, { user: ["fake-user", "other-user"][i] })
            )
          }),
          key
        ), { concurrency: "unbounded" })
      expect(yield* withUser(id, "alice")).toBe("fake-user")
      expect(yield* id.pipe(withUser("bob"))).toBe("other-user")
      expect(yield* storedToken("alice")).not.toEqual(yield* storedToken("bob"))

      yield* withUser(SpotifySession.signOut, "alice")
      expect(yield* Effect.flip(withUser(id, "alice"))).toMatchObject({
        _tag: "ReauthorizationRequired",
        reason: "NotSignedIn",
        key: "alice"
      })
      expect(yield* withUser(id, "bob")).toBe("other-user")
    }).pipe(Effect.provide(layer())))

  it.effect("inside withUser is the inner user, and the outer one again afterwards", () =>
    Effect.gen(function*() {
      yield* seed("alice", "fake-user")
      yield* seed("bob", "other-user")
      const ids = withUser(Effect.all([id, withUser(id, "bob"), id]), "alice")
      expect(yield* ids).toEqual(["fake-user", "other-user", "fake-user"])
    }).pipe(Effect.provide(layer())))

  it.effect("refreshes once for many fibers of a user, and only for that user", () =>
    Effect.gen(function*() {
      yield* seed("alice", "fake-user")
      yield* TestClock.adjust("1 hour")
      yield* seed("bob", "other-user")
      const bob = yield* storedToken("bob")
      yield* (yield* FakeSpotify.FakeSpotify).failNext(FakeSpotify.slow("1 second"), { on: tokenEndpoint })
      const ids = yield* inTime(crowd(50, Effect.all([withUser(id, "alice"), withUser(id, "bob")])))
      expect(new Set(ids.map(([alice, bob]) => `${alice} ${bob}`))).toEqual(new Set(["fake-user other-user"]))
      expect(yield* tokenRequests).toBe(1)
      expect(yield* storedToken("bob")).toEqual(bob)
    }).pipe(Effect.provide(layer({ fake: { refreshTokens: "rotate" } }))))

  it.effect("refreshes once when Spotify refuses the token of many fibers", () =>
    Effect.gen(function*() {
      yield* seed("alice")
      expect(yield* withUser(id, "alice")).toBe("fake-user")
      yield* (yield* FakeSpotify.FakeSpotify).revokeAccessTokens
      expect(new Set(yield* inTime(crowd(50, withUser(id, "alice"))))).toEqual(new Set(["fake-user"]))
      expect(yield* tokenRequests).toBe(1)
    }).pipe(Effect.provide(layer())))

  it.effect("leaves the refresh to the others when the fiber that asked first is interrupted", () =>
    Effect.gen(function*() {
      yield* seed("alice")
      yield* TestClock.adjust("1 hour")
      yield* (yield* FakeSpotify.FakeSpotify).failNext(FakeSpotify.slow("5 seconds"), { on: tokenEndpoint })
      const first = yield* Effect.fork(withUser(accessToken, "alice"))
      yield* untilTokenRequests(1)
      const second = yield* Effect.fork(withUser(accessToken, "alice"))
      yield* settle
      // Ends at once, though the refresh goes on.
      expect(Exit.isInterrupted(yield* Fiber.interrupt(first))).toBe(true)
      yield* TestClock.adjust("5 seconds")
      expect(yield* Fiber.join(second)).toBe((yield* storedToken("alice"))?.accessToken)
      expect(yield* tokenRequests).toBe(1)
    }).pipe(Effect.provide(layer())))

  it.effect("keeps the refreshed token though nobody waits for it any more and the session is dropped meanwhile", () =>
    Effect.gen(function*() {
      yield* seed("alice")
      const before = yield* storedToken("alice")
      yield* TestClock.adjust("1 hour")
      yield* (yield* FakeSpotify.FakeSpotify).failNext(FakeSpotify.slow("6 seconds"), { on: tokenEndpoint })
      const user = yield* Effect.fork(withUser(accessToken, "alice"))
      yield* untilTokenRequests(1)
      yield* Fiber.interrupt(user)
      // The session is dropped 3 seconds before the answer.
      yield* TestClock.adjust("3 seconds")
      const later = yield* Effect.fork(withUser(accessToken, "alice"))
      yield* settle
      yield* TestClock.adjust("3 seconds")
      const after = yield* storedToken("alice")
      expect(after?.refreshToken).not.toBe(before?.refreshToken)
      expect(yield* Fiber.join(later)).toBe(after?.accessToken)
      expect(yield* tokenRequests).toBe(1)
    }).pipe(Effect.provide(layer({ idleTimeToLive: "3 seconds", fake: { refreshTokens: "rotate" } }))))

  it.effect("pauses all users together when Spotify asks one to wait", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* seed("alice", "fake-user")
      yield* seed("bob", "other-user")
      yield* spotify.failNext(FakeSpotify.tooManyRequests(5))
      const alice = yield* Effect.fork(withUser(id, "alice"))
      yield* until(apiRequests, (n) => n === 1)
      yield* settle
      const others = yield* Effect.fork(crowd(20, withUser(id, "bob")))
      yield* settle
      expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 0, waiting: 21 })
      yield* TestClock.adjust(4999)
      yield* settle
      expect(yield* apiRequests).toBe(1)
      expect(yield* inTime(Fiber.join(alice))).toBe("fake-user")
      expect(new Set(yield* inTime(Fiber.join(others)))).toEqual(new Set(["other-user"]))
    }).pipe(Effect.provide(layer())))

  it.effect("gives the place in the queue back when a user who waits there is interrupted", () =>
    Effect.gen(function*() {
      const spotify = yield* FakeSpotify.FakeSpotify
      yield* seed("alice", "fake-user")
      yield* seed("bob", "other-user")
      yield* spotify.failNext(FakeSpotify.tooManyRequests(5))
      const bob = yield* Effect.fork(withUser(id, "bob"))
      yield* until(apiRequests, (n) => n === 1)
      yield* settle
      const first = yield* look("alice")
      const alice = yield* Effect.fork(withUser(id, "alice"))
      yield* settle
      expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 0, waiting: 2 })
      expect(Exit.isInterrupted(yield* Fiber.interrupt(alice))).toBe(true)
      expect(yield* SpotifyClient.status).toMatchObject({ inFlight: 0, waiting: 1 })
      expect(yield* inTime(Fiber.join(bob))).toBe("other-user")
      expect(yield* apiRequests).toBe(2)
      // The session was given back too.
      yield* TestClock.adjust("1 minute")
      expect(yield* look("alice")).not.toBe(first)
    }).pipe(Effect.provide(layer())))

  const users = Array.from({ length: 1000 }, (_, i) => ({ id: `user-${i}` }))

  it.effect("serves a thousand users at once, each with a refresh of their own", () =>
    Effect.gen(function*() {
      const all = users.map((user) => user.id)
      yield* Effect.forEach(all, (user) => seed(user, user))
      yield* TestClock.adjust("1 hour")
      const calls = Effect.forEach(all, (user) => withUser(Effect.zip(id, SpotifySession.SpotifySession), user), {
        concurrency: "unbounded"
      })
      const first = yield* calls
      expect(first.map(([id]) => id)).toEqual(all)
      expect(first.map(([, session]) => session.key)).toEqual(all)
      expect(new Set(first.map(([, session]) => session)).size).toBe(1000)
      expect(yield* tokenRequests).toBe(1000)
      // All of them are dropped, and nobody needs a refresh to come back.
      yield* TestClock.adjust("1 minute")
      const second = yield* calls
      expect(second.map(([id]) => id)).toEqual(all)
      second.forEach(([, session], i) => expect(session).not.toBe(first[i]![1]))
      expect(yield* tokenRequests).toBe(1000)
    }).pipe(Effect.provide(layer({ fake: { users } }))))

  it.effect("keeps users apart, whatever their keys", () =>
    Effect.gen(function*() {
      const keys = [
        "default",
        "",
        " ",
        "__proto__",
        "constructor",
        "it's \"quoted\" `so`",
        "two\nlines\r\n\ttab",
        "nul\u0000",
        "nul",
        "'; DROP TABLE users; --",
        "a/b",
        "a",
        "åäö 中文 😀",
        "\ufffd",
        "x".repeat(1000),
        `${"x".repeat(999)}y`
      ]
      yield* Effect.forEach(keys, (key, i) => seed(key, `user-${i}`))
      const ids = yield* Effect.forEach(keys, (key) => withUser(Effect.zip(id, SpotifySession.SpotifySession), key), {
        concurrency: "unbounded"
      })
      expect(ids.map(([id]) => id)).toEqual(keys.map((_, i) => `user-${i}`))
      expect(ids.map(([, session]) => session.key)).toEqual(keys)
      // Half of a character: stores would take it for the replacement character, which is somebody else's key.
      expect(yield* Effect.flip(look("\ud800"))).toMatchObject({ _tag: "InvalidInput", field: "key" })
    }).pipe(Effect.provide(layer({ fake: { users } }))))

  it.effect("uses the store and HTTP client of the sessions, not those that a program happens to have", () =>
    Effect.gen(function*() {
      yield* seed("alice")
      yield* TestClock.adjust("1 hour")
      const other = TokenStore.layerMemory
      const broken = Layer.succeed(HttpClient.HttpClient, HttpClient.make(() => Effect.die("not mine")))
      expect(yield* withUser(id, "alice").pipe(Effect.provide(Layer.merge(other, broken)))).toBe("fake-user")
    }).pipe(Effect.provide(layer())))
})

describe("the layers", () => {
  const build = <A, E>(layer: Layer.Layer<A, E, TokenStore.TokenStore | HttpClient.HttpClient>) =>
    Layer.build(layer).pipe(Effect.provide(Layer.merge(FakeSpotify.layer(), TokenStore.layerMemory)))

  const reading = (entries: Record<string, string>) =>
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries))))

  const secret = Config.redacted("SECRET")
  const user = { clientId: Config.string("ID"), redirectUri: Config.string("REDIRECT") }
  const idleTimeToLive = Config.duration("IDLE")
  const fromConfig = {
    authorizationCode: SpotifySessions.layerAuthorizationCodeConfig({ ...user, clientSecret: secret, idleTimeToLive }),
    pkce: SpotifySessions.layerPkceConfig({ ...user, scopes: Config.succeed(["streaming"] as const), idleTimeToLive })
  }

  it.scoped("refuse bad options when they are built, not at the first user", () =>
    Effect.gen(function*() {
      for (
        const [layer, field] of [
          [SpotifySessions.layerPkce({ ...publicClient, clientId: "" }), "clientId"],
          [SpotifySessions.layerPkce({ ...publicClient, redirectUri: "http://localhost/callback" }), "redirectUri"],
          [
            SpotifySessions.layerAuthorizationCode({ ...confidential, clientSecret: Redacted.make(" ") }),
            "clientSecret"
          ],
          [
            SpotifySessions.layerAuthorizationCode({ ...confidential, redirectUri: "http://example.org/" }),
            "redirectUri"
          ]
        ] as const
      ) {
        expect(yield* Effect.flip(build(layer))).toMatchObject({ _tag: "InvalidInput", field })
      }
    }))

  for (const name of ["authorizationCode", "pkce"] as const) {
    it.scoped(`${name}: reads its options from Config`, () =>
      Effect.gen(function*() {
        const entries = { ID: clientId, SECRET: "fake-client-secret", REDIRECT: redirectUri, IDLE: "5 seconds" }
        yield* Effect.gen(function*() {
          const context = yield* Layer.build(fromConfig[name])
          const { get } = Context.get(context, SpotifySessions.SpotifySessions)
          const first = yield* Effect.scoped(Effect.tap(get("alice"), signIn))
          expect(yield* storedToken("alice")).toMatchObject({ scopes: name === "pkce" ? ["streaming"] : [] })
          yield* TestClock.adjust("4 seconds")
          expect(yield* Effect.scoped(get("alice"))).toBe(first)
          yield* TestClock.adjust("5 seconds")
          expect(yield* Effect.scoped(get("alice"))).not.toBe(first)
        }).pipe(
          reading(entries),
          Effect.provide(Layer.merge(FakeSpotify.layer(), TokenStore.layerMemory))
        )
        const { ID: _, ...withoutId } = entries
        expect(yield* Effect.flip(reading(withoutId)(build(fromConfig[name])))).toMatchObject({ _op: "MissingData" })
        expect(yield* Effect.flip(reading({ ...entries, ID: " " })(build(fromConfig[name])))).toMatchObject({
          _tag: "InvalidInput"
        })
      }))
  }
})
