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
import * as zlib from "node:zlib"
import { type Read, Reading } from "./body.js"
import { connectionDetail } from "./failure.js"
import { headersOf, isWrite, type Received, received, receivedSoFar, type Send, withSend } from "./httpClient.js"
import { asking } from "./onNode.js"

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
  let reading: Reading | undefined
  let status = 0
  let headers: Fields = {}
  let isAborted = false
  let isEnded = false
  let controller: Undici.Dispatcher.DispatchController | undefined
  const end = (read: Read | Promise<Read>): void => {
    isEnded = true
    if (read instanceof Promise) void read.then(end)
    else done(received(status, read, () => fieldsOf(headers)))
  }
  dispatcher.dispatch({
    origin,
    path: pathname + search,
    method: message.method,
    headers: asking(zlib, headersOf(message)),
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
      const encoding = fields["content-encoding"]
      reading = new Reading(
        code,
        isWrite(message),
        encoding === undefined ? encoding : String(encoding),
        message.maxBodySize,
        false,
        zlib
      )
    },
    onResponseData: (controller, chunk) => {
      if (isEnded || reading === undefined || reading.add(chunk)) return
      end(reading.end())
      controller.abort(new Error("aborted"))
    },
    onResponseEnd: () => {
      if (reading !== undefined) end(reading.end())
    },
    onResponseError: (_, error) => {
      if (isEnded) return
      if (reading === undefined) done(Effect.fail(connectionDetail(error, false)))
      else end(reading.lost(error))
    }
  })
  return {
    abort: () => {
      isAborted = true
      controller?.abort(new Error("aborted"))
    },
    aborted: Effect.void,
    soFar: () => reading && receivedSoFar(status, reading, () => fieldsOf(headers))
  }
}

/**
 * An HTTP client on the dispatcher of the context, for one of your own: a proxy, more connections, another pool.
 *
 * Answers are asked for packed (br, gzip, deflate, and zstd where Node reads it) and unpacked here: the dispatcher needs no
 * interceptor for it.
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
