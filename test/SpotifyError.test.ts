import { describe, expect, it } from "@effect/vitest"
import { Cause, DateTime, Duration, Effect, Schema } from "effect"
import * as SpotifyError from "effect-spotify/SpotifyError"
import { errors } from "./utils/sessionErrors.js"

describe("every error", () => {
  it("has a sample here", () => {
    const classes = Object.entries(SpotifyError).flatMap(([name, value]) =>
      typeof value === "function" && value.prototype instanceof Error ? [name] : []
    )
    expect(classes.toSorted()).toEqual(errors.map((error) => error._tag).toSorted())
  })

  it.each(errors)(
    "$_tag is a value that is yielded, caught by its tag, printed and encoded",
    (error) =>
      Effect.runPromise(Effect.gen(function*() {
        const failure: Effect.Effect<never, SpotifyError.SpotifyError | SpotifyError.SignInError> = Effect.fail(error)
        expect(yield* Effect.flip(failure)).toBe(error)
        expect(error).toBeInstanceOf(Error)
        expect(error.message).not.toBe("")
        expect(error.cause).toBeUndefined()
        expect(Cause.pretty(Cause.fail(error))).toContain(error.message)
        const schema = SpotifyError[error._tag] as unknown as Schema.Schema<typeof error, unknown>
        const json: unknown = JSON.parse(JSON.stringify(yield* Schema.encode(schema)(error)))
        const decoded = yield* Schema.decodeUnknown(schema)(json)
        expect(decoded).toEqual(error)
        expect(decoded.message).toBe(error.message)
      }))
  )
})

it("keeps times as times", () => {
  const limited = errors.find((error) => error._tag === "RateLimited")
  expect(limited?.retryAfter).toEqual(Duration.seconds(90))
  expect(limited?.retryAt).toEqual(DateTime.unsafeMake("2026-11-21T12:00:00Z"))
})

it("tells which failures leave a write in doubt", () => {
  const tags = (token: boolean) =>
    errors.flatMap((error) => {
      const error_ = error._tag === "TransportError" && token
        ? new SpotifyError.TransportError({ ...error, message: "", operation: SpotifyError.tokenOperation })
        : error
      return error_._tag !== "StateMismatch" && error_._tag !== "AuthorizationDenied" && SpotifyError.isInDoubt(error_)
        ? [error_._tag]
        : []
    }).toSorted()
  expect(tags(false)).toEqual(["DecodeError", "ServerError", "TransportError"])
  // The write itself wasn't sent when no token could be had for it.
  expect(tags(true)).toEqual(["DecodeError", "ServerError"])
})
