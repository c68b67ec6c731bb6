/** One process with a token store: arguments `<place> <command> <key> …`. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as TokenStore from "effect-spotify/TokenStore"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { appendFile } from "node:fs/promises"

interface Place {
  readonly file?: string
  readonly sqlite?: string
  readonly postgres?: string
  readonly table?: string
}

const [placeJson = "", command = "", key = "", argument = "", further = ""] = process.argv.slice(2)
const place: Place = JSON.parse(placeJson)

const open = async () => {
  if (place.file !== undefined) {
    return TokenStore.layerFile(place.file).pipe(Layer.provide(NodeFileSystem.layer))
  }
  // A file of its own, so that the others start without a database client.
  const { postgresClient, sqliteClient } = await import("./tokenStoreSql.js")
  const TokenStoreSql = await import("effect-spotify/TokenStoreSql")
  return TokenStoreSql.layer(place.table === undefined ? {} : { table: place.table }).pipe(
    Layer.provide(place.sqlite === undefined ? postgresClient(place.postgres ?? "") : sqliteClient(place.sqlite))
  )
}

const say = (line: string) =>
  Effect.promise(() => new Promise<void>((done) => process.stdout.write(`${line}\n`, () => done())))

const makeToken = (name: string, ...scopes: ReadonlyArray<string>): TokenStore.Token => ({
  accessToken: Redacted.make(name),
  refreshToken: Redacted.make(name),
  expiresAt: DateTime.unsafeMake(0),
  scopes
})

const commands: Record<string, (store: TokenStore.TokenStore.Service) => Effect.Effect<unknown, unknown>> = {
  /** So many calls at once, as a session of that key at the Spotify of that origin. */
  call: (store) =>
    Effect.promise(() => import("./tokenStoreCalls.js")).pipe(
      Effect.flatMap(({ calls }) => calls(argument, key, Number(further))),
      Effect.provideService(TokenStore.TokenStore, store)
    ),
  /** A refresh, as a session of that key at the Spotify of that origin. */
  "refresh-session": (store) =>
    Effect.promise(() => import("./tokenStoreCalls.js")).pipe(
      Effect.flatMap(({ refresh }) => refresh(argument, key)),
      Effect.provideService(TokenStore.TokenStore, store)
    ),
  /** Writes long tokens one after the other, for ever. */
  write: (store) =>
    Effect.forever(
      Effect.forEach(["a", "b"], (letter) =>
        Effect.zipRight(store.set(key, makeToken(letter.repeat(Number(argument)))), say("wrote")))
    ),
  /** Counts on under the lock. */
  count: (store) =>
    Effect.zipRight(
      say("counting"),
      Effect.repeatN(
        store.withLock(
          key,
          Effect.gen(function*() {
            const token = yield* store.get(key)
            const before = token._tag === "Some" ? Number(token.value.scopes[0]) : 0
            yield* store.set(key, makeToken("counter", String(before + 1)))
          })
        ),
        Number(argument) - 1
      )
    ),
  /** Counts on under the locks of many keys at once, and says each count when it is kept; what fails is done again. */
  burst: (store) => {
    const once = (key: string) =>
      store.withLock(
        key,
        Effect.gen(function*() {
          const token = yield* store.get(key)
          const n = (token._tag === "Some" ? Number(token.value.scopes[0]) : 0) + 1
          yield* store.set(key, makeToken("counter", String(n)))
          return n
        })
      ).pipe(Effect.retry(Schedule.forever), Effect.flatMap((n) => say(`kept ${key} ${n}`)))
    return Effect.forEach(
      Array.from({ length: Number(argument) }, (_, i) => `${key}-${i}`),
      (key) => Effect.repeatN(once(key), Number(further) - 1),
      { concurrency: "unbounded" }
    )
  },
  /** Takes the lock, writes a token and keeps the lock. */
  hold: (store) =>
    store.withLock(
      key,
      store.set(key, makeToken("of the holder")).pipe(
        Effect.zipRight(say("holding")),
        Effect.zipRight(Effect.promise(() => new Promise(() => setInterval(() => {}, 1000))))
      )
    ),
  /** So many calls that need a new token: those that find an old one exchange it, and note so in a file. */
  refresh: (store) =>
    Effect.all(
      Array.from({ length: Number(further) }, () =>
        store.withLock(
          key,
          Effect.gen(function*() {
            const token = yield* store.get(key)
            if (token._tag === "Some" && token.value.scopes[0] === "old") {
              yield* Effect.promise(() => appendFile(argument, `${process.pid}\n`))
              yield* Effect.sleep("100 millis")
              yield* store.set(key, makeToken("new", "new"))
            }
          })
        )),
      { concurrency: "unbounded" }
    )
}

Effect.gen(function*() {
  const store = yield* TokenStore.TokenStore
  yield* commands[command]!(store)
}).pipe(
  Effect.provide(Layer.unwrapEffect(Effect.promise(open))),
  Effect.runPromise
).catch((error) => {
  process.stderr.write(`${error}\n`)
  process.exitCode = 1
})
