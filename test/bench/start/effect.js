// For comparison: effect and its HttpClient alone.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const Track = Schema.Struct({ name: Schema.String })

const track = await HttpClient.get(`${process.argv[2]}/v1/tracks/7EjyzZcbLxW7PaaLua9Ksb`).pipe(
  Effect.flatMap((response) => response.json),
  Effect.flatMap(Schema.decodeUnknown(Track)),
  Effect.provide(FetchHttpClient.layer),
  Effect.runPromise
)
process.stdout.write(track.name)
process.exit(0)
