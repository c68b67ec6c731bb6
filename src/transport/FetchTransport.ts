/**
 * A `fetch` that costs less: the answer of a call is read by one promise chain, without the response object, its cached
 * body and the second fiber of a general HTTP client.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Reading, readWeb } from "./body.js"
import { connectionDetail } from "./failure.js"
import { headersOf, isWrite, received, receivedSoFar, type Send, type Sending, withSend } from "./httpClient.js"

const fieldsOf = (headers: Headers): Record<string, string> => {
  const fields: Record<string, string> = {}
  headers.forEach((value, name) => {
    fields[name] = value
  })
  return fields
}

type Fields = { readonly [name: string]: string }

/** Ours in place of those of the `RequestInit`, in whatever capitals: `fetch` would join two of one name. */
const over = (preset: Headers | undefined, headers: Fields): Fields => {
  if (preset === undefined) return headers
  const merged = new Headers(preset)
  for (const [name, value] of Object.entries(headers)) merged.set(name, value)
  return fieldsOf(merged)
}

const send = (fetch: typeof globalThis.fetch, init: RequestInit): Send => {
  const preset = init.headers === undefined ? undefined : new Headers(init.headers)
  return (message, done) => {
    const controller = new AbortController()
    let soFar: Sending["soFar"] = () => undefined
    const read = async () => {
      const response = await fetch(message.url, {
        ...init,
        method: message.method,
        headers: over(preset, headersOf(message)),
        body: message.body?.text ?? null,
        // It would carry the bearer token along.
        redirect: "manual",
        signal: controller.signal
      })
      const reading = new Reading(
        response.status,
        isWrite(message),
        response.headers.get("content-encoding") ?? undefined,
        message.maxBodySize,
        true
      )
      soFar = () => receivedSoFar(response.status, reading, () => fieldsOf(response.headers))
      const body = await readWeb(response.body?.getReader?.(), response, reading)
      return received(response.status, body, () => fieldsOf(response.headers))
    }
    read().then(done, (error: unknown) => done(Effect.fail(connectionDetail(error, false))))
    return { abort: () => controller.abort(), aborted: Effect.void, soFar: () => soFar() }
  }
}

/**
 * An HTTP client on `fetch`, in place of `FetchHttpClient.layer`: `SpotifyClient` sends by the shorter way, everything
 * else that uses it gets `FetchHttpClient`. `FetchHttpClient.Fetch` and `RequestInit` are taken from the context where the
 * layer is built.
 *
 * @example
 * ```ts
 * import { Layer } from "effect"
 * import { SpotifyClient } from "effect-spotify"
 * import * as FetchTransport from "effect-spotify/FetchTransport"
 *
 * const client = SpotifyClient.layer().pipe(Layer.provide(FetchTransport.layer))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.flatMap(HttpClient.HttpClient, (http) =>
    Effect.contextWith((context: Context.Context<never>) =>
      withSend(
        http,
        send(
          Option.getOrElse(Context.getOption(context, FetchHttpClient.Fetch), () => globalThis.fetch),
          Option.getOrElse(Context.getOption(context, FetchHttpClient.RequestInit), () => ({}))
        )
      )
    ))
).pipe(Layer.provide(FetchHttpClient.layer))
