import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const Track = Schema.Struct({ name: Schema.String })

HttpClient.get("https://api.spotify.com/v1/tracks/7EjyzZcbLxW7PaaLua9Ksb").pipe(
  Effect.flatMap((response) => response.json),
  Effect.flatMap(Schema.decodeUnknown(Track)),
  Effect.map((track) => {
    document.title = track.name
  }),
  Effect.provide(FetchHttpClient.layer),
  Effect.runPromise
)
