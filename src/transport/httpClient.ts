import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Runtime from "effect/Runtime"
import * as Stream from "effect/Stream"
import { type Read, Reading, readWeb } from "./body.js"
import { transportDetail } from "./failure.js"
import { asking, builtin, readableOf, readNode } from "./onNode.js"

/** An answer with its whole body. */
export interface Received {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: { readonly [name: string]: string | undefined }
  readonly text: string
  /** Whether it is a success whose body is more than `maxBodySize`. */
  readonly isCut: boolean
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
    readonly isCut: boolean,
    private readonly headersOf: () => Received["headers"]
  ) {}

  get headers(): Received["headers"] {
    return this.fields ??= this.headersOf()
  }
}

/** An answer, once its body has been read. */
export const received = (
  status: number,
  read: Read,
  headersOf: () => Received["headers"]
): Either.Either<Received, string> =>
  Either.isLeft(read)
    ? Either.left(read.left)
    : Either.right(new Answer(status, read.right.text, read.right.isCut, headersOf))

export const isWrite = ({ method }: Pick<Message, "method">): boolean => method !== "GET"

/** The answer with what has come of its body, where that will do. */
export const receivedSoFar = (
  status: number,
  reading: Reading,
  headersOf: () => Received["headers"]
): Effect.Effect<Received, string> | undefined => {
  const read = reading.soFar()
  return read && Effect.flatMap(
    read instanceof Promise ? Effect.promise(() => read) : Effect.succeed(read),
    (read) => received(status, read, headersOf)
  )
}

/**
 * What is to be sent. The bearer token is among the headers, whose names are in lower case.
 *
 * @since 0.2.0
 * @category models
 */
export interface Message {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  /** Its `contentType` isn't among the headers. */
  readonly body: { readonly contentType: string; readonly text: string } | undefined
  /** How many bytes of an answer's body are to be read at most, unpacked; `Infinity` for any number. */
  readonly maxBodySize: number
}

export const headersOf = ({ body, headers }: Message): { [name: string]: string } =>
  body === undefined ? { ...headers } : { ...headers, "content-type": body.contentType }

/** A request on its way. */
export interface Sending {
  /** Gives it up; what is told after that is of no more interest. */
  readonly abort: () => void
  /** Waits until nothing is left of it. */
  readonly aborted: Effect.Effect<void>
  /** The answer with what has come of its body, where it has begun and that will do. */
  readonly soFar: () => Effect.Effect<Received, string> | undefined
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
const withoutRedirects = <R>(context: Context.Context<R>): Context.Context<R | FetchHttpClient.RequestInit> =>
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

const ownOf = (input: unknown, name: string): unknown =>
  Predicate.isObject(input) && Object.hasOwn(input, name) && Predicate.hasProperty(input, name)
    ? input[name]
    : undefined

/**
 * What a client of the platform reads from. Its `stream` costs a millisecond, which is more than all the rest of a call,
 * and its `text` knows no limit; where this finds nothing, as in a response that somebody has wrapped, `stream` it is.
 */
const sourceOf = (response: HttpClientResponse.HttpClientResponse): unknown =>
  ownOf(ownOf(response, "original") ?? response, "source")

const fromWeb = (response: Response, reading: Reading): Effect.Effect<Read> =>
  Effect.async((resume) => {
    const reader = response.body?.getReader()
    void readWeb(reader, response, reading).then((read) => resume(Effect.succeed(read)))
    return Effect.sync(() => {
      reader?.cancel().catch(() => {})
    })
  })

const ended = (
  adding: Effect.Effect<unknown, HttpClientError.HttpClientError>,
  reading: Reading
): Effect.Effect<Read> =>
  Effect.matchEffect(adding, {
    onFailure: (error) => Effect.promise(async () => reading.lost(error.cause)),
    onSuccess: () => Effect.promise(async () => reading.end())
  })

const addText = (response: HttpClientResponse.HttpClientResponse, reading: Reading) =>
  Effect.map(response.text, (text) => reading.add(new TextEncoder().encode(text)))

const addStream = (response: HttpClientResponse.HttpClientResponse, reading: Reading) =>
  Stream.runForEachWhile(response.stream, (chunk) => Effect.sync(() => reading.add(chunk))).pipe(
    // It has been read already, or is none, as in React Native.
    Effect.catchAllDefect(() => addText(response, reading)),
    Effect.catchIf((error) => error.reason === "EmptyBody", () => addText(response, reading))
  )

/** How the body of an answer is read, up to so many bytes. */
const readingOf = (
  response: HttpClientResponse.HttpClientResponse,
  status: number,
  isWrite: boolean,
  maxBodySize: number
): { readonly reading: Reading; readonly read: Effect.Effect<Read> } => {
  const source = sourceOf(response)
  const web = typeof Response === "function" && source instanceof Response ? source : undefined
  const node = readableOf(source) ?? readableOf(ownOf(source, "body"))
  const reading = new Reading(status, isWrite, response.headers["content-encoding"], maxBodySize, node === undefined)
  // Somebody before us has looked at it; the response keeps its text for that.
  const isLooked = node?.readableDidRead === true || web?.bodyUsed === true || web?.body?.locked === true
  const read = isLooked
    ? ended(addText(response, reading), reading)
    : node !== undefined
    ? readNode(node, reading)
    : web === undefined
    ? ended(addStream(response, reading), reading)
    : fromWeb(web, reading)
  return { reading, read }
}

/**
 * By an HTTP client of any kind. A request for a token has `tokens` in its context beside what the caller's has, and all
 * of its answer's body is needed, whatever the status.
 */
export const through =
  (http: HttpClient.HttpClient, tokens?: Context.Context<never>): Send => (message, done, caller) => {
    const made = HttpClientRequest.make(message.method)(message.url, { headers: asking(builtin, message.headers) })
    const request = message.body === undefined
      ? made
      : HttpClientRequest.bodyText(made, message.body.text, message.body.contentType)
    const runtime = Runtime.make({
      context: withoutRedirects(tokens ? Context.merge(caller.currentContext, tokens) : caller.currentContext),
      fiberRefs: caller.getFiberRefs(),
      runtimeFlags: Runtime.defaultRuntimeFlags
    })
    let soFar: Sending["soFar"] = () => undefined
    const answer = Effect.catchAll(http.execute(request), refused).pipe(
      Effect.mapError(transportDetail),
      Effect.flatMap((response) => {
        const { status } = response
        const { read, reading } = readingOf(
          response,
          tokens ? 200 : status,
          !tokens && isWrite(message),
          message.maxBodySize
        )
        soFar = () => receivedSoFar(status, reading, () => response.headers)
        return Effect.flatMap(read, (read) => received(status, read, () => response.headers))
      })
    )
    // Its own fiber, since only a fiber can be interrupted; the answer isn't its result, which the runtime would hold on to.
    const fiber = Runtime.runFork(runtime, Effect.map(Effect.exit(answer), done), { updateRefs: quiet })
    return {
      abort: () => fiber.unsafeInterruptAsFork(FiberId.none),
      aborted: Effect.asVoid(Fiber.await(fiber)),
      soFar: () => soFar()
    }
  }
