/**
 * Request batching by Effect's `RequestResolver`: single reads are deduplicated, grouped and made one batch, whose answer
 * is split again. Falls back to single reads where the app has lost the batch operation.
 */
import type * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Hash from "effect/Hash"
import * as Predicate from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import * as EffectRequest from "effect/Request"
import * as RequestResolver from "effect/RequestResolver"
import type { Priority } from "../budget/priority.js"
import { priority } from "../client/fiberRefs.js"
import type { Request, Response, SpotifyClient } from "../client/SpotifyClient.js"
import { useSpan } from "../core/span.js"
import { DecodeError, type Forbidden, NotFound, type SpotifyError } from "../core/SpotifyError.js"
import { pathOf } from "../core/text.js"
import { isLost, maxBatches, maxSingles } from "../endpoint/getMany.js"
import { lostBy } from "../endpoint/lostOperations.js"
import { ownerOf } from "../session/owner.js"
import type { SpotifySession } from "../session/SpotifySession.js"
import { type BatchOperation, parse } from "./batchOperations.js"
import { decorate, headersKey } from "./decorate.js"

/** A read of one thing, for Effect to collect. */
class Read extends EffectRequest.Class<Response, SpotifyError, {
  readonly client: SpotifyClient.Service
  readonly request: Request
  readonly batch: BatchOperation
  readonly id: string
  readonly query: string
  /** What reads must have in common to go together, beside the session. */
  readonly group: string
  readonly rank: Priority
  /** Of the layer that made it. */
  readonly resolver: unknown
  /** Whose answer it is, where Effect keeps it. */
  readonly owner: Redacted.Redacted | undefined
}> {
  [Equal.symbol](that: Equal.Equal): boolean {
    return that instanceof Read && this.id === that.id && this.group === that.group &&
      this.resolver === that.resolver && Equal.equals(this.owner, that.owner)
  }

  [Hash.symbol](): number {
    return Hash.string(this.id)
  }
}

/** The reads of one thing. */
type Asked = Arr.NonEmptyArray<Read>

/**
 * Whether the fiber is inside of a `batching: true`. No FiberRef says so: Effect asks itself whether the fiber has such a
 * step. Where another version hides that, each read becomes a request of Effect's, which is right and only slower.
 */
const isBatching = (fiber: Fiber.RuntimeFiber<unknown, unknown>): boolean =>
  fiber.getFiberRef(FiberRef.currentRequestBatchingEnabled) &&
  !(Predicate.hasProperty(fiber, "_steps") && Array.isArray(fiber._steps) && fiber._steps.length === 0)

const conditions = new Set(["if-none-match", "if-modified-since"])

/** A batch can't answer "not modified", but it can give the thing. */
const unconditional = (headers: Request["headers"]): Request["headers"] =>
  headers && Object.fromEntries(Object.entries(headers).filter(([name]) => !conditions.has(name.toLowerCase())))

const ofTheWhole = new Set(["content-encoding", "content-length", "etag", "last-modified", "transfer-encoding"])

const parts = (
  read: Read,
  asked: number,
  response: Response
): Either.Either<ReadonlyArray<unknown>, DecodeError> => {
  const json = Either.try((): unknown => JSON.parse(response.text))
  const { member } = read.batch
  const list = Either.isRight(json) && Predicate.hasProperty(json.right, member)
    ? json.right[member]
    : undefined
  if (Array.isArray(list) && list.length === asked) return Either.right(list)
  const got = Array.isArray(list) ? `${list.length} entries` : "no such list"
  return Either.left(unlike(read, asked, response.status, got))
}

const textOf = (one: unknown): Either.Either<string, unknown> => Either.try(() => JSON.stringify(one))

const unlike = ({ batch, request }: Read, asked: number, status: number, got: string): DecodeError =>
  new DecodeError({
    operation: request.operation,
    method: request.method,
    path: batch.path,
    status,
    issuePath: batch.member,
    expected: `${asked} entries, one for each id`,
    detail: "",
    message: `${request.operation}: ${asked} ids were asked for at once, and the answer has ${got}`
  })

const notFound = ({ id, request }: Read): NotFound =>
  new NotFound({
    operation: request.operation,
    method: request.method,
    path: pathOf(request.url),
    status: 404,
    detail: "",
    message: `${request.operation}: Spotify knows nothing by the id ${id}`
  })

const complete = (asked: Asked, exit: Exit.Exit<Response, SpotifyError>): Effect.Effect<void> =>
  Effect.forEach(asked, (read) => EffectRequest.complete(read, exit), { discard: true })

const completeAll = (all: ReadonlyArray<Asked>, exit: Exit.Exit<Response, SpotifyError>): Effect.Effect<void> =>
  Effect.forEach(all, (asked) => complete(asked, exit), { discard: true })

const split = (all: Arr.NonEmptyReadonlyArray<Asked>, response: Response): Effect.Effect<void> =>
  Either.match(parts(all[0][0], all.length, response), {
    onLeft: (error) => Effect.zipRight(response.forget ?? Effect.void, completeAll(all, Exit.fail(error))),
    onRight: (list) => {
      const headers = Object.fromEntries(Object.entries(response.headers).filter(([name]) => !ofTheWhole.has(name)))
      return Effect.forEach(all, (asked, i) =>
        complete(
          asked,
          list[i] === null
            ? Exit.fail(notFound(asked[0]))
            : Either.match(textOf(list[i]), {
              onLeft: () => Exit.fail(unlike(asked[0], all.length, response.status, "one that is nested too deeply")),
              onRight: (text) => Exit.succeed({ ...response, headers, text })
            })
        ), { discard: true })
    }
  })

const urlOf = ({ batch, query }: Read, all: ReadonlyArray<Asked>): string => {
  const ids = encodeURIComponent(all.map(([{ id }]) => id).join(","))
  return `${batch.path}?ids=${ids}${query === "" ? "" : `&${query}`}`
}

const sendBatch = (all: Arr.NonEmptyReadonlyArray<Asked>): Effect.Effect<Response, SpotifyError> => {
  const [[first]] = all
  const { batch, client, request } = first
  const attributes = { "http.request.method": "GET", "url.template": batch.path, "spotify.batch_size": all.length }
  return useSpan(
    `${request.operation} (batch)`,
    attributes,
    (span) => client.execute({ ...request, url: urlOf(first, all), headers: unconditional(request.headers), span })
  )
}

interface Group {
  readonly all: Arr.NonEmptyArray<Asked>
  readonly byId: Map<string, Asked>
}

/** What goes together, in the order asked for. */
const groupsOf = (reads: Arr.NonEmptyReadonlyArray<Read>): ReadonlyArray<Arr.NonEmptyReadonlyArray<Asked>> => {
  const bySession = new Map<SpotifySession.Service, Map<string, Group>>()
  for (const read of reads) {
    const { client: { session }, group, id, rank } = read
    const groups = bySession.get(session) ?? new Map<string, Group>()
    bySession.set(session, groups)
    const key = `${rank} ${group}`
    const found = groups.get(key)
    const asked = found?.byId.get(id)
    if (asked !== undefined) {
      asked.push(read)
      continue
    }
    const one: Asked = [read]
    if (found === undefined) groups.set(key, { byId: new Map([[id, one]]), all: [one] })
    else {
      found.byId.set(id, one)
      found.all.push(one)
    }
  }
  return [...bySession.values()].flatMap((groups) => Array.from(groups.values(), ({ all }) => all))
}

export const make = (client: SpotifyClient.Service): SpotifyClient.Service => {
  const lost = lostBy(client)

  const single = (asked: Asked): Effect.Effect<Exit.Exit<Response, SpotifyError>> => {
    const [{ client, request }] = asked
    return Effect.tap(Effect.exit(client.execute(request)), (exit) => complete(asked, exit))
  }

  /** Gives why a batch is refused, its reads still unanswered. */
  const answerAll = (all: Arr.NonEmptyReadonlyArray<Asked>): Effect.Effect<Forbidden | undefined> =>
    all.length === 1
      ? Effect.as(single(all[0]), undefined)
      : Effect.matchCauseEffect(sendBatch(all), {
        onSuccess: (response) => Effect.as(split(all, response), undefined),
        onFailure: (cause) =>
          cause._tag === "Fail" && isLost(cause.error)
            ? Effect.succeed(cause.error)
            : Effect.as(completeAll(all, Exit.failCause(cause)), undefined)
      })

  /** A 403 may be for everything that this app or user asks: the batch counts as lost only once a single read works. */
  const oneByOne = (
    [first, ...others]: Arr.NonEmptyReadonlyArray<Asked>,
    refusal: Forbidden
  ): Effect.Effect<void> =>
    Effect.flatMap(single(first), (exit) => {
      if (Exit.isFailure(exit) && exit.cause._tag === "Fail" && isLost(exit.cause.error)) {
        return completeAll(others, Exit.fail(refusal))
      }
      if (Exit.isSuccess(exit)) lost.add(first[0].batch.path)
      return Effect.forEach(others, single, { concurrency: maxSingles, discard: true })
    })

  const resolveAll = (all: Arr.NonEmptyReadonlyArray<Asked>): Effect.Effect<void> => {
    const { path, max } = all[0][0].batch
    if (lost.has(path)) return Effect.forEach(all, single, { concurrency: maxSingles, discard: true })
    const [first, ...others] = chunks(all, max)
    const refused = (all: ReadonlyArray<Asked>) => (refusal: Forbidden | undefined): Effect.Effect<void> =>
      refusal === undefined ? Effect.void : completeAll(all, Exit.fail(refusal))
    return Effect.flatMap(answerAll(first), (refusal) =>
      refusal === undefined
        ? Effect.forEach(others, (all) => Effect.flatMap(answerAll(all), refused(all)), {
          concurrency: maxBatches,
          discard: true
        })
        : oneByOne(all, refusal))
  }

  const resolver = RequestResolver.makeBatched((reads: Arr.NonEmptyArray<Read>) =>
    Effect.forEach(groupsOf(reads), (all) => Effect.locally(resolveAll(all), priority, all[0][0].rank), {
      concurrency: "unbounded",
      discard: true
    })
  )

  const ask = (client: SpotifyClient.Service, request: Request): Effect.Effect<Response, SpotifyError> =>
    Effect.withFiberRuntime((fiber) => {
      const keeps = fiber.getFiberRef(FiberRef.currentRequestCacheEnabled)
      if (!keeps && !isBatching(fiber)) return client.execute(request)
      const found = request.method === "GET" ? parse(request.url) : undefined
      if (found === undefined) return client.execute(request)
      const { batch, id, query } = found
      const read = (owner: Redacted.Redacted | undefined) =>
        new Read({
          client,
          request,
          batch,
          id,
          query,
          group: `${request.operation} ${batch.path}?${query} ${headersKey(unconditional(request.headers))}`,
          rank: fiber.getFiberRef(priority),
          resolver,
          owner
        })
      return keeps ? kept(client, read) : Effect.request(read(undefined), resolver)
    })

  /** With request caching, what is kept is one user's, and only `NotFound` is kept of the failures. */
  const kept = (
    client: SpotifyClient.Service,
    of: (owner: Redacted.Redacted | undefined) => Read
  ): Effect.Effect<Response, SpotifyError> =>
    Effect.flatMap(Effect.orElseSucceed(ownerOf(client.session), () => undefined), (owner) => {
      const read = of(owner)
      const asked = Effect.request(read, resolver)
      if (owner === undefined) return Effect.withRequestCaching(asked, false)
      const invalidate = Effect.flatMap(FiberRef.get(FiberRef.currentRequestCache), (cache) => cache.invalidate(read))
      return Effect.matchEffect(asked, {
        onFailure: (error) => Effect.zipRight(error._tag === "NotFound" ? Effect.void : invalidate, Effect.fail(error)),
        onSuccess: (response) =>
          Effect.succeed({ ...response, forget: Effect.zipRight(invalidate, response.forget ?? Effect.void) })
      })
    })

  return decorate(client, ask)
}

const chunks = <A>(
  all: Arr.NonEmptyReadonlyArray<A>,
  size: number
): Arr.NonEmptyReadonlyArray<Arr.NonEmptyReadonlyArray<A>> => {
  const [first, ...others] = all
  const result: Arr.NonEmptyArray<Arr.NonEmptyArray<A>> = [[first]]
  let last = result[0]
  for (const one of others) {
    if (last.length < size) last.push(one)
    else result.push(last = [one])
  }
  return result
}
