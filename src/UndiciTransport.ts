/**
 * undici at less cost: an answer is read as it comes from the dispatcher, without the response object, the web stream, the
 * cached body and the second fiber of a general HTTP client. For programs on Node that make many calls.
 *
 * @since 0.1.0
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Undici from "@effect/platform-node/Undici"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { connectionDetail } from "./internal/text.js"
import { headersOf, type Received, received, type Send, withSend } from "./internal/transport.js"

type Fields = { readonly [name: string]: string | ReadonlyArray<string> | undefined }

const fieldsOf = (headers: Fields): Received["headers"] => {
  const fields: Record<string, string | undefined> = {}
  for (const name in headers) {
    const value = headers[name]
    fields[name] = typeof value === "object" ? value.join(", ") : value
  }
  return fields
}

const send = (dispatcher: Undici.Dispatcher): Send => (message, done) => {
  const { origin, pathname, search } = new URL(message.url)
  const chunks: Array<Buffer> = []
  let status = 0
  let headers: Fields = {}
  let isAborted = false
  let controller: Undici.Dispatcher.DispatchController | undefined
  dispatcher.dispatch({
    origin,
    path: pathname + search,
    method: message.method,
    headers: headersOf(message),
    body: message.body?.text ?? null,
    // How long a call may take is the client's business.
    headersTimeout: 0,
    bodyTimeout: 0
  }, {
    onRequestStart: (started) => {
      controller = started
      if (isAborted) started.abort(new Error("aborted"))
    },
    onResponseStart: (_, code, fields) => {
      status = code
      headers = fields
    },
    onResponseData: (_, chunk) => {
      chunks.push(chunk)
    },
    onResponseEnd: () => {
      const [only, ...others] = chunks
      const body = only === undefined || others.length > 0 ? Buffer.concat(chunks) : only
      done(Effect.succeed(received(status, body.toString(), () => fieldsOf(headers))))
    },
    onResponseError: (_, error) => done(Effect.fail(connectionDetail(error, status > 0)))
  })
  return {
    abort: () => {
      isAborted = true
      controller?.abort(new Error("aborted"))
    },
    aborted: Effect.void
  }
}

/**
 * An HTTP client on the dispatcher of the context, for one of your own: a proxy, more connections, another pool.
 *
 * undici asks for no compression; a dispatcher with its `decompress` interceptor does, which costs CPU and saves bytes.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWithoutDispatcher: Layer.Layer<HttpClient.HttpClient, never, NodeHttpClient.Dispatcher> = Layer
  .effect(
    HttpClient.HttpClient,
    Effect.map(
      NodeHttpClient.Dispatcher,
      (dispatcher) => withSend(NodeHttpClient.makeUndici(dispatcher), send(dispatcher))
    )
  )

/**
 * An HTTP client on a dispatcher of its own, in place of `NodeHttpClient.layerUndici`: `SpotifyClient` sends by the
 * shorter way, everything else that uses it gets `layerUndici`'s client.
 *
 * @example
 * ```ts
 * import { Layer } from "effect"
 * import { SpotifyClient } from "effect-spotify"
 * import * as UndiciTransport from "effect-spotify/UndiciTransport"
 *
 * const client = SpotifyClient.layer().pipe(Layer.provide(UndiciTransport.layer))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.provide(
  layerWithoutDispatcher,
  NodeHttpClient.dispatcherLayer
)
