/**
 * Batched reads with a fallback: many things by few requests, or one by one, a few at a time, where the app has lost the
 * batch operation.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { SpotifyClient } from "../client/SpotifyClient.js"
import { at, isShape, report } from "../client/unreadable.js"
import { attempt, instead, readOptions, shown } from "../core/input.js"
import { DecodeError, type Forbidden, InvalidInput, type SpotifyError } from "../core/SpotifyError.js"
import * as SpotifyId from "../core/SpotifyId.js"
import { capOf } from "./bounds.js"
import type { Endpoint } from "./Endpoint.js"
import { lostBy } from "./lostOperations.js"

export const maxSingles = 8
export const maxBatches = 4

/** Whether an error may mean that the app has lost the batch operation: a 403 that no missing scope explains. */
export const isLost = (error: SpotifyError): error is Forbidden =>
  error._tag === "Forbidden" && error.missingScopes.length === 0

/**
 * Reads any number of things by batches, or one by one where the app has lost the batch operation. A 403 is only taken
 * for that once reading one by one has worked: an app or a user that is refused everything says nothing of the batch.
 */
export const getMany = <Options extends object, Several, A>(operation: string, of: {
  readonly kind: SpotifyId.Kind
  readonly several: Endpoint<[options: { readonly ids: ReadonlyArray<string> } & Options], Several>
  readonly select: (answer: Several) => ReadonlyArray<A | null>
  readonly get: (id: string, options?: Options) => Effect.Effect<A, SpotifyError, SpotifyClient>
}): Endpoint<[ids: ReadonlyArray<string>, options?: Options], ReadonlyArray<Option.Option<A>>> => {
  const { spec } = of.several
  const expected = `a list, each ${SpotifyId.expected(of.kind)}`
  const max = capOf(spec.operation, spec.query, "ids")
  const names = Object.keys(spec.query).filter((name) => name !== "ids")

  const read = (inputs: unknown, options: unknown): Either.Either<ReadonlyArray<string>, InvalidInput> => {
    if (Predicate.isString(inputs) || !Predicate.isIterable(inputs)) {
      return Either.left(InvalidInput.of(operation, "ids", instead(expected, inputs)))
    }
    const ids: Array<string> = []
    for (const input of inputs) {
      const id = Predicate.isString(input) ? SpotifyId.idOrUndefined(of.kind, input) : undefined
      if (id === undefined) {
        return Either.left(InvalidInput.of(operation, "ids", `${expected}, unlike ${shown(input)}`))
      }
      ids.push(id)
    }
    // `Array.map` and the like give an index as second argument, which is harmless where there are no options.
    const isIndex = names.length === 0 && !Predicate.isRecord(options)
    return isIndex ? Either.right(ids) : Either.map(readOptions(operation, names, options), () => ids)
  }

  const call = (
    inputs: ReadonlyArray<string>,
    options?: Options
  ): Effect.Effect<ReadonlyArray<Option.Option<A>>, SpotifyError, SpotifyClient> =>
    Effect.flatMap(Effect.all([SpotifyClient, attempt(operation, () => read(inputs, options))]), ([client, ids]) => {
      const unique = [...new Set(ids)]
      const lost = lostBy(client)
      const found = new Map<string, Option.Option<A>>()

      const placeOf = (id: string | undefined) => id === undefined ? undefined : ids.indexOf(id)

      const single = (id: string): Effect.Effect<void, SpotifyError, SpotifyClient> =>
        Effect.matchEffect(at(of.get(id, options), () => placeOf(id)), {
          onFailure: (error) => {
            if (error._tag === "NotFound") return Effect.void
            if (error._tag !== "DecodeError" || !isShape(error) || client.unreadable === "fail") {
              return Effect.fail(error)
            }
            // As in a batch: one thing that can't be decoded is reported, and the others are given.
            const { expected, issuePath, operation } = error
            return report(client, [{ operation, index: placeOf(id), missing: "", path: issuePath, expected }])
          },
          onSuccess: (one) => Effect.sync(() => found.set(id, Option.some(one)))
        })

      const singles = Effect.forEach(unique, single, { concurrency: maxSingles, discard: true })

      const batch = (ids: ReadonlyArray<string>): Effect.Effect<void, SpotifyError, SpotifyClient> => {
        const several = at(of.several(Object.assign({ ids }, options)), (index) => placeOf(ids[index ?? -1]))
        return Effect.flatMap(several, (answer) => {
          const entries = of.select(answer)
          if (entries.length !== ids.length) return Effect.fail(notOneForEach(ids.length, entries.length))
          ids.forEach((id, index) => found.set(id, Option.fromNullable(entries[index])))
          return Effect.void
        })
      }

      const notOneForEach = (asked: number, got: number) =>
        new DecodeError({
          operation,
          method: spec.method,
          path: spec.path,
          status: 200,
          issuePath: "",
          expected: `${asked} entries, one for each id`,
          detail: "",
          message: `${operation}: ${asked} ids were asked for, and the answer has ${got} entries`
        })

      const batches = Effect.suspend(() => {
        const [first = [], ...others] = Array.from(
          { length: Math.ceil(unique.length / max) },
          (_, index) => unique.slice(index * max, (index + 1) * max)
        )
        return Effect.matchEffect(batch(first), {
          onFailure: (error) =>
            isLost(error)
              ? Effect.map(singles, () => {
                lost.add(spec.path)
              })
              : Effect.fail(error),
          onSuccess: () => Effect.forEach(others, batch, { concurrency: maxBatches, discard: true })
        })
      })

      return Effect.map(
        unique.length < 2 || lost.has(spec.path) ? singles : batches,
        () => ids.map((id) => found.get(id) ?? Option.none())
      )
    })

  return Object.assign(call, { spec })
}
