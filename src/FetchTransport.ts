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
import { connectionDetail } from "./internal/text.js"
import { headersOf, type Received, received, type Send, withSend } from "./internal/transport.js"

const fieldsOf = (headers: Headers): Record<string, string> => {
  const fields: Record<string, string> = {}
  headers.forEach((value, name) => {
    fields[name] = value
  })
  return fields
}

const send = (fetch: typeof globalThis.fetch, init: RequestInit): Send => {
  const preset = fieldsOf(new Headers(init.headers))
  return (message, done) => {
    const controller = new AbortController()
    let isAnswered = false
    const read = async (): Promise<Received> => {
      const response = await fetch(message.url, {
        ...init,
        method: message.method,
        headers: { ...preset, ...headersOf(message) },
        body: message.body?.text ?? null,
        // It would carry the bearer token along.
        redirect: "manual",
        signal: controller.signal
      })
      isAnswered = true
      return received(response.status, await response.text(), () => fieldsOf(response.headers))
    }
    read().then(
      (answer) => done(Effect.succeed(answer)),
      (error: unknown) => done(Effect.fail(connectionDetail(error, isAnswered)))
    )
    return { abort: () => controller.abort(), aborted: Effect.void }
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
