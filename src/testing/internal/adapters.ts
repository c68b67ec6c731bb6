import * as HttpApp from "@effect/platform/HttpApp"
import type * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Chunk from "effect/Chunk"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type { Incoming, Reply } from "./http.js"
import { apiOrigin, imageOrigin } from "./http.js"

/** The connection broke before there was an answer. */
export class ConnectionReset extends Data.TaggedError("ConnectionReset")<{ readonly message: string }> {}

export type Handle = (request: Incoming) => Effect.Effect<Reply, ConnectionReset>

const decoder = new TextDecoder()

const bodyText = (body: HttpBody.HttpBody): Effect.Effect<string> => {
  switch (body._tag) {
    case "Empty":
    case "FormData":
      return Effect.succeed("")
    case "Uint8Array":
      return Effect.succeed(decoder.decode(body.body))
    case "Raw":
      return Effect.succeed(body.body instanceof Uint8Array ? decoder.decode(body.body) : String(body.body))
    case "Stream":
      return Stream.runCollect(Stream.decodeText(body.stream)).pipe(
        Effect.map((chunks) => Chunk.join(chunks, "")),
        Effect.orDie
      )
  }
}

const withoutBody = new Set([204, 205, 304])

const half = (body: string): string => body.slice(0, Math.ceil(body.length / 2))

/** The reply's body, or the half of it that arrives before the connection breaks. */
const responseBody = ({ body, brokenOff, status }: Reply): BodyInit | null => {
  if (body === "" || withoutBody.has(status)) return null
  if (brokenOff !== true) return body
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(half(body)))
    },
    pull(controller) {
      controller.error(new TypeError("terminated"))
    }
  })
}

export const makeClient = (handle: Handle): HttpClient.HttpClient =>
  HttpClient.make((request, url) =>
    bodyText(request.body).pipe(
      Effect.flatMap((body) => handle({ method: request.method, url, headers: request.headers, body })),
      Effect.map(({ headers, status, ...reply }) =>
        HttpClientResponse.fromWeb(
          request,
          new Response(responseBody({ headers, status, ...reply }), { status, headers: { ...headers } })
        )
      ),
      Effect.mapError((error) =>
        new HttpClientError.RequestError({ request, reason: "Transport", description: error.message })
      )
    )
  )

const call = (target: unknown, ...names: ReadonlyArray<string>): boolean => {
  for (const name of names) {
    if (Predicate.hasProperty(target, name)) {
      const method = target[name]
      if (typeof method === "function") {
        method.call(target)
        return true
      }
    }
  }
  return false
}

/** The TCP socket beneath a request, where the platform shows it (Node does). */
const socketOf = (request: HttpServerRequest.HttpServerRequest): unknown =>
  Predicate.hasProperty(request.source, "socket") ? request.source.socket : undefined

const abandoned = Effect.interruptible(Effect.never)

const reset = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
  Effect.suspend(() =>
    call(socketOf(request), "resetAndDestroy", "destroy")
      ? abandoned
      // A body that fails is the nearest thing to a lost connection that every platform has.
      : Effect.succeed(HttpServerResponse.stream(Stream.fail(new ConnectionReset({ message: "connection reset" }))))
  )

const cors = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "ETag, Retry-After"
}

const preflight = HttpServerResponse.empty({
  headers: {
    ...cors,
    "access-control-allow-headers": "Accept, Authorization, Content-Type, If-None-Match",
    "access-control-allow-methods": "GET, POST, PUT, DELETE",
    "access-control-max-age": "600"
  }
})

const respond = (
  request: HttpServerRequest.HttpServerRequest,
  reply: Reply,
  origin: string
): HttpServerResponse.HttpServerResponse => {
  // Links lead back to this server: a client follows them.
  const body = reply.body.replaceAll(apiOrigin, origin).replaceAll(imageOrigin, origin)
  const options = {
    status: reply.status,
    // Spotify's 429 has no CORS headers, so that a browser sees a network error.
    headers: reply.status === 429 ? reply.headers : { ...reply.headers, ...cors }
  }
  const contentType = reply.headers["content-type"]
  if (reply.brokenOff === true) {
    const bytes = new TextEncoder().encode(body)
    const rest = Stream.execute(Effect.suspend(() => {
      call(socketOf(request), "destroySoon", "destroy")
      return abandoned
    }))
    return HttpServerResponse.stream(
      Stream.concat(Stream.make(bytes.slice(0, bytes.length / 2)), rest),
      { ...options, contentType: contentType ?? "application/json", contentLength: bytes.length }
    )
  }
  return body === "" || contentType === undefined
    ? HttpServerResponse.empty(options)
    : HttpServerResponse.text(body, { ...options, contentType })
}

export const makeHttpApp = (handle: Handle): HttpApp.Default =>
  Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    if (request.method === "OPTIONS") return preflight
    const origin = `http://${request.headers["host"] ?? "127.0.0.1"}`
    const body = request.method === "GET" ? "" : yield* Effect.orDie(request.text)
    return yield* handle({
      method: request.method,
      url: new URL(request.url, origin),
      headers: request.headers,
      body
    }).pipe(
      Effect.map((reply) => respond(request, reply, origin)),
      Effect.catchTag("ConnectionReset", () => reset(request))
    )
  }).pipe(Effect.interruptible)
