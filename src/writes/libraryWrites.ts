/** Long writes and lookups of the library, in batches. They are idempotent, so that a repeat needs no look first. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type { SpotifyClient } from "../client/SpotifyClient.js"
import { DecodeError, InvalidInput, type SpotifyError } from "../core/SpotifyError.js"
import { capOf } from "../endpoint/bounds.js"
import type { Endpoint } from "../endpoint/Endpoint.js"
import type * as BulkWrites from "./BulkWrites.js"
import { checker, isIterable, run } from "./longWrite.js"

type Uris = ReadonlyArray<string>

/** `Library.save` and `Library.remove`: a repeat does no harm. */
export const writeAll = (operation: string, endpoint: Endpoint<[options: { readonly uris: Uris }], void>) => {
  const check = checker(operation, endpoint.spec.query)
  const cap = capOf(operation, endpoint.spec.query, "uris")
  return <E = never, R = never, E2 = never, R2 = never>(
    uris: BulkWrites.Source<E, R>,
    options?: BulkWrites.Options<E2, R2>
  ): Effect.Effect<
    BulkWrites.Account,
    InvalidInput | BulkWrites.IncompleteWrite<E | E2>,
    SpotifyClient | R | R2
  > =>
    run(
      { operation, cap, check, send: (batch) => Effect.map(endpoint({ uris: batch }), () => undefined) },
      uris,
      options
    )
}

export const containsAll = (
  operation: string,
  contains: Endpoint<[options: { readonly uris: Uris }], ReadonlyArray<boolean>>
) => {
  const check = checker(operation, contains.spec.query)
  const cap = capOf(operation, contains.spec.query, "uris")
  const ask = (batch: Uris): Effect.Effect<ReadonlyArray<boolean>, SpotifyError, SpotifyClient> =>
    Effect.flatMap(
      contains({ uris: batch }),
      (answers) =>
        answers.length === batch.length
          ? Effect.succeed(answers)
          : Effect.fail(notOneForEach(batch.length, answers.length))
    )
  const notOneForEach = (asked: number, got: number) =>
    new DecodeError({
      operation,
      method: contains.spec.method,
      path: contains.spec.path,
      status: 200,
      issuePath: "",
      expected: `${asked} entries, one for each uri`,
      detail: "",
      message: `${operation}: ${asked} uris were asked for, and the answer has ${got} entries`
    })
  return <E = never, R = never>(
    uris: BulkWrites.Source<E, R>,
    { concurrency = 1 }: { readonly concurrency?: number | undefined } = {}
  ): Effect.Effect<Array<boolean>, SpotifyError | E, SpotifyClient | R> => {
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      return Effect.fail(InvalidInput.of(operation, "concurrency", "a whole number from 1"))
    }
    const checked: Stream.Stream<string, InvalidInput | E, R> = isIterable(uris)
      ? Stream.unwrap(Effect.map(Either.all(Array.from(uris, check)), Stream.fromIterable))
      : Stream.mapEffect(uris, check)
    return checked.pipe(
      Stream.grouped(cap),
      Stream.mapEffect((batch) => ask(Chunk.toReadonlyArray(batch)), { concurrency }),
      Stream.runFold([] as Array<boolean>, (all, answers) => all.concat(answers))
    )
  }
}
