import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Runtime from "effect/Runtime"
import { transportDetail } from "./text.js"

/** An answer with its whole body. */
export interface Received {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: { readonly [name: string]: string | undefined }
  readonly text: string
}

/**
 * Its headers are read where somebody asks for them: few do, and they cost as much as a tenth of a call. A class, since
 * the hidden class of an object with a getter of its own is old from the start, and keeps what the getter refers to.
 */
class Answer implements Received {
  private fields: Received["headers"] | undefined

  constructor(
    readonly status: number,
    readonly text: string,
    private readonly headersOf: () => Received["headers"]
  ) {}

  get headers(): Received["headers"] {
    return this.fields ??= this.headersOf()
  }
}

export const received = (status: number, text: string, headersOf: () => Received["headers"]): Received =>
  new Answer(status, text, headersOf)

export interface Message {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: { readonly contentType: string; readonly text: string } | undefined
}

export const headersOf = ({ body, headers }: Message): { [name: string]: string } =>
  body === undefined ? { ...headers } : { ...headers, "content-type": body.contentType }

/** A request on its way. */
export interface Sending {
  /** Gives it up; what is told after that is of no more interest. */
  readonly abort: () => void
  /** Waits until nothing is left of it. */
  readonly aborted: Effect.Effect<void>
}

/** Sends a message and tells of its answer, or of what went wrong: that is all that a call needs of an HTTP client. */
export type Send = (
  message: Message,
  done: (received: Effect.Effect<Received, string>) => void,
  caller: Fiber.RuntimeFiber<unknown, unknown>
) => Sending

const SendId: unique symbol = Symbol.for("effect-spotify/Send")

/** An HTTP client that can be passed by: it stays one for whoever else uses or wraps it. */
export const withSend = (http: HttpClient.HttpClient, send: Send): HttpClient.HttpClient =>
  Object.assign(Object.create(http), { [SendId]: send })

const isSend = (input: unknown): input is Send => typeof input === "function"

export const sendOf = (http: HttpClient.HttpClient): Send =>
  Predicate.hasProperty(http, SendId) && isSend(http[SendId]) ? http[SendId] : through(http)

const untraced = () => true

/** For a fiber of a request: no trace headers on the wire, no span beside ours, and it is nobody's failure but its caller's. */
const quiet = (refs: FiberRefs.FiberRefs, fiberId: FiberId.Runtime): FiberRefs.FiberRefs =>
  FiberRefs.updateAs(
    FiberRefs.updateAs(refs, { fiberId, fiberRef: HttpClient.currentTracerDisabledWhen, value: untraced }),
    { fiberId, fiberRef: FiberRef.unhandledErrorLogLevel, value: Option.none() }
  )

/** No redirect is followed behind our back: it would carry the bearer token along. */
export const withoutRedirects = <R>(context: Context.Context<R>): Context.Context<R | FetchHttpClient.RequestInit> =>
  Context.add(context, FetchHttpClient.RequestInit, {
    ...Option.getOrUndefined(Context.getOption(context, FetchHttpClient.RequestInit)),
    redirect: "manual"
  })

/** An HTTP client that fails on a status (`filterStatusOk`) has an answer all the same. */
const refused = (
  error: HttpClientError.HttpClientError
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError> =>
  error._tag === "ResponseError" && error.reason === "StatusCode"
    ? Effect.succeed(error.response)
    : Effect.fail(error)

const read = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<Received, HttpClientError.HttpClientError> =>
  Effect.map(response.text, (text) => received(response.status, text, () => response.headers))

const lost = (error: HttpClientError.HttpClientError): Effect.Effect<never, string> =>
  Effect.fail(transportDetail(error))

const through = (http: HttpClient.HttpClient): Send => (message, done, caller) => {
  const made = HttpClientRequest.make(message.method)(message.url, { headers: message.headers })
  const request = message.body === undefined
    ? made
    : HttpClientRequest.bodyText(made, message.body.text, message.body.contentType)
  const runtime = Runtime.make({
    context: withoutRedirects(caller.currentContext),
    fiberRefs: caller.getFiberRefs(),
    runtimeFlags: Runtime.defaultRuntimeFlags
  })
  // Its own fiber, since only a fiber can be interrupted; the answer isn't its result, which the runtime would hold on to.
  const fiber = Runtime.runFork(
    runtime,
    Effect.map(
      Effect.exit(Effect.catchAll(Effect.flatMap(Effect.catchAll(http.execute(request), refused), read), lost)),
      done
    ),
    { updateRefs: quiet }
  )
  return {
    abort: () => fiber.unsafeInterruptAsFork(FiberId.none),
    aborted: Effect.asVoid(Fiber.await(fiber))
  }
}
