/** A token file that several processes share, some of which are killed or stand still. */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { at, directory, layerAt, live } from "../utils/tokenFiles.js"
import { pauseUpTo, start } from "../utils/tokenStoreProcess.js"
import { count, expectToken, makeToken } from "../utils/tokenStoreSuite.js"

// Side by side, since most of the time goes into waiting for the locks of the dead.
describe.concurrent("layerFile shared by processes", () => {
  /** The highest count that a process said was kept, by key. */
  const keptOf = (lines: ReadonlyArray<string>) =>
    lines.reduce((counts, line) => {
      const [word, key = "", n] = line.split(" ")
      return word === "kept" ? counts.set(key, Number(n)) : counts
    }, new Map<string, number>())

  live(
    "has every token that somebody got, after kill -9 at any moment of a burst",
    () => {
      const rounds = (path: string) =>
        Effect.forEach([1, 2], () =>
          Effect.scoped(Effect.gen(function*() {
            const writer = yield* start({ file: path }, "burst", "user", "40", "1000")
            yield* writer.said("kept")
            yield* pauseUpTo(150)
            yield* writer.kill
            const kept = keptOf(yield* writer.lines)
            expect(kept.size).toBeGreaterThan(0)
            yield* at(path)((store) =>
              Effect.forEach(kept, ([key, n]) =>
                Effect.map(
                  store.get(key),
                  (token) => expect(Number(Option.getOrThrow(token).scopes[0])).toBeGreaterThanOrEqual(n)
                ))
            )
          })))
      return Effect.forEach(
        [1, 2, 3, 4, 5, 6, 7, 8],
        () =>
          Effect.flatMap(directory, (place) => Effect.provide(rounds(`${place}/tokens.json`), NodeFileSystem.layer)),
        { concurrency: "unbounded", discard: true }
      )
    },
    600_000
  )

  live(
    "loses and doubles no change of a burst in which a process stands still and others take its locks",
    (path) =>
      Effect.gen(function*() {
        const place = { file: path }
        const [sleeper, other] = [
          yield* start(place, "burst", "user", "40", "3"),
          yield* start(place, "burst", "user", "40", "3")
        ]
        yield* sleeper.said("kept")
        yield* sleeper.signal("SIGSTOP")
        yield* other.finished
        yield* sleeper.signal("SIGCONT")
        yield* sleeper.finished
        yield* at(path)((store) =>
          Effect.forEach(Array.from({ length: 40 }, (_, i) => `user-${i}`), (key) =>
            Effect.map(store.get(key), (token) => expect(Option.getOrThrow(token).scopes).toEqual(["6"])))
        )
      }),
    300_000
  )

  it.scopedLive(
    "has the old or the new token after kill -9 at any moment, and lets the next one write",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const length = 50_000
        const left = new Set<string>()

        const round = (path: string, directory: string, n: number) =>
          Effect.gen(function*() {
            const writer = yield* start({ file: path }, "write", "a", String(length))
            yield* writer.said("wrote")
            yield* pauseUpTo(80)
            yield* writer.kill
            for (const file of yield* fs.readDirectory(directory)) {
              left.add(file.replace(/[0-9a-f]{32}/, "id"))
            }
            yield* at(path)((store) =>
              Effect.gen(function*() {
                const token = yield* Effect.map(store.get("a"), Option.getOrThrow)
                const value = Redacted.value(token.accessToken)
                expect(value).toBe((value[0] ?? "").repeat(length))
                yield* store.set("b", makeToken(String(n)))
                expectToken(yield* store.get("b"), makeToken(String(n)))
              })
            )
            expect(yield* fs.readDirectory(directory)).toEqual(["tokens.json"])
          }).pipe(Effect.scoped)

        // Side by side, since most of the time goes into waiting for the locks of the dead.
        yield* Effect.all(
          Array.from({ length: 8 }, () =>
            Effect.flatMap(directory, (directory) =>
              Effect.forEach([1, 2], (n) =>
                round(`${directory}/tokens.json`, directory, n)))),
          { concurrency: "unbounded" }
        )
        // Otherwise none was killed at work, and this says nothing.
        expect(left).toContain("tokens.json.write.id.lock")
      }).pipe(Effect.provide(NodeFileSystem.layer)),
    600_000
  )

  live(
    "loses no change of several processes",
    (path, fs, directory) =>
      Effect.gen(function*() {
        const processes = yield* Effect.replicateEffect(start({ file: path }, "count", "a", "25"), 4)
        yield* Effect.forEach(processes, (process_) => process_.finished, { concurrency: "unbounded" })
        expect(yield* Effect.provide(count("a"), layerAt(path))).toBe(100)
        expect(yield* fs.readDirectory(directory)).toEqual(["tokens.json"])
      }),
    300_000
  )

  live(
    "goes on after the process that held the lock was killed",
    (path, fs, directory) =>
      Effect.gen(function*() {
        const holder = yield* start({ file: path }, "hold", "a")
        yield* holder.said("holding")
        const others = yield* Effect.replicateEffect(start({ file: path }, "count", "a", "5"), 2)
        yield* Effect.forEach(others, (other) => other.said("counting"))
        // Others aren't hindered meanwhile, nor is another user.
        yield* at(path)((store) => store.withLock("b", store.set("a", makeToken("counter", ["0"]))))
        yield* holder.kill
        // A wait of more than a minute would have failed.
        yield* Effect.forEach(others, (other) => other.finished, { concurrency: "unbounded" })
        expect(yield* Effect.provide(count("a"), layerAt(path))).toBe(10)
        expect(yield* fs.readDirectory(directory)).toEqual(["tokens.json"])
      }),
    300_000
  )
})
