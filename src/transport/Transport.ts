/**
 * A transport of your own: how a request of the client leaves and its answer comes, where an `HttpClient` won't do.
 *
 * @since 0.2.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Message, withSend } from "./httpClient.js"

export { type Message } from "./httpClient.js"

/**
 * An answer with its whole body: any status, also of a redirect, which isn't to be followed.
 *
 * @since 0.2.0
 * @category models
 */
export interface Answer {
  readonly status: number
  /** By their names in lower case; several of one name are joined by ", ". */
  readonly headers: { readonly [name: string]: string | undefined }
  /** Unpacked, without a byte order mark. */
  readonly text: string
  /** Whether the body of a success was longer than `maxBodySize`; the call fails with a `DecodeError` then. */
  readonly isCut?: boolean | undefined
}

/**
 * A request on its way.
 *
 * @since 0.2.0
 * @category models
 */
export interface Sending {
  /** Gives it up, since it takes too long or the caller is gone; what is told after that is of no more interest. */
  readonly abort: () => void
}

/**
 * Sends a message once and tells, once, of its answer, or in words of why there is none. What it says is shown to people:
 * a code such as `ECONNRESET`, and nothing of the headers.
 *
 * @since 0.2.0
 * @category models
 */
export type Send = (
  message: Message,
  done: (result: Effect.Effect<Answer, string>) => void
) => Sending

/**
 * The HTTP client that it is given, for whoever else uses it; `SpotifyClient` sends by `send`. Timeouts, repeats, pacing
 * and the token stay the client's business. Requests for tokens go by the HTTP client.
 *
 * @example
 * ```ts
 * import { FetchHttpClient } from "@effect/platform"
 * import { Effect, Layer } from "effect"
 * import { SpotifyClient } from "effect-spotify"
 * import * as Transport from "effect-spotify/Transport"
 *
 * // Answers that were recorded before, by their URL.
 * declare const recorded: Map<string, string>
 *
 * const Recorded = Transport.layer(({ url }, done) => {
 *   const text = recorded.get(url)
 *   done(text === undefined ? Effect.fail("it wasn't recorded") : Effect.succeed({ status: 200, headers: {}, text }))
 *   return { abort: () => undefined }
 * })
 *
 * const client = SpotifyClient.layer().pipe(Layer.provide(Recorded), Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @since 0.2.0
 * @category layers
 */
export const layer = (send: Send): Layer.Layer<HttpClient.HttpClient, never, HttpClient.HttpClient> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (http) =>
      withSend(http, (message, done) => {
        const { abort } = send(
          message,
          (result) => done(Effect.map(result, (answer) => ({ ...answer, isCut: answer.isCut === true })))
        )
        return { abort, aborted: Effect.void, soFar: () => undefined }
      }))
  )
