/** The decorator that the layers over a client are made by. */
import type * as Effect from "effect/Effect"
import type { Request, Response, SpotifyClient } from "../client/SpotifyClient.js"
import type { SpotifyError } from "../core/SpotifyError.js"
import { shareLost } from "../endpoint/lostOperations.js"
import type { SpotifySession } from "../session/SpotifySession.js"

/** A client that sends in another way, whatever its session. */
export const decorate = (
  client: SpotifyClient.Service,
  execute: (client: SpotifyClient.Service, request: Request) => Effect.Effect<Response, SpotifyError>
): SpotifyClient.Service => {
  const of = (inner: SpotifyClient.Service): SpotifyClient.Service => ({
    ...inner,
    execute: (request) => execute(inner, request),
    withSession
  })
  // One function for all copies: its identity is how copies of one client are recognised.
  const withSession = (session: SpotifySession.Service): SpotifyClient.Service => of(client.withSession(session))
  const decorated = of(client)
  shareLost(decorated, client)
  return decorated
}

/** The headers that tell one request from another, in one order and in lower case. */
export const headersKey = (headers: Request["headers"]): string =>
  headers === undefined
    ? ""
    : JSON.stringify(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]).sort())
