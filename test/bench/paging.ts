import { Effect, ManagedRuntime, Stream } from "effect"
import * as Library from "effect-spotify/Library"
import * as Paging from "effect-spotify/Paging"
import type { SpotifyClient } from "effect-spotify/SpotifyClient"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { request } from "undici"
import { library } from "./bodies.js"
import { clientLayer } from "./contenders.js"
import { interleaved, median, ratio, type Sample } from "./measure.js"
import { officialSdk } from "./others.js"

const atOnce = 8

const officialLoop = async (origin: string): Promise<number> => {
  const api = officialSdk(origin)
  let count = 0
  for (let offset = 0;; offset += 50) {
    const { items, next } = await api.saved(offset)
    count += items.length
    if (next === null) return count
  }
}

const rawLoops = async (origin: string): Promise<number> => {
  let offset = 0
  let count = 0
  const next = async (): Promise<void> => {
    const mine = offset
    offset += 50
    if (mine >= library) return
    const { body } = await request(`${origin}/v1/me/tracks?limit=50&offset=${mine}`, {
      headers: { authorization: "Bearer token" }
    })
    const page = JSON.parse(await body.text())
    count += page.items.length
    return next()
  }
  await Promise.all(Array.from({ length: atOnce }, next))
  return count
}

const expectAll = (who: string) => (count: number): void => {
  if (count !== library) throw new Error(`${who} read ${count} of ${library} tracks`)
}

export interface PagingResult {
  readonly seconds: { readonly ours: number; readonly official: number; readonly raw: number }
  readonly toOfficial: number
  /** Without options. */
  readonly plainToOfficial: number
  readonly toRaw: number
  /** Heap in use after a collection, above what it was before, in MB. */
  readonly memory: { readonly tenth: number; readonly streaming: number; readonly collecting: number }
}

const wall = ({ wall }: Sample): number => wall

export const paging = async (slow: string, fast: string, rounds: number): Promise<PagingResult> => {
  const runtime = ManagedRuntime.make(clientLayer(slow, UndiciTransport.layer))
  const stream = Paging.stream(Library.tracks, { concurrency: atOnce })
  const samples = await interleaved({
    ours: () => runtime.runPromise(Stream.runCount(stream)).then(expectAll("effect-spotify")),
    plain: () => runtime.runPromise(Stream.runCount(Paging.stream(Library.tracks))).then(expectAll("effect-spotify")),
    official: () => officialLoop(slow).then(expectAll("the official SDK")),
    raw: () => rawLoops(slow).then(expectAll("raw undici"))
  }, rounds)
  await runtime.dispose()

  const quick = ManagedRuntime.make(clientLayer(fast, UndiciTransport.layer))
  const memory = await heap(quick)
  await quick.dispose()
  const seconds = (of: ReadonlyArray<Sample>) => median(of.map(wall)) / 1000
  return {
    seconds: { ours: seconds(samples.ours), official: seconds(samples.official), raw: seconds(samples.raw) },
    toOfficial: ratio(samples.ours, samples.official, wall),
    plainToOfficial: ratio(samples.plain, samples.official, wall),
    toRaw: ratio(samples.ours, samples.raw, wall),
    memory
  }
}

const inUse = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1e6
}

const heap = async <E>(
  runtime: ManagedRuntime.ManagedRuntime<SpotifyClient, E>
): Promise<PagingResult["memory"]> => {
  const peakOf = async (items: number): Promise<number> => {
    const before = inUse()
    let peak = 0
    let count = 0
    await runtime.runPromise(
      Paging.stream(Library.tracks, { concurrency: atOnce }).pipe(
        Stream.take(items),
        Stream.runForEach(() =>
          Effect.sync(() => {
            if (++count % 250 === 0) peak = Math.max(peak, inUse() - before)
          })
        )
      )
    )
    return peak
  }
  await peakOf(1000)
  const tenth = await peakOf(library / 10)
  const streaming = await peakOf(library)
  const before = inUse()
  const all = await runtime.runPromise(Paging.collect(Library.tracks, { concurrency: atOnce }))
  const collecting = inUse() - before
  expectAll("Paging.collect")(all.length)
  return { tenth, streaming, collecting }
}
