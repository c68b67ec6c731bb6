/** What the layers of all engines are told. */
import * as Either from "effect/Either"
import { type Allowed, aText, checkOptions, oneOf } from "../core/input.js"
import { InvalidInput } from "../core/SpotifyError.js"

export interface BudgetOptions {
  /** What all who draw on the budget call it: the client id, or a name for several apps of one account. */
  readonly key: string
  /**
   * What becomes of calls while the engine doesn't answer: with "local" (the default) they leave by a pace of the process's
   * own, with "fail" they end with `BudgetUnavailable`.
   */
  readonly onUnavailable?: "local" | "fail" | undefined
}

const aKey: Allowed = [
  (key) => aText[0](key) && key !== "",
  "the client id, or another name that isn't empty, without halves of surrogate pairs"
]

export const whenUnavailable: Allowed = oneOf("local", "fail")

/** Checks the options of a layer; `others` are those beside the key. */
export const checkBudget = (
  operation: string,
  others: { readonly [name: string]: Allowed },
  options: Pick<BudgetOptions, "key">
): Either.Either<void, InvalidInput> =>
  Either.flatMap(
    checkOptions(operation, { key: aKey, ...others }, options ?? null),
    () =>
      options.key === undefined
        ? Either.left(InvalidInput.of(operation, "key", `given: ${aKey[1]}`))
        : Either.void
  )
