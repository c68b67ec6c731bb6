/** One process with a token store: arguments `<place> <command> <key> …`. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as TokenStore from "effect-spotify/TokenStore"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const [placeJson = "", command = "", key = "", number = ""] = process.argv.slice(2)
const place: { readonly file: string } = JSON.parse(placeJson)

const say = (line: string) =>
  Effect.promise(() => new Promise<void>((done) => process.stdout.write(`${line}\n`, () => done())))

const makeToken = (name: string, ...scopes: ReadonlyArray<string>): TokenStore.Token => ({
  accessToken: Redacted.make(name),
  refreshToken: Redacted.make(name),
  expiresAt: DateTime.unsafeMake(0),
  scopes
})

const commands: Record<string, (store: TokenStore.TokenStore.Service) => Effect.Effect<unknown, unknown>> = {
  /** Writes long tokens one after the other, for ever. */
  write: (store) =>
    Effect.forever(
      Effect.forEach(["a", "b"], (letter) =>
        Effect.zipRight(store.set(key, makeToken(letter.repeat(Number(number)))), say("wrote")))
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
        Number(number) - 1
      )
    ),
  /** Takes the lock and keeps it. */
  hold: (store) =>
    store.withLock(
      key,
      Effect.zipRight(say("holding"), Effect.promise(() => new Promise(() => setInterval(() => {}, 1000))))
    )
}

Effect.gen(function*() {
  const store = yield* TokenStore.TokenStore
  yield* commands[command]!(store)
}).pipe(
  Effect.provide(TokenStore.layerFile(place.file).pipe(Layer.provide(NodeFileSystem.layer))),
  Effect.runPromise
).catch((error) => {
  process.stderr.write(`${error}\n`)
  process.exitCode = 1
})
