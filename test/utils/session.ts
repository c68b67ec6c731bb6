/** What the tests of sign-in and sessions share: a fake Spotify, sessions over it, and the wait for a request. */
import type { HttpClient } from "@effect/platform"
import { Chunk, Clock, Duration, Effect, Fiber, Layer, Option, Redacted, type Scope, TestClock } from "effect"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"

export const redirectUri = "http://127.0.0.1:8888/callback"
export const clientId = "fake-client-id"
export const clientSecret = Redacted.make("fake-client-secret")
export const confidential = { clientId, clientSecret, redirectUri }
export const publicClient = { clientId, redirectUri }

/** The token endpoint, for `failNext` and `count`. */
export const tokenEndpoint = { path: "/api/token" }

export type Session = SpotifySession.SpotifySession.Service

/** Goes through the sign-in as a browser would. */
export const signIn = (session: Session, options?: SpotifySession.AuthorizeOptions) =>
  Effect.gen(function*() {
    const spotify = yield* FakeSpotify.FakeSpotify
    const url = yield* session.authorizeUrl(options)
    return yield* session.handleCallback(yield* spotify.authorize(url))
  })

/** A session with somebody signed in. */
export const signedIn = (
  options: SpotifySession.PkceOptions = publicClient
): Effect.Effect<
  Session,
  unknown,
  FakeSpotify.FakeSpotify | HttpClient.HttpClient | TokenStore.TokenStore | Scope.Scope
> => Effect.tap(SpotifySession.makePkce(options), (session) => signIn(session))

/** How many requests the token endpoint has got. */
export const tokenRequests = Effect.flatMap(FakeSpotify.FakeSpotify, (spotify) => spotify.count(tokenEndpoint))

const turn = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

/** Lets everything that can happen without a clock happen. */
export const settle = Effect.repeatN(turn, 20)

/** Waits for something to happen, by turns and not by time. */
export const until = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  predicate: (value: A) => boolean
): Effect.Effect<A, E, R> =>
  Effect.flatMap(
    Effect.zipRight(turn, effect),
    (value) => predicate(value) ? Effect.succeed(value) : until(effect, predicate)
  )

/** Waits for the nth request to the token endpoint. */
export const untilTokenRequests = (n: number) => until(tokenRequests, (count) => count >= n)

/** Whether somebody waits for the test's clock; the times at which waits end may be over for those who were interrupted. */
const isAwaited = Effect.map(TestClock.sleeps(), Chunk.isNonEmpty)

/**
 * Waits until somebody waits for the test's clock, for just so long from now: whatever is real and comes before, such as
 * Web Crypto or a file, is over then.
 */
export const untilAwaited = (duration: Duration.DurationInput) =>
  Effect.flatMap(
    Clock.currentTimeMillis,
    (now) => until(TestClock.sleeps(), Chunk.contains(now + Duration.toMillis(duration)))
  )

/**
 * Lets time pass, a second at a time, until a fiber has ended. What it does besides waiting may be real and take as long
 * as it takes: meanwhile the clock stands.
 */
export const finish = <A, E>(fiber: Fiber.Fiber<A, E>): Effect.Effect<A, E> =>
  Effect.gen(function*() {
    while (Option.isNone(yield* Fiber.poll(fiber))) {
      yield* settle
      if (yield* isAwaited) yield* TestClock.adjust("1 second")
    }
    return yield* Fiber.join(fiber)
  })

/** Forks an effect and lets time pass until it has ended. */
export const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.fork(effect), finish)

/** A store in memory with some of it replaced. */
export const storeWith = (
  change: (store: TokenStore.TokenStore.Service) => Partial<TokenStore.TokenStore.Service>
): Layer.Layer<TokenStore.TokenStore> =>
  Layer.effect(
    TokenStore.TokenStore,
    Effect.map(TokenStore.TokenStore, (store) => ({ ...store, ...change(store) }))
  ).pipe(Layer.provide(TokenStore.layerMemory))

/** A fake Spotify and a store. */
export const layers = (
  options?: FakeSpotify.Options,
  store: Layer.Layer<TokenStore.TokenStore> = TokenStore.layerMemory
) => Layer.merge(FakeSpotify.layer(options), store)

/** The token in the store, in clear. */
export const storedToken = (key = "default") =>
  Effect.flatMap(TokenStore.TokenStore, (store) =>
    Effect.map(
      store.get(key),
      Option.match({
        onNone: () => undefined,
        onSome: (token) => ({
          accessToken: Redacted.value(token.accessToken),
          refreshToken: token.refreshToken && Redacted.value(token.refreshToken),
          scopes: token.scopes
        })
      })
    ))
