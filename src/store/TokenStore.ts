/**
 * Where tokens are kept: a small service with a layer for each place.
 *
 * Stores are keyed, so that one serves many users; a session names its key. A key's lock is mutual exclusion between
 * fibers, processes or machines, as far as the store reaches. Secrets can be encrypted before they are stored (AEAD).
 *
 * @since 0.1.0
 */
import type * as PlatformError from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { digest } from "../core/digest.js"
import { aBoolean, type Allowed, aSecret, aText, checkOptions, instead, someSecrets } from "../core/input.js"
import { InvalidInput, TokenStoreError } from "../core/SpotifyError.js"
import * as file from "./file.js"
import * as lock from "./lock.js"
import { describe, pendingLifetime } from "./record.js"
import * as sealing from "./seal.js"
import * as tokenFile from "./tokenFile.js"

const token = Schema.Struct({
  accessToken: Schema.Redacted(Schema.String),
  refreshToken: Schema.optionalWith(Schema.Redacted(Schema.String), { exact: true }),
  expiresAt: Schema.DateTimeUtc,
  scopes: Schema.Array(Schema.String),
  authorizedAt: Schema.optionalWith(Schema.DateTimeUtc, { exact: true }),
  issuedAt: Schema.optionalWith(Schema.DateTimeUtc, { exact: true })
})

/**
 * An access token with what belongs to it.
 *
 * `authorizedAt` is when the user agreed, which a refresh doesn't move; a refresh token lives six months from then.
 * `issuedAt` is when an access token came that lives for less than ten minutes: it is renewed in the last tenth of its
 * life, every other in its last minute.
 *
 * @see https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens
 * @since 0.1.0
 * @category models
 */
export interface Token extends Schema.Schema.Type<typeof token> {}

/**
 * A token as JSON, secrets in clear.
 *
 * @since 0.1.0
 * @category models
 */
export interface TokenEncoded extends Schema.Schema.Encoded<typeof token> {}

/**
 * Schema of a token.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Token: Schema.Schema<Token, TokenEncoded> = token.annotations({ identifier: "Token" })

const pendingSignIn = Schema.Struct({
  state: Schema.String,
  codeVerifier: Schema.optionalWith(Schema.Redacted(Schema.String), { exact: true }),
  /** Where the sign-in comes back to, when that isn't the session's own redirect URI. */
  redirectUri: Schema.optionalWith(Schema.String, { exact: true }),
  scopes: Schema.Array(Schema.String),
  startedAt: Schema.DateTimeUtc
})

/**
 * A sign-in that was begun and waits for its callback.
 *
 * It is kept in the store, since a page that redirects to Spotify, or a server that restarts, loses its memory.
 *
 * @since 0.1.0
 * @category models
 */
export interface PendingSignIn extends Schema.Schema.Type<typeof pendingSignIn> {}

/**
 * A pending sign-in as JSON.
 *
 * @since 0.1.0
 * @category models
 */
export interface PendingSignInEncoded extends Schema.Schema.Encoded<typeof pendingSignIn> {}

/**
 * Schema of a pending sign-in.
 *
 * @since 0.1.0
 * @category schemas
 */
export const PendingSignIn: Schema.Schema<PendingSignIn, PendingSignInEncoded> = pendingSignIn.annotations({
  identifier: "PendingSignIn"
})

/**
 * The token store.
 *
 * @since 0.1.0
 * @category tags
 */
export class TokenStore extends Context.Tag("effect-spotify/TokenStore")<TokenStore, TokenStore.Service>() {}

/**
 * @since 0.1.0
 */
export declare namespace TokenStore {
  /**
   * What a store can do.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Service {
    /** The token of a key. */
    readonly get: (key: string) => Effect.Effect<Option.Option<Token>, TokenStoreError>
    /**
     * Keeps a token; when it returns, the token is safe. A session offers it again where this fails, and doesn't wait for
     * ever: for 65 seconds for its callers, and for 20 seconds in all when its scope closes.
     */
    readonly set: (key: string, token: Token) => Effect.Effect<void, TokenStoreError>
    /** Forgets the token of a key; no token is fine too. */
    readonly remove: (key: string) => Effect.Effect<void, TokenStoreError>
    /** Keeps a sign-in that was begun; several of one key may wait side by side. */
    readonly setPending: (key: string, pending: PendingSignIn) => Effect.Effect<void, TokenStoreError>
    /** Gives the sign-in of a state and forgets it, so that a callback serves once. */
    readonly takePending: (
      key: string,
      state: string
    ) => Effect.Effect<Option.Option<PendingSignIn>, TokenStoreError>
    /**
     * Runs an effect while nobody else who shares the store holds the key's lock: another fiber, process or machine.
     *
     * What the effect sets is kept when this returns, and also when the effect fails or is interrupted. A store that
     * can't keep it fails here. Where a lock can be lost, as one that ends by itself when its owner stands still,
     * writing under it should fail from then on: a session takes the lock again and looks what belongs into the store.
     * The effect takes as long as Spotify takes to answer. So a store for many users holds no connection, no transaction
     * and no lock on others' keys meanwhile: it claims the key for a while, and writes what was set only where the claim
     * still holds and the token is the one that was found. A store that has nothing but a lock does as well.
     *
     * The lock isn't for use within itself.
     */
    readonly withLock: <A, E, R>(
      key: string,
      effect: Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | TokenStoreError, R>
  }
}

/**
 * What a store can do, by its short name.
 *
 * @since 0.2.0
 * @category models
 */
export type Service = TokenStore.Service

/**
 * A token that consists of a refresh token alone, for a program that has one from elsewhere.
 *
 * It counts as expired, so that the first use refreshes it. Without `authorizedAt` nobody can tell when its six months
 * end; without `scopes` the refresh tells them.
 *
 * @example
 * ```ts
 * import { Config, Effect } from "effect"
 * import { TokenStore } from "effect-spotify"
 *
 * const program = Effect.gen(function*() {
 *   const store = yield* TokenStore.TokenStore
 *   const refreshToken = yield* Config.redacted("SPOTIFY_REFRESH_TOKEN")
 *   yield* store.set("default", TokenStore.fromRefreshToken(refreshToken))
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromRefreshToken = (
  refreshToken: Redacted.Redacted<string>,
  options?: { readonly authorizedAt?: DateTime.Utc; readonly scopes?: ReadonlyArray<string> }
): Token => ({
  accessToken: Redacted.make(""),
  refreshToken,
  expiresAt: DateTime.unsafeMake(0),
  scopes: options?.scopes ?? [],
  ...(options?.authorizedAt && { authorizedAt: options.authorizedAt })
})

/** A pending sign-in with the key that it belongs to. */
const pendingEntry = Schema.Struct({ key: Schema.String, signIn: pendingSignIn })

type PendingEntries = ReadonlyArray<typeof pendingEntry.Type>

const dropOld = (entries: PendingEntries, now: DateTime.Utc): PendingEntries =>
  entries.filter(({ signIn }) => DateTime.greaterThan(DateTime.addDuration(signIn.startedAt, pendingLifetime), now))

const addPending = (entries: PendingEntries, key: string, signIn: PendingSignIn, now: DateTime.Utc): PendingEntries => [
  ...dropOld(entries, now).filter((entry) => entry.key !== key || entry.signIn.state !== signIn.state),
  { key, signIn }
]

const takePending = (
  entries: PendingEntries,
  key: string,
  state: string,
  now: DateTime.Utc
): readonly [Option.Option<PendingSignIn>, PendingEntries] => {
  const taken = entries.find((entry) => entry.key === key && entry.signIn.state === state)
  return taken === undefined
    ? [Option.none(), entries]
    : [
      Option.map(Option.fromNullable(dropOld([taken], now)[0]), ({ signIn }) => signIn),
      entries.filter((entry) => entry !== taken)
    ]
}

const makeMemory = (tokens: Map<string, Token>): TokenStore.Service => {
  const withLock = lock.make()
  let pending: PendingEntries = []
  return {
    get: (key) => Effect.sync(() => Option.fromNullable(tokens.get(key))),
    set: (key, token) => Effect.sync(() => void tokens.set(key, token)),
    remove: (key) => Effect.sync(() => void tokens.delete(key)),
    setPending: (key, signIn) =>
      Effect.map(DateTime.now, (now) => {
        pending = addPending(pending, key, signIn, now)
      }),
    takePending: (key, state) =>
      Effect.map(DateTime.now, (now) => {
        const [taken, rest] = takePending(pending, key, state, now)
        pending = rest
        return taken
      }),
    withLock
  }
}

/**
 * Keeps tokens in this process's memory, empty at first: for tests and for programs that sign in anew each time.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory: Layer.Layer<TokenStore> = Layer.sync(TokenStore, () => makeMemory(new Map()))

/**
 * Keeps tokens in this process's memory, with some to start with.
 *
 * @example
 * ```ts
 * import { Redacted } from "effect"
 * import { TokenStore } from "effect-spotify"
 *
 * const layer = TokenStore.layerMemoryWith({
 *   default: TokenStore.fromRefreshToken(Redacted.make("a refresh token"))
 * })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemoryWith = (tokens: Readonly<Record<string, Token>>): Layer.Layer<TokenStore, InvalidInput> =>
  Layer.effect(
    TokenStore,
    areTokens(tokens)
      ? Effect.sync(() => makeMemory(new Map(Object.entries(tokens))))
      : InvalidInput.of("TokenStore.layerMemoryWith", "tokens", "an object of keys and their tokens")
  )

const areTokens = Schema.is(Schema.Record({ key: Schema.String, value: Schema.typeSchema(token) }))

/** Backoff for a writer to finish: five times within a quarter of a second of real time, not of Effect's clock. */
const rereads = Schedule.recurs(5).pipe(
  Schedule.tapOutput((n) =>
    Effect.async<void>((resume) => {
      const timer = setTimeout(() => resume(Effect.void), 8 * 2 ** n)
      return Effect.sync(() => clearTimeout(timer))
    })
  )
)

const tokenJson = Schema.parseJson(token)
const pendingJson = Schema.parseJson(Schema.Array(pendingEntry))

/**
 * Keeps tokens in any `KeyValueStore` of `@effect/platform`, for example the `localStorage` of a browser.
 *
 * Each key has up to two entries: `<prefix>token/<key>` and, while a sign-in waits for its callback,
 * `<prefix>pending/<key>`; the prefix is `effect-spotify/` unless told otherwise. Keys that are long or have unusual
 * characters stand there as their SHA-256.
 *
 * Safe is a storage that replaces a value in one step: `localStorage` and `sessionStorage`, `KeyValueStore.layerMemory`,
 * a database. `KeyValueStore.layerFileSystem` writes in place, in files that other users of the machine may read: who
 * reads beside a writer sees half an entry (it is read again for a moment before it counts as broken), and after a crash
 * within a write the token is lost. For files there is {@link layerFile}.
 *
 * The lock holds for the fibers of a process and, in browsers with the Web Locks API, for all tabs of an origin. For
 * several processes on one machine use {@link layerFile}, for several machines `TokenStoreSql`.
 *
 * @see https://developer.mozilla.org/docs/Web/API/Web_Locks_API
 * @since 0.1.0
 * @category layers
 */
export const layerKeyValueStore = (
  options?: { readonly prefix?: string | undefined }
): Layer.Layer<TokenStore, InvalidInput, KeyValueStore.KeyValueStore> =>
  Layer.effect(
    TokenStore,
    Effect.gen(function*() {
      yield* checkOptions("TokenStore.layerKeyValueStore", { prefix: aText }, options)
      const values = yield* KeyValueStore.KeyValueStore
      const prefix = options?.prefix ?? "effect-spotify/"
      const withLock = lock.makeWeb()

      const name = (kind: string, key: string) =>
        /^[\w.@-]{1,64}$/.test(key)
          ? Effect.succeed(`${prefix}${kind}/${key}`)
          : Effect.map(digest(key), (hash) => `${prefix}${kind}/~${hash}`)

      const failure = (operation: string) => (error: PlatformError.PlatformError | ParseResult.ParseError) =>
        TokenStoreError.of(
          `KeyValueStore ${prefix}`,
          operation,
          error._tag === "ParseError"
            ? `an entry can't be read: ${describe(error)}; remove it and sign in again`
            : error.message
        )

      /** An entry, read again where it doesn't decode: in some storages a read beside a write is torn. */
      const read = <A>(name: string, schema: Schema.Schema<A, string>) =>
        Effect.retry(
          Effect.flatMap(values.get(name), Effect.transposeMapOption(Schema.decode(schema))),
          { schedule: rereads, while: (error) => error._tag === "ParseError" }
        )

      const remove = (name: string) =>
        Effect.flatMap(values.has(name), (has) => has ? values.remove(name) : Effect.void)

      const updatePending = <A>(
        operation: string,
        key: string,
        f: (entries: PendingEntries, now: DateTime.Utc) => readonly [A, PendingEntries]
      ) =>
        Effect.flatMap(name("pending", key), (name) =>
          withLock(
            name,
            Effect.gen(function*() {
              const before = Option.getOrElse(yield* read(name, pendingJson), (): PendingEntries => [])
              const [result, after] = f(before, yield* DateTime.now)
              if (after.length === 0) {
                yield* remove(name)
              } else if (after !== before) {
                yield* values.set(name, yield* Schema.encode(pendingJson)(after))
              }
              return result
            })
          )).pipe(Effect.mapError(failure(operation)))

      return TokenStore.of({
        get: (key) =>
          Effect.mapError(
            Effect.flatMap(name("token", key), (name) => read(name, tokenJson)),
            failure("get")
          ),
        set: (key, token) =>
          Effect.gen(function*() {
            yield* values.set(yield* name("token", key), yield* Schema.encode(tokenJson)(token))
          }).pipe(Effect.mapError(failure("set"))),
        remove: (key) => name("token", key).pipe(Effect.flatMap(remove), Effect.mapError(failure("remove"))),
        setPending: (key, signIn) =>
          updatePending("setPending", key, (entries, now) => [undefined, addPending(entries, key, signIn, now)]),
        takePending: (key, state) =>
          updatePending("takePending", key, (entries, now) => takePending(entries, key, state, now)),
        withLock: (key, effect) => Effect.flatMap(name("token", key), (name) => withLock(name, effect))
      })
    })
  )

const tokenFormat = tokenFile.make(token, pendingEntry)

/**
 * Keeps tokens in a JSON file that only its owner can read (mode 0600) and several processes of a machine can share.
 *
 * The directory is made when it is missing. A write goes to a temporary file that then takes the old one's place, so
 * that whoever reads, and a crash at any moment, finds the old content or the new. A file that isn't ours, or of a
 * version that this release doesn't know, is a `TokenStoreError`, and is never written over.
 *
 * Locks are files beside it (`<path>.….lock`). Keys don't wait for each other. When a process dies with a lock, the
 * others go on within ten seconds; a wait of more than a minute is a `TokenStoreError`. A process that only stood still
 * (the machine slept, a debugger) counts as dead too: what it then writes under the lock that it lost is a
 * `TokenStoreError`, upon which a session takes the lock again and keeps what Spotify granted last.
 *
 * The file is kept in memory as it was read, and read again when another process has written it. A write writes it whole;
 * changes that come while one is under way go together into the next. That serves thousands of users; for more of them,
 * and for several machines, there is `TokenStoreSql`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFile = (
  path: string
): Layer.Layer<TokenStore, InvalidInput | TokenStoreError, FileSystem.FileSystem> =>
  Layer.effect(
    TokenStore,
    Effect.gen(function*() {
      if (!aText[0](path) || path.trim() === "" || path.includes("\0")) {
        return yield* InvalidInput.of("TokenStore.layerFile", "path", instead("the path of a file", path))
      }
      const shared = yield* file.open(yield* FileSystem.FileSystem, path, tokenFormat.format)
      const withLock = lock.make()

      return TokenStore.of({
        get: (key) => Effect.map(shared.read("get"), ({ tokens }) => Option.fromNullable(tokens.get(key)?.token)),
        set: (key, token) =>
          Effect.suspend(() => {
            const entry = tokenFormat.entryOf(token)
            return shared.update("set", ({ tokens }) => [void tokens.set(key, entry), true], key)
          }),
        remove: (key) => shared.update("remove", ({ tokens }) => [undefined, tokens.delete(key)], key),
        setPending: (key, signIn) =>
          Effect.flatMap(DateTime.now, (now) =>
            shared.update("setPending", (draft) => {
              draft.pending = addPending(draft.pending, key, signIn, now)
              return [undefined, true]
            }, key)),
        takePending: (key, state) =>
          Effect.flatMap(DateTime.now, (now) =>
            shared.update("takePending", (draft) => {
              const [taken, rest] = takePending(draft.pending, key, state, now)
              const isChanged = rest !== draft.pending
              draft.pending = rest
              return [taken, isChanged]
            }, key)),
        withLock: (key, effect) =>
          withLock(key, Effect.flatMap(digest(key), (hash) => shared.withLock(key, hash.slice(0, 32), effect)))
      })
    })
  )

/**
 * How a store is encrypted.
 *
 * @since 0.1.0
 * @category models
 */
export interface EncryptionOptions {
  /** 32 random bytes in base64, as `openssl rand -base64 32` makes them. Everything is written with this one. */
  readonly key: Redacted.Redacted<string>
  /** Keys that were `key` before: what was written with them still reads. */
  readonly previousKeys?: ReadonlyArray<Redacted.Redacted<string>> | undefined
  /** Whether tokens that were stored in clear read too, for the time of the change; false unless told otherwise. */
  readonly acceptPlain?: boolean | undefined
}

const encryptionOptions: { readonly [name: string]: Allowed } = {
  key: aSecret,
  previousKeys: someSecrets(),
  acceptPlain: aBoolean
}

const encryptionStore = "encrypted"

const encrypt = (store: TokenStore.Service, sealer: sealing.Sealer): TokenStore.Service => {
  const seal = (value: Redacted.Redacted<string>, ...place: ReadonlyArray<string>) =>
    Effect.map(sealer.seal(Redacted.value(value), place), Redacted.make)

  const open = (operation: string, value: Redacted.Redacted<string>, field: string, ...place: ReadonlyArray<string>) =>
    sealer.open(Redacted.value(value), [field, ...place]).pipe(
      Effect.mapBoth({
        onFailure: (detail) => TokenStoreError.of(encryptionStore, operation, `${field} can't be read: ${detail}`),
        onSuccess: Redacted.make
      })
    )

  return {
    get: (key) =>
      Effect.flatMap(
        store.get(key),
        Effect.transposeMapOption((token) =>
          Effect.gen(function*() {
            return {
              ...token,
              accessToken: yield* open("get", token.accessToken, "accessToken", key),
              ...(token.refreshToken && {
                refreshToken: yield* open("get", token.refreshToken, "refreshToken", key)
              })
            }
          })
        )
      ),
    set: (key, token) =>
      Effect.gen(function*() {
        yield* store.set(key, {
          ...token,
          accessToken: yield* seal(token.accessToken, "accessToken", key),
          ...(token.refreshToken && { refreshToken: yield* seal(token.refreshToken, "refreshToken", key) })
        })
      }),
    remove: store.remove,
    setPending: (key, pending) =>
      Effect.gen(function*() {
        yield* store.setPending(key, {
          ...pending,
          ...(pending.codeVerifier && {
            codeVerifier: yield* seal(pending.codeVerifier, "codeVerifier", key, pending.state)
          })
        })
      }),
    takePending: (key, state) =>
      Effect.flatMap(
        store.takePending(key, state),
        Effect.transposeMapOption((pending) =>
          Effect.gen(function*() {
            return {
              ...pending,
              ...(pending.codeVerifier && {
                codeVerifier: yield* open("takePending", pending.codeVerifier, "codeVerifier", key, state)
              })
            }
          })
        )
      ),
    withLock: store.withLock
  }
}

/**
 * Seals what another store keeps: access tokens, refresh tokens and code verifiers are stored as AES-256-GCM, whatever
 * else a token has (expiry, scopes) stays readable.
 *
 * A sealed value opens only for the user and the field that it was sealed for. A wrong key and a value that was changed
 * are a `TokenStoreError` that says so. To change the key, put the new one in `key` and the old one in `previousKeys`
 * until every token was written anew, at the latest with its next refresh.
 *
 * @example
 * ```ts
 * import { NodeFileSystem } from "@effect/platform-node"
 * import { Layer, Redacted } from "effect"
 * import { TokenStore } from "effect-spotify"
 *
 * const layer = TokenStore.layerEncrypted({ key: Redacted.make("VEhJUyBJUyBBTiBFWEFNUExFLCBOT1QgQSBLRVkhISE=") }).pipe(
 *   Layer.provide(TokenStore.layerFile("tokens.json")),
 *   Layer.provide(NodeFileSystem.layer)
 * )
 * ```
 *
 * @see https://csrc.nist.gov/pubs/sp/800/38/d/final
 * @since 0.1.0
 * @category encryption
 */
export const layerEncrypted = (
  options: EncryptionOptions
): Layer.Layer<TokenStore, InvalidInput | TokenStoreError, TokenStore> =>
  Layer.effect(
    TokenStore,
    Effect.gen(function*() {
      yield* checkOptions("TokenStore.layerEncrypted", encryptionOptions, options ?? null)
      if (options.key === undefined) {
        return yield* InvalidInput.of("TokenStore.layerEncrypted", "key", `given: ${aSecret[1]}`)
      }
      const sealer = yield* Effect.mapError(
        sealing.make(options.key, options.previousKeys ?? [], options.acceptPlain ?? false),
        (detail) => TokenStoreError.of(encryptionStore, "open", detail)
      )
      return encrypt(yield* TokenStore, sealer)
    })
  )

const encryptionConfig = {
  key: [Config.isConfig, "a Config such as Config.redacted(\"TOKEN_KEY\")", true],
  previousKeys: [Config.isConfig, "a Config of a list of keys"],
  acceptPlain: [Config.isConfig, "a Config of true or false"]
} as const

/**
 * As `layerEncrypted`, its options read from `Config`.
 *
 * @example
 * ```ts
 * import { Config } from "effect"
 * import { TokenStore } from "effect-spotify"
 *
 * const layer = TokenStore.layerEncryptedConfig({
 *   key: Config.redacted("TOKEN_KEY"),
 *   previousKeys: Config.array(Config.redacted(), "TOKEN_KEYS_BEFORE").pipe(Config.withDefault([]))
 * })
 * ```
 *
 * @since 0.1.0
 * @category encryption
 */
export const layerEncryptedConfig = (
  options: Config.Config.Wrap<EncryptionOptions>
): Layer.Layer<TokenStore, InvalidInput | TokenStoreError | ConfigError.ConfigError, TokenStore> =>
  Layer.unwrapEffect(Effect.gen(function*() {
    if (!Config.isConfig(options)) {
      yield* checkOptions("TokenStore.layerEncryptedConfig", encryptionConfig, options ?? null)
      if (options.key === undefined) {
        return yield* InvalidInput.of("TokenStore.layerEncryptedConfig", "key", `given: ${encryptionConfig.key[1]}`)
      }
    }
    return layerEncrypted(yield* Config.unwrap(options))
  }))
