import { HttpClient, HttpClientResponse } from "@effect/platform"
import { Effect, Layer, Redacted, Schedule, Schema } from "effect"
import * as Endpoint from "effect-spotify/Endpoint"
import { CursorPage, Page } from "effect-spotify/model/Page"
import * as SpotifyClient from "effect-spotify/SpotifyClient"
import type { InvalidInput } from "effect-spotify/SpotifyError"
import * as SpotifySession from "effect-spotify/SpotifySession"

const Offset = {
  limit: Schema.optional(Schema.Int.pipe(Schema.between(1, 50))),
  offset: Schema.optional(Schema.Int.pipe(Schema.nonNegative()))
}

/** A list of numbers by offset. */
export const numbers = Endpoint.offsetPaged(
  Endpoint.make("Numbers.list", {
    operationId: "get-numbers",
    method: "GET",
    path: "/numbers",
    query: Offset,
    success: Page(Schema.Number)
  })
)

/** The same beneath an id, wrapped in another object. */
export const numbersOf = Endpoint.offsetPagedAt(
  Endpoint.make("Numbers.of", {
    operationId: "get-numbers-of",
    method: "GET",
    path: "/albums/{id}/numbers",
    id: "album",
    query: { ...Offset, market: Schema.optional(Schema.String) },
    success: Schema.Struct({ numbers: Page(Schema.Number) })
  }),
  ({ numbers }) => numbers
)

/** By a cursor that is a text, forwards. */
export const followed = Endpoint.cursorPagedAt(
  Endpoint.make("Followed.list", {
    operationId: "get-followed",
    method: "GET",
    path: "/followed",
    query: { type: Schema.Literal("number"), limit: Offset.limit, after: Schema.optional(Schema.String) },
    success: Schema.Struct({ numbers: CursorPage(Schema.Number) })
  }),
  ({ numbers }) => numbers
)

/** By a cursor that is a number, in either direction. */
export const recent = Endpoint.cursorPagedAt(
  Endpoint.make("Recent.list", {
    operationId: "get-recent",
    method: "GET",
    path: "/recent",
    query: {
      limit: Offset.limit,
      after: Schema.optional(Schema.Int),
      before: Schema.optional(Schema.Int)
    },
    success: CursorPage(Schema.Number)
  }),
  (page) => page
)

/** A client whose Spotify is a function from a URL to a status, headers and a body. */
export const layer = (
  answer: (
    url: URL
  ) => Effect.Effect<{
    readonly status?: number
    readonly headers?: Readonly<Record<string, string>>
    readonly body: unknown
  }>,
  options?: SpotifyClient.Options
): Layer.Layer<SpotifyClient.SpotifyClient, InvalidInput> =>
  SpotifyClient.layer({ retrySchedule: Schedule.recurs(2), ...options }).pipe(
    Layer.provide(SpotifySession.layerToken({ accessToken: Redacted.make("token") })),
    Layer.provide(Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request, url) =>
        Effect.map(
          answer(url),
          ({ body, headers = {}, status = 200 }) =>
            HttpClientResponse.fromWeb(request, new Response(JSON.stringify(body), { status, headers }))
        )
      )
    ))
  )

export const numberOf = (url: URL, name: string, fallback: number): number => {
  const text = url.searchParams.get(name)
  return text === null ? fallback : Number(text)
}

/** The page that Spotify would give of 0, 1, 2 … up to `total`. */
export const pageOf = (total: number, url: URL): Page<number> => {
  const limit = numberOf(url, "limit", 20)
  const offset = numberOf(url, "offset", 0)
  const length = Math.max(0, Math.min(limit, total - offset))
  return {
    items: Array.from({ length }, (_, i) => offset + i),
    limit,
    offset,
    total,
    next: offset + limit < total ? `https://api.spotify.com/v1${url.pathname}?offset=${offset + limit}` : null
  }
}
