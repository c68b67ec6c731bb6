import * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import { withoutRedirects } from "./httpClient.js"

/**
 * The client that requests to the token endpoint leave through: no trace headers on the wire, no span, and no redirect
 * followed behind our back, which would carry a code or a secret elsewhere.
 */
export const guarded = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  client.pipe(
    HttpClient.withTracerDisabledWhen(() => true),
    HttpClient.transformResponse(Effect.mapInputContext(withoutRedirects<never>))
  )

/** The same for a session, with what stood around its making (a `RequestInit`, say) in the place of a caller's context. */
export const ofSession: Effect.Effect<HttpClient.HttpClient, never, HttpClient.HttpClient> = Effect.map(
  Effect.context<HttpClient.HttpClient>(),
  (context) =>
    HttpClient.transformResponse(
      guarded(Context.get(context, HttpClient.HttpClient)),
      Effect.mapInputContext(() => Context.omit(Tracer.ParentSpan)(context))
    )
)
