import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import { withoutRedirects } from "./transport.js"

/**
 * The client that requests to the token endpoint leave through: no trace headers on the wire, no span, and no redirect
 * followed behind our back, which would carry a code or a secret elsewhere.
 */
export const guarded = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  client.pipe(
    HttpClient.withTracerDisabledWhen(() => true),
    HttpClient.transformResponse(Effect.mapInputContext(withoutRedirects<never>))
  )
