/** A library over a link that all answers share, as users have it: what a page weighs on its way counts here. */
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { type Layer, ManagedRuntime, Stream } from "effect"
import * as FetchTransport from "effect-spotify/FetchTransport"
import * as Library from "effect-spotify/Library"
import * as Paging from "effect-spotify/Paging"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { library, savedPage } from "./bodies.js"
import { clientLayer } from "./contenders.js"
import { interleaved, median, ratio, type Sample } from "./measure.js"
import { officialSdk, type Other, soundify, webApiNode } from "./others.js"

const atOnce = 8

/** So many loops, each of which asks for the next page that nobody has asked for. */
const loops = (api: Other, n: number) => async (): Promise<number> => {
  let offset = 0
  let count = 0
  const loop = async (): Promise<void> => {
    while (offset < library) {
      const mine = offset
      offset += 50
      const { items } = await api.saved(mine)
      count += items.length
    }
  }
  await Promise.all(Array.from({ length: n }, loop))
  return count
}

const ours = (origin: string, http: Layer.Layer<HttpClient.HttpClient>, concurrency: number | undefined) => {
  const runtime = ManagedRuntime.make(clientLayer(origin, http))
  const stream = Paging.stream(Library.tracks, concurrency === undefined ? {} : { concurrency })
  return () => runtime.runPromise(Stream.runCount(stream))
}

const wall = ({ wall }: Sample): number => wall

export const wire = async (origin: string, rounds: number) => {
  const all = {
    official: loops(officialSdk(origin), atOnce),
    officialLoop: loops(officialSdk(origin), 1),
    soundify: loops(soundify(origin), atOnce),
    webApiNode: loops(webApiNode(origin), atOnce),
    undiciTransport: ours(origin, UndiciTransport.layer, atOnce),
    plain: ours(origin, UndiciTransport.layer, undefined),
    fetchTransport: ours(origin, FetchTransport.layer, atOnce),
    undici: ours(origin, NodeHttpClient.layerUndici, atOnce),
    fetch: ours(origin, FetchHttpClient.layer, atOnce)
  }
  const names: { readonly [N in keyof typeof all]: string } = {
    official: "@spotify/web-api-ts-sdk, 8 loops",
    officialLoop: "@spotify/web-api-ts-sdk, a loop",
    soundify: "@soundify/web-api, 8 loops",
    webApiNode: "spotify-web-api-node, 8 loops",
    undiciTransport: "effect-spotify, UndiciTransport, 8 at once",
    plain: "effect-spotify, UndiciTransport, no options",
    fetchTransport: "effect-spotify, FetchTransport, 8 at once",
    undici: "effect-spotify, NodeHttpClient.layerUndici, 8 at once",
    fetch: "effect-spotify, FetchHttpClient, 8 at once"
  }
  const works = Object.fromEntries(
    Object.entries(all).map(([name, work]) => [name, async () => {
      const count = await work()
      if (count !== library) throw new Error(`${name} read ${count} of ${library} tracks`)
    }])
  ) as { readonly [N in keyof typeof all]: () => Promise<void> }
  const samples = await interleaved(works, rounds)
  return {
    kilobytes: JSON.stringify(savedPage(origin, 0, 50)).length / 1000,
    contenders: Object.entries(names).map(([key, name]) => {
      const own = samples[key as keyof typeof all]
      return {
        key,
        name,
        seconds: median(own.map(wall)) / 1000,
        wall: ratio(own, samples.official, wall),
        wallToLoop: ratio(own, samples.officialLoop, wall),
        cpuSeconds: median(own.map(({ cpu }) => cpu)) / 1e6,
        cpu: ratio(own, samples.official)
      }
    })
  }
}
