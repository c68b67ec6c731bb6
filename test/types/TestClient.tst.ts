import { Effect, type Layer } from "effect"
import { Library, type SpotifyClient, type SpotifyError, Tracks, Users } from "effect-spotify"
import { Sample, TestClient } from "effect-spotify/testing"
import { describe, expect, test } from "tstyche"

describe("TestClient.on", () => {
  test("knows the arguments and the answer of the operation", () => {
    TestClient.on(Tracks.get, (id, options) => {
      expect(id).type.toBe<string>()
      expect(options?.market).type.toBe<string | undefined>()
      return Effect.succeed(Sample.track({ id }))
    })
    TestClient.on(Library.save, ({ uris }) => {
      expect(uris).type.toBe<ReadonlyArray<string>>()
      return Effect.void
    })
  })

  test("refuses another answer and other arguments", () => {
    const refused = [
      // @ts-expect-error Type 'number' is not assignable to type 'string'
      TestClient.on(Tracks.get, (id) => Effect.succeed({ ...Sample.track({ id }), name: 3 })),
      // @ts-expect-error not assignable
      TestClient.on(Users.me, () => Effect.succeed({ id: "me" })),
      // @ts-expect-error not assignable
      TestClient.on(Tracks.get, (id: number) => Effect.succeed(Sample.track({ name: String(id) })))
    ]
    expect(refused).type.toBeAssignableTo<ReadonlyArray<unknown>>()
  })

  test("makes a client that needs nothing", () => {
    expect(TestClient.layer(TestClient.on(Users.me, () => TestClient.refuse(404)))).type.toBe<
      Layer.Layer<SpotifyClient.SpotifyClient, SpotifyError.InvalidInput>
    >()
  })
})
