import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { InvalidInput } from "./SpotifyError.js"

export const expectedMarket = "an ISO 3166-1 alpha-2 country code (\"SE\") or from_token"

export const marketPattern = /^(?:[A-Z]{2}|from_token)$/

/** Refuses what can't be right, in the name of the module whose options they are. */
export const of = (operation: string) => {
  const refused = (field: string, expected: string) => Either.left(InvalidInput.of(operation, field, expected))

  /** A duration in milliseconds; 0 and one without an end only where they mean something. */
  const millis = (
    field: string,
    input: Duration.DurationInput,
    allowed: { readonly zero?: boolean; readonly infinite?: boolean } = {}
  ): Either.Either<number, InvalidInput> => {
    const given = isBelowZero(input) ? Option.none() : Option.map(Duration.decodeUnknown(input), Duration.toMillis)
    return Option.isSome(given) &&
        (given.value > 0 || allowed.zero === true) && (given.value < Infinity || allowed.infinite === true)
      ? Either.right(given.value)
      : refused(
        field,
        `a duration such as "30 seconds"${allowed.zero === true ? "" : ", longer than 0"}${
          allowed.infinite === true ? "" : ", with an end"
        }`
      )
  }

  const whole = (field: string, input: number, min: number): Either.Either<number, InvalidInput> =>
    Number.isSafeInteger(input) && input >= min ? Either.right(input) : refused(field, `a whole number from ${min}`)

  /** The address of a server or of a place on it, to which a path is added. */
  const address = (field: string, input: string): Either.Either<URL, InvalidInput> => {
    // The parser takes white space and `https:host` too, which are mistakes.
    const url = /^https?:\/\/[^\s/\\?#@]+(?:[/][^\s?#\\]*)?$/i.test(input) && URL.canParse(input)
      ? new URL(input)
      : undefined
    return url === undefined
      ? refused(field, "a whole http or https URL, without credentials, query and fragment")
      : Either.right(url)
  }

  return { refused, millis, whole, address }
}

/** Effect takes what is below zero, or no number, for zero. */
export const isBelowZero = (input: unknown): boolean => {
  switch (typeof input) {
    case "number":
      return !(input >= 0)
    case "bigint":
      return input < 0n
    case "string":
      return input.startsWith("-")
    default:
      return Array.isArray(input) && input.some(isBelowZero)
  }
}
