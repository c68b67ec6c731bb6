/** Options that can't be right are refused where a layer is built, with the option's name and what is allowed. */
import { KeyValueStore } from "@effect/platform"
import { describe, expect, it } from "@effect/vitest"
import { Config, ConfigProvider, Duration, Effect, Layer, Redacted, Schedule, Stream } from "effect"
import * as Player from "effect-spotify/Player"
import type { Options as WatchOptions } from "effect-spotify/PlayerChange"
import * as ResponseCache from "effect-spotify/ResponseCache"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import * as SpotifySessions from "effect-spotify/SpotifySessions"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import { get, layer, spotify } from "../utils/client.js"

const session = SpotifySession.layerToken({ accessToken: Redacted.make("token") })
const below = Layer.merge(session, FakeSpotify.layer())

const failure = <A, E>(layer: Layer.Layer<A, E>) => Effect.flip(Effect.scoped(Layer.build(layer)))

const refuses = (
  cases: ReadonlyArray<readonly [field: string, options: object]>,
  build: (options: object) => Effect.Effect<unknown, unknown>
) => {
  for (const [field, options] of cases) {
    it.effect(`${field}: ${describeOptions(options)}`, () =>
      Effect.gen(function*() {
        const error = yield* build(options)
        expect(error).toMatchObject({ _tag: "InvalidInput", field, message: expect.stringContaining("must be") })
      }))
  }
}

const describeOptions = (options: object): string =>
  Object.values(options).map((value) =>
    JSON.stringify(
      value,
      (_, part: unknown) =>
        typeof part === "number" || typeof part === "bigint" || typeof part === "function" ? String(part) : part
    )
  ).join()

const badDurations = [NaN, -1, -Infinity, 0, -5n, "-5 seconds", "5", "", "soon", "5 lightyears", {}, [1]] as const

describe("SpotifyClient.layer refuses", () => {
  refuses(
    [
      ["maxInflight", { maxInflight: 3 }],
      ["retries", { retries: 3 }],
      ["options", ["SE"]],
      ...[NaN, Infinity, -1, 0, 2.5, "3"].map((value) => ["maxInFlight", { maxInFlight: value }] as const),
      ...[NaN, Infinity, -1, 0.5, "3"].map((value) => ["maxRateLimitRetries", { maxRateLimitRetries: value }] as const),
      ...[NaN, Infinity, -1, 0, 2.5, "3", undefined].map((value) =>
        ["requestsPer[0]", { requestsPer: [value, "1 second"] }] as const
      ),
      ...[...badDurations, Infinity, Duration.infinity, undefined].map((value) =>
        ["requestsPer[1]", { requestsPer: [10, value] }] as const
      ),
      ...[5, "10/s", {}, null].map((value) => ["requestsPer", { requestsPer: value }] as const),
      ...badDurations.map((value) => ["timeout", { timeout: value }] as const),
      ...badDurations.filter((value) => value !== 0).map((value) => ["maxWait", { maxWait: value }] as const),
      ...[
        "",
        "/v1",
        "api.spotify.com",
        "//api.spotify.com/v1",
        "ftp://api.spotify.com/v1",
        "https:api.spotify.com",
        "https://",
        "https://user:secret@api.spotify.com/v1",
        "https://api.spotify.com/v1?market=SE",
        "https://api.spotify.com/v1?",
        "https://api.spotify.com/v1#top",
        "https://api.spotify.com/v1\n",
        " https://api.spotify.com/v1",
        "https://api.spotify.com\\@example.com/",
        "javascript:alert(1)",
        5
      ].map((value) => ["baseUrl", { baseUrl: value }] as const),
      ...["", "se", "SWE", "S", "from token", 5].map((value) => ["market", { market: value }] as const),
      ...[5, {}, "3 times"].map((value) => ["retrySchedule", { retrySchedule: value }] as const),
      ...["", "a b", "a:b", "ä", "a\n"].map((name) =>
        [`headers[${JSON.stringify(name)}]`, { headers: { [name]: "x" } }] as const
      ),
      ...["Host", "content-length", "Transfer-Encoding", "connection"].map((name) =>
        [`headers[${JSON.stringify(name)}]`, { headers: { [name]: "1" } }] as const
      ),
      ...["a\nb", "a\r\nauthorization: Bearer other", "\0", "💚", "ł", 5, undefined, null, ["a"]].map((value) =>
        ["headers[\"x-a\"]", { headers: { "x-a": value } }] as const
      )
    ],
    (options) => failure(SpotifyClient.layer(options).pipe(Layer.provide(below)))
  )

  it.effect("an option that there isn't, with the nearest name", () =>
    Effect.gen(function*() {
      const misspelt: {} = { maxInflight: 3 }
      const error = yield* failure(SpotifyClient.layer(misspelt).pipe(Layer.provide(below)))
      expect(error).toMatchObject({ expected: expect.stringMatching(/^spelt maxInFlight,/) })
    }))

  it.effect("nothing that can be right", () =>
    Effect.forEach(
      [
        {},
        { timeout: Duration.infinity, maxWait: Duration.infinity },
        { maxWait: 0, maxRateLimitRetries: 0, maxInFlight: 1, requestsPer: [1, 1] },
        { requestsPer: [1_000_000_000, "1 day"] },
        { timeout: [1, 5], maxWait: 5n },
        { baseUrl: "http://127.0.0.1:8080/" },
        { baseUrl: "https://[::1]:8080/a/b" },
        { market: "from_token", retrySchedule: Schedule.stop },
        { headers: { "x-a": "", "X-B": "blåbär\tsylt" } }
      ] satisfies ReadonlyArray<SpotifyClient.Options>,
      (options) => Effect.scoped(Layer.build(SpotifyClient.layer(options).pipe(Layer.provide(below))))
    ))
})

describe("the client's headers", () => {
  it.effect("are sent once, whatever their capitals, and never in place of the token", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      yield* get("/me")
      yield* get("/me", {
        headers: { "ACCEPT-language": "de", authorization: "Bearer other", AUTHORIZATION: "Bearer other" }
      })
      const [first, second] = (yield* fake.requests).map(({ headers }) => headers)
      expect(first).toMatchObject({ "accept-language": "sv", accept: "text/plain" })
      expect(second).toMatchObject({ "accept-language": "de", accept: "text/plain" })
      const authorization = Redacted.make(`Bearer ${Redacted.value(yield* SpotifySession.accessToken)}`)
      expect(first?.["authorization"]).toEqual(authorization)
      expect(second?.["authorization"]).toEqual(authorization)
    }).pipe(Effect.provide(layer({
      client: { headers: { "Accept-Language": "sv", ACCEPT: "text/plain", AuthoriZation: "Bearer other" } }
    }))))

  it.effect("of one call that can't be sent are refused before anything is", () =>
    Effect.gen(function*() {
      const fake = yield* spotify
      expect(yield* Effect.flip(get("/me", { headers: { "x-a": "a\nb" } }))).toMatchObject({
        _tag: "InvalidInput",
        operation: "Test.send",
        field: "headers[\"x-a\"]"
      })
      expect(yield* fake.count()).toBe(0)
    }).pipe(Effect.provide(layer())))
})

describe("sessions refuse", () => {
  const app = { clientId: "fake-client-id", redirectUri: "http://127.0.0.1:8888/callback" }
  const store = Layer.merge(TokenStore.layerMemory, FakeSpotify.layer())
  const apps = [
    ...["", "nowhere", "ftp://a", "https://a?b", "https://a#b", "https://u:p@a", "https://a\n", 5].map((value) =>
      ["accountsUrl", { accountsUrl: value }] as const
    ),
    ...[undefined, 5, ""].map((value) => ["clientId", { clientId: value }] as const),
    ...[undefined, 5].map((value) => ["redirectUri", { redirectUri: value }] as const)
  ]

  describe("PKCE", () => {
    refuses(apps, (options) => failure(SpotifySession.layerPkce({ ...app, ...options }).pipe(Layer.provide(store))))
  })

  describe("a secret in clear", () => {
    refuses([["clientSecret", { clientSecret: "in clear" }]], (options) =>
      failure(
        SpotifySession.layerAuthorizationCode({ ...app, clientSecret: Redacted.make("s"), ...options }).pipe(
          Layer.provide(store)
        )
      ))
    refuses(
      [["accessToken", { accessToken: "in clear" }], ["accessToken", {}]],
      (options) => failure(SpotifySession.layerToken({ accessToken: Redacted.make(""), ...options }))
    )
  })

  describe("of many users", () => {
    refuses(
      [
        ...badDurations.filter((value) => value !== 0).map((value) =>
          ["idleTimeToLive", { idleTimeToLive: value }] as const
        ),
        ...apps
      ],
      (options) => failure(SpotifySessions.layerPkce({ ...app, ...options }).pipe(Layer.provide(store)))
    )

    it.effect("from Config", () =>
      Effect.gen(function*() {
        const error = yield* failure(
          SpotifySessions.layerPkceConfig({
            clientId: Config.succeed(app.clientId),
            redirectUri: Config.succeed(app.redirectUri),
            idleTimeToLive: Config.number("IDLE")
          }).pipe(
            Layer.provide(store),
            Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map([["IDLE", "-1"]]))))
          )
        )
        expect(error).toMatchObject({ _tag: "InvalidInput", field: "idleTimeToLive" })
      }))
  })
})

describe("ResponseCache.layer refuses", () => {
  refuses(
    [
      ...badDurations.filter((value) => value !== 0).map((value) => ["timeToLive", { timeToLive: value }] as const),
      ["timeToLife", { timeToLife: 5 }],
      ["when", { when: true }]
    ],
    (options) =>
      failure(
        ResponseCache.layer(options).pipe(
          Layer.provide(SpotifyClient.layer()),
          Layer.provide([below, KeyValueStore.layerMemory])
        )
      )
  )
})

describe("Player.changes refuses", () => {
  refuses(
    ["interval", "idleInterval", "minInterval"].flatMap((field) =>
      [...badDurations, Infinity].map((value) => [field, { [field]: value }] as const)
    ),
    (options: WatchOptions) =>
      Effect.gen(function*() {
        const fake = yield* spotify
        const error = yield* Effect.flip(Stream.runDrain(Player.changes(options)))
        expect(yield* fake.count()).toBe(0)
        return error
      }).pipe(Effect.provide(layer()))
  )
})
