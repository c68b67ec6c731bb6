import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import * as Player from "effect-spotify/Player"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as Tracks from "effect-spotify/Tracks"
import * as Users from "effect-spotify/Users"
import { layer, spotify } from "../utils/client.js"
import { keepingSpans } from "../utils/spans.js"

const answering = (...args: Parameters<typeof FakeSpotify.reply>) =>
  Effect.flatMap(spotify, ({ failNext }) => failNext(FakeSpotify.reply(...args)))

describe("an answer", () => {
  it.effect("that says nothing is none, where there may be nothing", () =>
    Effect.gen(function*() {
      for (const [status, text] of [[204, ""], [204, "No content"], [200, ""], [200, " \r\n"]] as const) {
        yield* answering(status, { text })
        expect(yield* Player.state()).toEqual(Option.none())
      }
    }).pipe(Effect.provide(layer())))

  it.effect("that says nothing is told as that, where there must be something", () =>
    Effect.gen(function*() {
      for (const text of ["", "\n"]) {
        yield* answering(200, { text })
        expect((yield* Effect.flip(Users.me())).message).toContain("the body is empty")
      }
      yield* answering(200, { text: "OK" })
      expect((yield* Effect.flip(Users.me())).message).not.toContain("the body is empty")
    }).pipe(Effect.provide(layer())))

  it.effect("that repeats the token where something else belongs doesn't bring it into the error", () =>
    Effect.gen(function*() {
      const token = Redacted.value(yield* SpotifySession.accessToken)
      yield* answering(200, { json: { id: [token], type: "user", uri: "spotify:user:a" } })
      const error = yield* Effect.flip(Users.me())
      expect(error).toMatchObject({ _tag: "DecodeError", issuePath: "id" })
      expect(JSON.stringify(error)).not.toContain(token)
    }).pipe(Effect.provide(layer())))
})

it.effect("the span of a call has the operation's name, method and path, and no id", () =>
  Effect.gen(function*() {
    const { all, tracer } = keepingSpans()
    yield* Effect.withTracer(Tracks.get(FakeSpotify.trackId, { market: "SE" }), tracer)
    expect(all).toHaveLength(1)
    expect(all[0]).toMatchObject({
      name: "Tracks.get",
      attributes: { "http.request.method": "GET", "url.template": "/tracks/{id}" }
    })
    expect(JSON.stringify(all)).not.toContain(FakeSpotify.trackId)
  }).pipe(Effect.provide(layer())))
