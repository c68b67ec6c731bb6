import { KeyValueStore } from "@effect/platform"
import { expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Metric, Redacted } from "effect"
import * as RateBudget from "effect-spotify/RateBudget"
import * as RequestBatching from "effect-spotify/RequestBatching"
import * as RequestSharing from "effect-spotify/RequestSharing"
import * as ResponseCache from "effect-spotify/ResponseCache"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import * as SpotifySession from "effect-spotify/SpotifySession"
import { FakeSpotify } from "effect-spotify/testing"
import * as TokenStore from "effect-spotify/TokenStore"
import * as Tracks from "effect-spotify/Tracks"
import * as Users from "effect-spotify/Users"
import { readFileSync } from "node:fs"
import { layer, spotify } from "../utils/client.js"
import { finish } from "../utils/session.js"
import { keepingSpans } from "../utils/spans.js"

/** The first column of the table that begins with it, and another one. */
const documented = (first: string, other = 1) => {
  const page = readFileSync(new URL("../../docs/guides/tracing.md", import.meta.url), "utf8").split("\n")
  const start = page.findIndex((line) => new RegExp(`^\\| ${first} +\\|`).test(line))
  const rows = page.slice(start + 2, page.indexOf("", start))
  const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()))
  const codes = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "").toSorted()
  return Object.fromEntries(cells.map((row) => [codes(row[1])[0] ?? "", codes(row[1 + other])]))
}

const track = FakeSpotify.id("track", 0)
const ids = [1, 2, 3].map((n) => FakeSpotify.id("track", n))

/** A user whose sign-in has a date. */
const signedIn = Layer.unwrapEffect(Effect.gen(function*() {
  const { accountsUrl, apiUrl, issueToken } = yield* spotify
  const { refreshToken = Redacted.make("") } = yield* issueToken()
  const token = TokenStore.fromRefreshToken(refreshToken, { authorizedAt: yield* DateTime.now })
  const session = SpotifySession.layerAuthorizationCode({
    clientId: "fake-client-id",
    clientSecret: Redacted.make("fake-client-secret"),
    redirectUri: "http://127.0.0.1:8888/callback",
    accountsUrl
  })
  return SpotifyClient.layer({ baseUrl: apiUrl }).pipe(
    Layer.provide(session),
    Layer.provide(TokenStore.layerMemoryWith({ default: token }))
  )
}))

const program = Effect.gen(function*() {
  const fake = yield* spotify
  yield* fake.failNext(FakeSpotify.slow("1 second"), { on: { host: "accounts" } })
  yield* Users.me()
  yield* Effect.provide(Users.me(), signedIn)
  yield* Effect.provide(Users.me(), Layer.provide(signedIn, RateBudget.layerMemory({ key: "app" })))
  yield* fake.failNext([FakeSpotify.reply(503), FakeSpotify.tooManyRequests(1)])
  yield* Tracks.get(track)
  yield* Effect.ignore(Tracks.get("0000000000000000000000"))
  yield* Effect.all([Users.me(), Users.me()], { concurrency: 2 }).pipe(Effect.provide(RequestSharing.layer))
  yield* Effect.forEach(ids, (id) => Tracks.get(id), { batching: true }).pipe(Effect.provide(RequestBatching.layer))
  yield* Tracks.get(track).pipe(
    Effect.provide(ResponseCache.layer().pipe(Layer.provide(KeyValueStore.layerMemory)))
  )
})

it.effect("spans and metrics are those of the guide's tables, and no others", () =>
  Effect.gen(function*() {
    const { all, tracer } = keepingSpans()
    const before = new Set(Metric.unsafeSnapshot())
    yield* program.pipe(
      Effect.withTracer(tracer),
      Effect.tagMetrics("test", "telemetry"),
      Effect.provide(layer({ issue: { expiresIn: Duration.zero } })),
      Effect.fork,
      Effect.flatMap(finish)
    )

    const attributes = new Set(all.flatMap(({ attributes }) => Object.keys(attributes)))
    expect([...attributes].toSorted()).toEqual(Object.keys(documented("attribute")).toSorted())

    const events = Object.fromEntries(
      all.flatMap(({ events }) => events).map(([name, attributes]) => [name, Object.keys(attributes ?? {})])
    )
    expect(events).toEqual(documented("event"))

    expect(new Set(all.map(({ name }) => name))).toEqual(
      new Set(["Users.me", ...Object.keys(documented("span"))])
    )

    const ours = Metric.unsafeSnapshot().filter((pair) =>
      !before.has(pair) && pair.metricKey.name.startsWith("spotify.")
    )
    const metrics = Object.fromEntries(ours.map(({ metricKey: { name, tags } }) => [
      name,
      tags.map(({ key }) => key).filter((key) => key !== "test").toSorted()
    ]))
    expect(metrics).toEqual(documented("metric", 2))
  }))
