import { expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted, TestClock } from "effect"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as Transport from "effect-spotify/Transport"
import * as Users from "effect-spotify/Users"

const user = { id: "me", uri: "spotify:user:me", type: "user", href: "", external_urls: {}, display_name: "Me" }

const clientOver = (send: Transport.Send) =>
  SpotifyClient.layer().pipe(
    Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("a-token") })),
    Layer.provide(Transport.layer(send)),
    Layer.provide(FakeSpotify.layer()),
    Layer.orDie
  )

it.effect("the client sends by it, with its token, and reads what it tells", () => {
  const messages: Array<Transport.Message> = []
  const send: Transport.Send = (message, done) => {
    messages.push(message)
    done(Effect.succeed({ status: 200, headers: {}, text: JSON.stringify(user) }))
    return { abort: () => undefined }
  }
  return Effect.gen(function*() {
    expect((yield* Users.me()).display_name).toBe("Me")
    expect(messages).toMatchObject([{
      method: "GET",
      url: "https://api.spotify.com/v1/me",
      headers: { authorization: "Bearer a-token" },
      body: undefined,
      maxBodySize: 32 * 1024 * 1024
    }])
  }).pipe(Effect.provide(clientOver(send)))
})

it.effect("what it fails with, a status and a body that is cut are errors of the call", () => {
  const results = [
    Effect.fail("ENOROUTE"),
    Effect.succeed({ status: 404, headers: {}, text: "" }),
    Effect.succeed({ status: 200, headers: {}, text: "{", isCut: true })
  ]
  const send: Transport.Send = (_, done) => {
    done(results.shift() ?? Effect.fail("asked too often"))
    return { abort: () => undefined }
  }
  const failed = Effect.flip(Users.me())
  return Effect.gen(function*() {
    // It is sent again, as for a lost connection.
    const lost = yield* Effect.fork(failed)
    yield* TestClock.adjust("1 second")
    expect(yield* Fiber.join(lost)).toMatchObject({ _tag: "NotFound" })
    expect(yield* failed).toMatchObject({ _tag: "DecodeError" })
  }).pipe(Effect.provide(clientOver(send)))
})

it.effect("is told to give up what takes too long", () => {
  let aborted = 0
  const send: Transport.Send = () => ({ abort: () => void aborted++ })
  return Effect.gen(function*() {
    const fiber = yield* Effect.fork(Effect.flip(Users.me()))
    yield* TestClock.adjust("3 minutes")
    expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "TransportError", reason: "Timeout" })
    expect(aborted).toBe(4)
  }).pipe(Effect.provide(clientOver(send)))
})
