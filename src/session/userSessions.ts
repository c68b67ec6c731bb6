/** The sessions of an app's users: what they share is made once, and each of them by its key. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { aText, instead } from "../core/input.js"
import type * as Scope from "../core/Scope.js"
import { InvalidInput } from "../core/SpotifyError.js"
import { TokenStore } from "../store/TokenStore.js"
import { make as makeApart, ofSession } from "./apart.js"
import { checkCredentials } from "./credentials.js"
import { exchangeOf } from "./exchange.js"
import { refreshing } from "./refresh.js"
import { signingIn } from "./signIn.js"
import * as SpotifyAuth from "./SpotifyAuth.js"
import { makeTokenCache } from "./tokenCache.js"
import { inTurn, type TakeTurn } from "./tokenTurns.js"
import { makeAnswered, makeVault } from "./vault.js"

interface Options extends SpotifyAuth.App {
  readonly redirectUri: string
  readonly scopes?: ReadonlyArray<Scope.Scope> | undefined
}

/** `close` waits for a token that is on its way to the store. */
export const make = (options: Options, takeTurn: TakeTurn = (effect) => effect) =>
  Effect.gen(function*() {
    // Read once: what a sign-in is made of is what was checked.
    const { accountsUrl, clientId, clientSecret, redirectUri, scopes = [] } = options
    const app: SpotifyAuth.App = { accountsUrl, clientId, clientSecret }
    yield* checkCredentials(app)
    yield* SpotifyAuth.checkRedirectUri(redirectUri)
    const store = yield* TokenStore
    const shared = yield* makeApart
    const exchange = yield* exchangeOf(app)
    const answered = makeAnswered(shared.fork)
    return (key: string) => {
      const apart = ofSession(shared)
      const vault = inTurn(makeVault(store, key, apart, answered), takeTurn)
      const cache = makeTokenCache(apart, refreshing(vault, exchange))
      const token = apart.run(vault.find)
      const session = {
        kind: "user" as const,
        key,
        redirectUri,
        accessToken: cache.accessToken,
        renew: cache.renew,
        refresh: Effect.flatMap(token, (found) => cache.replace(Option.getOrUndefined(found))),
        token,
        ...signingIn({ ...app, redirectUri, scopes }, store, vault, cache, exchange, apart),
        signOut: Effect.suspend(() => {
          // In this order: with a lock that is lost in between, what remains of a refusal would bring the user back.
          const remove = Effect.map(Effect.zipRight(vault.refusal.forget, store.remove(key)), () => {
            vault.forget()
            cache.set(undefined)
          })
          return apart.run(vault.answered("remove", store.withLock(key, Effect.uninterruptible(remove))))
        })
      }
      return { session, close: Effect.zipRight(cache.close, vault.close) }
    }
  })

/** Any text, since a store takes whatever a user is called. */
export const checkKey = (key: string): InvalidInput | undefined =>
  aText[0](key) ? undefined : InvalidInput.of("SpotifySession", "key", instead(aText[1], key))
