/** A client of a FakeSpotify in the same process, and what it sends, as it leaves. */
import { HttpClient } from "@effect/platform"
import { Context, Effect, Layer } from "effect"
import type * as SpotifyClient from "effect-spotify/SpotifyClient"
import { FakeSpotify } from "effect-spotify/testing"
import { clientLayer } from "./client.js"

export interface Sent {
  readonly method: string
  /** Path and query, encoded as they are. */
  readonly url: string
  readonly contentType: string | undefined
  readonly body: unknown
}

export class Wire extends Context.Tag("test/Wire")<Wire, Array<Sent>>() {}

const api = "https://api.spotify.com/v1"

const bodyOf = (contentType: string | undefined, bytes: Uint8Array): unknown => {
  const text = new TextDecoder().decode(bytes)
  return contentType === "application/json" ? JSON.parse(text) : text
}

const recording = Layer.effectContext(Effect.map(HttpClient.HttpClient, (client) => {
  const sent: Array<Sent> = []
  const recorder = HttpClient.tapRequest(client, ({ body, method, url, urlParams }) =>
    Effect.sync(() => {
      if (!url.startsWith(api) || urlParams.length > 0) throw new Error(`a request to another place: ${url}`)
      const { contentType, data } = body._tag === "Uint8Array"
        ? { contentType: body.contentType, data: bodyOf(body.contentType, body.body) }
        : { contentType: undefined, data: undefined }
      sent.push({ method, url: url.slice(api.length), contentType, body: data })
    }))
  return Context.make(HttpClient.HttpClient, recorder).pipe(Context.add(Wire, sent))
}))

export const layer = (
  options: { readonly client?: SpotifyClient.Options; readonly fake?: FakeSpotify.Options } = {}
) =>
  clientLayer(options.client).pipe(
    Layer.provideMerge(recording.pipe(Layer.provideMerge(FakeSpotify.layer(options.fake))))
  )
