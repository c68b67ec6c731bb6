import { describe, expect, it } from "@effect/vitest"
import { Cause, DateTime, Duration, Effect, Schema } from "effect"
import * as SpotifyError from "effect-spotify/SpotifyError"
import { errors } from "../utils/sessionErrors.js"

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
        const schema = error.constructor as unknown as Schema.Schema<typeof error, unknown>
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
  const inDoubt = errors.flatMap((error) =>
    error._tag !== "StateMismatch" && error._tag !== "AuthorizationDenied" && SpotifyError.isInDoubt(error)
      ? [error._tag]
      : []
  )
  expect(inDoubt.toSorted()).toEqual(["DecodeError", "ServerError", "TransportError"])
  // The write itself wasn't sent when no token could be had for it.
  const noToken = new SpotifyError.TokenEndpointUnreachable({
    grantType: "refresh_token",
    reason: "Timeout",
    detail: "10s",
    message: "no answer"
  })
  expect(SpotifyError.isInDoubt(noToken)).toBe(false)
  expect(SpotifyError.isTransient(noToken)).toBe(false)
})
