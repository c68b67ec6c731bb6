import { Error as PlatformError, FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Clock, Deferred, Effect, Fiber, Layer, Option, TestClock } from "effect"
import * as TokenStore from "effect-spotify/TokenStore"
import { inspect } from "node:util"
import { settle, until } from "../utils/session.js"
import { at, directory, layerAt, live } from "../utils/tokenFiles.js"
import { behaves, expectToken, makePending, makeToken } from "../utils/tokenStoreSuite.js"

behaves("layerFile", Effect.map(directory, (directory) => layerAt(`${directory}/new/tokens.json`)))

/** The real file system, with some of it replaced. */
const changed = (change: (fs: FileSystem.FileSystem) => Partial<FileSystem.FileSystem>) =>
  Layer.effect(FileSystem.FileSystem, Effect.map(FileSystem.FileSystem, (fs) => ({ ...fs, ...change(fs) }))).pipe(
    Layer.provide(NodeFileSystem.layer)
  )

/** Whether files are read or written right now: virtual time that went on meanwhile would count as waiting. */
const isBusy = () => process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq"))

/** Lets the event loop go round, so that finished file operations are noticed. */
const turn = Effect.promise(() => new Promise((done) => setImmediate(done)))

describe("layerFile", () => {
  live("lets only the owner read, also after a looser mode", (path, fs, directory) =>
    Effect.gen(function*() {
      const mode = (path: string) => Effect.map(fs.stat(path), (info) => (info.mode & 0o777).toString(8))
      yield* at(`${directory}/sub/deeper/tokens.json`)((store) => store.set("a", makeToken("1")))
      expect(yield* mode(`${directory}/sub/deeper/tokens.json`)).toBe("600")
      expect(yield* mode(`${directory}/sub`)).toBe("700")
      yield* at(path)((store) => store.set("a", makeToken("1")))
      yield* fs.chmod(path, 0o644)
      yield* at(path)((store) => store.set("a", makeToken("2")))
      expect(yield* mode(path)).toBe("600")
    }))

  live("leaves nothing beside the file", (path, fs, directory) =>
    Effect.gen(function*() {
      yield* at(path)((store) =>
        Effect.zipRight(store.withLock("a", store.set("a", makeToken("1"))), store.takePending("a", "one"))
      )
      expect(yield* fs.readDirectory(directory)).toEqual(["tokens.json"])
    }))

  live("writes nothing when there is nothing to change", (path, fs, directory) =>
    Effect.gen(function*() {
      yield* at(path)((store) => Effect.zipRight(store.remove("a"), store.takePending("a", "one")))
      expect(yield* fs.readDirectory(directory)).toEqual([])
    }))

  live("writes through a symbolic link", (path, fs, directory) =>
    Effect.gen(function*() {
      yield* at(path)((store) => store.set("a", makeToken("1")))
      yield* fs.symlink(path, `${directory}/link.json`)
      yield* at(`${directory}/link.json`)((store) => store.set("a", makeToken("2")))
      expect(yield* fs.readLink(`${directory}/link.json`)).toBe(path)
      expectToken(yield* at(path)((store) => store.get("a")), makeToken("2"))
    }))

  live("sees at once what another one wrote", (path) =>
    at(path)((one) =>
      at(path)((two) =>
        Effect.gen(function*() {
          yield* one.set("a", makeToken("1"))
          expectToken(yield* two.get("a"), makeToken("1"))
          yield* two.set("a", makeToken("2"))
          expectToken(yield* one.get("a"), makeToken("2"))
          yield* one.remove("a")
          expect(yield* two.get("a")).toEqual(Option.none())
        })
      )
    ))

  live("refuses a file that isn't one of ours, names it and leaves it alone", (path, fs) =>
    Effect.gen(function*() {
      const good = yield* at(path)((store) =>
        Effect.zipRight(store.set("a", makeToken("secret")), fs.readFileString(path))
      )
      const parts: { version: number; tokens: Array<{ token: object }> } = JSON.parse(good)
      const bad = [
        "",
        "secret",
        good.slice(0, -3),
        "[]",
        "{}",
        "null",
        JSON.stringify({ ...parts, version: 2 }),
        JSON.stringify({ ...parts, tokens: { a: "secret" } }),
        JSON.stringify({ ...parts, tokens: [{ key: "a", token: { ...parts.tokens[0]?.token, expiresAt: "secret" } }] })
      ]
      for (const text of bad) {
        yield* fs.remove(path)
        const errors = yield* at(path)((store) =>
          Effect.gen(function*() {
            yield* fs.writeFileString(path, text)
            const pending = yield* makePending("one")
            return yield* Effect.all([
              Effect.flip(store.get("a")),
              Effect.flip(store.set("a", makeToken("2"))),
              Effect.flip(store.remove("a")),
              Effect.flip(store.setPending("a", pending)),
              Effect.flip(store.takePending("a", "one")),
              Effect.flip(at(path)(() => Effect.void))
            ])
          })
        )
        for (const error of errors) {
          expect(error).toMatchObject({ _tag: "TokenStoreError", store: path })
          expect(error.message).toContain(path)
          expect(error.message).toContain("move it away")
          expect(inspect(error, { depth: 9 })).not.toContain("secret")
        }
        expect(yield* fs.readFileString(path)).toBe(text)
      }
      expect(yield* Effect.flip(at(path)(() => Effect.void))).toMatchObject({
        message: expect.stringContaining("tokens.0.token.expiresAt")
      })
    }))

  live("refuses a path that can't be used", (path, files, directory) =>
    Effect.gen(function*() {
      const open = (path: string, fs?: Layer.Layer<FileSystem.FileSystem>) =>
        Effect.flip(at(path, fs)((store) => store.set("a", makeToken("1"))))
      expect(yield* open(directory)).toMatchObject({ _tag: "TokenStoreError", store: directory })
      yield* files.writeFileString(path, "no directory")
      expect(yield* open(`${path}/tokens.json`)).toMatchObject({
        _tag: "TokenStoreError",
        store: `${path}/tokens.json`
      })

      const denied = (method: string) =>
        Effect.fail(
          new PlatformError.SystemError({
            reason: "PermissionDenied",
            module: "FileSystem",
            method,
            description: "denied"
          })
        )
      for (
        const fs of [
          changed(() => ({ readFileString: () => denied("readFile") })),
          changed(() => ({ access: () => denied("access") })),
          changed(() => ({ makeDirectory: () => denied("makeDirectory") })),
          changed(() => ({ readDirectory: () => denied("readDirectory") })),
          changed(() => ({ writeFileString: () => denied("writeFile") })),
          changed(() => ({ open: () => denied("open") })),
          changed(() => ({ rename: () => denied("rename") }))
        ]
      ) {
        const error = yield* open(`${directory}/other.json`, fs)
        expect(error).toMatchObject({ _tag: "TokenStoreError", store: `${directory}/other.json` })
        expect(error.message).toContain("denied")
        expect(yield* files.readDirectory(directory)).toEqual(["tokens.json"])
      }
    }))
})

/** Calls of some of the real file system's operations, and the file that they are of. */
const counting = (calls: Array<string>) =>
  changed((fs) => ({
    readFileString: (path, encoding) =>
      Effect.zipRight(Effect.sync(() => calls.push("read")), fs.readFileString(path, encoding)),
    rename: (from, to) => Effect.zipRight(Effect.sync(() => calls.push("rename")), fs.rename(from, to))
  }))

describe("layerFile with many users", () => {
  const keys = Array.from({ length: 500 }, (_, i) => `user-${i}`)
  const scopesOf = (store: TokenStore.TokenStore.Service) =>
    Effect.forEach(keys, (key) => Effect.map(store.get(key), (token) => Option.getOrThrow(token).scopes))

  live("writes the tokens of a burst together, under the locks of their keys, and reads none of them again", (path) => {
    const calls: Array<string> = []
    return at(path, counting(calls))((store) =>
      Effect.gen(function*() {
        yield* store.set("user-0", makeToken("1", ["old"]))
        calls.length = 0
        yield* Effect.forEach(
          keys,
          (key) => store.withLock(key, Effect.zipRight(store.get(key), store.set(key, makeToken(key, [key])))),
          { concurrency: "unbounded" }
        )
        expect(calls).not.toContain("read")
        expect(calls.length).toBeGreaterThan(0)
        // As many as there were when a write ended, so not always the same: one each would be 500.
        expect(calls.length).toBeLessThan(50)
        expect(yield* scopesOf(store)).toEqual(keys.map((key) => [key]))
        expect(yield* at(path)(scopesOf)).toEqual(keys.map((key) => [key]))
      })
    )
  }, 120_000)

  live("reads the file once, and once more when another one has written it", (path) => {
    const calls: Array<string> = []
    return at(path)((other) =>
      Effect.gen(function*() {
        yield* Effect.forEach(keys, (key) => other.set(key, makeToken("1", [key])), { concurrency: "unbounded" })
        yield* at(path, counting(calls))((store) =>
          Effect.gen(function*() {
            expect(yield* scopesOf(store)).toEqual(keys.map((key) => [key]))
            expect(calls).toEqual(["read"])
            for (const key of ["user-1", "user-2", "user-3"]) {
              calls.length = 0
              yield* other.set(key, makeToken("2", ["new"]))
              expect((yield* scopesOf(store)).flat()).toContain("new")
              expect(calls).toEqual(["read"])
              yield* other.set(key, makeToken("1", [key]))
              expect((yield* scopesOf(store)).flat()).not.toContain("new")
              expect(calls).toEqual(["read", "read"])
            }
          })
        )
      })
    )
  }, 120_000)

  live(
    "sees an edit by hand, and a file that an earlier version wrote",
    (path, fs) =>
      at(path)((store) =>
        Effect.gen(function*() {
          yield* Effect.forEach(keys, (key) => store.set(key, makeToken("1", ["old"])), { concurrency: "unbounded" })
          const text = yield* fs.readFileString(path)
          const edited = text.replace("\"old\"", "\"by hand\"")
          yield* fs.writeFileString(path, edited)
          expect(Option.getOrThrow(yield* store.get("user-0")).scopes).toEqual(["by hand"])
          const withScope = (scope: string) => text.replace("\"old\"", `"${scope}"`)
          const earlier = (scope: string) => {
            const { revision: _, ...content } = JSON.parse(withScope(scope))
            return JSON.stringify(content, null, 2)
          }
          const later = (scope: string, digit: string) =>
            withScope(scope).replace(/"revision":"\w+"/, `"revision":"${digit.repeat(32)}"`)
          // The same inode, length and time, as it may come by chance.
          for (
            const [text, scope] of [
              [later("1st", "1"), "1st"],
              [later("2nd", "2"), "2nd"],
              [earlier("1st"), "1st"],
              [earlier("2nd"), "2nd"]
            ] as const
          ) {
            yield* fs.writeFileString(path, text)
            yield* fs.utimes(path, 1_800_000_000, 1_800_000_000)
            expect(Option.getOrThrow(yield* store.get("user-0")).scopes).toEqual([scope])
          }
          yield* store.set("user-1", makeToken("2", ["new"]))
          expect(Option.getOrThrow(yield* store.get("user-0")).scopes).toEqual(["2nd"])
        })
      )
  )

  live("gives nobody a token before it is on the disk", (path) =>
    Effect.gen(function*() {
      const syncing = yield* Deferred.make<void>()
      const goOn = yield* Deferred.make<void>()
      const slowDisk = changed((fs) => ({
        open: (path, options) =>
          Effect.map(fs.open(path, options), (file): FileSystem.File =>
            options?.flag === "r" ? file : Object.create(file, {
              sync: {
                value: Deferred.succeed(syncing, undefined).pipe(
                  Effect.zipRight(Deferred.await(goOn)),
                  Effect.zipRight(file.sync)
                )
              }
            }))
      }))
      yield* at(path, slowDisk)((store) =>
        Effect.gen(function*() {
          const kept: Array<string> = []
          const burst = yield* Effect.fork(Effect.forEach(
            keys,
            (key) =>
              Effect.map(store.set(key, makeToken(key)), () =>
                kept.push(key)),
            { concurrency: "unbounded" }
          ))
          yield* Deferred.await(syncing)
          yield* settle
          expect(kept).toEqual([])
          expect(yield* store.get("user-0")).toEqual(Option.none())
          expect(yield* at(path)((store) => store.get("user-0"))).toEqual(Option.none())
          yield* Deferred.succeed(goOn, undefined)
          yield* Fiber.join(burst)
          expect(kept.length).toBe(500)
        })
      )
    }))

  live(
    "fails the write of an owner whose lock was lost, and keeps the others of its burst",
    (path, fs, directory) =>
      at(path)((store) =>
        Effect.gen(function*() {
          const isLost = yield* Deferred.make<void>()
          const goOn = yield* Deferred.make<void>()
          let entered = 0
          const write = (key: string) =>
            Effect.gen(function*() {
              if (++entered === 3) yield* Deferred.succeed(goOn, undefined)
              yield* Deferred.await(goOn)
              yield* store.set(key, makeToken(key))
            })
          const lose = Effect.gen(function*() {
            const locks = (yield* fs.readDirectory(directory)).filter((name) => name.endsWith(".lock"))
            yield* Effect.forEach(locks, (name) => fs.remove(`${directory}/${name}`))
            yield* Deferred.succeed(isLost, undefined)
          })
          const kept = (key: string) =>
            Effect.zipRight(Deferred.await(isLost), Effect.exit(store.withLock(key, write(key))))
          const exits = yield* Effect.all([
            Effect.exit(store.withLock("lost", Effect.zipRight(lose, write("lost")))),
            kept("kept"),
            kept("also kept")
          ], { concurrency: "unbounded" })
          expect(exits.map(({ _tag }) => _tag)).toEqual(["Failure", "Success", "Success"])
          expect(yield* store.get("lost")).toEqual(Option.none())
          expectToken(yield* store.get("kept"), makeToken("kept"))
          expectToken(yield* store.get("also kept"), makeToken("also kept"))
        })
      )
  )
})

describe("a lock of layerFile", () => {
  it.scoped(
    "takes the lock of a dead one over within ten seconds, though it died in the middle of a write",
    () =>
      Effect.gen(function*() {
        const place = yield* directory
        const path = `${place}/tokens.json`
        const files = yield* FileSystem.FileSystem
        const locks = yield* at(path)((store) =>
          Effect.flatMap(
            Effect.fork(store.withLock("a", Effect.never)),
            (fiber) =>
              Effect.zipLeft(
                until(files.readDirectory(place), (names) => names.some((name) => name.endsWith(".lock"))),
                Fiber.interrupt(fiber)
              )
          )
        )
        for (const name of [...locks, `tokens.json.write.${"0".repeat(32)}.lock`]) {
          yield* files.writeFileString(`${place}/${name}`, "")
        }
        // A look takes a tenth of a second, as on a busy machine.
        const busy = changed((fs) => ({ readDirectory: (path) => Effect.delay(fs.readDirectory(path), "100 millis") }))
        const before = yield* Clock.currentTimeMillis
        const fiber = yield* Effect.fork(at(path, busy)((store) => store.withLock("a", store.set("a", makeToken("1")))))
        while (Option.isNone(yield* Fiber.poll(fiber))) {
          yield* settle
          if (!isBusy() && Chunk.isNonEmpty(yield* TestClock.sleeps())) yield* TestClock.adjust("10 millis")
        }
        yield* Fiber.join(fiber)
        const took = ((yield* Clock.currentTimeMillis) - before) / 1000
        expect(took).toBeGreaterThan(7)
        expect(took).toBeLessThanOrEqual(10)
        expect(yield* files.readDirectory(place)).toEqual(["tokens.json"])
      }).pipe(Effect.provide(NodeFileSystem.layer)),
    60_000
  )

  it.scoped("doesn't take the lock of one that lives, and says so after a minute", () =>
    Effect.gen(function*() {
      const path = `${yield* directory}/tokens.json`
      const entered = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(
        at(path)((store) => store.withLock("a", Effect.zipRight(Deferred.succeed(entered, undefined), Effect.never)))
      )
      yield* Deferred.await(entered)
      const waiter = yield* Effect.fork(Effect.flip(at(path)((store) => store.withLock("a", Effect.void))))
      // The clock of the test goes on by half a second at a time, with time for the work on files in between.
      const clock = yield* Effect.fork(Effect.forever(Effect.zipRight(TestClock.adjust("500 millis"), turn)))
      const error = yield* Fiber.join(waiter)
      yield* Fiber.interruptAll([clock, holder])
      expect(error).toMatchObject({ _tag: "TokenStoreError", store: path, operation: "withLock" })
      expect(error.message).toContain("for more than 1m")
    }), 300_000)

  live(
    "takes the write of one that seemed dead over, and lets it try again",
    (path, fs, directory) =>
      Effect.gen(function*() {
        const renaming = yield* Deferred.make<void>()
        const goOn = yield* Deferred.make<void>()
        const sleepy = changed((fs) => ({
          utimes: () => Effect.never,
          rename: (from, to) =>
            Deferred.succeed(renaming, undefined).pipe(
              Effect.zipRight(Deferred.await(goOn)),
              Effect.zipRight(fs.rename(from, to))
            )
        }))
        const one = yield* Effect.fork(at(path, sleepy)((store) => store.set("one", makeToken("1"))))
        yield* Deferred.await(renaming)
        yield* at(path)((store) => store.set("two", makeToken("2")))
        expect(yield* fs.readDirectory(directory)).toEqual(["tokens.json"])
        yield* Deferred.succeed(goOn, undefined)
        yield* Fiber.join(one)
        expectToken(yield* at(path)((store) => store.get("one")), makeToken("1"))
        expectToken(yield* at(path)((store) => store.get("two")), makeToken("2"))
      })
  )

  live("doesn't write when its lock was taken before its temporary file was there", (path) =>
    Effect.gen(function*() {
      const opening = yield* Deferred.make<void>()
      const goOn = yield* Deferred.make<void>()
      const sleepy = changed((fs) => ({
        utimes: () => Effect.never,
        open: (path, options) =>
          Deferred.succeed(opening, undefined).pipe(
            Effect.zipRight(Deferred.await(goOn)),
            Effect.zipRight(fs.open(path, options))
          )
      }))
      const one = yield* Effect.fork(at(path, sleepy)((store) => store.set("one", makeToken("1"))))
      yield* Deferred.await(opening)
      yield* at(path)((store) => store.set("two", makeToken("2")))
      yield* Deferred.succeed(goOn, undefined)
      yield* Fiber.join(one)
      expectToken(yield* at(path)((store) => store.get("one")), makeToken("1"))
      expectToken(yield* at(path)((store) => store.get("two")), makeToken("2"))
    }))
})
