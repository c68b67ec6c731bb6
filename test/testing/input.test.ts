import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { FakeSpotify } from "effect-spotify/testing"
import { signedIn } from "./utils.js"

// What a program without types might pass.
const anything = (input: unknown) => input as never

const { apiError, reply, tooManyRequests } = FakeSpotify

type Case = readonly [field: string, expected: RegExp, given: unknown]

const options: ReadonlyArray<Case> = [
  ["librarysize", /^spelt librarySize/, { librarysize: 3 }],
  ["latancy", /^spelt latency/, { latancy: 3 }],
  ["somethingElse", /^left out: the options are clientId, /, { somethingElse: true }],
  ["options", /^an object such as/, "extended"],
  ["options", /^an object such as/, null],
  ["clientId", /isn't empty/, { clientId: "" }],
  ["clientSecret", /a text/, { clientSecret: 5 }],
  ["redirectUris", /^a list of texts/, { redirectUris: "http://127.0.0.1/callback" }],
  ["clients", /^a list/, { clients: {} }],
  ["clients[0].clientId", /^given/, { clients: [{}] }],
  ["clients[1].clientID", /^spelt clientId/, { clients: [{ clientId: "a" }, { clientID: "b" }] }],
  ["consent", /^one of automatic, page/, { consent: "never" }],
  ["users[0].id", /^given/, { users: [{ display_name: "a" }] }],
  ["users[0].contry", /^spelt country/, { users: [{ id: "a", contry: "SE" }] }],
  ["users[0].country", /country code/, { users: [{ id: "a", country: "Sweden" }] }],
  ["users[0].product", /^one of premium, free/, { users: [{ id: "a", product: "gold" }] }],
  ["users[1]", /^an object/, { users: [{ id: "a" }, "b"] }],
  ...[NaN, -1, "-5 seconds", "soon", Infinity].map((value): Case => [
    "tokenLifetime",
    /^a duration/,
    { tokenLifetime: value }
  ]),
  ...[NaN, -1, "-5 seconds", "soon"].flatMap((value): ReadonlyArray<Case> => [
    ["refreshTokenLifetime", /^a duration/, { refreshTokenLifetime: value }],
    ["latency", /^a duration/, { latency: value }],
    ["playlists.snapshotLag", /^a duration/, { playlists: { snapshotLag: value } }],
    ["playlists.entriesLag", /^a duration/, { playlists: { entriesLag: value } }]
  ]),
  ["refreshTokens", /^one of keep, rotate/, { refreshTokens: "rotated" }],
  ["mode", /^one of extended, development/, { mode: "dev" }],
  ["budget.request", /^spelt requests/, { budget: { request: 5, window: "1 second" } }],
  ["budget.window", /^given/, { budget: { requests: 5 } }],
  ...[0, -1, NaN, 1.5].map((value): Case => [
    "budget.requests",
    /^a whole number from 1/,
    { budget: { requests: value, window: "1 second" } }
  ]),
  ...[0, -1, NaN, Infinity].map((value): Case => [
    "budget.window",
    /^a duration/,
    { budget: { requests: 1, window: value } }
  ]),
  ["budget.retryAfter", /^true or false/, { budget: { requests: 1, window: 1, retryAfter: 1 } }],
  ...[0, -1, NaN, Infinity].map((value): Case => ["bucket.rate", /above 0/, { bucket: { rate: value, burst: 1 } }]),
  ...[0, -1, NaN].map((value): Case => ["bucket.burst", /^a whole number/, { bucket: { rate: 1, burst: value } }]),
  ["bucket", /^left out where/, { budget: { requests: 1, window: 1 }, bucket: { rate: 1, burst: 1 } }],
  ...[NaN, -1, 1.5].map((value): Case => ["librarySize", /^a whole number from 0/, { librarySize: value }]),
  ["activeDevice", /^true or false/, { activeDevice: "yes" }],
  ["playlists", /^an object/, { playlists: [] }],
  ["playlists.unreadible", /^spelt unreadable/, { playlists: { unreadible: [] } }],
  ["playlists.unreadable", /^a list of texts/, { playlists: { unreadable: "spotify:track:a" } }],
  ["playlists.relinked", /^an object with a URI/, { playlists: { relinked: { a: 5 } } }]
]

const shown = (given: unknown): string =>
  JSON.stringify(given, (_, part: unknown) => typeof part === "number" ? String(part) : part)

describe("a fake Spotify refuses", () => {
  for (const [field, expected, given] of options) {
    it.effect(`${field} of ${shown(given)}`, () =>
      Effect.gen(function*() {
        const layers = [
          FakeSpotify.layer(anything(given)),
          Layer.effect(Context.GenericTag<unknown>("a"), FakeSpotify.make(anything(given)))
        ]
        for (const layer of layers) {
          expect(yield* Effect.flip(Effect.scoped(Layer.build(layer)))).toMatchObject({
            _tag: "InvalidInput",
            operation: "FakeSpotify",
            field,
            expected: expect.stringMatching(expected)
          })
        }
      }))
  }

  it.effect("no option that can be right", () =>
    Effect.forEach(
      [
        {},
        { latency: "1 hour", tokenLifetime: 0, refreshTokenLifetime: Infinity, librarySize: 0, users: [] },
        { users: [{ id: "a", display_name: null }], budget: { requests: 1, window: 1, retryAfter: false } },
        { bucket: { rate: 0.5, burst: 1 }, playlists: { unreadable: [], relinked: {} }, mode: undefined }
      ] satisfies ReadonlyArray<FakeSpotify.Options>,
      (options) => FakeSpotify.make(options)
    ))
})

type Fake = FakeSpotify.Service

const handmade = (outcome: unknown) => anything({ applied: false, delay: undefined, outcome })

const calls: ReadonlyArray<
  readonly [what: string, call: (fake: Fake) => Effect.Effect<unknown, unknown>, field: string, expected: RegExp]
> = [
  ...[0, -1, NaN, 1.5].map((times) =>
    [`${times} times`, (fake: Fake) => fake.failNext(reply(500), { times }), "times", /^a whole number from 1/] as const
  ),
  ["a misspelt option", (fake) => fake.failNext(reply(500), anything({ time: 2 })), "time", /^spelt times/],
  [
    "a misspelt match",
    (fake) => fake.failNext(reply(500), { on: anything({ paths: "/v1/me" }) }),
    "on.paths",
    /^spelt path/
  ],
  [
    "a method in small letters",
    (fake) => fake.failNext(reply(500), { on: { method: "put" } }),
    "on.method",
    /^one of GET/
  ],
  [
    "another host",
    (fake) => fake.failNext(reply(500), { on: anything({ host: "web" }) }),
    "on.host",
    /^one of accounts/
  ],
  ["a path without a slash", (fake) => fake.failNext(reply(500), { on: { path: "v1/me" } }), "on.path", /slash/],
  ...[0, 99, 199, 600, NaN, 200.5, "500"].map((status) =>
    [
      `the status ${status}`,
      (fake: Fake) => fake.failNext(reply(anything(status))),
      "fault.outcome.status",
      /^a status from 200 to 599/
    ] as const
  ),
  ["the status 0 of an error", (fake) => fake.failNext(apiError(0, "a")), "fault.outcome.status", /^a status/],
  ["a header of two lines", (fake) => fake.failNext(tooManyRequests("1\n2")), "fault.outcome.headers", /one line/],
  ["no fault", (fake) => fake.failNext(anything(undefined)), "fault", /^an object/],
  ["a number for a fault", (fake) => fake.failNext([reply(500), anything(503)]), "fault", /^an object/],
  ["another outcome", (fake) => fake.failNext(handmade("lost")), "fault.outcome", /^a reply or one of/],
  ["half of a reply", (fake) => fake.failNext(handmade({ status: 500 })), "fault.outcome.headers", /^given/],
  ...[-1, NaN, "soon"].flatMap((delay) =>
    [FakeSpotify.slow(anything(delay)), FakeSpotify.delayed(reply(500), anything(delay))].map((fault) =>
      [`${delay} of delay`, (fake: Fake) => fake.failNext(fault), "fault.delay", /^a duration/] as const
    )
  ),
  ...[-1, NaN].map((retryAfter) =>
    [
      `${retryAfter} seconds to wait`,
      (fake: Fake) => fake.failNext(tooManyRequests(retryAfter)),
      "retryAfter",
      /^a number from 0, or a text/
    ] as const
  ),
  ["a misspelt body", (fake) => fake.failNext(reply(500, anything({ jsno: {} }))), "jsno", /^spelt json/],
  ["two bodies", (fake) => fake.failNext(reply(500, anything({ json: {}, text: "" }))), "text", /one body/],
  ["what no JSON can hold", (fake) => fake.failNext(reply(500, { json: 5n })), "json", /^what JSON can hold/],
  ["a misspelt option of a token", (fake) => fake.issueToken(anything({ expires: 5 })), "expires", /^spelt expiresIn/],
  ...[-1, NaN, Infinity, "soon"].map((expiresIn) =>
    [
      `a token for ${expiresIn}`,
      (fake: Fake) => fake.issueToken({ expiresIn: anything(expiresIn) }),
      "expiresIn",
      /^a duration/
    ] as const
  ),
  [
    "a token for nobody",
    (fake) => fake.issueToken({ user: "nobody" }),
    "user",
    /^null or one of fake-user, other-user/
  ],
  ["scopes in one text", (fake) => fake.issueToken({ scopes: anything("a b") }), "scopes", /^a list of scopes/],
  ["another mode", (fake) => fake.setMode(anything("dev")), "mode", /^one of extended, development, not "dev"/],
  ["a misspelt consent", (fake) => fake.authorize("http://a", anything({ aprove: false })), "aprove", /^spelt approve/],
  ["no URL to authorize", (fake) => fake.authorize("nowhere"), "url", /^a URL, not "nowhere"/],
  ["a misspelt match to count", (fake) => fake.count(anything({ hots: "api" })), "hots", /^spelt host/]
]

describe("a fake Spotify's methods refuse", () => {
  it.effect.each(calls)("%s", ([, call, field, expected]) =>
    Effect.gen(function*() {
      const fake = yield* FakeSpotify.make()
      const error = yield* Effect.flip(call(fake))
      expect(error).toMatchObject({ _tag: "InvalidInput", field, expected: expect.stringMatching(expected) })
    }))

  it.effect("all of the faults where one can't be right", () =>
    Effect.gen(function*() {
      const { get, spotify } = yield* signedIn()
      yield* Effect.flip(spotify.failNext([reply(500), reply(99)]))
      expect((yield* get("/me")).status).toBe(200)
      yield* spotify.failNext([reply(599), reply(200, { text: "a", headers: {} }), tooManyRequests(0)])
      expect((yield* get("/me")).status).toBe(599)
    }).pipe(Effect.provide(FakeSpotify.layer())))
})
