/**
 * A `SpotifyClient` whose answers a test gives itself, operation by operation and typed as the operations are. It needs no
 * session, no `HttpClient` and no network. Where a test needs a Spotify that remembers, `FakeSpotify` is one.
 *
 * @since 0.2.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { errorOf } from "../client/answer.js"
import { type Request, type Response, SpotifyClient, type Status } from "../client/SpotifyClient.js"
import { InvalidInput, type SpotifyError } from "../core/SpotifyError.js"
import { pathOf } from "../core/text.js"
import type { Endpoint, Spec } from "../endpoint/Endpoint.js"
import * as SpotifySession from "../session/SpotifySession.js"
import * as Wire from "./wire.js"

/**
 * An answer of Spotify's that is no success. The client makes of it the error that it makes of Spotify's own.
 *
 * @since 0.2.0
 * @category models
 */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly status: number
  readonly detail: string
  readonly reason: string | undefined
}> {
  override get message(): string {
    return `Spotify answers ${this.status}${this.detail === "" ? "" : ` ${this.detail}`}`
  }
}

/**
 * What an operation answers in a test; `on` makes it.
 *
 * @since 0.2.0
 * @category models
 */
export interface Answer {
  readonly endpoint: { readonly spec: Spec }
  /** Gives the answer to arguments as the operation takes them. */
  readonly handle: (args: ReadonlyArray<unknown>) => Effect.Effect<unknown, SpotifyError | Refusal>
}

/**
 * The program under test called an operation that the test has no answer for. It is a defect, since no program should
 * recover from it.
 *
 * @since 0.2.0
 * @category errors
 */
export class UnansweredOperation extends Data.TaggedError("UnansweredOperation")<{
  /** The operation's name, for example `Tracks.get`. */
  readonly operation: string
  readonly answered: ReadonlyArray<string>
  readonly message: string
}> {}

/**
 * Says what an operation answers: an effect, or a function of the operation's own arguments that gives one. The id comes
 * bare, whether it was called with an id, a URI or a link. A failure is a `SpotifyError`, or what `refuse` makes.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Library, Users } from "effect-spotify"
 * import { Sample, TestClient } from "effect-spotify/testing"
 *
 * const signedIn = TestClient.on(Users.me, Effect.succeed(Sample.me({ display_name: "Ada" })))
 * const saves = TestClient.on(Library.save, ({ uris }) => Effect.log(`saved ${uris.length}`))
 * ```
 *
 * @since 0.2.0
 * @category constructors
 */
export const on = <Args extends ReadonlyArray<unknown>, A>(
  operation: Endpoint<Args, A>,
  answer:
    | Effect.Effect<NoInfer<A>, SpotifyError | Refusal>
    | ((...args: Args) => Effect.Effect<NoInfer<A>, SpotifyError | Refusal>)
): Answer => ({
  endpoint: operation,
  // What was sent is read by the schemas of the operation, whose types are those of its arguments.
  handle: (args) => Effect.isEffect(answer) ? answer : Effect.suspend(() => Reflect.apply(answer, undefined, args))
})

/**
 * Fails as the operation does where Spotify answers with this status: 404 is `NotFound`, 403 `Forbidden`, 500
 * `ServerError`, at once and without repeats.
 *
 * @example
 * ```ts
 * import { Player } from "effect-spotify"
 * import { TestClient } from "effect-spotify/testing"
 *
 * const idle = TestClient.on(Player.pause, TestClient.refuse(404, "No active device found", "NO_ACTIVE_DEVICE"))
 * ```
 *
 * @since 0.2.0
 * @category constructors
 */
export const refuse = (status: number, detail = "", reason?: string): Effect.Effect<never, Refusal> =>
  Effect.fail(new Refusal({ status, detail, reason }))

const idle: Status = {
  inFlight: 0,
  limit: 64,
  waiting: 0,
  background: 0,
  waitingFor: Option.none(),
  pausedUntil: Option.none(),
  nextAt: Option.none(),
  requestsPerSecond: Option.none(),
  fleet: Option.none()
}

const unanswered = (operation: string, answers: ReadonlyArray<Answer>): UnansweredOperation => {
  const answered = answers.map(({ endpoint }) => endpoint.spec.operation)
  return new UnansweredOperation({
    operation,
    answered,
    message: `${operation} was called, and the test has no answer for it: give TestClient.layer a TestClient.on(` +
      `${operation}, …). It has answers for ${answered.length === 0 ? "no operation" : answered.join(", ")}`
  })
}

const answered = (request: Request, answer: unknown): Response => {
  const value = Option.isOption(answer) ? Option.getOrUndefined(answer) : answer
  return {
    status: value === undefined ? 204 : 200,
    headers: { "content-type": "application/json; charset=utf-8" },
    url: request.url,
    text: value === undefined ? "" : JSON.stringify(value)
  }
}

const refused = (request: Request, refusal: Refusal, session: SpotifySession.Service): Effect.Effect<SpotifyError> =>
  errorOf(
    request,
    pathOf(request.url),
    {
      status: refusal.status,
      headers: {},
      url: request.url,
      text: JSON.stringify({ error: { status: refusal.status, message: refusal.detail, reason: refusal.reason } })
    },
    session,
    undefined
  )

/**
 * A client that answers what it is given answers for; where there are two for one operation, by the last.
 *
 * @since 0.2.0
 * @category constructors
 */
export const make = (
  ...answers: ReadonlyArray<Answer>
): Effect.Effect<SpotifyClient.Service, InvalidInput, Scope.Scope> =>
  Effect.gen(function*() {
    for (const { endpoint } of answers) {
      const parts = Wire.partsOf(endpoint)
      if (parts !== undefined) {
        return yield* InvalidInput.of(
          "TestClient.on",
          "operation",
          `one of Spotify's: ${parts.name} is made of ${parts.operations.join(" and ")}, which can be answered`
        )
      }
    }
    const find = (request: Request): Effect.Effect<unknown, SpotifyError | Refusal> => {
      const found = answers.findLast(({ endpoint }) => Wire.isOf(endpoint.spec, request))
      if (found !== undefined) {
        return Effect.flatMap(Effect.orDie(Wire.argumentsOf(found.endpoint.spec, request)), found.handle)
      }
      // Many at once are answered one by one, since a program chooses between the two by their number.
      const batch = Wire.batchOf(request)
      const single = batch && answers.findLast(({ endpoint }) => endpoint.spec.path === batch.single)
      return batch === undefined || single === undefined
        ? Effect.die(unanswered(Wire.nameOf(request), answers))
        : Effect.flatMap(Effect.orDie(batch.arguments), ([ids, options]) =>
          Effect.map(
            Effect.forEach(ids, (id) =>
              Effect.catchAll(
                single.handle([id, options]),
                (error) =>
                  error._tag === "NotFound" || (error._tag === "Refusal" && error.status === 404)
                    ? Effect.succeed(null)
                    : Effect.fail(error)
              )),
            (all) => ({ [batch.member]: all })
          ))
    }
    const of = (session: SpotifySession.Service): SpotifyClient.Service => ({
      session,
      market: undefined,
      execute: (request) =>
        Effect.matchEffect(Effect.suspend(() => find(request)), {
          onFailure: (error) =>
            error._tag === "Refusal" ? Effect.flip(refused(request, error, session)) : Effect.fail(error),
          onSuccess: (answer) => Effect.succeed(answered(request, answer))
        }),
      status: Effect.succeed(idle),
      onStatus: () => Effect.void,
      withSession: of
    })
    return of(yield* SpotifySession.makeToken({ accessToken: Redacted.make("test-token") }))
  })

/**
 * A client that answers what it is given answers for; where there are two for one operation, by the last. Any other
 * operation dies with `UnansweredOperation`.
 *
 * Paging, `getMany`, `BulkWrites`, `PlaylistSync` and the layers over a client work on it, as far as the operations that
 * they call have answers; of an operation for many ids and one for a single one, the latter's is enough.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Tracks } from "effect-spotify"
 * import { Sample, TestClient } from "effect-spotify/testing"
 *
 * const name = Tracks.get("7EjyzZcbLxW7PaaLua9Ksb").pipe(Effect.map((track) => track.name))
 *
 * const test = name.pipe(
 *   Effect.provide(TestClient.layer(
 *     TestClient.on(Tracks.get, (id) => Effect.succeed(Sample.track({ id, name: "Lantern Weather" })))
 *   ))
 * )
 * ```
 *
 * @since 0.2.0
 * @category layers
 */
export const layer = (...answers: ReadonlyArray<Answer>): Layer.Layer<SpotifyClient, InvalidInput> =>
  Layer.scoped(SpotifyClient, make(...answers))
