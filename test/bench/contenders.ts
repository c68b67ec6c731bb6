import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import * as FetchTransport from "effect-spotify/FetchTransport"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import type { InvalidInput } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as Tracks from "effect-spotify/Tracks"
import * as UndiciTransport from "effect-spotify/UndiciTransport"
import { request } from "undici"
import { officialSdk, type Other, soundify, webApiNode } from "./others.js"

export const trackId = "7EjyzZcbLxW7PaaLua9Ksb"

/** Makes calls, so many at once, and gives the last track's name. */
export interface Contender {
  readonly name: string
  readonly tracks: (calls: number, atOnce: number) => Promise<string>
}

const loops = async (calls: number, atOnce: number, call: () => Promise<string>): Promise<string> => {
  let left = calls
  let last = ""
  const loop = async () => {
    while (left-- > 0) last = await call()
  }
  await Promise.all(Array.from({ length: atOnce }, loop))
  return last
}

const promises = (name: string, call: () => Promise<string>): Contender => ({
  name,
  tracks: (calls, atOnce) => loops(calls, atOnce, call)
})

const made = (name: string, { track }: Other): Contender => promises(name, () => track(trackId))

const headers = { accept: "application/json", authorization: "Bearer token" }

const raw = (origin: string): Contender =>
  promises("raw undici", async () => {
    const { body } = await request(`${origin}/v1/tracks/${trackId}`, { headers })
    return JSON.parse(await body.text()).name
  })

export const clientLayer = (
  origin: string,
  http: Layer.Layer<HttpClient.HttpClient>,
  options: SpotifyClient.Options = {}
): Layer.Layer<SpotifyClient.SpotifyClient, InvalidInput> =>
  SpotifyClient.layer({ baseUrl: `${origin}/v1`, ...options }).pipe(
    Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("token") })),
    Layer.provide(http)
  )

const ours = (name: string, origin: string, http: Layer.Layer<HttpClient.HttpClient>): Contender => {
  const runtime = ManagedRuntime.make(clientLayer(origin, http))
  return {
    name,
    tracks: (calls, atOnce) =>
      runtime.runPromise(Effect.suspend(() => {
        let last = ""
        const call = Effect.map(Tracks.get(trackId), ({ name }) => {
          last = name
        })
        return Effect.map(
          Effect.forEach(Array.from({ length: calls }), () => call, { concurrency: atOnce, discard: true }),
          () => last
        )
      }))
  }
}

export const contenders = (origin: string) => ({
  raw: raw(origin),
  official: made("@spotify/web-api-ts-sdk", officialSdk(origin)),
  soundify: made("@soundify/web-api", soundify(origin)),
  webApiNode: made("spotify-web-api-node", webApiNode(origin)),
  undiciTransport: ours("effect-spotify, UndiciTransport", origin, UndiciTransport.layer),
  undici: ours("effect-spotify, NodeHttpClient.layerUndici", origin, NodeHttpClient.layerUndici),
  fetchTransport: ours("effect-spotify, FetchTransport", origin, FetchTransport.layer),
  fetch: ours("effect-spotify, FetchHttpClient", origin, FetchHttpClient.layer)
})
